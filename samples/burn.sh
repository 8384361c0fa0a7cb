#!/bin/sh
# Looks at subtitles as they are seen: draws them into a picture, and keeps one frame for each cue.
#
#     samples/burn.sh talk.mp3 en.srt frames/
#
# Frames are named after the moment they show. Needs ffmpeg with libass, and fonts of the languages that are shown.
set -eu
sound=$1 subtitles=$2 frames=$3
mkdir -p "$frames"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
oriole convert "$subtitles" "$work/cues.ass" --quiet
oriole convert "$subtitles" "$work/cues.srt" --quiet
ffmpeg -nostdin -v error -f lavfi -i "color=slategray:s=1280x720:r=5" -i "$sound" -shortest \
    -vf "subtitles=$work/cues.ass" -c:v libx264 -preset ultrafast "$work/film.mkv"
# The middle of each cue.
sed -n 's/,/./g; s/:/ /g; s/ --> / /p' "$work/cues.srt" |
    awk '{ printf "%.2f\n", ($1 * 3600 + $2 * 60 + $3 + $4 * 3600 + $5 * 60 + $6) / 2 }' |
    while read -r moment; do
        ffmpeg -nostdin -v error -ss "$moment" -i "$work/film.mkv" -frames:v 1 -y "$frames/$moment.png"
    done
ls "$frames"

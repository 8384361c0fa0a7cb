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
oriole convert "$subtitles" "$work/cues.json" --quiet
ffmpeg -nostdin -v error -f lavfi -i "color=slategray:s=1280x720:r=5" -i "$sound" -shortest \
    -vf "subtitles=$work/cues.ass" -c:v libx264 -preset ultrafast "$work/film.mkv"
# The middle of each cue.
tr '{' '\n' < "$work/cues.json" |
    sed -n 's/.*"end":\([0-9.]*\),"lines.*"start":\([0-9.]*\).*/\1 \2/p' |
    awk '{ printf "%.2f\n", ($1 + $2) / 2 }' |
    while read -r moment; do
        ffmpeg -nostdin -v error -ss "$moment" -i "$work/film.mkv" -frames:v 1 -y "$frames/$moment.png"
    done
ls "$frames"

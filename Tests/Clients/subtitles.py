"""Subtitles that the command writes, as other programs read them: pysubs2, webvtt-py and ffmpeg.

usage: subtitles.py ORIOLE FOLDER, where FOLDER is for the files
"""

import html
import json
import pathlib
import re
import subprocess
import sys

import pysubs2
import webvtt

oriole, folder = sys.argv[1], pathlib.Path(sys.argv[2])

# What is hard about subtitles: two lines, styles, Chinese, arrows, ampersands, brackets, braces, an hour and more.
CUES = [
    (1.0, 2.5, ["Call me Ishmael.", "Some years ago"]),
    (2.583, 5.0, ["你好，世界！“引号”"]),
    (6.0, 7.0, ["a < b & c > d"]),
    (8.0, 9.25, ["[Music] {nobody} speaks"]),
    (3_723.004, 3_725.5, ["late — but here"]),
]
WORDS = ["la ", "li ", "lo"]


def source():
    words = [
        {"text": word.strip(), "start": 20 + index, "end": 20.8 + index} for index, word in enumerate(WORDS)
    ]
    cues = [{"start": start, "end": end, "lines": lines} for start, end, lines in CUES]
    cues.insert(4, {"start": 20.0, "end": 23.0, "lines": ["".join(WORDS)]})
    path = folder / "source.json"
    path.write_text(json.dumps({"language": "en", "words": words, "cues": cues}))
    return path


def written(kind):
    path = folder / f"cues.{kind}"
    subprocess.run([oriole, "convert", str(source()), str(path), "--quiet"], check=True)
    return path


def wanted(joiner="\n"):
    shown = [(round(start * 1000), round(end * 1000), joiner.join(lines)) for start, end, lines in CUES]
    shown.insert(4, (20_000, 23_000, "".join(WORDS)))
    return shown


def compare(name, found, expected, tolerance=1):
    problems = []
    if len(found) != len(expected):
        problems.append(f"{len(found)} cues, {len(expected)} wanted")
    for have, want in zip(found, expected):
        if abs(have[0] - want[0]) > tolerance or abs(have[1] - want[1]) > tolerance or have[2] != want[2]:
            problems.append(f"{have} for {want}")
    print(f"{name}: " + ("read as it was written" if not problems else "; ".join(problems)))
    return not problems


def changed(cues, change):
    return [(start, end, change(text)) for start, end, text in cues]


def wide_braces(text):
    """Braces begin an override in SubStation, and in what is made of it; ours look the same."""
    return text.replace("{", "｛").replace("}", "｝")


def other_brackets(text):
    """SubRip has no escapes, and what is between angle brackets is taken for a tag."""
    return wide_braces(text).replace("<", "‹").replace(">", "›")


SAFE = {"srt": other_brackets, "ass": wide_braces}


def by_pysubs2(kind):
    events = pysubs2.load(str(written(kind)), encoding="utf-8")
    found = [(event.start, event.end, event.plaintext) for event in events]
    expected = changed(wanted(), SAFE.get(kind, str))
    if kind == "vtt":
        # It reads WebVTT as if it were SubRip: no escapes, braces are overrides, words with times are cues of their own.
        found = [(start, end, html.unescape(text)) for start, end, text in found if start // 1000 not in (20, 21, 22)]
        expected = [cue for cue in expected if cue[0] != 20_000]
    if kind in ("vtt", "ttml"):
        expected = changed(expected, lambda text: re.sub(r"\{.*?\}", "", text))
    return compare(f"pysubs2, {kind}", found, expected, 10 if kind == "ass" else 1)


def by_webvtt(kind):
    captions = (webvtt.read if kind == "vtt" else webvtt.from_srt)(str(written(kind)))
    # Escapes are left to whoever shows the text.
    found = [
        (milliseconds(caption.start), milliseconds(caption.end), html.unescape(caption.text)) for caption in captions
    ]
    return compare(f"webvtt-py, {kind}", found, changed(wanted(), SAFE.get(kind, str)))


def milliseconds(clock):
    hours, minutes, seconds = clock.split(":")
    return round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 1000)


def by_ffmpeg(kind):
    path = folder / f"{kind}.back.ass"
    subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-xerror", "-y", "-i", str(written(kind)), str(path)], check=True
    )
    found = [(event.start, event.end, event.plaintext) for event in pysubs2.load(str(path), encoding="utf-8")]
    expected = changed(wanted(), SAFE.get(kind, str))
    if kind == "vtt":
        # It makes SubStation of all it reads, in which braces are overrides, and loses what it has escaped.
        expected = [cue for cue in expected if "{" not in cue[2]]
        found = [cue for cue in found if cue[0] != 8_000]
    return compare(f"ffmpeg, {kind}", found, expected, 10)


results = [by_pysubs2(kind) for kind in ("srt", "vtt", "ass", "ttml")]
results += [by_webvtt(kind) for kind in ("vtt", "srt")]
results += [by_ffmpeg(kind) for kind in ("srt", "vtt", "ass")]
sys.exit(0 if all(results) else 1)

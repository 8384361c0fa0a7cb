"""The report of the bench in a real browser: drawn, readable in light and dark, with nothing fetched.

usage: report.py ORIOLE FOLDER
"""

import os
import re
import shutil
import struct
import subprocess
import sys
import zlib

oriole, folder = sys.argv[1:]
browser = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
if browser is None:
    print("skipped, the report in a browser: no Chromium is installed")
    sys.exit(0)
failures = 0


def check(name, holds):
    global failures
    failures += not holds
    print(f"{name}: {'as it should be' if holds else 'NOT AS IT SHOULD BE'}")


def pixels(path):
    """The size of a picture and its rows of red, green and blue."""
    data = open(path, "rb").read()
    place, packed = 8, b""
    while place < len(data):
        (length,) = struct.unpack(">I", data[place:place + 4])
        kind, body = data[place + 4:place + 8], data[place + 8:place + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
        if kind == b"IDAT":
            packed += body
        place += 12 + length
    assert depth == 8 and colour in (2, 6)
    size = 3 if colour == 2 else 4
    raw, rows, before = zlib.decompress(packed), [], bytearray(width * size)
    for row in range(height):
        kind, line = raw[row * (width * size + 1)], bytearray(raw[row * (width * size + 1) + 1:(row + 1) * (width * size + 1)])
        for index in range(len(line)):
            left = line[index - size] if index >= size else 0
            up = before[index]
            corner = before[index - size] if index >= size else 0
            if kind == 1:
                line[index] = (line[index] + left) & 255
            elif kind == 2:
                line[index] = (line[index] + up) & 255
            elif kind == 3:
                line[index] = (line[index] + (left + up) // 2) & 255
            elif kind == 4:
                guess = left + up - corner
                distances = abs(guess - left), abs(guess - up), abs(guess - corner)
                line[index] = (line[index] + (left, up, corner)[distances.index(min(distances))]) & 255
        rows.append([tuple(line[place:place + 3]) for place in range(0, len(line), size)])
        before = line
    return rows


def brightness(colour):
    return (0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]) / 255


place = os.path.join(folder, "report")
subprocess.run(
    [oriole, "bench", "latency", "--simulate", "first=200ms,chunk=100ms,jitter=30ms,length=5s", "--runs", "40",
     "--rate", "16000,24000", "--opus-frame", "20,60", "--target-first-sound", "500ms", "-o", place, "-q"],
    check=True, stdout=subprocess.DEVNULL)
page = "file://" + os.path.abspath(os.path.join(place, "report.html"))
common = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder}/browser"]

tree = subprocess.run(common + ["--dump-dom", page], capture_output=True, text=True, timeout=120).stdout
check("the browser reads the page", tree.count("<svg ") == 3 and "recommended for 500 ms" in tree)
check("nothing is fetched", not re.search(r"(src|href)=|url\(|@import", tree))

for name, flag in [("light", 1), ("dark", 0)]:
    picture = os.path.join(folder, f"report-{name}.png")
    subprocess.run(
        common + [f"--blink-settings=preferredColorScheme={flag}", "--window-size=1200,1250", f"--screenshot={picture}", page],
        capture_output=True, timeout=120, check=True)
    rows = pixels(picture)
    paper = rows[2][2]
    colours = {}
    for row in rows[::2]:
        for colour in row[::2]:
            colours[colour] = colours.get(colour, 0) + 1
    common_colours = [colour for colour, count in colours.items() if count > 40]
    check(f"{name}: the paper is {name}", (brightness(paper) > 0.9) == (name == "light"))
    ink = max(abs(brightness(colour) - brightness(paper)) for colour in common_colours)
    check(f"{name}: the ink stands out", ink > 0.6)
    # Text, grid, boxes and at least four series of colours.
    vivid = {colour for colour in common_colours if max(colour) - min(colour) > 60}
    check(f"{name}: the plots have their colours", len(vivid) >= 4)
    # What is drawn below the table is no empty paper.
    below = rows[500:1100]
    drawn = sum(colour != paper for row in below for colour in row) / (len(below) * len(below[0]))
    check(f"{name}: the plots are there", drawn > 0.5)

sys.exit(failures > 0)

"""Tells for each 10 ms of 16-bit samples at 16 kHz on standard input whether webrtcvad (mode 3) hears speech: a byte, 0 or 255."""
import sys

try:
    import webrtcvad
except ImportError:
    sys.exit("webrtcvad is not installed: pip install webrtcvad-wheels")

sound = sys.stdin.buffer.read()
detector = webrtcvad.Vad(3)
# A window is 30 ms, three frames.
size = 2 * 480
for at in range(0, len(sound) - size + 1, size):
    sys.stdout.buffer.write(bytes([255 if detector.is_speech(sound[at : at + size], 16000) else 0]) * 3)

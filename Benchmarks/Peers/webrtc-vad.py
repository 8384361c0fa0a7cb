"""Tells for each 10 ms of 16-bit samples at 16 kHz on standard input whether webrtcvad (mode 3, 30 ms frames) hears speech."""
import sys

try:
    import webrtcvad
except ImportError:
    sys.exit("webrtcvad is not installed: pip install webrtcvad-wheels")

sound = sys.stdin.buffer.read()
detector = webrtcvad.Vad(3)
size = 2 * 480
answers = "".join(
    ("1" if detector.is_speech(sound[at : at + size], 16000) else "0") * 3 for at in range(0, len(sound) - size + 1, size)
)
sys.stdout.write(answers)

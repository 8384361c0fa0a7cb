"""Tells for each 10 ms of 16-bit samples at 16 kHz on standard input how likely silero hears speech, in bytes from 0 to 255."""
import sys

try:
    import numpy
    import onnxruntime
except ImportError:
    sys.exit("onnxruntime is not installed: pip install onnxruntime")

if len(sys.argv) != 2:
    sys.exit("usage: silero-vad.py silero_vad.onnx")
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(sys.argv[1], options)
sound = numpy.frombuffer(sys.stdin.buffer.read(), "<i2").astype(numpy.float32) / 32768
state = numpy.zeros((2, 1, 128), numpy.float32)
context = numpy.zeros(64, numpy.float32)
found = []
for at in range(0, len(sound), 512):
    window = numpy.zeros(512, numpy.float32)
    piece = sound[at : at + 512]
    window[: len(piece)] = piece
    inputs = {"input": numpy.concatenate([context, window])[None], "state": state, "sr": numpy.array(16000)}
    probability, state = session.run(None, inputs)
    context = window[-64:]
    found.append(float(probability[0][0]))
# A window is 32 ms: each frame has that of the window that its middle is in.
frames = (int((frame * 160 + 80) / 512) for frame in range(len(sound) // 160))
sys.stdout.buffer.write(bytes(round(found[window] * 255) for window in frames))

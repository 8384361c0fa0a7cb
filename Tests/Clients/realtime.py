"""GLM-Realtime as the package websockets serves it, called by the command: a peer that is not ours.

usage: realtime.py ORIOLE FOLDER
"""

import asyncio
import base64
import json
import os
import subprocess
import sys
import wave

import websockets

oriole, folder = sys.argv[1:]
failures = 0


def check(name, holds):
    global failures
    failures += not holds
    print(f"{name}: {'as it should be' if holds else 'NOT AS IT SHOULD BE'}")


def say(kind, **members):
    return json.dumps({"type": kind, "event_id": "e", **members}, ensure_ascii=False)


async def serve(socket):
    """Greets, agrees, and answers each question with what it has heard."""
    said.append(socket.request.headers.get("Authorization"))
    await socket.send(say("session.created", session={"id": "s"}))
    sound = b""
    async for message in socket:
        event = json.loads(message)
        said.append(event["type"])
        if event["type"] == "session.update":
            await socket.send(say("session.updated", session=event["session"]))
            # One that is asked whether it is there answers.
            await socket.ping()
        elif event["type"] == "input_audio_buffer.append":
            sound += base64.b64decode(event["audio"])
        elif event["type"] == "response.create":
            await socket.send(say("response.created", response={"id": "r", "status": "in_progress"}))
            await socket.send(say("response.audio_transcript.delta", response_id="r", delta="听到了。"))
            # In pieces of any size, and in several frames.
            data = base64.b64encode(sound).decode()
            text = say("response.audio.delta", response_id="r", delta=data)
            await socket.send([text[:100], text[100:70_000], text[70_000:]])
            await socket.send(say("response.done", response={"id": "r", "status": "completed"}))


async def call(*words):
    """Runs the command beside the server."""
    async with websockets.serve(serve, "127.0.0.1", 0, compression="deflate", max_size=None) as server:
        port = server.sockets[0].getsockname()[1]
        environment = {
            **os.environ, "ORIOLE_BASE_URL": f"http://127.0.0.1:{port}", "ORIOLE_API_KEY": "secret-of-ours",
            "ORIOLE_ENGINE": "glm", "NO_PROXY": "127.0.0.1",
        }
        run = await asyncio.create_subprocess_exec(
            oriole, "realtime", *words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        output, errors = await asyncio.wait_for(run.communicate(), 60)
        return run.returncode, output.decode(), errors.decode()


said = []
question, answer = f"{folder}/question.wav", f"{folder}/answer.wav"
with wave.open(question, "wb") as file:
    file.setparams((1, 2, 16_000, 0, "NONE", ""))
    file.writeframes(bytes(range(256)) * 250)
code, output, errors = asyncio.run(call(question, "-o", answer))
check("websockets, a call: it ends well", code == 0)
check("websockets, a call: its words are told", output == "听到了。\n")
with wave.open(answer) as file:
    check("websockets, a call: its sound is whole", file.getframerate() == 24_000 and file.getnframes() == 32_000)
check("websockets, a call: the key goes where it belongs", said[0] == "Bearer secret-of-ours" and "secret" not in errors)
check("websockets, a call: twenty tenths of a second", said.count("input_audio_buffer.append") == 20)
if failures:
    print(code, output, errors, said)
sys.exit(failures > 0)

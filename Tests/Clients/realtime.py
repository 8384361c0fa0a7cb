"""GLM-Realtime as the package websockets serves it, called by the command: a peer that is not ours.

usage: realtime.py ORIOLE FOLDER
"""

import asyncio
import base64
import json
import os
import shutil
import ssl
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


async def tunnel(reader, writer):
    """A proxy that connects to where it is told to, and looks at nothing."""
    head = await reader.readuntil(b"\r\n\r\n")
    tunnels.append(head)
    host, port = head.split()[1].decode().rsplit(":", 1)
    there = await asyncio.open_connection(host, int(port))
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")

    async def pass_on(source, target):
        while data := await source.read(65_536):
            target.write(data)
        target.close()

    await asyncio.gather(pass_on(reader, there[1]), pass_on(there[0], writer), return_exceptions=True)


async def call(*words, secure=None, proxied=False):
    """Runs the command beside the server, over TLS and through a proxy where that is wanted."""
    async with websockets.serve(
            serve, "127.0.0.1", 0, compression="deflate", max_size=None, ssl=secure and secure[0]) as server, \
            await asyncio.start_server(tunnel, "127.0.0.1", 0) as proxy:
        port = server.sockets[0].getsockname()[1]
        environment = {
            **os.environ, "ORIOLE_BASE_URL": f"http{'s' if secure else ''}://127.0.0.1:{port}",
            "ORIOLE_API_KEY": "secret-of-ours", "ORIOLE_ENGINE": "glm",
        }
        for name in ["NO_PROXY", "no_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]:
            environment.pop(name, None)
        if proxied:
            environment["https_proxy"] = f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
        else:
            environment["NO_PROXY"] = "127.0.0.1"
        if secure and secure[1]:
            environment["SSL_CERT_FILE"] = secure[1]
        run = await asyncio.create_subprocess_exec(
            oriole, "realtime", *words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        output, errors = await asyncio.wait_for(run.communicate(), 60)
        return run.returncode, output.decode(), errors.decode()


def certificate():
    """A certificate that this machine is asked to trust, and a server's use of it."""
    key, file = f"{folder}/key.pem", f"{folder}/certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1", "-addext",
         "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", file], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    # As servers of today do, it would rather speak HTTP/2, if it were asked.
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context, file


said, tunnels = [], []
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
if shutil.which("openssl"):
    context, trusted = certificate()
    for proxied in [False, True]:
        where = "over TLS" + (" through a proxy" if proxied else "")
        code, output, errors = asyncio.run(
            call("--text", "hi", "-o", f"{folder}/answer.opus", secure=(context, trusted), proxied=proxied))
        # Nothing was said in sound, so that nothing is answered in it.
        check(f"websockets, {where}: its words are told", output.startswith("听到了。"))
    check("websockets, the proxy makes a tunnel and sees no key", len(tunnels) == 1 and b"secret" not in tunnels[0])
    count = len(said)
    code, output, errors = asyncio.run(call("--text", "hi", "-o", f"{folder}/none.wav", secure=(context, None)))
    check("websockets, a server that nobody vouches for is told nothing", code == 5 and len(said) == count)
if failures:
    print(code, output, errors, said)
sys.exit(failures > 0)

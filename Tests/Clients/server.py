"""The local server, asked by the clients that people have: the packages openai, zai-sdk and websockets.

usage: server.py ORIOLE, which serves its offline engine
"""

import base64
import contextlib
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import warnings
import wave

import openai
import websockets.sync.client
import zai
import zai.core

oriole = sys.argv[1]
os.environ["NO_PROXY"] = "127.0.0.1"
# One of the packages warns of parts of its own.
warnings.simplefilter("ignore")

TEXT = "The quick brown fox jumps over the lazy dog."
WORDS = {"quick", "brown", "fox", "lazy", "dog"}
TOKEN = "0123456789abcdef0123456789abcdef.S3cretS3cretS3cr"
# What each form begins with.
MARKS = {"mp3": b"\xff", "opus": b"OggS", "aac": b"\xff\xf1", "flac": b"fLaC", "wav": b"RIFF", "pcm": b""}
failures = 0


def check(name, holds):
    global failures
    failures += not holds
    print(f"{name}: {'as it should be' if holds else 'NOT AS IT SHOULD BE'}")


@contextlib.contextmanager
def serving(*flags):
    process = subprocess.Popen(
        [oriole, "serve", "--port", "0", *flags],
        env={**os.environ, "ORIOLE_ENGINE": "offline"},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        said = (re.match(r"listening on (\S+)", line) for line in process.stderr)
        address = next(found for found in said if found)[1]
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield address
    finally:
        process.terminate()
        check("the server ends when it is told to", process.wait(60) == 0)


def is_heard(text):
    """Most of the words: the ear is rough."""
    return len(WORDS & set(re.findall("[a-z]+", text.lower()))) >= 3


def raised(kind, ask):
    """The error that a client makes of an answer."""
    try:
        ask()
    except kind as error:
        return error
    return None


def seconds(data):
    with wave.open(io.BytesIO(data)) as file:
        return file.getnframes() / file.getframerate()


def ask_as_openai(address):
    client = openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)
    made = {}
    for form, mark in MARKS.items():
        made[form] = client.audio.speech.create(model="tts-1", voice="alloy", input=TEXT, response_format=form).content
        check(f"openai, speech as {form}", made[form].startswith(mark) and len(made[form]) > 5_000)
    with client.audio.speech.with_streaming_response.create(
        model="tts-1", voice="alloy", input=TEXT, response_format="pcm"
    ) as answer:
        check("openai, speech while it is made", b"".join(answer.iter_bytes()) == made["pcm"])

    def hear(form="json", **more):
        file = ("speech.mp3", made["mp3"])
        return client.audio.transcriptions.create(model="whisper-1", file=file, response_format=form, **more)

    check("openai, transcription as json", is_heard(hear().text))
    check("openai, transcription as text", is_heard(hear("text")))
    check("openai, transcription as srt", "-->" in hear("srt"))
    check("openai, transcription as vtt", hear("vtt").startswith("WEBVTT"))
    verbose = hear("verbose_json", timestamp_granularities=["word", "segment"])
    times = [word.start for word in verbose.words]
    check("openai, times of words and segments", times == sorted(times) and is_heard(verbose.segments[0].text))
    events = list(hear(stream=True))
    deltas = "".join(event.delta for event in events if event.type == "transcript.text.delta")
    check("openai, transcription while it is heard", events[-1].text == deltas and is_heard(deltas))
    check("openai, models", any(model.id == "whisper-1" for model in client.models.list()))
    wrong = raised(openai.BadRequestError, lambda: hear("no-such-form"))
    check("openai, a form that is none", wrong is not None and wrong.param == "response_format")
    translate = lambda: client.audio.translations.create(model="whisper-1", file=("a.mp3", made["mp3"]))
    check("openai, nobody translates", getattr(raised(openai.APIStatusError, translate), "status_code", 0) == 501)
    return made["wav"]


def ask_as_zai(address, sound):
    client = zai.ZhipuAiClient(base_url=f"{address}/api/paas/v4", api_key=TOKEN, max_retries=0)
    speech = client.audio.speech(model="glm-tts", input=TEXT, voice="tongtong", response_format="wav", stream=False)
    check("zai, speech", seconds(speech.content) > 1)
    frames = list(client.audio.speech(model="glm-tts", input=TEXT, voice="tongtong", response_format="pcm", stream=True))
    pieces = [frame.choices[0].delta.content for frame in frames if frame.choices[0].delta]
    check("zai, speech while it is made", sum(len(base64.b64decode(piece)) for piece in pieces) > 48_000)
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        file.write(sound)
        file.flush()
        hear = lambda **more: client.audio.transcriptions.create(
            model="glm-asr-2512", file=open(file.name, "rb"), **more
        )
        check("zai, transcription", is_heard(hear(stream=False).text))
        check("zai, transcription while it is heard", is_heard("".join(e.delta or "" for e in hear(stream=True))))
    check("zai, voices", len(client.voice.list().voice_list) > 3)
    question = [{"role": "user", "content": "Good morning"}]
    message = client.chat.completions.create(model="glm-4-voice", messages=question).choices[0].message
    answer = [{"role": "assistant", "content": message.content, "audio": {"id": message.audio["id"]}}]
    check("zai, conversation", seconds(base64.b64decode(message.audio["data"])) > 0.3)
    next_turn = client.chat.completions.create(model="glm-4-voice", messages=question + answer + question, stream=True)
    check("zai, conversation while it goes on", len(list(next_turn)) > 1)
    speak = lambda **change: client.audio.speech(
        **{"model": "glm-tts", "input": "Hi", "voice": "tongtong", "response_format": "wav", "stream": False, **change}
    )
    for name, change in {"model": {"model": "none"}, "voice": {"voice": "none"}, "text": {"input": "a" * 1_025}}.items():
        check(f"zai, a {name} that is refused", raised(zai.core.APIRequestFailedError, lambda: speak(**change)) is not None)


def call(address, update, pieces, ending):
    """One call in the words of the service's own clients: what is said, then what comes until the answer is over."""
    url = address.replace("http", "ws", 1) + "/api/paas/v4/realtime"
    events, sound = [], b""
    with websockets.sync.client.connect(url, additional_headers={"Authorization": "Bearer any"}, max_size=None) as socket:
        say = lambda **event: socket.send(json.dumps({"event_id": "e", "client_timestamp": 1, **event}))
        events.append(json.loads(socket.recv(60)))
        say(type="session.update", session=update)
        events.append(json.loads(socket.recv(60)))
        for piece in pieces:
            say(type="input_audio_buffer.append", audio=base64.b64encode(piece).decode())
        for event in ending:
            say(type=event)
        while events[-1]["type"] not in ("response.done", "error"):
            events.append(json.loads(socket.recv(60)))
            if events[-1]["type"] == "response.audio.delta":
                sound += base64.b64decode(events[-1]["delta"])
        # What was heard may be told behind the answer.
        while not any("transcription" in event["type"] for event in events):
            events.append(json.loads(socket.recv(60)))
    return events, sound


def ask_as_a_call(address, sound):
    """The shapes that the service's own samples send: a whole file in each piece, and raw pieces of an odd length."""
    with wave.open(io.BytesIO(sound)) as file:
        rate, samples = file.getframerate(), file.readframes(file.getnframes())
    silence = bytes(rate * 2)

    def packet(piece):
        data = io.BytesIO()
        with wave.open(data, "wb") as file:
            file.setparams((1, 2, rate, 0, "NONE", ""))
            file.writeframes(piece)
        return data.getvalue()

    python = {
        "model": "glm-realtime", "modalities": ["text", "audio"], "voice": "default", "input_audio_format": "wav",
        "output_audio_format": "pcm", "temperature": 1.2, "max_output_tokens": "inf", "tools": [],
        "turn_detection": {"type": "server_vad", "threshold": 0.0, "prefix_padding_ms": 0, "silence_duration_ms": 0},
        "beta_fields": {"chat_mode": "audio", "tts_source": "e2e", "auto_search": "True"},
    }
    whole = silence + samples + 2 * silence
    packets = [packet(whole[place:place + rate // 5]) for place in range(0, len(whole), rate // 5)]
    events, answer = call(address, python, packets, [])
    types = [event["type"] for event in events]
    order = [name for name in types if name.startswith("input_audio_buffer")]
    check("a call, turns that the server hears", order[:3] == [
        f"input_audio_buffer.{name}" for name in ["speech_started", "speech_stopped", "committed"]])
    check("a call, an answer in sound", len(answer) > 24_000 and "response.done" in types)
    go = {
        "input_audio_format": "pcm", "output_audio_format": "pcm", "turn_detection": None, "modalities": ["audio", "text"],
        "beta_fields": {"chat_mode": "audio"},
    }
    at_16 = samples if rate == 16_000 else b"".join(
        samples[int(index * rate / 16_000) * 2:][:2] for index in range(len(samples) // 2 * 16_000 // rate))
    pieces = [at_16[place:place + 6_928] for place in range(0, len(at_16), 6_928)]
    events, answer = call(
        address, go, pieces, ["input_audio_buffer.pre_commit", "input_audio_buffer.commit", "response.create"])
    heard = next(event for event in events if "transcription" in event["type"])
    check("a call, a turn that the client ends", is_heard(heard.get("transcript", "")))
    check("a call, the answer is whole", len(answer) > 24_000 and any(event["type"] == "session.updated" for event in events))


def ask_with_token(address):
    lists = lambda key: openai.OpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0).models.list()
    check("openai, with the token", len(list(lists(TOKEN))) > 0)
    check("openai, with another", raised(openai.AuthenticationError, lambda: lists("another")) is not None)
    for plain in [True, False]:
        client = zai.ZhipuAiClient(
            base_url=f"{address}/api/paas/v4", api_key=TOKEN, max_retries=0, disable_token_cache=plain
        )
        check(f"zai, with {'the token' if plain else 'one signed with it'}", len(client.voice.list().voice_list) > 3)
    other = zai.ZhipuAiClient(base_url=f"{address}/api/paas/v4", api_key=TOKEN[::-1], max_retries=0)
    check("zai, with another", raised(zai.core.APIAuthenticationError, other.voice.list) is not None)


with serving() as address:
    sound = ask_as_openai(address)
    ask_as_zai(address, sound)
    ask_as_a_call(address, sound)
with tempfile.NamedTemporaryFile("w", suffix=".token") as file:
    file.write(TOKEN)
    file.flush()
    with serving("--host", "127.0.0.1", "--token-file", file.name) as address:
        ask_with_token(address)
sys.exit(failures > 0)

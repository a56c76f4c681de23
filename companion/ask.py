"""`companion ask`: one turn from a recording, without a sound device or a display. Thread: main."""

import argparse
import dataclasses
import json
from pathlib import Path
from time import monotonic

from companion.compose import engine_config, prepare_process
from companion.engine.audio.virtual import SilentSpeaker
from companion.engine.events import (
    ReplyFinished,
    TranscriptFinal,
    TurnCompleted,
    TurnEmpty,
    TurnFailed,
    TurnInterrupted,
)
from companion.engine.samples import EAR_RATE_HZ
from companion.headless import TURN_ENDS, running_session
from companion.recording import read_recording, write_wav


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command's arguments."""
    parser = commands.add_parser("ask", help="answer a recording, without window or sound device")
    parser.add_argument("recording", type=Path, help="the question: a WAV, FLAC, Ogg or MP3 file")
    parser.add_argument("--save", type=Path, metavar="REPLY.wav", help="write the spoken reply here")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask, and print the transcript, the reply and the timings. Returns the exit code: 1 without a whole answer."""
    samples = read_recording(args.recording)
    length_s = len(samples) / EAR_RATE_HZ
    voice: list[SilentSpeaker] = []

    def speaker(_: object) -> SilentSpeaker:
        voice.append(SilentSpeaker(monotonic))
        return voice[-1]

    settings = prepare_process().settings
    with running_session(engine_config(settings), speaker=speaker) as session:
        begin = session.say(samples, speech_end_s=length_s, release_after_s=0.0)
        end = session.log.wait_for(*TURN_ENDS, after=begin, timeout_s=300)
        events = session.log.events[begin:]
        ready_s = session.ready.seconds
    heard = next((event.text for event in events if isinstance(event, TranscriptFinal)), "")
    reply = next((event.text for event in events if isinstance(event, ReplyFinished)), "")
    if args.save and voice:
        write_wav(args.save, voice[-1].heard(), voice[-1].rate_hz)
    if isinstance(end, TurnFailed):
        raise end.error
    if isinstance(end, TurnInterrupted):  # the machine slept
        reply = end.heard_text
    metrics = {} if isinstance(end, TurnEmpty) else dataclasses.asdict(end.metrics)
    if args.json:
        print(json.dumps({"transcript": heard, "reply": reply, "ready_s": ready_s, "metrics": metrics}))
    elif isinstance(end, TurnEmpty):
        print("I heard nothing in this recording.")
    else:
        print(f"You:       {heard}\nCompanion: {reply}\n")
        if (latency_s := metrics["release_latency_s"]) is not None:
            print(f"first sound {latency_s * 1000:.0f} ms after the release (models ready in {ready_s:.2f} s)")
        if isinstance(end, TurnInterrupted):
            print("The reply was cut off here. Ask again.")
    return 0 if isinstance(end, TurnCompleted) else 1

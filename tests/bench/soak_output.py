"""Whether speech stutters: `python -m tests.bench.soak_output --minutes 60`.

Plays replies on a virtual sound card as the engine does, in parts, on its tick, through `Sound` and `Playback`, and
counts apart: underruns (the ring ran dry; the tone is always there in time, so there should be none), xruns (what the
device's callbacks tell of themselves), and gaps at the sink (what a recorder of its own hears, the judge of the other
two). Between batches the speaker may be given a larger buffer, as between turns; `--cushion` fixes it.

`--busy-processes` spins on cores from outside, `--busy-thread` in pure Python inside this process: the worst for a
callback in Python.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from companion.engine.audio import devices
from companion.engine.audio.base import CUSHIONS
from companion.engine.audio.microphone import PortAudioMicrophone
from companion.engine.audio.speaker import PortAudioSpeaker
from companion.engine.config import AudioConfig
from companion.engine.events import AudioDeviceChanged, Event, ProblemReported
from companion.engine.messages import Clause, ClauseSynthesized, DraftId
from companion.engine.pace import ACTIVE_TICK_S, IDLE_TICK_S
from companion.engine.playback import Playback
from companion.engine.samples import Float32Mono
from companion.engine.sound import REST_S, Sound
from tests.e2e.virtual_desktop import VirtualDesktop, sound_card_missing
from tests.e2e.virtual_sound import CARD_RATE_HZ

VOICE_HZ = 22_050
LEVEL = 0.3
REPLIES_IN_BATCH = 8
PARTS_IN_REPLY = 8
PART_S = 0.35
AHEAD_S = 1.0
"""The next part is handed over when less than this is left."""
GAP_S = 0.001
"""Silence inside a tone from which it counts as a gap."""


@dataclass(slots=True)
class Tally:
    """What was counted, for one buffer."""

    latency_ms: float
    replies: int = 0
    seconds: float = 0.0
    underruns: int = 0
    xruns: int = 0
    gaps: int = 0


def main() -> int:
    """Play for as long as asked, print the table, and return 1 if anything was heard to stutter."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--cushion", type=int, choices=range(len(CUSHIONS)), help="stay with this buffer")
    parser.add_argument("--busy-processes", type=int, default=0)
    parser.add_argument("--busy-thread", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if reason := sound_card_missing():
        sys.exit(reason)
    sys.setswitchinterval(0.001)  # as the program does
    with VirtualDesktop(display=False) as card, load(options.busy_processes, options.busy_thread):
        os.environ.update({name: card.env[name] for name in ("PULSE_SERVER", "ALSA_CONFIG_PATH")})
        devices.rescan()
        tallies = soak(card, options.minutes * 60, options.cushion)
    say(f"{'buffer':>8} {'replies':>8} {'seconds':>8} {'underruns':>10} {'xruns':>6} {'gaps at the sink':>17}")
    for tally in tallies:
        say(
            f"{tally.latency_ms:>5.1f} ms {tally.replies:>8} {tally.seconds:>8.0f} {tally.underruns:>10} "
            f"{tally.xruns:>6} {tally.gaps:>17}"
        )
    if options.json:
        options.json.write_text(json.dumps([asdict(tally) for tally in tallies], indent=1), encoding="utf-8")
    return int(any(tally.gaps or tally.underruns for tally in tallies))


def soak(card: VirtualDesktop, seconds: float, cushion: int | None) -> list[Tally]:
    """Play batches of replies for `seconds`, and return one tally for each buffer that was used."""
    events: list[Event] = []

    sound = Sound(
        AudioConfig(keep_microphone_open=False),
        make_microphone=lambda config: PortAudioMicrophone(config.microphone),
        make_speaker=lambda config: PortAudioSpeaker(config.speaker),
        rescan=devices.rescan,
        publish=events.append,
        clock=time.monotonic,
    )
    if cushion is not None:
        sound.cushions[None] = cushion
    sound.open(VOICE_HZ)
    tallies: dict[float, Tally] = {}
    end_s = time.monotonic() + seconds
    try:
        while time.monotonic() < end_s:
            for event in events:
                if isinstance(event, ProblemReported):
                    raise event.error
            latency_ms = round(sound.speaker.latency_s * 1000, 1)
            tally = tallies.setdefault(latency_ms, Tally(latency_ms))
            with card.listen() as recorder:
                counted = Counter[str]()
                begun_s = time.monotonic()
                for _ in range(REPLIES_IN_BATCH):
                    reply(sound, counted)
                heard = recorder.samples(begun_s)
            tally.replies += REPLIES_IN_BATCH
            tally.seconds += REPLIES_IN_BATCH * PARTS_IN_REPLY * PART_S
            tally.underruns += counted["underruns"]
            tally.xruns += counted["xruns"]
            tally.gaps += gaps(heard)
            if cushion is None:
                rest(sound, REST_S + IDLE_TICK_S)
    finally:
        sound.close()
    changes = sum(isinstance(event, AudioDeviceChanged) and event.kind == "speaker" for event in events)
    say(f"opened {changes} times; load average {os.getloadavg()[0]:.1f}")
    return list(tallies.values())


def reply(sound: Sound, counted: Counter[str]) -> None:
    """Play one reply, part by part, and add what went wrong to `counted`."""
    playback = Playback(sound.speaker, volume=1.0)
    playback.begin()
    sound.speaker.expect_more(True)
    pause = threading.Event()
    made = 0
    while made < PARTS_IN_REPLY or not playback.drained:
        if made < PARTS_IN_REPLY and playback.ahead_s < AHEAD_S:
            made += 1
            playback.add(part(made - 1))
            sound.speaker.expect_more(made < PARTS_IN_REPLY)
        pause.wait(ACTIVE_TICK_S)
        sound.poll(idle=False)
        if not sound.speaker.alive:
            raise RuntimeError("the speaker was lost")
        playback.pump()
    counted["underruns"] += playback.underruns
    counted["xruns"] += playback.xruns
    rest(sound, 0.3)  # less than the engine waits before it changes the buffer


def rest(sound: Sound, seconds: float) -> None:
    """Let time pass between replies, as the engine does."""
    pause = threading.Event()
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        pause.wait(0.1)
        sound.poll(idle=True)


def part(index: int) -> ClauseSynthesized:
    """Return the next stretch of a tone that goes on without a seam."""
    frames = round(PART_S * VOICE_HZ)
    number = np.arange(index * frames, (index + 1) * frames)
    clause = Clause(index=index, speech="la", start=index, end=index + 1, text="a")
    samples = (LEVEL * np.sin(2 * np.pi * 440 * number / VOICE_HZ)).astype(np.float32)
    return ClauseSynthesized(
        draft=DraftId(turn=1, revision=1), clause=clause, samples=samples, rate_hz=VOICE_HZ, at_s=time.monotonic()
    )


def gaps(heard: Float32Mono) -> int:
    """Return how often a tone in `heard` was interrupted for `GAP_S` or longer; the pauses between replies are not."""
    loud = np.flatnonzero(np.abs(heard) > LEVEL / 100)
    steps = np.diff(loud) / CARD_RATE_HZ
    return int(np.count_nonzero((steps > GAP_S) & (steps < 0.25)))


@contextmanager
def load(processes: int, thread: bool) -> Iterator[None]:
    """Keep cores busy, and with `thread` this process's interpreter too."""
    spinners = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    stop = threading.Event()

    def spin() -> None:
        while not stop.is_set():
            sum(range(1000))

    spinning = threading.Thread(target=spin, name="spinner")
    if thread:
        spinning.start()
    try:
        yield
    finally:
        stop.set()
        if thread:
            spinning.join()
        for spinner in spinners:
            spinner.kill()
            spinner.wait()


def say(line: str) -> None:
    """Write a line to stdout."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

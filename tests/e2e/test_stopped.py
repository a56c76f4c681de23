"""The real program is stopped in the middle of things and goes on: a debugger, a full swap, a laptop's lid."""

import os
import shutil
import signal
import sys
import threading
from pathlib import Path
from time import monotonic

import numpy as np
import pytest

from companion.engine.samples import EAR_RATE_HZ, Float32Mono
from companion.history.records import State
from companion.history.schema import FILE_NAME
from companion.history.store import HistoryStore
from companion.log import LOG_FILE
from tests.e2e.program import Program, audible, hush, speak
from tests.e2e.status_bus import panel
from tests.e2e.telling import parsed, telling_program
from tests.e2e.virtual_desktop import VirtualDesktop, sound_card_missing
from tests.e2e.virtual_sound import CARD_RATE_HZ
from tests.recordings import Recordings

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.models,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGSTOP"),
    pytest.mark.skipif(sound_card_missing() is not None, reason=str(sound_card_missing())),
    pytest.mark.skipif(shutil.which("xdotool") is None, reason="no xdotool: apt-get install xdotool xvfb"),
]

TALKING_S = 0.8
"""How long it listens or speaks before it is stopped."""
PROBE = CARD_RATE_HZ // 3
"""Samples of a reply that are looked for in what sounded later: a word or two."""


def stop_for(running: Program, seconds: float) -> None:
    """Stop the process, all of its threads, for a while."""
    os.kill(running.process.pid, signal.SIGSTOP)
    threading.Event().wait(seconds)
    os.kill(running.process.pid, signal.SIGCONT)


def likeness(probe: Float32Mono, sounded: Float32Mono) -> float:
    """Return how much the best place in `sounded` is like `probe`: 1 if it sounded there again, far less if not."""
    size = 1 << (len(sounded) + len(probe)).bit_length()
    spectrum = np.fft.rfft(sounded, size) * np.conj(np.fft.rfft(probe, size))
    products = np.fft.irfft(spectrum, size)[: len(sounded) - len(probe) + 1]
    energies = np.cumsum(np.concatenate(([0.0], sounded.astype(np.float64) ** 2)))
    energy = energies[len(probe) :] - energies[: -len(probe)]
    loud = energy > 0.01 * float(np.sum(probe**2))
    return float(np.max(products[loud] / np.sqrt(energy[loud] * float(np.sum(probe**2))), initial=0.0))


@pytest.mark.parametrize("seconds", [3.0, pytest.param(90.0, marks=pytest.mark.soak)])
def test_turns_go_on_and_nothing_is_said_of_it(tmp_path: Path, recordings: Recordings, seconds: float) -> None:
    first, second, third = (
        recordings[name] for name in ("google_brooklyn_bridge", "unmute_dog_or_cat", "unmute_seine")
    )
    with VirtualDesktop() as desktop, desktop.listen() as speaker, panel() as bus:
        home = {"COMPANION_HOME": str(tmp_path), "DBUS_SESSION_BUS_ADDRESS": bus.address}
        running = telling_program(desktop, home)
        try:
            running.wait_for_line("ready in")
            begun_s = audible(speaker, speak(desktop, first.samples, first.voiced_end_s))
            threading.Event().wait(TALKING_S)
            stopped_s = monotonic()
            stop_for(running, seconds)  # in mid-reply
            audible(speaker, monotonic())  # it goes on
            hush(desktop, speaker)
            sounded = speaker.samples(begun_s)
            before = sounded[: round((stopped_s - begun_s) * CARD_RATE_HZ)]

            desktop.xdotool("keydown", "ctrl", "space")
            with desktop.say(second.samples, EAR_RATE_HZ):
                threading.Event().wait(TALKING_S)
                stop_for(running, seconds)  # while it listens
                desktop.xdotool("keyup", "space", "ctrl")

            audible(speaker, speak(desktop, third.samples, third.voiced_end_s))
            running.wait_for_line("shown .*safe to swim")
            assert running.end() == 0
        finally:
            running.kill()
        assert bus.notifications == []
    probe = before[-PROBE:]
    assert likeness(probe, before) > 0.99
    assert likeness(probe, sounded[len(before) :]) < 0.8, "nothing is said twice"
    shown = [parsed(line)[0] for line in running.output if line.startswith("shown ")]
    assert shown
    assert not any(shown), "no banner at any moment"
    log = (tmp_path / "log" / LOG_FILE).read_text()
    assert "loaded again" not in log
    assert "Traceback" not in log
    store = HistoryStore(tmp_path / "data" / FILE_NAME)
    (kept,) = map(store.load, store.ids())
    store.close()
    assert kept is not None
    said = [message.text.lower() for message in kept.messages if message.role == "user"]
    assert "brooklyn" in said[0]
    assert "safe to swim" in said[-1]
    assert len(said) in (2, 3), "what was said while it was stopped may be lost, and is not answered twice"
    answered = [message.parent for message in kept.messages if message.role == "assistant"]
    assert len(answered) == len(set(answered)), "one answer each"
    assert State.IN_FLIGHT not in {message.state for message in kept.messages}

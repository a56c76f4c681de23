"""The real program is stopped in the middle of things and goes on: a debugger, a full swap, a laptop's lid."""

import os
import shutil
import signal
import sys
import threading
from pathlib import Path

import pytest

from companion.engine.samples import EAR_RATE_HZ
from companion.history.records import State
from companion.history.schema import FILE_NAME
from companion.history.store import HistoryStore
from tests.e2e.program import Program, audible, hush, speak
from tests.e2e.virtual_desktop import VirtualDesktop, sound_card_missing
from tests.recordings import Recordings

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.models,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGSTOP"),
    pytest.mark.skipif(sound_card_missing() is not None, reason=str(sound_card_missing())),
    pytest.mark.skipif(shutil.which("xdotool") is None, reason="no xdotool: apt-get install xdotool xvfb"),
]


def stop_for(running: Program, seconds: float) -> None:
    """Stop the process, all of its threads, for a while."""
    os.kill(running.process.pid, signal.SIGSTOP)
    threading.Event().wait(seconds)
    os.kill(running.process.pid, signal.SIGCONT)


@pytest.mark.parametrize("seconds", [3.0, pytest.param(90.0, marks=pytest.mark.soak)])
def test_turns_go_on_and_nothing_is_said_of_it(tmp_path: Path, recordings: Recordings, seconds: float) -> None:
    first, second, third = (
        recordings[name] for name in ("google_brooklyn_bridge", "unmute_dog_or_cat", "unmute_seine")
    )
    with VirtualDesktop() as desktop, desktop.listen() as speaker:
        running = Program(desktop, "-v", extra={"COMPANION_HOME": str(tmp_path)})
        try:
            running.wait_for_line("ready in")
            audible(speaker, speak(desktop, first.samples, first.voiced_end_s))
            stop_for(running, seconds)  # in mid-reply
            hush(desktop, speaker)

            desktop.xdotool("keydown", "ctrl", "space")
            with desktop.say(second.samples, EAR_RATE_HZ):
                threading.Event().wait(0.8)
                stop_for(running, seconds)  # while it listens
                desktop.xdotool("keyup", "space", "ctrl")

            audible(speaker, speak(desktop, third.samples, third.voiced_end_s))
            assert running.end() == 0
        finally:
            running.kill()
    assert not [line for line in running.output if "stopped answering" in line or "Traceback" in line]
    store = HistoryStore(tmp_path / "data" / FILE_NAME)
    (kept,) = map(store.load, store.ids())
    store.close()
    assert kept is not None
    said = [message.text.lower() for message in kept.messages if message.role == "user"]
    assert "brooklyn" in said[0]
    assert "safe to swim" in said[-1]
    assert len(said) in (2, 3), "what was said while it was stopped may be lost, and is not answered twice"
    assert State.IN_FLIGHT not in {message.state for message in kept.messages}

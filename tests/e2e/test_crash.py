"""The real program ends by a fault in native code, and says so at its next start; nothing that was said is lost."""

import shutil
import signal
from pathlib import Path

import pytest

from companion.history.records import State
from companion.history.schema import FILE_NAME
from companion.history.store import HistoryStore
from companion.log import CRASH_FILE
from tests.e2e.program import Program, audible, speak
from tests.e2e.telling import shown, telling_program
from tests.e2e.virtual_desktop import VirtualDesktop, sound_card_missing
from tests.recordings import Recordings

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.models,
    pytest.mark.skipif(sound_card_missing() is not None, reason=str(sound_card_missing())),
    pytest.mark.skipif(shutil.which("xdotool") is None, reason="no xdotool: apt-get install xdotool xvfb"),
]


def started(desktop: VirtualDesktop, home: Path) -> Program:
    return telling_program(desktop, {"COMPANION_HOME": str(home)})


@pytest.mark.parametrize("fault", [signal.SIGSEGV, pytest.param(signal.SIGABRT, marks=pytest.mark.soak)])
def test_a_native_crash_is_told_once_and_the_conversation_is_open_again(
    tmp_path: Path, recordings: Recordings, fault: signal.Signals
) -> None:
    question = recordings["google_brooklyn_bridge"]
    with VirtualDesktop() as desktop, desktop.listen() as speaker:
        running = started(desktop, tmp_path)
        try:
            running.wait_for_line("ready in")
            audible(speaker, speak(desktop, question.samples, question.voiced_end_s))
            running.wait_for_line(r"shown .*rooklyn")
            running.process.send_signal(fault)
            assert running.wait_end() == -fault
        finally:
            running.kill()
        assert "Fatal Python error" in (tmp_path / "log" / CRASH_FILE).read_text()

        running = started(desktop, tmp_path)
        try:
            running.wait_for_line(r"shown .*rooklyn")
            running.wait_for_line("ready in")
            banners, words = shown(running)
            assert "crashed-before" in banners
            assert "rooklyn" in words[0]
            assert running.end() == 0
            store = HistoryStore(tmp_path / "data" / FILE_NAME)
            (kept,) = map(store.load, store.ids())
            store.close()
            assert kept is not None
            assert kept.messages[-1].state is State.INTERRUPTED
        finally:
            running.kill()

        running = started(desktop, tmp_path)
        try:
            running.wait_for_line("ready in")
            assert shown(running) == ([], [])
            assert running.end() == 0
        finally:
            running.kill()

"""What was said to the real program is still there when it is killed."""

import shutil
from pathlib import Path

import pytest

from companion.history.records import State
from companion.history.schema import FILE_NAME
from companion.history.store import HistoryStore
from tests.e2e.program import Program, audible, speak
from tests.e2e.virtual_desktop import VirtualDesktop, sound_card_missing, wait_until
from tests.recordings import Recordings

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.models,
    pytest.mark.skipif(sound_card_missing() is not None, reason=str(sound_card_missing())),
    pytest.mark.skipif(shutil.which("xdotool") is None, reason="no xdotool: apt-get install xdotool xvfb"),
]


def test_the_words_of_a_turn_survive_kill_9_in_the_middle_of_its_reply(tmp_path: Path, recordings: Recordings) -> None:
    question = recordings["google_brooklyn_bridge"]
    with VirtualDesktop() as desktop, desktop.listen() as speaker:
        running = Program(desktop, extra={"COMPANION_HOME": str(tmp_path / "companion")})
        try:
            running.wait_for_line("ready in")
            audible(speaker, speak(desktop, question.samples, question.voiced_end_s))
            file = tmp_path / "companion" / "data" / FILE_NAME
            log = file.with_name(f"{FILE_NAME}-wal")
            wait_until(lambda: b"rooklyn" in log.read_bytes() + file.read_bytes(), 5, "the words are on the disk")
        finally:
            running.kill()
    store = HistoryStore(file)
    (kept,) = map(store.load, store.ids())
    store.close()
    assert kept is not None
    assert [(message.role, message.state) for message in kept.messages] == [("user", State.INTERRUPTED)]
    assert "Brooklyn" in kept.messages[0].text
    assert kept.title in kept.messages[0].text
    assert kept.language == "en"

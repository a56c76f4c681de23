"""What the windows remember: through a broken file, a file that cannot be written, and a kill."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from companion.ui.window_state import MAX_FILE_BYTES, StateSaver, WindowState
from tests.conftest import REPOSITORY

_REMEMBERING = """
import sys
from pathlib import Path
from companion.ui.window_state import WindowState
state, number = WindowState(Path(sys.argv[1])), 0
while True:
    number += 1
    state.put("number", str(number))
    state.put("again", str(number) * 1000)
    state.save()
    if number % 20 == 0:
        print(number, flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "window.json"


def test_it_is_written_soon_after_a_change_and_not_at_the_end_alone(qtbot: QtBot, path: Path) -> None:
    state = WindowState(path)
    saver = StateSaver(state)
    state.put("guide", "finished")
    qtbot.waitUntil(path.exists)  # and then the program is killed
    assert WindowState(path).get("guide") == "finished"
    state.put("guide", "skipped")
    saver.close()
    assert WindowState(path).get("guide") == "skipped", "the end does not wait for the timer"


def test_a_window_that_is_moved_all_the_time_is_kept_all_the_same(qtbot: QtBot, path: Path) -> None:
    state = WindowState(path)
    saver = StateSaver(state)
    moves = 0

    def moved() -> bool:
        nonlocal moves
        moves += 1
        state.put("place", str(moves))
        return path.exists()

    qtbot.waitUntil(moved)
    saver.close()
    assert WindowState(path).get("place") == str(moves)


@pytest.mark.parametrize("content", [b"", b"\xff\0", b"[]", b'{"guide": "fini', b" " * MAX_FILE_BYTES + b"{}"])
def test_a_broken_file_is_replaced_without_a_word(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    state = WindowState(path)
    assert state.get("guide") == ""
    state.put("guide", "finished")
    state.save()
    assert WindowState(path).get("guide") == "finished"


def test_a_folder_in_its_place_is_kept_beside(path: Path) -> None:
    path.mkdir()
    (path / "mine").write_text("words")
    state = WindowState(path)
    state.put("guide", "finished")
    state.save()
    assert WindowState(path).get("guide") == "finished"
    assert (path.with_name("window.json.broken") / "mine").read_text() == "words"


def test_what_cannot_be_written_is_written_when_it_can(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    state = WindowState(path.parent / "gone" / path.name)
    state.put("guide", "finished")
    state.save()
    assert "not kept" in caplog.text
    assert "finished" not in caplog.text
    (path.parent / "gone").mkdir()
    state.save()
    assert WindowState(path.parent / "gone" / path.name).get("guide") == "finished"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_kill_in_the_middle_of_writing_leaves_a_whole_file(path: Path) -> None:
    for _ in range(3):
        command = [sys.executable, "-c", _REMEMBERING, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=REPOSITORY) as child:
            assert child.stdout is not None
            told = child.stdout.readline()
            child.send_signal(signal.SIGKILL)
            told = (child.stdout.read() or told).split()[-1]
        kept = json.loads(path.read_bytes())
        assert kept["again"] == kept["number"] * 1000
        assert int(kept["number"]) >= int(told)

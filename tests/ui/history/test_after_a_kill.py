"""The program was killed while a conversation was open: at the next start it is at the top of the list, and goes on."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from companion.ui.bridge import EngineBridge
from companion.ui.history_part import HistoryPart
from companion.ui.main_window import MainWindow
from companion.ui.theme import Theme
from companion.ui.window_state import FILE_NAME, StateSaver, WindowState
from tests.conftest import REPOSITORY
from tests.fakes.engine import FakeEngine
from tests.history.talks import keep
from tests.ui.history.scene import happen, kept, texts, titles, turn

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL"),
]


def talk_until_killed(path: Path) -> int:
    """Keep turns in a process of its own, kill it, and return the last message that it said was kept."""
    command = [sys.executable, "-m", "tests.history.keeps_talking", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=REPOSITORY) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(9)]
        child.send_signal(signal.SIGKILL)
        lines += child.stdout.readlines()
    return int([line for line in lines if line.endswith(b"\n")][-1].split()[1])


def test_the_open_conversation_is_the_first_of_the_list_and_goes_on(
    qtbot: QtBot, window: MainWindow, bridge: EngineBridge, theme: Theme, path: Path, engine: FakeEngine
) -> None:
    last = talk_until_killed(path)
    part = HistoryPart(window, bridge, theme, path=path)
    part.start()
    qtbot.waitUntil(lambda: titles(part) == ["Question 1"])
    assert texts(window) == [], "it is not forced on anybody: the window is as at every start"
    part.drawer.open()
    part.panel.list.choose_first()
    QTest.keyClick(part.panel.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(texts(window)) >= last)
    happen(qtbot, bridge, engine, *turn(1, "And now?", "It goes on."))
    (talk,) = kept(qtbot, part)
    assert [message.text for message in talk.path()][-2:] == ["And now?", "It goes on."]
    assert [message.text for message in talk.messages[:3:2]] == ["Question 1", "Question 3"]
    assert part.close()


def test_the_sidebar_stands_as_it_did(
    qtbot: QtBot, window: MainWindow, bridge: EngineBridge, theme: Theme, path: Path
) -> None:
    file = path.with_name(FILE_NAME)
    state = WindowState(file)
    saver = StateSaver(state)
    window.resize(1400, 700)
    part = HistoryPart(window, bridge, theme, path=path, state=state)
    part.start()
    part.link.write(lambda store: keep(store, "Why?", title="Of causes"))
    part.toggle()
    qtbot.waitUntil(file.exists)
    again = HistoryPart(window, bridge, theme, path=path, state=WindowState(file))  # the first never came to its end
    again.start()
    assert again.drawer.is_open
    qtbot.waitUntil(lambda: titles(again) == ["Of causes"])
    assert again.close()
    assert part.close()
    saver.close()

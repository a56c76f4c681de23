"""The hotkey's Qt side: which way is chosen, what it tells, and what the window does not get."""

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton
from pytestqt.qtbot import QtBot

from companion.engine.errors import CompanionError
from companion.keys import KeyCombination, parse
from companion.ui import hotkey as module
from companion.ui.hotkey import Hotkey, choose_backend
from companion.ui.hotkey_base import HotkeyListener
from companion.ui.hotkey_portal import PortalBackend
from companion.ui.hotkey_pynput import PynputBackend

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # what the offscreen platform says of any window
WAIT_MS = 5_000


@pytest.mark.parametrize(
    ("platform", "environment", "backend"),
    [
        ("win32", {}, PynputBackend),
        ("darwin", {}, PynputBackend),
        ("linux", {"DISPLAY": ":0"}, PynputBackend),
        ("linux", {"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11"}, PynputBackend),
        ("linux", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, PortalBackend),
        ("linux", {"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, PortalBackend),
        ("linux", {"XDG_SESSION_TYPE": "tty"}, None),
        ("linux", {"DISPLAY": ""}, None),
    ],
)
def test_the_way_to_hear_it(platform: str, environment: dict[str, str], backend: object) -> None:
    assert choose_backend(platform, environment) is backend


class ScriptedBackend:
    """A back end that says what the test makes it say, on a thread of its own."""

    made: list["ScriptedBackend"]

    def __init__(self, combination: KeyCombination, listener: HotkeyListener) -> None:
        self.combination = combination
        self.listener = listener
        self.running = False
        ScriptedBackend.made.append(self)

    def start(self) -> None:
        self.running = True
        self.say(lambda: self.listener.available(self.combination.qt_text))

    def stop(self) -> None:
        self.running = False

    def say(self, what: Callable[[], None]) -> None:
        thread = threading.Thread(target=what)
        thread.start()
        thread.join()


@pytest.fixture
def hotkey(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Hotkey:
    ScriptedBackend.made = []
    monkeypatch.setattr(module, "choose_backend", lambda platform, environment: ScriptedBackend)
    return Hotkey()


def test_what_a_back_end_says_arrives_as_signals(qtbot: QtBot, hotkey: Hotkey) -> None:
    with qtbot.waitSignal(hotkey.available, timeout=WAIT_MS) as heard:
        hotkey.start(parse("ctrl+space"))
    assert heard.args == ["Ctrl+Space"]
    (backend,) = ScriptedBackend.made
    for signal, say, value in (
        (hotkey.pressed, backend.listener.pressed, 12.5),
        (hotkey.released, backend.listener.released, 13.25),
        (hotkey.noticed, backend.listener.noticed, CompanionError("hotkey-taken", "Taken.")),
        (hotkey.unavailable, backend.listener.unavailable, CompanionError("hotkey-failed", "Failed.")),
    ):
        with qtbot.waitSignal(signal, timeout=WAIT_MS) as heard:
            backend.say(lambda say=say, value=value: say(value))  # type: ignore[misc]
        assert heard.args == [value]
    hotkey.stop()


def test_another_hotkey_ends_the_first(hotkey: Hotkey) -> None:
    hotkey.start(parse("ctrl+space"))
    hotkey.start(parse("f9"))
    first, second = ScriptedBackend.made
    assert (first.running, second.running) == (False, True)
    hotkey.stop()
    hotkey.stop()
    assert not second.running


def test_without_a_desktop_the_sentence_says_how_to_bind_one(qtbot: QtBot) -> None:
    hotkey = Hotkey(platform="linux", environment={})
    with qtbot.waitSignal(hotkey.unavailable, timeout=WAIT_MS) as heard:
        hotkey.start(parse("ctrl+space"))
    assert heard.args is not None
    error = heard.args[0]
    assert error.code == "hotkey-no-display"
    assert "companion press" in error.hint


@pytest.fixture
def button(qtbot: QtBot, qapp: QApplication, hotkey: Hotkey) -> Iterator[QPushButton]:
    """Make a button in a dialog that opens when the hotkey is in use already."""
    hotkey.shield(qapp)
    dialog = QDialog()
    qtbot.addWidget(dialog)
    dialog.setModal(True)
    button = QPushButton("Delete", dialog)
    with qtbot.waitActive(dialog):
        dialog.open()
    button.setFocus()
    yield button
    dialog.close()


def presses(button: QPushButton) -> list[str]:
    seen: list[str] = []
    button.pressed.connect(lambda: seen.append("pressed"))
    button.released.connect(lambda: seen.append("released"))
    return seen


CTRL = Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier


def test_the_window_does_not_get_the_hotkey(hotkey: Hotkey, button: QPushButton) -> None:
    hotkey.start(parse("ctrl+space"))
    seen = presses(button)
    window = button.window().windowHandle()
    assert window is not None
    QTest.keyPress(window, Qt.Key.Key_Space, CTRL)
    QTest.keyRelease(window, Qt.Key.Key_Space, NONE)  # Ctrl came up first
    assert seen == []
    QTest.keyPress(window, Qt.Key.Key_Space, NONE)
    QTest.keyRelease(window, Qt.Key.Key_Space, NONE)
    assert seen == ["pressed", "released"], "Space alone is the button's"
    hotkey.stop()


def test_a_hotkey_that_does_not_work_is_left_to_the_window(qtbot: QtBot, hotkey: Hotkey, button: QPushButton) -> None:
    hotkey.start(parse("ctrl+space"))
    seen = presses(button)
    with qtbot.waitSignal(hotkey.unavailable, timeout=WAIT_MS):
        ScriptedBackend.made[0].listener.unavailable(CompanionError("hotkey-failed", "Failed."))
    qtbot.waitUntil(lambda: _reaches(button, seen), timeout=WAIT_MS)
    hotkey.stop()


def _reaches(button: QPushButton, seen: list[str]) -> bool:
    window = button.window().windowHandle()
    assert window is not None
    QTest.keyPress(window, Qt.Key.Key_Space, CTRL)
    QTest.keyRelease(window, Qt.Key.Key_Space, CTRL)
    return seen[:2] == ["pressed", "released"]

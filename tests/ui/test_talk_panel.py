"""Mute, type instead, the waveform, and how an open microphone is shown."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from companion.engine.commands import MuteMicrophone, PressToTalk, StopSpeaking
from companion.engine.events import EngineState
from companion.ui import desktop_strings
from companion.ui.main_window import MainWindow
from companion.ui.palette import LIGHT
from companion.ui.talk_face import Face
from companion.ui.theme import Theme
from companion.ui.waveform import Side, Waveform
from tests.fakes.engine import FakeEngine

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
Enter = Callable[[EngineState], None]


def click_talk(window: MainWindow) -> None:
    QTest.mouseClick(window.talk, Qt.MouseButton.LeftButton, pos=window.talk.rect().center())


def latched(window: MainWindow) -> bool:
    return window.latch.latched


def face_of(window: MainWindow) -> Face:
    return window.talk.face


def test_muting_closes_the_microphone_and_is_shown(window: MainWindow, engine: FakeEngine, enter: Enter) -> None:
    enter(EngineState.IDLE)
    window.panel.mute.click()
    assert engine.commands == [MuteMicrophone(on=True)]
    assert face_of(window) is Face.MUTED
    assert window.status.state.text() == desktop_strings.MUTED_WORDS
    assert "Ctrl+M" in window.hint_text
    assert window.panel.mute.accessibleName() == desktop_strings.UNMUTE
    window.panel.mute.click()
    assert engine.commands[-1] == MuteMicrophone(on=False)
    assert face_of(window) is Face.IDLE


def test_holding_while_muted_begins_no_turn(window: MainWindow, engine: FakeEngine, enter: Enter) -> None:
    enter(EngineState.IDLE)
    window.mute(True)
    click_talk(window)
    assert engine.posted(PressToTalk) == []
    assert engine.posted(StopSpeaking) == [StopSpeaking()]
    assert not latched(window)


def test_a_reply_goes_on_while_the_microphone_is_muted(window: MainWindow, engine: FakeEngine, enter: Enter) -> None:
    enter(EngineState.SPEAKING)
    window.mute(True)
    assert window.talk.face is Face.SPEAKING
    assert window.panel.mute.isChecked()
    assert engine.posted(StopSpeaking) == []


def test_type_instead_puts_the_cursor_into_the_field(qtbot: QtBot, window: MainWindow, enter: Enter) -> None:
    enter(EngineState.IDLE)
    window.activateWindow()
    window.panel.type_instead.click()
    qtbot.waitUntil(window.composer.field.hasFocus)


def test_a_click_on_the_button_listens_until_the_next(window: MainWindow, engine: FakeEngine, enter: Enter) -> None:
    enter(EngineState.IDLE)
    click_talk(window)
    assert latched(window)
    enter(EngineState.LISTENING)
    assert window.hint_text == desktop_strings.LATCHED_HINT
    assert window.talk._look().latched
    click_talk(window)
    assert not latched(window)


def test_leaving_the_window_does_not_end_what_a_click_began(window: MainWindow, enter: Enter) -> None:
    enter(EngineState.IDLE)
    click_talk(window)
    enter(EngineState.LISTENING)
    window.composer.field.setFocus()
    window.showMinimized()
    assert latched(window)


def test_an_open_microphone_cannot_be_missed(window: MainWindow, theme: Theme, enter: Enter) -> None:
    enter(EngineState.LISTENING)
    bar = window.status.grab().toImage()
    assert {bar.pixelColor(x, bar.height() - 1).name() for x in range(0, bar.width(), 20)} == {LIGHT.listening}
    assert "Listening" in window.windowTitle()
    enter(EngineState.IDLE)
    assert "Listening" not in window.windowTitle()


# -- the waveform


@pytest.fixture
def wave(qtbot: QtBot, theme: Theme) -> Waveform:
    theme.set_reduce_motion(False)
    wave = Waveform(theme, Side.LEFT)
    qtbot.addWidget(wave)
    wave.resize(120, 60)
    return wave


def test_bars_are_as_high_as_the_voice_was_loud(wave: Waveform) -> None:
    for level in (0.2, 0.2, 1.0, 0.1, 0.5, 0.5):
        wave.add(level, True)
    newest, loudest, oldest = wave.bars
    assert oldest < newest < loudest <= wave.height()


def test_silence_is_not_painted_again(qtbot: QtBot, wave: Waveform, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(4):
        wave.add(0.0, False)
    painted: list[None] = []
    monkeypatch.setattr(wave, "update", lambda: painted.append(None))
    for _ in range(200):
        wave.add(0.0, False)
    assert len(painted) <= 2
    wave.add(0.8, True)
    wave.add(0.8, True)
    assert painted


def test_nothing_wanders_when_motion_is_to_be_reduced(wave: Waveform, theme: Theme) -> None:
    theme.set_reduce_motion(True)
    for _ in range(8):
        wave.add(0.8, True)
    assert wave.bars == ()


def test_the_waveform_goes_when_nobody_listens(window: MainWindow, theme: Theme, enter: Enter) -> None:
    theme.set_reduce_motion(False)
    enter(EngineState.LISTENING)
    for _ in range(8):
        window.talk.level_drawn.emit(0.7, True)
    assert all(wave.bars for wave in window.panel.waves)
    enter(EngineState.THINKING)
    assert not any(wave.bars for wave in window.panel.waves)

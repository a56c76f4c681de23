"""The orb: talking, dragging, captions, its place, and the way back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QGuiApplication, QTextLayout
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from companion.engine.commands import PressToTalk, ReleaseToTalk, StopSpeaking
from companion.engine.events import (
    EngineReady,
    EngineState,
    EngineStateChanged,
    PlaybackAdvanced,
    ReplyToken,
    TranscriptPartial,
    TurnEmpty,
    TurnStarted,
)
from companion.settings import DesktopSettings
from companion.ui import strings
from companion.ui.bridge import EngineBridge
from companion.ui.captions import current_part, fitted
from companion.ui.compact import CompactWindow
from companion.ui.orb import Orb
from companion.ui.talk_face import SIDE, Face
from companion.ui.theme import Theme
from tests.fakes.engine import FakeEngine
from tests.ui.desktop import Around

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "systemTrayWindowChanged", extend=True)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def around(qtbot: QtBot, theme: Theme, bridge: EngineBridge, engine: FakeEngine, tmp_path: Path) -> Iterator[Around]:
    around = Around(qtbot, theme, bridge, engine, tmp_path / "window.json", DesktopSettings()).start()
    enter(around, EngineState.IDLE)
    around.desktop.set_compact(True)
    qtbot.waitExposed(around.desktop.compact)
    yield around
    around.desktop.close()


@pytest.fixture
def orb(around: Around) -> Orb:
    return around.desktop.compact.orb


@pytest.fixture
def compact(around: Around) -> CompactWindow:
    return around.desktop.compact


def enter(around: Around, state: EngineState) -> None:
    around.send(EngineReady(seconds=1), EngineStateChanged(old=around.window.state, new=state, at_s=0))


def middle(orb: Orb) -> QPoint:
    return orb.rect().center()


def drag(orb: Orb, by: QPoint) -> None:
    QTest.mousePress(orb, LEFT, pos=middle(orb))
    steps = 4
    for _ in range(steps):
        QTest.mouseMove(orb, middle(orb) + by / steps)  # the orb follows the mouse
    QTest.mouseRelease(orb, LEFT, pos=middle(orb))


# -- coming and going


def test_it_takes_the_windows_place_without_the_focus(around: Around, compact: CompactWindow) -> None:
    assert not around.window.isVisible()
    assert compact.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    flags = compact.windowFlags()
    for flag in (Qt.WindowType.FramelessWindowHint, Qt.WindowType.WindowStaysOnTopHint):
        assert flags & flag
    assert not flags & Qt.WindowType.WindowDoesNotAcceptFocus, "the keyboard can reach it"


@pytest.mark.parametrize("way", ["double click", "Escape", "menu", "Ctrl+Shift+Space", "second start"])
def test_every_way_back_to_the_window(around: Around, compact: CompactWindow, orb: Orb, way: str) -> None:
    if way == "double click":
        QTest.mouseClick(orb, LEFT, pos=middle(orb))
        QTest.mouseDClick(orb, LEFT, pos=middle(orb))
    elif way == "Escape":
        QTest.keyClick(orb, Qt.Key.Key_Escape)
    elif way == "menu":
        compact._menu.actions()[0].trigger()
    elif way == "Ctrl+Shift+Space":
        compact.activateWindow()
        around.qtbot.waitUntil(compact.isActiveWindow)
        keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        QTest.keyClick(orb, Qt.Key.Key_Space, keys)
    else:
        around.desktop.come_forward()
    assert around.window.isVisible()
    assert not compact.isVisible()
    assert not around.desktop.compact_action.isChecked()


def test_a_double_click_leaves_nobody_listening(around: Around, orb: Orb, engine: FakeEngine) -> None:
    QTest.mouseClick(orb, LEFT, pos=middle(orb))
    QTest.mouseDClick(orb, LEFT, pos=middle(orb))
    assert engine.commands[-1] == StopSpeaking()


def test_the_next_start_begins_with_the_orb(
    qtbot: QtBot, around: Around, theme: Theme, bridge: EngineBridge, engine: FakeEngine, tmp_path: Path
) -> None:
    around.desktop.close()
    around.state.save()
    again = Around(qtbot, theme, bridge, engine, tmp_path / "window.json", DesktopSettings()).start()
    assert again.desktop.compact.isVisible()
    assert not again.window.isVisible()
    again.desktop.close()


# -- talking


def test_a_click_begins_and_a_click_ends(around: Around, orb: Orb, engine: FakeEngine) -> None:
    QTest.mouseClick(orb, LEFT, pos=middle(orb))
    assert len(engine.posted(PressToTalk)) == 1
    enter(around, EngineState.LISTENING)
    assert orb._look().latched
    QTest.mouseClick(orb, LEFT, pos=middle(orb))
    assert len(engine.posted(ReleaseToTalk)) == 1


def test_a_hold_counts_from_the_press(qtbot: QtBot, orb: Orb, engine: FakeEngine) -> None:
    QTest.mousePress(orb, LEFT, pos=middle(orb))
    assert engine.posted(PressToTalk) == []
    qtbot.waitUntil(lambda: orb.held)
    (press,) = engine.posted(PressToTalk)
    assert isinstance(press, PressToTalk)
    assert press.at_s == orb.begun_s
    QTest.mouseRelease(orb, LEFT, pos=middle(orb))
    assert not orb.held


@pytest.mark.parametrize("state", [EngineState.THINKING, EngineState.SPEAKING])
def test_a_click_stops_the_reply(around: Around, orb: Orb, engine: FakeEngine, state: EngineState) -> None:
    enter(around, state)
    QTest.mouseClick(orb, LEFT, pos=middle(orb))
    assert engine.commands[-1] == StopSpeaking()
    assert engine.posted(PressToTalk) == []


def test_the_keyboard_holds_too(orb: Orb, engine: FakeEngine) -> None:
    QTest.keyPress(orb, Qt.Key.Key_Space)
    assert len(engine.posted(PressToTalk)) == 1
    QTest.keyRelease(orb, Qt.Key.Key_Space)
    assert not orb.held


def test_escape_stops_first_and_leaves_next(
    around: Around, compact: CompactWindow, orb: Orb, engine: FakeEngine
) -> None:
    enter(around, EngineState.SPEAKING)
    QTest.keyClick(orb, Qt.Key.Key_Escape)
    assert engine.commands[-1] == StopSpeaking()
    assert compact.isVisible()


def test_it_shows_each_state(around: Around, orb: Orb) -> None:
    for state, face in ((EngineState.LISTENING, Face.LISTENING), (EngineState.SPEAKING, Face.SPEAKING)):
        enter(around, state)
        assert orb.face is face


# -- its place


def test_dragging_moves_it_and_begins_no_turn(
    around: Around, compact: CompactWindow, orb: Orb, engine: FakeEngine
) -> None:
    before = compact.anchor
    drag(orb, QPoint(-80, -120))
    assert compact.anchor != before
    assert engine.commands == []
    area = QGuiApplication.primaryScreen().availableGeometry()
    assert area.contains(QRect(compact.anchor, QSize(SIDE, SIDE)))


def test_it_cannot_be_moved_off_the_screen(compact: CompactWindow, orb: Orb) -> None:
    for _ in range(60):
        QTest.keyClick(orb, Qt.Key.Key_Right)
        QTest.keyClick(orb, Qt.Key.Key_Down)
    area = QGuiApplication.primaryScreen().availableGeometry()
    assert compact.anchor == area.bottomRight() + QPoint(1 - SIDE, 1 - SIDE)


def test_it_remembers_its_place(around: Around, compact: CompactWindow, orb: Orb) -> None:
    for _ in range(3):
        QTest.keyClick(orb, Qt.Key.Key_Up)
    place = compact.anchor
    around.desktop.set_compact(False)
    around.desktop.set_compact(True)
    assert compact.anchor == place


def test_it_comes_back_from_a_screen_that_is_gone(compact: CompactWindow) -> None:
    compact._anchor = QPoint(90_000, 90_000)
    compact._keep_on_screen()
    area = QGuiApplication.primaryScreen().availableGeometry()
    assert area.contains(QRect(compact.anchor, QSize(SIDE, SIDE)))


# -- captions


def test_the_captions_lie_beside_the_orb_and_on_the_screen(around: Around, compact: CompactWindow, orb: Orb) -> None:
    anchor = compact.anchor
    around.send(TurnStarted(turn_id=1, at_s=0), TranscriptPartial(turn_id=1, text="Could you plan a walk", at_s=0))
    assert compact.captions.text == "Could you plan a walk"
    assert not compact.captions.geometry().intersects(orb.geometry())
    assert compact.pos() + orb.pos() == anchor, "the orb stays where it is"
    assert QGuiApplication.primaryScreen().availableGeometry().contains(compact.geometry())


def test_the_captions_follow_the_voice(qtbot: QtBot, around: Around, compact: CompactWindow) -> None:
    reply = "Sure. Start with the light on the water. Then walk up."
    around.send(TurnStarted(turn_id=1, at_s=0), ReplyToken(turn_id=1, text=reply, at_s=0))
    qtbot.waitUntil(lambda: compact.captions.text == reply)
    around.send(PlaybackAdvanced(turn_id=1, heard=reply.index("Then")))
    qtbot.waitUntil(lambda: compact.captions.text == "Then walk up.")


def test_what_went_wrong_is_in_the_captions_for_a_while(qtbot: QtBot, around: Around, compact: CompactWindow) -> None:
    compact.captions._linger.setInterval(0)
    around.send(TurnEmpty(turn_id=1, reason="silence"))
    qtbot.waitUntil(lambda: compact.captions.isHidden())
    around.send(TurnEmpty(turn_id=1, reason="tap"))
    assert compact.captions.text == ""


@pytest.mark.parametrize(
    ("reply", "heard", "part"),
    [
        ("One. Two. Three.", 0, "One. Two. Three."),
        ("One. Two. Three.", 5, "Two. Three."),
        ("One. Two. Three.", 7, "Two. Three."),
        ("One. Two. Three.", 16, "Three."),
        ("3.14 is pi. Yes.", 6, "3.14 is pi. Yes."),
        ("Done. ", 6, "Done."),
    ],
)
def test_the_sentence_that_sounds(reply: str, heard: int, part: str) -> None:
    assert current_part(reply, heard) == part


def lines_of(text: str, font: QFont, width: int) -> int:
    """Return how many lines `text` takes, however high each is."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
    layout.endLayout()
    return layout.lineCount()


@pytest.mark.parametrize("tail", [False, True])
def test_long_words_are_cut_to_a_few_lines(qapp: QApplication, tail: bool) -> None:
    metrics = QFontMetrics(qapp.font())
    words = [f"word{number}" for number in range(200)]
    shown = fitted(" ".join(words), metrics, 240, tail=tail)
    assert lines_of(shown, qapp.font(), 240) <= 3
    assert words[-1 if tail else 0] in shown.split()
    assert "…" in shown
    assert fitted("x" * 900, metrics, 240, tail=tail) != "x" * 900
    assert fitted("", metrics, 240, tail=tail) == ""


def test_a_muted_press_says_how_to_go_on(around: Around, compact: CompactWindow, orb: Orb) -> None:
    around.window.mute(True)
    assert orb.face is Face.MUTED
    QTest.mouseClick(orb, LEFT, pos=middle(orb))
    assert "Ctrl+M" in compact.captions.text
    assert strings.APP_NAME in compact.windowTitle()

"""Holding and letting go, by every way there is."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QImage, QKeyEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from companion.ui.talk_button import TalkButton, level_share
from companion.ui.talk_face import DISC, FRAME_MS, Face, Look
from companion.ui.theme import Scheme, Theme

# The offscreen platform has no window manager to talk to, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

PRESS, RELEASE = "press", "release"


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def button(qtbot: QtBot, theme: Theme, clock: Clock) -> Iterator[TalkButton]:
    window = QWidget()
    button = TalkButton(theme, clock=clock)
    other = QWidget()
    other.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    other.setObjectName("other")
    layout = QVBoxLayout(window)
    layout.addWidget(button)
    layout.addWidget(other)
    qtbot.addWidget(window)
    button.set_face(Face.IDLE)
    window.show()
    window.activateWindow()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    yield button
    window.close()


@pytest.fixture
def log(button: TalkButton) -> list[str]:
    log: list[str] = []
    button.talk_pressed.connect(lambda: log.append(PRESS))
    button.talk_released.connect(lambda: log.append(RELEASE))
    return log


def key(button: TalkButton, kind: QEvent.Type, *, repeat: bool = False) -> None:
    QApplication.sendEvent(button, QKeyEvent(kind, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ", repeat))


def hold(button: TalkButton) -> None:
    QTest.mousePress(button, Qt.MouseButton.LeftButton, pos=button.rect().center())


def test_the_mouse_holds_and_lets_go(button: TalkButton, log: list[str]) -> None:
    hold(button)
    assert button.held
    assert log == [PRESS]
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton, pos=button.rect().center())
    assert log == [PRESS, RELEASE]
    assert not button.held


def test_drifting_off_the_button_keeps_holding(button: TalkButton, log: list[str]) -> None:
    hold(button)
    QTest.mouseMove(button, button.rect().center() + QPoint(400, 400))
    assert log == [PRESS]
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton, pos=button.rect().center() + QPoint(400, 400))
    assert log == [PRESS, RELEASE]


def test_only_the_disc_can_be_pressed_with_the_left_button(button: TalkButton, log: list[str]) -> None:
    QTest.mousePress(button, Qt.MouseButton.LeftButton, pos=button.rect().center() + QPoint(DISC // 2 + 2, 0))
    QTest.mousePress(button, Qt.MouseButton.RightButton, pos=button.rect().center())
    assert log == []


@pytest.mark.parametrize("which", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_keys_hold_and_let_go(button: TalkButton, log: list[str], which: Qt.Key) -> None:
    QTest.keyPress(button, which)
    assert log == [PRESS]
    QTest.keyRelease(button, which)
    assert log == [PRESS, RELEASE]


def test_auto_repeat_does_not_count(button: TalkButton, log: list[str]) -> None:
    key(button, QEvent.Type.KeyPress)
    for _ in range(5):
        key(button, QEvent.Type.KeyRelease, repeat=True)
        key(button, QEvent.Type.KeyPress, repeat=True)
    assert log == [PRESS]
    key(button, QEvent.Type.KeyRelease)
    assert log == [PRESS, RELEASE]


def test_other_keys_and_chords_are_left_to_others(button: TalkButton, log: list[str]) -> None:
    QTest.keyClick(button, Qt.Key.Key_A)
    QTest.keyClick(button, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert PRESS not in log


@pytest.mark.parametrize("loss", ["focus", "hidden", "disabled", "face", "window", "grab"])
def test_it_lets_go_when_it_can_no_longer_hear_the_release(
    qtbot: QtBot, button: TalkButton, log: list[str], loss: str
) -> None:
    hold(button)
    if loss == "focus":
        button.window().findChild(QWidget, "other").setFocus()  # type: ignore[union-attr]
    elif loss == "hidden":
        button.window().hide()
    elif loss == "disabled":
        button.window().setEnabled(False)
    elif loss == "face":
        button.set_face(Face.UNAVAILABLE)
    elif loss == "window":
        other = QWidget()
        qtbot.addWidget(other)
        other.show()
        other.activateWindow()
    else:
        QApplication.sendEvent(button, QEvent(QEvent.Type.UngrabMouse))
    qtbot.waitUntil(lambda: log == [PRESS, RELEASE])


@pytest.mark.parametrize("face", [Face.LOADING, Face.UNAVAILABLE])
def test_it_cannot_be_held_when_talking_is_off(button: TalkButton, log: list[str], face: Face) -> None:
    button.set_face(face)
    hold(button)
    key(button, QEvent.Type.KeyPress)
    assert log == []
    assert not button.isEnabled()


@pytest.mark.parametrize("face", [Face.LISTENING, Face.THINKING, Face.SPEAKING])
def test_it_stays_held_while_the_engine_changes_state(button: TalkButton, log: list[str], face: Face) -> None:
    hold(button)
    button.set_face(face)
    assert log == [PRESS]


def test_an_assistive_click_switches(button: TalkButton, log: list[str]) -> None:
    button.click()
    assert log == [PRESS]
    button.click()
    assert log == [PRESS, RELEASE]


@pytest.mark.parametrize(("dbfs", "share"), [(-96, 0), (-55, 0), (-32.5, 0.5), (-10, 1), (0, 1)])
def test_levels_fill_the_ring(dbfs: float, share: float) -> None:
    assert level_share(dbfs) == share


def test_the_ring_rises_fast_and_sinks_calmly(button: TalkButton, theme: Theme, clock: Clock) -> None:
    theme.set_reduce_motion(False)
    button.set_face(Face.LISTENING)
    button.set_level(-10, voice=True)
    clock.now_s += 0.1
    button._advance()
    risen = button._level
    button.set_level(-96, voice=False)
    clock.now_s += 0.1
    button._advance()
    assert risen > 0.9
    assert 0.5 < button._level < risen


@pytest.mark.parametrize(
    ("reduce", "face", "moves"),
    [(False, Face.THINKING, True), (True, Face.THINKING, False), (False, Face.IDLE, False)],
)
def test_it_moves_only_when_there_is_something_to_show(
    button: TalkButton, theme: Theme, reduce: bool, face: Face, moves: bool
) -> None:
    theme.set_reduce_motion(reduce)
    button.set_face(face)
    assert button._frames.isActive() is moves
    button.window().hide()
    assert not button._frames.isActive()


def test_every_face_looks_different_even_without_colour(button: TalkButton) -> None:
    button.clearFocus()
    pictures = []
    for face in Face:
        button.set_face(face)
        gray = button.grab().toImage().convertToFormat(QImage.Format.Format_Mono)
        pictures.append(bytes(gray.constBits()))
    assert len(set(pictures)) == len(Face)


def test_the_name_says_the_state(button: TalkButton) -> None:
    names = set()
    for face in Face:
        button.set_face(face)
        names.add(button.accessibleName())
    assert len(names) == len(Face)
    assert button.accessibleDescription()


class Paints(QObject):
    """Counts what the button is asked to paint, and the pictures that had to be drawn for it."""

    def __init__(self, button: TalkButton, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(button)
        self.paints = 0
        self.drawn = 0
        draw = button._pictures._paint

        def counted(painter: QPainter, look: Look) -> None:
            self.drawn += 1
            draw(painter, look)

        monkeypatch.setattr(button._pictures, "_paint", counted)
        button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.paints += event.type() == QEvent.Type.Paint
        return False


@pytest.fixture
def paints(button: TalkButton, theme: Theme, monkeypatch: pytest.MonkeyPatch) -> Paints:
    theme.set_reduce_motion(False)
    return Paints(button, monkeypatch)


def run(button: TalkButton, clock: Clock, seconds: float) -> None:
    """Let the animation's time pass, frame by frame."""
    button._frames.stop()  # the test is the timer
    for _ in range(round(seconds * 1000 / FRAME_MS[button.face])):
        clock.now_s += FRAME_MS[button.face] / 1000
        button._on_frame()
        QApplication.sendPostedEvents(button.window(), QEvent.Type.UpdateRequest)


def test_silence_is_painted_once(button: TalkButton, clock: Clock, paints: Paints) -> None:
    button.set_face(Face.LISTENING)
    button.set_level(-60, voice=False)
    run(button, clock, 0.1)
    paints.paints = 0
    run(button, clock, 2)
    assert paints.paints == 0


def test_a_voice_moves_the_button(button: TalkButton, clock: Clock, paints: Paints) -> None:
    button.set_face(Face.LISTENING)
    for level in (-40, -20, -30, -15):
        button.set_level(level, voice=True)
        run(button, clock, 0.2)
    assert paints.paints > 12


@pytest.mark.parametrize("face", [Face.LOADING, Face.THINKING, Face.SPEAKING])
def test_while_models_work_it_moves_slowly_and_draws_each_picture_once(
    button: TalkButton, clock: Clock, paints: Paints, face: Face
) -> None:
    button.set_face(face)
    run(button, clock, 2)
    paints.paints = paints.drawn = 0
    run(button, clock, 10)
    assert 100 < paints.paints <= 150, "it moves, at 15 frames a second at most"
    assert paints.drawn == 0


def test_a_new_look_draws_the_pictures_again(button: TalkButton, theme: Theme) -> None:
    light = button.grab().toImage()
    theme.set_scheme(Scheme.DARK)
    assert button.grab().toImage() != light

"""Closing, hiding, notifications, the tray's menu, logging out, and coming back where it was."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAction, QSessionManager
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from companion import autostart
from companion.engine.commands import (
    MuteMicrophone,
    NewConversation,
    PressToTalk,
    ReleaseToTalk,
    Shutdown,
    StopSpeaking,
)
from companion.engine.errors import AudioDeviceError, CompanionError
from companion.engine.events import (
    EngineReady,
    EngineState,
    EngineStateChanged,
    ProblemReported,
    ProblemResolved,
    ReplyFinished,
    TurnEmpty,
)
from companion.settings import DesktopSettings, Settings, TalkSettings
from companion.ui import desktop, desktop_strings, strings
from companion.ui.bridge import EngineBridge
from companion.ui.palette import contrast
from companion.ui.talk_face import Face
from companion.ui.talk_latch import LatchOn
from companion.ui.theme import Theme
from companion.ui.tray import FILLS, INK, tray_icon
from tests.fakes.engine import FakeEngine
from tests.ui.desktop import Around

# The offscreen platform has no window manager to talk to, and no tray.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "systemTrayWindowChanged", extend=True)

ANSWER = ReplyFinished(turn_id=1, text="The secret word is plum.", reason="stop", at_s=0)
LOST = AudioDeviceError("microphone-lost", "The microphone was unplugged.", hint="Plug it in again.")
Make = Callable[..., Around]


@pytest.fixture
def make(qtbot: QtBot, theme: Theme, bridge: EngineBridge, engine: FakeEngine, tmp_path: Path) -> Iterator[Make]:
    made: list[Around] = []

    def make(settings: DesktopSettings | None = None) -> Around:
        made.append(Around(qtbot, theme, bridge, engine, tmp_path / "window.json", settings or DesktopSettings()))
        return made[-1]

    yield make
    for around in made:
        around.desktop.close()


def enter(around: Around, state: EngineState) -> None:
    around.send(EngineReady(seconds=1), EngineStateChanged(old=around.window.state, new=state, at_s=0))


def visible(around: Around) -> bool:
    return around.window.isVisible()


# -- closing


def test_closing_stays_in_the_tray_and_says_so_once(make: Make, engine: FakeEngine) -> None:
    around = make().start()
    around.window.close()
    assert not visible(around)
    assert engine.posted(Shutdown) == []
    around.desktop.come_forward()
    assert visible(around)
    around.window.close()
    assert [title for title, _ in around.notified] == [desktop_strings.STAYS_TITLE]
    around.state.save()
    assert make().state.get("said.stays"), "not said again after the next start either"


@pytest.mark.parametrize("why", ["no tray", "setting", "logging out"])
def test_closing_ends_the_program_where_it_cannot_stay(qtbot: QtBot, make: Make, engine: FakeEngine, why: str) -> None:
    around = make(DesktopSettings(close_to_tray=why != "setting")).start()
    around.has_tray = why != "no tray"
    if why == "logging out":
        around.desktop._on_session_ends(Session())  # type: ignore[arg-type]  # Qt makes the real one
    with qtbot.waitSignal(around.window.finished):
        around.window.close()
    assert engine.posted(Shutdown) == [Shutdown()]
    assert around.notified == []


class Session:
    """Stands in for what only Qt's session management can make."""

    def __init__(self) -> None:
        self.hints: list[QSessionManager.RestartHint] = []

    def setRestartHint(self, hint: QSessionManager.RestartHint) -> None:
        self.hints.append(hint)


def test_a_logout_that_was_called_off_changes_nothing(make: Make, engine: FakeEngine) -> None:
    around = make().start()
    session = Session()
    around.desktop._on_session_ends(session)  # type: ignore[arg-type]
    assert session.hints == [QSessionManager.RestartHint.RestartNever]
    around.desktop.come_forward()
    around.window.close()
    assert engine.posted(Shutdown) == []


@pytest.mark.parametrize("way", ["Ctrl+Q", "tray", "menu", "hidden"])
def test_quit_ends_the_program_at_once(qtbot: QtBot, make: Make, engine: FakeEngine, way: str) -> None:
    around = make().start()
    if way == "hidden":
        around.window.close()
    with qtbot.waitSignal(around.window.finished):
        if way == "Ctrl+Q":
            around.window.activateWindow()
            qtbot.waitUntil(around.window.isActiveWindow)
            QTest.keyClick(around.window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
        elif way == "menu":
            next(action for action in around.window.menu.actions() if action.text() == desktop_strings.QUIT).trigger()
        else:
            entry(around, desktop_strings.QUIT).trigger()
    assert not around.desktop.tray.icon.isVisible()
    assert engine.posted(Shutdown) == [Shutdown()]


# -- the tray's menu


def entry(around: Around, text: str) -> QAction:
    return next(action for action in around.desktop.tray.menu.actions() if action.text() == text)


def test_the_tray_shows_and_hides_the_window(make: Make) -> None:
    around = make().start()
    entry(around, desktop_strings.HIDE_WINDOW).trigger()
    assert not visible(around)
    entry(around, desktop_strings.SHOW_WINDOW).trigger()
    assert visible(around)
    entry(around, desktop_strings.HIDE_WINDOW)


def test_a_window_is_not_hidden_into_a_tray_that_is_gone(make: Make) -> None:
    around = make().start()
    around.has_tray = False
    around.desktop.tray.toggle_window.emit()
    assert visible(around)


def test_talking_from_the_tray(make: Make, engine: FakeEngine) -> None:
    around = make().start()
    assert not entry(around, desktop_strings.TALK).isEnabled(), "not before the models are loaded"
    enter(around, EngineState.IDLE)
    entry(around, desktop_strings.TALK).trigger()
    assert len(engine.posted(PressToTalk)) == 1
    enter(around, EngineState.LISTENING)
    entry(around, desktop_strings.DONE_TALKING).trigger()
    assert len(engine.posted(ReleaseToTalk)) == 1
    enter(around, EngineState.SPEAKING)
    entry(around, "Stop speaking").trigger()
    assert engine.commands[-1] == StopSpeaking()


def test_muting_from_the_tray_is_seen_everywhere(make: Make, engine: FakeEngine) -> None:
    around = make().start()
    enter(around, EngineState.IDLE)
    entry(around, desktop_strings.MUTE).trigger()
    assert engine.posted(MuteMicrophone) == [MuteMicrophone(on=True)]
    assert around.window.talk.face is Face.MUTED
    assert around.window.panel.mute.isChecked()
    assert around.desktop.compact.orb.face is Face.MUTED
    assert "muted" in around.desktop.tray.icon.toolTip()
    assert entry(around, desktop_strings.UNMUTE).isChecked()
    around.window.panel.mute.click()
    assert not entry(around, desktop_strings.MUTE).isChecked()


def test_a_new_conversation_from_the_tray(make: Make, engine: FakeEngine) -> None:
    around = make().start()
    entry(around, "New conversation").trigger()
    assert engine.posted(NewConversation) == [NewConversation()]


def test_the_settings_are_in_the_trays_menu(make: Make) -> None:
    around = make()
    assert around.settings_action in around.desktop.tray.menu.actions()


def test_a_changed_setting_is_in_force_at_once(make: Make) -> None:
    around = make().start()
    around.desktop.apply(
        Settings(
            desktop=DesktopSettings(close_to_tray=False, notification_words=True), talk=TalkSettings(latch="everything")
        )
    )
    assert around.window.latch.latch_on is LatchOn.EVERYTHING
    assert not around.window.stays()
    assert around.desktop._notifier.words


def test_ctrl_m_mutes(make: Make, engine: FakeEngine) -> None:
    around = make().start()
    around.window.activateWindow()
    around.qtbot.waitUntil(around.window.isActiveWindow)
    QTest.keyClick(around.window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    assert engine.posted(MuteMicrophone) == [MuteMicrophone(on=True)]


def test_each_state_has_its_own_icon_even_without_colour(qapp: QApplication) -> None:
    for side in (16, 22, 48):
        pictures = set()
        for face in Face:
            image = tray_icon(face).pixmap(QSize(side, side), 1.0).toImage()
            pictures.add(bytes(image.convertToFormat(image.Format.Format_Grayscale8).constBits()))
        assert len(pictures) == len(Face)


@pytest.mark.parametrize("fill", FILLS)
def test_icons_stand_out_on_light_and_dark_panels(fill: str) -> None:
    assert contrast(fill, "#ffffff") >= 3
    assert contrast(fill, "#000000") >= 3
    assert contrast(fill, INK) >= 4.5


# -- notifications


def test_an_answer_nobody_sees_is_told_without_its_words(make: Make) -> None:
    around = make().start()
    around.window.close()
    around.notified.clear()
    around.send(ANSWER)
    assert around.notified == [(desktop_strings.ANSWER_TITLE, desktop_strings.ANSWER_BODY)]


def test_its_words_are_told_if_the_user_wants_that(make: Make) -> None:
    around = make(DesktopSettings(notification_words=True)).start()
    around.window.close()
    around.send(ANSWER)
    assert around.notified[-1][1] == ANSWER.text


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [("no-words", strings.NO_WORDS), ("silence", strings.HEARD_NOTHING), ("dropped", strings.QUESTION_DROPPED)],
)
def test_a_question_not_understood_is_told_where_nobody_sees_it(make: Make, reason: str, sentence: str) -> None:
    around = make().start()
    around.send(TurnEmpty(turn_id=1, reason=reason))
    assert around.notified == [], "the window says it"
    around.window.close()
    around.notified.clear()
    around.send(TurnEmpty(turn_id=2, reason="tap"), TurnEmpty(turn_id=3, reason=reason))
    assert around.notified == [(desktop_strings.UNHEARD_TITLE, sentence)]


@pytest.mark.parametrize("seen_by", ["window", "orb", "nobody"])
def test_a_key_let_go_while_everything_loads_is_told_where_it_is_seen(make: Make, seen_by: str) -> None:
    around = make().start()
    if seen_by == "orb":
        around.desktop.set_compact(True)
    elif seen_by == "nobody":
        around.window.close()
    around.notified.clear()
    around.bridge.press(1)
    around.bridge.release(2)
    assert around.window.hint_text == strings.NOT_READY
    assert (around.desktop.compact.captions.text == strings.NOT_READY) is (seen_by == "orb")
    told = [(desktop_strings.UNHEARD_TITLE, strings.NOT_READY)]
    assert around.notified == (told if seen_by == "nobody" else [])


@pytest.mark.parametrize("seen_by", ["window", "orb", "nobody, but unwanted"])
def test_nothing_is_told_that_is_seen_or_unwanted(make: Make, seen_by: str) -> None:
    around = make(DesktopSettings(notifications=seen_by != "nobody, but unwanted")).start()
    if seen_by == "orb":
        around.desktop.set_compact(True)
    elif seen_by != "window":
        around.window.close()
    around.notified.clear()
    around.send(ANSWER, ProblemReported(error=LOST))
    assert around.notified == []


def test_a_problem_is_told_once_until_it_is_over(make: Make) -> None:
    around = make().start()
    around.window.close()
    around.notified.clear()
    around.send(ProblemReported(error=LOST), ProblemReported(error=LOST))
    assert len(around.notified) == 1
    assert LOST.message in around.notified[0][1]
    around.send(ProblemResolved(code=LOST.code), ProblemReported(error=LOST))
    assert len(around.notified) == 2


def test_a_click_on_a_notification_opens_the_window(make: Make) -> None:
    around = make().start()
    around.window.close()
    around.desktop.tray.opened.emit()
    assert visible(around)


# -- starting


def test_a_hidden_start_shows_only_the_tray(make: Make) -> None:
    around = make().start(hidden=True)
    assert not visible(around)
    assert not around.desktop.compact.isVisible()
    assert around.desktop.tray.icon.isVisible()


def test_a_hidden_start_without_a_tray_does_not_stay_hidden(qtbot: QtBot, make: Make) -> None:
    around = make()
    around.has_tray = False
    around.desktop._tray_timer.setInterval(0)
    around.start(hidden=True)
    qtbot.waitUntil(around.window.isMinimized)
    assert around.desktop._tray_waits == desktop._TRAY_TRIES


def test_a_tray_that_comes_late_is_waited_for(qtbot: QtBot, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desktop, "_TRAY_TRIES", 1_000_000)
    around = make()
    around.has_tray = False
    around.desktop._tray_timer.setInterval(0)
    around.start(hidden=True)
    qtbot.waitUntil(lambda: around.desktop._tray_waits > 2)
    around.has_tray = True
    qtbot.waitUntil(lambda: not around.desktop._tray_timer.isActive())
    assert not visible(around)


def test_the_window_comes_back_where_it_was(qtbot: QtBot, make: Make) -> None:
    around = make().start()
    around.window.setGeometry(QRect(60, 40, 444, 555))
    around.desktop.close()
    around.state.save()
    around.window.hide()
    again = make().start()
    assert again.window.size() == QSize(444, 555)
    assert again.window.geometry().topLeft() == QPoint(60, 40)


# -- start at login


def test_the_setting_writes_and_removes_the_entry(qtbot: QtBot, make: Make) -> None:
    around = make()
    around.desktop.apply(Settings(desktop=DesktopSettings(start_at_login=True)))
    around.desktop.apply(Settings(desktop=DesktopSettings(start_at_login=False)))
    around.desktop.apply(Settings(desktop=DesktopSettings(start_at_login=True)))
    around.desktop.close()
    assert autostart.starts_at_login()


def test_an_entry_that_cannot_be_written_is_said(qtbot: QtBot, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(on: bool) -> None:
        raise CompanionError("autostart-failed", "No room.", hint="Make room.")

    monkeypatch.setattr(desktop, "set_start_at_login", refuse)
    around = make()
    around.desktop.apply(Settings(desktop=DesktopSettings(start_at_login=True)))
    qtbot.waitUntil(lambda: "autostart-failed" in around.window.banners.banners)

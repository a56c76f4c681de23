"""The whole window on a fake engine."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QLabel,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from companion.engine.commands import (
    NewConversation,
    PressToTalk,
    ReleaseToTalk,
    ReopenAudio,
    SendText,
    Shutdown,
    StopSpeaking,
)
from companion.engine.errors import AudioDeviceError, ModelMissingError
from companion.engine.events import (
    EngineClosed,
    EngineFailed,
    EngineState,
    Event,
    InputLevelChanged,
    ModelLoadFinished,
    ModelLoadStarted,
    ProblemReported,
    ProblemResolved,
    ReplyToken,
    TranscriptFinal,
    TurnEmpty,
    TurnStarted,
)
from companion.engine.messages import ChatMessage, Placement, Role
from companion.ui import strings
from companion.ui.bridge import EngineBridge
from companion.ui.main_window import MainWindow
from companion.ui.message_actions import Action
from companion.ui.talk_face import Face
from companion.ui.theme import Theme
from tests.fakes.engine import FakeEngine

# The offscreen platform has no window manager to talk to, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

Enter = Callable[[EngineState], None]
LOST = AudioDeviceError("microphone-lost", "The microphone was unplugged.", hint="Plug it in again.")


def send(qtbot: QtBot, window: MainWindow, engine: FakeEngine, *events: Event) -> None:
    """Send events and wait until the window has seen the last."""
    with qtbot.waitSignal(window._bridge.event_received, check_params_cb=lambda event: event is events[-1]):
        engine.emit(*events)


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


@pytest.mark.parametrize(
    ("state", "words", "face"),
    [
        (EngineState.INITIALIZING, "Getting ready…", Face.LOADING),
        (EngineState.IDLE, "Ready", Face.IDLE),
        (EngineState.LISTENING, "Listening…", Face.LISTENING),
        (EngineState.TRANSCRIBING, "Thinking…", Face.THINKING),
        (EngineState.THINKING, "Thinking…", Face.THINKING),
        (EngineState.SPEAKING, "Speaking", Face.SPEAKING),
        (EngineState.CLOSED, "Closed", Face.UNAVAILABLE),
    ],
)
def test_each_state_has_words_and_a_face(
    window: MainWindow, enter: Enter, state: EngineState, words: str, face: Face
) -> None:
    enter(state)
    assert window.status.state.text() == words
    assert window.talk.face is face
    assert window.hint_text


def test_while_loading_it_names_the_part_and_says_why_talking_is_off(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    cpu = Placement(device="cpu")
    send(
        qtbot,
        window,
        engine,
        ModelLoadStarted(role=Role.STT, name="model.bin"),
        ModelLoadStarted(role=Role.LLM, name="smol.gguf"),
        ModelLoadFinished(role=Role.STT, seconds=0.2, placement=cpu),
    )
    assert window.status.state.text() == "Loading the language model…"
    assert window.hint_text == strings.LOADING_HINT
    assert not window.talk.isEnabled()
    send(qtbot, window, engine, ModelLoadFinished(role=Role.LLM, seconds=0.2, placement=cpu))
    assert window.status.place.accessibleName() == "·  smol · CPU"


def test_a_gpu_that_is_not_used_is_worth_a_note(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    placement = Placement(device="cpu", note="The GPU is not used: build with CUDA.")
    send(qtbot, window, engine, ModelLoadFinished(role=Role.LLM, seconds=1, placement=placement))
    (banner,) = window.banners.banners.values()
    assert banner.message.text() == placement.note
    assert banner.try_again.isHidden()


def test_holding_the_button_talks(window: MainWindow, engine: FakeEngine, enter: Enter) -> None:
    enter(EngineState.IDLE)
    window.latch.tap_s = 0.0
    middle = window.talk.rect().center()
    QTest.mousePress(window.talk, Qt.MouseButton.LeftButton, pos=middle)
    assert len(engine.posted(PressToTalk)) == 1
    QTest.mouseRelease(window.talk, Qt.MouseButton.LeftButton, pos=middle)
    assert len(engine.posted(ReleaseToTalk)) == 1


def test_typing_sends(window: MainWindow, engine: FakeEngine, enter: Enter) -> None:
    enter(EngineState.IDLE)
    QTest.keyClicks(window.composer.field, "Hello")
    QTest.keyClick(window.composer.field, Qt.Key.Key_Return)
    (command,) = engine.posted(SendText)
    assert isinstance(command, SendText)
    assert command.text == "Hello"


@pytest.mark.parametrize("focus", ["talk", "composer", "view"])
def test_escape_stops_the_voice_wherever_the_focus_is(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, enter: Enter, focus: str
) -> None:
    send(qtbot, window, engine, TranscriptFinal(turn_id=1, text="Hi", language="en", at_s=0))
    enter(EngineState.SPEAKING)
    window.activateWindow()
    widget: QWidget = getattr(window, focus)
    widget.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    assert len(engine.posted(StopSpeaking)) == 1


def test_shortcuts(qtbot: QtBot, window: MainWindow, engine: FakeEngine, enter: Enter) -> None:
    enter(EngineState.IDLE)
    window.activateWindow()
    window.talk.setFocus()
    qtbot.waitUntil(window.talk.hasFocus)
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert window.composer.field.hasFocus()
    QTest.keyClick(window.composer.field, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert engine.posted(NewConversation) == [NewConversation()]


def test_tab_goes_round_and_shift_tab_back(qtbot: QtBot, window: MainWindow, engine: FakeEngine, enter: Enter) -> None:
    send(qtbot, window, engine, TranscriptFinal(turn_id=1, text="Hi", language="en", at_s=0))
    enter(EngineState.IDLE)
    window.composer.field.setPlainText("x")
    window.activateWindow()
    window.talk.setFocus()
    qtbot.waitUntil(window.talk.hasFocus)
    visited = []
    for _ in range(12):
        visited.append(focused())
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
    status = window.status
    assert visited == [
        window.talk,
        window.panel.mute,
        window.panel.type_instead,
        window.composer.field,
        window.composer.send,
        window.view,
        *(window.view.bar.button(action) for action in (Action.COPY, Action.REPLAY, Action.EDIT)),
        status.offline,
        status.new_button,
        status.menu_button,
    ]
    assert QApplication.focusWidget() is window.talk
    QTest.keyClick(window.talk, Qt.Key.Key_Backtab)
    assert QApplication.focusWidget() is status.menu_button


def test_every_control_has_a_name(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    send(qtbot, window, engine, ProblemReported(error=LOST))
    controls = [
        widget
        for widget in window.findChildren(QWidget)
        if isinstance(widget, QAbstractButton | QAbstractScrollArea | QPlainTextEdit | QScrollBar)
        and not widget.objectName().startswith("qt_")
    ]
    nameless = [
        type(widget).__name__
        for widget in controls
        if not (widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()))
        and not (isinstance(widget, QScrollBar) and widget.focusPolicy() == Qt.FocusPolicy.NoFocus)
    ]
    assert len(controls) >= 8
    assert nameless == []


def test_what_the_words_are_is_never_markup(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    send(qtbot, window, engine, ProblemReported(error=AudioDeviceError("x", "<b>Lost</b>", hint="<i>now</i>")))
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in window.banners.findChildren(QLabel))


def test_a_device_problem_can_be_tried_again_and_goes_when_solved(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    send(qtbot, window, engine, ProblemReported(error=LOST), ProblemReported(error=LOST))
    (banner,) = window.banners.banners.values()
    assert banner.message.text() == LOST.message
    assert banner.hint.text() == LOST.hint
    QTest.mouseClick(banner.try_again, Qt.MouseButton.LeftButton)
    assert engine.posted(ReopenAudio) == [ReopenAudio()]
    send(qtbot, window, engine, ProblemResolved(code=LOST.code))
    assert window.banners.isHidden()


def test_a_problem_can_be_put_away_and_comes_back_when_reported_again(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    send(qtbot, window, engine, ProblemReported(error=LOST))
    QTest.mouseClick(window.banners.banners[LOST.code].close_button, Qt.MouseButton.LeftButton)
    assert window.banners.banners == {}
    send(qtbot, window, engine, ProblemReported(error=LOST))
    assert window.banners.isVisible()


def test_a_missing_model_turns_talking_off_and_says_what_to_do(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    error = ModelMissingError("model-missing", "The voice is missing.", hint="Run “companion models pull starter”.")
    send(qtbot, window, engine, EngineFailed(role=Role.TTS, error=error))
    banner = window.banners.banners["model-missing"]
    assert banner.close_button.isHidden()
    with qtbot.waitSignal(window.banners.load_again):
        banner.try_again.click()
    assert window.status.state.text() == strings.FAILED_WORDS
    assert not window.talk.isEnabled()


@pytest.mark.parametrize(
    ("reason", "hint"),
    [
        ("silence", strings.HEARD_NOTHING),
        ("no-words", strings.NO_WORDS),
        ("dropped", strings.QUESTION_DROPPED),
        ("tap", strings.talk_hint("Ctrl+Space")),
    ],
)
def test_an_empty_turn_leaves_a_note_that_passes(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, enter: Enter, reason: str, hint: str
) -> None:
    enter(EngineState.IDLE)
    send(qtbot, window, engine, TurnEmpty(turn_id=1, reason=reason))
    assert window.hint_text == hint
    send(qtbot, window, engine, TurnStarted(turn_id=2, at_s=0))
    assert window.hint_text == strings.talk_hint("Ctrl+Space")


def test_the_note_passes_by_itself(qtbot: QtBot, window: MainWindow, engine: FakeEngine, enter: Enter) -> None:
    enter(EngineState.IDLE)
    window._hint_timer.setInterval(0)
    engine.emit(TurnEmpty(turn_id=1, reason="silence"))
    with qtbot.waitSignal(window._hint_timer.timeout):
        pass
    assert window.hint_text == strings.talk_hint("Ctrl+Space")


def test_the_level_reaches_the_ring(qtbot: QtBot, window: MainWindow, engine: FakeEngine, enter: Enter) -> None:
    enter(EngineState.LISTENING)
    send(qtbot, window, engine, InputLevelChanged(turn_id=1, dbfs=-10, voice=True))
    assert window.talk._target == 1


def test_a_conversation_takes_the_place_of_the_greeting_and_back(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine
) -> None:
    assert window._greeting.isVisible()
    send(qtbot, window, engine, TranscriptFinal(turn_id=1, text="Hi", language="en", at_s=0))
    assert window.view.isVisible()
    QTest.mouseClick(window.status.new_button, Qt.MouseButton.LeftButton)
    assert window._greeting.isVisible()
    send(qtbot, window, engine, ReplyToken(turn_id=1, text="late", at_s=0))
    assert window._greeting.isVisible()


def test_an_earlier_conversation_goes_on_in_the_engine_too(window: MainWindow, engine: FakeEngine) -> None:
    messages = (ChatMessage(role="user", text="Hi"), ChatMessage(role="assistant", text="Hello"))
    window.show_conversation(messages)
    assert engine.commands == [NewConversation(messages=messages)]
    assert window.view.isVisible()


def test_the_menu_copies_the_conversation(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    send(qtbot, window, engine, TranscriptFinal(turn_id=1, text="Hi", language="en", at_s=0))
    (action,) = [action for action in window.menu.actions() if action.text() == strings.COPY_ALL]
    action.trigger()
    assert QGuiApplication.clipboard().text() == "You: Hi"


def test_the_program_can_add_to_the_menu(window: MainWindow) -> None:
    action = QAction("Settings…", window)
    window.menu.addAction(action)
    assert action in window.menu.actions()


def test_without_a_hotkey_the_hint_speaks_of_the_button_only(window: MainWindow, enter: Enter) -> None:
    enter(EngineState.IDLE)
    window.set_hotkey(None)
    assert window.hint_text == strings.talk_hint(None)


# -- closing


@pytest.mark.parametrize("state", list(EngineState))
def test_closing_hides_at_once_and_ends_when_the_engine_has_ended(
    qtbot: QtBot, window: MainWindow, engine: FakeEngine, enter: Enter, state: EngineState
) -> None:
    enter(state)
    with qtbot.waitSignal(window.finished):
        window.close()
        assert not window.isVisible()
    assert engine.posted(Shutdown) == [Shutdown()]


def test_closing_lets_go_first(window: MainWindow, engine: FakeEngine, enter: Enter, qtbot: QtBot) -> None:
    enter(EngineState.IDLE)
    QTest.mousePress(window.talk, Qt.MouseButton.LeftButton, pos=window.talk.rect().center())
    with qtbot.waitSignal(window.finished):
        window.close()
    assert [type(command) for command in engine.commands] == [PressToTalk, ReleaseToTalk, Shutdown]


def test_closing_waits_no_longer_than_it_should(
    qtbot: QtBot, theme: Theme, bridge: EngineBridge, window: MainWindow
) -> None:
    deaf = FakeEngine(bridge.receive, answer_shutdown=False)
    bridge.attach(deaf)
    window._close_timer.setInterval(0)
    with qtbot.waitSignal(window.finished):
        window.close()
    assert deaf.posted(Shutdown) == [Shutdown()]


def test_closing_twice_is_closing_once(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    finished: list[None] = []
    window.finished.connect(lambda: finished.append(None))
    with qtbot.waitSignal(window.finished):
        window.close()
        window.close()
    send(qtbot, window, engine, EngineClosed())
    window.come_forward()
    assert len(finished) == 1
    assert len(engine.posted(Shutdown)) == 1
    assert not window.isVisible()


def test_before_an_engine_is_there_closing_works_too(qtbot: QtBot, theme: Theme) -> None:
    window = MainWindow(EngineBridge(), theme)
    qtbot.addWidget(window)
    window._close_timer.setInterval(0)
    window.show()
    with qtbot.waitSignal(window.finished):
        window.close()


def test_it_comes_forward_when_asked(window: MainWindow) -> None:
    window.showMinimized()
    window.come_forward()
    assert window.isVisible()
    assert not window.isMinimized()


def test_a_pasted_text_that_is_cut_is_told(window: MainWindow, enter: Enter) -> None:
    enter(EngineState.IDLE)
    data = QMimeData()
    data.setText("word " * 200_000)
    window.composer.field.insertFromMimeData(data)
    assert "was cut" in window.hint_text

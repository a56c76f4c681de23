"""From a click on a message to commands for the engine, and from its events back to the screen."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from companion.engine.commands import NewConversation, ReplayWords, SendText, Speak, StopSpeaking
from companion.engine.errors import CompanionError
from companion.engine.events import (
    EngineState,
    Event,
    PlaybackAdvanced,
    PlaybackStarted,
    ReplyToken,
    SpeechAdvanced,
    SpeechEnded,
    SpeechStarted,
    TranscriptFinal,
    TurnCompleted,
    TurnInterrupted,
    TurnStarted,
)
from companion.engine.messages import ChatMessage
from companion.engine.metrics import TurnMetrics
from companion.ui.main_window import MainWindow
from companion.ui.message_actions import Action
from companion.ui.rows import Row
from tests.fakes.engine import FakeEngine

Enter = Callable[[EngineState], None]

# The offscreen platform has no window manager to talk to, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def user(text: str) -> ChatMessage:
    return ChatMessage(role="user", text=text)


def assistant(text: str) -> ChatMessage:
    return ChatMessage(role="assistant", text=text)


def turn(number: int, question: str, answer: str, *, typed: bool = False) -> list[Event]:
    return [
        TurnStarted(turn_id=number, at_s=0, typed=typed),
        TranscriptFinal(turn_id=number, text=question, language="" if typed else "en", at_s=0),
        ReplyToken(turn_id=number, text=answer, at_s=0),
        TurnCompleted(turn_id=number, metrics=TurnMetrics(turn_id=number)),
    ]


class Desk:
    """A window with two turns, and hands on it."""

    def __init__(self, qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
        self._qtbot = qtbot
        self.window = window
        self.engine = engine
        self.model = window.conversation
        self.settled: list[Row] = []
        self.leaves: list[int | None] = []
        self.model.message_settled.connect(self.settled.append)
        self.model.branch_chosen.connect(self.leaves.append)
        self.tell(*turn(1, "One?", "First."), *turn(2, "Two?", "Second."))

    def tell(self, *events: Event) -> None:
        """Have the engine say something, and the window take it."""
        last = Probe()
        self.engine.emit(*events)
        self.window._bridge.event_received.connect(last.take)
        self.engine.emit(TurnStarted(turn_id=0, at_s=0))
        self._qtbot.waitUntil(lambda: last.taken)
        self.window._bridge.event_received.disconnect(last.take)

    def do(self, action: Action, row: int) -> list[object]:
        """Do something with a row, and return what the engine is asked for."""
        before = len(self.engine.commands)
        self.window.view.perform(action, row)
        return [_timeless(command) for command in self.engine.commands[before:]]

    @property
    def shown(self) -> list[str]:
        """The rows' words, with the number of the version where there are several."""
        rows = [self.model.row(index) for index in range(self.model.rowCount())]
        return [row.text + (f" {row.version}/{row.versions}" if row.versions > 1 else "") for row in rows]


class Probe:
    """Sees that an event came through."""

    taken = False

    def take(self, _event: object) -> None:
        self.taken = True


def _timeless(command: object) -> object:
    return command.text if isinstance(command, SendText) else command


@pytest.fixture
def desk(qtbot: QtBot, window: MainWindow, engine: FakeEngine, enter: Enter) -> Desk:
    enter(EngineState.IDLE)
    return Desk(qtbot, window, engine)


ONE = (user("One?"), assistant("First."))


def test_another_answer_to_the_last_question(desk: Desk) -> None:
    assert desk.do(Action.AGAIN, 3) == [NewConversation(messages=ONE), "Two?"]
    assert desk.shown == ["One?", "First.", "Two?"]
    desk.tell(*turn(3, "Two?", "Other.", typed=True))
    assert desk.shown == ["One?", "First.", "Two?", "Other. 2/2"]


def test_another_answer_to_an_earlier_question_keeps_what_followed(desk: Desk) -> None:
    assert desk.do(Action.AGAIN, 1) == [NewConversation(), "One?"]
    desk.tell(*turn(3, "One?", "Anew.", typed=True))
    assert desk.shown == ["One?", "Anew. 2/2"]
    desk.tell(*turn(4, "More?", "Much."))
    assert desk.do(Action.PREVIOUS, 1) == [NewConversation(messages=(*ONE, user("Two?"), assistant("Second.")))]
    assert desk.shown == ["One?", "First. 1/2", "Two?", "Second."]
    desk.do(Action.NEXT, 1)
    assert desk.shown == ["One?", "Anew. 2/2", "More?", "Much."]


def test_a_changed_message_is_another_version_of_it(desk: Desk) -> None:
    desk.do(Action.EDIT, 2)
    editor = desk.window.view.editor
    assert editor is not None
    editor.field.setPlainText("Two and a half?")
    before = len(desk.engine.commands)
    editor.send.click()
    assert [_timeless(c) for c in desk.engine.commands[before:]] == [NewConversation(messages=ONE), "Two and a half?"]
    desk.tell(*turn(3, "Two and a half?", "Better.", typed=True))
    assert desk.shown == ["One?", "First.", "Two and a half? 2/2", "Better."]
    desk.do(Action.PREVIOUS, 2)
    assert desk.shown == ["One?", "First.", "Two? 1/2", "Second."]
    assert desk.window.view.currentIndex().row() == 2, "the keyboard stays with the message"


def test_an_answer_given_anew_while_it_sounds_keeps_what_was_heard(desk: Desk) -> None:
    said = turn(3, "Three?", "Third and more.")[:-1]
    desk.tell(*said, PlaybackStarted(turn_id=3, release_latency_s=0.1, at_s=0), PlaybackAdvanced(turn_id=3, heard=5))
    desk.do(Action.AGAIN, 5)
    desk.tell(TurnInterrupted(turn_id=3, heard_text="Third", metrics=TurnMetrics(turn_id=3)))
    desk.tell(*turn(4, "Three?", "Again.", typed=True))
    assert desk.shown[-1] == "Again. 2/2"
    assert desk.do(Action.PREVIOUS, 5) == [
        NewConversation(messages=(*ONE, user("Two?"), assistant("Second."), user("Three?"), assistant("Third")))
    ]
    row = desk.model.row(5)
    assert (row.text, row.heard, row.interrupted) == ("Third and more.", 5, True)


def test_an_answer_stopped_before_its_first_word_gives_the_old_one_back(desk: Desk) -> None:
    desk.do(Action.AGAIN, 3)
    desk.tell(*turn(3, "Two?", "", typed=True)[:2])
    desk.tell(TurnInterrupted(turn_id=3, heard_text="", metrics=TurnMetrics(turn_id=3)))
    assert desk.shown == ["One?", "First.", "Two?", "Second."]
    assert desk.engine.posted(NewConversation)[-1] == NewConversation(messages=desk.model.messages())


def test_what_is_to_be_stored_is_told_once_it_is_final(desk: Desk) -> None:
    assert [(row.message_id, row.parent_id, row.text) for row in desk.settled] == [
        (1, None, "One?"),
        (2, 1, "First."),
        (3, 2, "Two?"),
        (4, 3, "Second."),
    ]
    desk.do(Action.AGAIN, 1)
    assert desk.leaves == [1]
    desk.tell(*turn(3, "One?", "Anew.", typed=True))
    assert [(row.message_id, row.parent_id) for row in desk.settled[-1:]] == [(5, 1)]
    desk.do(Action.PREVIOUS, 1)
    assert desk.leaves == [1, 4]
    stored = {row.message_id: row for row in desk.settled}
    desk.model.show_branches([stored[number] for number in sorted(filter(None, stored))], leaf=5)
    assert desk.shown == ["One?", "Anew. 2/2"]


def test_a_reply_is_said_again_in_step_with_the_sound(desk: Desk) -> None:
    assert desk.do(Action.REPLAY, 3) == [Speak(text="Second.", id=4)]
    assert desk.model.row(3).replay == 0
    desk.tell(SpeechStarted(id=4), SpeechAdvanced(id=4, heard=7))
    assert desk.model.row(3).replay == 7
    assert desk.do(Action.STOP, 3) == [StopSpeaking()]
    desk.tell(SpeechEnded(id=4))
    assert desk.model.row(3).replay is None


def test_ones_own_words_are_played_back(desk: Desk) -> None:
    assert desk.do(Action.REPLAY, 2) == [ReplayWords(turn_id=2)]
    desk.tell(SpeechAdvanced(id=-2, heard=4))
    assert desk.model.row(2).replay == 4
    desk.tell(SpeechEnded(id=-2))
    assert desk.model.row(2).replay is None


def test_the_next_replay_takes_the_place_of_the_first(desk: Desk) -> None:
    desk.do(Action.REPLAY, 1)
    desk.do(Action.REPLAY, 3)
    assert (desk.model.row(1).replay, desk.model.row(3).replay) == (None, 0)
    desk.tell(SpeechEnded(id=2), SpeechAdvanced(id=4, heard=3))
    assert desk.model.row(3).replay == 3


def test_a_recording_that_is_gone_is_told_and_no_longer_offered(desk: Desk) -> None:
    desk.do(Action.REPLAY, 0)
    desk.tell(SpeechEnded(id=-1, error=CompanionError("words-gone", "It is gone.", hint="Never mind.")))
    assert Action.REPLAY not in desk.window.view.actions_of(0)
    assert desk.window.banners.isVisible()


def test_what_somebody_else_has_said_changes_no_row(desk: Desk) -> None:
    desk.tell(SpeechStarted(id=99), SpeechAdvanced(id=2, heard=3), SpeechEnded(id=2))
    assert [desk.model.row(index).replay for index in range(4)] == [None] * 4


@pytest.mark.parametrize(
    ("state", "again", "replay"),
    [
        (EngineState.IDLE, True, True),
        (EngineState.LISTENING, False, False),
        (EngineState.THINKING, True, False),
        (EngineState.SPEAKING, True, True),
        (EngineState.INITIALIZING, False, False),
    ],
)
def test_nothing_is_offered_that_the_engine_would_refuse(
    desk: Desk, enter: Enter, state: EngineState, again: bool, replay: bool
) -> None:
    enter(state)
    offered = desk.window.view.actions_of(3)
    assert (Action.AGAIN in offered, Action.REPLAY in offered) == (again, replay)


def test_the_greeting_says_the_key_and_three_things_to_say(window: MainWindow) -> None:
    described = window._greeting.accessibleDescription()
    assert "Ctrl+Space" in described
    assert described.count("“") == 3
    window.set_hotkey(None)
    assert "Ctrl+Space" not in window._greeting.accessibleDescription()

"""What is said is kept, and goes on when it is opened again."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from companion.engine.commands import NewConversation
from companion.engine.errors import GenerationError
from companion.engine.events import (
    PlaybackAdvanced,
    TranscriptFinal,
    TurnEmpty,
    TurnFailed,
    TurnInterrupted,
    TurnStarted,
)
from companion.engine.messages import ChatMessage
from companion.history.records import State
from companion.history.store import HistoryStore
from companion.ui import history_strings as words
from companion.ui.bridge import EngineBridge
from companion.ui.history_part import HistoryPart
from companion.ui.main_window import MainWindow
from tests.fakes.engine import FakeEngine
from tests.ui.history.scene import Happens, Settle, happen, kept, metrics, texts, titles, turn, turn_begun

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_a_turn_is_kept_when_it_is_committed_and_completed_when_it_ends(
    qtbot: QtBot, part: HistoryPart, happens: Happens
) -> None:
    *begun, finished, completed = turn(1, "Why is the sky blue?", "Because of the air.")
    happens(*begun)
    (talk,) = kept(qtbot, part)
    assert [(one.text, one.state) for one in talk.messages] == [("Why is the sky blue?", State.IN_FLIGHT)]
    assert (talk.title, talk.language) == ("Why is the sky blue?", "en")
    happens(finished, completed)
    (talk,) = kept(qtbot, part)
    assert [(one.role, one.text, one.state) for one in talk.messages] == [
        ("user", "Why is the sky blue?", State.COMPLETE),
        ("assistant", "Because of the air.", State.COMPLETE),
    ]
    assert talk.messages[1].latency_ms == 118
    assert titles(part) == ["Why is the sky blue?"]


def test_of_an_interrupted_reply_it_is_known_how_much_was_heard(
    qtbot: QtBot, part: HistoryPart, happens: Happens
) -> None:
    happens(
        *turn_begun(1, "Tell me a story", "Once upon a time there was"),
        TurnInterrupted(turn_id=1, heard_text="Once upon", metrics=metrics(1)),
    )
    (talk,) = kept(qtbot, part)
    reply = talk.messages[1]
    assert (reply.text, reply.heard, reply.state) == ("Once upon a time there was", 9, State.INTERRUPTED)


def test_a_turn_that_failed_keeps_what_was_said(qtbot: QtBot, part: HistoryPart, happens: Happens) -> None:
    happens(
        TurnStarted(turn_id=1, at_s=0),
        TranscriptFinal(turn_id=1, text="Why?", language="en", at_s=0),
        TurnFailed(turn_id=1, error=GenerationError("x", "No.")),
    )
    (talk,) = kept(qtbot, part)
    assert [(one.text, one.state) for one in talk.messages] == [("Why?", State.INTERRUPTED)]


def test_a_turn_of_nothing_leaves_nothing(qtbot: QtBot, part: HistoryPart, happens: Happens) -> None:
    happens(TurnStarted(turn_id=1, at_s=0), TurnEmpty(turn_id=1, reason="tap"))
    assert kept(qtbot, part) == []


def test_words_taken_back_are_taken_out(qtbot: QtBot, part: HistoryPart, happens: Happens) -> None:
    happens(*turn(1, "One", "Yes"))
    happens(
        TurnStarted(turn_id=2, at_s=0),
        TranscriptFinal(turn_id=2, text="Two", language="en", at_s=0),
        TurnEmpty(turn_id=2, reason="no-words"),
    )
    (talk,) = kept(qtbot, part)
    assert [one.text for one in talk.messages] == ["One", "Yes"]


def test_each_new_conversation_is_one_of_its_own(
    qtbot: QtBot, part: HistoryPart, window: MainWindow, happens: Happens
) -> None:
    happens(*turn(1, "First", "A"))
    window.show_conversation()
    happens(*turn(2, "Second", "B"))
    assert [[m.text for m in talk.messages] for talk in kept(qtbot, part)] == [["First", "A"], ["Second", "B"]]
    assert titles(part) == ["Second", "First"]


def test_a_reply_under_way_belongs_to_the_conversation_that_was_left(
    qtbot: QtBot, part: HistoryPart, window: MainWindow, happens: Happens
) -> None:
    happens(*turn_begun(1, "First", "A long reply"), PlaybackAdvanced(turn_id=1, heard=6))
    window.show_conversation()
    happens(TurnInterrupted(turn_id=1, heard_text="A long", metrics=metrics(1)))
    happens(*turn(2, "Second", "B"))
    first, second = kept(qtbot, part)
    assert [(m.text, m.heard, m.state) for m in first.messages] == [
        ("First", None, State.COMPLETE),
        ("A long reply", 6, State.INTERRUPTED),
    ]
    assert [m.text for m in second.messages] == ["Second", "B"]


def test_other_versions_are_kept_and_the_one_shown_is_remembered(
    qtbot: QtBot, part: HistoryPart, window: MainWindow, happens: Happens, settle: Settle
) -> None:
    happens(*turn(1, "Why?", "Because."))
    window.conversation.ask_again(0)
    happens(*turn(2, "Why?", "For that reason.", typed=True))
    (talk,) = kept(qtbot, part)
    assert [(m.number, m.parent, m.text) for m in talk.messages] == [
        (1, None, "Why?"),
        (2, 1, "Because."),
        (3, 1, "For that reason."),
    ]
    assert talk.leaf == 3
    window.conversation.choose_version(3, -1)
    settle()
    (talk,) = kept(qtbot, part)
    assert talk.leaf == 2


def test_nothing_is_kept_when_the_user_does_not_want_it(
    qtbot: QtBot, part: HistoryPart, window: MainWindow, happens: Happens
) -> None:
    happens(*turn(1, "Kept", "A"))
    part.set_keeping(False)
    assert part.panel.note.text() == words.NOT_KEPT
    happens(*turn(2, "Secret", "B"))
    assert [m.text for talk in kept(qtbot, part) for m in talk.messages] == ["Kept", "A"]
    part.set_keeping(True)
    happens(*turn(3, "Kept again", "C"))
    assert [[m.text for m in talk.messages] for talk in kept(qtbot, part)] == [["Kept", "A"], ["Kept again", "C"]]


def test_everything_said_is_in_the_file_when_the_part_is_closed(
    qtbot: QtBot, part: HistoryPart, bridge: EngineBridge, engine: FakeEngine, path: Path
) -> None:
    happen(qtbot, bridge, engine, *[event for number in range(1, 40) for event in turn(number, "Q", "A")])
    assert part.close()
    store = HistoryStore(path)
    (talk,) = [store.load(one) for one in store.ids()]
    store.close()
    assert talk is not None
    assert len(talk.messages) == 78


# -- opening


def test_a_kept_conversation_is_shown_and_goes_on(
    qtbot: QtBot, part: HistoryPart, window: MainWindow, engine: FakeEngine, happens: Happens, settle: Settle
) -> None:
    happens(
        *turn_begun(1, "Tell me", "Once upon a time"),
        TurnInterrupted(turn_id=1, heard_text="Once upon", metrics=metrics(1)),
    )
    window.show_conversation()
    happens(*turn(2, "Something else", "B"))
    older = part.model.index(part.model.rowCount() - 1).data(256)
    part.panel.list.chosen.emit(older)
    settle()
    assert texts(window) == ["Tell me", "Once upon"]
    assert window.conversation.row(1).interrupted
    assert engine.posted(NewConversation)[-1] == NewConversation(
        messages=(ChatMessage(role="user", text="Tell me"), ChatMessage(role="assistant", text="Once upon"))
    )
    assert part.model.current == older.id
    happens(*turn(3, "And then?", "The end"))
    talk = kept(qtbot, part)[0]
    assert [m.text for m in talk.path()] == ["Tell me", "Once upon a time", "And then?", "The end"]
    assert titles(part)[0] == "Tell me", "it was spoken in last"


def test_of_two_chosen_quickly_the_second_is_shown(
    part: HistoryPart, window: MainWindow, happens: Happens, settle: Settle
) -> None:
    happens(*turn(1, "First", "A"))
    window.show_conversation()
    happens(*turn(2, "Second", "B"))
    window.show_conversation()
    second, first = (part.model.index(row).data(256) for row in (1, 2))
    part.panel.list.chosen.emit(first)
    part.panel.list.chosen.emit(second)
    settle()
    assert texts(window) == ["Second", "B"]


def test_a_conversation_begun_meanwhile_is_not_replaced(
    part: HistoryPart, window: MainWindow, happens: Happens, settle: Settle
) -> None:
    happens(*turn(1, "First", "A"))
    window.show_conversation()
    part.panel.list.chosen.emit(part.model.index(1).data(256))
    window.show_conversation()
    settle()
    assert texts(window) == []


def test_the_current_one_is_highlighted_as_soon_as_it_has_words(
    part: HistoryPart, window: MainWindow, happens: Happens
) -> None:
    assert part.model.current is None
    happens(*turn(1, "First", "A"))
    current = part.model.index_of(part.model.current)
    assert current.data() == "First"
    assert "shown now" in current.data(Qt.ItemDataRole.AccessibleTextRole)
    window.show_conversation()
    assert part.model.current is None

"""Kept conversations get a better name than their first words once the talk has rested."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from companion.engine.commands import MakeTitle
from companion.engine.events import TitleMade, TurnStarted
from companion.engine.messages import ChatMessage
from companion.history.records import TitleSource
from companion.ui.history_part import HistoryPart
from companion.ui.history_titles import MOST_TRIES
from tests.fakes.engine import FakeEngine
from tests.ui.history.scene import Happens, Settle, kept, titles, turn

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

QUESTION, ANSWER = "Why is the sky blue?", "Because of the air."
TITLE = "Blue Sky and Air"


@pytest.fixture
def rests(part: HistoryPart, settle: Settle) -> Callable[[], None]:
    """Let the time pass after which nobody talks any more."""

    def rests() -> None:
        if part.titles.rest.isActive():
            part.titles.rest.stop()
            part.titles.rest.timeout.emit()
        settle()

    return rests


def asked(engine: FakeEngine) -> list[MakeTitle]:
    return [one for one in engine.commands if isinstance(one, MakeTitle)]


def test_when_the_talk_has_rested_the_model_is_asked_and_its_title_kept_and_shown(
    qtbot: QtBot, part: HistoryPart, engine: FakeEngine, happens: Happens, rests: Callable[[], None]
) -> None:
    happens(*turn(1, QUESTION, ANSWER))
    assert asked(engine) == []
    rests()
    (talk,) = kept(qtbot, part)
    (command,) = asked(engine)
    assert command.messages == (ChatMessage(role="user", text=QUESTION), ChatMessage(role="assistant", text=ANSWER))
    happens(TitleMade(id=command.id, title=TITLE))
    (talk,) = kept(qtbot, part)
    assert (talk.title, talk.title_source) == (TITLE, TitleSource.MODEL)
    assert titles(part) == [TITLE]
    happens(*turn(2, "And at night?", "Then it is dark."))
    rests()
    assert len(asked(engine)) == 1, "it has its name"


def test_what_the_user_called_it_stays(
    qtbot: QtBot, part: HistoryPart, engine: FakeEngine, happens: Happens, settle: Settle, rests: Callable[[], None]
) -> None:
    happens(*turn(1, QUESTION, ANSWER))
    rests()
    (command,) = asked(engine)
    part.link.write(lambda store: store.rename(command.id, "Mine"))
    happens(TitleMade(id=command.id, title=TITLE))
    assert [talk.title for talk in kept(qtbot, part)] == ["Mine"]


def test_while_a_turn_is_under_way_nobody_is_asked(
    part: HistoryPart, engine: FakeEngine, happens: Happens, rests: Callable[[], None]
) -> None:
    happens(*turn(1, QUESTION, ANSWER))
    happens(TurnStarted(turn_id=2, at_s=0))
    rests()
    assert asked(engine) == []


def test_it_gives_up_after_a_few_times(
    part: HistoryPart, engine: FakeEngine, happens: Happens, rests: Callable[[], None]
) -> None:
    for number in range(1, MOST_TRIES + 3):
        happens(*turn(number, QUESTION, ANSWER))
        rests()
    assert len(asked(engine)) == MOST_TRIES


def test_a_conversation_deleted_meanwhile_stays_deleted(
    qtbot: QtBot, part: HistoryPart, engine: FakeEngine, happens: Happens, rests: Callable[[], None]
) -> None:
    happens(*turn(1, QUESTION, ANSWER))
    rests()
    (command,) = asked(engine)
    part.forget_all()
    happens(TitleMade(id=command.id, title=TITLE))
    assert kept(qtbot, part) == []
    assert titles(part) == []

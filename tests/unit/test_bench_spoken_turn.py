"""What the benchmark makes of the events of a turn, however it ended."""

import numpy as np
import pytest

from companion.bench_turns import _spoken_turn
from companion.engine.errors import GenerationError
from companion.engine.events import (
    Event,
    PlaybackStarted,
    ReplyFinished,
    ReplyToken,
    TranscriptFinal,
    TurnCompleted,
    TurnEmpty,
    TurnFailed,
    TurnInterrupted,
)
from companion.headless import TurnEnd
from companion.recording import SpokenQuestion
from companion.report.run import SpokenTurn
from tests.unit.report_run import metrics

QUESTION = SpokenQuestion(name="a", samples=np.zeros(0, np.float32), voiced_end_s=1.0, transcript="where is it")

HEARD = TranscriptFinal(turn_id=3, text="Where is it?", language="en", at_s=10.0)
TOKEN = ReplyToken(turn_id=3, text="Over ", at_s=10.1)
STARTED = PlaybackStarted(turn_id=3, at_s=10.2, release_latency_s=0.1)
FINISHED = ReplyFinished(turn_id=3, text="Over there.", reason="stop", at_s=10.7)
OTHERS = (
    TranscriptFinal(turn_id=2, text="Not mine", language="en", at_s=9.0),
    ReplyFinished(turn_id=4, text="Nor mine", reason="stop", at_s=11.0),
)


def spoken(*events: Event, end: TurnEnd) -> SpokenTurn:
    return _spoken_turn(7, QUESTION, [*OTHERS, *events, end], end, None, None)


def test_a_complete_turn_is_taken_from_its_own_events() -> None:
    turn = spoken(HEARD, TOKEN, STARTED, FINISHED, end=TurnCompleted(turn_id=3, metrics=metrics(0.1)))
    assert (turn.number, turn.question, turn.heard, turn.reply) == (7, "where is it", "Where is it?", "Over there.")
    assert turn.written
    assert turn.answered
    assert turn.refused == ""
    assert turn.writing_s == pytest.approx(0.5)


def test_a_reply_that_was_cut_while_it_was_written_is_as_far_as_it_got() -> None:
    end = TurnInterrupted(turn_id=3, heard_text="Over", metrics=metrics(0.1))
    turn = spoken(HEARD, TOKEN, STARTED, end=end)
    assert turn.reply == "Over "
    assert not turn.written
    assert turn.writing_s is None
    assert turn.speech_s is None, "nobody heard how long it would have been"


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (
            TurnFailed(turn_id=3, error=GenerationError("x", "The model had nothing to say.", hint="Ask.")),
            "nothing to say",
        ),
        (TurnEmpty(turn_id=3, reason="silence"), "No voice was heard"),
        (TurnEmpty(turn_id=3, reason="unheard-of"), "unheard-of"),
        (TurnCompleted(turn_id=3, metrics=metrics(None)), "made no sound"),
    ],
)
def test_a_turn_without_an_answer_says_why_and_ends_nothing(end: TurnEnd, why: str) -> None:
    turn = spoken(end=end)
    assert why in turn.refused
    assert not turn.answered

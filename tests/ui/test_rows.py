"""Engine events to rows: pure tables."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.engine.errors import GenerationError
from companion.engine.events import (
    Event,
    PlaybackAdvanced,
    PlaybackStarted,
    ReplyFinished,
    ReplyToken,
    TranscriptFinal,
    TranscriptPartial,
    TurnCompleted,
    TurnEmpty,
    TurnFailed,
    TurnInterrupted,
)
from companion.engine.messages import ChatMessage
from companion.engine.metrics import TurnMetrics, grade
from companion.ui.rows import Insert, Remove, Row, RowKind, Update, reduce, rows_of


def partial(turn: int, text: str) -> Event:
    return TranscriptPartial(turn_id=turn, text=text, at_s=0)


def final(turn: int, text: str) -> Event:
    return TranscriptFinal(turn_id=turn, text=text, language="en", at_s=0)


def token(turn: int, text: str) -> Event:
    return ReplyToken(turn_id=turn, text=text, at_s=0)


def started(turn: int, latency_s: float | None) -> Event:
    return PlaybackStarted(turn_id=turn, at_s=0, release_latency_s=latency_s)


def completed(turn: int, latency_s: float | None = None) -> Event:
    return TurnCompleted(turn_id=turn, metrics=TurnMetrics(turn_id=turn, release_latency_s=latency_s))


def interrupted(turn: int, heard: str) -> Event:
    return TurnInterrupted(turn_id=turn, heard_text=heard, metrics=TurnMetrics(turn_id=turn))


def failed(turn: int) -> Event:
    return TurnFailed(turn_id=turn, error=GenerationError("g", "It broke.", hint="Ask again."))


def play(events: Sequence[Event]) -> list[Row]:
    rows: list[Row] = []
    for event in events:
        for edit in reduce(rows, event):
            match edit:
                case Insert(index, row):
                    rows.insert(index, row)
                case Update(index, row):
                    rows[index] = row
                case Remove(index):
                    del rows[index]
    return rows


def shown(rows: Sequence[Row]) -> list[tuple[str, str]]:
    return [(row.kind.name.lower(), row.text) for row in rows]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], []),
        ([partial(1, "why"), partial(1, "why is")], [("user", "why is")]),
        ([partial(1, "why"), final(1, "Why?")], [("user", "Why?")]),
        ([final(1, "Why?"), partial(1, "late")], [("user", "Why?")]),
        ([final(1, "Hi"), token(1, "Hel"), token(1, "lo")], [("user", "Hi"), ("assistant", "Hello")]),
        ([token(1, "Hello"), final(1, "Hi")], [("user", "Hi"), ("assistant", "Hello")]),
        ([final(2, "Second"), token(1, "late")], [("assistant", "late"), ("user", "Second")]),
        (
            [token(1, "a"), ReplyFinished(turn_id=1, text="a b", reason="stop", at_s=0)],
            [("assistant", "a b")],
        ),
        ([partial(1, "hm"), TurnEmpty(turn_id=1, reason="no-words")], []),
        ([final(1, "A"), TurnEmpty(turn_id=2, reason="tap")], [("user", "A")]),
        ([final(1, "A"), failed(1)], [("user", "A"), ("failure", "It broke.")]),
        (
            [final(1, "A"), token(1, "half"), failed(1)],
            [("user", "A"), ("assistant", "half"), ("failure", "It broke.")],
        ),
        ([final(1, "A"), started(1, 0.1), interrupted(1, "")], [("user", "A")]),
        ([completed(7), interrupted(8, "never seen")], []),
    ],
)
def test_words_become_rows(events: list[Event], expected: list[tuple[str, str]]) -> None:
    assert shown(play(events)) == expected


def test_a_partial_may_change_and_a_final_may_not() -> None:
    assert play([partial(1, "why")])[0].provisional
    assert not play([partial(1, "why"), final(1, "Why?")])[0].provisional


def test_a_failed_turn_leaves_no_words_that_look_unfinished() -> None:
    row, failure = play([partial(1, "why"), failed(1)])
    assert not row.provisional
    assert failure.hint == "Ask again."


def test_the_caption_follows_the_voice_and_ends_whole() -> None:
    events = [token(1, "One. Two."), started(1, 0.12)]
    assert play(events)[0].heard == 0
    events.append(PlaybackAdvanced(turn_id=1, heard=4))
    assert play(events)[0].heard == 4
    assert play([*events, completed(1, 0.12)])[0].heard is None


@pytest.mark.parametrize(
    ("heard", "expected"), [("One.", "One."), ("", ""), ("One. Two.", "One. Two."), ("Other words", "Other words")]
)
def test_an_interrupted_reply_keeps_what_was_heard(heard: str, expected: str) -> None:
    row = play([token(1, "One. Two."), started(1, 0.12), interrupted(1, heard)])[0]
    assert row.interrupted
    assert row.spoken_text == expected
    assert row.latency_s == 0.12


def test_a_reply_at_its_longest_says_so() -> None:
    assert play([ReplyFinished(turn_id=1, text="a", reason="length", at_s=0)])[0].shortened


def test_the_measured_latency_wins() -> None:
    assert play([token(1, "a"), started(1, 0.3), completed(1, 0.31)])[0].latency_s == 0.31
    assert play([token(1, "a"), started(1, None), completed(1)])[0].latency_s is None


@pytest.mark.parametrize(
    ("latency_s", "expected"),
    [(0.0, "good"), (0.1999, "good"), (0.2, "fair"), (0.3999, "fair"), (0.4, "slow"), (9, "slow")],
)
def test_grades(latency_s: float, expected: str) -> None:
    assert grade(latency_s) == expected


def test_an_earlier_conversation_shows_no_system_prompt() -> None:
    messages = [
        ChatMessage(role="system", text="Be kind."),
        ChatMessage(role="user", text="Hi"),
        ChatMessage(role="assistant", text="Hello"),
    ]
    assert shown(rows_of(messages)) == [("user", "Hi"), ("assistant", "Hello")]


_turns = st.integers(1, 4)
_words = st.text(max_size=6)
_events = st.one_of(
    st.builds(partial, _turns, _words),
    st.builds(final, _turns, _words),
    st.builds(token, _turns, _words),
    st.builds(started, _turns, st.sampled_from([None, 0.1, 0.5])),
    st.builds(completed, _turns, st.sampled_from([None, 0.2])),
    st.builds(interrupted, _turns, _words),
    st.builds(failed, _turns),
    st.builds(lambda turn: TurnEmpty(turn_id=turn, reason="silence"), _turns),
)


@given(st.lists(_events, max_size=40))
def test_in_any_order_of_events_turns_stay_in_order_with_one_row_of_a_kind(events: list[Event]) -> None:
    keys = [(row.turn_id, row.kind.value) for row in play(events)]
    assert keys == sorted(set(keys))


def test_the_same_words_again_change_nothing() -> None:
    rows = play([final(1, "A")])
    assert reduce(rows, final(1, "A")) == []
    assert rows[0].kind is RowKind.USER

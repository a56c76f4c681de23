"""How far into a reply the listener got."""

from hypothesis import given
from hypothesis import strategies as st

from companion.engine.heard import ClauseSpan, heard_offset
from companion.engine.messages import Clause

REPLY = "Sure, the Brooklyn Bridge was built in 1883. It **spans** the [East River](https://example.com)."


def span(index: int, speech: str, start: int, end: int, start_frame: int, frames: int) -> ClauseSpan:
    clause = Clause(index=index, speech=speech, start=start, end=end, text=REPLY[start:end])
    return ClauseSpan(clause=clause, start_frame=start_frame, frames=frames)


SPANS = [
    span(0, "Sure,", 0, 5, 0, 100),
    span(1, "the Brooklyn Bridge was built in 1883.", 5, 44, 100, 1000),
    span(2, "It spans the East River.", 44, len(REPLY), 1100, 600),
]


def heard(frame: int) -> str:
    return REPLY[: heard_offset(SPANS, frame)]


def test_nothing_played_is_nothing_heard() -> None:
    assert heard(0) == ""
    assert heard_offset([], 500) == 0


def test_a_word_counts_only_when_it_has_ended() -> None:
    assert heard(99) == ""
    assert heard(100) == "Sure,"
    assert heard(100 + 1000 * 10 // 38) == "Sure, the"
    assert heard(100 + 1000 * 13 // 38) == "Sure, the Brooklyn"


def test_a_finished_clause_is_heard_to_its_end() -> None:
    assert heard(1100) == REPLY[:44]
    assert heard(99_999) == REPLY


def test_markup_does_not_shift_the_words() -> None:
    assert heard(1100 + 600 * 13 // 24).endswith("It **spans** the")


def test_a_clause_with_nothing_to_say_is_heard_when_reached() -> None:
    spans = [span(0, "Sure,", 0, 5, 0, 50), span(1, "", 5, 20, 50, 0)]
    assert heard_offset(spans, 49) == 0
    assert heard_offset(spans, 50) == 20


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_never_falls_and_ends_with_a_whole_word(one: int, other: int) -> None:
    earlier, later = sorted((one, other))
    first, second = heard_offset(SPANS, earlier), heard_offset(SPANS, later)
    assert 0 <= first <= second <= len(REPLY)
    assert first == 0 or first == len(REPLY) or REPLY[first].isspace()

"""What the picture of a turn shows and says."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.engine.metrics import Span, SpanKind, TurnMetrics
from companion.ui.strings import LANE_WORDS, NO_LATENCY, NOTHING
from companion.ui.turn_picture import heard_words, lanes, span_words, time_window, turn_facts, turn_text
from tests.fakes.turn_metrics import GOOD_TURN, SLOW_TURN

EMPTY = TurnMetrics(turn_id=1)


def span(begin_s: float, end_s: float, *, kind: SpanKind = "transcript", dropped: bool = False) -> Span:
    return Span(kind=kind, begin_s=begin_s, end_s=end_s, dropped=dropped)


def test_every_kind_of_work_has_a_lane_in_the_order_of_a_turn() -> None:
    assert [lane.kind for lane in lanes(EMPTY)] == list(get_args(SpanKind)) == list(LANE_WORDS)
    assert sum(len(lane.spans) for lane in lanes(GOOD_TURN)) == len(GOOD_TURN.spans)


@pytest.mark.parametrize(
    ("piece", "words"),
    [
        (span(-0.14, -0.077), "63 ms, from 140 ms to 77 ms before you let go"),
        (span(0.1, 1.5), "1.4 s, from 100 ms to 1.5 s after you let go"),
        (span(-0.01, 0.041), "51 ms, from 10 ms before to 41 ms after you let go"),
        (span(-0.3, -0.2, dropped=True), "100 ms, from 300 ms to 200 ms before you let go, dropped"),
    ],
)
def test_a_piece_of_work_in_words(piece: Span, words: str) -> None:
    assert span_words(piece) == words


def test_the_note_beside_a_lane() -> None:
    notes = {lane.kind: lane.note for lane in lanes(GOOD_TURN)}
    assert notes["draft"] == "2, 1 dropped"
    assert notes["transcript"] == "68 ms", "what was dropped is not counted"
    assert notes["clause"] == "2 · 235 ms"
    assert {lane.note for lane in lanes(EMPTY)} == {NOTHING}


def test_a_lane_of_many_pieces_is_summed_up() -> None:
    many = TurnMetrics(turn_id=1, spans=tuple(span(n / 10, n / 10 + 0.05, kind="clause") for n in range(9)))
    words = next(lane.words for lane in lanes(many) if lane.spans)
    assert words == "Voice synthesis: 9 pieces, 450 ms in all, from 0 ms to 850 ms after you let go"


def test_what_counts_is_in_the_window_and_the_whole_turn_on_demand() -> None:
    begin_s, end_s = time_window(GOOD_TURN, whole=False)
    assert -0.6 < begin_s < -0.082
    assert 0.2 < end_s < 0.6
    begin_s, end_s = time_window(GOOD_TURN, whole=True)
    assert begin_s < -2.9
    assert end_s > 4.35


seconds = st.floats(-20, 20)


@settings(deadline=None)
@given(
    draft_s=st.none() | seconds,
    latency_s=st.none() | st.floats(0, 20),
    bounds=st.lists(st.tuples(seconds, st.floats(0, 10)), max_size=5),
    whole=st.booleans(),
)
def test_the_release_the_promise_and_the_sound_are_always_in_the_window(
    draft_s: float | None, latency_s: float | None, bounds: list[tuple[float, float]], whole: bool
) -> None:
    pieces = tuple(span(begin_s, begin_s + length_s) for begin_s, length_s in bounds)
    turn = TurnMetrics(turn_id=1, draft_s=draft_s, release_latency_s=latency_s, spans=pieces)
    begin_s, end_s = time_window(turn, whole=whole)
    assert begin_s < 0 < 0.2 < end_s
    assert end_s > (latency_s or 0)
    assert lanes(turn)[3].words


def test_when_it_was_heard() -> None:
    assert heard_words(GOOD_TURN) == "Heard 118 ms after you let go (in time)"
    assert heard_words(SLOW_TURN) == "Heard 418 ms after you let go (late)"
    assert heard_words(EMPTY) == NO_LATENCY


def test_figures_that_are_not_known_are_left_out() -> None:
    assert dict(turn_facts(GOOD_TURN)) == {
        "Begun before you let go": "yes",
        "From the end of your voice": "268 ms",
        "Drafts": "2, 1 dropped",
        "Prompt tokens evaluated": "9 of 184",
        "Tokens a second": "75",
        "CPU, Companion": "61 %",
        "CPU, other programs": "4 %",
        "Sound device, on top": "21 ms",
        "Stutters": "0",
    }
    assert turn_facts(EMPTY) == [("Stutters", "0")]


def test_stutters_of_the_voice_and_of_the_device_count() -> None:
    assert ("Stutters", "3") in turn_facts(TurnMetrics(turn_id=1, underruns=1, xruns=2))


def test_the_whole_picture_in_words() -> None:
    lines = turn_text(SLOW_TURN, "The answer was slow because.").splitlines()
    assert lines[1:3] == ["Heard 418 ms after you let go (late)", "The answer was slow because."]
    assert "Final transcript: 108 ms, from 34 ms to 142 ms after you let go" in lines
    assert "CPU, other programs: 44 %" in lines
    assert len(turn_text(SLOW_TURN, "").splitlines()) == len(lines) - 1

"""Where voice begins, pauses and can be cut."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.engine.samples import EAR_RATE_HZ, VAD_FRAME
from companion.engine.stt.voice import LEAD_S, LONGEST_S, SETTLE_S, TAIL_S, VoiceActivity, VoiceChange

PAUSE_S = 0.16  # five frames
LEVELS = {"#": 0.95, ".": 0.05}


def follow(pattern: str) -> tuple[VoiceActivity, list[tuple[int, VoiceChange]]]:
    """Feed one frame a character; return the activity and the changes with the frame they came in."""
    activity = VoiceActivity(PAUSE_S)
    changes: list[tuple[int, VoiceChange]] = []
    for index, character in enumerate(pattern):
        change = activity.update(LEVELS[character])
        if change is not None:
            changes.append((index, change))
    return activity, changes


def frames(seconds: float) -> int:
    return round(seconds * EAR_RATE_HZ / VAD_FRAME)


@pytest.mark.parametrize(
    ("pattern", "changes", "begin", "end"),
    [
        pytest.param("......", [], 0, 0, id="silence"),
        pytest.param("..#...##....#..", [], 0, 0, id="clicks"),
        pytest.param("..###", [(4, "started")], 2, 5, id="start at the first of three frames"),
        pytest.param("..###...." + ".", [(4, "started"), (9, "paused")], 2, 5, id="pause"),
        pytest.param("###....##..", [(2, "started")], 0, 9, id="a gap shorter than a pause"),
        pytest.param("###....#....", [(2, "started"), (8, "paused")], 0, 3, id="a click in a gap delays no further"),
        pytest.param("###.....##", [(2, "started"), (7, "paused"), (9, "started")], 0, 10, id="voice again"),
        pytest.param("###.....#.#.#", [(2, "started"), (7, "paused")], 0, 3, id="clicks in a pause"),
    ],
)
def test_changes(pattern: str, changes: list[tuple[int, str]], begin: int, end: int) -> None:
    activity, found = follow(pattern)
    assert found == changes
    assert max(0, activity._voiced.find(1)) == begin
    assert activity.voiced_end == end * VAD_FRAME
    assert activity.position == len(pattern) * VAD_FRAME


@pytest.mark.parametrize(
    ("pattern", "voicing"),
    [("..#", True), ("###", True), ("###.", False), ("###.....", False), ("...", False)],
)
def test_now(pattern: str, voicing: bool) -> None:
    activity, _ = follow(pattern)
    assert activity.voicing == voicing


def test_voiced_time_counts_voice_only() -> None:
    activity, _ = follow("..####....##..#..")
    assert activity.voiced_s == pytest.approx(6 * VAD_FRAME / EAR_RATE_HZ)


def test_reset_begins_again() -> None:
    activity, _ = follow("####......")
    activity.reset()
    assert (activity.position, activity.voiced_end, activity.voiced_s, activity.voicing) == (0, 0, 0.0, False)
    assert activity.speech_span() is None


@given(st.text(alphabet="#.", max_size=200))
def test_changes_alternate_and_positions_are_in_order(pattern: str) -> None:
    activity, changes = follow(pattern)
    kinds = [kind for _, kind in changes]
    assert kinds == ["started", "paused"] * (len(kinds) // 2) + ["started"] * (len(kinds) % 2)
    assert 0 <= activity.voiced_end <= activity.position
    assert (activity.voiced_s > 0) == bool(kinds)


# -- what is transcribed


def test_span_keeps_margins_inside_the_bounds() -> None:
    activity, _ = follow("." * 40 + "####" + "." * 20)
    assert activity.speech_span() == (
        40 * VAD_FRAME - int(LEAD_S * EAR_RATE_HZ),
        44 * VAD_FRAME + int(TAIL_S * EAR_RATE_HZ),
    )
    assert activity.speech_span(since=39 * VAD_FRAME, until=45 * VAD_FRAME) == (39 * VAD_FRAME, 45 * VAD_FRAME)


def test_span_of_silence_is_none() -> None:
    activity, _ = follow("####" + "." * 40)
    assert activity.speech_span(since=10 * VAD_FRAME) is None
    assert VoiceActivity(PAUSE_S).speech_span() is None


def test_span_keeps_what_may_become_voice() -> None:
    activity, _ = follow("####" + "." * 30 + "#")
    span = activity.speech_span()
    assert span is not None
    assert span[1] == 35 * VAD_FRAME


# -- where a long utterance is cut


def cut(pattern: str, since: int = 0, quiet: int | None = None) -> float | None:
    """Return the cut in frames; `quiet` is the frame with the least sound."""
    activity, _ = follow(pattern)
    samples = np.full(len(pattern) * VAD_FRAME, 0.1, np.float32)
    if quiet is not None:
        samples[quiet * VAD_FRAME : (quiet + 1) * VAD_FRAME] = 0.001
    position = activity.cut_point(samples, since * VAD_FRAME)
    return None if position is None else position / VAD_FRAME


LONG = frames(SETTLE_S)
LONGEST = frames(LONGEST_S)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param("#" * 100 + "." * 20 + "#" * 100, None, id="short"),
        pytest.param("." * (LONG + 100), None, id="only silence"),
        pytest.param("." * LONG + "#" * 100, None, id="silence before the voice does not count"),
        pytest.param("#" * 100 + "." * 20 + "#" * LONG, 110, id="middle of the pause"),
        pytest.param("#" * 100 + "." * 20 + "#" * 50 + "." * 10 + "#" * LONG, 175, id="the last pause"),
        pytest.param("#" * 100 + "." * 20 + "#" * LONG + "....##", 110, id="a short gap is no pause"),
        pytest.param("#" * LONG + "." * 20, LONG + 10, id="the pause going on"),
        pytest.param("#" * (LONG + 10), None, id="no pause yet"),
    ],
)
def test_cut(pattern: str, expected: float | None) -> None:
    assert cut(pattern) == expected


def test_cut_without_a_pause_is_at_the_quietest_frame() -> None:
    pattern = "#" * (LONGEST + 2)
    assert cut(pattern, quiet=LONGEST - 50) == LONGEST - 50 + 0.5
    assert cut("#" * (LONGEST - 5), quiet=LONGEST - 50) is None


def test_cut_looks_behind_what_is_settled() -> None:
    pattern = "#" * 100 + "." * 20 + "#" * LONG
    assert cut(pattern, since=110) is None


@given(st.lists(st.tuples(st.sampled_from("#."), st.integers(1, 300)), max_size=30))
def test_settling_leaves_nothing_too_long_for_whisper(runs: list[tuple[str, int]]) -> None:
    activity = VoiceActivity(PAUSE_S)
    pattern = "".join(character * count for character, count in runs)
    samples = np.zeros(len(pattern) * VAD_FRAME, np.float32)
    settled = 0
    for character in pattern:
        activity.update(LEVELS[character])
        position = activity.cut_point(samples, settled)
        if position is not None:
            assert settled < position <= activity.position
            settled = position
        span = activity.speech_span(settled)
        assert span is None or span[1] - span[0] <= 28 * EAR_RATE_HZ

"""Late callbacks, told by their times; blocks of 10 ms and a buffer of 20."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.engine.audio.pace import Pace

RATE_HZ = 1000
BLOCK = 10
BUFFER_S = 0.02


def lates(times_s: Iterable[float], *, buffer_s: float = BUFFER_S) -> list[bool]:
    pace = Pace(RATE_HZ)
    pace.buffer_s = buffer_s
    return [pace.late(100 + now_s, BLOCK) for now_s in times_s]


def test_on_time_is_never_late() -> None:
    assert not any(lates(number * 0.01 for number in range(1000)))


def test_a_gap_longer_than_the_buffer_is_one_late_callback() -> None:
    times_s = [0.0, 0.01, 0.02, 0.05, 0.05, 0.06, 0.07, 0.08]
    assert lates(times_s) == [False, False, False, True, False, False, False, False]


def test_a_gap_that_the_buffer_covers_is_none() -> None:
    assert not any(lates([0.0, 0.01, 0.0299, 0.03, 0.04]))


def test_lagging_behind_adds_up() -> None:
    """No gap is longer than the buffer, yet too little was delivered."""
    assert any(lates(number * 0.015 for number in range(10)))


@given(burst=st.integers(2, 6), rounds=st.integers(1, 300))
def test_blocks_that_are_asked_for_in_bursts_are_on_time(burst: int, rounds: int) -> None:
    times_s = [number * burst * 0.01 for number in range(rounds) for _ in range(burst)]
    assert not any(lates(times_s, buffer_s=burst * 0.01 + 0.001))


@given(st.lists(st.floats(0, 0.0099), min_size=2, max_size=400))
def test_delays_below_a_block_are_covered_by_the_second_one(delays_s: list[float]) -> None:
    times_s = [0.01 * number + delay_s for number, delay_s in enumerate(delays_s)]
    assert not any(lates(times_s))


@pytest.mark.parametrize("drift", [0.999, 1.001])
def test_a_device_whose_clock_drifts_is_on_time_for_hours_and_still_watched(drift: float) -> None:
    times_s = [number * 0.01 * drift for number in range(100_000)]
    assert not any(lates(times_s))
    end_s = times_s[-1]
    assert lates([*times_s, end_s + 0.05])[-1]


def test_nothing_is_late_before_the_buffer_is_known() -> None:
    pace = Pace(RATE_HZ)
    assert not any(pace.late(100.0 + number, BLOCK) for number in range(10))
    pace.buffer_s = BUFFER_S
    assert not pace.late(120.0, BLOCK), "how full it is, is not known yet"
    assert pace.late(121.0, BLOCK)


def test_a_server_that_takes_seconds_at_once_hides_a_stall_for_a_moment_only() -> None:
    begun = [0.0] * 200
    assert lates([*begun, 0.2])[-1]

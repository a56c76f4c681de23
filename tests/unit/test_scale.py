"""Round numbers for axes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.ui.scale import round_step, ticks


@pytest.mark.parametrize(
    ("span", "most", "step"), [(10, 10, 1), (10, 5, 2), (10, 4, 5), (11, 2, 10), (0.3, 6, 0.05), (1234, 5, 500)]
)
def test_steps_are_round(span: float, most: int, step: float) -> None:
    assert round_step(span, most) == pytest.approx(step)


@settings(deadline=None)
@given(low=st.floats(-1e4, 1e4), span=st.floats(1e-2, 1e5), most=st.integers(1, 50))
def test_ticks_are_inside_and_not_too_many(low: float, span: float, most: int) -> None:
    found = ticks(low, low + span, most)
    margin = 1e-6 * (abs(low) + span)
    assert len(found) <= most + 1
    assert all(low - margin <= tick <= low + span + margin for tick in found)
    assert found == sorted(set(found))


def test_an_axis_of_no_length_has_one_tick() -> None:
    assert ticks(5, 5, 4) == [5]


def test_zero_is_a_tick_of_an_axis_across_it() -> None:
    assert 0 in ticks(-340.7, 512.2, 7)

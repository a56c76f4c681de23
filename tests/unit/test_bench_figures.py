"""The benchmark's arithmetic: percentiles, the interval of a median, and when two runs are said to differ."""

import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.figures import (
    Figure,
    Recorder,
    Unit,
    Verdict,
    compare,
    compare_all,
    median_interval,
    percentile,
)

TIMES = st.lists(st.floats(min_value=0.01, max_value=1e4), min_size=1, max_size=60)


def figure(*samples: float, name: str = "stage", unit: Unit = "ms", resolution: float = 0.0) -> Figure:
    return Figure(name=name, unit=unit, samples=samples, resolution=resolution)


def noisy(median: float, n: int, seed: int) -> Figure:
    """Times as they come: a narrow body and a long tail to one side."""
    source = random.Random(seed)
    return figure(*(median * source.lognormvariate(0, 0.15) for _ in range(n)))


def test_median_and_p95_are_those_of_the_ordered_samples() -> None:
    one_to_twenty = figure(*(float(value) for value in range(20, 0, -1)))

    assert (one_to_twenty.n, one_to_twenty.median, one_to_twenty.p95) == (20, 10.5, 19)


@pytest.mark.parametrize(("n", "rank"), [(1, 1), (10, 10), (19, 19), (20, 19), (40, 38), (100, 95)])
def test_p95_is_the_nearest_rank(n: int, rank: int) -> None:
    assert percentile([float(value) for value in range(1, n + 1)], 0.95) == rank


@given(TIMES)
def test_the_interval_of_the_median_holds_it(samples: list[float]) -> None:
    low, high = median_interval(samples)

    assert min(samples) <= low <= statistics.median(samples) <= high <= max(samples)


@pytest.mark.parametrize(("n", "first"), [(5, 1), (6, 1), (8, 1), (9, 2), (15, 4), (20, 6), (50, 18)])
def test_the_interval_of_the_median_is_that_of_the_tables(n: int, first: int) -> None:
    """Ranks for 95 %, as printed in tables of the sign test (below n = 6 the whole range)."""
    assert median_interval([float(value) for value in range(1, n + 1)]) == (first, n + 1 - first)


# -- two runs


def test_a_regression_is_marked() -> None:
    change = compare(noisy(100, 20, seed=1), noisy(150, 20, seed=2))

    assert change.verdict is Verdict.WORSE
    assert change.ratio == pytest.approx(1.5, rel=0.2)


def test_a_gain_is_marked() -> None:
    assert compare(noisy(150, 20, seed=1), noisy(100, 20, seed=2)).verdict is Verdict.BETTER


def test_noise_is_not_marked() -> None:
    """Four hundred pairs of runs of the same thing: hardly any is said to differ."""
    verdicts = [compare(noisy(100, 10, seed), noisy(100, 10, seed + 1000)).verdict for seed in range(400)]

    assert verdicts.count(Verdict.ALIKE) >= 396


def test_a_change_inside_the_runs_own_spread_is_not_marked() -> None:
    old = figure(80, 90, 100, 140, 200, 210)
    new = figure(85, 120, 130, 150, 220, 230)

    assert abs(new.median / old.median - 1) > 0.1
    assert compare(old, new).verdict is Verdict.ALIKE


def test_a_change_under_a_tenth_is_not_marked_however_certain() -> None:
    assert compare(figure(*[100.0] * 20), figure(*[109.0] * 20)).verdict is Verdict.ALIKE
    assert compare(figure(*[100.0] * 20), figure(*[111.0] * 20)).verdict is Verdict.WORSE


def test_a_change_under_the_resolution_is_not_marked() -> None:
    old, new = figure(*[2.0] * 10, resolution=8), figure(*[9.0] * 10, resolution=8)

    change = compare(old, new)

    assert (change.verdict, change.ratio) == (Verdict.ALIKE, None)


def test_few_samples_prove_nothing() -> None:
    assert compare(figure(100, 101, 102, 103), figure(200, 201, 202, 203)).verdict is Verdict.TOO_FEW


def test_moments_before_the_release_have_no_ratio_but_a_verdict() -> None:
    old, new = figure(*[-60.0] * 10, resolution=8), figure(*[40.0] * 10, resolution=8)

    change = compare(old, new)

    assert (change.verdict, change.ratio) == (Verdict.WORSE, None)


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        ([0.0] * 30, [0.0] * 10, Verdict.ALIKE),
        ([0.0] * 30, [0.0] * 29 + [1.0], Verdict.WORSE),
        ([1.0] * 2 + [0.0] * 28, [0.0] * 30, Verdict.BETTER),
    ],
)
def test_one_lost_turn_more_is_marked(old: list[float], new: list[float], verdict: Verdict) -> None:
    assert compare(figure(*old, unit="events"), figure(*new, unit="events")).verdict is verdict


def test_only_what_both_runs_measured_is_compared() -> None:
    old = [figure(1, name="a"), figure(1, name="b"), figure(1, name="c")]
    new = [figure(1, name="c"), figure(1, name="a", unit="tokens"), figure(1, name="d")]

    assert [change.new.name for change in compare_all(old, new)] == ["c"]


def test_a_recorder_keeps_names_and_samples_in_the_order_they_came() -> None:
    recorder = Recorder()
    for name, value in (("b", 2.0), ("a", 1.0), ("b", 3.0)):
        recorder.add(name, value, resolution=8)

    assert [(f.name, f.samples, f.resolution) for f in recorder.figures] == [("b", (2, 3), 8), ("a", (1,), 8)]

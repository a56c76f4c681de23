"""The arithmetic of the benchmark: medians, percentiles, and whether two runs differ. Pure, any thread.

Nothing is assumed of how times are distributed: they have a long tail to one side. The uncertainty of a median is read
from the ordered samples themselves (the interval between two order statistics), and two runs differ only if these
intervals do not touch.
"""

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypeAlias

CONFIDENCE = 0.95
"""Of the interval of a median. Two intervals of equal medians fail to touch in less than 1 of 100 comparisons."""

FEWEST = 5
"""Samples below which nothing is said: least and greatest of five hold the median in 94 of 100 cases."""

NOTABLE = 0.10
"""Smallest change of a median that is marked."""

Unit: TypeAlias = Literal["ms", "tokens", "events", "MB"]
"""Less is better for each. `events` are 0 or more a turn (lost, underruns): their sum counts, not their median."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Samples of one quantity, in the order they were taken."""

    name: str
    unit: Unit
    samples: tuple[float, ...]
    """At least one."""
    resolution: float = 0.0
    """Differences up to this mean nothing, in the figure's unit."""

    @property
    def n(self) -> int:
        """Number of samples."""
        return len(self.samples)

    @property
    def median(self) -> float:
        """Middle sample, or the mean of the middle two."""
        return statistics.median(self.samples)

    @property
    def p95(self) -> float:
        """Least sample that 95 % of the samples do not exceed (nearest rank): the greatest if there are under 20."""
        return percentile(self.samples, 0.95)

    @property
    def mean(self) -> float:
        """Of all samples; for `events` the number a turn."""
        return statistics.fmean(self.samples)


class Verdict(Enum):
    """What a comparison says; less is better."""

    ALIKE = ""
    BETTER = "better"
    WORSE = "WORSE"
    TOO_FEW = "n too small"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One figure of two runs."""

    old: Figure
    new: Figure
    ratio: float | None
    """New median over old; None where a ratio has no meaning (zero, or before the key release)."""
    verdict: Verdict


def percentile(samples: Sequence[float], share: float) -> float:
    """Return the least sample that `share` of the samples do not exceed (nearest rank)."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median_interval(samples: Sequence[float]) -> tuple[float, float]:
    """Return the interval between order statistics that holds the true median with `CONFIDENCE` or more.

    With five samples or fewer that is from the least to the greatest, with a little less confidence. The number of
    samples below the median is binomial with p = 1/2, whatever the distribution.

    Source: Conover, Practical Nonparametric Statistics, 3rd edition, 3.2.
    """
    ordered = sorted(samples)
    n = len(ordered)
    below, rank = 0.0, 0
    while rank < n // 2:
        below += math.comb(n, rank) / 2**n
        if below > (1 - CONFIDENCE) / 2:
            break
        rank += 1
    first = max(rank - 1, 0)
    return ordered[first], ordered[n - 1 - first]


def compare(old: Figure, new: Figure) -> Change:
    """Say whether `new` differs from `old` by more than a tenth and by more than either run's own spread."""
    before, after = old.median, new.median
    resolution = max(old.resolution, new.resolution)
    ratio = after / before if min(before, after) > resolution and new.unit != "events" else None
    return Change(old=old, new=new, ratio=ratio, verdict=_verdict(old, new, resolution))


def _verdict(old: Figure, new: Figure, resolution: float) -> Verdict:
    if new.unit == "events":  # there should be none: every one more counts
        if new.mean == old.mean:
            return Verdict.ALIKE
        return Verdict.WORSE if new.mean > old.mean else Verdict.BETTER
    difference = new.median - old.median
    if abs(difference) <= max(NOTABLE * abs(old.median), resolution):
        return Verdict.ALIKE
    if min(old.n, new.n) < FEWEST:
        return Verdict.TOO_FEW
    (old_low, old_high), (new_low, new_high) = median_interval(old.samples), median_interval(new.samples)
    if new_low <= old_high and old_low <= new_high:
        return Verdict.ALIKE
    return Verdict.WORSE if difference > 0 else Verdict.BETTER


def compare_all(old: Iterable[Figure], new: Iterable[Figure]) -> list[Change]:
    """Compare the figures that both runs have, in the order of the new one."""
    known = {figure.name: figure for figure in old}
    return [
        compare(known[figure.name], figure)
        for figure in new
        if figure.name in known and known[figure.name].unit == figure.unit
    ]


class Recorder:
    """Collects samples under their names, in the order the names first came."""

    def __init__(self) -> None:
        self._samples: dict[str, list[float]] = {}
        self._kinds: dict[str, tuple[Unit, float]] = {}

    def add(self, name: str, value: float, *, unit: Unit = "ms", resolution: float = 0.0) -> None:
        """Take one sample."""
        self._kinds.setdefault(name, (unit, resolution))
        self._samples.setdefault(name, []).append(value)

    @property
    def figures(self) -> list[Figure]:
        """Everything collected so far."""
        return [
            Figure(name=name, unit=unit, samples=tuple(self._samples[name]), resolution=resolution)
            for name, (unit, resolution) in self._kinds.items()
        ]

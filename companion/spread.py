"""The figures that stand for many values. Pure; any thread."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Figures over some values.

    A percentile is the least value that so many percent of the values do not exceed (nearest rank): one that occurred.
    """

    mean: float
    p50: float
    p95: float
    min: float
    max: float


def spread(values: Iterable[float | None]) -> Spread | None:
    """Return the figures of `values`, those that are None left out; None if there are none."""
    ordered = sorted(value for value in values if value is not None)
    if not ordered:
        return None
    return Spread(
        mean=statistics.fmean(ordered),
        p50=_percentile(ordered, 50),
        p95=_percentile(ordered, 95),
        min=ordered[0],
        max=ordered[-1],
    )


def _percentile(ordered: Sequence[float], percent: int) -> float:
    rank = -(-percent * len(ordered) // 100)  # rounded up, and no float that is a little too large
    return ordered[rank - 1]

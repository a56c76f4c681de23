"""The figures that stand for many values. Pure; any thread."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Figures over some values; percentiles are values that occurred, by nearest rank."""

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
    last = len(ordered) - 1
    return Spread(
        mean=statistics.fmean(ordered),
        p50=ordered[round(0.5 * last)],
        p95=ordered[round(0.95 * last)],
        min=ordered[0],
        max=ordered[-1],
    )

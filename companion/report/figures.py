"""Figures, the goals they are held to, and how they are written. Pure; any thread."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Unit: TypeAlias = Literal["ms", "s", "share", "count", "tokens/s", "words/min", "words", "times"]
"""How a figure is shown. Times are in seconds whatever they are shown in, shares from 0 to 1."""

Better: TypeAlias = Literal["less", "more", ""]
"""Which way is better; empty where neither is."""

NOT_MEASURED = "not measured"


def share(hits: Iterable[bool]) -> float | None:
    """Return the part of `hits` that are true; None if there are none."""
    counted = list(hits)
    return sum(counted) / len(counted) if counted else None


def show(value: float | None, unit: Unit) -> str:
    """Return a figure as people read it, with its unit."""
    if value is None:
        return NOT_MEASURED
    match unit:
        case "ms":
            return f"{value * 1000:.0f} ms"
        case "s":
            return f"{value:.1f} s"
        case "share":
            return share_words(value)
        case "count":
            return f"{value:.0f}"
        case "times":
            return f"{value:.2f} x" if value < 10 else f"{value:.0f} x"
        case _:
            return f"{value:.0f} {unit}"


def share_words(value: float) -> str:
    """Return a share in per cent; what is not quite all or not quite nothing is never rounded to it."""
    percent = value * 100
    if 0 < percent < 1 or 99 < percent < 100:
        return f"{min(max(percent, 0.1), 99.9):.1f} %"
    return f"{percent:.1f} %" if percent < 20 and percent % 1 else f"{percent:.0f} %"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What a figure should be; bounds that are None do not bind."""

    at_least: float | None = None
    at_most: float | None = None
    under: float | None = None

    def kept(self, value: float) -> bool:
        """Whether `value` is as it should be."""
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.at_most is None or value <= self.at_most)
            and (self.under is None or value < self.under)
        )

    def words(self, unit: Unit) -> str:
        """Return the goal as it is shown."""
        if self.at_least is not None and self.at_most is not None:
            return f"{show(self.at_least, unit).split()[0]} to {show(self.at_most, unit)}"
        if self.at_least is not None:
            return (
                show(self.at_least, unit)
                if unit == "share" and self.at_least == 1
                else f"at least {show(self.at_least, unit)}"
            )
        if self.at_most is not None:
            return "none" if unit == "count" and self.at_most == 0 else f"at most {show(self.at_most, unit)}"
        return f"under {show(self.under, unit)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured figure."""

    key: str
    """Stable name, by which the next report finds it."""
    name: str
    value: float | None
    """None if it could not be measured."""
    unit: Unit
    means: str
    """What it says about the program, in one sentence."""
    goal: Goal | None = None
    essential: bool = False
    """Whether missing the goal is by itself enough for the worst verdict."""
    better: Better = "less"

    @property
    def kept(self) -> bool | None:
        """Whether the goal is kept; None if there is none, or nothing was measured."""
        return None if self.goal is None or self.value is None else self.goal.kept(self.value)

    @property
    def shown(self) -> str:
        """The value with its unit."""
        return show(self.value, self.unit)

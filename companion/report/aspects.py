"""An aspect of the program and the verdict on it. Pure; any thread."""

from dataclasses import dataclass
from enum import Enum

from companion.report.figures import Figure


class Verdict(Enum):
    """What is said of an aspect."""

    GOOD = "good"
    """Every goal that was measured is kept."""
    FAIR = "fair"
    """Some are missed: at most half, and none that is essential."""
    POOR = "poor"
    OPEN = "not measured"


_KEPT = {1: "The one goal that was measured is kept", 2: "Both goals are kept"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect:
    """One of the five things that are judged."""

    title: str
    meaning: str
    """What the figures mean for whoever talks to the program, in one sentence."""
    figures: tuple[Figure, ...]
    headline: str
    """Key of the figure that stands for the aspect."""
    replaced: str = ""
    """What the review of the system that this one replaces said."""

    @property
    def key(self) -> str:
        """The title as a name."""
        return self.title.lower()

    @property
    def head(self) -> Figure:
        """The figure that stands for the aspect."""
        return next(figure for figure in self.figures if figure.key == self.headline)

    @property
    def missed(self) -> tuple[Figure, ...]:
        """The figures whose goal is missed."""
        return tuple(figure for figure in self.figures if figure.kept is False)

    @property
    def verdict(self) -> Verdict:
        """The judgement."""
        judged = [figure for figure in self.figures if figure.kept is not None]
        if not judged:
            return Verdict.OPEN
        if not self.missed:
            return Verdict.GOOD
        if any(figure.essential for figure in self.missed) or 2 * len(self.missed) > len(judged):
            return Verdict.POOR
        return Verdict.FAIR

    @property
    def sentence(self) -> str:
        """The judgement with its reasons."""
        goals = [figure for figure in self.figures if figure.goal]
        unknown = [figure.name for figure in goals if figure.kept is None]
        tail = f" Not measured: {', '.join(unknown)}." if unknown else ""
        if len(unknown) == len(goals):
            return "Nothing of it could be measured."
        count = len(goals) - len(unknown)
        if not self.missed:
            return f"{_KEPT.get(count, f'All {count} goals are kept')}.{tail}"
        reasons = "; ".join(f"{f.name} {f.shown}, not {f.goal.words(f.unit)}" for f in self.missed if f.goal)
        return f"{len(self.missed)} of {count} goals missed: {reasons}.{tail}"

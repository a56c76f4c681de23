"""The whole review: five aspects, each with its figures and its verdict. Pure."""

from companion.report.aspects import Aspect, Verdict
from companion.report.connectivity import connectivity
from companion.report.humanity import humanity
from companion.report.latency import latency
from companion.report.quality import quality
from companion.report.run import Run
from companion.report.streaming import streaming

_WORST_FIRST = (Verdict.POOR, Verdict.OPEN, Verdict.FAIR, Verdict.GOOD)


def review(run: Run) -> tuple[Aspect, ...]:
    """Return the five aspects, judged."""
    return (quality(run), latency(run), streaming(run), humanity(run), connectivity(run))


def overall(aspects: tuple[Aspect, ...]) -> Verdict:
    """Return the worst verdict: a companion is as good as its weakest side."""
    return min((aspect.verdict for aspect in aspects), key=_WORST_FIRST.index)

"""Latency: how long people wait for the first sound after letting go, and whether they can rely on it. Pure."""

import statistics

from companion.engine.metrics import PROMISE_S
from companion.report.aspects import Aspect
from companion.report.figures import Figure, Goal, show
from companion.report.run import Run, SpokenTurn
from companion.slow_words import slow_sentence
from companion.spread import Spread, spread

MEAN_S = 0.12
SPREAD_S = 0.1
FIRST = 1.1
"""The first turn against the median of the others."""

SHORTEST_MEDIAN_S = 0.01
"""A ratio to less than this would say something about the clock only."""

STAGES = {
    "draft_s": "draft begun",
    "transcript_s": "final transcript",
    "first_token_s": "first token",
    "first_clause_s": "first clause complete",
    "first_sound_s": "its first sound made",
    "release_latency_s": "heard",
}
"""Moments of a turn in their order, as fields of `TurnMetrics`."""


def latency(run: Run) -> Aspect:
    """Judge the wait."""
    waits = [turn.latency_s for turn in run.answered if turn.latency_s is not None]
    found, gaps = spread(waits), spread(metrics.gap_s for metrics in run.metrics)
    under = sum(wait < PROMISE_S for wait in waits)
    mean, p50, p95, least, most = (found.mean, found.p50, found.p95, found.min, found.max) if found else (None,) * 5
    width = found.max - found.min if found else None
    return Aspect(
        title="Latency",
        meaning=_meaning(found, under, len(waits)),
        headline="latency.p50",
        replaced="245 ms on average (134 to 424 ms), 424 ms on the first call; its goal was 200 ms",
        figures=(
            _figure("mean", mean, "The average wait.", Goal(under=MEAN_S), "mean wait"),
            _figure("p50", p50, "Half of all waits are shorter.", Goal(under=PROMISE_S), "median wait"),
            _figure("p95", p95, "One wait in twenty is longer."),
            _figure("min", least, "The best of them.", name="shortest wait"),
            _figure("max", most, "The worst of them.", name="longest wait"),
            _figure(
                "spread",
                width,
                "Longest less shortest: an answer that comes at a steady pace can be relied on.",
                Goal(under=SPREAD_S),
            ),
            _figure(
                "first",
                first_s(run),
                "The first turn of the session, when everything could be cold.",
                name="first turn",
            ),
            Figure(
                key="latency.first-ratio",
                name="first turn against the median of the others",
                value=first_ratio(run),
                unit="times",
                means="1 is no warming up at all.",
                goal=Goal(at_most=FIRST),
            ),
            _figure(
                "gap", gaps.p50 if gaps else None, "From the user's last sound: what is heard.", name="gap, median"
            ),
            Figure(
                key="latency.share",
                name=f"turns under {show(PROMISE_S, 'ms')}",
                value=under / len(waits) if waits else None,
                unit="share",
                means="The promise is every single turn.",
                goal=Goal(at_least=1.0),
                better="more",
            ),
        ),
    )


def stages(run: Run) -> dict[str, Spread]:
    """Return the figures of each moment of a turn, in seconds after the key release; those that never came left out."""
    found = {name: spread(getattr(metrics, name) for metrics in run.metrics) for name in STAGES}
    return {name: figures for name, figures in found.items() if figures}


def first_s(run: Run) -> float | None:
    """Return the latency of the first turn that was answered."""
    return run.answered[0].latency_s if run.answered else None


def warm_median_s(run: Run) -> float | None:
    """Return the median of the other turns."""
    warm = [turn.latency_s for turn in run.answered[1:] if turn.latency_s is not None]
    return statistics.median(warm) if warm else None


def first_ratio(run: Run) -> float | None:
    """Return the first turn's latency over the median of the others."""
    first, median = first_s(run), warm_median_s(run)
    return None if first is None or median is None else first / max(median, SHORTEST_MEDIAN_S)


def median_turn(run: Run) -> SpokenTurn | None:
    """Return the turn whose latency is the median."""
    ordered = sorted(run.answered, key=lambda turn: turn.latency_s or 0.0)
    return ordered[round(0.5 * (len(ordered) - 1))] if ordered else None


def slowest_turn(run: Run) -> SpokenTurn | None:
    """Return the turn with the longest wait."""
    return max(run.answered, key=lambda turn: turn.latency_s or 0.0, default=None)


def slow_turns(run: Run) -> list[tuple[SpokenTurn, str]]:
    """Return the turns that broke the promise, the slowest first, each with its reason (empty if nobody can tell)."""
    slow = [turn for turn in run.answered if (turn.latency_s or 0.0) >= PROMISE_S]
    slow.sort(key=lambda turn: -(turn.latency_s or 0.0))
    return [(turn, slow_sentence(turn.metrics) if turn.metrics else "") for turn in slow]


def _figure(key: str, value: float | None, means: str, goal: Goal | None = None, name: str = "") -> Figure:
    return Figure(
        key=f"latency.{key}", name=name or key, value=value, unit="ms", means=means, goal=goal, essential=key == "p50"
    )


def _meaning(figures: Spread | None, under: int, turns: int) -> str:
    if figures is None:
        return "No answer was heard."
    kept = "all of them" if under == turns else f"{under} of {turns}" if under else f"none of {turns}"
    return (
        f"Half of the answers begin within {show(figures.p50, 'ms')} of letting the key go; {kept} in less than "
        f"{show(PROMISE_S, 'ms')}, about the pause that people leave each other."
    )

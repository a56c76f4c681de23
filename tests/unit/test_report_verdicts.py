"""Figures, goals and verdicts: a good run is called good, and each thing that can go wrong is seen to go wrong."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from companion.engine.metrics import Span, TurnMetrics
from companion.report.aspects import Aspect, Verdict
from companion.report.connectivity import connectivity
from companion.report.figures import Goal, share_words, show
from companion.report.humanity import humanity
from companion.report.latency import first_ratio, latency, median_turn, slow_turns, slowest_turn
from companion.report.quality import quality
from companion.report.review import overall, review
from companion.report.run import Run, Sockets
from companion.report.streaming import streaming
from companion.spread import spread
from tests.unit.report_run import metrics, run, turn


def test_a_good_run_is_called_good() -> None:
    aspects = review(run())
    assert [aspect.title for aspect in aspects] == ["Quality", "Latency", "Streaming", "Humanity", "Connectivity"]
    assert [aspect.sentence for aspect in aspects if aspect.verdict is not Verdict.GOOD] == []
    assert overall(aspects) is Verdict.GOOD


def waits(*latencies_s: float) -> Run:
    return run(*(turn(number, metrics=metrics(latency_s)) for number, latency_s in enumerate(latencies_s, 1)))


def all_metrics(**changed: Any) -> Run:
    return run(*(replace(turn(n), metrics=metrics(**changed)) for n in (1, 2, 3)))


def whole_reply_first() -> tuple[Span, ...]:
    """A reply that is written to its end before the voice begins; its last span is the second clause."""
    return (
        Span(kind="reply", begin_s=0.0, end_s=0.5),
        Span(kind="clause", begin_s=0.5, end_s=0.6),
        Span(kind="clause", begin_s=0.6, end_s=0.8),
    )


def sockets(**changed: Any) -> Run:
    found = run().connectivity
    counted = replace(Sockets(network=0, loopback=0, local=3, looks=9), **changed)
    return run(connectivity=replace(found, sockets=counted))


SPOILT: list[tuple[Callable[[Run], Aspect], Run, str, Verdict]] = [
    (quality, run(turn(1), turn(2, heard="who has the bus")), "quality.word-errors", Verdict.FAIR),
    (quality, run(turn(1), turn(2, metrics=None, reply="", refused="No.")), "quality.answered", Verdict.POOR),
    (quality, run(turn(1), turn(2, reply="")), "quality.answered", Verdict.POOR),
    (quality, run(turn(1), turn(2, reply="The bus comes every ten")), "quality.sentences", Verdict.FAIR),
    (quality, run(turn(1), turn(2, reply="No, no. I see. I see.")), "", Verdict.GOOD),
    (quality, run(turn(1), turn(2, reply="It is late now. It is late now.")), "quality.repeats", Verdict.FAIR),
    (quality, run(turn(1), turn(2, reply="It was opened in eighteen eighty three!")), "quality.repeats", Verdict.FAIR),
    (latency, all_metrics(latency_s=0.25), "latency.p50", Verdict.POOR),
    (latency, all_metrics(latency_s=0.15), "latency.mean", Verdict.FAIR),
    (latency, waits(0.11, 0.1, 0.12, 0.14), "", Verdict.GOOD),
    (latency, waits(0.11, 0.05, 0.12, 0.19), "latency.spread", Verdict.FAIR),
    (latency, waits(*([0.106] * 9), 0.204), "latency.share", Verdict.FAIR),
    (latency, waits(0.15, 0.1, 0.1, 0.1), "latency.first-ratio", Verdict.FAIR),
    (
        streaming,
        run(turn(1, metrics=metrics(spans=whole_reply_first())), turn(2)),
        "streaming.voice-first",
        Verdict.FAIR,
    ),
    (
        streaming,
        run(turn(1, writing_s=-0.1, metrics=metrics(spans=())), turn(2)),
        "streaming.voice-first",
        Verdict.FAIR,
    ),
    (streaming, run(turn(1, metrics=metrics(spans=whole_reply_first()[:-1])), turn(2)), "", Verdict.GOOD),
    (streaming, all_metrics(latency_s=0.1, tokens_per_s=8.0), "streaming.lead", Verdict.FAIR),
    (streaming, run(turn(1, metrics=metrics(underruns=1)), turn(2)), "streaming.underruns", Verdict.POOR),
    (streaming, run(turn(1, metrics=metrics(xruns=1)), turn(2)), "streaming.xruns", Verdict.FAIR),
    (streaming, run(turn(1, pauses_s=(0.2, 1.4)), turn(2)), "streaming.pause", Verdict.FAIR),
    (streaming, run(turn(1), turn(2, metrics=None, refused="No.")), "streaming.refused", Verdict.POOR),
    (humanity, all_metrics(latency_s=0.3), "humanity.gap", Verdict.FAIR),
    (humanity, run(turn(1), turn(2, stop_s=0.4)), "humanity.stop", Verdict.FAIR),
    (humanity, run(turn(1, speech_s=9.0), turn(2, speech_s=9.0)), "humanity.rate", Verdict.FAIR),
    (humanity, run(turn(1, speech_s=0.9), turn(2, speech_s=0.9)), "humanity.rate", Verdict.FAIR),
    (humanity, run(turn(1, reply="so on " * 45, speech_s=30.0)), "humanity.words", Verdict.FAIR),
    (connectivity, sockets(network=1), "connectivity.network", Verdict.POOR),
    (connectivity, sockets(loopback=2), "connectivity.loopback", Verdict.POOR),
    (connectivity, sockets(local=40), "", Verdict.GOOD),
    (connectivity, run(connectivity=replace(run().connectivity, ready_s=4.0)), "connectivity.ready", Verdict.FAIR),
    (
        connectivity,
        run(connectivity=replace(run().connectivity, refused_attempts=1)),
        "connectivity.attempts",
        Verdict.FAIR,
    ),
    (
        connectivity,
        run(connectivity=replace(run().connectivity, forbidden=False)),
        "connectivity.offline",
        Verdict.FAIR,
    ),
]


@pytest.mark.parametrize(("judge", "spoilt", "missed", "verdict"), SPOILT)
def test_each_goal_can_be_missed(judge: Callable[[Run], Aspect], spoilt: Run, missed: str, verdict: Verdict) -> None:
    aspect = judge(spoilt)
    keys = [figure.key for figure in aspect.missed]
    assert missed in keys if missed else not keys
    assert aspect.verdict is verdict
    assert all(figure.shown in aspect.sentence for figure in aspect.missed)


def test_every_goal_of_every_aspect_was_missed_once() -> None:
    goals = {figure.key for aspect in review(run()) for figure in aspect.figures if figure.goal}
    assert goals - {missed for _, _, missed, _ in SPOILT} == set()


def test_a_run_without_answers_is_poor_and_breaks_nothing() -> None:
    silent = run(
        turn(1, heard="", reply="", metrics=None, speech_s=None, stop_s=None, refused="No answer came in time.")
    )
    aspects = review(silent)
    assert aspects[1].verdict is Verdict.OPEN
    assert overall(aspects) is Verdict.POOR
    assert "Not measured" in aspects[2].sentence
    assert slowest_turn(silent) is median_turn(silent) is None


def test_what_the_system_does_not_tell_is_not_called_kept() -> None:
    aspect = connectivity(sockets(network=None, loopback=None, local=None))
    assert aspect.figures[0].kept is None
    assert "Not measured: network sockets" in aspect.sentence


def test_one_turn_has_no_first_turn_ratio() -> None:
    assert first_ratio(run(turn(1))) is None


def test_slow_turns_come_slowest_first_each_with_its_reason() -> None:
    slow = metrics(0.5, transcript_s=0.3, first_token_s=0.34, first_clause_s=0.36, first_sound_s=0.39)
    found = slow_turns(run(turn(1), turn(2, metrics=metrics(0.25)), turn(3, metrics=slow)))
    assert [spoken.number for spoken, _ in found] == [3, 2]
    assert found[0][1].startswith("The answer was slow because ")


def test_a_slow_turn_whose_moments_are_unknown_has_no_reason() -> None:
    unknown = TurnMetrics(turn_id=1, release_latency_s=0.4)
    assert slow_turns(run(turn(1, metrics=unknown))) == [(turn(1, metrics=unknown), "")]


def test_percentiles_are_values_that_occurred() -> None:
    found = spread([0.4, None, 0.1, 0.2, 0.3, 0.5])
    assert found is not None
    assert (found.min, found.p50, found.p95, found.max) == (0.1, 0.3, 0.5, 0.5)
    assert found.mean == pytest.approx(0.3)
    assert spread([None]) is None


@pytest.mark.parametrize(
    ("n", "p50", "p95"), [(1, 1, 1), (2, 1, 2), (10, 5, 10), (19, 10, 19), (20, 10, 19), (40, 20, 38)]
)
def test_percentiles_are_the_nearest_rank(n: int, p50: int, p95: int) -> None:
    found = spread(float(value) for value in range(1, n + 1))
    assert found is not None
    assert (found.p50, found.p95) == (p50, p95)


@pytest.mark.parametrize(
    ("goal", "inside", "outside", "words"),
    [
        (Goal(under=0.2), 0.1999, 0.2, "under 200 ms"),
        (Goal(at_most=0.2), 0.2, 0.2001, "at most 200 ms"),
        (Goal(at_least=0.2), 0.2, 0.1999, "at least 200 ms"),
        (Goal(at_least=0.1, at_most=0.2), 0.15, 0.09, "100 to 200 ms"),
    ],
)
def test_goals_end_where_they_say(goal: Goal, inside: float, outside: float, words: str) -> None:
    assert goal.kept(inside)
    assert not goal.kept(outside)
    assert goal.words("ms") == words


def test_figures_are_written_as_people_read_them() -> None:
    assert show(0.1334, "ms") == "133 ms"
    assert show(None, "ms") == "not measured"
    assert show(12.34, "times") == "12 x"
    assert [share_words(value) for value in (0, 0.0004, 0.093, 0.1, 0.5, 0.9996, 1)] == [
        "0 %", "0.1 %", "9.3 %", "10 %", "50 %", "99.9 %", "100 %",
    ]  # fmt: skip

"""The judgement over many turns: a leak, a slow-down or a lost turn is found."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from tests.bench.soak_report import Sample, judge, svg

STEADY = tuple(
    Sample(
        turn=turn,
        at_s=float(turn),
        outcome="TurnCompleted",
        answer_ms=None if turn % 20 == 0 else 200.0 + turn % 7,
        resident_mb=650.0 + turn % 3,
        threads=11,
        files=23,
    )
    for turn in range(1, 301)
)


def verdicts(samples: tuple[Sample, ...]) -> list[bool]:
    return [verdict.kept for verdict in judge(samples, len(STEADY))]


def test_a_steady_run_keeps_everything() -> None:
    assert verdicts(STEADY) == [True] * 5


@pytest.mark.parametrize(
    ("field", "per_turn", "broken"),
    [("resident_mb", 0.1, 1), ("threads", 0.01, 2), ("files", 0.01, 3), ("answer_ms", 1.0, 4)],
)
def test_what_grows_is_found(field: str, per_turn: float, broken: int) -> None:
    grown = tuple(
        replace(sample, **{field: getattr(sample, field) + int(per_turn * sample.turn * 100) / 100})
        if getattr(sample, field) is not None
        else sample
        for sample in STEADY
    )
    assert verdicts(grown) == [index != broken for index in range(5)]


def test_lost_turns_are_found() -> None:
    assert not verdicts((*STEADY[:7], replace(STEADY[7], outcome="lost"), *STEADY[8:]))[0]
    assert not verdicts(STEADY[:-1])[0], "the program ended early"
    assert verdicts(()) == [False]


def test_the_picture_is_one() -> None:
    root = ElementTree.fromstring(svg(STEADY))
    assert sum(element.tag.endswith("circle") for element in root.iter()) == 285
    assert sum(element.tag.endswith("polyline") for element in root.iter()) == 3

"""Why a turn was slow: each cause, and the turn that just does not have it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.engine.metrics import PROMISE_S, Span, SpanKind, TurnMetrics
from companion.engine.slowness import SlowCause, slow_reason
from companion.slow_words import BECAUSE, slow_sentence
from companion.ui.turn_details import turn_details


def turn(
    draft: float = -0.06,
    *,
    transcript: float = 0.075,
    prompt: float = 0.058,
    words: float = 0.031,
    voice: float = 0.024,
    playback: float = 0.005,
    voice_end: float = -0.15,
    **figures: Any,
) -> TurnMetrics:
    """A turn made of the lengths of its links; as they are, it takes 133 ms."""
    transcript_s = draft + transcript
    first_token_s = transcript_s + prompt
    first_clause_s = first_token_s + words
    first_sound_s = first_clause_s + voice
    latency_s = max(0.0, first_sound_s) + playback
    metrics = TurnMetrics(
        turn_id=1,
        release_latency_s=latency_s,
        gap_s=latency_s - voice_end,
        draft_s=draft,
        transcript_s=transcript_s,
        first_token_s=first_token_s,
        first_clause_s=first_clause_s,
        first_sound_s=first_sound_s,
    )
    return replace(metrics, **figures)


def span(kind: SpanKind, begin_s: float, end_s: float, *, dropped: bool = False) -> Span:
    return Span(kind=kind, begin_s=begin_s, end_s=end_s, dropped=dropped)


def cause(metrics: TurnMetrics) -> SlowCause | None:
    reason = slow_reason(metrics)
    return reason.cause if reason else None


EARLY: Mapping[str, float] = {"draft": 0.07, "voice_end": 0.0}
LOADED: Mapping[str, Any] = {"cpu_share": 0.4, "other_cpu_share": 0.5}
OWN = span("transcript", 0.05, 0.14)


@pytest.mark.parametrize(
    ("metrics", "expected"),
    [
        (turn(), None),
        (turn(**EARLY), SlowCause.RELEASED_EARLY),
        (turn(**EARLY, spans=(span("draft", -0.1, 0.01, dropped=True),)), SlowCause.LATE_WORDS),
        (turn(**EARLY, spans=(span("draft", -0.1, -0.01, dropped=True),)), SlowCause.RELEASED_EARLY),
        (turn(**EARLY, spans=(span("draft", -0.1, 0.01),)), SlowCause.RELEASED_EARLY),
        (turn(0.07, voice_end=-0.14), SlowCause.DRAFT_LATE),
        (turn(0.07, voice_end=-0.12), SlowCause.RELEASED_EARLY),
        (turn(transcript=0.2), SlowCause.TRANSCRIPT_SLOW),
        (turn(transcript=0.2, transcript_retried=True), SlowCause.TRANSCRIPT_RETRIED),
        (turn(transcript=0.2, spans=(span("partial", -0.2, 0.04), OWN)), SlowCause.EARLIER_WORK),
        (turn(transcript=0.2, spans=(span("partial", -0.2, -0.01), OWN)), SlowCause.TRANSCRIPT_SLOW),
        (turn(transcript=0.2, spans=(span("prompt", -0.2, 0.04), OWN)), SlowCause.TRANSCRIPT_SLOW),
        (turn(prompt=0.2, evaluated_tokens=49), SlowCause.PROMPT_COLD),
        (turn(prompt=0.2, evaluated_tokens=48), SlowCause.MODEL_SLOW),
        (turn(words=0.2, first_clause_words=9), SlowCause.LONG_CLAUSE),
        (turn(words=0.2, first_clause_words=8), SlowCause.MODEL_SLOW),
        (turn(voice=0.2), SlowCause.VOICE_SLOW),
        (turn(playback=0.2), SlowCause.PLAYBACK_LATE),
        (turn(transcript=0.2, **LOADED), SlowCause.OTHER_PROGRAMS),
        (turn(transcript=0.2, cpu_share=0.8, other_cpu_share=0.19), SlowCause.TRANSCRIPT_SLOW),
        (turn(transcript=0.2, cpu_share=0.4, other_cpu_share=0.34), SlowCause.TRANSCRIPT_SLOW),
        (turn(transcript=0.2, cpu_share=0.4), SlowCause.TRANSCRIPT_SLOW),
        (turn(transcript=0.2, first_of_session=True), SlowCause.FIRST_TURN),
        (turn(transcript=0.2, first_of_session=True, **LOADED), SlowCause.OTHER_PROGRAMS),
        # A cause of the turn's own goes before what makes everything slower, if it cost more.
        (turn(**EARLY, transcript=0.15, **LOADED), SlowCause.RELEASED_EARLY),
        (turn(**EARLY, transcript=0.3, **LOADED), SlowCause.OTHER_PROGRAMS),
        (turn(prompt=0.3, evaluated_tokens=200, first_of_session=True), SlowCause.PROMPT_COLD),
        # All was made in time, whatever it took; only the way to the device was long.
        (turn(-1.0, transcript=0.6, playback=0.25), SlowCause.PLAYBACK_LATE),
    ],
)
def test_the_main_cause(metrics: TurnMetrics, expected: SlowCause | None) -> None:
    assert cause(metrics) is expected


def test_a_turn_is_slow_from_the_promise_on() -> None:
    assert slow_reason(turn(transcript=0.2, release_latency_s=PROMISE_S)) is not None
    assert slow_reason(turn(transcript=0.2, release_latency_s=PROMISE_S - 0.001)) is None


@pytest.mark.parametrize("missing", ["release_latency_s", "draft_s", "transcript_s", "first_token_s", "first_sound_s"])
def test_a_turn_without_all_its_moments_has_no_reason(missing: str) -> None:
    absent: dict[str, Any] = {missing: None}
    assert slow_reason(turn(transcript=0.2, **absent)) is None


def test_work_that_waited_costs_what_it_waited() -> None:
    # The clause before it, of a dropped draft, held up the voice for 90 of 150 ms.
    spans = (span("clause", 0.0, 0.194, dropped=True), span("clause", 0.2, 0.254))
    reason = slow_reason(turn(voice=0.15, spans=spans))
    assert reason
    assert reason.cause is SlowCause.EARLIER_WORK
    assert reason.cost_s == pytest.approx(0.09)


def test_the_cost_is_what_the_sound_would_have_come_sooner() -> None:
    # 500 ms too long in the transcript, but all but 200 ms of the turn lay before the release.
    reason = slow_reason(turn(-0.573, transcript=0.585))
    assert reason is None or reason.cost_s <= 0.125
    reason = slow_reason(turn(-0.5, transcript=0.6))
    assert reason
    assert reason.cost_s == pytest.approx(-0.5 + 0.6 + 0.058 + 0.031 + 0.024)


lengths = st.floats(0, 1)


@given(
    draft=st.floats(-1, 1),
    transcript=lengths,
    prompt=lengths,
    words=lengths,
    voice=lengths,
    playback=lengths,
    first=st.booleans(),
    others=st.none() | st.floats(0, 1),
    evaluated=st.integers(0, 100),
)
def test_every_slow_turn_has_a_cause_that_cost_no_more_than_the_turn(
    draft: float,
    transcript: float,
    prompt: float,
    words: float,
    voice: float,
    playback: float,
    first: bool,
    others: float | None,
    evaluated: int,
) -> None:
    metrics = turn(
        draft,
        transcript=transcript,
        prompt=prompt,
        words=words,
        voice=voice,
        playback=playback,
        first_of_session=first,
        other_cpu_share=others,
        evaluated_tokens=evaluated,
    )
    assert metrics.release_latency_s is not None
    reason = slow_reason(metrics)
    assert (reason is not None) == (metrics.release_latency_s >= PROMISE_S)
    assert reason is None or 0 < reason.cost_s <= metrics.release_latency_s + 1e-9


def test_every_cause_has_words_of_its_own() -> None:
    assert set(BECAUSE) == set(SlowCause)
    assert len(set(BECAUSE.values())) == len(BECAUSE)


def test_the_sentence_stands_under_a_slow_turn_only() -> None:
    slow = turn(transcript=0.2)
    assert slow_sentence(slow) == "The answer was slow because recognising your words took long (about 115 ms)."
    assert turn_details(slow).endswith(slow_sentence(slow))
    assert slow_sentence(turn()) == ""
    assert "slow" not in turn_details(turn())

"""Turns as the engine might measure them, for pictures and tests; the times are those of the starter models."""

import random

from companion.engine.metrics import Span, SpanKind, TurnMetrics
from companion.latency_history import LatencyHistory

NOON_S = 1_741_788_000.0
"""12 March 2025, 14:00 UTC: when the made-up sessions begin."""


def _span(kind: SpanKind, begin_ms: float, end_ms: float, *, dropped: bool = False) -> Span:
    return Span(kind=kind, begin_s=begin_ms / 1000, end_s=end_ms / 1000, dropped=dropped)


GOOD_TURN = TurnMetrics(
    turn_id=2,
    release_latency_s=0.118,
    gap_s=0.268,
    utterance_s=2.9,
    draft_s=-0.082,
    transcript_s=-0.012,
    first_token_s=0.041,
    first_clause_s=0.074,
    first_sound_s=0.113,
    drafts=2,
    draft_used=True,
    prompt_tokens=184,
    evaluated_tokens=9,
    reply_tokens=36,
    tokens_per_s=74.6,
    output_latency_s=0.021,
    cpu_share=0.61,
    other_cpu_share=0.04,
    spans=(
        _span("voice", -2900, -1680),
        _span("partial", -2390, -2330),
        _span("partial", -1880, -1812),
        _span("draft", -1616, -1320, dropped=True),
        _span("transcript", -1614, -1548, dropped=True),
        _span("prompt", -1546, -1490, dropped=True),
        _span("reply", -1490, -1320, dropped=True),
        _span("clause", -1452, -1380, dropped=True),
        _span("voice", -1330, -150),
        _span("partial", -820, -748),
        _span("prompt", -745, -712),
        _span("partial", -310, -236),
        _span("draft", -82, 0),
        _span("transcript", -80, -12),
        _span("prompt", -10, 41),
        _span("reply", 41, 540),
        _span("clause", 75, 168),
        _span("sound", 118, 4350),
        _span("clause", 260, 402),
    ),
)
"""Drafted in a first pause, dropped, drafted again: the promise is kept."""

SLOW_TURN = TurnMetrics(
    turn_id=1,
    release_latency_s=0.418,
    gap_s=0.5,
    utterance_s=2.1,
    draft_s=0.03,
    transcript_s=0.142,
    first_token_s=0.26,
    first_clause_s=0.338,
    first_sound_s=0.409,
    drafts=1,
    prompt_tokens=61,
    evaluated_tokens=34,
    reply_tokens=41,
    tokens_per_s=38.2,
    output_latency_s=0.021,
    underruns=1,
    first_of_session=True,
    cpu_share=0.52,
    other_cpu_share=0.44,
    spans=(
        _span("voice", -2050, -82),
        _span("partial", -1500, -1394),
        _span("partial", -980, -861),
        _span("partial", -420, -288),
        _span("draft", 30, 418),
        _span("transcript", 34, 142),
        _span("prompt", 145, 260),
        _span("reply", 260, 1310),
        _span("clause", 340, 492),
        _span("sound", 418, 6020),
        _span("clause", 700, 1010),
    ),
)
"""The first turn after a start, with another program on the processor."""


def spoken(turn_id: int, latency_s: float, *, first: bool = False) -> TurnMetrics:
    """Return a turn of which only the latency matters."""
    return TurnMetrics(
        turn_id=turn_id, release_latency_s=latency_s, gap_s=latency_s + 0.15, first_of_session=first, draft_used=True
    )


def fill(history: LatencyHistory, turns: int, *, seed: int = 7, begin_s: float = NOON_S) -> None:
    """Put made-up turns into a history: most in time, a few not, the first a little slower."""
    chance = random.Random(seed)
    for turn in range(1, turns + 1):
        latency_s = min(0.9, 0.075 + chance.lognormvariate(-3.2, 0.62) + (0.03 if turn == 1 else 0.0))
        history.add(spoken(turn, latency_s, first=turn == 1), begin_s + 40.0 * turn)

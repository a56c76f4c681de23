"""The story of one turn in a few lines, shown when the mouse rests on its latency. Pure; any thread."""

from companion.engine.metrics import TurnMetrics
from companion.slow_words import slow_sentence
from companion.ui.strings import MILLISECONDS
from companion.ui.translation import tr
from companion.ui.turn_strings import AHEAD, STAGES, STUTTERED, STUTTERED_ONCE, TOKENS_A_SECOND


def turn_details(metrics: TurnMetrics) -> str:
    """Return one line per stage, times counted from the moment the key came up."""
    stages = (
        ("transcript", metrics.transcript_s),
        ("token", metrics.first_token_s),
        ("clause", metrics.first_clause_s),
        ("sound", metrics.first_sound_s),
        ("heard", metrics.release_latency_s),
    )
    lines = [_when(name, seconds) for name, seconds in stages if seconds is not None]
    if metrics.draft_used:
        lines.append(tr(AHEAD))
    if metrics.tokens_per_s is not None:
        lines.append(tr(TOKENS_A_SECOND, count=f"{metrics.tokens_per_s:.0f}"))
    if metrics.underruns:
        lines.append(tr(STUTTERED_ONCE if metrics.underruns == 1 else STUTTERED, count=metrics.underruns))
    if sentence := slow_sentence(metrics, tr):
        lines.append(sentence)
    return "\n".join(lines)


def _when(stage: str, seconds: float) -> str:
    """Return a time against the key release: work done before it is the point of the design."""
    before, after = STAGES[stage]
    latency = tr(MILLISECONDS, count=f"{abs(seconds) * 1000:.0f}")
    return tr(before if seconds < 0 else after, latency=latency)

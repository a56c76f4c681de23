"""The story of one turn in a few lines, shown when the mouse rests on its latency. Pure; any thread."""

from companion.engine.metrics import TurnMetrics
from companion.slow_words import slow_sentence


def turn_details(metrics: TurnMetrics) -> str:
    """Return one line per stage, times counted from the moment the key came up."""
    stages = (
        ("Words known", metrics.transcript_s),
        ("First word of the answer", metrics.first_token_s),
        ("First clause", metrics.first_clause_s),
        ("Its sound ready", metrics.first_sound_s),
        ("Heard", metrics.release_latency_s),
    )
    lines = [f"{name}: {_when(seconds)}" for name, seconds in stages if seconds is not None]
    if metrics.draft_used:
        lines.append("Prepared while you were still speaking")
    if metrics.tokens_per_s is not None:
        lines.append(f"{metrics.tokens_per_s:.0f} tokens a second")
    if metrics.underruns:
        lines.append(f"The sound stuttered {metrics.underruns} times")
    if sentence := slow_sentence(metrics):
        lines.append(sentence)
    return "\n".join(lines)


def _when(seconds: float) -> str:
    """Return a time against the key release: work done before it is the point of the design."""
    return f"{-seconds * 1000:.0f} ms before you let go" if seconds < 0 else f"{seconds * 1000:.0f} ms after you let go"

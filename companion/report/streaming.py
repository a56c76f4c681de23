"""Streaming: does it speak while it still writes, does the voice ever run dry, was anything refused. Pure."""

from companion.report.aspects import Aspect
from companion.report.figures import Figure, Goal, share, show
from companion.report.run import Run, SpokenTurn
from companion.spread import spread

VOICE_FIRST = 0.9
"""Of the replies of more than one clause; a fast card can write the second while the first is taken up."""

WRITING_LEAD = 1.5
"""Writing so many times as fast as speaking leaves room for a busy moment."""

LONGEST_PAUSE_S = 1.0
"""People begin to repair a silence inside a turn at about one second.

Source: Jefferson, "Preliminary notes on a possible metric which provides for a 'standard maximum' silence of
    approximately one second in conversation", 1989.
"""


def streaming(run: Run) -> Aspect:
    """Judge whether a reply flows."""
    turns = run.answered
    written = [turn.writing_s for turn in turns if turn.writing_s is not None]
    after = spread(value for value in written if value > 0)
    tokens = spread(metrics.tokens_per_s for metrics in run.metrics)
    leads = spread(map(_lead, turns))
    dry = sum(metrics.underruns for metrics in run.metrics) if turns else None
    pauses = [pause for turn in turns for pause in turn.pauses_s]
    listened = any(turn.speech_s is not None for turn in turns)
    return Aspect(
        title="Streaming",
        meaning=_meaning(after.p50 if after else None, leads.p50 if leads else None, dry),
        headline="streaming.tokens",
        replaced='streaming refused with "rate limit exceeded"',
        figures=(
            Figure(
                key="streaming.voice-first",
                name="replies whose voice did not wait for the last word",
                value=share(begun for begun in map(_voice_first, turns) if begun is not None),
                unit="share",
                means="The first clause was made while the next was written; replies of one clause do not count.",
                goal=Goal(at_least=VOICE_FIRST),
                better="more",
            ),
            Figure(
                key="streaming.sound-first",
                name="replies that sounded before they were written",
                value=share(value > 0 for value in written),
                unit="share",
                means="The others were complete by then: short, or drafted well ahead.",
                better="",
            ),
            Figure(
                key="streaming.writing",
                name="first sound to the end of writing, median",
                value=after.p50 if after else None,
                unit="ms",
                means="What is still written while the voice speaks already.",
                better="",
            ),
            Figure(
                key="streaming.tokens",
                name="writing, median",
                value=tokens.p50 if tokens else None,
                unit="tokens/s",
                means="How fast the language model writes.",
                better="more",
            ),
            Figure(
                key="streaming.lead",
                name="writing against speaking, median",
                value=leads.p50 if leads else None,
                unit="times",
                means="Above 1 the voice always has something to say.",
                goal=Goal(at_least=WRITING_LEAD),
                better="more",
            ),
            Figure(
                key="streaming.underruns",
                name="times the voice ran dry",
                value=dry,
                unit="count",
                means="In mid-reply there was nothing to play: it stuttered.",
                goal=Goal(at_most=0),
                essential=True,
            ),
            Figure(
                key="streaming.xruns",
                name="times the sound device ran dry",
                value=sum(metrics.xruns for metrics in run.metrics) if turns else None,
                unit="count",
                means="There was sound, but the device was served too late: it may have clicked.",
                goal=Goal(at_most=0),
            ),
            Figure(
                key="streaming.pause",
                name="longest pause inside a reply",
                value=max(pauses, default=0.0) if listened else None,
                unit="ms",
                means="From the sound as it went to the device: between clauses, or where it ran dry.",
                goal=Goal(under=LONGEST_PAUSE_S),
            ),
            Figure(
                key="streaming.refused",
                name="turns refused",
                value=sum(not turn.answered for turn in run.turns),
                unit="count",
                means="No answer, for whatever reason; there is no rate limit.",
                goal=Goal(at_most=0),
                essential=True,
            ),
        ),
    )


def _voice_first(turn: SpokenTurn) -> bool | None:
    """Whether the voice began before the last word was written; None for a reply of one clause."""
    spans = turn.metrics.spans if turn.metrics else ()
    clauses = [span.begin_s for span in spans if span.kind == "clause" and not span.dropped]
    written = [span.end_s for span in spans if span.kind == "reply" and not span.dropped]
    if not clauses or not written:
        return None if turn.writing_s is None else turn.writing_s > 0
    return None if len(clauses) == 1 else min(clauses) < max(written)


def _lead(turn: SpokenTurn) -> float | None:
    """Return how many times as fast as it was spoken a reply was written."""
    metrics = turn.metrics
    if metrics is None or not metrics.tokens_per_s or not metrics.reply_tokens or not turn.speech_s:
        return None
    return metrics.tokens_per_s * turn.speech_s / metrics.reply_tokens


def _meaning(after_s: float | None, lead: float | None, dry: int | None) -> str:
    if dry is None:
        return "No answer was heard."
    head = "The reply is written before it sounds"
    if after_s is not None:
        head = f"The reply sounds {show(after_s, 's' if after_s >= 1 else 'ms')} before it is written to its end"
    pace = "" if lead is None else f", is written {lead:.0f} times as fast as it is spoken"
    stutter = "never ran dry" if not dry else "ran dry once" if dry == 1 else f"ran dry {dry} times"
    return f"{head}{pace}, and the voice {stutter}."

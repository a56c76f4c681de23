"""Why an answer was slow, in a sentence for people: the window shows it, the latency report prints it. Any thread."""

from collections.abc import Callable

from companion.engine.metrics import TurnMetrics
from companion.engine.slowness import SlowCause, slow_reason

BECAUSE = {
    SlowCause.RELEASED_EARLY: (
        "The answer was slow because "
        "you let go as your last word ended, before anything could be prepared (about {cost} ms)."
    ),
    SlowCause.LATE_WORDS: (
        "The answer was slow because more words came after you let go, and it had to begin again (about {cost} ms)."
    ),
    SlowCause.DRAFT_LATE: "The answer was slow because the work on it began late (about {cost} ms).",
    SlowCause.EARLIER_WORK: (
        "The answer was slow because work on what you had said before was not finished yet (about {cost} ms)."
    ),
    SlowCause.TRANSCRIPT_RETRIED: (
        "The answer was slow because "
        "your words were hard to make out and had to be listened to twice (about {cost} ms)."
    ),
    SlowCause.TRANSCRIPT_SLOW: "The answer was slow because recognising your words took long (about {cost} ms).",
    SlowCause.PROMPT_COLD: (
        "The answer was slow because the language model had to read much of the conversation again (about {cost} ms)."
    ),
    SlowCause.MODEL_SLOW: (
        "The answer was slow because the language model took long to find its first words (about {cost} ms)."
    ),
    SlowCause.LONG_CLAUSE: (
        "The answer was slow because its first part was long, and is spoken only once it is complete (about {cost} ms)."
    ),
    SlowCause.VOICE_SLOW: "The answer was slow because making the sound of the voice took long (about {cost} ms).",
    SlowCause.PLAYBACK_LATE: (
        "The answer was slow because its sound was ready but reached the loudspeaker late (about {cost} ms)."
    ),
    SlowCause.OTHER_PROGRAMS: "The answer was slow because other programs were using the processor (about {cost} ms).",
    SlowCause.FIRST_TURN: (
        "The answer was slow because it was the first one since the program started (about {cost} ms)."
    ),
}
"""The English sentences; the window shows them in its language."""


def slow_sentence(metrics: TurnMetrics, say: Callable[..., str] = str.format) -> str:
    """Return why the turn was slow and what that cost; empty if it was not, or if nobody can tell.

    Args:
        metrics: The turn.
        say: Puts the values into the sentence; the window's own translates it, too.
    """
    reason = slow_reason(metrics)
    return "" if reason is None else say(BECAUSE[reason.cause], cost=f"{reason.cost_s * 1000:.0f}")

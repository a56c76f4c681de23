"""Why an answer was slow, in a sentence for people: the window shows it, the latency report prints it. Any thread."""

from companion.engine.metrics import TurnMetrics
from companion.engine.slowness import SlowCause, slow_reason

BECAUSE = {
    SlowCause.RELEASED_EARLY: "you let go as your last word ended, before anything could be prepared",
    SlowCause.LATE_WORDS: "more words came after you let go, and it had to begin again",
    SlowCause.DRAFT_LATE: "the work on it began late",
    SlowCause.EARLIER_WORK: "work on what you had said before was not finished yet",
    SlowCause.TRANSCRIPT_RETRIED: "your words were hard to make out and had to be listened to twice",
    SlowCause.TRANSCRIPT_SLOW: "recognising your words took long",
    SlowCause.PROMPT_COLD: "the language model had to read much of the conversation again",
    SlowCause.MODEL_SLOW: "the language model took long to find its first words",
    SlowCause.LONG_CLAUSE: "its first part was long, and is spoken only once it is complete",
    SlowCause.VOICE_SLOW: "making the sound of the voice took long",
    SlowCause.PLAYBACK_LATE: "its sound was ready but reached the loudspeaker late",
    SlowCause.OTHER_PROGRAMS: "other programs were using the processor",
    SlowCause.FIRST_TURN: "it was the first one since the program started",
}
"""The second half of "The answer was slow because ..."."""


def slow_sentence(metrics: TurnMetrics) -> str:
    """Return why the turn was slow and what that cost; empty if it was not, or if nobody can tell."""
    reason = slow_reason(metrics)
    if reason is None:
        return ""
    return f"The answer was slow because {BECAUSE[reason.cause]} (about {reason.cost_s * 1000:.0f} ms)."

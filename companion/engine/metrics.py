"""What one turn cost, stage by stage."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

SpanKind: TypeAlias = Literal["voice", "partial", "draft", "transcript", "prompt", "reply", "clause", "sound"]
"""What takes time in a turn: the user's voice, a partial transcript, a draft from its begin to its commit or drop,
the transcript a draft needs, the prompt (what is evaluated while the user speaks, then the rest up to the first
token), the reply's tokens, a clause's synthesis, and the sound of the reply at the speaker. Work of a model begins
when its worker takes it up: a hole in front of it is time it waited."""


PROMISE_S = 0.2
"""Every turn: key release to first audible sample (docs/architecture.md)."""

FAIR_S = 0.4
"""A release latency from which a turn feels slow."""

Grade: TypeAlias = Literal["good", "fair", "slow"]


def grade(latency_s: float) -> Grade:
    """Return how a release latency feels: the promise kept, a little late, or slow."""
    if latency_s < PROMISE_S:
        return "good"
    return "fair" if latency_s < FAIR_S else "slow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One bar of a turn's waterfall."""

    kind: SpanKind
    begin_s: float
    """After the key release; negative before it."""
    end_s: float
    dropped: bool = False
    """The work was for a draft that the user's next words made useless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackFigures:
    """What the sound device did during a reply; see `TurnMetrics`."""

    underruns: int = 0
    xruns: int = 0
    output_latency_s: float = 0.0


Moment: TypeAlias = Literal["released", "draft", "transcript", "first_token", "first_clause", "first_sound"]
"""What happens in a turn, in this order unless work was done ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnMetrics:
    """Times of one turn, in seconds after the key release unless said otherwise; None if the turn had no such moment.

    Work done while the key was held shows as a negative time: that is the point of it.
    """

    turn_id: int
    release_latency_s: float | None = None
    """Key release -> first audible reply sample handed to the sound device."""
    gap_s: float | None = None
    """Last voiced sample of the user -> first audible reply sample."""
    utterance_s: float = 0.0
    """Length of the captured sound."""
    draft_s: float | None = None
    """The transcript that was answered was begun: with the draft that sounded, or later if the same words were heard
    again and its reply was kept."""
    transcript_s: float | None = None
    """Final transcript ready."""
    first_token_s: float | None = None
    first_clause_s: float | None = None
    """Text of the first clause complete."""
    first_sound_s: float | None = None
    """Sound of the first clause synthesised."""
    drafts: int = 0
    """Attempts begun, the one that sounded included."""
    draft_used: bool = False
    """True if the reply that sounded was begun before the release."""
    transcript_retried: bool = False
    """True if the transcript took a second pass, on a longer window."""
    first_clause_words: int | None = None
    """Length of the first clause, as spoken."""
    prompt_tokens: int = 0
    evaluated_tokens: int = 0
    """Prompt tokens evaluated for the draft that sounded: those not already in the KV cache."""
    reply_tokens: int = 0
    tokens_per_s: float | None = None
    output_latency_s: float = 0.0
    """The device's own output latency, reported beside the release latency, not in it."""
    underruns: int = 0
    """Times the speaker had nothing to play in mid-reply: the voice came too late."""
    xruns: int = 0
    """Times the sound device ran dry in mid-reply although there was sound: its callback came too late."""
    first_of_session: bool = False
    spans: tuple[Span, ...] = ()
    """What was done when, by begin; see `SpanKind`."""
    cpu_share: float | None = None
    """Part of all cores that this process used from the begin of the draft to the first sample heard, 0 to 1."""
    other_cpu_share: float | None = None
    """Part of all cores that other programs used meanwhile, 0 to 1; None where the system does not tell."""

    def summary(self) -> str:
        """Return the figures on one line, for the log; it has no words of anybody."""
        moments = {
            "draft": self.draft_s,
            "transcript": self.transcript_s,
            "token": self.first_token_s,
            "clause": self.first_clause_s,
            "sound": self.first_sound_s,
            "heard": self.release_latency_s,
        }
        times = ", ".join(f"{name} {at_s * 1000:.0f}" for name, at_s in moments.items() if at_s is not None)
        gap = "-" if self.gap_s is None else f"{self.gap_s * 1000:.0f}"
        return (
            f"ms after the release: {times}; gap {gap}; drafts {self.drafts}{' (used)' if self.draft_used else ''}; "
            f"prompt {self.evaluated_tokens} of {self.prompt_tokens} evaluated; {self.tokens_per_s or 0:.0f} tokens/s; "
            f"underruns {self.underruns}, xruns {self.xruns}"
        )

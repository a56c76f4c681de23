"""What one turn cost, stage by stage."""

from dataclasses import dataclass


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
    transcript_s: float | None = None
    """Final transcript ready."""
    first_token_s: float | None = None
    first_clause_s: float | None = None
    """Text of the first clause complete."""
    first_sound_s: float | None = None
    """Sound of the first clause synthesised."""
    drafts: int = 0
    """Attempts begun while the key was held."""
    draft_used: bool = False
    """True if the reply that sounded was begun before the release."""
    prompt_tokens: int = 0
    evaluated_tokens: int = 0
    """Prompt tokens evaluated for the draft that sounded: those not already in the KV cache."""
    reply_tokens: int = 0
    tokens_per_s: float | None = None
    output_latency_s: float = 0.0
    """The device's own output latency, reported beside the release latency, not in it."""
    underruns: int = 0
    """Times the speaker ran dry in mid-reply."""
    first_of_session: bool = False

"""What the turn machine asks the engine to carry out; the machine itself touches nothing.

Thread: engine.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from companion.engine.errors import CompanionError
from companion.engine.events import Event, TurnCompleted, TurnEmpty, TurnFailed, TurnInterrupted
from companion.engine.messages import (
    ChatMessage,
    Clause,
    ClauseSynthesized,
    DraftId,
    GenerationStats,
    TranscriptionKind,
)
from companion.engine.metrics import Moment, TurnMetrics

Outcome: TypeAlias = Literal["completed", "interrupted", "empty", "failed"]
"""How a turn ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginCapture:
    """Listen; `resume` goes on with the utterance of the same turn."""

    turn_id: int
    resume: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginTyped:
    """A turn without sound from the user begins."""

    turn_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCapture:
    """Stop listening; the utterance so far is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcribe:
    """Transcribe the utterance as captured so far (of a long one, the part not yet settled)."""

    draft: DraftId
    kind: TranscriptionKind


@dataclass(frozen=True, slots=True)
class Unsettle:
    """A part of the utterance could not be transcribed: it and those settled after it are not settled after all."""

    parts: int = 1
    """How many that are, from the last one back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefill:
    """Bring the KV cache up to the conversation and the user's words so far."""

    draft: DraftId
    open_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TidyUp:
    """Between turns: trim a conversation that nears the context, and prime the KV cache for the next turn."""

    draft: DraftId


@dataclass(frozen=True, slots=True, kw_only=True)
class Generate:
    """Write the reply to the conversation followed by `user_text`."""

    draft: DraftId
    user_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Synthesize:
    """Speak one clause into memory."""

    draft: DraftId
    clause: Clause


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """Queue a part of the sound of a clause at the speaker."""

    sound: ClauseSynthesized


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelDraft:
    """Stop all work on a draft at its next safe point; what still arrives of it is dropped."""

    draft: DraftId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepReply:
    """The same words were heard again: the reply to the earlier draft `of` answers them, and `again` has none."""

    of: DraftId
    again: DraftId


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishTurn:
    """End the turn: silence the speaker if it was cut, record what was said and heard, publish its end."""

    turn_id: int
    outcome: Outcome
    user_text: str = ""
    reply: str = ""
    recorded: bool = False
    """True if the turn was committed: its words belong to the conversation."""
    reason: str = ""
    """Why an empty turn is empty."""
    error: CompanionError | None = None
    stats: GenerationStats | None = None
    """What the reply cost; None if it was not finished."""

    def event(self, heard: int, metrics: TurnMetrics) -> TurnCompleted | TurnInterrupted | TurnEmpty | TurnFailed:
        """Return what the window is told: the reply was heard up to offset `heard`."""
        match self.outcome:
            case "completed":
                return TurnCompleted(turn_id=self.turn_id, metrics=metrics)
            case "interrupted":
                return TurnInterrupted(turn_id=self.turn_id, heard_text=self.reply[:heard], metrics=metrics)
            case "empty":
                return TurnEmpty(turn_id=self.turn_id, reason=self.reason)
            case "failed":
                assert self.error
                return TurnFailed(turn_id=self.turn_id, error=self.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetConversation:
    """Start over with these messages."""

    messages: tuple[ChatMessage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Note a moment of the turn for its metrics."""

    moment: Moment
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """Tell the user interface."""

    event: Event


Effect: TypeAlias = (
    BeginCapture
    | BeginTyped
    | EndCapture
    | Transcribe
    | Unsettle
    | Prefill
    | TidyUp
    | Generate
    | Synthesize
    | Play
    | CancelDraft
    | KeepReply
    | FinishTurn
    | ResetConversation
    | Mark
    | Publish
)

"""Values that travel inside the engine: what the workers tell the engine thread, and what they are told to do.

Every message of a turn carries a `DraftId`. A turn may be drafted several times while the key is held (the
user pauses, then goes on): each attempt is a new revision, and whatever belongs to an older revision is dropped
on arrival, never waited for.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypeAlias

from companion.engine.errors import CompanionError
from companion.engine.samples import Float32Mono


class Role(Enum):
    """A stage that a model plays."""

    VAD = "vad"
    STT = "stt"
    LLM = "llm"
    TTS = "tts"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """One message of the conversation, as the chat template sees it."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class DraftId:
    """One attempt at one turn; ordered in time."""

    turn: int
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a model really runs."""

    device: str
    """"cpu", or the GPU's name."""
    layers_on_gpu: int = 0
    layers: int = 0
    threads: int = 1
    memory_bytes: int = 0
    """Size of the weights."""
    note: str = ""
    """A sentence worth telling the user, e.g. why the GPU is not used and the command that fixes it; or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The words of one stretch of speech."""

    text: str
    """Empty if nothing was said (silence, noise)."""
    language: str = "en"
    no_speech_prob: float = 0.0
    avg_logprob: float = 0.0
    retried: bool = False
    """True if a repetition loop or a poor score made a second pass on a longer window necessary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A piece of the reply that is spoken in one go."""

    index: int
    """0 for the first clause of the reply."""
    speech: str
    """What the voice says: cleaned of Markdown, emoji and code. May be empty (nothing to say)."""
    start: int
    """Offset of the clause's first character in the reply's text."""
    end: int
    """Offset just behind its last character."""
    text: str = ""
    """The clause as written: the reply from `start` to `end`; maps the sound's progress back to whole words."""
    behind: str = ""
    """What was said right before in the same breath, if this clause goes on with it (ADR 0121)."""
    ahead: str = ""
    """What is known to follow in the same breath; the next clause says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationStats:
    """What one reply cost the language model."""

    prompt_tokens: int
    """Length of the prompt."""
    evaluated_tokens: int
    """Prompt tokens that had to be evaluated: not found in the KV cache."""
    reply_tokens: int
    prefill_s: float
    decode_s: float


TranscriptionKind: TypeAlias = Literal["partial", "settled", "final"]
"""partial: may change; settled: the past part of a long utterance, done once; final: the rest of the utterance."""

FinishReason: TypeAlias = Literal["stop", "length", "cancelled"]


# -- workers -> engine


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLoaded:
    """A worker loaded and warmed its model."""

    role: Role
    seconds: float
    placement: Placement


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLoadFailed:
    """A worker could not load its model and has ended."""

    role: Role
    error: CompanionError


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcribed:
    """A transcription finished."""

    draft: DraftId
    kind: TranscriptionKind
    transcript: Transcript
    at_s: float
    begun_s: float | None = None
    """When the worker took the job up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenGenerated:
    """The language model wrote a piece of text (whole characters; one or more tokens)."""

    draft: DraftId
    text: str
    at_s: float
    begun_s: float | None = None
    """When the worker took the job up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationFinished:
    """The language model wrote its last token."""

    draft: DraftId
    reason: FinishReason
    stats: GenerationStats
    at_s: float
    begun_s: float | None = None
    """When the worker took the job up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefilled:
    """The KV cache holds the given prefix; `evaluated_tokens` of it were new."""

    draft: DraftId
    evaluated_tokens: int
    at_s: float
    begun_s: float | None = None
    """When the worker took the job up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationTrimmed:
    """The conversation neared the context limit: `after` is what is left of it."""

    before: tuple[ChatMessage, ...]
    after: tuple[ChatMessage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseSynthesized:
    """The next part of the sound of one clause; a clause's parts come in order, before any of the next clause."""

    draft: DraftId
    clause: Clause
    samples: Float32Mono
    """May be empty: the end of a clause, or the whole of one with nothing to say."""
    rate_hz: int
    at_s: float
    begun_s: float | None = None
    """When the worker took the job up."""
    last: bool = True
    """Whether this ends the clause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFailed:
    """A job raised; the worker goes on with the next one."""

    draft: DraftId
    role: Role
    error: CompanionError
    kind: TranscriptionKind | None = None
    """What was to be transcribed; None for other jobs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleWritten:
    """The language model named a conversation; `title` is empty if what it wrote is not worth showing."""

    draft: DraftId
    id: int
    title: str


WorkerMessage: TypeAlias = (
    ModelLoaded
    | ModelLoadFailed
    | Transcribed
    | TokenGenerated
    | GenerationFinished
    | Prefilled
    | ConversationTrimmed
    | ClauseSynthesized
    | JobFailed
    | TitleWritten
)

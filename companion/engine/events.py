"""What the engine tells the user interface: frozen, typed, past tense.

Thread: made on the engine thread, passed to the `on_event` callback there; the callback must not block.
A turn ends with exactly one of `TurnCompleted`, `TurnInterrupted`, `TurnEmpty` and `TurnFailed`.
"""

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from companion.engine.errors import CompanionError
from companion.engine.messages import FinishReason, Placement, Role
from companion.engine.metrics import TurnMetrics


class EngineState(Enum):
    """What the engine is doing, as a person would say it."""

    INITIALIZING = "initializing"
    IDLE = "idle"
    LISTENING = "listening"
    TRANSCRIBING = "transcribing"
    THINKING = "thinking"
    SPEAKING = "speaking"
    CLOSED = "closed"

    @property
    def in_turn(self) -> bool:
        """Whether a turn is under way."""
        return self not in (EngineState.INITIALIZING, EngineState.IDLE, EngineState.CLOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineStateChanged:
    """The state changed."""

    old: EngineState
    new: EngineState
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLoadStarted:
    """A model began to load."""

    role: Role
    name: str
    """File name of the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLoadFinished:
    """A model is loaded and warm."""

    role: Role
    seconds: float
    placement: Placement


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineReady:
    """Everything is loaded, warmed and open: the next turn is as fast as any."""

    seconds: float
    """Since `Engine.start`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFailed:
    """A part needed for any turn could not be loaded; the engine answers nothing until restarted."""

    role: Role
    error: CompanionError


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineClosed:
    """The engine thread has ended; the last event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioDeviceChanged:
    """A device was opened, or lost and replaced. `name` is None if there is none."""

    kind: str
    """"microphone" or "speaker"."""
    name: str | None
    rate_hz: int = 0
    latency_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MicrophoneMuted:
    """The user muted the microphone: it is closed, nothing is captured. Or it may be opened again."""

    on: bool
    """Whether it is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemReported:
    """Something needs the user's attention but the engine goes on; shown as a banner."""

    error: CompanionError


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemResolved:
    """The problem with this code is over; its banner goes."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnStarted:
    """The user began a turn, by key or by text."""

    turn_id: int
    at_s: float
    typed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InputLevelChanged:
    """The level at the microphone while listening, about 30 times a second."""

    turn_id: int
    dbfs: float
    voice: bool
    """True while the VAD hears speech."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MicrophoneLevel:
    """The level at the microphone between turns, about 30 times a second while `MonitorMicrophone` is on."""

    dbfs: float
    voice: bool
    """True while speech is heard: by the VAD, or by its loudness as long as there is no VAD."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MicrophoneWords:
    """What was said to a monitored microphone; `text` replaces the one before unless that was final."""

    text: str
    final: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptPartial:
    """The words so far; `text` replaces any earlier partial of the turn, and may still change."""

    turn_id: int
    text: str
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptFinal:
    """The words of the user's turn; also sent for a typed turn."""

    turn_id: int
    text: str
    language: str
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyToken:
    """The reply grew by `text`."""

    turn_id: int
    text: str
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyFinished:
    """The reply's text is complete; it may still be sounding."""

    turn_id: int
    text: str
    reason: FinishReason
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackStarted:
    """The first audible sample of the reply was handed to the sound device."""

    turn_id: int
    at_s: float
    release_latency_s: float | None
    """None for a typed turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackAdvanced:
    """The voice has spoken the reply's text up to offset `heard`; for captions in step with the sound."""

    turn_id: int
    heard: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnCompleted:
    """The reply was spoken to its end."""

    turn_id: int
    metrics: TurnMetrics


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnInterrupted:
    """The user cut the reply; the conversation keeps `heard_text` of it."""

    turn_id: int
    heard_text: str
    metrics: TurnMetrics


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnEmpty:
    """Nothing was said, or it was not to be answered. Nothing is kept."""

    turn_id: int
    reason: str
    """"tap": the key was pressed too briefly. "silence": no voice was heard. "no-sound": what came from the microphone
    was zero all along. "not-ready": nothing came from it yet. "no-words": none were made out. "dropped": a typed
    message, Stop, a new conversation, sleep, a change of models or the end came before the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnFailed:
    """The turn ended by an error; the engine goes on."""

    turn_id: int
    error: CompanionError


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStarted:
    """The first audible sample of a speech outside of a turn was handed to the sound device."""

    id: int
    """Of `Speak`; `-turn_id` for `ReplayWords`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechAdvanced:
    """The voice has spoken the text up to offset `heard`."""

    id: int
    heard: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechEnded:
    """A speech outside of a turn is over: said to its end, stopped, or failed with `error`."""

    id: int
    error: CompanionError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleMade:
    """The language model named a conversation."""

    id: int
    """Of `MakeTitle`."""
    title: str


Event: TypeAlias = (
    EngineStateChanged
    | ModelLoadStarted
    | ModelLoadFinished
    | EngineReady
    | EngineFailed
    | EngineClosed
    | AudioDeviceChanged
    | MicrophoneMuted
    | ProblemReported
    | ProblemResolved
    | TurnStarted
    | InputLevelChanged
    | TranscriptPartial
    | TranscriptFinal
    | ReplyToken
    | ReplyFinished
    | PlaybackStarted
    | PlaybackAdvanced
    | TurnCompleted
    | TurnInterrupted
    | TurnEmpty
    | TurnFailed
    | SpeechStarted
    | SpeechAdvanced
    | SpeechEnded
    | MicrophoneLevel
    | MicrophoneWords
    | TitleMade
)

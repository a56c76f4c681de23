"""What the engine thread itself tells the turn machine: voice, playback, devices and time.

Thread: engine.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from companion.engine.commands import NewConversation, PressToTalk, ReleaseToTalk, SendText, StopSpeaking
from companion.engine.errors import CompanionError
from companion.engine.messages import (
    ClauseSynthesized,
    GenerationFinished,
    JobFailed,
    TokenGenerated,
    Transcribed,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceHeard:
    """News from voice detection: the voice started, paused, or goes on as before (`kind` None)."""

    kind: Literal["started", "paused"] | None
    voiced_s: float
    """Voice heard in this turn so far."""
    silence_s: float
    """Time since the last voiced sample."""
    settle: bool = False
    """True if the utterance grew so long that its past should be transcribed for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackDrained:
    """Everything handed to the speaker was played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackHeard:
    """The first audible sample of the turn was handed to the device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureLost:
    """The microphone went away in mid-turn, or was not there to begin with."""

    error: CompanionError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Time passed."""

    ahead_s: float = 0.0
    """Sound ready ahead of the speaker."""


TurnCommand: TypeAlias = PressToTalk | ReleaseToTalk | SendText | StopSpeaking | NewConversation

SoundSignal: TypeAlias = VoiceHeard | CaptureLost | PlaybackHeard | PlaybackDrained

StageMessage: TypeAlias = Transcribed | TokenGenerated | GenerationFinished | ClauseSynthesized | JobFailed

TurnMessage: TypeAlias = TurnCommand | SoundSignal | Tick | StageMessage

"""What the user interface asks of the engine: frozen, typed, imperative; handled on the engine thread."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from companion.engine.config import EngineConfig
from companion.engine.messages import ChatMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class PressToTalk:
    """The talk key went down: stop any reply and listen."""

    at_s: float
    """Monotonic time of the key event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseToTalk:
    """The talk key came up: the turn is the user's last word on it."""

    at_s: float
    """Monotonic time of the key event; release latency counts from here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendText:
    """A typed message, answered like a spoken one."""

    text: str
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StopSpeaking:
    """Stop the reply; keep what was heard of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speak:
    """Say a text outside of any turn; nothing of it is remembered. It ends in `SpeechEnded`.

    A reply that is sounding stops for it. `StopSpeaking`, the talk key and whatever else begins a turn or changes
    the devices end it. While the user speaks or waits for an answer it is refused ("speech-busy").
    """

    text: str
    id: int
    """Chosen by the sender, not negative; comes back in the events."""
    voice_file: Path | None = None
    """Another Piper voice, loaded for this speech only; None for the one in use."""
    rate: float | None = None
    """Speed of this speech, as `TtsConfig.rate`; None for the one in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayWords:
    """Play what the user said in a turn, as recorded; like `Speak`, with the id `-turn_id`.

    The last 20 turns are kept, in memory only; of an earlier one it ends at once ("words-gone").
    """

    turn_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorMicrophone:
    """Report the microphone's level between turns, as `MicrophoneLevel`; what is heard is kept nowhere.

    It ends with `on=False`, when a turn begins, and by itself when it was not asked for again for
    `companion.engine.monitor.MONITOR_S`. During a turn it does nothing.
    """

    on: bool
    words: bool = False
    """Also transcribe what is said, as `MicrophoneWords`, once speech to text is loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeTitle:
    """Name a conversation, if nothing else is to be done: `TitleMade` follows if a good title comes of it.

    Not during a turn, nor with a model too small for it. A press, or anything else that is asked for, ends it.
    """

    id: int
    """Chosen by the sender; comes back in the event."""
    messages: tuple[ChatMessage, ...]
    """The conversation; its beginning is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConversation:
    """Forget the conversation; `messages` (user and assistant turns) continue an earlier one."""

    messages: tuple[ChatMessage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyConfig:
    """Use another configuration from the next turn on.

    At once: the volume; other devices, which cut off what sounds; and other models, which end the turn.
    """

    config: EngineConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenAudio:
    """Look for audio devices again and open those configured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wake:
    """The machine slept: end the turn, open the devices again and prepare the next turn. The conversation stays.

    The engine notices sleep by itself; this is for whoever knows it sooner.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteMicrophone:
    """Close the microphone and keep it closed, or open it again; what was being said is dropped.

    Taken at any time, also while models load; `MicrophoneMuted` follows when it is done.
    """

    on: bool
    """Whether it is to be closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shutdown:
    """Stop everything and end the engine thread."""


Command: TypeAlias = (
    PressToTalk
    | ReleaseToTalk
    | SendText
    | StopSpeaking
    | Speak
    | ReplayWords
    | MonitorMicrophone
    | MakeTitle
    | NewConversation
    | ApplyConfig
    | ReopenAudio
    | Wake
    | MuteMicrophone
    | Shutdown
)

"""The sentences and words of the window, and what puts values into them. Any thread; no state.

The constants are the English sources: whoever shows one does so through `tr`. What the functions return is in the
window's language already. `companion.ui.turn_strings` has the sentences about how a turn went.
"""

from collections.abc import Sequence

from PySide6.QtCore import QLocale

from companion.engine.errors import (
    AudioDeviceError,
    CompanionError,
    GenerationError,
    ModelLoadError,
    ModelMissingError,
    SynthesisError,
    TranscriptionError,
)
from companion.engine.events import EngineState
from companion.engine.messages import Placement, Role
from companion.engine.metrics import SpanKind
from companion.invocation import spelled_out
from companion.ui.known_sentences import known_sentence
from companion.ui.translation import tr

APP_NAME = "Companion"
YOU = "You"

STATE_WORDS = {
    EngineState.INITIALIZING: "Getting ready…",
    EngineState.IDLE: "Ready",
    EngineState.LISTENING: "Listening…",
    EngineState.TRANSCRIBING: "Thinking…",
    EngineState.THINKING: "Thinking…",
    EngineState.SPEAKING: "Speaking",
    EngineState.CLOSED: "Closed",
}
FAILED_WORDS = "Not ready"

ROLE_WORDS = {
    Role.VAD: "voice detection",
    Role.STT: "speech recognition",
    Role.LLM: "the language model",
    Role.TTS: "the voice",
}

DEVICE_WORDS = ("microphone", "speaker", "loudspeaker")
"""What the engine calls a sound device inside its sentences."""

OFFLINE = "Offline"
OFFLINE_WHY = "Everything runs on this computer. Nothing you say or type leaves it."

EMPTY_TITLE = "What is on your mind?"
EMPTY_BODY = "Your words and the answers stay on this computer."

LOADING_HINT = "You can talk as soon as everything is loaded."
FAILED_HINT = "Talking is off until the problem above is solved."
CLOSED_HINT = "Closing."
LISTENING_HINT = "Let go when you are done."
THINKING_HINT = "One moment."
SPEAKING_HINT = "Press Escape to stop, or hold to speak again."
HEARD_NOTHING = "I heard nothing. Hold while you speak, then let go."
NO_WORDS = "I could not make out any words. Try again a little louder or closer."
QUESTION_DROPPED = "That question was dropped before the answer. Ask it again if you like."
NOT_READY = "I was not ready yet and did not hear that. Please say it again."
NO_SOUND = "No sound at all comes from the microphone. Is it muted, or switched off in the sound settings?"
MICROPHONE_NOT_READY = "The microphone was still starting. Say that again, please."
EMPTY_TURNS = {
    "silence": HEARD_NOTHING,
    "no-sound": NO_SOUND,
    "not-ready": MICROPHONE_NOT_READY,
    "no-words": NO_WORDS,
    "dropped": QUESTION_DROPPED,
}
"""What is said of a turn without an answer, by its reason."""

PLACEHOLDER = "Or type a message"
STOPPED_HERE = "stopped"
LENGTH_REACHED = "cut at its longest"

TRY_AGAIN = "Try again"
DISMISS = "Dismiss"
NEW_CONVERSATION = "New conversation"
COPY = "Copy"
COPY_ALL = "Copy conversation"
SELECT_ALL = "Select all"
CONVERSATION = "Conversation"
CONVERSATION_POSITION = "Position in the conversation"
JUMP_TO_LATEST = "Jump to the latest message"
SEND = "Send"
MENU = "Menu"
WRITE_INSTEAD = "Write a message"
STOP_SPEAKING = "Stop speaking"

TALK_NAME = "Hold to talk"
TALK_DESCRIPTION = "Hold this button, or Space while it has the focus, speak, and let go. The answer follows at once."

NOTHING, MINUS = "\u2013", "\u2212"
"""An en dash where there is no figure, and the sign of figures under zero."""
GRADE_WORDS = {"good": "in time", "fair": "a little late", "slow": "late"}

WATERFALL = "How this answer was made"
WATERFALL_OPEN = "Click to see how this answer was made."
WATERFALL_HINT = "Point at a bar, or walk through the rows with the arrow keys."
WATERFALL_WHOLE = "Whole turn"
WATERFALL_WHOLE_WHY = "From your first word to the end of the answer"
WATERFALL_EMPTY = "Nothing was recorded of this turn but its figures."
LET_GO = "you let go"
NO_LATENCY = "No latency: the message was typed, or the answer was stopped before it sounded"
DROPPED = "dropped: you went on speaking"
LANE_WORDS: dict[SpanKind, str] = {
    "voice": "Your voice",
    "partial": "Partial transcripts",
    "draft": "Drafts",
    "transcript": "Final transcript",
    "prompt": "Prompt",
    "reply": "Words",
    "clause": "Voice synthesis",
    "sound": "Sound",
}
TURN_FACTS = {
    "ahead": "Begun before you let go",
    "gap": "From the end of your voice",
    "drafts": "Drafts",
    "prompt": "Prompt tokens evaluated",
    "speed": "Tokens a second",
    "cpu": "CPU, Companion",
    "others": "CPU, other programs",
    "device": "Sound device, on top",
    "stutters": "Stutters",
}
"""What the figures below the picture of a turn are called."""

STATISTICS = "Statistics"
STATISTICS_EMPTY_TITLE = "No answers yet"
STATISTICS_EMPTY_BODY = "Hold to talk, ask something, and the first figure appears here."
STATISTICS_CHART = "Time from letting go to the first sound"
STATISTICS_TABLE = "Figures; choose a row to see its turns"
STATISTICS_HINT = "Point at a turn, or walk through them with the arrow keys."
STATISTICS_UNSAVED = "These figures could not be saved."
SESSION_TURNS, LAST_TURNS, ALL_TURNS = "Since the start", "Last 100", "All"
STATISTICS_COLUMNS = ("Turns", "Number", "Mean", "p50", "p95", "Fastest", "Slowest", "Under 200 ms")
FIRST_OF_SESSION = "first after a start"
EXPORT = "Export…"
EXPORT_WHY = "Every turn with its figures, as a table or as JSON; no words of anybody"
EXPORT_TABLE, EXPORT_JSON = "Table (*.csv)", "JSON (*.json)"
EXPORT_FAILED = "The file could not be written."
CHOOSE_ELSEWHERE = "{reason}. Choose another folder."
CLEAR = "Clear…"
CLEAR_TITLE = "Forget all figures?"
CLEAR_BODY = "The latencies of all turns, the earliest included, are deleted. Conversations are not touched."
CLEAR_CONFIRM = "Delete"

TALK_STATES = {
    "loading": "Hold to talk, not ready yet",
    "unavailable": "Hold to talk, not available",
    "muted": "Hold to talk, microphone muted",
    "idle": "Hold to talk, ready",
    "listening": "Hold to talk, listening",
    "thinking": "Hold to talk, thinking",
    "speaking": "Hold to talk, speaking",
}
"""What the talk button is called in each of its states."""

TALK_HINT = "Hold this button, speak, let go"
TALK_HINT_KEY = "Hold {key} or this button, speak, let go"
LOADING = "Loading…"
LOADING_PARTS = "Loading {parts}…"
LISTED = "{parts}, {part}"
LISTED_LAST = "{parts} and {part}"
PLACEMENT = "{model} · {device}"
PLACEMENT_PARTLY = "{model} · {device}, {count} of {all} layers"
CPU = "CPU"
MILLISECONDS = "{count} ms"
SECONDS = "{count} s"
PER_CENT = "{count} %"

CLOSE = "Close"
CANCEL = "Cancel"
COPY_AS_TEXT = "Copy as text"
SOMETHING_WRONG = ("Something went wrong.", "Try again; if it stays, run “companion doctor”.")

_FALLBACKS: dict[type[CompanionError], tuple[str, str]] = {
    AudioDeviceError: (
        "The microphone or the speaker does not answer.",
        "Check that it is plugged in, then try again.",
    ),
    ModelMissingError: ("A model file is missing.", "Run “companion models pull starter”, then start again."),
    ModelLoadError: ("A model could not be loaded.", "Run “companion doctor” to see why."),
    TranscriptionError: ("I could not turn that into words.", "Say it once more."),
    GenerationError: ("I could not find an answer.", "Ask once more."),
    SynthesisError: ("I could not say that aloud.", "The words are on the screen."),
}


def talk_hint(hotkey: str | None) -> str:
    """Return the sentence under the talk button; `hotkey` is its name as printed on the keys, None if there is none."""
    return tr(TALK_HINT_KEY, key=hotkey) if hotkey else tr(TALK_HINT)


def error_sentences(error: CompanionError) -> tuple[str, str]:
    """Return (what happened, what to do next), with a fallback where the error brings no words."""
    fallback = next((_FALLBACKS[kind] for kind in type(error).__mro__ if kind in _FALLBACKS), SOMETHING_WRONG)
    message, hint = (
        known_sentence(own or general) for own, general in zip((error.message, error.hint), fallback, strict=True)
    )
    return spelled_out(message), spelled_out(hint)


def listed(parts: Sequence[str]) -> str:
    """Return words as a list in a sentence, e.g. "one, two and three"; they are in the window's language already."""
    words = parts[0] if parts else ""
    for part in parts[1:-1]:
        words = tr(LISTED, parts=words, part=part)
    return tr(LISTED_LAST, parts=words, part=parts[-1]) if len(parts) > 1 else words


def loading_words(parts: Sequence[Role]) -> str:
    """Return the line naming the parts that still load, e.g. "Loading the voice…"."""
    return tr(LOADING_PARTS, parts=listed([tr(ROLE_WORDS[part]) for part in parts])) if parts else tr(LOADING)


def placement_words(name: str, placement: Placement) -> str:
    """Return where the language model runs, e.g. "SmolLM2-135M-Instruct · CPU"."""
    model = name.removesuffix(".gguf")
    device = tr(CPU) if placement.device == "cpu" else placement.device
    if placement.device != "cpu" and placement.layers and placement.layers_on_gpu < placement.layers:
        count, of = placement.layers_on_gpu, placement.layers
        return tr(PLACEMENT_PARTLY, model=model, device=device, count=count, all=of)
    return tr(PLACEMENT, model=model, device=device)


def latency_words(latency_s: float) -> str:
    """Return a latency as shown beside a reply: "142 ms" below one second, "1.4 s" above."""
    if latency_s < 0.9995:
        return tr(MILLISECONDS, count=f"{latency_s * 1000:.0f}")
    return tr(SECONDS, count=QLocale().toString(latency_s, "f", 1))


def share_words(share: float) -> str:
    """Return a share of 0 to 1 in per cent; a share that is not quite all is never rounded to all."""
    return tr(PER_CENT, count=f"{min(share * 100, 99.0) if share < 1 else 100:.0f}")

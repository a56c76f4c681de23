"""Every sentence and word the window shows that does not come from the engine. Any thread; no state."""

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
COPY_AS_TEXT = "Copy as text"
CLOSE = "Close"
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
SESSION_TURNS, LAST_TURNS, ALL_TURNS = "This session", "Last 100", "All"
STATISTICS_COLUMNS = ("Turns", "Number", "Mean", "p50", "p95", "Fastest", "Slowest", "Under 200 ms")
FIRST_OF_SESSION = "first of a session"
EXPORT = "Export…"
EXPORT_WHY = "Every turn with its figures, as a table or as JSON; no words of anybody"
EXPORT_NAME = "companion-latency"
EXPORT_TABLE, EXPORT_JSON = "Table (*.csv)", "JSON (*.json)"
EXPORT_FAILED = "The file could not be written."
CHOOSE_ELSEWHERE = "Choose another folder."
CLEAR = "Clear…"
CLEAR_TITLE = "Forget all figures?"
CLEAR_BODY = "The latencies of this and all earlier sessions are deleted. Conversations are not touched."
CLEAR_CONFIRM = "Delete"
CANCEL = "Cancel"

FACE_WORDS = {
    "loading": "not ready yet",
    "unavailable": "not available",
    "muted": "microphone muted",
    "idle": "ready",
    "listening": "listening",
    "thinking": "thinking",
    "speaking": "speaking",
}

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
    return f"Hold {hotkey} or this button, speak, let go" if hotkey else "Hold this button, speak, let go"


def error_sentences(error: CompanionError) -> tuple[str, str]:
    """Return (what happened, what to do next), with a fallback where the error brings no words."""
    for kind in type(error).__mro__:
        if kind in _FALLBACKS:
            message, hint = _FALLBACKS[kind]
            break
    else:
        message, hint = "Something went wrong.", "Try again; if it stays, run “companion doctor”."
    return spelled_out(error.message or message), spelled_out(error.hint or hint)


def loading_words(parts: list[Role]) -> str:
    """Return the line naming the parts that still load, e.g. "Loading the voice"."""
    names = [ROLE_WORDS[part] for part in parts]
    if not names:
        return "Loading…"
    return "Loading " + (names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1])


def placement_words(name: str, placement: Placement) -> str:
    """Return where the language model runs, e.g. "SmolLM2-135M-Instruct · CPU"."""
    model = name.removesuffix(".gguf")
    if placement.device == "cpu":
        return f"{model} · CPU"
    share = ""
    if placement.layers and placement.layers_on_gpu < placement.layers:
        share = f", {placement.layers_on_gpu} of {placement.layers} layers"
    return f"{model} · {placement.device}{share}"


def latency_words(latency_s: float) -> str:
    """Return a latency as shown beside a reply: "142 ms" below one second, "1.4 s" above."""
    return f"{latency_s * 1000:.0f} ms" if latency_s < 0.9995 else f"{latency_s:.1f} s"


def share_words(share: float) -> str:
    """Return a share of 0 to 1 in per cent; a share that is not quite all is never rounded to all."""
    return f"{min(share * 100, 99.0) if share < 1 else 100:.0f} %"

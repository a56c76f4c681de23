"""What the window, the tray and the orb show of the engine's state: a face, a glyph, a colour and words. GUI thread."""

from dataclasses import dataclass

from companion.engine.events import EngineState
from companion.ui import desktop_strings, strings
from companion.ui.icons import Glyph
from companion.ui.talk_face import Face
from companion.ui.translation import tr

MUTE_KEYS = "Ctrl+M"


@dataclass(frozen=True, slots=True, kw_only=True)
class StateLook:
    """One state as it is shown."""

    face: Face
    glyph: Glyph
    color: str
    """Name of one of the theme's colours."""
    words: str


_FACES = {
    EngineState.INITIALIZING: (Face.LOADING, Glyph.RING, "text_secondary"),
    EngineState.IDLE: (Face.IDLE, Glyph.DISC, "good"),
    EngineState.LISTENING: (Face.LISTENING, Glyph.MICROPHONE, "listening"),
    EngineState.TRANSCRIBING: (Face.THINKING, Glyph.DOTS, "accent"),
    EngineState.THINKING: (Face.THINKING, Glyph.DOTS, "accent"),
    EngineState.SPEAKING: (Face.SPEAKING, Glyph.SOUND, "speaking"),
    EngineState.CLOSED: (Face.UNAVAILABLE, Glyph.RING, "text_secondary"),
}


def state_look(state: EngineState, *, failed: bool, muted: bool) -> StateLook:
    """Return how a state is shown.

    Args:
        state: What the engine does.
        failed: A part that every turn needs could not be loaded.
        muted: The microphone is closed by the user's wish.
    """
    face, glyph, color = _FACES[state]
    words = tr(strings.STATE_WORDS[state])
    if failed and state is not EngineState.CLOSED:
        face, glyph, color, words = Face.UNAVAILABLE, Glyph.WARNING, "slow", tr(strings.FAILED_WORDS)
    elif muted and state is EngineState.IDLE:
        face, glyph, color, words = Face.MUTED, Glyph.MICROPHONE_OFF, "slow", tr(desktop_strings.MUTED_WORDS)
    return StateLook(face=face, glyph=glyph, color=color, words=words)


def state_hint(face: Face, *, failed: bool, latched: bool, hotkey: str | None) -> str:
    """Return the sentence that says what can be done now."""
    hints = {
        Face.LOADING: tr(strings.LOADING_HINT),
        Face.UNAVAILABLE: tr(strings.FAILED_HINT) if failed else tr(strings.CLOSED_HINT),
        Face.MUTED: tr(desktop_strings.MUTED_HINT, keys=MUTE_KEYS),
        Face.LISTENING: tr(desktop_strings.LATCHED_HINT) if latched else tr(strings.LISTENING_HINT),
        Face.THINKING: tr(strings.THINKING_HINT),
        Face.SPEAKING: tr(strings.SPEAKING_HINT),
    }
    return hints.get(face) or strings.talk_hint(hotkey)


def window_title(face: Face) -> str:
    """Return the title of the window, which task bars show even while the window is covered."""
    listening = face is Face.LISTENING
    return tr(desktop_strings.LISTENING_TITLE, name=strings.APP_NAME) if listening else strings.APP_NAME

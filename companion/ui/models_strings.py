"""The words of the models panel and of downloads. Any thread; no state."""

from companion.model_advice import Advice, Pace, Room, Wit
from companion.ui.translation import tr

DOWNLOAD_ENDED = "The download ended before everything was here."
DOWNLOAD_ENDED_HINT = "Go on with it: what has arrived is kept."

SET_NAMES = {"starter": "Starter", "laptop": "Laptop", "rtx4090": "Graphics card"}
SET_TITLE = "{name}, {language}"
RECOMMENDED = "Recommended for this computer"
IN_USE = "In use"
INSTALLED = "Installed"
USE = "Use these"
DOWNLOAD = "Download {size}"
GO_ON = "Go on"
PAUSE = "Pause"
PAUSING = "Pausing…"
GIVE_UP = "Give up"
TRY_AGAIN = "Try again"
VERIFY = "Check files"
REMOVE = "Remove"
REMOVE_SIZE = "Remove ({size})"
REMOVE_SURE = "Really remove?"
HEAR = "Hear the voice"
STOP = "Stop"
MORE = "More"
LESS = "Less"

VERIFYING = "Checking every file…"
VERIFIED = "All files are sound."
NOT_VERIFIED = "A file is damaged or missing. Download the set again: only what is wrong is fetched."
REMOVING = "Removing…"
REMOVED = "Removed."
NOT_REMOVED = "Some files could not be removed: {reason}"

FACTS = "{size} on disk · {memory} of memory"
MODEL_LINE = "{title} · {size} · {licence}"
ROLES = {
    "vad": "Voice detection",
    "stt": "Speech recognition",
    "llm": "Language model",
    "tts": "Voice",
}
LANGUAGES = {"en": "English", "fr": "French"}

PROGRESS = "{done} of {size}"
PROGRESS_LEFT = "{done} of {size} · {speed}/s · {left}"
PAUSED_AT = "Paused at {done} of {size}. What is here stays, also when Companion is closed."
BEGUN = "{done} of {size} arrived in an earlier download."
CHECKING = "Checking what arrived…"
SECONDS_LEFT = "less than a minute left"
MINUTE_LEFT = "about a minute left"
MINUTES_LEFT = "about {minutes} minutes left"
HOURS_LEFT = "about {hours} hours left"

ELSEWHERE_OFFLINE = "Only a download uses the network. It runs apart from what hears you, and sends nothing you say."

SIMPLE_AT_ONCE = "Answers at once on any computer. Simple answers; it knows little."
GOOD_AT_ONCE = "Good answers, at once: it runs on the {gpu}."
GOOD_SOON = "Good answers. Without a graphics card, each takes a second or more to begin."
GOOD_SLOW = "Good answers, but slow ones on this computer."
BEST_AT_ONCE = "The best answers, at once: it runs on the {gpu}."
BEST_SLOW = "The best answers. Without a graphics card with 12 GB of memory, each takes many seconds to begin."

ROOM = {
    Room.ENOUGH: "Fits: this computer has {memory} of memory.",
    Room.TIGHT: "Just fits: this computer has {memory} of memory. Close other large programs.",
    Room.TOO_LITTLE: "Too large: this computer has {memory} of memory.",
}
ROOM_UNKNOWN = "How much memory this computer has is not known."

VOICE_SAMPLES = {
    "en": "Hello. This is how I sound. Ask me anything, and I will answer in this voice.",
    "fr": "Bonjour. Voici ma voix. Posez-moi une question, et je vous répondrai ainsi.",
}
"""Said by a voice in its own language, whatever the window's."""


def expectation(advice: Advice, gpu: str | None) -> str:
    """Return what to expect of a set on this machine, in one sentence or two."""
    match advice.wit, advice.pace:
        case Wit.SIMPLE, _:
            return tr(SIMPLE_AT_ONCE)
        case Wit.GOOD, Pace.AT_ONCE:
            return tr(GOOD_AT_ONCE, gpu=gpu)
        case Wit.GOOD, Pace.SOON:
            return tr(GOOD_SOON)
        case Wit.GOOD, _:
            return tr(GOOD_SLOW)
        case _, Pace.AT_ONCE:
            return tr(BEST_AT_ONCE, gpu=gpu)
        case _:
            return tr(BEST_SLOW)


def time_left(seconds: float) -> str:
    """Return a remaining time as people say it."""
    minutes = round(seconds / 60)
    if seconds < 45:
        return tr(SECONDS_LEFT)
    if minutes <= 1:
        return tr(MINUTE_LEFT)
    if minutes < 120:
        return tr(MINUTES_LEFT, minutes=minutes)
    return tr(HOURS_LEFT, hours=round(minutes / 60))

"""The words of mute, compact mode, tray, notifications and closing. Any thread; no state."""

from companion.ui.talk_face import Face

MUTE = "Mute the microphone"
UNMUTE = "Unmute the microphone"
MUTE_KEYS = "Mute the microphone: it is closed, nothing is heard ({keys})"
UNMUTE_KEYS = "Open the microphone again ({keys})"
MUTED_WORDS = "Microphone muted"
MUTED_HINT = "The microphone is closed. Press {keys} to open it."
TYPE_INSTEAD = "Type instead"
TYPE_INSTEAD_KEYS = "Type instead ({keys})"
LATCHED_HINT = "Listening on its own. Click or tap once more when you are done."
LISTENING_TITLE = "Listening: {name}"

FACES = {
    Face.LOADING: "Getting ready",
    Face.UNAVAILABLE: "Needs attention",
    Face.MUTED: "Microphone muted",
    Face.IDLE: "Ready",
    Face.LISTENING: "Listening: the microphone is open",
    Face.THINKING: "Thinking",
    Face.SPEAKING: "Speaking",
}
TRAY_TIP = "{name}: {state}"
SHOW_WINDOW = "Show window"
HIDE_WINDOW = "Hide window"
TALK = "Talk"
DONE_TALKING = "Done talking"
COMPACT_MODE = "Compact mode"
COMPACT_ORB = "Talk: click to begin and end, or hold; drag to move; double click for the window"
COMPACT_LEAVE = "Back to the window"
QUIT = "Quit"

ANSWER_TITLE = "Your answer is ready"
ANSWER_BODY = "Click to read it."
UNHEARD_TITLE = "Companion did not understand"
PROBLEM_TITLE = "Companion needs your attention"
STAYS_TITLE = "Companion keeps running"
STAYS_BODY = "It is in the tray, and its talk key works. To end it, choose Quit there or press Ctrl+Q in the window."

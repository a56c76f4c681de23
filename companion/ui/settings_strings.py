"""Every sentence and word of the settings window. Any thread; no state."""

SETTINGS = "Settings"
SEARCH = "Search settings"
NO_MATCH = "Nothing is called that."
PAGES = "Pages of the settings"
SAVED = "Saved"
PREPARING = "Getting the change ready…"
READY_AGAIN = "Ready"
TAKEN_BACK = "What worked before is in use again."
TAKEN_BACK_AFTER = "{hint} What worked before is in use again."
CHANGE_FAILED = "The change could not be made ({reason})."
NOT_A_NUMBER = "“{typed}” is not a number."
NOT_WHOLE = "“{typed}” is not a whole number."
RESTART_NEEDED = "This takes effect after a restart."
RESTART_NOW = "Restart now"
CANCEL = "Cancel"
PERCENT = "{share} %"
TIMES = "{factor} \N{MULTIPLICATION SIGN}"

SOUND = "Sound"
SOUND_WHY = "Where Companion listens and speaks."
DEVICES = "Devices"
VOICE_CARD = "Voice"
VOLUME = ("Volume", "How loud the voice is. It changes at once, even in the middle of an answer.")
MICROPHONE_CARD = "Microphone"
KEEP_OPEN = (
    "Keep microphone open",
    "Your first syllable is never lost, because the last moment before you press the key is there already. It is "
    "only in memory and is thrown away at once. If this is off, the microphone opens when you press: a little later.",
)

TALK_KEY = "Talk key"
TALK_KEY_WHY = "Hold it anywhere on this computer, speak, let go."

MODELS = "Models and voices"
MODELS_WHY = "What hears, thinks and speaks. Everything is on this computer."

PERSONAS = "Personas"
PERSONAS_WHY = "Somebody to talk to: how they think, how they sound, and the language they speak."
PERSONA_LIST = "Personas; the one with the tick answers"
PERSONA_ADD, PERSONA_DUPLICATE, PERSONA_REMOVE = "Add", "Duplicate", "Remove"
PERSONA_USE = "Talk to this persona"
PERSONA_USED = "This persona answers"
PERSONA_NEW = "New persona"
PERSONA_NAME = ("Name", "")
PERSONA_PROMPT = (
    "What it is told",
    "In plain words: who it is, how it should answer. Short answers sound best and come fastest.",
)
PERSONA_VOICE = ("Voice", "")
PERSONA_VOICE_SET = "The voice of the models"
PERSONA_VOICE_GONE = "{voice} (not installed)"
PERSONA_VOICE_GONE_WHY = "This voice is not installed. The voice of the models in use speaks instead."
PERSONA_LANGUAGE = ("Language", "")
PERSONA_LANGUAGE_SET = "The models in use"
PERSONA_LANGUAGE_GONE = "No installed models speak this language yet."
PERSONA_TO_MODELS = "Go to Models and voices"
PERSONA_RATE = ("Speed of speech", "")
PERSONA_HEAR = "Hear it"

SAMPLES = {"en": "Hello, this is how I sound.", "fr": "Bonjour, voici comment je parle."}
"""What a voice says to be heard, in its own language."""
PERSONA_REMOVE_TITLE = "Remove “{name}”?"
PERSONA_REMOVE_BODY = "What it is told, its voice and its speed are forgotten. Conversations are not touched."
PERSONA_BUTTON = "Persona: {name}"
PERSONA_BUTTON_WHY = "Choose who answers"
PERSONA_EDIT = "Edit personas…"
PERSONA_FRESH = "New conversation with {name}"

PRIVACY = "Privacy"
PRIVACY_WHY = "Nothing you say or type leaves this computer. Here you choose what is kept on it."
HISTORY_CARD = "Conversations"
KEEP_HISTORY = (
    "Keep conversations",
    "So that you can find them again. Off: a conversation is gone when you begin another or close Companion.",
)
WHERE_IT_LIES = ("Where they lie", "Only your user account can read this folder.")
SHOW_FOLDER = "Show folder"
EXPORT_ALL = ("Take them with you", "Write every conversation into files that other programs can read.")
EXPORT = "Export all…"
DELETE_ALL = ("Forget everything", "Delete every kept conversation from this computer. This cannot be undone.")
DELETE = "Delete all…"
DELETE_TITLE = "Delete all conversations?"
DELETE_BODY = (
    "Every conversation that is kept on this computer is deleted. This cannot be undone. "
    "Settings and models are not touched."
)
DELETE_CONFIRM = "Delete all"
FOLDER_NOT_SHOWN = "No program on this computer shows folders. The path can be copied."

APPEARANCE = "Appearance"
APPEARANCE_WHY = "How the window looks."
THEME = ("Colours", "")
THEMES = {"system": "Like the desktop", "light": "Light", "dark": "Dark"}
CONTRAST = ("Contrast", "High contrast makes words and edges stand out more.")
CONTRASTS = {"system": "Like the desktop", "normal": "Normal", "high": "High"}
MOTION = ("Motion", "Reduced: nothing glides or pulses.")
MOTIONS = {"system": "Like the desktop", "full": "Full", "reduced": "Reduced"}
TEXT_SIZE = ("Text size", "")
WINDOW_LANGUAGE = ("Language of the window", "What you speak is chosen with the persona or the models.")
WINDOW_LANGUAGE_SYSTEM = "Like the desktop"

DESKTOP = "Desktop"
DESKTOP_WHY = "How Companion lives among your other programs."
START_AT_LOGIN = ("Start at login", "It waits quietly, ready to answer, when you sign in.")
CLOSE_TO_TRAY = ("Keep running when the window is closed", "The talk key still works. Quit from the tray icon.")
NOTIFICATIONS = ("Notifications", "Tell of answers and problems while no window shows them.")
NOTIFICATION_WORDS = ("Answers in notifications", "Show their words, which everybody who sees the screen can read.")
LATCH = ("A short tap", "Keeps listening until the next tap, instead of only while you hold.")
LATCHES = {"off": "Does not", "button": "On the button", "everything": "On the button and the talk key"}

ADVANCED = "Advanced"
ADVANCED_WHY = "The defaults suit nearly everybody. Each of these changes how fast or how well answers come."
HEARING_CARD, THINKING_CARD, TURN_CARD, MACHINE_CARD = "Hearing", "Thinking", "Turns", "This computer"
WINDOW_S = (
    "Least stretch that is listened to",
    "Seconds, 5 to 30. Shorter is faster; longer understands better and never repeats itself.",
)
REPLY_TOKENS = (
    "Length of an answer",
    "Word pieces after which an answer ends with its sentence. 50 are about 12 seconds of speech.",
)
MAX_REPLY_TOKENS = ("Longest answer", "Word pieces after which an answer ends in any case.")
TEMPERATURE = ("Liveliness", "0 to 2. Low answers soberly and much the same each time; high is more surprising.")
TOP_P = ("Choice of words", "Above 0, at most 1. Lower keeps to the likeliest words.")
REPEAT_PENALTY = ("Against repetition", "0.8 to 2. Higher avoids saying the same thing again.")
CONTEXT_TOKENS = (
    "Memory of a conversation",
    "Word pieces that are kept in mind, 512 or more. Empty: 2048 on a processor, 8192 on a graphics card.",
)
GPU_LAYERS = (
    "Layers on the graphics card",
    "\N{MINUS SIGN}1 puts all of the language model there; fewer leave room for other programs.",
)
PAUSE_S = (
    "Pause before an answer is prepared",
    "Seconds. Shorter is faster but works more; longer saves power.",
)
RELEASE_TAIL_S = ("Listen on after you let go", "Seconds, at most, while you still speak your last word.")
PRE_ROLL_S = ("Listen back before you press", "Seconds kept from before the key went down.")
CORES = ("Processor cores", "Cores that Companion may keep busy. 0 uses all there are.")
RESET = "Reset to defaults"
RESET_TITLE = "Reset the advanced settings?"
RESET_BODY = "Everything on this page goes back to its default. Other pages are not touched."
RESET_CONFIRM = "Reset"

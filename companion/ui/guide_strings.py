"""The words of the first-run guide. Any thread; no state."""

SET_UP_AGAIN = "Set up again"
GUIDE = "Set-up"
STEP_OF = "Step {number} of {count}"
SKIP_ALL = "Skip the set-up"
BACK = "Back"
CONTINUE = "Continue"
SKIP = "Skip this step"
BEGIN = "Begin"
FINISH = "Start talking"

WELCOME_TITLE = "Hello. I am Companion."
WELCOME_BODY = "Hold a key, speak, let go, and the answer is already in your ear."
WELCOME_POINTS = (
    "Everything runs on this computer. Nothing you say leaves it, and no account is needed.",
    "Only what you say while you hold the key is taken in, and nobody else hears it.",
    "Setting up takes two minutes. Each step can be skipped, and found again in the menu.",
)
WELCOME_DOWNLOAD = (
    "When you begin, the models that understand and answer you are downloaded ({size}) while you do the other steps. "
    "It can be paused at any time."
)

MICROPHONE_TITLE = "Can I hear you?"
MICROPHONE_BODY = "Read this sentence aloud, as you would talk to a person beside you:"
TEST_SENTENCE = "“The lighthouse keeper made a pot of tea and watched the boats come in.”"
WORDS_HEARD = "What I understood"
WORDS_WAITING = "Your words appear here as you speak."
WORDS_LATER = "The bar shows that you are heard. Your words can appear here once the models are downloaded."

SPEAKER_TITLE = "Can you hear me?"
SPEAKER_BODY = "Press the button, and I say a sentence."
SPEAKER_CHIME = "Press the button, and you hear three notes. My voice comes with the models."
I_HEARD_IT = "I heard it"

KEY_TITLE = "Your talk key"
KEY_BODY = "Hold these keys for a moment, in this window or in any other. They light up when they reach me."
KEY_HELD = "They work. Let go when you like."
KEY_WORKED = "They work, wherever you are."
KEY_STARTING = "Waiting for the keys."
KEY_BUTTON = "The round button in the window can be held instead."

MODELS_TITLE = "What answers you"
MODELS_BODY = "Models are what hears, thinks and speaks. Begin with the recommended ones; others can be added later."
MODELS_GO_ON = "You need not wait here: the download goes on."

ASK_TITLE = "Ask something"
ASK_BODY = "Hold {key}, ask, and let go. You can also hold the button."
ASK_BODY_BUTTON = "Hold the button, ask, and let go."
ASK_IDEAS = "For example: “Why is the sky blue?”"
ASK_LOADING = "The models are being loaded. One moment."
ASK_DOWNLOADING = "The models are still being downloaded: {progress}"
ASK_MISSING = "There are no models yet. Go back one step to download them."
ASK_ANSWERED = "That was your first answer."
ASK_ANSWERED_IN = "That was your first answer. It began {latency} after you let go."
YOU_SAID = "You: {words}"

DOWNLOADING = "Downloading models: {progress}"
DOWNLOADED = "The models are here and verified."
DOWNLOAD_PAUSED = "The download is paused."
DOWNLOAD_FAILED = "The download has stopped. Step {number} says why."

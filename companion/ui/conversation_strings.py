"""Every sentence and word of the conversation itself: its rows, what can be done with them, and the empty page.

Any thread; no state. Shown through `companion.ui.translation.tr`.
"""

PROBLEM = "Problem"

ACCESSIBLE_ROW = "{speaker}: {words}"
ACCESSIBLE_HINTED = "{words} {hint}"
ACCESSIBLE_REMARK = "{words} ({remark})"
ACCESSIBLE_VERSION = "{words} (version {version} of {versions})"
ACCESSIBLE_LATENCY = "{words} ({latency}, {grade})"

VERSION = "{version} / {versions}"
PREVIOUS_VERSION = "Previous version"
NEXT_VERSION = "Next version"

REPLAY = "Play again"
REPLAY_WORDS = "Play my words"
STOP_REPLAY = "Stop playing"
ANSWER_AGAIN = "Answer again"
EDIT = "Edit"
ACTIONS = "What to do with this message"

EDIT_MESSAGE = "Edit your message"
EDIT_HINT = "The conversation goes on from here; the version before stays."
PASTE_SHORTENED = "The pasted text was cut: a message holds {count} characters."
SEND_EDIT = "Send"
CANCEL_EDIT = "Cancel"

SHOW_ALL = "Show the whole message"

GREETING_HOLD = "Hold {key} and say, for example"
GREETING_HOLD_BUTTON = "Hold the button below and say, for example"
EXAMPLES = (
    "“Why is the sky blue?”",
    "“Help me plan a quiet Sunday.”",
    "“Tell me a story about a lighthouse.”",
)
"""Three things one can say; each a sentence that a small model answers well."""

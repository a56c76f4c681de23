"""Every sentence and word of the proof that nothing leaves, and of the problem report. Any thread; no state.

Shown through `companion.ui.translation.tr`, which fills the `{names}`.
"""

from companion.sockets import Purpose

PROOF = "Connections"
PROOF_OPEN = "Show connections…"
PROOF_CARD = "Nothing leaves this computer"
PROOF_ROW = (
    "Prove it",
    "See every connection that Companion has open right now, and where it leads.",
)
PROVE = "Prove it"
OFFLINE_CLICK = "Click to see every connection this program has."

NONE_OUTSIDE = "No connection to any network"
NONE_OUTSIDE_WHY = "These are all of this program's connections. Each one ends on this computer."
SOME_OUTSIDE = "There is a connection to a network"
SOME_OUTSIDE_WHY = (
    "This should not be: Companion opens none. It may come from your sound or display settings, if they name another "
    "computer. The marked lines say where it leads. Please save a problem report."
)
NOT_TOLD = "This system does not let a program list its own connections"
NOT_TOLD_WHY = (
    "Your system's own network monitor can: look there for Companion, or for Python. Whatever this program tries by "
    "itself is refused all the same."
)
LOOKED_AT = "Looked at every second, last at {time}."
GUARD = "Attempts to reach a network that were refused since the start: {count}."
DOWNLOADS = (
    "Models are fetched by a program of their own, which only runs when you ask for a download and hears nothing."
)

PURPOSES = {
    Purpose.SOUND: ("Sound", "Your voice comes in and the answer goes out through the sound server."),
    Purpose.DISPLAY: ("Display", "Draws the windows and hears keys and mouse."),
    Purpose.DESKTOP: ("Desktop", "Tray, notifications and the talk key, through the desktop's own bus."),
    Purpose.ACCESSIBILITY: ("Accessibility", "Tells a screen reader what the window shows."),
    Purpose.INPUT: ("Keyboard input", "The method by which you type in your language."),
    Purpose.CONTROL: (
        "Companion's own door",
        "Lets “companion press” and shortcuts reach this window. Only your user account can open it.",
    ),
    Purpose.INSIDE: ("Inside of Companion", "Between its own parts, or to a program that it started itself."),
    Purpose.SYSTEM: ("System", "Asks the system of this computer, for example which devices are plugged in."),
    Purpose.OTHER: ("Another program on this computer", "A local connection that leads no farther."),
}
LOOPBACK = (
    "Another program on this computer",
    "It goes through the computer's own internet address, which leads to no other computer by itself.",
)
NETWORK = ("A network", "Leads to another computer, or lets another computer in.")
NETWORK_IDLE = ("A network", "Open, but connected to nothing yet.")
AND_TIMES = "{where} · {count} times"
LEADS_TO = "{kind}, to {far}"
LISTENS_AT = "{kind}, waits at {near}"
UNCONNECTED = "{kind}"
CONNECTION = "{name}. {why} {where}"

REPORT = "Problem report"
REPORT_OPEN = "Save a problem report…"
REPORT_ROW = (
    "Problem report",
    "Collects what helps to find a fault, without a word of what was said. You see it first, and nothing is sent.",
)
REPORT_SHOW = "Look at it…"
REPORT_TITLE = "This is what the report holds"
REPORT_WHY = (
    "It has nothing that you said, typed, were told or imported, and no names. It is sent to nobody: you save it, and "
    "decide who gets it."
)
REPORT_MAKING = "Looking at everything. This takes a few seconds…"
REPORT_FAILED = "The report could not be made."
REPORT_FAILED_WHY = "In a terminal, “companion report” says why."
REPORT_FILES = "Files of the report"
REPORT_TEXT = "What is in the file"
REPORT_CUT = "This is the end of the file; the report has all of it."
REPORT_SAVE = "Save…"
REPORT_SAVED = "Saved as {file}. Nothing was sent."
REPORT_KIND = "Archives (*.zip)"
REPORT_NAME = "companion-report"
CLOSE, COPY_AS_TEXT = "Close", "Copy as text"

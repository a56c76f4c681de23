"""The files of a problem report, each with the sentence that says what is in it. Any thread; no state.

One place for the command line, the report itself and the window, which shows the sentences through `tr`.
"""

CONTENTS: dict[str, str] = {
    "README.txt": "What this report is, and the list of its files.",
    "versions.txt": "Versions of Companion, of your system, and of the libraries in use.",
    "doctor.txt": "What works on this computer, what does not, and how to mend it.",
    "devices.txt": "The names of your microphones and loudspeakers, and what they can do.",
    "settings.txt": "Your settings, without the names of your personas and without what they are told.",
    "timings.csv": "How long each of the last answers took. Only figures.",
    "log/": "What the program noted of its work: times, codes and sentences of its own.",
    "crash/": "Where in the program's code it was when it last crashed, if it ever did.",
}
"""File, or folder ending in a slash -> what is in it."""


def contents_sentence(name: str) -> str:
    """Return what is in a file of the report, in English."""
    folder, slash, _ = name.partition("/")
    return CONTENTS.get(folder + slash if slash else name, "")

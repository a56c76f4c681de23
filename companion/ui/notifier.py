"""What the desktop is told while no window shows it: answers, questions not understood, and problems. GUI thread.

An answer's words are not shown by default: everybody sees the screen.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from companion.engine.events import (
    EngineFailed,
    Event,
    ProblemReported,
    ProblemResolved,
    ReplyFinished,
    TurnEmpty,
    TurnFailed,
)
from companion.ui import desktop_strings, strings
from companion.ui.translation import tr

_LONGEST = 400
"""Characters of an answer; desktops show a few lines."""


class Notifier(QObject):
    """Decides what is worth a notification.

    Attributes:
        words: Whether an answer's words may be shown, to everybody who sees the screen.

    Args:
        notify: Shows a title and a body.
        unseen: Whether nothing on the screen shows what happens, and notifications are wanted.
    """

    def __init__(self, notify: Callable[[str, str], None], unseen: Callable[[], bool]) -> None:
        super().__init__()
        self.words = False
        self._notify = notify
        self._unseen = unseen
        self._told: set[str] = set()
        """Codes of the problems that last: each is told once until it is over."""

    @Slot(object)
    def on_event(self, event: Event) -> None:
        """Take an event of the engine."""
        match event:
            case ReplyFinished(text=text) if self._unseen() and text.strip():
                body = _shortened(text) if self.words else tr(desktop_strings.ANSWER_BODY)
                self._notify(tr(desktop_strings.ANSWER_TITLE), body)
            case ProblemReported(error=error) | EngineFailed(error=error) if error.code not in self._told:
                if self._unseen():
                    self._told.add(error.code)
                    self._notify(tr(desktop_strings.PROBLEM_TITLE), " ".join(strings.error_sentences(error)))
            case TurnEmpty(reason=reason) if reason in strings.EMPTY_TURNS and self._unseen():
                self._notify(tr(desktop_strings.UNHEARD_TITLE), tr(strings.EMPTY_TURNS[reason]))
            case TurnFailed(error=error) if self._unseen():
                self._notify(tr(desktop_strings.PROBLEM_TITLE), " ".join(strings.error_sentences(error)))
            case ProblemResolved(code=code):
                self._told.discard(code)

    @Slot()
    def on_unheard(self) -> None:
        """The talk key was used before anything could be heard."""
        if self._unseen():
            self._notify(tr(desktop_strings.UNHEARD_TITLE), tr(strings.NOT_READY))


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(" ", 1)[0] + " …"

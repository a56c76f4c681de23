"""What every step of the guide has: a title, a sentence, and whether it is done. GUI thread."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from companion.ui.theme import UNIT, Text, Theme
from companion.ui.widgets import Words


class Step(QWidget):
    """One page.

    Signals:
        progressed: `done` may be another.
        finished: it is done and the user said so; the next one may come.

    Attributes:
        done: Whether what it is for was done; otherwise going on means skipping it.
        column: Where the rest of the page goes.

    Args:
        theme: The look.
        title: A few words.
        body: What to do.
    """

    progressed = Signal()
    finished = Signal()

    def __init__(self, theme: Theme, title: str, body: str) -> None:
        super().__init__()
        self.theme = theme
        self.done = False
        self.title = title
        self.setAccessibleName(title)
        self.setAccessibleDescription(body)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(6 * UNIT, 2 * UNIT, 6 * UNIT, 4 * UNIT)
        self.column.setSpacing(3 * UNIT)
        self.heading = Words(theme, title, Text.GREETING)
        self.body = Words(theme, body, Text.BODY, "text_secondary")
        self.column.addWidget(self.heading)
        self.column.addWidget(self.body)
        self.column.addSpacing(2 * UNIT)

    def set_done(self, done: bool = True) -> None:
        """Say whether what this step is for was done."""
        if done != self.done:
            self.done = done
            self.progressed.emit()

    def say(self, body: str) -> None:
        """Say something else to do."""
        self.body.setText(body)
        self.setAccessibleDescription(body)

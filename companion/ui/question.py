"""A question before something that cannot be undone, in the look of the other windows. GUI thread.

The harmless answer has the focus and is what Enter and Escape mean.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from companion.ui import settings_strings as words
from companion.ui.settings_style import field_style
from companion.ui.theme import UNIT, Text, Theme
from companion.ui.translation import tr
from companion.ui.turn_window import quiet_button

_WIDTH = 105 * UNIT


class Question(QDialog):
    """Asks once; `accepted` is the deed, `rejected` is nothing.

    Args:
        theme: The look.
        title: The question.
        body: What would happen.
        confirm: The word on the button that does it.
        parent: The window that is asked about.
    """

    def __init__(self, theme: Theme, title: str, body: str, confirm: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setStyleSheet(field_style(theme.colors))
        heading, text = QLabel(title), QLabel(body)
        for label, step, color in ((heading, Text.TITLE, "text"), (text, Text.LABEL, "text_secondary")):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            theme.dress(label, step, color)
        self.confirm = quiet_button(confirm)
        self.confirm.setProperty("quiet", False)
        self.confirm.setProperty("danger", True)
        self.confirm.setAccessibleDescription(body)
        self.cancel = quiet_button(tr(words.CANCEL))
        self.cancel.setDefault(True)
        self.confirm.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * UNIT)
        buttons.addStretch(1)
        buttons.addWidget(self.confirm)
        buttons.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * UNIT, 5 * UNIT, 6 * UNIT, 5 * UNIT)
        column.setSpacing(3 * UNIT)
        column.addWidget(heading)
        column.addWidget(text)
        column.addSpacing(2 * UNIT)
        column.addLayout(buttons)
        self.setFixedWidth(theme.widened(_WIDTH))
        self.cancel.setFocus()


def ask(theme: Theme, title: str, body: str, confirm: str, parent: QWidget, deed: Callable[[], object]) -> Question:
    """Ask, and call `deed` if the answer is yes; returns at once."""
    question = Question(theme, title, body, confirm, parent)
    question.accepted.connect(deed)
    question.open()
    return question

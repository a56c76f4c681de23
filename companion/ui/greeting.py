"""The page before the first word: a greeting, three things one can say, and the key to hold. GUI thread."""

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from companion.ui import conversation_strings as words
from companion.ui import strings
from companion.ui.icons import Glyph, paint_glyph
from companion.ui.theme import UNIT, Text, Theme
from companion.ui.translation import tr

_GLYPH = 11 * UNIT


class Greeting(QWidget):
    """Words only: nothing here has to be read or pressed.

    Args:
        theme: Fonts and colours.
        hotkey: Name of the talk key as printed on the keys, None if there is none.
    """

    def __init__(self, theme: Theme, hotkey: str | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._glyph = _GlyphLabel(theme)
        self._title = _words()
        self._hold = _words()
        self._examples = [_words() for _ in words.EXAMPLES]
        self._body = _words()
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * UNIT, 4 * UNIT, 6 * UNIT, 4 * UNIT)
        column.setSpacing(0)
        column.addStretch(3)
        column.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(3 * UNIT)
        column.addWidget(self._title)
        column.addSpacing(6 * UNIT)
        column.addWidget(self._hold)
        column.addSpacing(2 * UNIT)
        for example in self._examples:
            column.addWidget(example)
            column.addSpacing(UNIT)
        column.addSpacing(5 * UNIT)
        column.addWidget(self._body)
        column.addStretch(4)
        theme.changed.connect(self._restyle)
        self.set_hotkey(hotkey)
        self._restyle()

    def set_hotkey(self, hotkey: str | None) -> None:
        """Name another talk key; None if none works."""
        self._title.setText(tr(strings.EMPTY_TITLE))
        self._hold.setText(tr(words.GREETING_HOLD, key=hotkey) if hotkey else tr(words.GREETING_HOLD_BUTTON))
        for label, example in zip(self._examples, words.EXAMPLES, strict=True):
            label.setText(tr(example))
        self._body.setText(tr(strings.EMPTY_BODY))
        self.setAccessibleName(self._title.text())
        said = [self._hold.text(), *(label.text() for label in self._examples), self._body.text()]
        self.setAccessibleDescription("\n".join(said))

    @Slot()
    def _restyle(self) -> None:
        self._theme.dress(self._title, Text.GREETING)
        self._theme.dress(self._hold, Text.LABEL, "text_secondary")
        for example in self._examples:
            self._theme.dress(example, Text.BODY)
        self._theme.dress(self._body, Text.SMALL, "text_secondary")
        self._glyph.update()


class _GlyphLabel(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(_GLYPH, _GLYPH)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        paint_glyph(painter, Glyph.BARS, QRectF(self.rect()), QColor(self._theme.colors.accent))
        painter.end()


def _words() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return label

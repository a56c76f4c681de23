"""Small parts that panels and the guide are put together from. GUI thread."""

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from companion.ui.icons import Glyph, paint_glyph
from companion.ui.theme import UNIT, Text, Theme


class Words(QLabel):
    """Plain text in one step of the type scale, wrapped, that follows the theme.

    Args:
        theme: Fonts and colours.
        text: What it says first.
        step: Size and weight.
        color: Name of one of the theme's colours.
    """

    def __init__(
        self, theme: Theme, text: str = "", step: Text = Text.LABEL, color: str = "text", *, selectable: bool = False
    ) -> None:
        super().__init__(text)
        self._theme, self._step, self._color = theme, step, color
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        if selectable:
            self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        theme.changed.connect(self._restyle)
        self._restyle()

    def say(self, text: str) -> None:
        """Say something else; without words it takes no room."""
        self.setText(text)
        self.setVisible(bool(text))

    @Slot()
    def _restyle(self) -> None:
        self._theme.dress(self, self._step, self._color)


class Mark(QWidget):
    """A shape with words beside it: a state is told by both, and by colour only besides.

    Args:
        theme: Fonts and colours.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._glyph: Glyph | None = None
        self._color = "text_secondary"
        self._words = Words(theme, "", Text.LABEL, "text")
        column = QVBoxLayout(self)
        column.setContentsMargins(7 * UNIT, 0, 0, 0)
        column.addWidget(self._words)
        theme.changed.connect(self.update)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._words.text()

    def show_state(self, glyph: Glyph, color: str, text: str) -> None:
        """Show a shape in one of the theme's colours, and words; nothing of it is shown without words."""
        self._glyph, self._color = glyph, color
        self._words.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the shape beside the first line."""
        if self._glyph is not None:
            painter = QPainter(self)
            line = self._words.fontMetrics().height()
            paint_glyph(
                painter, self._glyph, QRectF(0, 0, 5 * UNIT, line), QColor(getattr(self._theme.colors, self._color))
            )
            painter.end()


class Card(QWidget):
    """A rounded surface with a column of things on it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._strong = False
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(5 * UNIT, 4 * UNIT, 5 * UNIT, 4 * UNIT)
        self.column.setSpacing(2 * UNIT)
        theme.changed.connect(self.update)

    def set_strong(self, strong: bool) -> None:
        """Give it a stronger edge, for the one of several that counts."""
        self._strong = strong
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the surface."""
        c = self._theme.colors
        width = 2.0 if self._strong else 1.0
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(c.accent if self._strong else c.border), width))
        painter.setBrush(QColor(c.surface))
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2), 3 * UNIT, 3 * UNIT
        )
        painter.end()


def button(text: str, kind: str = "quiet") -> QPushButton:
    """Return a button: "primary" (filled, the way on), "quiet" (an edge) or "plain" (words only)."""
    made = QPushButton(text)
    made.setProperty(kind, True)
    made.setAutoDefault(False)
    return made


def set_primary(made: QPushButton, primary: bool) -> None:
    """Make a button the way on, or one of several ways."""
    if bool(made.property("primary")) is not primary:
        made.setProperty("primary", primary)
        made.setProperty("quiet", not primary)
        made.style().unpolish(made)
        made.style().polish(made)

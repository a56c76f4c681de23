"""What painted pictures have in common that the mouse or the keyboard can point into. GUI thread."""

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QFocusEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from companion.ui.theme import UNIT, Theme


class Picture(QWidget):
    """A card with something painted on it.

    Signals:
        pointed(str): what the mouse or the keyboard is at, in words; empty when it is at nothing.

    Args:
        theme: Fonts and colours.
        name: What screen readers call it.
    """

    pointed = Signal(str)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)
        theme.changed.connect(self._restyle)

    @Slot()
    def _restyle(self) -> None:
        """The fonts or colours changed; a picture measures its fonts here."""
        self.updateGeometry()
        self.update()

    def _paint_card(self, painter: QPainter) -> None:
        c = self._theme.colors
        edge, width = (c.accent, 2.0) if self.hasFocus() else (c.border, 1.0)
        painter.setPen(QPen(QColor(edge), width))
        painter.setBrush(QColor(c.surface))
        inset = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 3 * UNIT, 3 * UNIT)

    def _point_at(self, words: str, *, by_key: bool = False) -> None:
        """Tell what is pointed at; a key's step is said aloud by screen readers."""
        self.pointed.emit(words)
        if by_key and words:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show that keys arrive here."""
        super().focusInEvent(event)
        self.update()

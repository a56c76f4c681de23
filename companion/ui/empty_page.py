"""What stands where there is nothing yet: a glyph, a title and a sentence in the middle. GUI thread."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from companion.ui.icons import Glyph, paint_glyph
from companion.ui.theme import UNIT, Text, Theme

_GLYPH = 11 * UNIT


class EmptyPage(QWidget):
    """A page of words only.

    Args:
        theme: Fonts and colours.
        title: A few words.
        body: What to do, or what to expect.
    """

    def __init__(self, theme: Theme, title: str, body: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title, self._body = title, body
        self.setAccessibleName(title)
        self.setAccessibleDescription(body)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw glyph, title and sentence."""
        c = self._theme.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        center = QRectF(self.rect()).center()
        painter.setFont(self._theme.font(Text.GREETING))
        title = painter.fontMetrics().height()
        top = center.y() - title - 2 * UNIT
        paint_glyph(
            painter, Glyph.BARS, QRectF(center.x() - _GLYPH / 2, top - 15 * UNIT, _GLYPH, _GLYPH), QColor(c.accent)
        )
        painter.setPen(QColor(c.text))
        align = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.drawText(QRectF(0, top, self.width(), title), align, self._title)
        painter.setFont(self._theme.font(Text.LABEL))
        painter.setPen(QColor(c.text_secondary))
        body = QRectF(6 * UNIT, top + title + 2 * UNIT, self.width() - 12 * UNIT, 100)
        painter.drawText(body, align | Qt.TextFlag.TextWordWrap, self._body)
        painter.end()

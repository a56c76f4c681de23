"""Guide: what this is, and that all of it stays on this computer. GUI thread."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from companion.download_report import megabytes
from companion.ui import guide_strings as words
from companion.ui.guide.step import Step
from companion.ui.icons import Glyph, paint_glyph
from companion.ui.theme import UNIT, Theme
from companion.ui.translation import tr
from companion.ui.widgets import Mark

_POINT_GLYPHS = (Glyph.LOCK, Glyph.MICROPHONE, Glyph.DOTS)


class WelcomeStep(Step):
    """A greeting.

    Args:
        theme: The look.
        to_fetch: Bytes of models that are missing.
    """

    def __init__(self, theme: Theme, to_fetch: int) -> None:
        super().__init__(theme, tr(words.WELCOME_TITLE), tr(words.WELCOME_BODY))
        self.done = True
        self.column.insertWidget(0, _Picture(theme))
        for glyph, point in zip(_POINT_GLYPHS, words.WELCOME_POINTS, strict=True):
            mark = Mark(theme)
            mark.show_state(glyph, "accent", tr(point))
            self.column.addWidget(mark)
        self.download = Mark(theme)
        self.column.addSpacing(2 * UNIT)
        self.column.addWidget(self.download)
        if to_fetch:
            text = tr(words.WELCOME_DOWNLOAD, size=megabytes(to_fetch))
            self.download.show_state(Glyph.DOWN, "accent", text)
        self.column.addStretch(1)


class _Picture(QWidget):
    """The program's mark, large."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the room of the mark and air below it."""
        return QSize(20 * UNIT, 24 * UNIT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the bars on a round ground."""
        c = self._theme.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        side = 18.0 * UNIT
        disc = QRectF(0, 2 * UNIT, side, side)
        painter.setBrush(QColor(c.accent))
        painter.drawEllipse(disc)
        inset = side * 0.27
        paint_glyph(painter, Glyph.BARS, disc.adjusted(inset, inset, -inset, -inset), QColor(c.on_accent))
        painter.end()

"""The round arrow that leads back to the newest words. GUI thread."""

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QToolButton, QWidget

from companion.ui import strings
from companion.ui.icons import Glyph, glyph_icon
from companion.ui.theme import UNIT, Theme
from companion.ui.translation import tr

_SIZE = 10 * UNIT


class JumpButton(QToolButton):
    """Floats over the lower edge of its parent."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName(tr(strings.JUMP_TO_LATEST))
        self.setToolTip(tr(strings.JUMP_TO_LATEST))
        theme.changed.connect(self._restyle)
        self._restyle()

    def place(self, room: QSize, *, visible: bool) -> None:
        """Come or go, in the middle of the lower edge of a parent of this size."""
        self.move((room.width() - self.width()) // 2, room.height() - self.height() - 3 * UNIT)
        self.setVisible(visible)

    @Slot()
    def _restyle(self) -> None:
        colors = self._theme.colors
        side = self._theme.scaled(_SIZE)
        self.setFixedSize(side, side)
        self.setIcon(glyph_icon(Glyph.DOWN, QColor(colors.text)))
        self.setStyleSheet(
            f"QToolButton {{ background: {colors.surface}; border: 1px solid {colors.outline};"
            f" border-radius: {side // 2}px; }}"
            f"QToolButton:focus {{ border: 2px solid {colors.accent}; }}"
        )

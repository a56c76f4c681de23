"""How loud the microphone is, as a bar. GUI thread."""

import time
from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from companion.ui import device_strings as words
from companion.ui.talk_button import level_share
from companion.ui.theme import UNIT, Theme, mix
from companion.ui.translation import tr

_SEGMENTS = 24
_DECAY_S = 0.5
"""From full to nothing: long enough for the eye, short enough to follow words."""
_FRAME_MS = 33


class LevelBar(QWidget):
    """Rises at once and sinks calmly.

    Args:
        theme: Colours.
        clock: Monotonic seconds.
    """

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._clock = clock
        self._share = 0.0
        self._drawn_s = clock()
        self._frames = QTimer(self, interval=_FRAME_MS)
        self._frames.timeout.connect(self._sink)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr(words.LEVEL))
        theme.changed.connect(self.update)

    @property
    def share(self) -> float:
        """How full it is, 0 to 1."""
        return self._share

    def set_level(self, dbfs: float) -> None:
        """Show a level; quieter ones are reached by sinking."""
        self._share = max(self._share, level_share(dbfs))
        self._drawn_s = self._clock()
        if self._share > 0 and not self._frames.isActive() and self.isVisible():
            self._frames.start()
        self.update()

    def clear(self) -> None:
        """Show silence."""
        self._share = 0.0
        self._frames.stop()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return a calm width and the height of the segments."""
        return QSize(60 * UNIT, 3 * UNIT)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Return a width at which the segments can still be told apart."""
        return QSize(24 * UNIT, 3 * UNIT)

    @Slot()
    def _sink(self) -> None:
        now_s = self._clock()
        self._share = max(0.0, self._share - (now_s - self._drawn_s) / _DECAY_S)
        self._drawn_s = now_s
        if self._share <= 0:
            self._frames.stop()
        self._describe()
        self.update()

    def _describe(self) -> None:
        """Tell screen readers in steps of ten: they hear of every change."""
        text = tr(words.LEVEL_VALUE, share=round(self._share * 10) * 10)
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the segments; those that are lit are taller too, so that colour is not all that tells them apart."""
        c = self._theme.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        step = self.width() / _SEGMENTS
        lit = round(self._share * _SEGMENTS)
        dim = mix(c.surface, c.outline, 0.45)
        for index in range(_SEGMENTS):
            height = self.height() * (1.0 if index < lit else 0.34)
            painter.setBrush(QColor(c.accent) if index < lit else dim)
            box = QRectF(index * step, (self.height() - height) / 2, step - 2, height)
            painter.drawRoundedRect(box, min(1.5, height / 2), min(1.5, height / 2))
        painter.end()

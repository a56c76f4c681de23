"""The voice of the last second or so, running away from the talk button to one side. GUI thread.

Painted a dozen times a second while a voice is heard, and not at all in silence: the models need the cores.
"""

from collections import deque
from enum import Enum

from PySide6.QtCore import QLineF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from companion.ui.theme import UNIT, Theme, mix

_PITCH = 6
"""Logical pixels from bar to bar."""
_WIDTH = 3
_MOST_BARS = 40
_FRAMES_A_BAR = 2
"""Of the talk button: at its 25 frames a second the waveform moves by one bar every 80 ms."""


class Side(Enum):
    """Of the talk button."""

    LEFT = "left"
    RIGHT = "right"


class Waveform(QWidget):
    """Bars as high as the voice was loud, the newest next to the talk button.

    It takes no part in the keyboard's way or a screen reader's: the talk button says what it shows.

    Args:
        theme: Colours and the motion setting; nothing is shown when motion is to be reduced.
        side: On which side of the talk button it lies.
    """

    def __init__(self, theme: Theme, side: Side, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._side = side
        self._bars: deque[tuple[int, bool]] = deque(maxlen=_MOST_BARS)
        self._loudest = 0.0
        self._frames = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme.changed.connect(self.clear)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the room of some bars; more are shown where there is more."""
        return QSize(12 * UNIT, 12 * UNIT)

    @property
    def bars(self) -> tuple[int, ...]:
        """Heights of the bars in pixels, the newest first."""
        return tuple(height for height, _ in self._bars)

    @Slot(float, bool)
    def add(self, level: float, voice: bool) -> None:
        """Take the level of one frame, 0 to 1."""
        if self._theme.reduce_motion:
            return
        self._loudest = max(self._loudest, level)
        self._frames += 1
        if self._frames < _FRAMES_A_BAR:
            return
        before = self.bars
        self._bars.appendleft((_WIDTH + round(self._loudest * (self.height() * 0.72 - _WIDTH)), voice))
        self._frames, self._loudest = 0, 0.0
        if self.bars[: len(before)] != before or self._bars[0][0] > _WIDTH:
            self.update()

    @Slot()
    def clear(self) -> None:
        """Nobody listens any more."""
        if self._bars:
            self._bars.clear()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the bars, paler the older they are."""
        colors = self._theme.colors
        middle = self.height() / 2
        room = max(1, self.width() // _PITCH)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, (height, voice) in enumerate(self._bars):
            if index >= room:
                break
            x = _PITCH * (index + 0.5)
            if self._side is Side.LEFT:
                x = self.width() - x
            paler = index / room if voice else max(0.55, index / room)
            color: QColor = mix(colors.listening, colors.window, min(1.0, paler))
            painter.setPen(QPen(color, _WIDTH, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            half = max(0.05, (height - _WIDTH) / 2)
            painter.drawLine(QLineF(x, middle - half, x, middle + half))
        painter.end()

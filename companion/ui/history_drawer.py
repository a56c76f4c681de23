"""Where the sidebar is: beside the conversation if the window is wide enough, otherwise over it. GUI thread."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLayout, QWidget

from companion.ui.theme import UNIT, Theme

WIDTH = 76 * UNIT
BESIDE_FROM = WIDTH + 120 * UNIT
"""Width of the window from which there is room for both, with words of the usual size."""
_LEFT_OPEN = 10 * UNIT
"""Of a narrow window: what the sidebar leaves, to show what it covers and to click on."""


class HistoryDrawer(QObject):
    """Opens and closes a panel at the left edge of a window.

    Beside the conversation it takes room from the window's layout (its left margin); over it, the rest is dimmed and
    a click there closes it.

    Signals:
        toggled(bool): opened or closed.

    Args:
        panel: What is shown; becomes a child of the window.
        window: Has a layout.
        theme: The larger the words, the wider the panel.
    """

    toggled = Signal(bool)

    def __init__(self, panel: QWidget, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._theme = theme
        self._panel = panel
        self._window = window
        self._layout: QLayout | None = window.layout()
        self._open = False
        self._scrim = _Scrim(window)
        self._scrim.clicked.connect(self.close)
        panel.setParent(window)
        panel.hide()
        window.installEventFilter(self)
        theme.changed.connect(self._place)

    @property
    def is_open(self) -> bool:
        """Whether the panel is shown."""
        return self._open

    @property
    def covers(self) -> bool:
        """Whether the panel is, or would be, over the conversation."""
        return self._window.width() < self._theme.widened(BESIDE_FROM)

    def open(self) -> None:
        """Show the panel."""
        self._set(True)

    def close(self) -> None:
        """Hide the panel."""
        self._set(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow the window's size."""
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _set(self, wanted: bool) -> None:
        if wanted != self._open:
            self._open = wanted
            self._place()
            self.toggled.emit(wanted)

    @Slot()
    def _place(self) -> None:
        beside = self._open and not self.covers
        wanted = self._theme.widened(WIDTH)
        width = wanted if beside else min(wanted, self._window.width() - _LEFT_OPEN)
        if self._layout is not None:
            self._layout.setContentsMargins(width if beside else 0, 0, 0, 0)
        self._panel.setGeometry(0, 0, width, self._window.height())
        self._scrim.setGeometry(self._window.rect())
        self._scrim.setVisible(self._open and not beside)
        self._panel.setVisible(self._open)
        if self._open:
            self._scrim.raise_()
            self._panel.raise_()


class _Scrim(QWidget):
    """Dims what the panel is over."""

    clicked = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.hide()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click closes."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the shade."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 90))
        painter.end()

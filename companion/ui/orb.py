"""The talk button of the compact mode: it can be dragged as well as held. GUI thread.

A press is a click, a hold or a drag, and which one shows only later. A hold begins after `HOLD_MS` without motion and
counts from the press: the microphone's pre-roll has what was said meanwhile. So dragging never interrupts a reply.
"""

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from companion.ui import desktop_strings as words
from companion.ui.talk_button import TalkButton
from companion.ui.theme import Theme
from companion.ui.translation import tr

HOLD_MS = 150
"""Half of the default pre-roll, so that a syllable from before the press is kept too."""


class Orb(TalkButton):
    """The talk button, free on the screen.

    Signals:
        tapped: a click: begin to listen, or end it.
        opened: a double click: back to the window.
        dragged(QPoint): the mouse moved by this much with the orb held fast.
        drag_begun: the orb is about to move.
        drag_ended: the orb was let go where it is now.
    """

    tapped = Signal()
    opened = Signal()
    dragged = Signal(QPoint)
    drag_begun = Signal()
    drag_ended = Signal()

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(theme, parent, clock=clock)
        self.begun_s = 0.0
        """Monotonic time of the press that a hold counts from."""
        self._from: QPoint | None = None
        self._dragging = False
        self._hold_timer = QTimer(self, singleShot=True, interval=HOLD_MS)
        self._hold_timer.timeout.connect(self._begin_hold)
        self.setAccessibleDescription(tr(words.COMPACT_ORB))
        self.setToolTip(tr(words.COMPACT_ORB))

    @property
    def dragging(self) -> bool:
        """Whether the mouse moves the orb."""
        return self._dragging

    def end_drag(self) -> None:
        """The desktop moves the orb from here on, and keeps the mouse to itself."""
        self._from, self._dragging = None, False
        self._hold_timer.stop()

    @Slot()
    def _begin_hold(self) -> None:
        if self._from is not None and not self._dragging:
            self._hold()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Hold with Space or Enter."""
        if not event.isAutoRepeat() and not self.held:
            self.begun_s = time.monotonic()
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Wait and see what it becomes."""
        if event.button() != Qt.MouseButton.LeftButton or not self.hitButton(event.position()):
            event.ignore()
            return
        self.begun_s = time.monotonic()
        self._from = event.globalPosition().toPoint()
        self._dragging = False
        self._hold_timer.start()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag, unless the user talks already."""
        if self._from is None or self.held:
            return
        here = event.globalPosition().toPoint()
        if not self._dragging and (here - self._from).manhattanLength() >= QApplication.startDragDistance():
            self._hold_timer.stop()
            self._dragging = True
            self.drag_begun.emit()
        if self._dragging and self._from is not None:
            moved, self._from = here - self._from, here
            self.dragged.emit(moved)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """End the hold or the drag; neither was a click."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        begun, dragging = self._from is not None, self._dragging
        self.end_drag()
        if self.held:
            self._let_go(by_user=True)
        elif dragging:
            self.drag_ended.emit()
        elif begun and self.isEnabled():
            self.tapped.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Go back to the window."""
        self.end_drag()
        if event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit()

    def event(self, event: QEvent) -> bool:
        """Forget a press whose mouse something else took."""
        if event.type() in (QEvent.Type.UngrabMouse, QEvent.Type.Hide):
            self._hold_timer.stop()
        return super().event(event)

"""The conversation on the screen: its words selected with the mouse, its rows with the keyboard. GUI thread.

`companion.ui.bubble_column` lays out, scrolls and paints; here is what the user does with what is there: select,
copy, and ask how a turn went.
"""

from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPointF, Qt, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QMenu, QToolTip, QWidget

from companion.ui import strings
from companion.ui.bubble_column import BubbleColumn
from companion.ui.conversation_model import ConversationModel
from companion.ui.theme import Theme
from companion.ui.turn_details import turn_details

_Select = QItemSelectionModel.SelectionFlag
_NAVIGATION = {
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
}
_OPENING = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


@dataclass(frozen=True, slots=True)
class _Words:
    """Selected words of one row, from `anchor` to `position`, either way round: cursor positions of its bubble."""

    index: QPersistentModelIndex
    anchor: int
    position: int

    @property
    def bounds(self) -> tuple[int, int]:
        return min(self.anchor, self.position), max(self.anchor, self.position)


class ConversationView(BubbleColumn):
    """Shows a `ConversationModel`; words are selected with the mouse, rows with the keyboard.

    Args:
        model: The rows.
        theme: Fonts and colours.
    """

    turn_details_requested = Signal(int)
    """The user wants to see how the turn of this row went; the row has metrics."""

    def __init__(self, model: ConversationModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(model, theme, parent)
        self._words: _Words | None = None
        self._dragging = False
        self._pressed_stamp: QPersistentModelIndex | None = None
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(strings.CONVERSATION)
        self.viewport().setMouseTracking(True)
        self._copy = QAction(strings.COPY, self)
        self._copy.triggered.connect(self.copy)
        self._details = QAction(f"{strings.WATERFALL}…", self)
        self._details.triggered.connect(self._open_current)

    @Slot()
    def copy(self) -> None:
        """Put the selected words, or else the selected rows, on the clipboard."""
        text = self.selected_text()
        if text:
            QGuiApplication.clipboard().setText(text)

    def selected_text(self) -> str:
        """Return the selected words, or else the text of the selected rows."""
        words = self._selected
        if words is not None:
            return self._column.bubble(words.index.row()).text_between(*words.bounds)
        rows = sorted(index.row() for index in self.selectedIndexes())
        return "\n\n".join(self._conversation.row(row).spoken_text for row in rows)

    # -- how a turn went

    def _has_details(self, index: QModelIndex | QPersistentModelIndex) -> bool:
        return index.isValid() and self._conversation.row(index.row()).metrics is not None

    @Slot()
    def _open_current(self) -> None:
        index = self.currentIndex()
        if self._has_details(index):
            self.turn_details_requested.emit(index.row())

    def _stamp_at(self, point: QPointF) -> QModelIndex:
        """Return the row whose latency is under a point of the viewport and can be opened."""
        hit = self._hit(point)
        if hit is not None and self._column.bubble(hit[0]).stamp_rect.contains(hit[1]):
            index = self._conversation.index(hit[0])
            if self._has_details(index):
                return index
        return QModelIndex()

    # -- selecting

    @property
    def _selected(self) -> _Words | None:
        """The selected words; they go with their row."""
        return self._words if self._words is not None and self._words.index.isValid() else None

    def _marked(self, row: int) -> tuple[int, int] | None:
        words = self._selected
        return words.bounds if words is not None and words.index.row() == row else None

    def _select_words(self, words: _Words | None) -> None:
        for changed in (self._selected, words):
            if changed is not None:
                self._repaint(changed.index.row(), changed.index.row())
        self._words = words

    def _words_at(self, point: QPointF) -> _Words | None:
        """Return the empty selection at a point of the viewport, None if there is no bubble."""
        hit = self._hit(point)
        if hit is None or not self._column.bubble(hit[0]).frame.contains(hit[1]):
            return None
        position = self._column.bubble(hit[0]).position_at(hit[1])
        return _Words(QPersistentModelIndex(self._conversation.index(hit[0])), position, position)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin to select words, or to click on a latency."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self.clearSelection()
        self._select_words(self._words_at(event.position()))
        self._dragging = self._words is not None
        self._pressed_stamp = QPersistentModelIndex(self._stamp_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Extend the selected words."""
        words = self._selected
        if self._dragging and words is not None:
            row = words.index.row()
            position = self._column.bubble(row).position_at(event.position() - self._origin(row))
            self._select_words(replace(words, position=position))
            return
        if self._stamp_at(event.position()).isValid():
            shape = Qt.CursorShape.PointingHandCursor
        elif self._words_at(event.position()) is not None:
            shape = Qt.CursorShape.IBeamCursor
        else:
            shape = Qt.CursorShape.ArrowCursor
        if self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """End the selection, a plain click selects nothing; on a latency it opens the turn."""
        self._dragging = False
        words = self._selected
        if words is not None and words.anchor == words.position:
            self._select_words(None)
        pressed, self._pressed_stamp = self._pressed_stamp, None
        if event.button() == Qt.MouseButton.LeftButton and pressed is not None and pressed.isValid():
            stamp = self._stamp_at(event.position())
            if stamp.isValid() and stamp.row() == pressed.row():
                self.turn_details_requested.emit(stamp.row())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Select a word."""
        words = self._words_at(event.position())
        if words is not None:
            start, end = self._column.bubble(words.index.row()).word_at(words.position)
            self._select_words(_Words(words.index, start, end))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Copy, open, or walk through the rows; typing is not a search here."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in _NAVIGATION or event.matches(QKeySequence.StandardKey.SelectAll):
            self._select_words(None)
            super().keyPressEvent(event)
        elif event.key() in _OPENING and self._has_details(self.currentIndex()):
            if not event.isAutoRepeat():
                self._open_current()
        else:
            event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Offer to copy what is selected, or else what is under the mouse; and the story of its turn."""
        index = self.indexAt(event.pos())
        if self._selected is None and index.isValid() and not self.selectionModel().isSelected(index):
            self.selectionModel().setCurrentIndex(index, _Select.ClearAndSelect)
        elif index.isValid():
            self.selectionModel().setCurrentIndex(index, _Select.NoUpdate)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._copy.setEnabled(bool(self.selected_text()))
        self._details.setEnabled(self._has_details(self.currentIndex()))
        menu.addAction(self._copy)
        menu.addAction(strings.SELECT_ALL, self.selectAll)
        menu.addSeparator()
        menu.addAction(self._details)
        menu.popup(event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        """Tell the story of a turn when the mouse rests on its latency."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self._stamp_at(QPointF(event.pos()))
            metrics = self._conversation.row(index.row()).metrics if index.isValid() else None
            if metrics is not None:
                QToolTip.showText(event.globalPos(), f"{turn_details(metrics)}\n{strings.WATERFALL_OPEN}", self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

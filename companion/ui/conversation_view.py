"""The conversation on the screen: its words selected with the mouse, its rows with the keyboard. GUI thread.

`companion.ui.bubble_column` lays out, scrolls and paints; here is what the user does with what is there. Words are
copied here; all else that can be done with a row (`companion.ui.message_actions`) is asked for by a signal.
"""

from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPointF, Qt, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QMenu, QToolTip, QWidget

from companion.ui import strings
from companion.ui.action_column import ActionColumn
from companion.ui.bubble import MarkKind
from companion.ui.conversation_model import ConversationModel
from companion.ui.message_actions import KEYS, Action, action_words
from companion.ui.theme import Theme
from companion.ui.translation import tr
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
_ACTION_OF_MARK = {
    MarkKind.LATENCY: Action.DETAILS,
    MarkKind.PREVIOUS: Action.PREVIOUS,
    MarkKind.NEXT: Action.NEXT,
}
"""What a click on a mark under a bubble does."""


@dataclass(frozen=True, slots=True)
class _Words:
    """Selected words of one row, from `anchor` to `position`, either way round: cursor positions of its bubble."""

    index: QPersistentModelIndex
    anchor: int
    position: int

    @property
    def bounds(self) -> tuple[int, int]:
        return min(self.anchor, self.position), max(self.anchor, self.position)


class ConversationView(ActionColumn):
    """Shows a `ConversationModel`; words are selected with the mouse, rows with the keyboard.

    Args:
        model: The rows.
        theme: Fonts and colours.
    """

    def __init__(self, model: ConversationModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(model, theme, parent)
        self._words: _Words | None = None
        self._dragging = False
        self._pressed: tuple[QPersistentModelIndex, Action] | None = None
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(tr(strings.CONVERSATION))
        self.viewport().setMouseTracking(True)

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

    # -- clicks under a bubble

    def _mark_at(self, point: QPointF) -> tuple[QModelIndex, Action] | None:
        """Return the row whose mark is under a point of the viewport, and what a click on it does."""
        hit = self._hit(point)
        if hit is None or self._covered(hit[0]):
            return None
        bubble, offered = self._column.bubble(hit[0]), self.actions_of(hit[0])
        for kind, action in _ACTION_OF_MARK.items():
            if action in offered and bubble.mark_rect(kind).contains(hit[1]):
                return self._conversation.index(hit[0]), action
        return None

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
        """Begin to select words, or to click on a mark."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self.clearSelection()
        self._select_words(self._words_at(event.position()))
        self._dragging = self._words is not None
        mark = self._mark_at(event.position())
        self._pressed = None if mark is None else (QPersistentModelIndex(mark[0]), mark[1])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Extend the selected words, or show what can be done where the mouse is."""
        self._mouse = event.position()
        self._place_bar()
        words = self._selected
        if self._dragging and words is not None:
            row = words.index.row()
            position = self._column.bubble(row).position_at(event.position() - self._origin(row))
            self._select_words(replace(words, position=position))
            return
        if self._mark_at(event.position()) is not None:
            shape = Qt.CursorShape.PointingHandCursor
        elif self._words_at(event.position()) is not None:
            shape = Qt.CursorShape.IBeamCursor
        else:
            shape = Qt.CursorShape.ArrowCursor
        if self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """End the selection, a plain click selects nothing; on a mark it does what that stands for."""
        self._dragging = False
        words = self._selected
        if words is not None and words.anchor == words.position:
            self._select_words(None)
        pressed, self._pressed = self._pressed, None
        mark = self._mark_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or pressed is None or mark is None:
            return
        if pressed[0].isValid() and (pressed[0].row(), pressed[1]) == (mark[0].row(), mark[1]):
            self.perform(mark[1], mark[0].row())

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
        elif not self._act_on(event):
            event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Offer to copy what is selected, or else all that can be done with the row under the mouse or the keyboard."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard and self.currentIndex().isValid()
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if self._selected is None and index.isValid() and not self.selectionModel().isSelected(index):
            self.selectionModel().setCurrentIndex(index, _Select.ClearAndSelect)
        elif index.isValid():
            self.selectionModel().setCurrentIndex(index, _Select.NoUpdate)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(tr(strings.COPY), self.copy)
        copy.setEnabled(bool(self.selected_text()))
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        menu.addAction(tr(strings.SELECT_ALL), QKeySequence(QKeySequence.StandardKey.SelectAll), self.selectAll)
        self._fill_menu(menu, index)
        place = self.viewport().mapToGlobal(self.visualRect(index).center()) if by_key else event.globalPos()
        menu.popup(place)

    def _fill_menu(self, menu: QMenu, index: QModelIndex) -> None:
        """Add what can be done with a row; nothing that cannot."""
        offered = self.actions_of(index.row()) if index.isValid() else []
        row = QPersistentModelIndex(index)
        menu.addSeparator()
        for action in offered:
            if action is Action.COPY:
                continue
            entry = menu.addAction(action_words(action, self._conversation.row(row.row())))
            entry.setShortcut(QKeySequence(KEYS[action][0]))
            entry.triggered.connect(
                lambda _=False, action=action: self.perform(action, row.row()) if row.isValid() else None
            )

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        """Tell the story of a turn when the mouse rests on its latency."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            mark = self._mark_at(QPointF(event.pos()))
            row = None if mark is None else self._conversation.row(mark[0].row())
            if mark is not None and row is not None and mark[1] is not Action.DETAILS:
                QToolTip.showText(event.globalPos(), action_words(mark[1], row), self)
            elif row is not None and row.metrics is not None:
                QToolTip.showText(event.globalPos(), f"{turn_details(row.metrics)}\n{tr(strings.WATERFALL_OPEN)}", self)
            else:
                QToolTip.hideText()
            return True
        if event.type() == QEvent.Type.Leave:
            self._mouse = None
            self._place_bar()
        return super().viewportEvent(event)

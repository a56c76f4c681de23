"""The conversation on the screen: bubbles in one scrolled column. GUI thread.

QListView asks for the size of every row whenever one changes, which a growing reply does thirty times a second.
This view keeps its own heights instead: exact for rows that were seen at this width, estimated from the length of
the text for the rest, corrected when they come into sight while the row at the top stays where it is. Work per
change depends on what is visible, not on how long the conversation is.
"""

from collections import OrderedDict
from collections.abc import Sequence

from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QPropertyAnimation,
    QRect,
    QRectF,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QFontMetricsF,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QMenu, QToolButton, QToolTip, QWidget

from companion.ui import strings
from companion.ui.bubble import LINE_SPACING, PADDING_X, PADDING_Y, Bubble
from companion.ui.conversation_model import ConversationModel
from companion.ui.icons import Glyph, glyph_icon
from companion.ui.row_heights import RowHeights
from companion.ui.rows import Row, RowKind
from companion.ui.theme import BUBBLE_SHARE, COLUMN_WIDTH, UNIT, Text, Theme
from companion.ui.turn_details import turn_details

_MARGIN = 5 * UNIT
_TURN_GAP = 6 * UNIT
_ROW_GAP = 2 * UNIT
_KEPT_BUBBLES = 300
_NEAR_END = 2 * UNIT
"""Closer than this to the end counts as reading along."""
_SLIDE_MS = 140
_JUMP_SIZE = 10 * UNIT
_ROUNDS = 8
"""Measuring rows may bring others into sight; a few rounds settle it, and a last wrong estimate does no harm."""

_Index = QModelIndex | QPersistentModelIndex
_Select = QItemSelectionModel.SelectionFlag
_Move = QAbstractItemView.CursorAction
_NAVIGATION = {
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
}


class ConversationView(QAbstractItemView):
    """Shows a `ConversationModel`; words are selected with the mouse, rows with the keyboard.

    Args:
        model: The rows.
        theme: Fonts and colours.
    """

    following_changed = Signal(bool)
    """Whether the view stays with the newest words; False while the user reads further up."""

    def __init__(self, model: ConversationModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._conversation = model
        self._heights = RowHeights()
        self._bubbles: OrderedDict[int, Bubble] = OrderedDict()
        self._following = True
        self._settling = False
        self._words: tuple[int, int, int] | None = None
        self._dragging = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(strings.CONVERSATION)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setMouseTracking(True)
        bar = self.verticalScrollBar()
        bar.setAccessibleName(strings.CONVERSATION_POSITION)
        bar.actionTriggered.connect(self._on_user_scrolled)
        self._slide = QPropertyAnimation(bar, b"value", self)
        self._slide.setDuration(_SLIDE_MS)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._jump = QToolButton(self)
        self._jump.setAccessibleName(strings.JUMP_TO_LATEST)
        self._jump.setToolTip(strings.JUMP_TO_LATEST)
        self._jump.setFixedSize(_JUMP_SIZE, _JUMP_SIZE)
        self._jump.clicked.connect(self.jump_to_latest)
        self._jump.hide()
        self._copy = QAction(strings.COPY, self)
        self._copy.triggered.connect(self.copy)
        self.setModel(model)
        model.rowsRemoved.connect(self._on_rows_removed)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def following(self) -> bool:
        """Whether the view stays with the newest words."""
        return self._following

    @Slot()
    def jump_to_latest(self) -> None:
        """Scroll to the end and follow again."""
        self._follow(True)
        self._settle()

    @Slot()
    def copy(self) -> None:
        """Put the selected words, or else the selected rows, on the clipboard."""
        text = self.selected_text()
        if text:
            QGuiApplication.clipboard().setText(text)

    def selected_text(self) -> str:
        """Return the selected words, or else the text of the selected rows."""
        if self._words is not None:
            row, anchor, position = self._words
            return self._bubble(row).text_between(min(anchor, position), max(anchor, position))
        rows = sorted(index.row() for index in self.selectedIndexes())
        return "\n\n".join(self._conversation.row(row).spoken_text for row in rows)

    # -- geometry

    def _column(self) -> tuple[float, float]:
        """Return (left, width) of the column; the scroll bar coming or going moves nothing."""
        space = self.width()
        width = max(120.0, min(float(COLUMN_WIDTH), space - 2.0 * _MARGIN))
        return (space - width) // 2, width

    def _gap_above(self, index: int) -> int:
        if index == 0:
            return _MARGIN
        row, before = self._conversation.row(index), self._conversation.row(index - 1)
        starts_turn = row.turn_id != before.turn_id or row.kind is RowKind.USER
        return _TURN_GAP if starts_turn else _ROW_GAP

    def _bubble(self, index: int) -> Bubble:
        row, width = self._conversation.row(index), self._column()[1]
        bubble = self._bubbles.get(index)
        if bubble is None or bubble.row is not row or bubble.width != width:
            bubble = Bubble(row, width, self._theme)
            self._bubbles[index] = bubble
            if len(self._bubbles) > _KEPT_BUBBLES:
                self._bubbles.popitem(last=False)
        self._bubbles.move_to_end(index)
        return bubble

    def _estimate(self, row: Row) -> int:
        line = max(1.0, self._column()[1] * BUBBLE_SHARE - 2 * PADDING_X)
        lines = 1 + row.text.count("\n") + int(len(row.text) * self._char_width / line)
        return round(lines * self._line_height + 2 * PADDING_Y) + _ROW_GAP

    def _start_over(self) -> None:
        """Forget every measure: the width, the font or all rows changed."""
        metrics = QFontMetricsF(self._theme.font(Text.BODY))
        self._char_width = metrics.averageCharWidth()
        self._line_height = metrics.height() * LINE_SPACING
        rows = (self._conversation.row(i) for i in range(self._conversation.rowCount()))
        held = self._heights.at(self.verticalOffset())
        inside = self.verticalOffset() - self._heights.top(held)
        self._heights = RowHeights(self._estimate(row) for row in rows)
        self._bubbles.clear()
        if not self._following and held < len(self._heights):
            self._set_range()
            self.verticalScrollBar().setValue(self._heights.top(held) + min(inside, self._heights[held] - 1))
        self._settle()

    def _settle(self) -> None:
        """Measure what is in sight, set the scroll range, and keep what the user looks at where it is."""
        if self._settling:
            return
        self._settling = True
        bar, page = self.verticalScrollBar(), self.viewport().height()
        for _ in range(_ROUNDS):
            self._set_range()
            top = bar.value()
            rows = set(self._heights.between(top, top + page))
            if self._following:
                rows |= set(self._heights.between(bar.maximum(), bar.maximum() + page))
            wrong = self._heights.unmeasured(sorted(rows))
            if not wrong:
                break
            first = self._heights.at(top)
            offset = top - self._heights.top(first)
            self._heights.measure({i: self._bubble(i).height + self._gap_above(i) for i in wrong})
            self._set_range()
            if not self._following:
                bar.setValue(self._heights.top(first) + offset)
        self._settling = False
        if self._following:
            self._slide_to_end()
        self._place_jump()
        self.viewport().update()

    def _set_range(self) -> None:
        bar, page = self.verticalScrollBar(), self.viewport().height()
        bar.setPageStep(page)
        bar.setSingleStep(round(self._line_height))
        bar.setRange(0, max(0, self._heights.total + _MARGIN - page))

    def _slide_to_end(self) -> None:
        bar = self.verticalScrollBar()
        sliding = self._slide.state() == QPropertyAnimation.State.Running
        distance = bar.maximum() - bar.value()
        if distance <= 0 or (sliding and self._slide.endValue() == bar.maximum()):
            return
        self._slide.stop()
        if self._theme.reduce_motion or not self.isVisible() or distance > self.viewport().height():
            bar.setValue(bar.maximum())
        else:
            self._slide.setStartValue(bar.value())
            self._slide.setEndValue(bar.maximum())
            self._slide.start()

    @Slot(int)
    def _on_user_scrolled(self, _action: int) -> None:
        self._slide.stop()
        bar = self.verticalScrollBar()
        self._follow(bar.sliderPosition() >= bar.maximum() - _NEAR_END)

    def _follow(self, following: bool) -> None:
        if following != self._following:
            self._following = following
            self.following_changed.emit(following)
        self._place_jump()

    def _place_jump(self) -> None:
        self._jump.setVisible(not self._following)
        self._jump.move((self.width() - _JUMP_SIZE) // 2, self.height() - _JUMP_SIZE - 3 * UNIT)

    @Slot()
    def _restyle(self) -> None:
        colors = self._theme.colors
        self._jump.setIcon(glyph_icon(Glyph.DOWN, QColor(colors.text)))
        self._jump.setStyleSheet(
            f"QToolButton {{ background: {colors.surface}; border: 1px solid {colors.outline};"
            f" border-radius: {_JUMP_SIZE // 2}px; }}"
            f"QToolButton:focus {{ border: 2px solid {colors.accent}; }}"
        )
        self._start_over()

    # -- the model changed

    def rowsInserted(self, parent: _Index, start: int, end: int) -> None:  # noqa: N802
        """Make room for new rows."""
        super().rowsInserted(parent, start, end)
        rows = [self._conversation.row(i) for i in range(start, end + 1)]
        self._heights.insert(start, [self._estimate(row) for row in rows])
        self._renumber(start, len(rows))
        if rows[-1].kind is RowKind.USER and end == len(self._heights) - 1:
            self._follow(True)
        self._heights.doubt(end + 1, end + 1)
        self._settle()

    @Slot(QModelIndex, int, int)
    def _on_rows_removed(self, _parent: QModelIndex, first: int, last: int) -> None:
        self._heights.remove(first, last)
        self._renumber(first, first - last - 1)
        self._heights.doubt(first, first)
        self._settle()

    def dataChanged(self, top_left: _Index, bottom_right: _Index, roles: Sequence[int] = ()) -> None:  # noqa: N802
        """Lay out rows again."""
        super().dataChanged(top_left, bottom_right, list(roles))
        self._heights.doubt(top_left.row(), bottom_right.row())
        self._settle()

    def reset(self) -> None:
        """Start over with the model's rows."""
        super().reset()
        self._words = None
        self._following = True
        if hasattr(self, "_jump"):
            self._start_over()

    def _renumber(self, first: int, by: int) -> None:
        """Rows from `first` on moved; a removed row's bubble gives way."""
        kept = ((i if i < first else i + by, bubble) for i, bubble in self._bubbles.items())
        self._bubbles = OrderedDict(kept)
        if self._words is not None and self._words[0] >= first:
            self._words = None

    # -- what QAbstractItemView asks for

    def visualRect(self, index: _Index) -> QRect:  # noqa: N802
        """Return where a row is in the viewport."""
        row = index.row()
        if not 0 <= row < len(self._heights):
            return QRect()
        left, width = self._column()
        y = self._heights.top(row) - self.verticalOffset()
        return QRectF(left, y, width, self._heights[row]).toAlignedRect()

    def indexAt(self, point: QPoint) -> QModelIndex:  # noqa: N802
        """Return the row under a point of the viewport."""
        y = point.y() + self.verticalOffset()
        if not 0 <= y < self._heights.total:
            return QModelIndex()
        return self._conversation.index(self._heights.at(y))

    def scrollTo(  # noqa: N802
        self, index: _Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Bring a row into sight."""
        rect, bar, page = self.visualRect(index), self.verticalScrollBar(), self.viewport().height()
        if rect.isNull():
            return
        self._slide.stop()
        if rect.top() < 0:
            bar.setValue(bar.value() + rect.top())
        elif rect.bottom() > page:
            bar.setValue(bar.value() + min(rect.top(), rect.bottom() - page + _MARGIN))
        self._follow(bar.value() >= bar.maximum() - _NEAR_END)

    def moveCursor(self, action: _Move, modifiers: Qt.KeyboardModifier) -> QModelIndex:  # noqa: N802
        """Return the row that a navigation key leads to."""
        last = len(self._heights) - 1
        current = self.currentIndex()
        row = current.row() if current.isValid() else last + 1
        page = max(1, len(self._heights.between(self.verticalOffset(), self.verticalOffset() + self.height())) - 1)
        steps = {
            _Move.MoveUp: -1,
            _Move.MovePrevious: -1,
            _Move.MoveDown: 1,
            _Move.MoveNext: 1,
            _Move.MovePageUp: -page,
            _Move.MovePageDown: page,
            _Move.MoveHome: -row,
            _Move.MoveEnd: last - row,
        }
        return self._conversation.index(max(0, min(last, row + steps.get(action, 0))))

    def horizontalOffset(self) -> int:  # noqa: N802
        """The column never scrolls sideways."""
        return 0

    def verticalOffset(self) -> int:  # noqa: N802
        """How far the column is scrolled."""
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: _Index) -> bool:  # noqa: N802
        """No row is hidden."""
        return False

    def setSelection(self, rect: QRect, command: _Select) -> None:  # noqa: N802
        """Select the rows that `rect` touches."""
        rows = self._heights.between(rect.top() + self.verticalOffset(), rect.bottom() + self.verticalOffset())
        if rows:
            chosen = QItemSelection(self._conversation.index(rows[0]), self._conversation.index(rows[-1]))
            self.selectionModel().select(chosen, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:  # noqa: N802
        """Return the area that a selection covers."""
        region = QRegion()
        for index in selection.indexes():
            region = region.united(QRegion(self.visualRect(index)))
        return region

    # -- events

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Wrap anew when the width changes."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._start_over()
        else:
            self._settle()

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802
        """Show other rows."""
        self.viewport().update()
        if not self._following:
            self._settle()

    def _origin(self, row: int) -> QPointF:
        """Return where a row's bubble begins in the viewport."""
        return QPointF(self._column()[0], self._heights.top(row) - self.verticalOffset() + self._gap_above(row))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the bubbles in sight."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen, current = self.selectionModel(), self.currentIndex().row() if self.hasFocus() else -1
        offset = self.verticalOffset()
        for i in self._heights.between(offset, offset + self.viewport().height()):
            span = None
            if self._words is not None and self._words[0] == i:
                span = (min(self._words[1:]), max(self._words[1:]))
            painter.save()
            painter.translate(self._origin(i))
            selected = span is None and chosen.isRowSelected(i, QModelIndex())
            self._bubble(i).paint(painter, selected=selected, focused=i == current and span is None, selection=span)
            painter.restore()
        painter.end()

    def _hit(self, point: QPointF) -> tuple[int, QPointF] | None:
        """Return (row, point relative to its bubble) of what is under a point of the viewport."""
        index = self.indexAt(point.toPoint())
        return (index.row(), point - self._origin(index.row())) if index.isValid() else None

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin to select words."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._words, self._dragging = None, False
        self.clearSelection()
        hit = self._hit(event.position())
        if hit is not None and self._bubble(hit[0]).frame.contains(hit[1]):
            position = self._bubble(hit[0]).position_at(hit[1])
            self._words, self._dragging = (hit[0], position, position), True
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Extend the selected words."""
        if self._dragging and self._words is not None:
            row, anchor, _ = self._words
            position = self._bubble(row).position_at(event.position() - self._origin(row))
            self._words = (row, anchor, position)
            self.viewport().update()
            return
        hit = self._hit(event.position())
        over = hit is not None and self._bubble(hit[0]).frame.contains(hit[1])
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor if over else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """End the selection; a plain click selects nothing."""
        self._dragging = False
        if self._words is not None and self._words[1] == self._words[2]:
            self._words = None
        self.viewport().update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Select a word."""
        hit = self._hit(event.position())
        if hit is not None and self._bubble(hit[0]).frame.contains(hit[1]):
            bubble = self._bubble(hit[0])
            self._words = (hit[0], *bubble.word_at(bubble.position_at(hit[1])))
            self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Copy, or walk through the rows; typing is not a search here."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in _NAVIGATION or event.matches(QKeySequence.StandardKey.SelectAll):
            self._words = None
            super().keyPressEvent(event)
        else:
            event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Offer to copy what is selected, or else what is under the mouse."""
        index = self.indexAt(event.pos())
        if self._words is None and index.isValid() and not self.selectionModel().isSelected(index):
            self.selectionModel().setCurrentIndex(index, _Select.ClearAndSelect)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._copy.setEnabled(bool(self.selected_text()))
        menu.addAction(self._copy)
        menu.addAction(strings.SELECT_ALL, self.selectAll)
        menu.popup(event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        """Tell the story of a turn when the mouse rests on its latency."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            hit = self._hit(QPointF(event.pos()))
            metrics = self._conversation.row(hit[0]).metrics if hit else None
            if hit and metrics and self._bubble(hit[0]).meta_rect.contains(hit[1]):
                QToolTip.showText(event.globalPos(), turn_details(metrics), self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

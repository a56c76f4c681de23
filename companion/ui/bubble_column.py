"""The scrolled column of bubbles: what is in sight, how the end is followed, and its painting. GUI thread.

QListView asks for the size of every row whenever one changes, which a growing reply does thirty times a second.
This view has a layout of its own (`companion.ui.column_layout`): exact for rows that were seen at this width, estimated
for the rest, corrected when they come into sight while the row at the top stays where it is. Work per change depends
on what changed and is visible, not on how long the conversation is. What the user does with the words is
`companion.ui.conversation_view`.
"""

from collections.abc import Sequence

from PySide6.QtCore import (
    QEasingCurve,
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
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QWidget

from companion.ui import strings
from companion.ui.column_layout import MARGIN, ColumnLayout
from companion.ui.conversation_model import ConversationModel
from companion.ui.jump_button import JumpButton
from companion.ui.rows import RowKind
from companion.ui.theme import UNIT, Theme
from companion.ui.translation import tr

_NEAR_END = 2 * UNIT
"""Closer than this to the end counts as reading along."""
_SLIDE_MS = 140
_ROUNDS = 8
"""Measuring rows may bring others into sight; a few rounds settle it, and a last wrong estimate does no harm."""

_Index = QModelIndex | QPersistentModelIndex
_Select = QItemSelectionModel.SelectionFlag
_Move = QAbstractItemView.CursorAction


class BubbleColumn(QAbstractItemView):
    """Scrolls and paints a `ConversationModel`.

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
        self._column = ColumnLayout(model, theme)
        self._following = True
        self._settling = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        self.viewport().setAutoFillBackground(True)  # what covers all beneath can be scrolled by moving its pixels
        bar = self.verticalScrollBar()
        bar.setAccessibleName(tr(strings.CONVERSATION_POSITION))
        bar.actionTriggered.connect(self._on_user_scrolled)
        self._slide = QPropertyAnimation(bar, b"value", self)
        self._slide.setDuration(_SLIDE_MS)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._jump = JumpButton(theme, self)
        self._jump.clicked.connect(self.jump_to_latest)
        self.setModel(model)
        model.rowsRemoved.connect(self._on_rows_removed)
        theme.changed.connect(self._start_over)
        self._start_over()

    @property
    def following(self) -> bool:
        """Whether the view stays with the newest words."""
        return self._following

    @Slot()
    def jump_to_latest(self) -> None:
        """Scroll to the end and follow again."""
        self._follow(True)
        self._settle()

    def hold(self) -> None:
        """Stay where the user looks, although what is below changes."""
        self._slide.stop()
        self._follow(False)

    # -- where things are

    def _origin(self, row: int) -> QPointF:
        """Return where a row's bubble begins in the viewport."""
        top = self._column.heights.top(row) + self._column.gap_above(row)
        return QPointF(self._column.left, top - self.verticalOffset())

    def _hit(self, point: QPointF) -> tuple[int, QPointF] | None:
        """Return (row, point relative to its bubble) of what is under a point of the viewport."""
        index = self.indexAt(point.toPoint())
        return (index.row(), point - self._origin(index.row())) if index.isValid() else None

    @Slot()
    def _start_over(self) -> None:
        """Lay everything out again, with the row at the top where it was."""
        heights = self._column.heights
        held = heights.at(self.verticalOffset())
        inside = self.verticalOffset() - heights.top(held)
        self._column.start_over(self.width())  # the scroll bar coming or going moves nothing
        heights = self._column.heights
        if not self._following and held < len(heights):
            self._set_range()
            self.verticalScrollBar().setValue(heights.top(held) + min(inside, heights[held] - 1))
        self._settle()
        self.viewport().update()

    def _settle(self) -> None:
        """Measure what is in sight, set the scroll range, and keep what the user looks at where it is.

        Rows that move by it are painted again; one that changed in its place is the caller's to paint.
        """
        if self._settling:
            return
        self._settling = True
        bar, page, heights = self.verticalScrollBar(), self.viewport().height(), self._column.heights
        for _ in range(_ROUNDS):
            self._set_range()
            top = bar.value()
            rows = set(heights.between(top, top + page))
            if self._following:
                rows |= set(heights.between(bar.maximum(), bar.maximum() + page))
            unknown = heights.unmeasured(sorted(rows))
            if not unknown:
                break
            first = heights.at(top)
            offset = top - heights.top(first)
            moved = self._column.measure(unknown)
            self._set_range()
            if not self._following:
                bar.setValue(heights.top(first) + offset)
            if moved is not None:
                self._repaint(moved, len(heights) - 1)
        self._settling = False
        if self._following:
            self._slide_to_end()
        self._settled()
        self._jump.place(self.size(), visible=not self._following)

    def _settled(self) -> None:
        """Every row in sight is where it will stay."""

    def _set_range(self) -> None:
        bar, page = self.verticalScrollBar(), self.viewport().height()
        bar.setPageStep(page)
        bar.setSingleStep(round(self._column.line_height))
        bar.setRange(0, max(0, self._column.heights.total + MARGIN - page))

    # -- scrolling

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
        self._jump.place(self.size(), visible=not self._following)

    # -- the model changed

    def rowsInserted(self, parent: _Index, start: int, end: int) -> None:  # noqa: N802
        """Make room for new rows."""
        super().rowsInserted(parent, start, end)
        self._column.insert(start, end)
        if end == len(self._column.heights) - 1 and self._conversation.row(end).kind is RowKind.USER:
            self._follow(True)
        self._settle()
        self._repaint(start, len(self._column.heights) - 1)

    @Slot(QModelIndex, int, int)
    def _on_rows_removed(self, _parent: QModelIndex, first: int, last: int) -> None:
        self._column.remove(first, last)
        self._settle()
        self.viewport().update()

    def dataChanged(self, top_left: _Index, bottom_right: _Index, roles: Sequence[int] = ()) -> None:  # noqa: N802
        """Lay out rows again."""
        super().dataChanged(top_left, bottom_right, list(roles))
        self._column.change(top_left.row(), bottom_right.row())
        self._settle()
        self._repaint(top_left.row(), bottom_right.row())

    def reset(self) -> None:
        """Start over with the model's rows."""
        super().reset()
        self._following = True
        if hasattr(self, "_jump"):  # Qt calls this from within its own constructor and setModel()
            self._start_over()

    # -- what QAbstractItemView asks for

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802
        """Show other rows; those in sight before keep their pixels."""
        self.viewport().scroll(dx, dy)
        if self._following:
            self._settled()
        else:
            self._settle()

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
            bar.setValue(bar.value() + min(rect.top(), rect.bottom() - page + MARGIN))
        self._follow(bar.value() >= bar.maximum() - _NEAR_END)

    def visualRect(self, index: _Index) -> QRect:  # noqa: N802
        """Return where a row is in the viewport."""
        row, column = index.row(), self._column
        if not 0 <= row < len(column.heights):
            return QRect()
        y = column.heights.top(row) - self.verticalOffset()
        return QRectF(column.left, y, column.width, column.heights[row]).toAlignedRect()

    def indexAt(self, point: QPoint) -> QModelIndex:  # noqa: N802
        """Return the row under a point of the viewport."""
        y = point.y() + self.verticalOffset()
        if not 0 <= y < self._column.heights.total:
            return QModelIndex()
        return self._conversation.index(self._column.heights.at(y))

    def moveCursor(self, action: _Move, modifiers: Qt.KeyboardModifier) -> QModelIndex:  # noqa: N802
        """Return the row that a navigation key leads to."""
        last = len(self._column.heights) - 1
        current = self.currentIndex()
        row = current.row() if current.isValid() else last + 1
        page = max(1, len(self._in_sight()) - 1)
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
        rows = self._rows_between(rect.top(), rect.bottom())
        if rows:
            chosen = QItemSelection(self._conversation.index(rows[0]), self._conversation.index(rows[-1]))
            self.selectionModel().select(chosen, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:  # noqa: N802
        """Return the area that a selection covers."""
        region = QRegion()
        for index in selection.indexes():
            region = region.united(QRegion(self.visualRect(index)))
        return region

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Wrap anew when the width changes."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._start_over()
        else:
            self._settle()

    # -- painting

    def _rows_between(self, top: int, bottom: int) -> range:
        """Return the rows that touch a stretch of the viewport."""
        offset = self.verticalOffset()
        return self._column.heights.between(offset + top, offset + bottom)

    def _in_sight(self) -> range:
        return self._rows_between(0, self.viewport().height())

    def _repaint(self, first: int, last: int) -> None:
        """Paint the rows from `first` to `last` again, over the whole width."""
        heights, offset = self._column.heights, self.verticalOffset()
        top, bottom = heights.top(first) - offset, heights.top(last + 1) - offset
        self.viewport().update(0, top, self.viewport().width(), bottom - top)

    def _marked(self, row: int) -> tuple[int, int] | None:
        """Return the selected words of a row, as cursor positions of its bubble; None if there are none."""
        return None

    def _covered(self, row: int) -> bool:
        """Whether something else stands in the place of a row's bubble."""
        return False

    def _has_keyboard(self) -> bool:
        """Whether the current row is the one that keys act on."""
        return self.hasFocus()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the bubbles that need it."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen, current = self.selectionModel(), self.currentIndex().row() if self._has_keyboard() else -1
        for row in self._rows_between(event.rect().top(), event.rect().bottom()):
            if self._covered(row):
                continue
            marked, origin = self._marked(row), self._origin(row)
            selected = marked is None and chosen.isRowSelected(row, QModelIndex())
            focused = marked is None and row == current
            painter.translate(origin)
            clip = QRectF(event.rect()).translated(-origin)
            self._column.bubble(row).paint(painter, selected=selected, focused=focused, selection=marked, clip=clip)
            painter.translate(-origin)
        painter.end()

"""Where each bubble of a conversation is: a column of rows, some measured, the rest estimated. GUI thread.

No widget: it knows the rows, the fonts and the space it was given, and neither scrolls nor paints. A bubble is kept
until its row is told to be another, so a growing reply lays out itself and nothing else, and scrolling nothing at all.
"""

from collections import OrderedDict
from collections.abc import Iterable

from PySide6.QtGui import QFontMetricsF

from companion.ui.bubble import (
    FOLDED_CHARACTERS,
    LINE_SPACING,
    LONGEST_CHARACTERS,
    PADDING_X,
    PADDING_Y,
    Bubble,
    meta_height,
)
from companion.ui.conversation_model import ConversationModel
from companion.ui.row_heights import RowHeights
from companion.ui.rows import Row, RowKind
from companion.ui.theme import BUBBLE_SHARE, COLUMN_WIDTH, UNIT, Text, Theme

MARGIN = 5 * UNIT
"""Room above the first row, below the last, and beside them all."""
_TURN_GAP = 4 * UNIT
_ROW_GAP = UNIT
_NARROWEST = 120.0
_KEPT_BUBBLES = 300


class ColumnLayout:
    """Places the rows of a `ConversationModel`; heights and tops are whole logical pixels from the column's top.

    Attributes:
        heights: Height of each row, with the gap above it.
        left: Where the column begins.
        width: How wide it is.
        line_height: Of the words, spacing included.
    """

    def __init__(self, model: ConversationModel, theme: Theme) -> None:
        self._model = model
        self._theme = theme
        self._bubbles: OrderedDict[int, Bubble] = OrderedDict()
        self._unfolded: set[int] = set()
        """Messages of which all is shown, however long."""
        self._edited: tuple[int, int] | None = None
        self.heights = RowHeights()
        self.start_over(0)

    def start_over(self, space: float) -> None:
        """Forget every measure: the width, the font or all rows changed. `space` is the width there is."""
        self.width = max(_NARROWEST, min(float(COLUMN_WIDTH), space - 2.0 * MARGIN))
        self.left = (space - self.width) // 2
        metrics = QFontMetricsF(self._theme.font(Text.BODY))
        self.line_height = metrics.height() * LINE_SPACING
        self._meta_height = meta_height(self._theme)
        self._char_width = metrics.averageCharWidth()
        self._bubbles.clear()
        self.heights = RowHeights(self._estimate(self._model.row(i)) for i in range(self._model.rowCount()))

    def bubble(self, row: int) -> Bubble:
        """Return the row, laid out as it was when last told of: a reply grows oftener than that."""
        found = self._bubbles.get(row)
        if found is None:
            shown = self._model.row(row)
            found = Bubble(shown, self.width, self._theme, whole=shown.message_id in self._unfolded)
            self._bubbles[row] = found
            if len(self._bubbles) > _KEPT_BUBBLES:
                self._bubbles.popitem(last=False)
        self._bubbles.move_to_end(row)
        return found

    def unfold(self, row: int) -> None:
        """Show all of a very long message from now on."""
        message_id = self._model.row(row).message_id
        if message_id is not None:
            self._unfolded.add(message_id)
            self.change(row, row)

    def make_room(self, row: int, height: int) -> None:
        """Give a row this height instead of its bubble's, for a field that stands there; 0 ends it."""
        self._edited = (row, height) if height else None
        self.heights.doubt(row, row)

    def gap_above(self, row: int) -> int:
        """Return the room above a row, which is part of its height; wider where a turn begins."""
        if row == 0:
            return MARGIN
        this, before = self._model.row(row), self._model.row(row - 1)
        starts_turn = this.kind is RowKind.USER or before.kind is not RowKind.USER
        return _TURN_GAP if starts_turn else _ROW_GAP

    def measure(self, rows: Iterable[int]) -> int | None:
        """Take the true heights of some rows; return the first row whose height was another, None if none was."""
        found = {row: self._height(row) + self.gap_above(row) for row in rows}
        wrong = [row for row, height in found.items() if height != self.heights[row]]
        self.heights.measure(found)
        return min(wrong, default=None)

    def _height(self, row: int) -> int:
        return self._edited[1] if self._edited and self._edited[0] == row else self.bubble(row).height

    def change(self, first: int, last: int) -> None:
        """The rows from `first` to `last` are others now."""
        for row in range(first, last + 1):
            self._bubbles.pop(row, None)
        self.heights.doubt(first, last)

    def insert(self, first: int, last: int) -> None:
        """Make room for the rows from `first` to `last`, which the model has already."""
        self.heights.insert(first, [self._estimate(self._model.row(row)) for row in range(first, last + 1)])
        self._renumber(first, last + 1 - first)
        self.heights.doubt(last + 1, last + 1)  # the gap above the row that follows

    def remove(self, first: int, last: int) -> None:
        """Close the gap of the rows from `first` to `last`, which the model no longer has."""
        self.heights.remove(first, last)
        for row in range(first, last + 1):
            self._bubbles.pop(row, None)
        self._renumber(first, first - last - 1)
        self.heights.doubt(first, first)

    def _renumber(self, first: int, by: int) -> None:
        self._bubbles = OrderedDict((i if i < first else i + by, bubble) for i, bubble in self._bubbles.items())

    def _estimate(self, row: Row) -> int:
        line = max(1.0, self.width * BUBBLE_SHARE - 2 * PADDING_X)
        length = len(row.text)
        if length > LONGEST_CHARACTERS and row.message_id not in self._unfolded:
            length = FOLDED_CHARACTERS
        lines = 1 + row.text.count("\n", 0, length) + int(length * self._char_width / line)
        return round(lines * self.line_height + 2 * PADDING_Y + self._meta_height) + _ROW_GAP

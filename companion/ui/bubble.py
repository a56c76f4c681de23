"""Lays out and paints one row of the conversation. GUI thread.

A `Bubble` is made for one row at one width and is good until either changes; making it is the costly part (text
layout), painting it is cheap. Text is always plain: nothing the user or the model wrote is read as markup.
"""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QTextCharFormat, QTextLayout, QTextOption

from companion.engine.metrics import Grade, grade
from companion.ui.icons import Glyph, paint_glyph
from companion.ui.rows import Row, RowKind
from companion.ui.strings import LENGTH_REACHED, STOPPED_HERE, latency_words
from companion.ui.theme import BUBBLE_SHARE, UNIT, Colors, Text, Theme

PADDING_X = 4 * UNIT
PADDING_Y = 2.5 * UNIT
RADIUS = 4.5 * UNIT
META_GAP = 1.5 * UNIT
LINE_SPACING = 1.25

GRADE_GLYPHS: dict[Grade, Glyph] = {"good": Glyph.DISC, "fair": Glyph.HALF_DISC, "slow": Glyph.TRIANGLE}
"""The shape of a latency; its colour is the theme's colour of the same name."""

_HARD_BREAK = str.maketrans({"\n": "\u2028", "\r": " "})


def utf16_offset(text: str, offset: int) -> int:
    """Return `offset` in UTF-16 units, which is how Qt counts."""
    return len(text[:offset].encode("utf-16-le", "surrogatepass")) // 2


class Bubble:
    """One row, laid out for one width. Coordinates are relative to the row's top left corner.

    Args:
        row: What to show.
        width: Width of the column in logical pixels.
        theme: Fonts and colours; make a new bubble when they change.
    """

    def __init__(self, row: Row, width: float, theme: Theme) -> None:
        self.row = row
        self.width = width
        self._theme = theme
        self._small = theme.font(Text.SMALL)
        self._metrics = QFontMetricsF(self._small)
        self._glyph_size = self._metrics.capHeight() + 2
        limit = max(80.0, width * (1.0 if row.kind is RowKind.FAILURE else BUBBLE_SHARE) - 2 * PADDING_X)
        icon = 7 * UNIT if row.kind is RowKind.FAILURE else 0
        self._text = self._lay_out(limit - icon)
        inner = max((self._text.lineAt(i).naturalTextWidth() for i in range(self._text.lineCount())), default=0.0)
        height = self._text_height()
        frame_width = math.ceil(min(inner + icon, limit) + 2 * PADDING_X)
        left = width - frame_width if row.kind is RowKind.USER else 0.0
        self.frame = QRectF(left, 0, frame_width, math.ceil(height + 2 * PADDING_Y))
        self._origin = QPointF(left + PADDING_X + icon, PADDING_Y)
        self._meta_height = self._metrics.height() + META_GAP if self._meta() else 0.0
        self.height = math.ceil(self.frame.height() + self._meta_height)

    @property
    def stamp_rect(self) -> QRectF:
        """Where the latency is, with a little room around it to click on; empty if there is none."""
        if self.row.kind is not RowKind.ASSISTANT or self.row.latency_s is None:
            return QRectF()
        words = self._metrics.horizontalAdvance(latency_words(self.row.latency_s))
        left = self.frame.left() + PADDING_X - 2 * UNIT
        return QRectF(left, self.frame.bottom(), self._glyph_size + words + 5 * UNIT, self._meta_height + UNIT)

    def _lay_out(self, width: float) -> QTextLayout:
        row = self.row
        text = f"{row.text}\n{row.hint}" if row.hint else row.text
        layout = QTextLayout(text.translate(_HARD_BREAK), self._theme.font(Text.BODY))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.setCacheEnabled(True)
        layout.setFormats(self._formats(text))
        layout.beginLayout()
        y = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, y))
            y += line.height() * LINE_SPACING
        layout.endLayout()
        return layout

    def _text_height(self) -> float:
        count = self._text.lineCount()
        if not count:
            return 0.0
        last = self._text.lineAt(count - 1)
        return last.y() + last.height()

    def _formats(self, text: str) -> list[QTextLayout.FormatRange]:
        row, colors = self.row, self._theme.colors
        if row.hint:
            return [_range(text, len(row.text), len(text), colors.text_secondary)]
        if row.provisional:
            return [_range(text, 0, len(text), colors.text_secondary)]
        if row.heard is None or row.heard >= len(text):
            return []
        return [_range(text, row.heard, len(text), colors.text_secondary, struck=row.interrupted)]

    def _meta(self) -> list[tuple[Glyph, str, str]]:
        """Return (glyph, words, colour) of each mark under the bubble."""
        row, colors = self.row, self._theme.colors
        if row.kind is not RowKind.ASSISTANT:
            return []
        marks = []
        if row.latency_s is not None:
            level = grade(row.latency_s)
            marks.append((GRADE_GLYPHS[level], latency_words(row.latency_s), getattr(colors, level)))
        if row.interrupted:
            marks.append((Glyph.STOP, STOPPED_HERE, colors.text_secondary))
        if row.shortened:
            marks.append((Glyph.DOTS, LENGTH_REACHED, colors.text_secondary))
        return marks

    def position_at(self, point: QPointF) -> int:
        """Return the cursor position (UTF-16 units) nearest to `point`."""
        y = point.y() - self._origin.y()
        count = self._text.lineCount()
        for index in range(count):
            line = self._text.lineAt(index)
            if y < line.y() + line.height() * LINE_SPACING or index == count - 1:
                return line.xToCursor(point.x() - self._origin.x())
        return 0

    def word_at(self, position: int) -> tuple[int, int]:
        """Return the bounds of the word around a cursor position."""
        skip = QTextLayout.CursorMode.SkipWords
        end = self._text.nextCursorPosition(position, skip)
        start = self._text.previousCursorPosition(end, skip)
        text = self.text_between(start, end)
        return start, end - (len(text) - len(text.rstrip()))

    def text_between(self, start: int, end: int) -> str:
        """Return the words between two cursor positions."""
        units = self._text.text().encode("utf-16-le", "surrogatepass")
        return units[2 * start : 2 * end].decode("utf-16-le", "replace").replace("\u2028", "\n")

    def paint(
        self, painter: QPainter, *, selected: bool, focused: bool, selection: tuple[int, int] | None = None
    ) -> None:
        """Draw the bubble with the row's top left corner at the painter's origin.

        Args:
            painter: Antialiasing on.
            selected: The whole row is selected.
            focused: The row has the keyboard focus.
            selection: Selected words, as cursor positions.
        """
        colors = self._theme.colors
        self._paint_frame(painter, colors, selected=selected, focused=focused)
        if self.row.kind is RowKind.FAILURE:
            line = self._text.lineAt(0).height()
            icon = QRectF(self.frame.left() + PADDING_X, PADDING_Y, 4.5 * UNIT, line)
            paint_glyph(painter, Glyph.WARNING, icon, QColor(colors.slow))
        painter.setPen(QColor(colors.text))
        ranges = []
        if selection is not None:
            marked = QTextLayout.FormatRange()
            marked.start, marked.length = selection[0], selection[1] - selection[0]
            marked.format = QTextCharFormat()
            marked.format.setBackground(QColor(colors.accent))
            marked.format.setForeground(QColor(colors.on_accent))
            ranges.append(marked)
        self._text.draw(painter, self._origin, ranges)
        self._paint_meta(painter)

    def _paint_frame(self, painter: QPainter, colors: Colors, *, selected: bool, focused: bool) -> None:
        fill = {
            RowKind.USER: colors.user_bubble,
            RowKind.ASSISTANT: colors.surface,
            RowKind.FAILURE: colors.problem_surface,
        }[self.row.kind]
        edge: QColor | None = QColor(colors.border) if self.row.kind is RowKind.ASSISTANT else None
        width = 1.0
        if selected or focused:
            edge, width = QColor(colors.accent if focused else colors.outline), 2.0
        painter.setBrush(QColor(fill))
        painter.setPen(QPen(edge, width) if edge else Qt.PenStyle.NoPen)
        inset = width / 2 if edge else 0
        painter.drawRoundedRect(self.frame.adjusted(inset, inset, -inset, -inset), RADIUS, RADIUS)

    def _paint_meta(self, painter: QPainter) -> None:
        x = self.frame.left() + PADDING_X
        top = self.frame.bottom() + META_GAP
        size = self._glyph_size
        painter.setFont(self._small)
        for glyph, words, color in self._meta():
            center = top + self._metrics.height() / 2
            paint_glyph(painter, glyph, QRectF(x, center - size / 2, size, size), QColor(color))
            x += size + UNIT
            painter.setPen(QColor(color))
            painter.drawText(QPointF(x, top + self._metrics.ascent()), words)
            x += self._metrics.horizontalAdvance(words) + 3 * UNIT


def _range(text: str, start: int, end: int, color: str, *, struck: bool = False) -> QTextLayout.FormatRange:
    first, last = utf16_offset(text, start), utf16_offset(text, end)
    found = QTextLayout.FormatRange()
    found.start, found.length = first, last - first
    found.format = QTextCharFormat()
    found.format.setForeground(QColor(color))
    found.format.setFontStrikeOut(struck)
    return found

"""Lays out and paints one row of the conversation. GUI thread.

A `Bubble` is made for one row at one width and is good until either changes; making it is the costly part (text
layout), painting it is cheap. Text is always plain: nothing the user or the model wrote is read as markup.
"""

import math
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QDateTime, QLocale, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QTextCharFormat, QTextLayout, QTextOption

from companion.engine.metrics import Grade, grade
from companion.ui.conversation_strings import VERSION
from companion.ui.icons import Glyph, paint_glyph
from companion.ui.rows import Row, RowKind, spoken_word
from companion.ui.strings import LENGTH_REACHED, STOPPED_HERE, latency_words
from companion.ui.theme import BUBBLE_SHARE, UNIT, Colors, Text, Theme
from companion.ui.translation import tr

PADDING_X = 4 * UNIT
PADDING_Y = 2.5 * UNIT
RADIUS = 4.5 * UNIT
TARGET = 6 * UNIT
"""Side of what is clicked on under a bubble. Source: WCAG 2.2, 2.5.8 Target Size (Minimum)."""
LINE_SPACING = 1.25

GRADE_GLYPHS: dict[Grade, Glyph] = {"good": Glyph.DISC, "fair": Glyph.HALF_DISC, "slow": Glyph.TRIANGLE}
"""The shape of a latency; its colour is the theme's colour of the same name."""

FOLDED_CHARACTERS = 4000
"""Shown of a text that is longer than `LONGEST_CHARACTERS`, until the user asks for all: two pages."""
LONGEST_CHARACTERS = 8000

_HARD_BREAK = str.maketrans({"\n": "\u2028", "\r": " "})


def target(theme: Theme) -> int:
    """Return the size of the marks and buttons under a bubble: it grows with the words, and never under `TARGET`."""
    return max(TARGET, theme.scaled(TARGET))


def meta_height(theme: Theme) -> float:
    """Return the room under every bubble for its marks and for what can be done with it, whether there are any or not.

    Nothing moves when the mouse comes by.
    """
    return target(theme) + UNIT / 2


def utf16_offset(text: str, offset: int) -> int:
    """Return `offset` in UTF-16 units, which is how Qt counts."""
    return len(text[:offset].encode("utf-16-le", "surrogatepass")) // 2


class MarkKind(Enum):
    """What a mark under a bubble stands for."""

    TIME = "time"
    LATENCY = "latency"
    REMARK = "remark"
    PREVIOUS = "previous"
    VERSION = "version"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Mark:
    """A glyph, words, or both, under a bubble."""

    kind: MarkKind
    glyph: Glyph | None
    words: str
    color: str
    left: float = 0.0
    width: float = 0.0
    """Of all that it takes, room around it included; the same for every mark of a target's size."""


def time_words(said_s: float) -> str:
    """Return a time as the desktop writes it: of today without the date."""
    said = QDateTime.fromSecsSinceEpoch(int(said_s))
    locale, short = QLocale(), QLocale.FormatType.ShortFormat
    if said.date() == QDateTime.currentDateTime().date():
        return locale.toString(said.time(), short)
    return locale.toString(said, short)


class Bubble:
    """One row, laid out for one width. Coordinates are relative to the row's top left corner.

    Args:
        row: What to show.
        width: Width of the column in logical pixels.
        theme: Fonts and colours; make a new bubble when they change.
        whole: Show all of a very long text.
    """

    def __init__(self, row: Row, width: float, theme: Theme, *, whole: bool = False) -> None:
        self.row = row
        self.folded = not whole and len(row.text) > LONGEST_CHARACTERS
        """Whether only the beginning of the text is shown."""
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
        # Lines written from right to left stand at the far edge of the room they were given.
        inset = min((self._text.lineAt(i).naturalTextRect().left() for i in range(self._text.lineCount())), default=0.0)
        self._origin = QPointF(left + PADDING_X + icon - inset, PADDING_Y)
        self.height = math.ceil(self.frame.height() + meta_height(theme))
        self.marks = self._place(self._meta())

    @property
    def stamp_rect(self) -> QRectF:
        """Where the latency is, with a little room around it to click on; empty if there is none."""
        return self.mark_rect(MarkKind.LATENCY)

    def mark_rect(self, kind: MarkKind) -> QRectF:
        """Return where the mark of this kind is, to be clicked on; empty if there is none."""
        for mark in self.marks:
            if mark.kind is kind:
                return QRectF(mark.left, self.frame.bottom(), mark.width, meta_height(self._theme))
        return QRectF()

    def room_for(self, width: float) -> QRectF:
        """Return where something this wide goes beside the marks, inside the column if it is wide enough."""
        first, last = self._marks_span()
        left = first - width - UNIT if self.row.kind is RowKind.USER else last + UNIT
        left = max(0.0, min(left, self.width - width))
        return QRectF(left, self.frame.bottom() + UNIT / 2, width, target(self._theme))

    def _marks_span(self) -> tuple[float, float]:
        if self.marks:
            return self.marks[0].left, self.marks[-1].left + self.marks[-1].width
        edge = self.frame.right() if self.row.kind is RowKind.USER else self.frame.left()
        return edge, edge

    def _lay_out(self, width: float) -> QTextLayout:
        row = self.row
        text = f"{row.text}\n{row.hint}" if row.hint else row.text
        if self.folded:
            text = f"{row.text[:FOLDED_CHARACTERS].rstrip()}…"
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
        """Return what tells words apart: said from unsaid, the one being said, and what was never said."""
        row, colors = self.row, self._theme.colors
        if row.hint:
            return [_range(text, len(row.text), len(text), colors.text_secondary)]
        if row.provisional:
            return [_range(text, 0, len(text), colors.text_secondary)]
        length = len(row.text) if not self.folded else FOLDED_CHARACTERS
        counts = min(length, row.heard or 0) if row.interrupted else length
        formats = []
        if row.caption is not None and row.caption < counts:
            start, stop = spoken_word(row.text[:counts], row.caption)
            formats.append(_range(text, start, stop, colors.accent, underlined=True))
            formats.append(_range(text, stop, counts, colors.text_secondary))
        if counts < length:
            formats.append(_range(text, counts, length, colors.text_secondary, struck=True))
        return formats

    def _meta(self) -> list[Mark]:
        """Return the marks under the bubble, in the order of reading."""
        row, colors = self.row, self._theme.colors
        marks = []
        if row.latency_s is not None and row.kind is RowKind.ASSISTANT:
            level = grade(row.latency_s)
            words = latency_words(row.latency_s)
            marks.append(Mark(MarkKind.LATENCY, GRADE_GLYPHS[level], words, getattr(colors, level)))
        if row.interrupted:
            marks.append(Mark(MarkKind.REMARK, Glyph.STOP, tr(STOPPED_HERE), colors.text_secondary))
        if row.shortened:
            marks.append(Mark(MarkKind.REMARK, Glyph.DOTS, tr(LENGTH_REACHED), colors.text_secondary))
        if row.said_s is not None and row.message_id is not None:
            marks.append(Mark(MarkKind.TIME, None, time_words(row.said_s), colors.text_secondary))
        if row.versions > 1:
            words = tr(VERSION, version=row.version, versions=row.versions)
            first, last = row.version == 1, row.version == row.versions
            usable, spent = colors.text_secondary, colors.border
            marks.append(Mark(MarkKind.PREVIOUS, Glyph.PREVIOUS, "", spent if first else usable))
            marks.append(Mark(MarkKind.VERSION, None, words, colors.text_secondary))
            marks.append(Mark(MarkKind.NEXT, Glyph.NEXT, "", spent if last else usable))
        return marks

    def _place(self, marks: list[Mark]) -> list[Mark]:
        """Return the marks side by side: under the bubble's left edge, or its right edge if it is the user's."""
        widths = [self._mark_width(mark) for mark in marks]
        user = self.row.kind is RowKind.USER
        x = self.frame.right() - PADDING_X + UNIT - sum(widths) if user else self.frame.left() + PADDING_X - UNIT
        x = max(0.0, x)
        placed = []
        for mark, width in zip(marks, widths, strict=True):
            placed.append(Mark(mark.kind, mark.glyph, mark.words, mark.color, x, width))
            x += width
        return placed

    def _mark_width(self, mark: Mark) -> float:
        if not mark.words:
            return float(target(self._theme))
        glyph = self._glyph_size + UNIT if mark.glyph else 0.0
        room = 0.0 if mark.kind is MarkKind.VERSION else 2.0 * UNIT
        return glyph + self._metrics.horizontalAdvance(mark.words) + room

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
        self,
        painter: QPainter,
        *,
        selected: bool,
        focused: bool,
        selection: tuple[int, int] | None = None,
        clip: QRectF | None = None,
    ) -> None:
        """Draw the bubble with the row's top left corner at the painter's origin.

        Args:
            painter: Antialiasing on.
            selected: The whole row is selected.
            focused: The row has the keyboard focus.
            selection: Selected words, as cursor positions.
            clip: Only lines that touch this are drawn.
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
        self._text.draw(painter, self._origin, ranges, clip or QRectF())
        self._paint_meta(painter)

    def _paint_frame(self, painter: QPainter, colors: Colors, *, selected: bool, focused: bool) -> None:
        fill = {
            RowKind.USER: colors.user_bubble,
            RowKind.ASSISTANT: colors.surface,
            RowKind.FAILURE: colors.problem_surface,
        }[self.row.kind]
        edged = self.row.kind is RowKind.ASSISTANT or self._theme.high_contrast
        edge: QColor | None = QColor(colors.border) if edged else None
        width = 1.0
        if selected or focused:
            edge, width = QColor(colors.accent if focused else colors.outline), 2.0
        painter.setBrush(QColor(fill))
        painter.setPen(QPen(edge, width) if edge else Qt.PenStyle.NoPen)
        inset = width / 2 if edge else 0
        painter.drawRoundedRect(self.frame.adjusted(inset, inset, -inset, -inset), RADIUS, RADIUS)

    def _paint_meta(self, painter: QPainter) -> None:
        center = self.frame.bottom() + meta_height(self._theme) / 2
        size = self._glyph_size
        painter.setFont(self._small)
        for mark in self.marks:
            x = mark.left if mark.kind is MarkKind.VERSION else mark.left + UNIT
            if mark.glyph is not None and not mark.words:
                box = QRectF(mark.left, center - 2 * UNIT, mark.width, 4 * UNIT)
                paint_glyph(painter, mark.glyph, box, QColor(mark.color))
                continue
            if mark.glyph is not None:
                paint_glyph(painter, mark.glyph, QRectF(x, center - size / 2, size, size), QColor(mark.color))
                x += size + UNIT
            painter.setPen(QColor(mark.color))
            baseline = center + (self._metrics.ascent() - self._metrics.descent()) / 2
            painter.drawText(QPointF(x, baseline), mark.words)


def _range(
    text: str, start: int, end: int, color: str, *, struck: bool = False, underlined: bool = False
) -> QTextLayout.FormatRange:
    first, last = utf16_offset(text, start), utf16_offset(text, end)
    found = QTextLayout.FormatRange()
    found.start, found.length = first, last - first
    found.format = QTextCharFormat()
    found.format.setForeground(QColor(color))
    found.format.setFontStrikeOut(struck)
    found.format.setFontUnderline(underlined)
    return found

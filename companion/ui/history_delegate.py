"""Paints the rows of the sidebar: headings, conversations, and what a search found in them. GUI thread.

Titles and snippets are plain text: nothing in them is read as markup.
"""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from companion.history.records import LONGEST_TITLE, Hit, Summary
from companion.ui import history_strings as words
from companion.ui.bubble import utf16_offset
from companion.ui.history_groups import Heading
from companion.ui.history_model import ITEM_ROLE, HistoryModel, summary_of, title_of
from companion.ui.icons import Glyph, paint_glyph
from companion.ui.theme import UNIT, Text, Theme, mix
from companion.ui.translation import tr

INSET = 2 * UNIT
"""Between the edge of the list and the rows."""
_PADDING = 3 * UNIT
_RADIUS = 2 * UNIT
_BAR = 3
_SNIPPET_LINES = 2
_Index = QModelIndex | QPersistentModelIndex


class HistoryDelegate(QStyledItemDelegate):
    """Rows of a `HistoryModel`.

    Args:
        model: What is shown.
        theme: Fonts and colours.
    """

    def __init__(self, model: HistoryModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: N802
        """Return one line for a conversation, up to three for what was found."""
        item = index.data(ITEM_ROLE)
        line = self._height(Text.LABEL)
        if isinstance(item, Heading):
            return QSize(0, round(self._height(Text.SMALL) + 4 * UNIT))
        if isinstance(item, Hit) and item.snippet:
            return QSize(0, round(line + _SNIPPET_LINES * self._height(Text.SMALL) + 5 * UNIT))
        return QSize(0, round(line + 4.5 * UNIT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one row."""
        item = index.data(ITEM_ROLE)
        box: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(item, Heading):
            self._paint_heading(painter, box, item)
        else:
            self._paint_row(painter, box, item, option.state)
        painter.restore()

    def menu_rect(self, row: QRect) -> QRect:
        """Return where the dots of a row are."""
        side = round(self._height(Text.LABEL) + 2 * UNIT)
        return QRect(row.right() - INSET - side, row.top() + UNIT, side, side)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:  # noqa: N802
        """Return the field for another title."""
        editor = QLineEdit(parent)
        editor.setMaxLength(LONGEST_TITLE)
        editor.setAccessibleName(tr(words.RENAME))
        editor.setFont(self._theme.font(Text.LABEL))
        colors = self._theme.colors
        editor.setStyleSheet(
            f"QLineEdit {{ background: {colors.surface}; color: {colors.text}; border: 2px solid {colors.accent};"
            f" border-radius: {_RADIUS}px; padding: 0 {_PADDING - 4}px; }}"
        )
        return editor

    def updateEditorGeometry(  # noqa: N802
        self, editor: QWidget, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        """Put the field over the row."""
        box: QRect = option.rect
        editor.setGeometry(box.adjusted(INSET, 1, -INSET, -1))

    # -- inside

    def _height(self, text: Text) -> float:
        return QFontMetricsF(self._theme.font(text)).height()

    def _paint_heading(self, painter: QPainter, box: QRect, heading: Heading) -> None:
        font = self._theme.font(Text.SMALL)
        font.setWeight(self._theme.font(Text.STRONG).weight())
        painter.setFont(font)
        painter.setPen(QColor(self._theme.colors.text_secondary))
        room = QRectF(box).adjusted(INSET + _PADDING, 0, -INSET, -UNIT)
        painter.drawText(room, Qt.AlignmentFlag.AlignBottom, heading.text)

    def _paint_row(self, painter: QPainter, box: QRect, item: Summary | Hit, state: QStyle.StateFlag) -> None:
        summary = summary_of(item)
        current = summary.id == self._model.current
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        focused = bool(state & QStyle.StateFlag.State_Selected and state & QStyle.StateFlag.State_HasFocus)
        self._paint_frame(painter, box, current=current, hovered=hovered, focused=focused)
        colors = self._theme.colors
        room = QRectF(box).adjusted(INSET + _PADDING, 2.25 * UNIT, -INSET - _PADDING, 0)
        room.setHeight(self._height(Text.LABEL))
        painter.setFont(self._theme.font(Text.SMALL))
        date = self._model.date_words(summary)
        end = painter.fontMetrics().horizontalAdvance(date)
        painter.setPen(QColor(colors.text_secondary))
        if hovered or focused:
            paint_glyph(
                painter, Glyph.MENU, QRectF(self.menu_rect(box)).adjusted(4, 4, -4, -4), QColor(colors.text_secondary)
            )
            end = 4 * UNIT
        else:
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, date)
        if isinstance(item, Hit) and summary.pinned:
            side = 3.5 * UNIT
            pin = QRectF(room.left(), room.center().y() - side / 2, side, side)
            paint_glyph(painter, Glyph.PIN, pin, QColor(colors.text_secondary))
            room.setLeft(pin.right() + UNIT)
        painter.setFont(self._theme.font(Text.STRONG if current else Text.LABEL))
        painter.setPen(QColor(colors.text))
        width = room.width() - end - 2 * UNIT
        title = painter.fontMetrics().elidedText(title_of(summary), Qt.TextElideMode.ElideRight, int(width))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
        if isinstance(item, Hit) and item.snippet:
            width = box.width() - 2 * (INSET + _PADDING)
            self._paint_snippet(painter, QPointF(box.left() + INSET + _PADDING, room.bottom() + UNIT), width, item)

    def _paint_frame(self, painter: QPainter, box: QRect, *, current: bool, hovered: bool, focused: bool) -> None:
        colors = self._theme.colors
        frame = QRectF(box).adjusted(INSET, 1, -INSET, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if current or hovered:
            fill = QColor(colors.info_surface) if current else mix(colors.surface, colors.text, 0.06)
            painter.setBrush(fill)
            painter.drawRoundedRect(frame, _RADIUS, _RADIUS)
        if current:
            painter.setBrush(QColor(colors.accent))
            painter.drawRoundedRect(
                QRectF(frame.left(), frame.top() + 2 * UNIT, _BAR, frame.height() - 4 * UNIT), _BAR / 2, _BAR / 2
            )
        if focused:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colors.accent), 2))
            painter.drawRoundedRect(frame.adjusted(1, 1, -1, -1), _RADIUS, _RADIUS)

    def _paint_snippet(self, painter: QPainter, origin: QPointF, width: float, hit: Hit) -> None:
        colors = self._theme.colors
        layout = QTextLayout(hit.snippet, self._theme.font(Text.SMALL))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.setFormats([self._mark(hit.snippet, *mark) for mark in hit.marks])
        layout.beginLayout()
        y = 0.0
        for _ in range(_SNIPPET_LINES):
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(width)
            line.setPosition(QPointF(0, y))
            y += line.height()
        layout.endLayout()
        painter.setPen(QColor(colors.text_secondary))
        layout.draw(painter, origin)

    def _mark(self, text: str, begin: int, end: int) -> QTextLayout.FormatRange:
        found = QTextLayout.FormatRange()
        found.start = utf16_offset(text, begin)
        found.length = utf16_offset(text, end) - found.start
        found.format = QTextCharFormat()
        found.format.setFontWeight(self._theme.font(Text.STRONG).weight())
        found.format.setForeground(QColor(self._theme.colors.text))
        return found

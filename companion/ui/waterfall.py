"""The picture of one turn: what ran when, around the moment the key came up. GUI thread.

It is painted from `TurnMetrics` only when it is in sight; what each bar says is in `companion.ui.turn_picture`.
"""

from PySide6.QtCore import QEvent, QLocale, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from companion.engine.metrics import PROMISE_S, Span, TurnMetrics, grade
from companion.ui import strings
from companion.ui.bubble import GRADE_GLYPHS
from companion.ui.icons import Glyph, paint_glyph
from companion.ui.picture import Picture
from companion.ui.scale import ticks
from companion.ui.theme import UNIT, Text, Theme, mix
from companion.ui.translation import tr
from companion.ui.turn_picture import Lane, lanes, span_words, time_window
from companion.ui.turn_strings import DRAFTS_DROPPED, NAMED

_PADDING = 4 * UNIT
_LANE_HEIGHT = 7 * UNIT
_HIGHEST_LANE = 14 * UNIT
_BAR_SHARE = 0.5
_THINNEST = 2.0
_HATCH = 5.0
_REACH = 3.0
"""A bar is pointed at from this many pixels away."""
_TICK_ROOM = 56.0
_LIGHT = 0.62
"""Share of the background in the bars of work that prepares: partial transcripts and drafts."""

_COLORS = {"voice": "listening", "sound": "speaking"}
"""The colours of listening and speaking are those of the talk button; all between is the colour of thinking."""
_PREPARING = ("partial", "draft")


class Waterfall(Picture):
    """Eight lanes over one time axis, with the release at 0; `pointed` tells the bar or the lane.

    Args:
        theme: Fonts and colours.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, tr(strings.WATERFALL), parent)
        self._metrics = TurnMetrics(turn_id=0)
        self._whole = False
        self._lanes: list[Lane] = lanes(self._metrics)
        self._current: int | None = None
        self._window = time_window(self._metrics, whole=False)
        self._restyle()

    @property
    def window_s(self) -> tuple[float, float]:
        """The times at the left and right edge, in seconds after the release."""
        return self._window

    @property
    def current_lane(self) -> Lane | None:
        """The lane that the keyboard is at."""
        return None if self._current is None else self._lanes[self._current]

    def show_turn(self, metrics: TurnMetrics, text: str) -> None:
        """Show another turn; `text` is the whole picture in words, for screen readers."""
        self._metrics = metrics
        self._lanes = lanes(metrics)
        self._current = None
        self.setAccessibleDescription(text)
        self.set_whole(self._whole)

    @Slot(bool)
    def set_whole(self, whole: bool) -> None:
        """Show the whole turn, or only what counts for the latency."""
        self._whole = whole
        self._window = time_window(self._metrics, whole=whole)
        self.update()

    # -- geometry

    @Slot()
    def _restyle(self) -> None:
        self._names = QFontMetricsF(self._theme.font(Text.LABEL))
        self._small = QFontMetricsF(self._theme.font(Text.SMALL))
        self._name_width = max(map(self._names.horizontalAdvance, map(tr, strings.LANE_WORDS.values())))
        self._note_width = self._small.horizontalAdvance(tr(DRAFTS_DROPPED, count=3, dropped=2))
        self._band = self._small.height() + 2 * UNIT
        super()._restyle()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Return the size below which bars could not be told apart."""
        width = 2 * _PADDING + self._name_width + self._note_width + 45 * UNIT
        return QSize(round(width), round(len(self._lanes) * _LANE_HEIGHT + 3 * self._band + 2 * _PADDING))

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return a size at which milliseconds can be seen."""
        least = self.minimumSizeHint()
        return QSize(least.width() + 60 * UNIT, least.height())

    def _plot(self) -> QRectF:
        """Return where the lanes and their bars are."""
        left = _PADDING + self._name_width + 3 * UNIT
        right = self.width() - _PADDING - self._note_width - 3 * UNIT
        top = _PADDING + self._band
        below = self._band * (2 if self._dropped_in_sight() else 1)
        room = (self.height() - _PADDING - below - top) / len(self._lanes)
        return QRectF(left, top, max(1.0, right - left), len(self._lanes) * min(room, _HIGHEST_LANE))

    def _dropped_in_sight(self) -> bool:
        begin_s, end_s = self._window
        return any(span.dropped and span.end_s > begin_s and span.begin_s < end_s for span in self._metrics.spans)

    def _x(self, plot: QRectF, at_s: float) -> float:
        begin_s, end_s = self._window
        return plot.left() + (at_s - begin_s) / (end_s - begin_s) * plot.width()

    def _row_rect(self, plot: QRectF, index: int) -> QRectF:
        height = plot.height() / len(self._lanes)
        return QRectF(plot.left(), plot.top() + index * height, plot.width(), height)

    def _bar(self, plot: QRectF, index: int, span: Span) -> QRectF:
        row = self._row_rect(plot, index)
        left, right = self._x(plot, span.begin_s), self._x(plot, span.end_s)
        height = row.height() * _BAR_SHARE
        return QRectF(left, row.center().y() - height / 2, max(_THINNEST, right - left), height)

    def lane_at(self, point: QPointF) -> int | None:
        """Return the lane under a point."""
        plot = self._plot()
        if not plot.top() <= point.y() < plot.bottom() or not self._metrics.spans:
            return None
        return int((point.y() - plot.top()) / plot.height() * len(self._lanes))

    def words_at(self, point: QPointF) -> str:
        """Return what is under a point: the bar, or else its lane; empty if nothing is."""
        index = self.lane_at(point)
        if index is None:
            return ""
        plot, lane = self._plot(), self._lanes[index]
        near = (-_REACH, -self.height(), _REACH, self.height())
        hit = [span for span in lane.spans if self._bar(plot, index, span).adjusted(*near).contains(point)]
        if not hit or not plot.contains(point):
            return lane.words
        return tr(NAMED, name=lane.name, value=span_words(min(hit, key=lambda span: span.end_s - span.begin_s)))

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw everything."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_card(painter)
        plot = self._plot()
        if self._metrics.spans:
            self._paint_current(painter, plot)
            self._paint_grid(painter, plot)
            self._paint_lanes(painter, plot)
            self._paint_moments(painter, plot)
            self._paint_legend(painter, plot)
        else:
            painter.setFont(self._theme.font(Text.LABEL))
            painter.setPen(QColor(self._theme.colors.text_secondary))
            painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, tr(strings.WATERFALL_EMPTY))
        painter.end()

    def _paint_current(self, painter: QPainter, plot: QRectF) -> None:
        if self._current is None:
            return
        c = self._theme.colors
        row = self._row_rect(plot, self._current)
        row.setLeft(_PADDING - UNIT)
        row.setRight(self.width() - _PADDING + UNIT)
        painter.setPen(QPen(QColor(c.accent), 1.5))
        painter.setBrush(mix(c.surface, c.accent, 0.08))
        painter.drawRoundedRect(row.adjusted(0, 1, 0, -1), 1.5 * UNIT, 1.5 * UNIT)

    def _paint_grid(self, painter: QPainter, plot: QRectF) -> None:
        c = self._theme.colors
        zero, promise = self._x(plot, 0.0), self._x(plot, PROMISE_S)
        painter.fillRect(QRectF(zero, plot.top(), promise - zero, plot.height()), mix(c.surface, c.good, 0.09))
        painter.setFont(self._theme.font(Text.SMALL))
        begin_s, end_s = self._window
        most = max(2, int(plot.width() / _TICK_ROOM))
        at_s = [0.0, PROMISE_S, *(ms / 1000 for ms in ticks(begin_s * 1000, end_s * 1000, most))]
        taken: list[QRectF] = []
        for index, time_s in enumerate(at_s):
            x = self._x(plot, time_s)
            words = self._tick_words(time_s)
            width = self._small.horizontalAdvance(words)
            label = QRectF(x - width / 2, plot.bottom() + UNIT, width, self._small.height())
            if index > 1:
                painter.setPen(QPen(QColor(c.border), 1.0))
                painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
            if not any(label.adjusted(-2 * UNIT, 0, 2 * UNIT, 0).intersects(other) for other in taken):
                painter.setPen(QColor(c.good if index == 1 else c.text if index == 0 else c.text_secondary))
                painter.drawText(label, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, words)
                taken.append(label)

    def _tick_words(self, at_s: float) -> str:
        begin_s, end_s = self._window
        if end_s - begin_s > 4.0 and at_s != PROMISE_S:
            return tr(strings.SECONDS, count=QLocale().toString(at_s, "g", 6)).replace("-", strings.MINUS)
        count = f"{at_s * 1000:.0f}".replace("-", strings.MINUS)
        return tr(strings.MILLISECONDS, count=count) if at_s == PROMISE_S else count

    def _paint_lanes(self, painter: QPainter, plot: QRectF) -> None:
        c = self._theme.colors
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for index, lane in enumerate(self._lanes):
            row = self._row_rect(plot, index)
            painter.setFont(self._theme.font(Text.LABEL))
            painter.setPen(QColor(c.text if lane.spans else c.text_secondary))
            name = QRectF(_PADDING, row.top(), self._name_width + UNIT, row.height())
            painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, lane.name)
            painter.setFont(self._theme.font(Text.SMALL))
            painter.setPen(QColor(c.text_secondary))
            note = QRectF(plot.right(), row.top(), self.width() - _PADDING - plot.right(), row.height())
            painter.drawText(note, right, lane.note)
            painter.save()
            painter.setClipRect(plot)
            for span in sorted(lane.spans, key=lambda span: not span.dropped):
                self._paint_bar(painter, self._bar(plot, index, span), lane, dropped=span.dropped)
            painter.restore()

    def _paint_bar(self, painter: QPainter, bar: QRectF, lane: Lane, *, dropped: bool) -> None:
        c = self._theme.colors
        color: str = c.outline if dropped else getattr(c, _COLORS.get(lane.kind, "accent"))
        light = dropped or lane.kind in _PREPARING
        fill = mix(color, c.surface, _LIGHT) if light else QColor(color)
        if dropped:
            fill = QColor(c.surface)
        radius = min(3.0, bar.width() / 2)
        # Half a pixel of background keeps pieces apart that follow one another.
        painter.setPen(QPen(QColor(color), 1.2) if light else QPen(QColor(c.surface), 0.8))
        painter.setBrush(fill)
        painter.drawRoundedRect(bar, radius, radius)
        if dropped:
            _hatch(painter, bar, radius, QColor(color))

    def _paint_moments(self, painter: QPainter, plot: QRectF) -> None:
        c = self._theme.colors
        top = plot.top() - self._band + UNIT
        zero, promise = self._x(plot, 0.0), self._x(plot, PROMISE_S)
        painter.setPen(QPen(QColor(c.good), 1.4, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(promise, plot.top()), QPointF(promise, plot.bottom()))
        painter.setPen(QPen(QColor(c.text), 1.6))
        painter.drawLine(QPointF(zero, top), QPointF(zero, plot.bottom()))
        painter.setFont(self._theme.font(Text.SMALL))
        width = self._small.horizontalAdvance(tr(strings.LET_GO))
        painter.drawText(QPointF(zero - width - 1.5 * UNIT, top + self._small.ascent()), tr(strings.LET_GO))
        latency_s = self._metrics.release_latency_s
        if latency_s is not None:
            level = grade(latency_s)
            color = QColor(getattr(c, level))
            x = self._x(plot, latency_s)
            painter.setPen(QPen(color, 2.0))
            painter.drawLine(QPointF(x, top), QPointF(x, plot.bottom()))
            self._paint_mark(painter, QPointF(x + 1.5 * UNIT, top), GRADE_GLYPHS[level], color, latency_s)

    def _paint_mark(self, painter: QPainter, at: QPointF, glyph: Glyph, color: QColor, latency_s: float) -> None:
        words = strings.latency_words(latency_s)
        size = self._small.capHeight() + 2
        width = size + UNIT + self._small.horizontalAdvance(words)
        x = min(at.x(), self.width() - _PADDING - width)
        paint_glyph(painter, glyph, QRectF(x, at.y() + (self._small.height() - size) / 2, size, size), color)
        painter.setPen(color)
        painter.drawText(QPointF(x + size + UNIT, at.y() + self._small.ascent()), words)

    def _paint_legend(self, painter: QPainter, plot: QRectF) -> None:
        if not self._dropped_in_sight():
            return
        c = self._theme.colors
        y = plot.bottom() + self._band + UNIT
        swatch = QRectF(plot.left(), y + self._small.height() / 2 - 5, 22, 10)
        painter.setPen(QPen(QColor(c.outline), 1.2))
        painter.setBrush(QColor(c.surface))
        painter.drawRoundedRect(swatch, 3, 3)
        _hatch(painter, swatch, 3, QColor(c.outline))
        painter.setPen(QColor(c.text_secondary))
        painter.setFont(self._theme.font(Text.SMALL))
        painter.drawText(QPointF(swatch.right() + 2 * UNIT, y + self._small.ascent()), tr(strings.DROPPED))

    # -- pointing

    def _go_to(self, index: int | None) -> None:
        self._current = index
        self._point_at(self._current_words(), by_key=True)

    def _current_words(self) -> str:
        return "" if self._current is None else self._lanes[self._current].words

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Walk through the lanes."""
        last = len(self._lanes) - 1
        at = self._current
        steps = {
            Qt.Key.Key_Down: 0 if at is None else min(last, at + 1),
            Qt.Key.Key_Up: last if at is None else max(0, at - 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self._metrics.spans:
            super().keyPressEvent(event)
        else:
            self._go_to(step)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Let go of the lane."""
        super().focusOutEvent(event)
        self._go_to(None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Tell what is under the mouse."""
        self.pointed.emit(self.words_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """The mouse is gone."""
        super().leaveEvent(event)
        self._point_at(self._current_words())


def _hatch(painter: QPainter, box: QRectF, radius: float, color: QColor) -> None:
    """Draw slanted lines inside a rounded box, sharp at any scale."""
    path = QPainterPath()
    path.addRoundedRect(box, radius, radius)
    painter.save()
    painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
    painter.setPen(QPen(color, 1.2))
    x = box.left() - box.height()
    while x < box.right():
        painter.drawLine(QPointF(x, box.bottom()), QPointF(x + box.height(), box.top()))
        x += _HATCH
    painter.restore()

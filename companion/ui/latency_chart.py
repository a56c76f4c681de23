"""Release latencies as points over the turns, with the promise, p50 and p95. GUI thread; painted only when in sight."""

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QDateTime, QEvent, QLocale, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from companion.engine.metrics import FAIR_S, PROMISE_S, Grade, grade
from companion.latency_history import LatencyFigures, LatencyRecord, latency_figures
from companion.ui import strings
from companion.ui.bubble import GRADE_GLYPHS
from companion.ui.icons import Glyph, paint_glyph
from companion.ui.picture import Picture
from companion.ui.scale import round_step, ticks
from companion.ui.theme import UNIT, Text, Theme, mix
from companion.ui.translation import tr
from companion.ui.turn_strings import CHART_SAID, SLOWER, TURN_SAID, TURN_SAID_FIRST, UNDER_FAIR, UNDER_PROMISE

_PADDING = 4 * UNIT
_LEAST_TOP_S = 0.3
_OUTLIER = 2.5
"""Turns slower than this many times p95 are drawn at the upper edge, so that they do not flatten all others."""
_ROW_ROOM = 44.0
_BIGGEST, _SMALLEST = 11.0, 5.0
_SHAPED = 7.0
"""A triangle or a diamond needs this many pixels to be one."""
_MARK_SHARE = 1.6
"""Marks may be wider than their place: neighbours are seldom as high."""
_FIRST_FACTOR = 1.35
_DENSE = 2.5
"""Closer together than this many pixels, the points of quick turns are dots."""
_JOINED = 4.0
"""Points further apart than this many pixels are joined by a line, and sessions parted by one."""

_LEGEND: tuple[tuple[Glyph, str, str, float], ...] = (
    (GRADE_GLYPHS["good"], "good", UNDER_PROMISE, PROMISE_S),
    (GRADE_GLYPHS["fair"], "fair", UNDER_FAIR, FAIR_S),
    (GRADE_GLYPHS["slow"], "slow", SLOWER, 0),
    (Glyph.DIAMOND, "text_secondary", strings.FIRST_OF_SESSION, 0),
)


def _legend() -> list[tuple[Glyph, str, str]]:
    """Return (shape, colour, words) of each kind of point."""
    return [(glyph, color, tr(words, count=round(limit_s * 1000))) for glyph, color, words, limit_s in _LEGEND]


def record_words(record: LatencyRecord, number: int, of: int) -> str:
    """Return one turn in words, e.g. "Turn 3 of 40: 142 ms, in time · 14 November 2023 22:13"."""
    when = QLocale().toString(_ended(record), QLocale.FormatType.ShortFormat)
    level = tr(strings.GRADE_WORDS[grade(record.release_latency_s)])
    latency = strings.latency_words(record.release_latency_s)
    sentence = TURN_SAID_FIRST if record.first_of_session else TURN_SAID
    return tr(sentence, number=number, all=of, latency=latency, grade=level, when=when)


def _ended(record: LatencyRecord) -> QDateTime:
    return QDateTime.fromSecsSinceEpoch(int(record.at_s))


def top_of_scale(figures: LatencyFigures) -> float:
    """Return the latency at the upper edge, in seconds: a round one that all but outliers stay under."""
    limit_s = max(figures.p95_s * _OUTLIER, FAIR_S)
    highest_s = figures.max_s if figures.max_s <= limit_s else figures.p95_s * _OUTLIER / 2
    highest_s = max(highest_s * 1.08, _LEAST_TOP_S)
    step_s = round_step(highest_s, 6)
    return step_s * -(-highest_s // step_s)


class LatencyChart(Picture):
    """One point a turn; `pointed` tells the turn.

    Args:
        theme: Fonts and colours.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, tr(strings.STATISTICS_CHART), parent)
        self._records: Sequence[LatencyRecord] = ()
        self._figures: LatencyFigures | None = None
        self._top_s = _LEAST_TOP_S
        self._current: int | None = None
        self._hovered: int | None = None
        self._restyle()

    @property
    def records(self) -> Sequence[LatencyRecord]:
        """The turns on the picture, oldest first."""
        return self._records

    def show_records(self, records: Sequence[LatencyRecord]) -> None:
        """Show other turns."""
        self._records = records
        self._figures = latency_figures(records, PROMISE_S)
        self._top_s = _LEAST_TOP_S if self._figures is None else top_of_scale(self._figures)
        self._current = self._hovered = None
        self.setAccessibleDescription(self._description())
        self.update()

    def _description(self) -> str:
        f = self._figures
        if f is None:
            return tr(strings.STATISTICS_EMPTY_TITLE)
        words, share = strings.latency_words, strings.share_words(f.kept_share)
        return tr(
            CHART_SAID, count=f.turns, p50=words(f.p50_s), p95=words(f.p95_s), share=share, promise=words(PROMISE_S)
        )

    # -- geometry

    @Slot()
    def _restyle(self) -> None:
        self._small = QFontMetricsF(self._theme.font(Text.SMALL))
        self._left = self._small.horizontalAdvance("1000") + 2 * UNIT
        self._right = self._small.horizontalAdvance("p95 1000") + 3 * UNIT
        self._band = self._small.height() + 2 * UNIT
        super()._restyle()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Return the size below which points could not be told apart."""
        legend = sum(self._small.horizontalAdvance(words) + self._small.height() + 5 * UNIT for *_, words in _legend())
        return QSize(round(legend + 2 * _PADDING), round(2 * self._band + 40 * UNIT))

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return a size at which a hundred turns can be seen."""
        least = self.minimumSizeHint()
        return QSize(least.width() + 40 * UNIT, least.height() + 20 * UNIT)

    def _plot(self) -> QRectF:
        left, top = _PADDING + self._left, _PADDING + self._band
        width = self.width() - left - self._right - _PADDING
        return QRectF(left, top, max(1.0, width), max(1.0, self.height() - top - self._band - _PADDING + UNIT))

    def _y(self, plot: QRectF, latency_s: float) -> float:
        return plot.bottom() - min(1.0, latency_s / self._top_s) * plot.height()

    def _at(self, plot: QRectF, index: int) -> QPointF:
        x = plot.left() + (index + 0.5) / len(self._records) * plot.width()
        return QPointF(x, self._y(plot, self._records[index].release_latency_s))

    def index_at(self, x: float) -> int | None:
        """Return the turn nearest to a place on the x axis, None off the picture."""
        plot, count = self._plot(), len(self._records)
        if not count or not plot.left() <= x <= plot.right():
            return None
        return min(count - 1, int((x - plot.left()) / plot.width() * count))

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw everything."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_card(painter)
        painter.setFont(self._theme.font(Text.SMALL))
        plot = self._plot()
        self._paint_legend(painter)
        self._paint_scale(painter, plot)
        if self._figures is not None:
            self._paint_joins(painter, plot)
            self._paint_lines(painter, plot, self._figures)
            self._paint_points(painter, plot)
            self._paint_pointed(painter, plot)
            self._paint_dates(painter, plot)
        painter.end()

    def _paint_legend(self, painter: QPainter) -> None:
        c = self._theme.colors
        x, size = float(_PADDING), self._small.capHeight() + 3
        for glyph, color, words in _legend():
            box = QRectF(x, _PADDING - UNIT + (self._small.height() - size) / 2, size, size)
            paint_glyph(painter, glyph, box, QColor(getattr(c, color)))
            x += size + 1.5 * UNIT
            painter.setPen(QColor(c.text_secondary))
            painter.drawText(QPointF(x, _PADDING - UNIT + self._small.ascent()), words)
            x += self._small.horizontalAdvance(words) + 4 * UNIT

    def _paint_scale(self, painter: QPainter, plot: QRectF) -> None:
        c = self._theme.colors
        promise = self._y(plot, PROMISE_S)
        kept = QRectF(plot.left(), promise, plot.width(), plot.bottom() - promise)
        painter.fillRect(kept, mix(c.surface, c.good, 0.09))
        for ms in ticks(0.0, self._top_s * 1000, max(2, int(plot.height() / _ROW_ROOM))):
            y = self._y(plot, ms / 1000)
            painter.setPen(QPen(QColor(c.border), 1.0))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(QColor(c.text_secondary))
            label = QRectF(_PADDING, y - self._small.height() / 2, self._left - 2 * UNIT, self._small.height())
            painter.drawText(label, Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextDontClip, f"{ms:.0f}")

    def _paint_lines(self, painter: QPainter, plot: QRectF, figures: LatencyFigures) -> None:
        c = self._theme.colors
        ms = strings.latency_words(PROMISE_S)
        lines = [
            (PROMISE_S, ms, c.good, Qt.PenStyle.DashLine),
            (figures.p50_s, f"p50 {figures.p50_s * 1000:.0f}", c.text, Qt.PenStyle.SolidLine),
            (figures.p95_s, f"p95 {figures.p95_s * 1000:.0f}", c.text, Qt.PenStyle.DotLine),
        ]
        floor = plot.bottom() + self._small.height() / 2
        for latency_s, words, color, style in sorted(lines, key=lambda line: line[0]):
            y = self._y(plot, latency_s)
            painter.setPen(QPen(QColor(color), 1.2, style))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            bottom = min(floor, y + self._small.height() / 2)
            floor = bottom - self._small.height()
            painter.setPen(QColor(color))
            painter.drawText(QPointF(plot.right() + 2 * UNIT, bottom - self._small.descent()), words)

    def _paint_joins(self, painter: QPainter, plot: QRectF) -> None:
        if plot.width() / len(self._records) < _JOINED:
            return
        c = self._theme.colors
        for index, (before, after) in enumerate(pairwise(self._records)):
            first, second = self._at(plot, index), self._at(plot, index + 1)
            if before.session_s == after.session_s:
                painter.setPen(QPen(mix(c.surface, c.outline, 0.6), 1.0))
                painter.drawLine(first, second)
            else:
                x = (first.x() + second.x()) / 2
                painter.setPen(QPen(QColor(c.border), 1.0))
                painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))

    def _paint_points(self, painter: QPainter, plot: QRectF) -> None:
        c = self._theme.colors
        spacing = plot.width() / len(self._records)
        size = min(_BIGGEST, max(_SMALLEST, spacing * _MARK_SHARE))
        simple: dict[Grade, list[QPointF]] = {"good": [], "fair": []}
        marked: list[tuple[QPointF, Glyph, Grade, float]] = []
        for index, record in enumerate(self._records):
            level, at = grade(record.release_latency_s), self._at(plot, index)
            if record.first_of_session:
                marked.append((at, Glyph.DIAMOND, level, max(size, _SHAPED) * _FIRST_FACTOR))
            elif spacing < _DENSE and level in simple:
                simple[level].append(at)
            else:
                marked.append((at, GRADE_GLYPHS[level], level, max(size, _SHAPED)))
        for level, points in simple.items():
            # Thousands of points at once; too small for a half disc, so that the line at 200 ms tells them apart.
            painter.setPen(QPen(QColor(getattr(c, level)), 3.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPoints(points)
        for at, glyph, level, side in sorted(marked, key=lambda mark: mark[1] is Glyph.DIAMOND):
            box = QRectF(at.x() - side / 2, at.y() - side / 2, side, side)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.surface))
            painter.drawEllipse(box)
            paint_glyph(painter, glyph, box, QColor(getattr(c, level)))

    def _paint_pointed(self, painter: QPainter, plot: QRectF) -> None:
        index = self._hovered if self._hovered is not None else self._current
        if index is None:
            return
        at = self._at(plot, index)
        painter.setPen(QPen(QColor(self._theme.colors.accent), 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawLine(QPointF(at.x(), plot.top()), QPointF(at.x(), at.y() - 9))
        painter.drawLine(QPointF(at.x(), min(at.y() + 9, plot.bottom())), QPointF(at.x(), plot.bottom()))
        painter.drawEllipse(at, 9, 9)

    def _paint_dates(self, painter: QPainter, plot: QRectF) -> None:
        painter.setPen(QColor(self._theme.colors.text_secondary))
        row = QRectF(plot.left(), plot.bottom() + UNIT, plot.width(), self._small.height())
        first, last = (self._date(self._records[index]) for index in (0, -1))
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft, first)
        if last != first and self._small.horizontalAdvance(first + last) < row.width():
            painter.drawText(row, Qt.AlignmentFlag.AlignRight, last)

    def _date(self, record: LatencyRecord) -> str:
        return QLocale().toString(_ended(record).date(), QLocale.FormatType.ShortFormat)

    # -- pointing

    def _words(self, index: int | None) -> str:
        return "" if index is None else record_words(self._records[index], index + 1, len(self._records))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Walk through the turns, from the newest on."""
        last, at = len(self._records) - 1, self._current
        steps = {
            Qt.Key.Key_Left: last if at is None else max(0, at - 1),
            Qt.Key.Key_Right: last if at is None else min(last, at + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or last < 0:
            super().keyPressEvent(event)
            return
        self._current, self._hovered = step, None
        self._point_at(self._words(step), by_key=True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Tell which turn is under the mouse."""
        self._hovered = self.index_at(event.position().x())
        self._point_at(self._words(self._hovered if self._hovered is not None else self._current))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """The mouse is gone."""
        super().leaveEvent(event)
        self._hovered = None
        self._point_at(self._words(self._current))

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Let go of the turn."""
        super().focusOutEvent(event)
        self._current = None
        self._point_at(self._words(self._hovered))

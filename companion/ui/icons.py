"""Every glyph of the window, drawn as paths so that it is sharp at any size and takes any colour. GUI thread.

Glyphs live in a 24 x 24 box; `paint_glyph` fits the box into any rectangle.
"""

from collections.abc import Callable
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QImageWriter, QPainter, QPainterPath, QPen, QPixmap

_STROKE = 1.9


class Glyph(Enum):
    """What can be drawn."""

    MICROPHONE = "microphone"
    MICROPHONE_OFF = "microphone-off"
    STOP = "stop"
    SEND = "send"
    CLOSE = "close"
    MENU = "menu"
    NEW = "new"
    DOWN = "down"
    WARNING = "warning"
    INFO = "info"
    LOCK = "lock"
    DISC = "disc"
    HALF_DISC = "half-disc"
    TRIANGLE = "triangle"
    DIAMOND = "diamond"
    RING = "ring"
    DOTS = "dots"
    BARS = "bars"
    SOUND = "sound"
    COPY = "copy"
    AGAIN = "again"
    EDIT = "edit"
    PREVIOUS = "previous"
    NEXT = "next"
    SIDEBAR = "sidebar"
    SEARCH = "search"
    PIN = "pin"
    TICK = "tick"
    CHEVRON = "chevron"
    KEYBOARD = "keyboard"
    LAYERS = "layers"
    PERSON = "person"
    BRUSH = "brush"
    SCREEN = "screen"
    SLIDERS = "sliders"


def app_icon_file() -> Path:
    """Return the SVG that all of the program's icons are drawn from."""
    return Path(__file__).with_name("resources") / "companion.svg"


def app_icon() -> QIcon:
    """Return the program's icon."""
    return QIcon(str(app_icon_file()))


def app_icon_png(side: int) -> bytes:
    """Return the program's icon as PNG, `side` pixels wide and high."""
    image = app_icon().pixmap(QSize(side, side), 1.0).toImage()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


def paint_glyph(painter: QPainter, glyph: Glyph, box: QRectF, color: QColor) -> None:
    """Draw `glyph` in `color` into the largest square in the middle of `box`."""
    side = min(box.width(), box.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.center().x() - side / 2, box.center().y() - side / 2)
    painter.scale(side / 24, side / 24)
    pen = QPen(color, _STROKE, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _DRAW[glyph](painter, color)
    painter.restore()


def glyph_icon(glyph: Glyph, color: QColor, disabled: QColor | None = None) -> QIcon:
    """Return `glyph` as an icon that paints itself at any size and scale."""
    return QIcon(_GlyphEngine(glyph, color, disabled or color))


class _GlyphEngine(QIconEngine):
    def __init__(self, glyph: Glyph, color: QColor, disabled: QColor) -> None:
        super().__init__()
        self._glyph, self._color, self._disabled = glyph, color, disabled

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        color = self._disabled if mode == QIcon.Mode.Disabled else self._color
        paint_glyph(painter, self._glyph, QRectF(rect), color)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _GlyphEngine(self._glyph, self._color, self._disabled)


def _fill(painter: QPainter, color: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)


def _lines(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath(QPointF(*points[0]))
    for point in points[1:]:
        path.lineTo(QPointF(*point))
    return path


def _microphone(painter: QPainter, color: QColor) -> None:
    cradle = QPainterPath()
    cradle.moveTo(5.5, 11.5)
    cradle.arcTo(QRectF(5.5, 5, 13, 13), 180, 180)
    painter.drawPath(cradle)
    painter.drawLine(QPointF(12, 18), QPointF(12, 21.5))
    _fill(painter, color)
    painter.drawRoundedRect(QRectF(8.75, 2.5, 6.5, 12), 3.25, 3.25)


def _microphone_off(painter: QPainter, color: QColor) -> None:
    painter.drawLine(QPointF(4, 3), QPointF(20, 21))
    painter.setOpacity(0.7)
    _microphone(painter, color)


def _stop(painter: QPainter, color: QColor) -> None:
    _fill(painter, color)
    painter.drawRoundedRect(QRectF(6, 6, 12, 12), 2.5, 2.5)


def _send(painter: QPainter, color: QColor) -> None:
    painter.drawPath(_lines((12, 19), (12, 5)))
    painter.drawPath(_lines((6, 11), (12, 5), (18, 11)))


def _close(painter: QPainter, color: QColor) -> None:
    painter.drawPath(_lines((6.5, 6.5), (17.5, 17.5)))
    painter.drawPath(_lines((17.5, 6.5), (6.5, 17.5)))


def _menu(painter: QPainter, color: QColor) -> None:
    _fill(painter, color)
    for y in (5.5, 12, 18.5):
        painter.drawEllipse(QPointF(12, y), 1.7, 1.7)


def _new(painter: QPainter, color: QColor) -> None:
    bubble = QPainterPath()
    bubble.addRoundedRect(QRectF(3.5, 4, 17, 13), 4, 4)
    painter.drawPath(bubble)
    painter.drawPath(_lines((8, 17), (8, 20.5), (12, 17)))
    painter.drawPath(_lines((12, 7.5), (12, 13.5)))
    painter.drawPath(_lines((9, 10.5), (15, 10.5)))


def _down(painter: QPainter, color: QColor) -> None:
    painter.drawPath(_lines((12, 5), (12, 19)))
    painter.drawPath(_lines((6, 13), (12, 19), (18, 13)))


def _warning(painter: QPainter, color: QColor) -> None:
    triangle = _lines((12, 3.5), (21.5, 20), (2.5, 20))
    triangle.closeSubpath()
    painter.drawPath(triangle)
    painter.drawPath(_lines((12, 9.5), (12, 14)))
    _fill(painter, color)
    painter.drawEllipse(QPointF(12, 17), 1.15, 1.15)


def _info(painter: QPainter, color: QColor) -> None:
    painter.drawEllipse(QPointF(12, 12), 9, 9)
    painter.drawPath(_lines((12, 11.5), (12, 16.5)))
    _fill(painter, color)
    painter.drawEllipse(QPointF(12, 7.8), 1.2, 1.2)


def _lock(painter: QPainter, color: QColor) -> None:
    shackle = QPainterPath()
    shackle.moveTo(7.5, 11)
    shackle.lineTo(7.5, 8)
    shackle.arcTo(QRectF(7.5, 3.5, 9, 9), 180, -180)
    shackle.lineTo(16.5, 11)
    painter.drawPath(shackle)
    _fill(painter, color)
    painter.drawRoundedRect(QRectF(5, 10.5, 14, 10), 2.5, 2.5)


def _disc(painter: QPainter, color: QColor) -> None:
    _fill(painter, color)
    painter.drawEllipse(QPointF(12, 12), 7.5, 7.5)


def _half_disc(painter: QPainter, color: QColor) -> None:
    painter.drawEllipse(QPointF(12, 12), 7, 7)
    _fill(painter, color)
    painter.drawPie(QRectF(5, 5, 14, 14), 90 * 16, 180 * 16)


def _triangle(painter: QPainter, color: QColor) -> None:
    triangle = _lines((12, 4.5), (20.5, 19), (3.5, 19))
    triangle.closeSubpath()
    painter.setBrush(color)
    painter.drawPath(triangle)


def _diamond(painter: QPainter, color: QColor) -> None:
    diamond = _lines((12, 2.5), (21.5, 12), (12, 21.5), (2.5, 12))
    diamond.closeSubpath()
    painter.setBrush(color)
    painter.drawPath(diamond)


def _ring(painter: QPainter, color: QColor) -> None:
    pen = painter.pen()
    pen.setWidthF(3)
    painter.setPen(pen)
    painter.drawEllipse(QPointF(12, 12), 7, 7)


def _dots(painter: QPainter, color: QColor) -> None:
    _fill(painter, color)
    for x in (4.5, 12, 19.5):
        painter.drawEllipse(QPointF(x, 12), 2.4, 2.4)


def _bars(painter: QPainter, color: QColor) -> None:
    _fill(painter, color)
    for x, half in ((3, 3.0), (8, 7.5), (13, 5.0), (18, 9.0)):
        painter.drawRoundedRect(QRectF(x, 12 - half, 3, half * 2), 1.5, 1.5)


def _sound(painter: QPainter, color: QColor) -> None:
    for radius in (5.0, 9.5):
        painter.drawArc(QRectF(10.5 - radius, 12 - radius, 2 * radius, 2 * radius), -48 * 16, 96 * 16)
    cone = _lines((2.5, 9.2), (5.5, 9.2), (10.5, 5.2), (10.5, 18.8), (5.5, 14.8), (2.5, 14.8))
    cone.closeSubpath()
    painter.setBrush(color)
    painter.drawPath(cone)


def _copy(painter: QPainter, color: QColor) -> None:
    painter.drawRoundedRect(QRectF(8.5, 8.5, 12, 12), 2.5, 2.5)
    behind = QPainterPath()
    behind.moveTo(5.5, 15.5)
    behind.arcTo(QRectF(3.5, 10.5, 5, 5), 270, -90)
    behind.lineTo(3.5, 6)
    behind.arcTo(QRectF(3.5, 3.5, 5, 5), 180, -90)
    behind.lineTo(13, 3.5)
    behind.arcTo(QRectF(10.5, 3.5, 5, 5), 90, -90)
    painter.drawPath(behind)


def _again(painter: QPainter, color: QColor) -> None:
    painter.drawArc(QRectF(4.5, 4.5, 15, 15), -30 * 16, -290 * 16)
    painter.drawPath(_lines((19.8, 3.5), (19.3, 8.6), (14.3, 8.0)))


def _edit(painter: QPainter, color: QColor) -> None:
    pencil = _lines((4, 20), (5, 15.5), (16, 4.5), (19.5, 8), (8.5, 19))
    pencil.closeSubpath()
    painter.drawPath(pencil)
    painter.drawPath(_lines((13.5, 7), (17, 10.5)))


def _previous(painter: QPainter, color: QColor) -> None:
    painter.drawPath(_lines((14.5, 6), (8.5, 12), (14.5, 18)))


def _next(painter: QPainter, color: QColor) -> None:
    painter.drawPath(_lines((9.5, 6), (15.5, 12), (9.5, 18)))


def _sidebar(painter: QPainter, color: QColor) -> None:
    painter.drawRoundedRect(QRectF(3.5, 4.5, 17, 15), 3.5, 3.5)
    painter.drawLine(QPointF(9.5, 4.5), QPointF(9.5, 19.5))


def _search(painter: QPainter, color: QColor) -> None:
    painter.drawEllipse(QPointF(10.5, 10.5), 6, 6)
    painter.drawPath(_lines((15, 15), (20, 20)))


def _pin(painter: QPainter, color: QColor) -> None:
    head = _lines((8.5, 4), (15.5, 4), (14.5, 10.5), (17.5, 14), (6.5, 14), (9.5, 10.5))
    head.closeSubpath()
    painter.setBrush(color)
    painter.drawPath(head)
    painter.drawLine(QPointF(12, 14), QPointF(12, 20.5))


def _tick(painter: QPainter, color: QColor) -> None:
    pen = painter.pen()
    pen.setWidthF(3)
    painter.setPen(pen)
    painter.drawPath(_lines((4, 12.5), (10, 18.5), (20, 6)))


def _chevron(painter: QPainter, color: QColor) -> None:
    painter.drawPath(_lines((6, 9), (12, 15.5), (18, 9)))


def _keyboard(painter: QPainter, color: QColor) -> None:
    painter.drawRoundedRect(QRectF(2.5, 5.5, 19, 13), 3, 3)
    painter.drawPath(_lines((8, 15), (16, 15)))
    _fill(painter, color)
    for x in (6.5, 10.2, 13.8, 17.5):
        painter.drawEllipse(QPointF(x, 10), 1.1, 1.1)


def _layers(painter: QPainter, color: QColor) -> None:
    top = _lines((12, 3.5), (21, 8), (12, 12.5), (3, 8))
    top.closeSubpath()
    painter.drawPath(top)
    painter.drawPath(_lines((3, 12.2), (12, 16.7), (21, 12.2)))
    painter.drawPath(_lines((3, 16.2), (12, 20.7), (21, 16.2)))


def _person(painter: QPainter, color: QColor) -> None:
    painter.drawEllipse(QPointF(12, 8), 4, 4)
    shoulders = QPainterPath()
    shoulders.moveTo(4.5, 20)
    shoulders.arcTo(QRectF(4.5, 14, 15, 12), 180, -180)
    painter.drawPath(shoulders)


def _brush(painter: QPainter, color: QColor) -> None:
    painter.drawEllipse(QPointF(12, 12), 8.5, 8.5)
    _fill(painter, color)
    painter.drawPie(QRectF(3.5, 3.5, 17, 17), 90 * 16, -180 * 16)


def _screen(painter: QPainter, color: QColor) -> None:
    painter.drawRoundedRect(QRectF(3, 4, 18, 12), 2.5, 2.5)
    painter.drawPath(_lines((12, 16), (12, 20)))
    painter.drawPath(_lines((8, 20), (16, 20)))


def _sliders(painter: QPainter, color: QColor) -> None:
    for y in (6, 12, 18):
        painter.drawPath(_lines((3, y), (21, y)))
    _fill(painter, color)
    for x, y in ((8, 6), (16, 12), (10, 18)):
        painter.drawEllipse(QPointF(x, y), 2.8, 2.8)


_DRAW: dict[Glyph, Callable[[QPainter, QColor], None]] = {
    Glyph.MICROPHONE: _microphone,
    Glyph.MICROPHONE_OFF: _microphone_off,
    Glyph.STOP: _stop,
    Glyph.SEND: _send,
    Glyph.CLOSE: _close,
    Glyph.MENU: _menu,
    Glyph.NEW: _new,
    Glyph.DOWN: _down,
    Glyph.WARNING: _warning,
    Glyph.INFO: _info,
    Glyph.LOCK: _lock,
    Glyph.DISC: _disc,
    Glyph.HALF_DISC: _half_disc,
    Glyph.TRIANGLE: _triangle,
    Glyph.DIAMOND: _diamond,
    Glyph.RING: _ring,
    Glyph.DOTS: _dots,
    Glyph.BARS: _bars,
    Glyph.SOUND: _sound,
    Glyph.COPY: _copy,
    Glyph.AGAIN: _again,
    Glyph.EDIT: _edit,
    Glyph.PREVIOUS: _previous,
    Glyph.NEXT: _next,
    Glyph.SIDEBAR: _sidebar,
    Glyph.SEARCH: _search,
    Glyph.PIN: _pin,
    Glyph.TICK: _tick,
    Glyph.CHEVRON: _chevron,
    Glyph.KEYBOARD: _keyboard,
    Glyph.LAYERS: _layers,
    Glyph.PERSON: _person,
    Glyph.BRUSH: _brush,
    Glyph.SCREEN: _screen,
    Glyph.SLIDERS: _sliders,
}

"""What the talk button looks like: its faces, drawn once each and kept as pictures. GUI thread.

While a reply is made, every core belongs to the models. So the moving faces are short loops of pictures, slow where
nobody can see the difference, and a frame that would look like the one before is not painted at all (`Look` compares).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from companion.ui.icons import Glyph, paint_glyph
from companion.ui.theme import UNIT, Theme, mix

DISC = 19 * UNIT
_RING_ROOM = 6 * UNIT
SIDE = DISC + 2 * _RING_ROOM
"""Of the square around disc and ring."""


class Face(Enum):
    """What the button shows; each has its own shape, not only its colour."""

    LOADING = "loading"
    UNAVAILABLE = "unavailable"
    MUTED = "muted"
    IDLE = "idle"
    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"


_SLOW_MS = 67
FRAME_MS = {Face.LOADING: _SLOW_MS, Face.THINKING: _SLOW_MS, Face.SPEAKING: _SLOW_MS, Face.LISTENING: 40}
"""Time between two frames of a face that moves. Only the level of a voice needs 25 frames a second; the others run
while models work."""

_LOOPS = {Face.LOADING: 18, Face.THINKING: 18, Face.SPEAKING: 17}
"""Pictures in a loop: a turn of the arc in 1.2 s, and the ring's two waves, half a way apart, in 1.1 s."""
_GLYPHS = {Face.UNAVAILABLE: Glyph.WARNING, Face.MUTED: Glyph.MICROPHONE_OFF, Face.SPEAKING: Glyph.SOUND}
"""Of the faces that are not the microphone."""
_GLOW_STEPS = 20
"""Sizes of the glow around the disc: one for each pixel of its room."""
_BARS = ((-4, 0.4), (-3, 0.62), (-2, 0.82), (-1, 0.95), (0, 1.0), (1, 0.95), (2, 0.82), (3, 0.62), (4, 0.4))
"""(place, share of the room) of each bar: the middle one is the level now, the others what it was before."""
BARS = 5
"""Levels that the bars show, the newest first."""
_BAR_STEP = 0.5
"""Bars grow in steps of half a pixel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """All that decides what is drawn; equal looks are equal pictures."""

    face: Face
    step: int | None = None
    """Of the loop, or the size of the glow; None for a face that keeps still."""
    voice: bool = False
    held: bool = False
    hovered: bool = False
    focused: bool = False
    latched: bool = False
    bars: tuple[float, ...] = ()
    """Half the height of each bar, in pixels."""


def look_at(
    face: Face,
    *,
    now_s: float | None,
    levels: Sequence[float],
    voice: bool,
    held: bool,
    hovered: bool,
    focused: bool,
    latched: bool = False,
) -> Look:
    """Return what is to be seen.

    Args:
        face: What the button shows.
        now_s: Time of the animation; None if nothing may move by itself.
        levels: Of the microphone, 0 to 1, the newest first; `BARS` of them.
        voice: Whether it is a voice.
        held: The user holds the button.
        hovered: The mouse is over it.
        focused: It has the keyboard's focus, and shows it.
        latched: It listens without being held.
    """
    look = Look(face=face, held=held, hovered=hovered, focused=focused)
    if face is Face.LISTENING:
        bars = tuple(_bar(levels[abs(place)], share) for place, share in _BARS)
        return replace(look, step=round(levels[0] * _GLOW_STEPS), voice=voice, latched=latched, bars=bars)
    if face in _LOOPS and now_s is not None:
        return replace(look, step=int(now_s * 1000 / _SLOW_MS) % _LOOPS[face])
    return look


def _bar(level: float, share: float) -> float:
    return round((2.0 + 17.0 * share * level) / _BAR_STEP) * _BAR_STEP


class Pictures:
    """The looks seen so far, for as long as face and colours stay."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._drawn: dict[tuple[Look, float], QPixmap] = {}

    def clear(self) -> None:
        """Forget them all."""
        self._drawn.clear()

    def picture(self, look: Look, scale: float) -> QPixmap:
        """Return everything but the bars, `SIDE` logical pixels wide and high, for a screen of this pixel ratio."""
        look = replace(look, bars=())
        found = self._drawn.get((look, scale))
        if found is None:
            found = QPixmap(QSize(SIDE, SIDE) * scale)
            found.setDevicePixelRatio(scale)
            found.fill(Qt.GlobalColor.transparent)
            painter = QPainter(found)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(SIDE / 2, SIDE / 2)
            self._paint(painter, look)
            painter.end()
            self._drawn[look, scale] = found
        return found

    def paint_voice(self, painter: QPainter, look: Look) -> None:
        """Draw the bars, which change with every frame, around the painter's origin."""
        if not look.bars:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colors(look.face)[1])
        width, pitch = 4.0, 6.5
        for (place, _), half in zip(_BARS, look.bars, strict=True):
            bar = QRectF(place * pitch - width / 2, -half, width, 2 * half)
            painter.drawRoundedRect(bar, width / 2, width / 2)

    def _colors(self, face: Face) -> tuple[QColor, QColor]:
        c = self._theme.colors
        fill, ink = {
            Face.LOADING: (c.disabled, c.on_disabled),
            Face.UNAVAILABLE: (c.disabled, c.on_disabled),
            Face.MUTED: (c.surface, c.text_secondary),
            Face.LISTENING: (c.listening, c.on_listening),
            Face.SPEAKING: (c.speaking, c.on_speaking),
        }.get(face, (c.accent, c.on_accent))
        return QColor(fill), QColor(ink)

    def _paint(self, painter: QPainter, look: Look) -> None:
        fill, ink = self._colors(look.face)
        self._paint_ring(painter, look, fill)
        radius = DISC / 2 - (1.5 if look.held else 0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mix(fill.name(), ink.name(), 0.08) if look.hovered else fill)
        painter.drawEllipse(QPointF(), radius, radius)
        if look.face in (Face.MUTED, Face.LOADING, Face.UNAVAILABLE):  # pale on pale: the edge says where it is
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self._theme.colors.outline), 2))
            painter.drawEllipse(QPointF(), radius - 1, radius - 1)
        if look.face is Face.THINKING:
            self._paint_dots(painter, look, ink)
        elif look.face is not Face.LISTENING:
            glyph = _GLYPHS.get(look.face, Glyph.MICROPHONE)
            side = DISC * 0.44
            paint_glyph(painter, glyph, QRectF(-side / 2, -side / 2, side, side), ink)
        if look.latched:
            self._paint_lock(painter)
        if look.focused:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self._theme.colors.text), 2))
            painter.drawEllipse(QPointF(), DISC / 2 + UNIT, DISC / 2 + UNIT)

    def _paint_lock(self, painter: QPainter) -> None:
        """Draw the badge that says: nobody holds it, it listens on."""
        c, radius = self._theme.colors, 2.75 * UNIT
        middle = QPointF(DISC / 2 * 0.72, DISC / 2 * 0.72)
        painter.setPen(QPen(QColor(c.listening), 2))
        painter.setBrush(QColor(c.surface))
        painter.drawEllipse(middle, radius, radius)
        box = QRectF(0, 0, 3.5 * UNIT, 3.5 * UNIT)
        box.moveCenter(middle)
        paint_glyph(painter, Glyph.LOCK, box, QColor(c.listening))

    def _paint_ring(self, painter: QPainter, look: Look, color: QColor) -> None:
        base, step = DISC / 2, look.step or 0
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if look.face is Face.LISTENING:
            painter.setPen(Qt.PenStyle.NoPen)
            for share, alpha in ((1.0, 38), (0.6, 60)):
                color.setAlpha(alpha if look.voice else alpha // 2)
                painter.setBrush(color)
                reach = base + UNIT + (_RING_ROOM - UNIT) * step / _GLOW_STEPS * share
                painter.drawEllipse(QPointF(), reach, reach)
        elif look.face in (Face.THINKING, Face.LOADING):
            reach = base + 1.75 * UNIT
            accent = QColor(self._theme.colors.accent)
            painter.setPen(QPen(accent, 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            angle = 90 - 360 * step / _LOOPS[look.face]
            painter.drawArc(QRectF(-reach, -reach, 2 * reach, 2 * reach), round(angle * 16), 80 * 16)
        elif look.face is Face.SPEAKING:
            for phase in (0.0, 0.5):
                progress = (step / _LOOPS[look.face] / 2 + phase) % 1.0
                color.setAlphaF(0.5 * (1 - progress))
                painter.setPen(QPen(color, 2))
                reach = base + UNIT + progress * (_RING_ROOM - 1.5 * UNIT)
                painter.drawEllipse(QPointF(), reach, reach)
        color.setAlpha(255)

    def _paint_dots(self, painter: QPainter, look: Look, ink: QColor) -> None:
        for place in (-1, 0, 1):
            dot = QColor(ink)
            if look.step is not None:
                dot.setAlphaF(0.6 + 0.4 * math.sin(2 * math.pi * look.step / _LOOPS[Face.THINKING] - place * 0.9))
            painter.setBrush(dot)
            painter.drawEllipse(QPointF(place * 13, 0), 4, 4)

"""The round button that is held to talk. GUI thread.

Held by mouse, touch (which Qt turns into mouse), Space or Enter; let go when the button loses the focus, the
mouse, its place on the screen or its use, so that the microphone never stays on by accident.
"""

import math
import time
from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from companion.ui import strings
from companion.ui.icons import Glyph, paint_glyph
from companion.ui.theme import UNIT, Theme, mix

DISC = 19 * UNIT
_RING_ROOM = 6 * UNIT
_FRAME_MS = 33
_QUIET_DBFS = -55.0
_LOUD_DBFS = -10.0
_ATTACK_S, _DECAY_S = 0.03, 0.25
"""The ring rises with the voice and sinks calmly; a level meter's usual ballistics."""
_TALK_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Face(Enum):
    """What the button shows; each has its own shape, not only its colour."""

    LOADING = "loading"
    UNAVAILABLE = "unavailable"
    IDLE = "idle"
    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"


_MOVING = (Face.LOADING, Face.LISTENING, Face.THINKING, Face.SPEAKING)


def level_share(dbfs: float) -> float:
    """Return a level as a share of the ring, 0 for quiet to 1 for loud."""
    return min(1.0, max(0.0, (dbfs - _QUIET_DBFS) / (_LOUD_DBFS - _QUIET_DBFS)))


class TalkButton(QAbstractButton):
    """Push to talk.

    Signals:
        talk_pressed: the user began to hold.
        talk_released: the user let go, or could not hold any longer; follows every `talk_pressed`.

    An assistive tool that can only click switches: the first click begins to hold, the second lets go.

    Args:
        theme: Colours and the motion setting.
        clock: Monotonic seconds, for the animation.
    """

    talk_pressed = Signal()
    talk_released = Signal()

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._clock = clock
        self._face = Face.LOADING
        self._held = False
        self._target = 0.0
        self._level = 0.0
        self._voice = False
        self._drawn_s = clock()
        self._by_mouse = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(strings.TALK_NAME)
        self.setAccessibleDescription(strings.TALK_DESCRIPTION)
        self._frames = QTimer(self, interval=_FRAME_MS)
        self._frames.timeout.connect(self.update)
        self.clicked.connect(self._on_clicked)
        theme.changed.connect(self._animate)

    @property
    def held(self) -> bool:
        """Whether the user holds the button."""
        return self._held

    @property
    def face(self) -> Face:
        """What the button shows."""
        return self._face

    def set_face(self, face: Face) -> None:
        """Show another state; a button that cannot be used is let go."""
        self._face = face
        self._target = 0.0
        self.setEnabled(face not in (Face.LOADING, Face.UNAVAILABLE))
        self.setAccessibleName(f"{strings.TALK_NAME}, {strings.FACE_WORDS[face.value]}")
        self._animate()

    def set_level(self, dbfs: float, *, voice: bool) -> None:
        """Show the microphone's level; drawn with the next frame."""
        self._target, self._voice = level_share(dbfs), voice
        if not self._frames.isActive():
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the disc and room for its ring."""
        side = DISC + 2 * _RING_ROOM
        return QSize(side, side)

    def hitButton(self, pos: QPointF) -> bool:  # type: ignore[override]  # noqa: N802
        """Only the disc can be pressed, not the room around it."""
        offset = QPointF(pos) - QPointF(self.rect().center())
        return math.hypot(offset.x(), offset.y()) <= DISC / 2

    def _hold(self) -> None:
        if not self._held and self.isEnabled():
            self._held = True
            self.talk_pressed.emit()
            self.update()

    def _let_go(self) -> None:
        if self._held:
            self._held = False
            self.talk_released.emit()
            self.update()

    @Slot()
    def _on_clicked(self) -> None:
        if self._held:
            self._let_go()
        else:
            self._hold()

    @Slot()
    def _animate(self) -> None:
        if self._face in _MOVING and self.isVisible() and not self._theme.reduce_motion:
            self._frames.start()
        else:
            self._frames.stop()
        self.update()

    # -- what holds and lets go

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Hold with the left button or a finger."""
        if event.button() == Qt.MouseButton.LeftButton and self.hitButton(event.position()):
            self._hold()
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drifting off the button while holding changes nothing."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._let_go()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Hold with Space or Enter; the keyboard's auto-repeat does not count."""
        if event.key() in _TALK_KEYS and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            if not event.isAutoRepeat():
                self._hold()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Let go, unless it is the auto-repeat's release."""
        if event.key() in _TALK_KEYS:
            if not event.isAutoRepeat():
                self._let_go()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show the focus, unless a click brought it: then the eye is there already."""
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self._by_mouse = event.reason() == Qt.FocusReason.MouseFocusReason
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Let go: the key or button may come up somewhere else, unseen."""
        super().focusOutEvent(event)
        self._let_go()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Let go and stop moving."""
        super().hideEvent(event)
        self._let_go()
        self._animate()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Move again."""
        super().showEvent(event)
        self._animate()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Let go when disabled or when the window is left."""
        super().changeEvent(event)
        left = event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow()
        if left or (event.type() == QEvent.Type.EnabledChange and not self.isEnabled()):
            self._let_go()

    def event(self, event: QEvent) -> bool:
        """Let go when something else takes the mouse."""
        if event.type() == QEvent.Type.UngrabMouse:
            self._let_go()
        return super().event(event)

    # -- painting

    def _advance(self) -> float:
        """Move the level towards its target and return the time in seconds."""
        now_s = self._clock()
        step_s, self._drawn_s = max(0.0, now_s - self._drawn_s), now_s
        if self._theme.reduce_motion:
            self._level = round(self._target * 4) / 4
            return 0.0
        constant = _ATTACK_S if self._target > self._level else _DECAY_S
        self._level += (self._target - self._level) * (1 - math.exp(-step_s / constant))
        return now_s

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw ring, disc and glyph."""
        now_s = self._advance()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        center = QRectF(self.rect()).center()
        fill, ink = self._colors()
        self._paint_ring(painter, center, fill, now_s)
        radius = DISC / 2 - (1.5 if self._held else 0)
        painter.setPen(Qt.PenStyle.NoPen)
        hovered = self.underMouse() and self.isEnabled() and not self._held
        painter.setBrush(mix(fill.name(), ink.name(), 0.08) if hovered else fill)
        painter.drawEllipse(center, radius, radius)
        if self._face is Face.LISTENING:
            self._paint_voice(painter, center, ink, now_s)
        elif self._face is Face.THINKING:
            self._paint_dots(painter, center, ink, now_s)
        else:
            glyph = {Face.UNAVAILABLE: Glyph.MICROPHONE_OFF, Face.SPEAKING: Glyph.SOUND}.get(
                self._face, Glyph.MICROPHONE
            )
            side = DISC * 0.44
            paint_glyph(painter, glyph, QRectF(center.x() - side / 2, center.y() - side / 2, side, side), ink)
        if self.hasFocus() and not self._by_mouse:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self._theme.colors.text), 2))
            painter.drawEllipse(center, DISC / 2 + UNIT, DISC / 2 + UNIT)
        painter.end()

    def _colors(self) -> tuple[QColor, QColor]:
        c = self._theme.colors
        fill, ink = {
            Face.LOADING: (c.disabled, c.on_disabled),
            Face.UNAVAILABLE: (c.disabled, c.on_disabled),
            Face.LISTENING: (c.listening, c.on_listening),
            Face.SPEAKING: (c.speaking, c.on_speaking),
        }.get(self._face, (c.accent, c.on_accent))
        return QColor(fill), QColor(ink)

    def _paint_ring(self, painter: QPainter, center: QPointF, color: QColor, now_s: float) -> None:
        base = DISC / 2
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._face is Face.LISTENING:
            glow = QColor(color)
            painter.setPen(Qt.PenStyle.NoPen)
            for share, alpha in ((1.0, 38), (0.6, 60)):
                glow.setAlpha(alpha if self._voice else alpha // 2)
                painter.setBrush(glow)
                reach = base + UNIT + (_RING_ROOM - UNIT) * self._level * share
                painter.drawEllipse(center, reach, reach)
        elif self._face in (Face.THINKING, Face.LOADING):
            reach = base + 1.75 * UNIT
            arc = QRectF(center.x() - reach, center.y() - reach, 2 * reach, 2 * reach)
            ink = QColor(self._theme.colors.accent)
            painter.setPen(QPen(ink, 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawArc(arc, int(90 - now_s * 300 % 360) * 16, 80 * 16)
        elif self._face is Face.SPEAKING:
            for phase in (0.0, 0.5):
                progress = (now_s / 2.2 + phase) % 1.0
                wave = QColor(color)
                wave.setAlphaF(0.5 * (1 - progress))
                painter.setPen(QPen(wave, 2))
                reach = base + UNIT + progress * (_RING_ROOM - 1.5 * UNIT)
                painter.drawEllipse(center, reach, reach)

    def _paint_voice(self, painter: QPainter, center: QPointF, ink: QColor, now_s: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        width, pitch = 5.0, 9.5
        for place, weight in ((-2, 0.45), (-1, 0.8), (0, 1.0), (1, 0.7), (2, 0.4)):
            sway = 0.75 + 0.25 * math.sin(now_s * 9 + place * 1.9)
            half = 3.5 + 14.5 * weight * self._level * sway
            x = center.x() + place * pitch - width / 2
            painter.drawRoundedRect(QRectF(x, center.y() - half, width, 2 * half), width / 2, width / 2)

    def _paint_dots(self, painter: QPainter, center: QPointF, ink: QColor, now_s: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for place in (-1, 0, 1):
            dot = QColor(ink)
            dot.setAlphaF(1.0 if now_s == 0 else 0.6 + 0.4 * math.sin(now_s * 5 - place * 0.9))
            painter.setBrush(dot)
            painter.drawEllipse(QPointF(center.x() + place * 13, center.y()), 4, 4)

"""The round button that is held to talk. GUI thread.

Held by mouse, touch (which Qt turns into mouse), Space or Enter; let go when the button loses the focus, the
mouse, its place on the screen or its use, so that the microphone never stays on by accident. What it looks like is
`companion.ui.talk_face`.
"""

import math
import time
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from companion.ui import strings
from companion.ui.talk_face import BARS, DISC, FRAME_MS, SIDE, Face, Look, Pictures, look_at
from companion.ui.theme import Theme
from companion.ui.translation import tr

_QUIET_DBFS = -55.0
_LOUD_DBFS = -10.0
_ATTACK_S, _DECAY_S = 0.03, 0.25
"""The ring rises with the voice and sinks calmly; a level meter's usual ballistics."""
_TALK_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


def level_share(dbfs: float) -> float:
    """Return a level as a share of the ring, 0 for quiet to 1 for loud."""
    return min(1.0, max(0.0, (dbfs - _QUIET_DBFS) / (_LOUD_DBFS - _QUIET_DBFS)))


class TalkButton(QAbstractButton):
    """Push to talk.

    Signals:
        talk_pressed: the user began to hold.
        talk_released(bool): the user let go (True), or could not hold any longer (False); follows every `talk_pressed`.
        level_drawn(float, bool): the microphone's level, 0 to 1, and whether it is a voice, once for each frame while
            listening; for what moves with the button.

    An assistive tool that can only click switches: the first click begins to hold, the second lets go.

    Args:
        theme: Colours and the motion setting.
        clock: Monotonic seconds, for the animation.
    """

    talk_pressed = Signal()
    talk_released = Signal(bool)
    level_drawn = Signal(float, bool)

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
        self._levels: deque[float] = deque([0.0] * BARS, BARS)
        self._voice = False
        self._latched = False
        self._drawn_s = clock()
        self._by_mouse = False
        self._pictures = Pictures(theme)
        self._shown: Look | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr(strings.TALK_NAME))
        self.setAccessibleDescription(tr(strings.TALK_DESCRIPTION))
        self._frames = QTimer(self)
        self._frames.timeout.connect(self._on_frame)
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
        if face is not self._face:
            self._target = self._level = 0.0
            self._levels.extend([0.0] * BARS)
        self._face = face
        self.setEnabled(face not in (Face.LOADING, Face.UNAVAILABLE))
        self.setAccessibleName(tr(strings.TALK_STATES[face.value]))
        self._animate()

    @Slot(bool)
    def set_latched(self, latched: bool) -> None:
        """Show whether it listens on without being held."""
        self._latched = latched
        self.update()

    def set_level(self, dbfs: float, *, voice: bool) -> None:
        """Show the microphone's level; drawn with the next frame."""
        self._target, self._voice = level_share(dbfs), voice
        if not self._frames.isActive():
            self._on_frame()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the disc and room for its ring."""
        return QSize(SIDE, SIDE)

    def hitButton(self, pos: QPointF) -> bool:  # type: ignore[override]  # noqa: N802
        """Only the disc can be pressed, not the room around it."""
        offset = QPointF(pos) - QPointF(self.rect().center())
        return math.hypot(offset.x(), offset.y()) <= DISC / 2

    def _hold(self) -> None:
        if not self._held and self.isEnabled():
            self._held = True
            self.talk_pressed.emit()
            self.update()

    def _let_go(self, *, by_user: bool = False) -> None:
        if self._held:
            self._held = False
            self.talk_released.emit(by_user)
            self.update()

    @Slot()
    def _on_clicked(self) -> None:
        if self._held:
            self._let_go()
        else:
            self._hold()

    @Slot()
    def _animate(self) -> None:
        interval = FRAME_MS.get(self._face)
        if interval is not None and self.isVisible() and not self._theme.reduce_motion:
            self._frames.start(interval)
        else:
            self._frames.stop()
        self._pictures.clear()
        self.update()

    @Slot()
    def _on_frame(self) -> None:
        """Paint again if there is anything new to see: silence is not."""
        self._advance()
        if self._face is Face.LISTENING:
            # Nothing wanders when motion is to be reduced: the bars are one shape that grows and shrinks.
            self._levels.extendleft([self._level] * (BARS if self._theme.reduce_motion else 1))
            self.level_drawn.emit(self._level, self._voice)
        if self._look() != self._shown:
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
            self._let_go(by_user=True)

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
                self._let_go(by_user=True)
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

    def _advance(self) -> None:
        """Move the level towards its target."""
        now_s = self._clock()
        step_s, self._drawn_s = max(0.0, now_s - self._drawn_s), now_s
        if self._theme.reduce_motion:
            self._level = round(self._target * 4) / 4
            return
        constant = _ATTACK_S if self._target > self._level else _DECAY_S
        self._level += (self._target - self._level) * (1 - math.exp(-step_s / constant))

    def _look(self) -> Look:
        return look_at(
            self._face,
            now_s=None if self._theme.reduce_motion else self._drawn_s,
            levels=self._levels,
            voice=self._voice,
            held=self._held,
            hovered=self.underMouse() and self.isEnabled() and not self._held,
            focused=self.hasFocus() and not self._by_mouse,
            latched=self._latched,
        )

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the button as it looks now."""
        self._shown = look = self._look()
        center = QRectF(self.rect()).center()
        painter = QPainter(self)
        painter.translate(center)
        corner = QPointF(-SIDE / 2, -SIDE / 2)
        painter.drawPixmap(corner, self._pictures.picture(look, self.devicePixelRatioF()))
        self._pictures.paint_voice(painter, look)
        painter.end()

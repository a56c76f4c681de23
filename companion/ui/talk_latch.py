"""Tap to talk: keeps the microphone listening after a short press, until the next one. Thread: any, see the methods.

For the engine a tap is an empty turn that only stops speech. The latch stands between the keys and the bridge and keeps
the release of a tap to itself, so that to the engine the whole of it is one long hold; decision 0098.
"""

import threading
import time
from enum import Enum

from PySide6.QtCore import QObject, Signal, Slot

from companion.engine.events import EngineState, EngineStateChanged, Event
from companion.ui.bridge import EngineBridge


class LatchOn(Enum):
    """What a tap latches by."""

    NOTHING = "off"
    BUTTON = "button"
    EVERYTHING = "everything"
    """The button and the hotkey."""


class TalkLatch(QObject):
    """Turns presses of button, hotkey and tray into the bridge's.

    Presses and releases come from any thread and are passed on at once, there. Everything else is the GUI thread's.

    Signals:
        latched_changed(bool): it listens on without a key being held, or no longer; on the thread of the cause.

    Args:
        bridge: Where presses and releases go, and where the engine's state is heard.
        tap_s: A press shorter than this is a tap, as `TurnConfig.tap_s`.
        latch_on: What a tap latches by.
    """

    latched_changed = Signal(bool)

    def __init__(
        self,
        bridge: EngineBridge,
        *,
        tap_s: float = 0.25,
        latch_on: LatchOn = LatchOn.BUTTON,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.tap_s = tap_s
        self.latch_on = latch_on
        self._bridge = bridge
        self._lock = threading.Lock()
        self._state = EngineState.INITIALIZING
        self._latched = False
        self._begins = False
        """Whether the press under way began a turn in silence: only such a tap latches, any other stops something."""
        self._pressed_s = 0.0
        bridge.event_received.connect(self._on_event)

    @property
    def latched(self) -> bool:
        """Whether it listens without a key being held."""
        return self._latched

    @Slot()
    def press_button(self) -> None:
        """The talk button went down."""
        self.press(time.monotonic())

    @Slot(bool)
    def release_button(self, by_user: bool = True) -> None:
        """The talk button came up; not `by_user` if it only could not be held any longer, which is no tap."""
        self._release(time.monotonic(), by_user and self.latch_on is not LatchOn.NOTHING)

    @Slot(float)
    def release_key(self, at_s: float) -> None:
        """The hotkey came up at this monotonic time."""
        self._release(at_s, self.latch_on is LatchOn.EVERYTHING)

    @Slot()
    def toggle(self) -> None:
        """Begin to listen until told otherwise, or end the turn begun: the tray's and the orb's click."""
        at_s = time.monotonic()
        if self._latched or self._bridge.down:
            self._release(at_s, False)
        else:
            self.press(at_s)
            self._release(at_s, True)

    @Slot(float)
    def press(self, at_s: float) -> None:
        """A talk key went down at this monotonic time."""
        with self._lock:
            if not self._latched:
                self._begins = self._state is EngineState.IDLE and not self._bridge.muted
                self._pressed_s = at_s
        self._bridge.press(at_s)

    def _release(self, at_s: float, may_latch: bool) -> None:
        with self._lock:
            was = self._latched
            self._latched = not was and may_latch and self._begins and at_s - self._pressed_s < self.tap_s
            self._begins = False
            latched = self._latched
        if latched is not was:
            self.latched_changed.emit(latched)
        if not latched:
            self._bridge.release(at_s)

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        if not isinstance(event, EngineStateChanged):
            return
        with self._lock:
            self._state = event.new
            ended = self._latched and event.old is EngineState.LISTENING
            self._latched = self._latched and not ended
        if ended:  # by Escape, by the mute, or because it has a longest time
            self.latched_changed.emit(False)

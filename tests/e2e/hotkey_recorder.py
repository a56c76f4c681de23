"""Keeps what a hotkey back end told, in order, for the tests of every back end."""

import queue
from typing import Any

from companion.ui.hotkey_base import HotkeyListener

WAIT_S = 10.0
QUIET_S = 0.35
"""Longer than three rounds of the guard and the delays of xdotool: what has not come by then is not coming."""


class HotkeyRecorder:
    """A listener that remembers."""

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self.listener = HotkeyListener(
            pressed=lambda at_s: self._events.put(("pressed", at_s)),
            released=lambda at_s: self._events.put(("released", at_s)),
            available=lambda text: self._events.put(("available", text)),
            unavailable=lambda error: self._events.put(("unavailable", error)),
            noticed=lambda error: self._events.put(("noticed", error)),
        )

    def next(self) -> tuple[str, Any]:
        """Wait for the next thing told and return its name and value."""
        return self._events.get(timeout=WAIT_S)

    def quiet(self, quiet_s: float = QUIET_S) -> bool:
        """Wait `quiet_s` and return whether nothing was told; what was is gone."""
        try:
            self._events.get(timeout=quiet_s)
        except queue.Empty:
            return True
        return False

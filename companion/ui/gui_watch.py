"""How long the GUI thread lets things wait: a heartbeat from another thread, and what became of each beat.

A thread of its own posts an event to the GUI thread every `BEAT_S` and stamps it; the GUI thread notes when it came.
The delay is what a key press or a mouse click at that moment would have waited. It has two parts that the watch tells
apart: what the GUI thread itself did (its CPU time between two beats), and what the machine made it wait for, a core
or Python's lock, while models work. What the window can be blamed for is the first (ADR 0102).

Only measurements use it: a window that nobody watches has no heartbeat.
"""

import threading
from dataclasses import dataclass
from time import monotonic, thread_time

from PySide6.QtCore import QObject, Qt, Signal, Slot

BEAT_S = 0.004
"""A block of the GUI thread is seen to within this much; a beat costs it some 20 microseconds."""

_MOST_WAITING = 250
"""Beats on their way to a GUI thread that does not answer at all: one second's worth."""

_END_S = 1.0


@dataclass(frozen=True, slots=True)
class Beat:
    """One beat that arrived."""

    at_s: float
    """Monotonic time at which it was posted."""
    delay_s: float
    """How long it waited for the GUI thread."""
    own_s: float
    """CPU time of the GUI thread since the beat before: its own work, whatever else the machine did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """What a stretch of time was like."""

    beats: int
    longest_s: float
    """Longest delay."""
    own_s: float
    """Most of its own work between two beats."""


def blocks(beats: list[Beat], begin_s: float, end_s: float) -> Blocks:
    """Return what the beats that were posted from `begin_s` to `end_s` say."""
    meant = [beat for beat in beats if begin_s <= beat.at_s <= end_s]
    return Blocks(
        beats=len(meant),
        longest_s=max((beat.delay_s for beat in meant), default=0.0),
        own_s=max((beat.own_s for beat in meant), default=0.0),
    )


class GuiWatch(QObject):
    """Watches the thread it is made on, which runs Qt's event loop, from `start` to `stop`."""

    _beat = Signal(float)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.beats: list[Beat] = []
        self._stopping = threading.Event()
        self._posted = 0
        self._worked_s = 0.0
        self._thread = threading.Thread(target=self._run, name="gui watch")
        self._beat.connect(self._on_beat, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begin. Thread: GUI."""
        self._worked_s = thread_time()
        self._thread.start()

    def stop(self) -> None:
        """End; what is still on its way is not counted. Thread: GUI."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(_END_S)

    def _run(self) -> None:
        while not self._stopping.wait(BEAT_S):
            if self._posted - len(self.beats) < _MOST_WAITING:
                self._posted += 1
                self._beat.emit(monotonic())

    @Slot(float)
    def _on_beat(self, posted_s: float) -> None:
        worked_s = thread_time()
        self.beats.append(Beat(posted_s, monotonic() - posted_s, worked_s - self._worked_s))
        self._worked_s = worked_s

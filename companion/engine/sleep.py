"""Whether the machine slept, told by its clocks.

Thread: engine. Every system's wall clock goes on during sleep. The monotonic clock stops on Linux and macOS, so that
the two come apart; on Windows it goes on, but a wait that should have ended in half a second ends much later. Nothing
of this needs a desktop, a D-Bus or a permission.
"""

import time
from collections.abc import Callable

SLEPT_S = 5.0
"""From here on it was sleep: nothing else holds up a wait for so long. A process that was stopped and a clock that was
set look the same; opening the devices once more does no harm then."""


class SleepWatch:
    """Looks at the clocks around each wait of the engine's loop.

    Args:
        wall: seconds that go on during sleep; may be set by anyone, forward and back.
        monotonic: seconds that nobody sets.
    """

    def __init__(self, wall: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._last = self._wait_began = (wall(), monotonic())

    def begin_wait(self) -> None:
        """A wait of at most a second begins."""
        self._wait_began = (self._wall(), self._monotonic())

    def end_wait(self) -> bool:
        """The wait is over; return whether the machine slept since the wait before it ended."""
        now = (self._wall(), self._monotonic())
        apart_s = (now[0] - self._last[0]) - (now[1] - self._last[1])
        waited_s = now[0] - self._wait_began[0]
        self._last = now
        return max(apart_s, waited_s) >= SLEPT_S

"""Whether the machine slept, told by its clocks.

Thread: engine. Two clocks that nobody can set: one goes on during sleep, the other one stops on Linux and macOS, so
that they come apart. On Windows both go on, but a wait that should have ended in half a second ends much later. Nothing
of this needs a desktop, a D-Bus or a permission.
"""

import sys
import time
from collections.abc import Callable

SLEPT_S = 5.0
"""From here on it was sleep: nothing else holds up a wait for so long. A process that was stopped looks the same;
opening the devices once more does no harm then."""


_CONTINUOUS = {"linux": "CLOCK_BOOTTIME", "darwin": "CLOCK_MONOTONIC_RAW"}.get(sys.platform)
"""The clock that goes on during sleep, where it is another one than `time.monotonic`: man 2
clock_gettime on Linux, man 3 clock_gettime on macOS, whose `CLOCK_MONOTONIC` follows adjustments of the time."""


def continuous() -> float:
    """Return seconds that go on during sleep and that nobody sets; the zero means nothing.

    Not the wall clock: people and NTP set it, and a step of it must not end a turn.
    """
    return time.clock_gettime(getattr(time, _CONTINUOUS)) if _CONTINUOUS else time.monotonic()


class SleepWatch:
    """Looks at the clocks around each wait of the engine's loop.

    Args:
        continuous: seconds that go on during sleep.
        monotonic: seconds that may stop.
    """

    def __init__(
        self, continuous: Callable[[], float] = continuous, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._continuous = continuous
        self._monotonic = monotonic
        self._last = self._now()
        self._wait_began_s = self._last[0]

    def begin_wait(self) -> None:
        """A wait of at most a second begins."""
        self._wait_began_s = self._continuous()

    def end_wait(self) -> bool:
        """The wait is over; return whether the machine slept since the wait before it ended."""
        now = self._now()
        apart_s = (now[0] - self._last[0]) - (now[1] - self._last[1])
        waited_s = now[0] - self._wait_began_s
        self._last = now
        return max(apart_s, waited_s) >= SLEPT_S

    def _now(self) -> tuple[float, float]:
        return self._continuous(), self._monotonic()

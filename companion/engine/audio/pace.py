"""Whether an output device ran dry between two callbacks, told by their times alone.

Thread: audio callback. PortAudio has a flag for it, but ALSA's pulse plugin, behind which PulseAudio and PipeWire stand
on Linux, does not set it: a late callback is heard as a click and goes unreported. The times tell it in silence too,
before anything is there to be spoilt.
"""

import math

_ANCHOR_S = 1.0
"""The buffer is taken to be full once in this time, since the device's clock and ours drift apart."""


_BURST_S = 0.1
"""What a device that asks in bursts may hold beyond its buffer; a sound server may ask for seconds when it starts."""


class Pace:
    """Follows the device's buffer: each callback adds a block to it, and time drains it.

    Frames are summed up, not gaps measured, so that a device which asks for several blocks at once and then pauses is
    not taken for a late one. A sound server behind the device may still hold enough to hide what is seen here.

    Args:
        rate_hz: the device's; may be set as long as no callback has come.
    """

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.buffer_s = math.inf
        """What the device's buffer holds. Known, and set, only once the stream is open."""
        self._dry_at_s = math.inf
        self._anchor_at_s = -math.inf

    def late(self, now_s: float, frames: int) -> bool:
        """Return whether the device ran out of sound before this callback.

        Args:
            now_s: monotonic time at which the callback began.
            frames: length of the block it is to fill.
        """
        late = now_s > self._dry_at_s
        if now_s >= self._anchor_at_s and not late:
            self._anchor_at_s = now_s + _ANCHOR_S
            self._dry_at_s = now_s + self.buffer_s
        else:
            dry_at_s = (now_s if late else self._dry_at_s) + frames / self.rate_hz
            self._dry_at_s = min(dry_at_s, now_s + self.buffer_s + _BURST_S)
        return late

"""Preallocated sample rings between an audio callback and the engine: one producer and one consumer each, no locks.

`CaptureRing` is written by the input callback and keeps the last seconds, whether anybody reads or not: the pre-roll.
`PlaybackRing` is written by the engine and emptied by the output callback, which also carries out a flush.

Every counter counts frames since the ring was made and only grows. Each is an `int` attribute stored by one thread
alone; that the other thread sees the stores whole and in order is a promise of the GIL, so a free-threaded build needs
atomics here. The callback's side copies into and out of arrays made beforehand and creates no array of its own
(slicing makes a view, which is a small object without samples).
"""

import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from companion.engine.samples import Float32Mono

_BLOCKS_REMEMBERED = 1024
"""Blocks whose time `PlaybackRing.handed_out` knows: about 5 s at 5 ms each."""


class CaptureRing:
    """The last `capacity` frames from a device, of which a reader copies whatever part it wants.

    The writer never waits and overwrites the oldest; a reader that comes too late is told how much it lost.

    Args:
        capacity: Frames kept.
        channels: Samples in a frame.
    """

    def __init__(self, capacity: int, channels: int = 1) -> None:
        self._frames = np.zeros((capacity, channels), np.float32)
        self._capacity = capacity
        self._claimed = 0
        self._written = 0

    @property
    def written(self) -> int:
        """Frames written since the start.

        Thread: any.
        """
        return self._written

    @property
    def oldest(self) -> int:
        """Number of the oldest frame that is still whole.

        Thread: any.
        """
        return max(0, self._claimed - self._capacity)

    def write(self, block: npt.NDArray[np.float32]) -> None:
        """Append a block, over the oldest frames.

        Thread: audio callback (the only producer).

        Args:
            block: shape (frames, channels), frames at most the capacity; copied.
        """
        start = self._written
        count = len(block)
        # Claimed before the copy and counted after it: a reader can tell which frames may have changed under it.
        self._claimed = start + count
        at = start % self._capacity
        head = min(count, self._capacity - at)
        np.copyto(self._frames[at : at + head], block[:head])
        if head < count:
            np.copyto(self._frames[: count - head], block[head:])
        self._written = start + count

    def read(self, position: int) -> tuple[npt.NDArray[np.float32], int]:
        """Return a copy of everything from frame `position` on, and how many frames at its start were lost.

        Thread: the reader's.

        Returns:
            An array of shape (frames, channels) that ends at the newest frame, and the number of frames between
            `position` and its first one that had been overwritten. `position + lost + len(array)` is where to go on.
        """
        stop = self._written
        start = min(max(position, self.oldest), stop)
        at = start % self._capacity
        head = min(stop - start, self._capacity - at)
        copy = np.concatenate((self._frames[at : at + head], self._frames[: stop - start - head]))
        spoilt = min(max(0, self.oldest - start), len(copy))  # the callback ran on while this copied
        return copy[spoilt:], start + spoilt - min(position, stop)


class PlaybackRing:
    """Samples on their way to a device, with a fade, a frame clock and a count of the times it ran dry.

    Args:
        capacity: Frames it holds.
        fade: Frames over which a flush fades out.
        clock: Monotonic seconds; stamped by the consumer.
    """

    def __init__(self, capacity: int, fade: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._frames = np.zeros(capacity, np.float32)
        self._capacity = capacity
        # From just under 1 to exactly 0, along half a cosine: no corner at either end to click.
        self._ramp = (0.5 + 0.5 * np.cos(np.pi * np.arange(1, fade + 1) / fade)).astype(np.float32)
        self._clock = clock
        # Stored by the engine only.
        self._written = 0
        self._flush_to = 0
        self._expecting = False
        # Stored by the callback only.
        self._read = 0
        self._underruns = 0
        self._wet = False
        # The last blocks: first frame, frame behind the last, frame at index 0, time of the callback.
        self._starts = np.full(_BLOCKS_REMEMBERED, -1, np.int64)
        self._stops = np.full(_BLOCKS_REMEMBERED, -1, np.int64)
        self._origins = np.zeros(_BLOCKS_REMEMBERED, np.int64)
        self._times = np.zeros(_BLOCKS_REMEMBERED, np.float64)
        self._notes = 0

    # -- the engine's side

    @property
    def written(self) -> int:
        """Frames accepted since the start.

        Thread: any.
        """
        return self._written

    @property
    def played(self) -> int:
        """Frames handed out or flushed since the start.

        Thread: any.
        """
        return max(self._read, self._flush_to)

    @property
    def underruns(self) -> int:
        """Times it ran dry in the middle of sound while more was expected.

        Thread: any.
        """
        return self._underruns

    @property
    def sounding(self) -> bool:
        """Whether the last block handed out carried sound to its end.

        Thread: any.
        """
        return self._wet

    def room(self) -> int:
        """Return how many frames `write` would accept now.

        Thread: engine. A flush makes room only when the callback has carried it out.
        """
        return self._capacity - (self._written - self._read)

    def write(self, samples: Float32Mono) -> int:
        """Queue `samples` and return how many of them fitted.

        Thread: engine (the only producer).

        Args:
            samples: shape (frames,), float32 in [-1, 1]; copied.
        """
        count = min(len(samples), self.room())
        at = self._written % self._capacity
        head = min(count, self._capacity - at)
        self._frames[at : at + head] = samples[:head]
        self._frames[: count - head] = samples[head:count]
        self._written += count
        return count

    def expect_more(self, more: bool) -> None:
        """Say whether running dry is an underrun.

        Thread: engine.
        """
        self._expecting = more

    def flush(self) -> int:
        """Drop what is queued, behind a fade in the next block, and return the frames played until now.

        Thread: engine.
        """
        played = self.played
        self._flush_to = self._written
        return played

    def handed_out(self, frame: int) -> tuple[float, int] | None:
        """Return the time of the callback that handed out `frame`, and the frame's index in that callback's block.

        Thread: engine.

        Returns:
            None if it was not handed out yet, was flushed unheard, or is more than `_BLOCKS_REMEMBERED` blocks ago.
        """
        hits = np.flatnonzero((self._starts <= frame) & (frame < self._stops))
        if not hits.size:
            return None
        slot = int(hits[0])
        when, index = float(self._times[slot]), frame - int(self._origins[slot])
        return (when, index) if self._starts[slot] <= frame < self._stops[slot] else None

    # -- the callback's side

    def render(self, out: Float32Mono) -> int:
        """Fill `out` with the next samples and, where there are none, with zeros; return the number of samples.

        Thread: audio callback (the only consumer).

        Args:
            out: shape (frames,), overwritten whole.
        """
        filled = self._fade_out(out) if self._read < self._flush_to else 0
        start = self._read
        count = min(len(out) - filled, self._written - start)
        if count:
            self._copy_out(start, out[filled : filled + count])
            self._note(start, start + count, filled)
            self._read = start + count
            filled += count
        if filled < len(out):
            out[filled:] = 0
            if self._wet and self._expecting:
                self._underruns += 1
            self._wet = False
        elif count:
            self._wet = True
        return filled

    def _fade_out(self, out: Float32Mono) -> int:
        flush_to = self._flush_to
        start = self._read
        count = 0
        if self._wet:  # nothing to fade if nothing of it has sounded
            count = min(len(out), len(self._ramp), flush_to - start)
            head = out[:count]
            self._copy_out(start, head)
            # A shorter piece takes the end of the ramp, so that it too ends at zero.
            np.multiply(head, self._ramp[len(self._ramp) - count :], out=head)
            self._note(start, start + count, 0)
        self._wet = False
        self._read = flush_to
        return count

    def _copy_out(self, start: int, out: Float32Mono) -> None:
        at = start % self._capacity
        head = min(len(out), self._capacity - at)
        np.copyto(out[:head], self._frames[at : at + head])
        if head < len(out):
            np.copyto(out[head:], self._frames[: len(out) - head])

    def _note(self, start: int, stop: int, index: int) -> None:
        slot = self._notes % _BLOCKS_REMEMBERED
        self._stops[slot] = -1  # matches no frame while the slot changes
        self._starts[slot] = start
        self._origins[slot] = start - index
        self._times[slot] = self._clock()
        self._stops[slot] = stop
        self._notes += 1

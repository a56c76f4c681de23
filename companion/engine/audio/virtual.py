"""A microphone and a speaker without devices, for a turn from a file, the bench and tests.

Both follow a clock that is passed in and own no thread: whatever happened in the meantime is worked out when they are
asked. Engine thread only.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from companion.engine.samples import EAR_RATE_HZ, Float32Mono

_CAPACITY_S = 30.0
_NOISE_S = 1.0

ROOM_NOISE_DBFS = -60.0
"""Peak of a quiet room's noise."""


class RecordedMicrophone:
    """Hears a recording, from its start, each time an utterance begins.

    The pre-roll is the recording's first part. The rest arrives as the clock advances, or all at once; behind its end
    the room is quiet.

    Args:
        samples: shape (frames,), float32 in [-1, 1], at `EAR_RATE_HZ`.
        clock: Monotonic seconds.
        real_time: False lets the whole recording arrive at once; what follows it still arrives with the clock.
        noise_dbfs: Peak of the room's noise behind the recording; None for digital silence.
        delay_s: A sample arrives so long after it was spoken, as through a real device.
    """

    name = "recording"
    alive = True
    overruns = 0

    def __init__(
        self,
        samples: Float32Mono,
        clock: Callable[[], float],
        *,
        real_time: bool = True,
        noise_dbfs: float | None = ROOM_NOISE_DBFS,
        delay_s: float = 0.0,
    ) -> None:
        self._clock = clock
        self._delay_s = delay_s
        self._real_time = real_time
        peak = 0.0 if noise_dbfs is None else 10 ** (noise_dbfs / 20)
        noise = np.random.default_rng(0).uniform(-peak, peak, round(_NOISE_S * EAR_RATE_HZ))
        self._noise = noise.astype(np.float32)
        self._begun_s: float | None = None
        self._ahead = 0
        self._position = 0
        self.load(samples)

    def load(self, samples: Float32Mono) -> None:
        """Put in the recording to be heard by the next utterance."""
        self._samples = samples.astype(np.float32, copy=True)

    def open(self) -> None:
        """Do nothing: there is no device."""

    def begin(self, pre_roll_s: float) -> None:
        """Start an utterance: the first `pre_roll_s` of the recording have been heard already."""
        self._begun_s = self._clock()
        self._ahead = round(pre_roll_s * EAR_RATE_HZ) if self._real_time else len(self._samples)
        self._position = 0

    def read(self) -> Float32Mono:
        """Return what has arrived since `begin` or the last `read`."""
        if self._begun_s is None:
            return np.zeros(0, np.float32)
        passed_s = self._clock() - self._begun_s - self._delay_s
        arrived = max(0, self._ahead + round(passed_s * EAR_RATE_HZ))
        start, self._position = self._position, max(self._position, arrived)
        quiet_from = max(start, len(self._samples))
        quiet = np.arange(quiet_from, max(quiet_from, self._position)) % len(self._noise)
        return np.concatenate((self._samples[start : self._position], self._noise[quiet]))

    def end(self) -> None:
        """Let `read` return nothing until the next `begin`."""
        self._begun_s = None

    def close(self) -> None:
        """End the utterance, if any."""
        self.end()


@dataclass(slots=True)
class _Stretch:
    """Frames that were played one after the other without a break."""

    first: int
    began_s: float
    stop: int | None = None
    """Frame behind the last; None while it is still playing."""


class SilentSpeaker:
    """Plays to nobody, at the pace of the clock, and keeps what it played.

    It hands out frame by frame, where a device does so by the block; otherwise it behaves like `PortAudioSpeaker`.

    Args:
        clock: Monotonic seconds.
        keep: Whether `heard` is wanted; without it the memory stays the same however long it plays.
        speed: Times the pace of a device: a day of replies in an hour.
    """

    name = "no loudspeaker"
    latency_s = 0.0
    xruns = 0
    stalls = 0

    def __init__(self, clock: Callable[[], float], *, keep: bool = True, speed: float = 1.0) -> None:
        self._clock = clock
        self._keep = keep
        self._speed = speed
        self.cushion = 0
        self._open = False
        self._reset(1)

    def _reset(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._written = 0
        self._played = 0
        self._underruns = 0
        self._expecting = False
        self._stretches: list[_Stretch] = []
        self._kept: list[Float32Mono] = []

    @property
    def alive(self) -> bool:
        """True from `open` to `close`."""
        return self._open

    @property
    def rate_hz(self) -> int:
        """Rate that `write` expects."""
        return self._rate_hz

    @property
    def written(self) -> int:
        """Frames accepted since `open`."""
        return self._written

    @property
    def played(self) -> int:
        """Frames played or flushed since `open`."""
        self._advance()
        return self._played

    @property
    def underruns(self) -> int:
        """Times since `open` that it ran dry while more was expected."""
        self._advance()
        return self._underruns

    def open(self, rate_hz: int) -> None:
        """Start from nothing at `rate_hz`."""
        self._reset(rate_hz)
        self._open = True

    def room(self) -> int:
        """Return how many frames `write` would accept now; 0 while closed."""
        return round(_CAPACITY_S * self._rate_hz) - (self._written - self.played) if self._open else 0

    def write(self, samples: Float32Mono) -> int:
        """Queue samples and return how many frames fitted."""
        count = min(len(samples), self.room())
        if count:
            if self._playing is None:
                self._stretches.append(_Stretch(self._written, self._clock()))
            if self._keep:
                self._kept.append(samples[:count].astype(np.float32, copy=True))
            self._written += count
        return count

    def expect_more(self, more: bool) -> None:
        """Say whether running dry is an underrun."""
        self._advance()
        self._expecting = more

    def time_of(self, frame: int) -> float | None:
        """Return the time at which `frame` was played; None if it was not."""
        self._advance()
        for stretch in reversed(self._stretches):
            stop = self._played if stretch.stop is None else stretch.stop
            if stretch.first <= frame < stop:
                return stretch.began_s + (frame - stretch.first) / (self._rate_hz * self._speed)
        return None

    def flush(self) -> int:
        """Stop at once, drop what is queued, and return the number of frames really played."""
        self._advance()
        played = self._played
        if (stretch := self._playing) is not None:
            stretch.stop = played
            if self._keep:
                everything = self.heard()
                self._kept = [everything[: len(everything) - (self._written - played)]]
        self._played = self._written
        return played

    def close(self) -> None:
        """Stop. Idempotent."""
        if self._open:
            self.flush()
            self._open = False

    def heard(self) -> Float32Mono:
        """Return a copy of everything accepted since `open`, less what was flushed, without the pauses between."""
        return np.concatenate(self._kept) if self._kept else np.zeros(0, np.float32)

    @property
    def _playing(self) -> _Stretch | None:
        return self._stretches[-1] if self._stretches and self._stretches[-1].stop is None else None

    def _advance(self) -> None:
        """Play up to now."""
        stretch = self._playing
        if stretch is None:
            return
        reached = stretch.first + int((self._clock() - stretch.began_s) * self._rate_hz * self._speed)
        self._played = max(self._played, min(reached, self._written))
        if reached > self._written:
            stretch.stop = self._written
            self._underruns += self._expecting

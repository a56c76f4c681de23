"""The loudspeaker: one output stream, open for the app's life, fed from a ring.

The audio callback copies from the ring, fills with zeros, fades after a flush, and counts. The engine thread writes;
where the device refuses the voice's rate, resampling happens there too.

Frame numbers at the surface are at `rate_hz`, the voice's rate. The ring counts at the device's rate; numbers convert
by exact ratio, rounded up on the way in and down on the way out, so `played` never runs ahead of what was handed out
and equals `written` when all of it was.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from companion.engine.audio.base import CUSHIONS
from companion.engine.audio.pace import Pace
from companion.engine.audio.resample import StreamResampler
from companion.engine.audio.ring import PlaybackRing
from companion.engine.audio.stream import DeviceStream, Heartbeat, StreamFormat, StreamOwner, StreamPlan
from companion.engine.errors import AudioDeviceError
from companion.engine.samples import Float32Mono

_CAPACITY_S = 30.0
_FADE_S = 0.005
_SLICE = 2048
"""Frames resampled at a time, so that the callback can start with the first while the rest is computed."""


class PortAudioSpeaker(StreamOwner):
    """A loudspeaker through PortAudio.

    Args:
        device: Name as listed by `devices.list_devices`; None follows the system's default.
    """

    def __init__(self, device: str | None = None) -> None:
        super().__init__(device)
        self.cushion = 0
        self._ring = PlaybackRing(1, 1)
        self._resampler = StreamResampler(1, 1)
        self._rate_hz = 1
        self._device_rate_hz = 1
        self._written = 0
        self._xruns = 0
        self._stalls = 0

    @property
    def rate_hz(self) -> int:
        """Rate that `write` expects."""
        return self._rate_hz

    @property
    def device_rate_hz(self) -> int:
        """The rate the device was opened at."""
        return self._device_rate_hz

    @property
    def latency_s(self) -> float:
        """The device's own output latency as PortAudio reports it, resampling included; 0 while closed."""
        return self._stream.latency_s + self._resampler.delay_s if self._stream else 0.0

    @property
    def written(self) -> int:
        """Frames accepted since `open`, at `rate_hz`."""
        return self._written

    @property
    def played(self) -> int:
        """Frames handed to the device or flushed since `open`, at `rate_hz`."""
        return self._outer(self._ring.played)

    @property
    def underruns(self) -> int:
        """Times since `open` that the ring ran dry while more was expected."""
        return self._ring.underruns

    @property
    def xruns(self) -> int:
        """Times since `open` that the device ran dry in mid-sound, as it said or as its callbacks' times tell."""
        return self._xruns

    @property
    def stalls(self) -> int:
        """Times since `open` that the device ran dry, in silence or in sound."""
        return self._stalls

    def open(self, rate_hz: int) -> None:
        """Open the device for sound at `rate_hz`. Opening again reopens it; all counters begin at 0.

        Thread: engine.

        Raises:
            AudioDeviceError: as `Speaker.open`, or "portaudio-missing".
        """
        self.close()
        self._rate_hz = rate_hz
        heart, pace = Heartbeat(), Pace(rate_hz)
        self._stream = DeviceStream(
            "speaker", self._device, rate_hz, heart, lambda agreed: self._prepare(agreed, heart, pace)
        )
        pace.buffer_s = self._stream.latency_s

    def room(self) -> int:
        """Return how many frames `write` would accept now; 0 while closed.

        Thread: engine.
        """
        if self._stream is None:
            return 0
        return max(0, (self._ring.written + self._ring.room()) * self._rate_hz // self._device_rate_hz - self._written)

    def write(self, samples: Float32Mono) -> int:
        """Queue samples and return how many frames fitted. Never blocks.

        Thread: engine.

        Args:
            samples: shape (frames,), float32 in [-1, 1], at `rate_hz`; copied.

        Raises:
            AudioDeviceError: "speaker-failed": it is not open.
        """
        if self._stream is None:
            raise AudioDeviceError("speaker-failed", "The loudspeaker is closed.")
        count = min(len(samples), self.room())
        for start in range(0, count, _SLICE):
            self._ring.write(self._resampler.feed(samples[start : min(start + _SLICE, count)]))
        self._written += count
        return count

    def expect_more(self, more: bool) -> None:
        """Say whether an empty ring is an underrun (in mid-reply) or silence (between replies).

        Thread: engine.
        """
        self._ring.expect_more(more)

    def time_of(self, frame: int) -> float | None:
        """Return the monotonic time at which `frame` was handed to the device; None if it was not.

        That is the time of the callback plus the frame's place in its block: when it would sound on a device without
        any latency. Known for about 5 s after the fact.

        Thread: engine.
        """
        found = self._ring.handed_out(self._inner(frame))
        if found is None:
            return None
        called_s, index = found
        return called_s + index / self._device_rate_hz

    def flush(self) -> int:
        """Fade out within the next block, drop what is queued, and return the number of frames really played.

        Thread: engine.
        """
        played = self._outer(self._ring.flush())
        self._resampler.silence()
        return played

    def _prepare(self, agreed: StreamFormat, heart: Heartbeat, pace: Pace) -> StreamPlan:
        cushion = CUSHIONS[self.cushion]
        block = _block_frames(cushion.longest_block_s, agreed.rate_hz)
        ring = PlaybackRing(round(_CAPACITY_S * agreed.rate_hz), min(block, round(_FADE_S * agreed.rate_hz)))
        self._ring = ring
        self._resampler = StreamResampler(self._rate_hz, agreed.rate_hz)
        self._device_rate_hz = agreed.rate_hz
        self._written = self._xruns = self._stalls = 0
        pace.rate_hz = agreed.rate_hz

        def callback(outdata: npt.NDArray[np.float32], frames: int, times: object, status: Any) -> None:
            sounding = ring.sounding
            late = pace.late(heart.beat(), frames)
            # In silence the flag tells nothing: devices set it when they start.
            if late or (sounding and status and status.output_underflow):
                self._stalls += 1
                self._xruns += sounding
            ring.render(outdata[:, 0])
            for channel in range(1, outdata.shape[1]):
                np.copyto(outdata[:, channel], outdata[:, 0])

        return StreamPlan(block_frames=block, latency_s=cushion.latency_s, callback=callback)

    def _inner(self, frame: int) -> int:
        return -(-frame * self._device_rate_hz // self._rate_hz)

    def _outer(self, frame: int) -> int:
        return min(self._written, frame * self._rate_hz // self._device_rate_hz)


def _block_frames(longest_s: float, rate_hz: int) -> int:
    """Return the largest power of two of at most `longest_s`.

    A power of two because PipeWire crackles with odd periods: https://github.com/ipatix/agbplay/issues/93
    """
    return 1 << (int(longest_s * rate_hz).bit_length() - 1)

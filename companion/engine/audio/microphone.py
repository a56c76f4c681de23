"""The microphone: an input stream that is always filling a ring, and a reader that starts in the past.

The audio callback copies each block into the ring and counts. Everything else (channel choice, resampling) happens on
the engine thread, in `read`.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from companion.engine.audio.resample import StreamResampler
from companion.engine.audio.ring import CaptureRing
from companion.engine.audio.stream import DeviceStream, Heartbeat, StreamFormat, StreamOwner, StreamPlan
from companion.engine.samples import EAR_RATE_HZ, Float32Mono

_BLOCK_S = 0.01
_LATENCY_S = 0.03
"""Three blocks of room in the device's buffer. Sound arrives after one block whatever this is: it only decides how late
a callback may be before sound is lost. See decision 0020."""

_OTHER_CHANNEL_LOUDER = 100.0
"""Ratio of energies (20 dB) from which the other channel is the one with the microphone in it."""


class PortAudioMicrophone(StreamOwner):
    """A microphone through PortAudio, heard at `EAR_RATE_HZ`.

    It is opened at that rate, mono, if the device accepts it; else at the device's own rate and resampled, and from two
    channels one is chosen (see `ChannelPicker`).

    Args:
        device: Name as listed by `devices.list_devices`; None follows the system's default.
        history_s: Seconds kept: the longest pre-roll, and how long the reader may stall without losing anything.
    """

    def __init__(self, device: str | None = None, *, history_s: float = 10.0) -> None:
        super().__init__(device)
        self._history_s = history_s
        self._ring = CaptureRing(1)
        self._picker = ChannelPicker(1)
        self._resampler = StreamResampler(EAR_RATE_HZ, EAR_RATE_HZ)
        self._rate_hz = EAR_RATE_HZ
        self._overflows = 0
        self._stalls = 0
        self._position: int | None = None

    @property
    def device_rate_hz(self) -> int:
        """The rate the device was opened at."""
        return self._rate_hz

    @property
    def latency_s(self) -> float:
        """The device's own input latency as PortAudio reports it; 0 while closed."""
        return self._stream.latency_s if self._stream else 0.0

    @property
    def overruns(self) -> int:
        """Times sound was lost since `open`: blocks that the device reported, and reads that came too late."""
        return self._overflows + self._stalls

    def open(self) -> None:
        """Open the device and let the pre-roll ring fill. Opening again reopens it.

        Thread: engine.

        Raises:
            AudioDeviceError: as `Microphone.open`, or "portaudio-missing".
        """
        self.close()
        heart = Heartbeat()
        self._stream = DeviceStream(
            "microphone", self._device, EAR_RATE_HZ, heart, lambda agreed: self._prepare(agreed, heart)
        )

    def begin(self, pre_roll_s: float) -> None:
        """Start an utterance `pre_roll_s` ago, or as long ago as the ring goes back.

        Thread: engine.
        """
        self._position = max(self._ring.written - round(pre_roll_s * self._rate_hz), self._ring.oldest)
        self._resampler.reset()

    def read(self) -> Float32Mono:
        """Return what arrived since `begin` or the last `read`, at `EAR_RATE_HZ`; empty between `end` and `begin`.

        Thread: engine. Never blocks; after a stall longer than the history it goes on with the oldest sound there is.
        """
        if self._position is None:
            return np.zeros(0, np.float32)
        frames, lost = self._ring.read(self._position)
        self._position += lost + len(frames)
        self._stalls += lost > 0
        return self._resampler.feed(self._picker.pick(frames))

    def end(self) -> None:
        """Let `read` return nothing until the next `begin`.

        Thread: engine.
        """
        self._position = None

    def close(self) -> None:
        """Close the device and end the utterance. Idempotent; at most 1 s.

        Thread: engine.
        """
        self._position = None
        super().close()

    def _prepare(self, agreed: StreamFormat, heart: Heartbeat) -> StreamPlan:
        ring = CaptureRing(round(self._history_s * agreed.rate_hz), agreed.channels)
        self._ring = ring
        self._picker = ChannelPicker(agreed.channels)
        self._resampler = StreamResampler(agreed.rate_hz, EAR_RATE_HZ)
        self._rate_hz = agreed.rate_hz
        self._overflows = self._stalls = 0

        def callback(indata: npt.NDArray[np.float32], frames: int, times: object, status: Any) -> None:
            if status and status.input_overflow:
                self._overflows += 1
            ring.write(indata)
            heart.beat()

        return StreamPlan(block_frames=round(_BLOCK_S * agreed.rate_hz), latency_s=_LATENCY_S, callback=callback)


class ChannelPicker:
    """Chooses one channel of a device that gives two.

    Not their mean: an interface with one microphone has a dead second channel (the mean loses 6 dB), and one that
    gives the same signal twice with opposite signs would cancel to nothing. It is the first channel, unless another one
    has carried `_OTHER_CHANNEL_LOUDER` times its energy since the device was opened.

    Args:
        channels: Samples in a frame.
    """

    def __init__(self, channels: int) -> None:
        self._energy = np.zeros(channels, np.float64)
        self._channel = 0

    def pick(self, frames: npt.NDArray[np.float32]) -> Float32Mono:
        """Return the chosen channel of `frames` (shape (frames, channels)) as a view."""
        if len(self._energy) > 1:
            self._energy += np.square(frames, dtype=np.float64).sum(axis=0)
            loudest = int(self._energy.argmax())
            if self._energy[loudest] > _OTHER_CHANNEL_LOUDER * self._energy[self._channel]:
                self._channel = loudest
        return frames[:, self._channel]

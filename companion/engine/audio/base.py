"""What the engine needs of a microphone and a speaker. Both are driven by the engine thread alone."""

from typing import Protocol

from companion.engine.samples import Float32Mono


class Microphone(Protocol):
    """Sound from the user at `EAR_RATE_HZ`, whatever the device's own rate."""

    @property
    def name(self) -> str:
        """The device's name, for people."""
        ...

    @property
    def alive(self) -> bool:
        """False once the device is gone (its callback stopped, or PortAudio ended the stream)."""
        ...

    @property
    def overruns(self) -> int:
        """Blocks the device reported lost, since `open`."""
        ...

    def open(self) -> None:
        """Open the device and let the pre-roll ring fill.

        Raises:
            AudioDeviceError: "microphone-missing", "microphone-busy" or "microphone-failed".
        """
        ...

    def begin(self, pre_roll_s: float) -> None:
        """Start an utterance `pre_roll_s` ago: `read` continues from there."""
        ...

    def read(self) -> Float32Mono:
        """Return what arrived since `begin` or the last `read`: shape (frames,), any length, a copy. Never blocks."""
        ...

    def end(self) -> None:
        """The utterance is over; `read` returns nothing until the next `begin`."""
        ...

    def close(self) -> None:
        """Close the device. Idempotent; at most 1 s."""
        ...


class Speaker(Protocol):
    """Sound to the user: one output stream, open for the app's life."""

    @property
    def name(self) -> str:
        """The device's name, for people."""
        ...

    @property
    def alive(self) -> bool:
        """False once the device is gone."""
        ...

    @property
    def rate_hz(self) -> int:
        """Rate that `write` expects; resampling to the device's own rate happens inside."""
        ...

    @property
    def latency_s(self) -> float:
        """The device's own output latency as PortAudio reports it."""
        ...

    @property
    def written(self) -> int:
        """Frames accepted by `write` since `open`, at `rate_hz`."""
        ...

    @property
    def played(self) -> int:
        """Frames handed to the device since `open`, at `rate_hz`; flushed frames count as played when flushed."""
        ...

    @property
    def underruns(self) -> int:
        """Times the ring ran dry while `expecting` more, or the device reported an underflow, since `open`."""
        ...

    def open(self, rate_hz: int) -> None:
        """Open the device for sound at `rate_hz`.

        Raises:
            AudioDeviceError: "speaker-missing", "speaker-busy" or "speaker-failed".
        """
        ...

    def room(self) -> int:
        """Frames that `write` would accept now."""
        ...

    def write(self, samples: Float32Mono) -> int:
        """Queue samples and return how many frames fitted. Never blocks."""
        ...

    def expect_more(self, more: bool) -> None:
        """Say whether an empty ring is an underrun (in mid-reply) or silence (between replies)."""
        ...

    def time_of(self, frame: int) -> float | None:
        """Return the monotonic time at which frame number `frame` was handed to the device; None if not yet.

        Exact to one callback block for the last frame asked for; asking for a new one arms it.
        """
        ...

    def flush(self) -> int:
        """Fade out within the next block, drop what is queued, and return the number of frames really played."""
        ...

    def close(self) -> None:
        """Close the device. Idempotent; at most 1 s."""
        ...

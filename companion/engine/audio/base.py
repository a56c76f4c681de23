"""What the engine needs of a microphone and a speaker.

Both are driven by the engine thread alone, except that they may be opened and closed on the thread "sound" while
nobody else has them.
"""

from dataclasses import dataclass
from typing import Protocol

from companion.engine.samples import Float32Mono


@dataclass(frozen=True, slots=True, kw_only=True)
class Cushion:
    """How much sound lies between the callback and the ear: what a late callback may use up before it is heard."""

    longest_block_s: float
    """Blocks are the largest power of two of at most this."""
    latency_s: float
    """Buffer to ask the device for."""


CUSHIONS = (
    Cushion(longest_block_s=0.006, latency_s=0.01),
    Cushion(longest_block_s=0.012, latency_s=0.02),
    Cushion(longest_block_s=0.012, latency_s=0.04),
    Cushion(longest_block_s=0.024, latency_s=0.08),
)
"""From the one to begin with to the one to end with, each twice the one before; see decision 0084."""


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
            AudioDeviceError: "microphone-" and "missing", "busy" or "failed"; or "audio-gone" or "audio-failed" where
                the sound system is to blame.
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

    cushion: int
    """Index into `CUSHIONS`; counts from the next `open` on."""

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
        """Times since `open` that the ring ran dry while more was expected: the voice came too late."""
        ...

    @property
    def xruns(self) -> int:
        """Times since `open` that the device ran dry in mid-sound: its callback came too late."""
        ...

    @property
    def stalls(self) -> int:
        """The same in silence too, where nobody hears it: whether this device can do with its buffer."""
        ...

    def open(self, rate_hz: int) -> None:
        """Open the device for sound at `rate_hz`.

        Raises:
            AudioDeviceError: "speaker-" and "missing", "busy" or "failed"; or "audio-gone" or "audio-failed" where
                the sound system is to blame.
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

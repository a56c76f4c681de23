"""Rate conversion at the edges, for devices that refuse the rate we want. Runs on whichever thread calls it.

A general library's streaming converter works in blocks: soxr at quality HQ, fed 10 ms at a time, was measured to hold
back between 6 and 42 ms, which every turn would pay twice. The polyphase filter here answers each input at once and
delays the sound by `delay_s`, 1.5 to 2 ms, always the same; the number of frames it returns is exact arithmetic, so
that positions convert between the two rates without drift.
"""

from math import gcd

import numpy as np
import numpy.typing as npt

from companion.engine.samples import Float32Mono

_HALF_WIDTH = 32
"""Filter taps on each side, at the lower of the two rates."""

_KAISER_BETA = 8.0
"""Side lobes about -80 dB. Source: Kaiser's formulas, as in Oppenheim and Schafer, Discrete-Time Signal Processing."""

_CUTOFF = 0.92
"""Middle of the transition band, as a share of the lower Nyquist frequency: down by 80 dB at 1."""

_SLICE = 1024
"""Outputs computed at a time: bounds the memory of one call."""


class StreamResampler:
    """Converts a stream of samples from one rate to another; state is kept from call to call.

    Not thread-safe: one stream, one thread.

    Args:
        from_hz: Rate of what is fed.
        to_hz: Rate of what is returned. Equal rates pass everything through.
    """

    def __init__(self, from_hz: int, to_hz: int) -> None:
        common = gcd(from_hz, to_hz)
        self._up = to_hz // common
        self._down = from_hz // common
        half = -(-_HALF_WIDTH * max(from_hz, to_hz) // to_hz) if from_hz > to_hz else _HALF_WIDTH
        self._taps = 2 * half
        self.delay_s = half / from_hz if from_hz != to_hz else 0.0
        """Seconds by which the sound comes out later than it went in."""
        self._table = _phases(self._up, self._taps, min(1.0, to_hz / from_hz))
        self.reset()

    def reset(self) -> None:
        """Forget the sound so far, as if silence had gone before."""
        self._history = np.zeros(self._taps - 1, np.float32)
        self._consumed = 0
        self._produced = 0

    def silence(self) -> None:
        """Forget the sound so far, but go on counting: what comes out next still fits behind what came out before."""
        self._history[:] = 0

    def frames_for(self, inputs: int) -> int:
        """Return the number of frames that come out for the first `inputs` frames after a reset."""
        return -(-inputs * self._up // self._down)

    def feed(self, samples: Float32Mono) -> Float32Mono:
        """Convert the next samples and return what they give.

        Args:
            samples: shape (frames,), float32, at `from_hz`; any length.

        Returns:
            A new array at `to_hz`; altogether `frames_for` all inputs since the last reset.
        """
        if self._up == self._down or not len(samples):
            return samples.astype(np.float32, copy=True)
        stream = np.concatenate((self._history, samples.astype(np.float32, copy=False)))
        first = self._produced
        last = self.frames_for(self._consumed + len(samples))
        out = np.empty(last - first, np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(stream, self._taps)
        for start in range(first, last, _SLICE):
            stop = min(start + _SLICE, last)
            at = np.arange(start, stop, dtype=np.int64) * self._down
            newest, phase = at // self._up - self._consumed, at % self._up
            # einsum, not a matrix product: BLAS would wake its thread pool for this.
            np.einsum("ij,ij->i", windows[newest], self._table[phase], out=out[start - first : stop - first])
        self._history = stream[len(samples) :].copy()
        self._consumed += len(samples)
        self._produced = last
        return out


def _phases(up: int, taps: int, bandwidth: float) -> npt.NDArray[np.float32]:
    """Return the filter of each output phase, oldest tap first, shape (up, taps), each summing to 1."""
    half = taps / 2
    age = np.arange(taps - 1, -1, -1)[None, :] + np.arange(up)[:, None] / up  # of each tap's sample, in input frames
    t = age - half
    window = np.i0(_KAISER_BETA * np.sqrt(np.clip(1 - (t / half) ** 2, 0, None)))
    table = np.sinc(_CUTOFF * bandwidth * t) * window
    filters: npt.NDArray[np.float32] = (table / table.sum(axis=1, keepdims=True)).astype(np.float32)
    return filters

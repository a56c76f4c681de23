"""A speaker that also remembers what it was given and when it fell silent. Engine thread, but for `take`.

It passes everything on to the speaker it wraps, which keeps its own clock: what is measured is what the sound device
was handed, not what somebody meant to play.
"""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, cast

import numpy as np

from companion.engine.audio.base import Speaker
from companion.engine.samples import AUDIBLE_PEAK, Float32Mono

_BLOCK_S = 0.005
"""Sound is looked at in blocks of this length: audible if their peak is above `AUDIBLE_PEAK`."""

PAUSE_S = 0.1
"""A shorter silence is part of a word: the stop of a "t", the gap in "sixteen"."""

_FADE_ROOM_S = 0.06
"""A flush fades out within one block of the device; none is longer than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedSound:
    """What one reply was at the sound device."""

    speech_s: float
    """First audible sample to last, times it ran dry included; 0 if it was inaudible."""
    pauses_s: tuple[float, ...]
    """Silences inside it, in their order."""
    silent_s: float | None
    """Monotonic time at which the last sample was handed out before it was cut; None if it was not."""


@dataclass(slots=True)
class _Reply:
    """Sound since the last `take`."""

    first_frame: int = 0
    blocks: list[Float32Mono] = field(default_factory=list)
    dry: list[tuple[int, float]] = field(default_factory=list)
    """Frames into the reply, and for how long there was nothing to play."""
    dry_since_s: float | None = None
    cut_frame: int | None = None
    cut_s: float = 0.0
    silent_s: float | None = None


class SpeakerTap:
    """Wraps a speaker; use `tapped`, which gives it the wrapped one's type.

    Args:
        inner: The speaker that plays.
        clock: Monotonic seconds, the speaker's own.
    """

    def __init__(self, inner: Speaker, clock: Callable[[], float]) -> None:
        self._inner = inner
        self._clock = clock
        self._reply = _Reply()
        self._expecting = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    @property
    def cushion(self) -> int:
        """Index into `CUSHIONS`, the wrapped speaker's."""
        return self._inner.cushion

    @cushion.setter
    def cushion(self, step: int) -> None:
        self._inner.cushion = step

    @property
    def played(self) -> int:
        """Frames handed to the device; asked for on every tick of a turn, so the time passes here."""
        played, reply = self._inner.played, self._reply
        if self._expecting and reply.blocks and reply.dry_since_s is None and played >= self._inner.written:
            reply.dry_since_s = self._clock()
        if reply.cut_frame is not None and reply.silent_s is None and self._clock() - reply.cut_s > _FADE_ROOM_S:
            reply.silent_s = self._last_handed_out(reply.cut_frame)
        return played

    def open(self, rate_hz: int) -> None:
        """Open the device; what was remembered belongs to another stream."""
        self._inner.open(rate_hz)
        self._reply = _Reply()

    def write(self, samples: Float32Mono) -> int:
        """Queue samples, remember those that fitted, and return how many."""
        reply, before = self._reply, self._inner.written
        count = self._inner.write(samples)
        if count:
            if not reply.blocks:
                reply.first_frame = before
            if reply.dry_since_s is not None:
                reply.dry.append((before - reply.first_frame, self._clock() - reply.dry_since_s))
                reply.dry_since_s = None
            reply.blocks.append(samples[:count].copy())
        return count

    def expect_more(self, more: bool) -> None:
        """Say whether running dry is a pause."""
        self._expecting = more
        if not more:
            self._reply.dry_since_s = None
        self._inner.expect_more(more)

    def flush(self) -> int:
        """Fade out, drop what is queued, and return the number of frames really played."""
        played = self._inner.flush()
        if self._reply.blocks and self._reply.cut_frame is None:
            self._reply.cut_frame, self._reply.cut_s = played, self._clock()
        return played

    def take(self) -> PlayedSound | None:
        """Return what was played since the last `take`; None if nothing was. Between turns only. Thread: any."""
        reply, self._reply = self._reply, _Reply()
        if not reply.blocks:
            return None
        samples = np.concatenate(reply.blocks)
        if reply.cut_frame is not None:
            reply.silent_s = reply.silent_s or self._last_handed_out(reply.cut_frame)
            samples = samples[: max(0, reply.cut_frame - reply.first_frame)]
        speech_s, pauses_s = _speech(samples, reply.dry, self._inner.rate_hz)
        return PlayedSound(speech_s=speech_s, pauses_s=pauses_s, silent_s=reply.silent_s)

    def _last_handed_out(self, cut_frame: int) -> float | None:
        """Return when the last frame before the silence was handed out, the fade behind the cut included."""
        behind = range(cut_frame, cut_frame + round(_FADE_ROOM_S * self._inner.rate_hz))
        faded = bisect_left(behind, True, key=lambda frame: self._inner.time_of(frame) is None)
        return self._inner.time_of(cut_frame + faded - 1)


def tapped(inner: Speaker, clock: Callable[[], float]) -> tuple[Speaker, SpeakerTap]:
    """Return a speaker that is `inner` with a tap on it, and the tap."""
    tap = SpeakerTap(inner, clock)
    return cast(Speaker, tap), tap


def _speech(samples: Float32Mono, dry: list[tuple[int, float]], rate_hz: int) -> tuple[float, tuple[float, ...]]:
    """Return the length of the sound between its first and last audible block, and the silences inside."""
    size = max(1, round(_BLOCK_S * rate_hz))
    whole = len(samples) // size * size
    loud = np.flatnonzero(np.abs(samples[:whole]).reshape(-1, size).max(axis=1) > AUDIBLE_PEAK)
    if not loud.size:
        return 0.0, ()
    first, last = int(loud[0]), int(loud[-1])
    gaps = [(int(a) + 1, int(b)) for a, b in pairwise(loud) if b - a > 1]
    inside = [(frame // size, dry_s) for frame, dry_s in dry if first <= frame // size <= last]
    lengths: list[tuple[int, float]] = [(begin, (end - begin) * _BLOCK_S) for begin, end in gaps]
    for block, dry_s in inside:
        held = next((index for index, (begin, end) in enumerate(gaps) if begin <= block <= end), None)
        if held is None:
            lengths.append((block, dry_s))
        else:
            lengths[held] = (lengths[held][0], lengths[held][1] + dry_s)
    speech_s = (last + 1 - first) * _BLOCK_S + sum(dry_s for _, dry_s in inside)
    return speech_s, tuple(length_s for _, length_s in sorted(lengths) if length_s >= PAUSE_S)

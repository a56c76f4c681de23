"""Fits two clauses of one breath together: the second goes on where the first stopped.

Both were made from the words around the cut, so both have the sound right behind it. Each is made with noise of its
own, so their waves do not fall on each other: the second is laid where it fits best, within half of the sound that
both have, and one fades into the other. Pure functions, any thread.

Source: the search is the one of waveform similarity overlap-add, Verhelst and Roelands, "An overlap-add technique based
on waveform similarity (WSOLA) for high quality time-scale modification of speech", ICASSP 1993.
"""

from collections.abc import Generator, Iterator

import numpy as np

from companion.engine.samples import Float32Mono, rise


def hold_back(parts: Iterator[Float32Mono], samples: int) -> Generator[Float32Mono, None, Float32Mono]:
    """Yield the sound of `parts` but its last `samples`, which are returned."""
    held = np.zeros(0, np.float32)
    for part in parts:
        held = np.concatenate([held, part])
        if held.size > samples:
            yield held[: held.size - samples]
            held = held[held.size - samples :]
    return held


def go_on(parts: Iterator[Float32Mono], tail: Float32Mono, overlap: int) -> Iterator[Float32Mono]:
    """Yield the sound of `parts` as it goes on behind another clause.

    Args:
        parts: begin `overlap` samples before the cut.
        tail: what the clause before has behind the cut, `overlap` samples; empty if it is not known.
        overlap: samples, 1 or more.
    """
    first = next(parts, None)
    if first is not None:
        yield _joined(tail, first, overlap)
        yield from parts


def _joined(tail: Float32Mono, sound: Float32Mono, overlap: int) -> Float32Mono:
    near = sound[overlap // 2 :]
    if tail.size != overlap or near.size < 2 * overlap:
        into = sound[overlap:].copy()
        into[:overlap] *= rise(into[:overlap].size)
        return into
    at = _best_fit(tail, near[: 2 * overlap])
    into = near[at:].copy()
    weight = rise(overlap)
    into[:overlap] = into[:overlap] * weight + tail * (1 - weight)
    return into


def _best_fit(tail: Float32Mono, sound: Float32Mono) -> int:
    """Return the place in `sound` whose wave is most like `tail`."""
    places = np.lib.stride_tricks.sliding_window_view(sound, tail.size)
    loudness = np.sqrt(np.square(places).sum(axis=1))
    return int(np.argmax(places @ tail / np.maximum(loudness, 1e-6)))

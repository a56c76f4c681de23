"""Turns latent frames into sound a chunk at a time, exactly as if all were decoded at once.

A convolution's output depends on its neighbourhood only. Each chunk is decoded with a margin of frames on both sides
that is as wide as the decoder looks, and the sound of the margins is thrown away: the chunks then fit without a seam.
Pure functions, any thread.

The sizes are chosen by measurement, see docs/decisions/0051-streamed-voice.md: the first chunk is decoded in 10 ms,
and each later one in a fifth or less of the time left until it is due.
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from companion.engine.samples import Float32Mono

Latent: TypeAlias = npt.NDArray[np.float32]
"""Latent frames: shape (1, channels, frames), float32."""

Decode: TypeAlias = Callable[[Latent], Float32Mono]
"""Makes the sound of some frames, the same number of samples for each."""

FIRST_FRAMES = 17
"""200 ms of sound, of which the first 40 are silence for most clauses."""
GROWTH = 3
MOST_FRAMES = 153
"""1.8 s: how much is made for nothing if the reply is stopped, at most."""

MARGINS = (12, 16, 24)
"""Margins to try, in frames. A medium voice's decoder looks 10 frames to each side, a high-quality one's about 14."""

_PROOF_FRAMES = 72
"""Enough for two chunks with the widest margin."""

_TOLERANCE = 1e-4
"""Largest difference from the whole, relative to its peak (-80 dB). Seen with a margin wide enough: 1e-6."""


def decode_in_chunks(
    latent: Latent, decode: Decode, margin: int, begin: int = 0, stop: int | None = None
) -> Iterator[Float32Mono]:
    """Yield the sound of `latent` from frame `begin` up to `stop` in chunks of growing length.

    Args:
        latent: not changed.
        decode: called once a chunk, on contiguous frames; no chunk is decoded before the one before it was taken.
        margin: frames that the decoder looks to each side, or more.
        begin: first frame to sound; those before it are only looked at.
        stop: frame behind the last one to sound; None for all.
    """
    frames = latent.shape[2]
    last = frames if stop is None else min(stop, frames)
    start, size = begin, FIRST_FRAMES
    while start < last:
        end = min(start + size, last)
        if last - end <= 2 * margin:  # the rest costs less here than in a chunk with margins of its own
            end = last
        left, right = max(0, start - margin), min(frames, end + margin)
        sound = decode(np.ascontiguousarray(latent[:, :, left:right]))
        hop = sound.size // (right - left)
        yield sound[(start - left) * hop : (end - left) * hop]
        start, size = end, min(size * GROWTH, MOST_FRAMES)


def find_margin(latent: Latent, decode: Decode) -> int | None:
    """Return the least of `MARGINS` with which chunks sound the same as the whole; None if with none.

    Args:
        latent: frames of any clause, one at least; repeated or cut to `_PROOF_FRAMES`.
        decode: as above.
    """
    sample = np.take(latent, np.arange(_PROOF_FRAMES) % latent.shape[2], axis=2)
    whole = decode(sample)
    if not whole.size or whole.size % _PROOF_FRAMES:
        return None
    tolerance = _TOLERANCE * float(np.abs(whole).max())
    for margin in MARGINS:
        chunks = np.concatenate(list(decode_in_chunks(sample, decode, margin)))
        if chunks.shape == whole.shape and float(np.abs(chunks - whole).max()) <= tolerance:
            return margin
    return None

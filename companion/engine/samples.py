"""Audio sample types, rates and levels shared by every stage."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Float32Mono: TypeAlias = npt.NDArray[np.float32]
"""One channel of samples: shape (frames,), float32 in [-1, 1]."""

EAR_RATE_HZ = 16_000
"""Rate of everything the engine hears: what Whisper and Silero were trained on."""

VAD_FRAME = 512
"""Samples in one Silero VAD frame at `EAR_RATE_HZ` (32 ms)."""

AUDIBLE_PEAK = 10 ** (-45 / 20)
"""Peak above which a sample counts as audible (-45 dBFS), as the latency definitions use it."""

SILENCE_DBFS = -96.0
"""The level reported for digital silence."""


def peak_dbfs(samples: Float32Mono) -> float:
    """Return the peak level of `samples` in dBFS, `SILENCE_DBFS` at least.

    Thread: any.
    """
    peak = float(np.abs(samples).max(initial=0.0))
    return max(SILENCE_DBFS, 20 * float(np.log10(peak))) if peak > 0 else SILENCE_DBFS


def first_audible(samples: Float32Mono) -> int | None:
    """Return the index of the first sample above `AUDIBLE_PEAK`, or None if there is none.

    Thread: any.
    """
    loud = np.abs(samples) > AUDIBLE_PEAK
    index = int(loud.argmax()) if loud.size else 0
    return index if loud.size and loud[index] else None


def rise(frames: int) -> Float32Mono:
    """Return half a cosine from 0 to almost 1, a gain to fade in with; reversed it fades out. Thread: any."""
    return (0.5 - 0.5 * np.cos(np.pi * np.arange(frames) / max(1, frames))).astype(np.float32)

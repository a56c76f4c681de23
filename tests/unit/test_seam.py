"""Two clauses of one breath fit together: nothing is lost, said twice, or clicks."""

from collections.abc import Iterator

import numpy as np
import pytest

from companion.engine.samples import Float32Mono
from companion.engine.tts.seam import go_on, hold_back

OVERLAP = 256
RATE_HZ = 22_050


def tone(samples: int, phase: float = 0.0) -> Float32Mono:
    return np.sin(2 * np.pi * 200 * np.arange(samples) / RATE_HZ + phase).astype(np.float32)


@pytest.mark.parametrize("sizes", [[1000], [1, 2, 3, 994], [255, 1, 744], [10] * 100], ids=str)
def test_the_end_is_held_back_whatever_the_parts(sizes: list[int]) -> None:
    sound = tone(1000)
    parts = iter(np.split(sound, np.cumsum(sizes)[:-1]))
    tail = np.zeros(0, np.float32)

    def draining() -> Iterator[Float32Mono]:
        nonlocal tail
        tail = yield from hold_back(parts, OVERLAP)

    given = list(draining())
    np.testing.assert_array_equal(np.concatenate([*given, tail]), sound)
    assert tail.size == OVERLAP


@pytest.mark.parametrize("phase", [0.0, 0.5, 1.0, 2.0, 3.0])
def test_a_tone_goes_on_without_a_step_in_whatever_phase_it_comes(phase: float) -> None:
    sound = tone(2000)
    tail = sound[1000 : 1000 + OVERLAP]
    [after] = go_on(iter([tone(2000, phase)]), tail, OVERLAP)
    joined = np.concatenate([sound[:1000], after])
    steps = np.abs(np.diff(joined))
    assert steps.max() <= 1.1 * np.abs(np.diff(sound)).max()
    for start in range(900, 1300, 60):  # each window has a peak of the tone: the two do not cancel each other out
        assert np.abs(joined[start : start + 60]).max() > 0.9


def test_without_the_sound_before_it_is_faded_in() -> None:
    [after] = go_on(iter([np.ones(2000, np.float32)]), np.zeros(0, np.float32), OVERLAP)
    assert after[0] == 0
    assert after[OVERLAP] == 1
    assert after.size == 2000 - OVERLAP


def test_a_sound_shorter_than_the_overlap_does_not_fail() -> None:
    for size in (1, OVERLAP // 2, OVERLAP, OVERLAP + 1, 2 * OVERLAP):
        parts = list(go_on(iter([np.ones(size, np.float32)]), tone(OVERLAP), OVERLAP))
        assert sum(part.size for part in parts) == max(0, size - OVERLAP)
    assert list(go_on(iter([]), tone(OVERLAP), OVERLAP)) == []

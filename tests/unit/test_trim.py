"""Silence around speech, cut as it comes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.engine.samples import AUDIBLE_PEAK, Float32Mono, first_audible
from companion.engine.tts.trim import (
    FADE_OUT_S,
    KEPT_ONSET_S,
    PAUSE_NONE_S,
    PAUSE_PHRASE_S,
    PAUSE_SENTENCE_S,
    Trimmer,
    pause_after,
)

RATE = 22_050


def speech(lead_s: float, voice_s: float, tail_s: float) -> Float32Mono:
    hiss = 0.3 * AUDIBLE_PEAK
    parts = [
        np.full(round(lead_s * RATE), hiss),
        np.full(round(voice_s * RATE), 0.5),
        np.full(round(tail_s * RATE), hiss),
    ]
    return np.concatenate(parts).astype(np.float32)


def trim(samples: Float32Mono, pause_s: float, *cuts: int) -> Float32Mono:
    """The trimmed `samples`, fed in parts that end at `cuts`."""
    trimmer = Trimmer(RATE, pause_s)
    fed = [trimmer.feed(part) for part in np.split(samples, sorted(cuts))]
    return np.concatenate([*fed, trimmer.finish()])


def test_leading_silence_goes_but_the_onset_stays() -> None:
    trimmed = trim(speech(0.2, 0.3, 0.2), 0.1)
    assert first_audible(trimmed) == pytest.approx(KEPT_ONSET_S * RATE, abs=1)


@pytest.mark.parametrize("tail_s", [0.0, 0.02, 0.5])
@pytest.mark.parametrize("pause_s", [0.02, 0.18, 0.3])
def test_pause_has_the_asked_length_whatever_the_voice_left(tail_s: float, pause_s: float) -> None:
    trimmed = trim(speech(0.05, 0.3, tail_s), pause_s)
    last = np.flatnonzero(np.abs(trimmed) > AUDIBLE_PEAK)[-1]
    faded = 0.010 * RATE if tail_s < 0.01 else 1
    assert len(trimmed) - 1 - last == pytest.approx(pause_s * RATE, abs=faded)


@given(
    st.lists(st.floats(-1, 1, width=32), max_size=300),
    st.floats(0, 0.05),
)
def test_any_sound_ends_in_zeros_and_stays_in_range(values: list[float], pause_s: float) -> None:
    samples = np.array(values, dtype=np.float32)
    before = samples.copy()
    trimmed = trim(samples, pause_s)
    assert np.array_equal(samples, before)
    assert trimmed.dtype == np.float32
    assert np.abs(trimmed).max(initial=0) <= 1
    if not (np.abs(samples) > AUDIBLE_PEAK).any():
        assert trimmed.size == 0
    elif trimmed.size > 1:
        assert abs(trimmed[0]) < 1e-6
        assert abs(trimmed[-1]) < 1e-6


@given(
    st.lists(st.tuples(st.integers(0, 900), st.sampled_from([0.0, 0.001, 0.5])), max_size=6),
    st.sampled_from([0.0, 0.01, 0.05]),
    st.lists(st.integers(0, 4000), max_size=6),
)
def test_parts_of_any_size_give_the_same_sound(
    stretches: list[tuple[int, float]], pause_s: float, cuts: list[int]
) -> None:
    samples = np.concatenate([np.zeros(0, np.float32), *(np.full(n, level, np.float32) for n, level in stretches)])
    assert np.array_equal(trim(samples, pause_s, *cuts), trim(samples, pause_s))


def test_sound_is_given_out_as_soon_as_it_is_sure() -> None:
    trimmer = Trimmer(RATE, PAUSE_NONE_S)
    assert not trimmer.feed(speech(0.2, 0.0, 0.0)).size
    first = trimmer.feed(speech(0.0, 0.2, 0.0))
    assert len(first) / RATE == pytest.approx(KEPT_ONSET_S + 0.2 - FADE_OUT_S, abs=1e-3)
    assert len(trimmer.feed(speech(0.0, 0.0, 0.3))) / RATE == pytest.approx(PAUSE_NONE_S, abs=1e-3)
    assert len(trimmer.feed(speech(0.0, 0.2, 0.0))) / RATE == pytest.approx(0.5 - PAUSE_NONE_S, abs=1e-3)


def test_no_step_at_a_join() -> None:
    part = trim(speech(0.0, 0.3, 0.0), 0.0)
    joined = np.concatenate([part, part])
    assert np.abs(np.diff(joined)).max() < 0.02


@pytest.mark.parametrize(
    ("text", "pause_s"),
    [
        ("Sure,", PAUSE_PHRASE_S),
        ("Two things:", PAUSE_PHRASE_S),
        ("Well —", PAUSE_PHRASE_S),
        ("Done.", PAUSE_SENTENCE_S),
        ("Really?”", PAUSE_SENTENCE_S),
        ("(He did.) ", PAUSE_SENTENCE_S),
        ("元気です。", PAUSE_SENTENCE_S),
        ("The bridge was built", PAUSE_NONE_S),
        ("", PAUSE_NONE_S),
    ],
)
def test_pause_follows_the_last_mark(text: str, pause_s: float) -> None:
    assert pause_after(text) == pause_s

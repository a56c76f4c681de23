"""The resampler: what it keeps, what it removes, and that its arithmetic is exact however the stream is cut."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.engine.audio.resample import StreamResampler
from companion.engine.samples import Float32Mono

RATES = [(48_000, 16_000), (44_100, 16_000), (22_050, 48_000), (22_050, 44_100), (16_000, 22_050)]


def tone(hz: float, rate_hz: int, seconds: float = 0.5, delay_s: float = 0.0) -> Float32Mono:
    times = np.arange(round(seconds * rate_hz)) / rate_hz - delay_s
    return (0.5 * np.sin(2 * np.pi * hz * times)).astype(np.float32)


def decibels(x: Float32Mono) -> float:
    return float(10 * np.log10(np.mean(np.square(x, dtype=np.float64)) + 1e-20))


@pytest.mark.parametrize(("from_hz", "to_hz"), RATES)
@pytest.mark.parametrize("hz", [100, 1000, 4000, 6500])
def test_a_tone_in_the_band_comes_out_delayed_and_otherwise_the_same(from_hz: int, to_hz: int, hz: float) -> None:
    resampler = StreamResampler(from_hz, to_hz)
    out = resampler.feed(tone(hz, from_hz))
    wanted = tone(hz, to_hz, delay_s=resampler.delay_s)[: len(out)]
    settled = slice(round(0.01 * to_hz), None)
    assert decibels(wanted[settled]) - decibels((out - wanted)[settled]) > 80
    assert resampler.delay_s < 0.0025


@pytest.mark.parametrize("hz", [8100, 9000, 12_000, 20_000])
def test_a_tone_above_the_new_band_is_gone(hz: float) -> None:
    out = StreamResampler(48_000, 16_000).feed(tone(hz, 48_000))
    assert decibels(out[200:]) < -80


def test_a_tone_above_the_old_band_does_not_appear() -> None:
    out = StreamResampler(22_050, 48_000).feed(tone(5000, 22_050))[1000:]
    spectrum = np.abs(np.fft.rfft(out * np.hanning(len(out))))
    hz = np.fft.rfftfreq(len(out), 1 / 48_000)
    assert 20 * np.log10(spectrum[hz > 11_025].max() / spectrum.max()) < -80


@given(
    rates=st.sampled_from(RATES),
    sizes=st.lists(st.integers(0, 1500), min_size=1, max_size=12),
)
def test_cutting_the_stream_changes_neither_samples_nor_their_number(rates: tuple[int, int], sizes: list[int]) -> None:
    whole = np.random.default_rng(1).uniform(-1, 1, sum(sizes)).astype(np.float32)
    at_once = StreamResampler(*rates).feed(whole)
    resampler = StreamResampler(*rates)
    pieces: list[Float32Mono] = []
    fed = 0
    for size in sizes:
        pieces.append(resampler.feed(whole[fed : fed + size]))
        fed += size
        assert sum(map(len, pieces)) == resampler.frames_for(fed) == -(-fed * rates[1] // rates[0])
    np.testing.assert_allclose(np.concatenate(pieces), at_once, atol=1e-6)


def test_nothing_is_held_back() -> None:
    resampler = StreamResampler(48_000, 16_000)
    assert [len(resampler.feed(np.zeros(480, np.float32))) for _ in range(3)] == [160, 160, 160]


def test_after_a_reset_the_past_is_silent() -> None:
    resampler = StreamResampler(48_000, 16_000)
    fresh = resampler.feed(tone(440, 48_000))
    resampler.feed(np.ones(1000, np.float32))
    resampler.reset()
    np.testing.assert_array_equal(resampler.feed(tone(440, 48_000)), fresh)


def test_silencing_forgets_the_sound_but_not_the_count() -> None:
    resampler = StreamResampler(22_050, 48_000)
    got = len(resampler.feed(np.ones(1001, np.float32)))
    resampler.silence()
    rest = resampler.feed(np.zeros(1000, np.float32))
    assert got + len(rest) == resampler.frames_for(2001)
    assert not rest.any()


def test_equal_rates_pass_through_as_a_copy() -> None:
    resampler = StreamResampler(16_000, 16_000)
    samples = tone(440, 16_000)
    out = resampler.feed(samples)
    np.testing.assert_array_equal(out, samples)
    assert out is not samples
    assert not np.shares_memory(out, samples)
    assert resampler.delay_s == 0

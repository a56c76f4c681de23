"""Decoding a voice in chunks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.engine.samples import Float32Mono
from companion.engine.tts.chunks import FIRST_FRAMES, MARGINS, MOST_FRAMES, Latent, decode_in_chunks, find_margin

HOP = 4


def latent(frames: int) -> Latent:
    return np.random.default_rng(frames).standard_normal((1, 3, frames)).astype(np.float32)


class Decoder:
    """Sums the channels of all frames up to `reach` away, and keeps the lengths it was asked for."""

    def __init__(self, reach: int) -> None:
        self.reach = reach
        self.asked: list[int] = []

    def __call__(self, frames: Latent) -> Float32Mono:
        self.asked.append(frames.shape[2])
        window = np.ones(2 * self.reach + 1, np.float32)
        return np.repeat(np.convolve(frames.sum(axis=(0, 1)), window, mode="full")[self.reach : -self.reach], HOP)


@given(st.integers(1, 700), st.sampled_from(MARGINS))
def test_chunks_put_together_are_the_whole(frames: int, margin: int) -> None:
    decode = Decoder(reach=margin)
    whole = decode(latent(frames))
    chunks = list(decode_in_chunks(latent(frames), decode, margin))
    assert np.allclose(np.concatenate(chunks), whole, atol=1e-4)
    assert all(len(chunk) <= (MOST_FRAMES + 2 * margin) * HOP for chunk in chunks)


def test_the_first_chunk_is_short_and_comes_before_the_others_are_computed() -> None:
    decode = Decoder(reach=10)
    chunks = decode_in_chunks(latent(500), decode, 12)
    assert len(next(chunks)) == FIRST_FRAMES * HOP
    assert decode.asked == [FIRST_FRAMES + 12]
    next(chunks)
    assert len(decode.asked) == 2


def test_a_rest_shorter_than_its_margins_is_no_chunk_of_its_own() -> None:
    decode = Decoder(reach=10)
    assert len(list(decode_in_chunks(latent(FIRST_FRAMES + 24), decode, 12))) == 1


@pytest.mark.parametrize(("reach", "margin"), [(10, 12), (12, 12), (14, 16), (20, 24), (30, None), (200, None)])
@pytest.mark.parametrize("frames", [1, 20, 300])
def test_the_margin_is_as_wide_as_the_decoder_looks(reach: int, margin: int | None, frames: int) -> None:
    assert find_margin(latent(frames), Decoder(reach)) == margin


def test_a_decoder_that_does_not_make_the_same_sound_for_each_frame_has_no_margin() -> None:
    assert find_margin(latent(80), lambda frames: np.ones(frames.shape[2] * HOP + 1, np.float32)) is None
    assert find_margin(latent(80), lambda frames: np.ones(0, np.float32)) is None

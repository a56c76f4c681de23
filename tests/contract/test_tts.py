"""What every voice must do, on the fake and on Piper with the starter voice."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from companion.engine.config import TtsConfig
from companion.engine.errors import SynthesisError
from companion.engine.samples import AUDIBLE_PEAK, Float32Mono, first_audible
from companion.engine.tts.base import Synthesizer
from companion.engine.tts.piper import PiperSynthesizer
from tests.fakes.synthesizer import FakeSynthesizer

VOICE = Path(__file__).parents[2] / "models" / "piper-en_US-joe-medium" / "en_US-joe-medium.onnx"


def make(kind: str) -> Synthesizer:
    if kind == "fake":
        return FakeSynthesizer()
    return PiperSynthesizer(TtsConfig(voice_file=VOICE, device="cpu"), threads=1)


@pytest.fixture(scope="module", params=["fake", pytest.param("piper", marks=pytest.mark.models)])
def voice(request: pytest.FixtureRequest) -> Iterator[Synthesizer]:
    voice = make(request.param)
    voice.load()
    yield voice
    voice.close()


def say(voice: Synthesizer, text: str) -> Float32Mono:
    """The whole sound of `text`."""
    return np.concatenate([np.zeros(0, np.float32), *voice.stream(text)])


def test_knows_its_rate_and_language_after_loading(voice: Synthesizer) -> None:
    assert 8_000 <= voice.rate_hz <= 48_000
    assert voice.language == "en"


@pytest.mark.parametrize("text", ["Sure,", "Yes", "The Brooklyn Bridge was built", "It was finished in 1883."])
def test_sound_is_clean_mono_and_begins_at_once(voice: Synthesizer, text: str) -> None:
    samples = say(voice, text)
    assert samples.dtype == np.float32
    assert samples.ndim == 1
    assert np.isfinite(samples).all()
    assert 0.05 < np.abs(samples).max() <= 1
    onset = first_audible(samples)
    assert onset is not None
    assert onset <= 0.006 * voice.rate_hz


@pytest.mark.parametrize("text", ["Of course,", "I can help", "with that."])
def test_both_ends_are_zero_so_that_clauses_join_without_a_click(voice: Synthesizer, text: str) -> None:
    samples = say(voice, text)
    assert abs(samples[0]) < 1e-6
    assert abs(samples[-1]) < 1e-6


def test_longer_text_is_longer_sound(voice: Synthesizer) -> None:
    short = say(voice, "Of course.")
    long = say(voice, "Of course, I would be very happy to help you with all of that.")
    assert len(long) > 2 * len(short)


def test_a_sentence_end_is_followed_by_a_longer_pause_than_a_comma(voice: Synthesizer) -> None:
    def pause_s(text: str) -> float:
        samples = say(voice, text)
        return float((len(samples) - 1 - np.flatnonzero(np.abs(samples) > AUDIBLE_PEAK)[-1]) / voice.rate_hz)

    assert pause_s("That is so") < pause_s("That is so,") < pause_s("That is so.")


@pytest.mark.parametrize("text", ["", "   ", "...", "?!", "-", "\n"])
def test_nothing_to_say_is_no_sound(voice: Synthesizer, text: str) -> None:
    assert list(voice.stream(text)) == []


def test_comes_in_parts_none_of_them_empty(voice: Synthesizer) -> None:
    parts = list(voice.stream("Of course, I would be very happy to help you with all of that."))
    assert len(parts) > 2
    for part in parts:
        assert part.dtype == np.float32
        assert part.ndim == 1
        assert part.size
    assert len(parts[0]) < 0.25 * voice.rate_hz, "the first part is short, so that it is soon there"


def test_parts_join_without_a_step(voice: Synthesizer) -> None:
    parts = list(voice.stream("Of course, I would be very happy to help you with all of that."))
    inside = max(float(np.abs(np.diff(part)).max()) for part in parts if len(part) > 1)
    joins = max(abs(float(after[0] - before[-1])) for before, after in pairwise(parts))
    assert joins <= inside


def test_a_stream_may_be_left_in_the_middle(voice: Synthesizer) -> None:
    left = voice.stream("Of course, I would be very happy to help you with all of that.")
    first = next(left)
    del left
    assert first.size
    assert say(voice, "Yes.").size


@pytest.mark.parametrize("kind", ["fake", pytest.param("piper", marks=pytest.mark.models)])
def test_close_is_idempotent_and_ends_its_use(kind: str) -> None:
    voice = make(kind)
    voice.load()
    voice.close()
    voice.close()
    with pytest.raises(SynthesisError) as raised:
        say(voice, "Hello.")
    assert raised.value.code == "synthesis-failed"

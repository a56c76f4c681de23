"""What every transcriber and every voice detector must do: the fakes and the real ones."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from companion.engine.cancel import CancelToken
from companion.engine.config import SttConfig
from companion.engine.samples import EAR_RATE_HZ, VAD_FRAME, Float32Mono
from companion.engine.stt.base import Transcriber, VoiceDetector
from companion.engine.stt.vad import SileroDetector
from companion.engine.stt.whisper import WhisperTranscriber
from tests.fakes.transcriber import FakeTranscriber, FakeVoiceDetector
from tests.recordings import Recordings


@pytest.fixture(scope="module")
def whisper(whisper_dir: Path, vad_file: Path) -> Iterator[WhisperTranscriber]:
    transcriber = WhisperTranscriber(SttConfig(model_dir=whisper_dir, vad_model=vad_file, device="cpu"), threads=1)
    transcriber.load()
    yield transcriber
    transcriber.close()


@pytest.fixture(params=["fake", pytest.param("whisper", marks=pytest.mark.models)])
def transcriber(request: pytest.FixtureRequest) -> Transcriber:
    if request.param == "whisper":
        loaded: WhisperTranscriber = request.getfixturevalue("whisper")
        return loaded
    fake = FakeTranscriber("and so my fellow americans")
    fake.load()
    return fake


@pytest.fixture
def speech(recordings: Recordings) -> Float32Mono:
    return recordings["jfk"].samples[: 3 * EAR_RATE_HZ]


def hear(transcriber: Transcriber, samples: Float32Mono, *, quick: bool = False) -> str:
    return transcriber.transcribe(samples, quick=quick, cancel=CancelToken()).text


@pytest.mark.parametrize("quick", [True, False])
def test_speech_becomes_words_without_outer_spaces(transcriber: Transcriber, speech: Float32Mono, quick: bool) -> None:
    text = hear(transcriber, speech, quick=quick)
    assert text
    assert text == text.strip()


def test_the_same_sound_gives_the_same_words(transcriber: Transcriber, speech: Float32Mono) -> None:
    assert hear(transcriber, speech) == hear(transcriber, speech)


def test_the_sound_is_not_modified(transcriber: Transcriber, speech: Float32Mono) -> None:
    copy = speech.copy()
    hear(transcriber, copy)
    np.testing.assert_array_equal(copy, speech)


@pytest.mark.parametrize("frames", [0, 1, VAD_FRAME, 2 * EAR_RATE_HZ])
def test_silence_of_any_length_has_no_words(transcriber: Transcriber, frames: int) -> None:
    assert hear(transcriber, np.zeros(frames, np.float32)) == ""


def test_a_cancelled_call_returns_nothing(transcriber: Transcriber, speech: Float32Mono) -> None:
    token = CancelToken()
    token.cancel()
    assert transcriber.transcribe(speech, quick=False, cancel=token).text == ""


@pytest.fixture(params=["fake", pytest.param("silero", marks=pytest.mark.models)])
def make_detector(request: pytest.FixtureRequest, vad_file: Path) -> Callable[[], VoiceDetector]:
    return FakeVoiceDetector if request.param == "fake" else lambda: SileroDetector(vad_file)


def probabilities(detector: VoiceDetector, samples: Float32Mono) -> list[float]:
    starts = range(0, samples.size - VAD_FRAME + 1, VAD_FRAME)
    return [detector.process(samples[start : start + VAD_FRAME]) for start in starts]


def test_voice_is_likely_and_silence_is_not(make_detector: Callable[[], VoiceDetector], speech: Float32Mono) -> None:
    detector = make_detector()
    detector.load()
    detector.reset()
    assert max(probabilities(detector, np.zeros(EAR_RATE_HZ, np.float32))) < 0.3
    heard = probabilities(detector, speech)
    assert max(heard) > 0.7
    assert all(0 <= probability <= 1 for probability in heard)


def test_reset_forgets(make_detector: Callable[[], VoiceDetector], speech: Float32Mono) -> None:
    detector = make_detector()
    detector.load()
    detector.reset()
    first = probabilities(detector, speech)
    detector.reset()
    assert probabilities(detector, speech) == first

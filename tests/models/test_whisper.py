"""The real Whisper and Silero on recordings of people, and what they say to files that are no models."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from companion.engine.cancel import CancelToken
from companion.engine.config import SttConfig
from companion.engine.errors import ModelLoadError, ModelMissingError, TranscriptionError
from companion.engine.messages import Transcript
from companion.engine.samples import EAR_RATE_HZ, VAD_FRAME, Float32Mono
from companion.engine.stt.vad import SileroDetector
from companion.engine.stt.voice import VoiceActivity
from companion.engine.stt.whisper import LONGEST_WINDOW_S, WhisperTranscriber
from tests.recordings import Recordings

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def config(whisper_dir: Path, vad_file: Path) -> SttConfig:
    return SttConfig(model_dir=whisper_dir, vad_model=vad_file, device="cpu", window_s=8.0)


@pytest.fixture(scope="module")
def whisper(config: SttConfig) -> Iterator[WhisperTranscriber]:
    transcriber = WhisperTranscriber(config, threads=1)
    placement = transcriber.load()
    assert (placement.device, placement.threads, placement.note) == ("cpu", 1, "")
    yield transcriber
    transcriber.close()


@pytest.fixture
def windows(whisper: WhisperTranscriber, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Collect the windows that the encoder sees."""
    seen: list[float] = []
    encode = whisper._model.encode

    def watch(features: Any) -> Any:
        seen.append(features.shape[-1] / 100)
        return encode(features)

    monkeypatch.setattr(whisper._model, "encode", watch)
    return seen


def hear(whisper: WhisperTranscriber, samples: Float32Mono, *, quick: bool = False) -> Transcript:
    return whisper.transcribe(samples, quick=quick, cancel=CancelToken())


def plain(text: str) -> str:
    return " ".join("".join(c for c in text.lower() if c.isalnum() or c in " '").split())


# -- words


def test_a_question_is_understood_on_the_short_window(
    whisper: WhisperTranscriber, windows: list[float], recordings: Recordings
) -> None:
    question = recordings["jfk"].samples[: int(7.3 * EAR_RATE_HZ)]
    assert plain(hear(whisper, question).text).startswith("and so my fellow americans ask not")
    assert windows == [pytest.approx(10.3)]


def test_the_window_is_never_shorter_than_configured_nor_longer_than_trained(
    whisper: WhisperTranscriber, windows: list[float], recordings: Recordings
) -> None:
    jfk = recordings["jfk"].samples
    hear(whisper, jfk[: 2 * EAR_RATE_HZ], quick=True)
    hear(whisper, np.concatenate([jfk, jfk, jfk])[: int(29.5 * EAR_RATE_HZ)], quick=True)
    assert windows == [8.0, LONGEST_WINDOW_S]


def test_features_are_those_of_the_padded_sound(whisper: WhisperTranscriber, recordings: Recordings) -> None:
    samples = recordings["jfk"].samples[: 3 * EAR_RATE_HZ]
    padded = np.pad(samples, (0, 5 * EAR_RATE_HZ))
    np.testing.assert_allclose(
        whisper._features(samples, 8.0), whisper._model.feature_extractor(padded, padding=0), atol=1e-3
    )


def test_a_word_on_its_own_is_kept(whisper: WhisperTranscriber, recordings: Recordings) -> None:
    assert plain(hear(whisper, recordings["digit_eight_0b09edd3"].samples).text) in ("eight", "8")


def test_words_really_repeated_are_kept(whisper: WhisperTranscriber, recordings: Recordings) -> None:
    assert plain(hear(whisper, recordings["mfa_acoustic_b"].samples).text).count("words") >= 4


def test_noise_gives_no_words(whisper: WhisperTranscriber, vad_file: Path, recordings: Recordings) -> None:
    detector = SileroDetector(vad_file)
    detector.load()
    for noise in recordings.of_kind("noise"):
        voice = VoiceActivity(0.16)
        detector.reset()
        for start in range(0, noise.samples.size - VAD_FRAME + 1, VAD_FRAME):
            voice.update(detector.process(noise.samples[start : start + VAD_FRAME]))
        span = voice.speech_span()
        if span is not None:
            assert hear(whisper, noise.samples[slice(*span)]).text == "", noise.path.stem


# -- guards

TWICE = "What time is it? What time is it?"


class Scripted:
    """Stands in for the native model's `generate`: gives prepared token ids."""

    def __init__(self, real: Any, answers: list[list[int]]) -> None:
        self._real = real
        self._answers = answers
        self.budgets: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def generate(self, _encoded: Any, _prompts: Any, *, max_length: int, **_options: Any) -> list[Any]:
        self.budgets.append(max_length // 2)

        ids = self._answers.pop(0)[: max_length // 2]
        return [SimpleNamespace(sequences_ids=[ids], scores=[-0.1], no_speech_prob=0.01)]


@pytest.fixture
def ids(whisper: WhisperTranscriber) -> dict[str, list[int]]:
    encode = whisper._tokenizers["en"].encode
    begin = whisper._tokenizers["en"].timestamp_begin
    good = [begin, *encode(" What time is it?"), begin + 75]
    beyond = [*good, begin + 300, *encode(" Thanks for watching!"), begin + 320]
    twice = [begin, *encode(" " + TWICE), begin + 90]
    return {"good": good, "twice": twice, "loop": [begin, *encode(" Go." * 80)], "beyond": beyond}


@pytest.mark.parametrize(
    ("script", "quick", "text", "tried"),
    [
        pytest.param(["good"], False, "What time is it?", [8.0], id="good"),
        pytest.param(["beyond"], False, "What time is it?", [8.0], id="words behind the end of the sound"),
        pytest.param(["loop", "good"], False, "What time is it?", [8.0, 10.0], id="retry on a longer window"),
        pytest.param(["loop"] * 3, False, "Go.", [8.0, 10.0, 30.0], id="never better: cut at the repeat"),
        pytest.param(["twice", "good"], False, "What time is it?", [8.0, 10.0], id="said twice by one window only"),
        pytest.param(["twice", "twice"], False, TWICE, [8.0, 10.0], id="said twice indeed"),
        pytest.param(["twice"], True, "What time is it?", [8.0], id="a partial says it once"),
        pytest.param(["loop"], True, "Go.", [8.0], id="a partial is not retried"),
    ],
)
def test_loops(
    whisper: WhisperTranscriber,
    windows: list[float],
    ids: dict[str, list[int]],
    monkeypatch: pytest.MonkeyPatch,
    script: list[str],
    quick: bool,
    text: str,
    tried: list[float],
) -> None:
    model = Scripted(whisper._model.model, [ids[name] for name in script])
    monkeypatch.setattr(whisper._model, "model", model)
    transcript = hear(whisper, np.full(2 * EAR_RATE_HZ, 0.1, np.float32), quick=quick)
    assert transcript.text == text
    assert windows == tried
    assert transcript.retried == (len(tried) > 1)
    assert max(model.budgets) < 40  # a loop is not written to its end


def test_fast_speech_is_decoded_again_without_the_bound(
    whisper: WhisperTranscriber, windows: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    tokenizer = whisper._tokenizers["en"]
    text = (
        "one two three four five six seven eight nine ten red green blue black white up down left right on off in out"
    )
    answer = [tokenizer.timestamp_begin, *tokenizer.encode(" " + text), tokenizer.timestamp_begin + 50]
    monkeypatch.setattr(whisper._model, "model", Scripted(whisper._model.model, [answer, answer]))
    assert hear(whisper, np.full(EAR_RATE_HZ, 0.1, np.float32)).text == text
    assert windows == [8.0]


def test_a_cancelled_call_does_not_retry(
    whisper: WhisperTranscriber, windows: list[float], ids: dict[str, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = CancelToken()

    class Cancelling(Scripted):
        def generate(self, *args: Any, **options: Any) -> list[Any]:
            token.cancel()
            return super().generate(*args, **options)

    monkeypatch.setattr(whisper._model, "model", Cancelling(whisper._model.model, [ids["loop"]]))
    sound = np.full(2 * EAR_RATE_HZ, 0.1, np.float32)
    assert whisper.transcribe(sound, quick=False, cancel=token).text == ""
    assert windows == [8.0]


def test_the_library_counts_and_returns_as_the_adapter_expects(
    whisper: WhisperTranscriber, recordings: Recordings
) -> None:
    model, tokenizer = whisper._model, whisper._tokenizers["en"]
    encoded = model.encode(whisper._features(recordings["jfk"].samples[: 5 * EAR_RATE_HZ], 8.0))
    given = [tokenizer.timestamp_begin, *tokenizer.encode(" And so")]
    ids = model.model.generate(encoded, [[*tokenizer.sot_sequence, *given]], beam_size=1, max_length=14)[
        0
    ].sequences_ids
    assert len(ids[0]) == 7
    assert ids[0][: len(given)] == given


def test_a_library_failure_is_ours(whisper: WhisperTranscriber, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_features: Any) -> Any:
        raise RuntimeError("bad allocation")

    monkeypatch.setattr(whisper._model, "encode", fail)
    with pytest.raises(TranscriptionError) as caught:
        hear(whisper, np.zeros(EAR_RATE_HZ, np.float32))
    assert caught.value.code == "transcription-failed"


# -- loading


@pytest.mark.parametrize("missing", ["model.bin", "config.json", "tokenizer.json"])
def test_a_missing_file_is_named(whisper_dir: Path, vad_file: Path, tmp_path: Path, missing: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(whisper_dir, folder)
    (folder / missing).unlink()
    with pytest.raises(ModelMissingError, match=missing.replace(".", r"\.")):
        WhisperTranscriber(SttConfig(model_dir=folder, vad_model=vad_file, device="cpu"), 1).load()


def test_a_broken_model_is_refused(whisper_dir: Path, vad_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(whisper_dir, folder)
    (folder / "model.bin").write_bytes(b"not a model")
    with pytest.raises(ModelLoadError) as caught:
        WhisperTranscriber(SttConfig(model_dir=folder, vad_model=vad_file, device="cpu"), 1).load()
    assert caught.value.code == "model-unreadable"


def test_an_english_model_says_so(whisper_dir: Path, vad_file: Path) -> None:
    config = SttConfig(model_dir=whisper_dir, vad_model=vad_file, device="cpu", language="fr")
    transcriber = WhisperTranscriber(config, 1)
    assert "English only" in transcriber.load().note
    transcriber.close()
    transcriber.close()


def test_the_voice_detector_refuses_what_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError):
        SileroDetector(tmp_path / "silero.onnx").load()
    (tmp_path / "silero.onnx").write_bytes(b"not a model")
    with pytest.raises(ModelLoadError):
        SileroDetector(tmp_path / "silero.onnx").load()


def test_streaming_voice_detection_agrees_with_the_batch_version(vad_file: Path, recordings: Recordings) -> None:
    from faster_whisper.vad import SileroVADModel

    samples = recordings["jfk"].samples
    samples = samples[: samples.size // VAD_FRAME * VAD_FRAME]
    detector = SileroDetector(vad_file)
    detector.load()
    streamed = [detector.process(frame) for frame in samples.reshape(-1, VAD_FRAME)]
    batch = SileroVADModel(str(vad_file))(samples.copy())
    # The batch version silences the last 64 samples it is given: the last frame differs.
    np.testing.assert_allclose(streamed[:-1], batch.ravel()[:-1], atol=1e-4)

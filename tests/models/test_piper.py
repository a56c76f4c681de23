"""Piper itself, on the starter voice and on broken files."""

import json
import logging
from pathlib import Path

import numpy as np
import pytest

from companion.engine.config import TtsConfig
from companion.engine.errors import ModelLoadError, ModelMissingError, SynthesisError
from companion.engine.samples import Float32Mono
from companion.engine.tts.chunks import Latent
from companion.engine.tts.graph import CutError
from companion.engine.tts.piper import PiperSynthesizer
from companion.engine.tts.vits import Feeds, SplitVoice
from tests.models.test_graph import tiny_voice

pytestmark = pytest.mark.models

VOICE = Path(__file__).parents[2] / "models" / "piper-en_US-joe-medium" / "en_US-joe-medium.onnx"


def load(rate: float = 1.0, device: str = "auto") -> PiperSynthesizer:
    voice = PiperSynthesizer(TtsConfig(voice_file=VOICE, rate=rate, device=device), threads=1)
    voice.load()
    return voice


def say(voice: PiperSynthesizer, text: str, behind: str = "", ahead: str = "") -> Float32Mono:
    """The whole sound of `text`."""
    return np.concatenate([np.zeros(0, np.float32), *voice.stream(text, behind=behind, ahead=ahead)])


@pytest.fixture(scope="module")
def voice() -> PiperSynthesizer:
    return load()


def test_says_where_it_runs() -> None:
    placement = PiperSynthesizer(TtsConfig(voice_file=VOICE, device="cpu"), threads=2).load()
    assert placement.device == "cpu"
    assert placement.threads == 2
    assert placement.memory_bytes == VOICE.stat().st_size
    assert placement.note == ""


def test_a_missing_cuda_build_is_said_only_to_those_who_asked_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: ["CPUExecutionProvider"])
    asked = PiperSynthesizer(TtsConfig(voice_file=VOICE, device="cuda"), threads=1).load()
    auto = PiperSynthesizer(TtsConfig(voice_file=VOICE, device="auto"), threads=1).load()
    assert "CUDA" in asked.note
    assert (auto.device, auto.note) == ("cpu", "")


def test_twice_the_rate_is_about_half_as_long() -> None:
    text = "It was finished in eighteen eighty three after fourteen years of work."
    normal, fast = len(say(load(1.0), text)), len(say(load(2.0), text))
    assert 0.4 < fast / normal < 0.65


def test_clauses_keep_the_level_of_the_sentence(voice: PiperSynthesizer) -> None:
    def loudness_db(samples: Float32Mono) -> float:
        voiced = samples[np.abs(samples) > 0.02]
        return float(10 * np.log10(np.mean(voiced**2)))

    clauses = ["Of course,", "I'm sorry,", "the bridge was built by many people", "and it is still standing today."]
    levels = [loudness_db(say(voice, clause)) for clause in clauses]
    assert max(levels) - min(levels) < 9
    assert all(-30 < level < -8 for level in levels)


def test_initials_and_titles_do_not_break_the_sentence(voice: PiperSynthesizer) -> None:
    """espeak-ng ends a sentence at each of these; spoken apart they would last more than half as long again."""
    plain = len(say(voice, "J R R Tolkien wrote it."))
    dotted = len(say(voice, "J. R. R. Tolkien wrote it."))
    assert dotted < 2 * plain


def test_odd_characters_do_not_stop_it(voice: PiperSynthesizer) -> None:
    for text in ("[[raw]] phonemes", "nul\0byte inside", "日本語", "Привет", "x" * 300, "½ ± ² 5'6\""):
        assert say(voice, text).ndim == 1


def test_the_first_part_is_there_before_the_clause_is_decoded(
    voice: PiperSynthesizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[int] = []
    decode = SplitVoice._decode

    def counted(network: SplitVoice, frames: Latent, feeds: Feeds) -> Float32Mono:
        decoded.append(frames.shape[2])
        return decode(network, frames, feeds)

    monkeypatch.setattr(SplitVoice, "_decode", counted)
    parts = voice.stream("It was finished in eighteen eighty three after fourteen years of work.")
    assert next(parts).size
    assert len(decoded) == 1
    assert sum(1 for _ in parts) >= 3
    assert len(decoded) >= 4


def test_a_voice_that_cannot_be_cut_speaks_all_the_same(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_: bytes) -> None:
        raise CutError("it is another network")

    monkeypatch.setattr("companion.engine.tts.vits.cut", refuse)
    whole = PiperSynthesizer(TtsConfig(voice_file=VOICE), threads=1)
    with caplog.at_level(logging.INFO, "companion"):
        placement = whole.load()
    assert placement.note == ""
    assert "it is another network" in caplog.text
    text = "It was finished in eighteen eighty three after fourteen years of work."
    first, *rest = whole.stream(text)
    assert len(first) > 10 * sum(len(part) for part in rest), "all of the voice in one part, then the pause"


def test_a_failure_in_mid_clause_leaves_as_our_error(voice: PiperSynthesizer, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = voice.stream("It was finished in eighteen eighty three after fourteen years of work.")
    assert next(parts).size

    def fail(*_: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(SplitVoice, "_decode", fail)
    with pytest.raises(SynthesisError):
        list(parts)


def test_never_logs_what_it_says(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("piper").setLevel(logging.DEBUG)
    with caplog.at_level(logging.DEBUG):
        say(load(), "Pineapple marmalade.")
    assert "ineapple" not in caplog.text


def test_missing_voice_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match=r"gone\.onnx") as raised:
        PiperSynthesizer(TtsConfig(voice_file=tmp_path / "gone.onnx"), threads=1).load()
    assert raised.value.code == "model-missing"


def test_missing_settings_are_named(tmp_path: Path) -> None:
    (tmp_path / "voice.onnx").write_bytes(b"")
    with pytest.raises(ModelMissingError, match=r"voice\.onnx\.json"):
        PiperSynthesizer(TtsConfig(voice_file=tmp_path / "voice.onnx"), threads=1).load()


SETTINGS = VOICE.with_name(VOICE.name + ".json")


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param("{", id="cut off"),
        pytest.param("{}", id="empty"),
        pytest.param(None, id="the model is not a model"),
        pytest.param("pinyin", id="phonemes that need more models"),
    ],
)
def test_damaged_voice_is_refused_with_advice(tmp_path: Path, settings: str | None) -> None:
    (tmp_path / "voice.onnx").write_bytes(b"not a model" if settings is None else tiny_voice())
    if settings is None or settings == "pinyin":
        described = json.loads(SETTINGS.read_text("utf-8"))
        described["phoneme_type"] = settings or "espeak"
        settings = json.dumps(described)
    (tmp_path / "voice.onnx.json").write_text(settings, "utf-8")
    with pytest.raises(ModelLoadError) as raised:
        PiperSynthesizer(TtsConfig(voice_file=tmp_path / "voice.onnx"), threads=1).load()
    assert raised.value.code == "model-load-failed"
    assert raised.value.hint


def test_library_failure_leaves_as_our_error(voice: PiperSynthesizer, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr("piper.PiperVoice.phonemes_to_ids", fail)
    with pytest.raises(SynthesisError) as raised:
        say(voice, "Hello there.")
    assert raised.value.code == "synthesis-failed"
    monkeypatch.undo()
    assert say(voice, "Hello there.").size


OPENINGS = [
    ("It sounds", "like", "like you want to bake something."),
    ("I'd love to", "hear", "hear more about your garden and the weather."),
    ("The bridge was", "built", "built by many people."),
]


@pytest.mark.parametrize(("opening", "ahead", "rest"), OPENINGS)
def test_one_breath_in_two_clauses_is_as_long_as_in_one(
    voice: PiperSynthesizer, opening: str, ahead: str, rest: str
) -> None:
    joined = np.mean([say(voice, opening, ahead=ahead).size + say(voice, rest, opening).size for _ in range(5)])
    whole = np.mean([say(voice, f"{opening} {rest}").size for _ in range(5)])
    assert joined / whole == pytest.approx(1, abs=0.12)


@pytest.mark.parametrize(("opening", "ahead", "rest"), OPENINGS)
def test_between_two_clauses_of_one_breath_is_neither_a_step_nor_a_pause(
    voice: PiperSynthesizer, opening: str, ahead: str, rest: str
) -> None:
    before, after = say(voice, opening, ahead=ahead), say(voice, rest, opening)
    near = np.concatenate([before, after])[before.size - 2 : before.size + 2]
    assert np.abs(np.diff(near)).max() <= 1.05 * np.abs(np.diff(np.concatenate([before, after[300:]]))).max()
    assert after[:1].any(), "the next clause is not faded in from silence"
    hushed = say(voice, opening)
    assert before.size < hushed.size, "without a pause, and at the pace of a sentence that goes on"


def test_another_clause_in_between_does_not_spoil_a_breath(voice: PiperSynthesizer) -> None:
    say(voice, "It sounds", ahead="like")
    other = say(voice, "Of course,")
    rest = say(voice, "like you want to bake something.", "It sounds")
    alone = say(voice, "like you want to bake something.")
    assert other.size
    assert rest[0] == 0, "faded in, for want of what came before"
    assert rest.size == pytest.approx(alone.size, rel=0.2)


def test_a_breath_that_was_stopped_leaves_nothing_behind(voice: PiperSynthesizer) -> None:
    stream = voice.stream("It sounds", ahead="like")
    next(stream)
    del stream
    assert say(voice, "like you want to bake something.", "It sounds")[0] == 0


def test_words_that_the_voice_says_as_one_are_not_cut(voice: PiperSynthesizer) -> None:
    """espeak-ng makes one word of "for a": there is no place between them."""
    parted = [*voice._phonemes("wait for"), " ", *voice._phonemes("a minute")]
    merged = voice._phonemes("wait for a minute")
    assert merged.count(" ") < parted.count(" ")
    cut = say(voice, "wait for", ahead="a")
    assert cut[-1] == 0, "spoken alone, and ended"


def test_a_voice_that_does_not_tell_its_durations_does_not_join(
    voice: PiperSynthesizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice._network, "joins", False)
    assert not voice.joins
    assert say(voice, "It sounds", ahead="like")[-1] == 0

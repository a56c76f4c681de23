"""Files that are missing, cut short or something else, and memory that runs out: one sentence from each adapter."""

import contextlib
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companion.engine.cancel import CancelToken
from companion.engine.config import LlmConfig, SttConfig, TtsConfig
from companion.engine.errors import CompanionError, ModelLoadError, ModelMissingError
from companion.engine.llm.llama import LlamaChatModel
from companion.engine.messages import ChatMessage
from companion.engine.stt.vad import SileroDetector
from companion.engine.stt.whisper import WhisperTranscriber
from companion.engine.stt.whisper_files import check_whisper
from companion.engine.tts.piper import PiperSynthesizer
from tests.cases import cases

pytestmark = pytest.mark.models

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(500)


def text(words: str) -> bytes:
    return struct.pack("<H", len(words) + 1) + words.encode() + b"\0"


def weights(*, version: int = 6, spec: str = "WhisperSpec") -> bytes:
    """A model.bin with two weights and another name for one of them."""
    head = struct.pack("<I", version) + text(spec) + struct.pack("<I", 3)
    one = struct.pack("<B2IBI", 2, 2, 2, 1, 4) + bytes(4)  # 4 bytes, or 4 weights of 1 byte before version 4
    return (
        head + struct.pack("<I", 2) + text("a") + one + text("b") + one + struct.pack("<I", 1) + text("c") + text("a")
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "whisper"
    folder.mkdir()
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (folder / name).write_text("{}")
    (folder / "model.bin").write_bytes(weights())
    return folder


def refusal(folder: Path) -> str:
    with pytest.raises(ModelLoadError) as caught:
        check_whisper(folder)
    assert caught.value.code == "model-unreadable"
    assert caught.value.hint.endswith(".")
    return caught.value.message


# -- Whisper's folder


def test_the_starter_folder_is_sound(whisper_dir: Path) -> None:
    check_whisper(whisper_dir)


@pytest.mark.parametrize("version", [2, 6])
def test_cut_short_at_each_byte_the_weights_are_refused(folder: Path, version: int) -> None:
    whole = weights(version=version)
    for size in range(len(whole)):
        (folder / "model.bin").write_bytes(whole[:size])
        assert "incomplete" in refusal(folder)
    (folder / "model.bin").write_bytes(whole)
    check_whisper(folder)


@pytest.mark.reader
@given(changes=st.lists(st.tuples(st.integers(0, 60), st.binary(min_size=1, max_size=4)), min_size=1, max_size=6))
@settings(max_examples=cases(300), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_changed_bytes_are_sound_or_refused(folder: Path, changes: list[tuple[int, bytes]]) -> None:
    changed = bytearray(weights())
    for at, data in changes:
        changed[at : at + len(data)] = data
    (folder / "model.bin").write_bytes(changed)
    with contextlib.suppress(ModelLoadError):
        check_whisper(folder)


@pytest.mark.parametrize("content", [PNG, weights(spec="TransformerSpec"), b"GGUF" + bytes(99)])
def test_weights_of_something_else_are_no_whisper(folder: Path, content: bytes) -> None:
    (folder / "model.bin").write_bytes(content)
    assert refusal(folder) == "The folder whisper holds no Whisper model."


def test_weights_of_a_later_version_are_told(folder: Path) -> None:
    (folder / "model.bin").write_bytes(weights(version=7))
    assert "of a version that Companion cannot read" in refusal(folder)


def test_a_folder_without_vocabulary_is_told(folder: Path) -> None:
    (folder / "vocabulary.txt").unlink()
    with pytest.raises(ModelMissingError, match=r"vocabulary\.json"):
        check_whisper(folder)
    (folder / "vocabulary.json").write_text("[]")
    check_whisper(folder)


# -- what the adapters say


def test_a_cut_speech_model_is_told_before_the_library_sees_it(
    whisper_dir: Path, vad_file: Path, tmp_path: Path
) -> None:
    shutil.copytree(whisper_dir, tmp_path / "cut")
    with (tmp_path / "cut" / "model.bin").open("r+b") as copy:
        copy.truncate(40_000_000)
    transcriber = WhisperTranscriber(SttConfig(model_dir=tmp_path / "cut", vad_model=vad_file, device="cpu"), 1)
    with pytest.raises(ModelLoadError, match="incomplete"):
        transcriber.load()


def test_a_cut_voice_and_detector_are_told(vad_file: Path, voice_file: Path, tmp_path: Path) -> None:
    detector, voice = tmp_path / "vad.onnx", tmp_path / "voice.onnx"
    detector.write_bytes(vad_file.read_bytes()[:-1])
    voice.write_bytes(voice_file.read_bytes()[:-1])
    shutil.copy(f"{voice_file}.json", f"{voice}.json")
    with pytest.raises(ModelLoadError, match=r"vad\.onnx is incomplete"):
        SileroDetector(detector).load()
    with pytest.raises(ModelLoadError, match=r"voice\.onnx is incomplete"):
        PiperSynthesizer(TtsConfig(voice_file=voice), 1).load()


def test_an_onnx_file_of_something_else_is_told(vad_file: Path, voice_file: Path, tmp_path: Path) -> None:
    voice = tmp_path / "voice.onnx"
    shutil.copy(vad_file, voice)
    shutil.copy(f"{voice_file}.json", f"{voice}.json")
    with pytest.raises(ModelLoadError, match="could not be loaded"):
        PiperSynthesizer(TtsConfig(voice_file=voice), 1).load()
    with pytest.raises(ModelLoadError, match="could not be loaded"):
        SileroDetector(voice_file).load()


def test_a_picture_in_each_place_is_told(tmp_path: Path, folder: Path, vad_file: Path) -> None:
    for name in ("picture.gguf", "picture.onnx", "picture.onnx.json", "whisper/model.bin"):
        (tmp_path / name).write_bytes(PNG)
    loads = (
        LlamaChatModel(LlmConfig(model_file=tmp_path / "picture.gguf"), 1, 1).load,
        PiperSynthesizer(TtsConfig(voice_file=tmp_path / "picture.onnx"), 1).load,
        SileroDetector(tmp_path / "picture.onnx").load,
        WhisperTranscriber(SttConfig(model_dir=folder, vad_model=vad_file, device="cpu"), 1).load,
    )
    said = []
    for load in loads:
        with pytest.raises(CompanionError) as caught:
            load()
        said.append(caught.value.message)
    assert said == [
        "picture.gguf is not a GGUF file.",
        "picture.onnx is not an ONNX model.",
        "picture.onnx is not an ONNX model.",
        "The folder whisper holds no Whisper model.",
    ]


def test_a_language_model_deleted_while_it_runs_goes_on_and_is_missed_at_the_next_load(
    llm_file: Path, tmp_path: Path
) -> None:
    file = tmp_path / "model.gguf"
    shutil.copy(llm_file, file)
    model = LlamaChatModel(LlmConfig(model_file=file, context_tokens=512, max_reply_tokens=16), 1, 1)
    model.load()
    file.unlink()
    assert list(model.generate([ChatMessage(role="user", text="Hello.")], cancel=CancelToken()))
    with pytest.raises(ModelMissingError, match=r"model\.gguf is not there"):
        model.load()
    model.close()


# -- memory

STARVED = """
import resource, sys
from pathlib import Path
import ctranslate2, faster_whisper, llama_cpp, onnxruntime, piper
from companion.engine.config import LlmConfig, SttConfig, TtsConfig
from companion.engine.errors import CompanionError
from companion.engine.llm.llama import LlamaChatModel
from companion.engine.stt.whisper import WhisperTranscriber
from companion.engine.tts.piper import PiperSynthesizer

role, file, detector, spare_mb = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
model = {
    "llm": lambda: LlamaChatModel(LlmConfig(model_file=file), 1, 1),
    "stt": lambda: WhisperTranscriber(SttConfig(model_dir=file, vad_model=detector, device="cpu"), 1),
    "tts": lambda: PiperSynthesizer(TtsConfig(voice_file=file), 1),
}[role]()
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + spare_mb * 2**20,) * 2)
try:
    model.load()
except CompanionError as error:
    sys.exit(f"{error.code}: {error.message}")
"""
"""Loads one model with less memory than it takes, after the libraries themselves are there."""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit and /proc are Linux's")
@pytest.mark.parametrize(
    ("role", "spare_mb"), [("llm", 32), ("llm", 160), ("stt", 32), ("stt", 160), ("tts", 32), ("tts", 160)]
)
def test_too_little_memory_is_one_sentence(
    role: str, spare_mb: int, llm_file: Path, whisper_dir: Path, voice_file: Path, vad_file: Path
) -> None:
    file = {"llm": llm_file, "stt": whisper_dir, "tts": voice_file}[role]
    ended = subprocess.run(
        [sys.executable, "-c", STARVED, role, str(file), str(vad_file), str(spare_mb)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 1, ended.stderr
    assert "model-out-of-memory: There is not enough memory for " in ended.stderr, ended.stderr

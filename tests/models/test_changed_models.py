"""Changed copies of the starter model, loaded by llama.cpp itself: none may end the process."""

import json
import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from companion.engine.config import LlmConfig
from companion.engine.errors import ModelLoadError
from companion.engine.llm.llama import LlamaChatModel
from tests.models.changed_models import HEADER_BYTES, read_map

pytestmark = [pytest.mark.models, pytest.mark.skipif(sys.platform != "linux", reason="forks beside native libraries")]

MEMORY = Path("/dev/shm")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Return a folder in memory, where there is one: every case writes to the copy."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else tmp_path) as name:
        yield Path(name)


@pytest.mark.parametrize(
    ("cases", "seconds", "seed"),
    [
        pytest.param(25, 60, 1, id="few"),
        pytest.param(100_000, 300, 2, id="five minutes", marks=pytest.mark.soak),
    ],
)
def test_no_change_of_a_model_ends_the_process(
    llm_file: Path, folder: Path, cases: int, seconds: int, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [sys.executable, "-m", "tests.models.changed_models", str(llm_file), str(folder)]
    command += ["--cases", str(cases), "--seconds", str(seconds), "--seed", str(seed)]
    environment = {**os.environ, "GGML_NO_BACKTRACE": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=seconds + 120, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    with capsys.disabled():
        sys.stdout.write(f"{ ({**found, 'ended': len(found['ended'])}) } ")
    assert found["ended"] == [], done.stderr
    assert found["loaded"] > 0
    assert found["model refused"] > 0


def refusal(file: Path) -> str:
    with pytest.raises(ModelLoadError) as caught:
        LlamaChatModel(LlmConfig(model_file=file, gpu_layers=0), 1, 1).load()
    assert caught.value.code == "model-load-failed"
    return caught.value.message


def changed(llm_file: Path, folder: Path, place: int, value: bytes) -> Path:
    content = bytearray(llm_file.read_bytes())
    content[place : place + len(value)] = value
    file = folder / "model.gguf"
    file.write_bytes(content)
    return file


def test_weights_that_are_no_numbers_are_damage(llm_file: Path, folder: Path) -> None:
    found = read_map(data := llm_file.read_bytes()[:HEADER_BYTES])
    offset = next(offset for _, name, _, _, offset in found.tensors if name == b"blk.3.attn_norm.weight")
    place = -(-found.end // 32) * 32 + int.from_bytes(data[offset : offset + 8], "little")
    file = changed(llm_file, folder, place, b"\xff" * 4 * 576)
    assert refusal(file) == "model.gguf is damaged: what it computes is no numbers."


def test_a_model_without_room_for_a_conversation_is_told(llm_file: Path, folder: Path) -> None:
    found = read_map(llm_file.read_bytes()[:HEADER_BYTES])
    place = next(place for name, place, _ in found.numbers if name == "llama.context_length")
    file = changed(llm_file, folder, place, struct.pack("<I", 8))
    assert refusal(file) == "model.gguf is made for 8 tokens at once, too few for a conversation."


@pytest.mark.parametrize("kind", [1, 8, 30, 39])
def test_a_norm_that_is_no_float32_is_damage(llm_file: Path, folder: Path, kind: int) -> None:
    found = read_map(llm_file.read_bytes()[:HEADER_BYTES])
    place = next(kind for _, name, _, kind, _ in found.tensors if name == b"output_norm.weight")
    assert refusal(changed(llm_file, folder, place, struct.pack("<I", kind))) == "model.gguf is damaged."

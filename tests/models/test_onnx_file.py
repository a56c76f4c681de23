"""The reader of ONNX files: the starter models pass, and no damaged or foreign file gets as far as ONNX Runtime."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from companion.engine.errors import ModelLoadError
from companion.engine.onnx_file import check_onnx
from tests.cases import cases
from tests.models.test_graph import field, tiny_voice

pytestmark = pytest.mark.models

INCOMPLETE = "model.onnx is incomplete: its end is missing."
FOREIGN = "model.onnx is not an ONNX model."


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "model.onnx"


def refusal(file: Path) -> str:
    with pytest.raises(ModelLoadError) as caught:
        check_onnx(file)
    assert caught.value.code == "model-load-failed"
    assert caught.value.hint.endswith(".")
    return caught.value.message


def test_the_starter_models_are_sound(vad_file: Path, voice_file: Path) -> None:
    check_onnx(vad_file)
    check_onnx(voice_file)


@pytest.mark.reader
@given(share=st.floats(0, 1, exclude_max=True))
@example(share=0.0)
@settings(max_examples=cases(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_cut_short_anywhere_it_is_refused(vad_file: Path, copy: Path, share: float) -> None:
    whole = vad_file.read_bytes()
    copy.write_bytes(whole[: int(len(whole) * share**2)])
    assert refusal(copy) == INCOMPLETE


def test_cut_short_at_each_byte_a_small_model_is_refused(copy: Path) -> None:
    whole = tiny_voice()
    copy.write_bytes(whole)
    check_onnx(copy)
    for size in range(len(whole)):
        copy.write_bytes(whole[:size])
        assert refusal(copy) == INCOMPLETE


@pytest.mark.reader
@given(
    changes=st.lists(st.tuples(st.integers(0, 5_000), st.binary(min_size=1, max_size=8)), min_size=1, max_size=8),
    tiny=st.booleans(),
)
@settings(max_examples=cases(300), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_changed_bytes_are_sound_or_refused(
    vad_file: Path, copy: Path, changes: list[tuple[int, bytes]], tiny: bool
) -> None:
    changed = bytearray(tiny_voice() if tiny else vad_file.read_bytes())
    for at, data in changes:
        changed[at % len(changed) : at % len(changed) + len(data)] = data
    copy.write_bytes(changed)
    with contextlib.suppress(ModelLoadError):
        check_onnx(copy)


@pytest.mark.reader
@given(content=st.binary(min_size=2, max_size=300))
@settings(max_examples=cases(300), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bytes_at_random_are_no_model(copy: Path, content: bytes) -> None:
    copy.write_bytes(content)
    refusal(copy)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(500), id="picture"),
        pytest.param(b"GGUF\x03\0\0\0" + bytes(500), id="GGUF"),
        pytest.param(b"<!DOCTYPE html><title>404 Not Found</title>", id="web page"),
        pytest.param(b'{"audio": {}}', id="JSON"),
        pytest.param(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", id="LFS pointer"),
        pytest.param(field(2, "maker"), id="protobuf of something else"),
        pytest.param(field(1, 8) + field(7, field(2, "name")) + field(8, b""), id="empty graph"),
        pytest.param(field(1, 8) + field(7, b"\x0a\x7f") + field(8, b""), id="graph ends early"),
        pytest.param(field(1, 8) + b"\xff" * 20, id="endless number"),
        pytest.param(field(1, 8) + field(0, b""), id="field 0"),
    ],
)
def test_what_is_something_else_is_called_so(copy: Path, content: bytes) -> None:
    copy.write_bytes(content)
    assert refusal(copy) == FOREIGN

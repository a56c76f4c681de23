"""The reader of GGUF headers: the starter model passes, and no damaged or foreign file gets as far as llama.cpp."""

import contextlib
import struct
from math import nan
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from companion.engine.errors import ModelLoadError
from companion.engine.llm.gguf import check_gguf
from tests.cases import cases

pytestmark = pytest.mark.models

HEADER_BYTES = 2_000_000
"""More than the starter model's header."""


@pytest.fixture(scope="module")
def header(llm_file: Path) -> bytes:
    with llm_file.open("rb") as stream:
        return stream.read(HEADER_BYTES)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "model.gguf"


def write(file: Path, content: bytes, size: int) -> None:
    """Write a file whose end is a hole: nothing reads the weights here."""
    with file.open("wb") as stream:
        stream.write(content)
        stream.truncate(size)


def refusal(file: Path) -> str:
    with pytest.raises(ModelLoadError) as caught:
        check_gguf(file)
    assert caught.value.code == "model-load-failed"
    assert caught.value.hint.endswith(".")
    assert caught.value.permanent
    return caught.value.message


def test_the_starter_model_is_sound(llm_file: Path) -> None:
    check_gguf(llm_file)


@pytest.mark.reader
@given(share=st.floats(0, 1, exclude_max=True))
@example(share=0.0)
@settings(max_examples=cases(200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_cut_short_anywhere_it_is_refused(llm_file: Path, header: bytes, copy: Path, share: float) -> None:
    size = llm_file.stat().st_size
    # Squared: most of what can go wrong is at the beginning.
    left = int(size * share**4)
    write(copy, header[:left], left)
    assert refusal(copy) == "model.gguf is incomplete: its end is missing."


def test_one_byte_too_few_is_noticed(llm_file: Path, header: bytes, copy: Path) -> None:
    size = llm_file.stat().st_size
    write(copy, header, size)
    check_gguf(copy)
    write(copy, header, size - 1)
    assert refusal(copy) == "model.gguf is incomplete: its end is missing."


@pytest.mark.reader
@given(
    changes=st.lists(
        st.tuples(st.one_of(st.integers(0, 3000), st.integers(0, HEADER_BYTES - 9)), st.binary(min_size=1, max_size=8)),
        min_size=1,
        max_size=8,
    )
)
@example(changes=[(8, b"\xff" * 8)])
@example(changes=[(16, b"\xff" * 8)])
@settings(max_examples=cases(300), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_changed_bytes_are_sound_or_refused(
    llm_file: Path, header: bytes, copy: Path, changes: list[tuple[int, bytes]]
) -> None:
    changed = bytearray(header)
    for at, data in changes:
        changed[at : at + len(data)] = data
    write(copy, bytes(changed), llm_file.stat().st_size)
    with contextlib.suppress(ModelLoadError):
        check_gguf(copy)


@pytest.mark.reader
@given(content=st.binary(max_size=400))
@settings(max_examples=cases(300), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_anything_behind_the_magic_is_refused_or_empty(copy: Path, content: bytes) -> None:
    copy.write_bytes(b"GGUF" + content)
    try:
        check_gguf(copy)
    except ModelLoadError:
        return
    assert struct.unpack("<QQ", content[4:20]) == (0, 0)


def test_a_picture_is_no_model(copy: Path) -> None:
    copy.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(1000))
    assert refusal(copy) == "model.gguf is not a GGUF file."


@pytest.mark.parametrize("version", [0, 1, 4, 0x03000000])
def test_an_unknown_version_is_named_as_the_reason(header: bytes, copy: Path, version: int) -> None:
    copy.write_bytes(header[:4] + version.to_bytes(4, "little") + header[8:])
    assert "version of GGUF" in refusal(copy)


def entry(name: str, kind: int, value: bytes) -> bytes:
    return struct.pack("<Q", len(name)) + name.encode() + struct.pack("<I", kind) + value


def tensor(shape: list[int], kind: int, offset: int) -> bytes:
    return struct.pack(f"<Q1sI{len(shape)}QIQ", 1, b"w", len(shape), *shape, kind, offset)


def file_of(*entries: bytes, tensors: tuple[bytes, ...] = (), data: bytes = b"") -> bytes:
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(entries)) + b"".join(entries) + b"".join(tensors)
    return head + bytes(-len(head) % 32) + data if tensors else head


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(file_of(entry("general.alignment", 4, struct.pack("<I", 0))), id="no alignment"),
        pytest.param(file_of(entry("general.alignment", 4, struct.pack("<I", 48))), id="odd alignment"),
        pytest.param(file_of(entry("x", 13, bytes(8))), id="unknown type"),
        pytest.param(file_of(entry("x", 9, struct.pack("<IQ", 9, 1) + bytes(99))), id="array of arrays"),
        pytest.param(file_of(entry("x", 9, struct.pack("<IQ", 8, 1 << 40) + bytes(99))), id="too many strings"),
        pytest.param(file_of(tensors=(tensor([1, 1, 1, 1, 1], 0, 0),), data=bytes(4)), id="five dimensions"),
        pytest.param(file_of(tensors=(tensor([33], 2, 0),), data=bytes(99)), id="half a block"),
        pytest.param(file_of(entry("llama.block_count", 4, struct.pack("<I", 0))), id="no layers"),
        pytest.param(file_of(entry("llama.block_count", 4, struct.pack("<I", 513))), id="too many layers"),
        pytest.param(file_of(entry("llama.expert_count", 4, struct.pack("<I", 513))), id="too many experts"),
        pytest.param(
            file_of(entry("llama.attention.layer_norm_rms_epsilon", 6, struct.pack("<f", nan))), id="no number"
        ),
        pytest.param(file_of(entry("llama.attention.layer_norm_rms_epsilon", 6, struct.pack("<f", -1))), id="negative"),
    ],
)
def test_what_the_format_forbids_is_damage(copy: Path, content: bytes) -> None:
    copy.write_bytes(content)
    assert refusal(copy) == "model.gguf is damaged."


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(file_of(entry("x", 8, struct.pack("<Q", 1 << 62))), id="string"),
        pytest.param(file_of(entry("x", 9, struct.pack("<IQ", 8, 2) + struct.pack("<Q", 1 << 62))), id="strings"),
        pytest.param(file_of(entry("x", 9, struct.pack("<IQ", 4, 1000))), id="numbers"),
        pytest.param(file_of(tensors=(tensor([64], 2, 0),), data=bytes(35)), id="tensor"),
        pytest.param(file_of(tensors=(tensor([1], 99, 1 << 63),), data=bytes(9)), id="tensor of an unknown type"),
    ],
)
def test_what_lies_behind_the_end_is_missing(copy: Path, content: bytes) -> None:
    copy.write_bytes(content)
    assert "incomplete" in refusal(copy)


def test_what_fits_exactly_is_accepted(copy: Path) -> None:
    words = struct.pack("<IQ", 8, 2) + struct.pack("<Q2sQ", 2, b"ab", 0)
    copy.write_bytes(file_of(entry("x", 9, words), tensors=(tensor([64], 2, 0), tensor([1], 99, 8)), data=bytes(36)))
    check_gguf(copy)

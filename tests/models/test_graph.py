"""Cutting a voice in two: on a tiny network with several speakers, on the starter voice, and on hostile files."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.engine.samples import Float32Mono
from companion.engine.tts import vits
from companion.engine.tts.graph import CutError, cut
from companion.engine.tts.vits import CPU, SplitVoice, WholeVoice

pytestmark = pytest.mark.models

VOICE = Path(__file__).parents[2] / "models" / "piper-en_US-joe-medium" / "en_US-joe-medium.onnx"
PHONEMES = np.array([[1, 0, 20, 0, 120, 0, 24, 0, 59, 0, 100, 0, 27, 0, 31, 0, 61, 0, 10, 0, 2]])
FLOAT, INT64 = 1, 7


# A protobuf writer, just enough for a tiny ONNX file.


def varint(number: int) -> bytes:
    low, high = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + varint(high) if high else bytes([low])


def field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def node(kind: str, inputs: list[str], output: str) -> bytes:
    return field(1, b"".join([*(field(1, name) for name in inputs), field(2, output), field(4, kind)]))


def weight(name: str, values: npt.NDArray[Any]) -> bytes:
    kind = INT64 if values.dtype == np.int64 else FLOAT
    dims = b"".join(field(1, size) for size in values.shape)
    return field(5, dims + field(2, kind) + field(8, name) + field(9, values.tobytes()))


def value(number: int, name: str, kind: int, dims: list[int | str]) -> bytes:
    shape = b"".join(field(1, field(1, dim) if isinstance(dim, int) else field(2, dim)) for dim in dims)
    return field(number, field(1, name) + field(2, field(1, field(1, kind) + field(2, shape))))


def tiny_voice(first_weight: str = "dec.conv_pre.weight", *, shape: tuple[int, ...] = (2, 3, 1)) -> bytes:
    """A voice with several speakers: both halves need "sid", only the first needs "input"."""
    random = np.random.default_rng(1)
    graph = b"".join(
        [
            node("Gather", ["table", "input"], "embedded"),
            node("Gather", ["speakers", "sid"], "speaker"),
            node("Add", ["embedded", "speaker"], "spoken"),
            node("Transpose", ["spoken"], "latent"),
            node("Conv", ["latent", first_weight], "wide"),
            node("ReduceSum", ["speaker"], "loudness"),
            node("Mul", ["wide", "loudness"], "loud"),
            node("Tanh", ["loud"], "output"),
            node("Neg", ["embedded"], "unused"),
            field(2, "tiny"),
            weight("table", random.standard_normal((9, 3, 1)).astype(np.float32)),
            weight("speakers", random.standard_normal((4, 3, 1)).astype(np.float32)),
            weight(first_weight, random.standard_normal(shape).astype(np.float32)),
            value(11, "input", INT64, ["phonemes"]),
            value(11, "sid", INT64, [1]),
            value(12, "output", FLOAT, [1, 2, "frames"]),
        ]
    )
    return field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 13))


def test_two_halves_make_what_the_whole_makes() -> None:
    from onnxruntime import InferenceSession

    halves = cut(tiny_voice())
    whole, encoder, decoder = (InferenceSession(model) for model in (tiny_voice(), halves.encoder, halves.decoder))
    phonemes, speaker = np.array([3, 1, 4, 1, 5]), {"sid": np.array([2])}
    latent = encoder.run(None, {"input": phonemes, **speaker})[0]
    assert latent.shape == (1, 3, 5)
    in_halves = decoder.run(None, {halves.latent: latent, **speaker})
    assert np.array_equal(in_halves, whole.run(None, {"input": phonemes, **speaker}))
    assert len(halves.encoder + halves.decoder) < 1.5 * len(tiny_voice())


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"not a model", id="text"),
        pytest.param(field(7, field(2, "no nodes")), id="no nodes"),
        pytest.param(tiny_voice("other.weight"), id="another network"),
        pytest.param(tiny_voice(shape=(2, 3)), id="no convolution over time"),
        pytest.param(tiny_voice() * 2, id="two graphs"),
        pytest.param(tiny_voice()[:-9], id="cut off"),
        pytest.param(field(7, node("Conv", ["input", "dec.conv_pre.weight"], "output")), id="no encoder"),
        pytest.param(varint(7 << 3 | 2) + b"\xff" * 9 + b"\x01", id="longer than the file"),
        pytest.param(b"\xff" * 100, id="a number without end"),
    ],
)
def test_what_is_no_such_voice_is_refused(model: bytes) -> None:
    with pytest.raises(CutError):
        cut(model)


@pytest.mark.reader
@given(st.binary(max_size=200))
def test_any_bytes_are_cut_or_refused(data: bytes) -> None:
    for model in (data, field(7, data), field(7, field(1, data) + field(5, data))):
        with pytest.raises(CutError):
            cut(model)


@pytest.mark.reader
@given(st.integers(0, len(tiny_voice()) - 1), st.integers(0, 255))
def test_a_damaged_voice_is_cut_or_refused(at: int, byte: int) -> None:
    damaged = bytearray(tiny_voice())
    damaged[at] = byte
    try:
        halves = cut(bytes(damaged))
    except CutError:
        return
    assert halves.encoder
    assert halves.decoder


def feeds(*, noise: float = 0.0) -> vits.Feeds:
    """A clause of about a second; without noise the network says it the same way each time."""
    return {
        "input": np.tile(PHONEMES, (1, 2)),
        "input_lengths": np.array([2 * PHONEMES.shape[1]]),
        "scales": np.array([noise, 1.0, noise], np.float32),
    }


@pytest.fixture(scope="module")
def split() -> SplitVoice:
    return SplitVoice(VOICE, 1, feeds())


def together(chunks: list[Float32Mono]) -> Float32Mono:
    return np.concatenate(chunks)


def test_the_starter_voice_sounds_the_same_in_chunks(split: SplitVoice) -> None:
    chunks = list(split.speak(feeds()))
    whole = together(list(WholeVoice(VOICE, CPU, 1).speak(feeds())))
    assert len(chunks) > 2
    assert np.abs(whole).max() > 0.1
    assert np.abs(together(chunks) - whole).max() < 1e-5


def test_no_click_where_chunks_meet(split: SplitVoice) -> None:
    chunks = list(split.speak(feeds(noise=0.667)))
    steps = np.abs(np.diff(together(chunks)))
    joins = np.cumsum([len(chunk) for chunk in chunks])[:-1] - 1
    near = [np.delete(steps[join - 400 : join + 400], 400).max() for join in joins]
    assert (steps[joins] <= near).all()


def test_the_first_chunk_comes_before_the_others_are_computed(
    split: SplitVoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[int] = []
    decode = SplitVoice._decode

    def counted(voice: SplitVoice, frames: Any, feeds: vits.Feeds) -> Float32Mono:
        decoded.append(frames.shape[2])
        return decode(voice, frames, feeds)

    monkeypatch.setattr(SplitVoice, "_decode", counted)
    chunks = split.speak(feeds())
    next(chunks)
    assert len(decoded) == 1
    assert len(list(chunks)) == len(decoded) - 1


def test_a_voice_that_differs_in_chunks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vits, "find_margin", lambda *_: None)
    with pytest.raises(CutError, match="differs"):
        SplitVoice(VOICE, 1, feeds())


def test_halves_that_the_runtime_refuses_are_no_halves(tmp_path: Path) -> None:
    broken = tiny_voice()
    (tmp_path / "voice.onnx").write_bytes(broken.replace(b"Transpose", b"Transpore"))
    with pytest.raises(CutError, match="do not work"):
        SplitVoice(tmp_path / "voice.onnx", 1, feeds())

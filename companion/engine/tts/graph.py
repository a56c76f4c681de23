"""Cuts a Piper voice in two, so that its sound can be made a piece at a time.

A Piper voice is VITS as one ONNX graph: text encoder, durations and flow make one latent frame per 256 samples, and a
decoder (HiFi-GAN) turns frames into sound. The decoder takes two thirds of the time and, being convolutions only, can
work on any stretch of frames. Cut at its input, the graph becomes two models.

The cut is made on the protobuf wire level, where it is a selection of byte ranges: no library, and no copy of the
60 MB of weights but the one into the result. Pure functions, any thread.

Source: field numbers from https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, wire format from
https://protobuf.dev/programming-guides/encoding/, tensor names from the VITS model's own modules ("dec" is its
decoder, and durations are the only thing that it rounds up: "w_ceil", which Piper's own alignments are read from,
https://github.com/jaywalnut310/vits/blob/main/models.py).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

_FIRST_WEIGHT = b"dec.conv_pre.weight"
"""Weight of the decoder's first convolution: shape (channels out, channels in, width)."""

_MODEL_GRAPH = 7
_GRAPH_NODE, _GRAPH_NAME, _GRAPH_INITIALIZER, _GRAPH_INPUT, _GRAPH_OUTPUT = 1, 2, 5, 11, 12
_NODE_INPUT, _NODE_OUTPUT, _NODE_OPERATOR = 1, 2, 4
_TENSOR_DIMS, _TENSOR_NAME = 1, 8
_VALUE_NAME, _VALUE_TYPE = 1, 2
_FLOAT = 1
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

_Field: TypeAlias = tuple[int, memoryview, memoryview]
"""Number, value, and the field as it stands in the file."""


class CutError(ValueError):
    """The file is not a Piper voice that can be cut; its text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Halves:
    """The two models that a voice is made of."""

    encoder: bytes
    """From the voice's inputs to the latent frames and, if they were found, the durations."""
    decoder: bytes
    """From the latent frames (and the speaker, if the voice has several) to the sound."""
    latent: str
    """Name of the tensor between them: float32, shape (1, channels, frames)."""
    durations: str
    """Name of the frames of each phoneme: float32, shape (1, 1, phonemes); empty if they were not found."""


def cut(model: bytes) -> Halves:
    """Return the two halves of a voice; together they make what the whole makes.

    Args:
        model: an ONNX file; anything else, damaged or hostile, ends in an error, in time proportional to its size.

    Raises:
        CutError: it cannot be cut here.
    """
    top = list(_fields(memoryview(model)))
    head = [raw for number, _, raw in top if number != _MODEL_GRAPH]
    graphs = [value for number, value, _ in top if number == _MODEL_GRAPH]
    if len(graphs) != 1:
        raise CutError("it has no graph")
    graph = _Graph(graphs[0])
    latent, channels = graph.decoder_input()
    durations = graph.durations()
    value = _value(latent, _fixed(1), _fixed(channels), _named(b"frames"))
    lengths = _value(durations, _fixed(1), _fixed(1), _named(b"phonemes"))
    encoder = graph.part([latent, durations] if durations else [latent], stop=b"")
    decoder = graph.part(graph.outputs, stop=latent)
    return Halves(
        encoder=_model(
            head,
            [*encoder, _field(_GRAPH_OUTPUT, value), *([_field(_GRAPH_OUTPUT, lengths)] if durations else [])],
        ),
        decoder=_model(head, [*decoder, _field(_GRAPH_INPUT, value), *graph.outputs.values()]),
        latent=latent.decode("utf-8", "replace"),
        durations=durations.decode("utf-8", "replace"),
    )


class _Graph:
    """The parts of a graph, as they stand in the file."""

    def __init__(self, graph: memoryview) -> None:
        self._nodes: list[tuple[list[bytes], memoryview]] = []
        self._maker: dict[bytes, int] = {}
        self._inputs: dict[bytes, memoryview] = {}
        self._weights: dict[bytes, tuple[memoryview, memoryview]] = {}
        self._rounded_up: list[bytes] = []
        self.outputs: dict[bytes, memoryview] = {}
        for number, value, raw in _fields(graph):
            if number == _GRAPH_NODE:
                fields = list(_fields(value))
                self._maker.update((bytes(name), len(self._nodes)) for n, name, _ in fields if n == _NODE_OUTPUT)
                if _first(value, _NODE_OPERATOR) == b"Ceil":
                    self._rounded_up.append(_first(value, _NODE_OUTPUT))
                self._nodes.append(([bytes(name) for n, name, _ in fields if n == _NODE_INPUT], raw))
            elif number == _GRAPH_INITIALIZER:
                self._weights[_first(value, _TENSOR_NAME)] = value, raw
            elif number == _GRAPH_INPUT:
                self._inputs[_first(value, _VALUE_NAME)] = raw
            elif number == _GRAPH_OUTPUT:
                self.outputs[_first(value, _VALUE_NAME)] = raw

    def decoder_input(self) -> tuple[bytes, int]:
        """Return the name of the tensor that the decoder begins with, and its channels."""
        starts = [inputs[0] for inputs, _ in self._nodes if inputs[1:2] == [_FIRST_WEIGHT]]
        if len(starts) != 1 or starts[0] not in self._maker or _FIRST_WEIGHT not in self._weights:
            raise CutError("its decoder is not where Piper puts it")
        weight, _ = self._weights[_FIRST_WEIGHT]
        dims = [dim for number, value, _ in _fields(weight) if number == _TENSOR_DIMS for dim in _varints(value)]
        if len(dims) != 3:
            raise CutError("its decoder does not begin with a convolution over time")
        return starts[0], dims[1]

    def durations(self) -> bytes:
        """Return the name of the tensor of the phonemes' durations; empty if there is not just one that it may be."""
        return self._rounded_up[0] if len(self._rounded_up) == 1 else b""

    def part(self, wanted: Iterable[bytes], stop: bytes) -> list[memoryview]:
        """Return all that is needed to make the tensors `wanted`, given the tensor `stop`."""
        used: set[bytes] = set()
        nodes: set[int] = set()
        todo = list(wanted)
        while todo:
            name = todo.pop()
            if name in used or name == stop:
                continue
            used.add(name)
            node = self._maker.get(name)
            if node is not None and node not in nodes:
                nodes.add(node)
                todo += self._nodes[node][0]
        return [
            *(self._nodes[node][1] for node in sorted(nodes)),  # in the file's order, which is the order to run in
            *(raw for name, (_, raw) in self._weights.items() if name in used),
            *(raw for name, raw in self._inputs.items() if name in used),
        ]


def _model(head: Sequence[memoryview], graph: Sequence[memoryview | bytes]) -> bytes:
    parts = [*graph, _field(_GRAPH_NAME, b"part")]
    return b"".join([*head, _tag(_MODEL_GRAPH, _BYTES), _varint(sum(map(len, parts))), *parts])


def _value(name: bytes, *dims: bytes) -> bytes:
    """Return the ValueInfoProto of a float tensor of shape `dims`."""
    shape = b"".join(_field(1, dim) for dim in dims)
    tensor = _tag(1, _VARINT) + _varint(_FLOAT) + _field(2, shape)
    return _field(_VALUE_NAME, name) + _field(_VALUE_TYPE, _field(1, tensor))


def _fixed(size: int) -> bytes:
    return _tag(1, _VARINT) + _varint(size)


def _named(size: bytes) -> bytes:
    return _field(2, size)


# -- protobuf


def _fields(message: memoryview) -> Iterator[_Field]:
    """Yield the fields of one message, in the file's order."""
    at, end = 0, len(message)
    while at < end:
        start = at
        tag, at = _read_varint(message, at)
        kind = tag & 7
        value = at
        if kind == _BYTES:
            length, value = _read_varint(message, at)
            at = value + length
        elif kind == _VARINT:
            _, at = _read_varint(message, at)
        elif kind in (_FIXED32, _FIXED64):
            at += 4 if kind == _FIXED32 else 8
        else:
            raise CutError("it is not an ONNX file")
        if at > end:
            raise CutError("it is cut off")
        yield tag >> 3, message[value:at], message[start:at]


def _first(message: memoryview, number: int) -> bytes:
    return next((bytes(value) for found, value, _ in _fields(message) if found == number), b"")


def _read_varint(data: memoryview, at: int) -> tuple[int, int]:
    """Return the number at `at` and the place behind it."""
    number = shift = 0
    while at < len(data) and shift < 70:
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
        shift += 7
    raise CutError("it is cut off")


def _varints(data: memoryview) -> Iterator[int]:
    at = 0
    while at < len(data):
        number, at = _read_varint(data, at)
        yield number


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def _tag(number: int, kind: int) -> bytes:
    return _varint(number << 3 | kind)


def _field(number: int, payload: bytes) -> bytes:
    return _tag(number, _BYTES) + _varint(len(payload)) + payload

"""Whether a file is a whole ONNX file: a protobuf message with a graph in it, and all of it inside the file.

Thread: any; pure Python, reads tags and lengths only and passes over the weights. ONNX Runtime refuses most damaged
files by itself, some hundred milliseconds later and in words for developers.

Source: field numbers from https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, wire format from
https://protobuf.dev/programming-guides/encoding/.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from companion.engine.errors import ModelLoadError

_IR_VERSION, _GRAPH, _OPERATORS = 1, 7, 8
_NODE, _OUTPUT = 1, 12
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FIXED: Final = {_FIXED64: 8, _FIXED32: 4}
_LONGEST_VARINT = 10
_SHORTEST = 2
"""Bytes of the first field, the version of the format."""
_MOST_FIELDS = 1_000_000
"""A thousand times those of a voice, and still read within seconds."""


class _CutShortError(Exception):
    """A field ends behind the message it is in."""


class _ForeignError(Exception):
    """This is not protobuf, or not that of ONNX."""


def check_onnx(file: Path) -> None:
    """Return if `file` is an ONNX file that is whole and has a graph that makes something.

    A few milliseconds; 63 MB of a voice are no more than 1 MB of a detector.

    Raises:
        ModelLoadError: it is not ("model-load-failed"); the sentence says whether it is something else or cut short.
        OSError: it cannot be read.
    """
    with file.open("rb") as stream:
        size = stream.seek(0, 2)
        try:
            _check_model(stream, size)
        except _CutShortError as error:
            raise _refused(f"{file.name} is incomplete: its end is missing.", "Download the model again.") from error
        except _ForeignError as error:
            raise _refused(f"{file.name} is not an ONNX model.", "Download the model again.") from error


def _refused(message: str, hint: str) -> ModelLoadError:
    return ModelLoadError("model-load-failed", message, hint=hint, permanent=True)


def _check_model(stream: BinaryIO, size: int) -> None:
    found: set[int] = set()
    graph = None
    try:
        for number, start, end in _fields(stream, 0, size):
            found.add(number)
            if number == _GRAPH:
                graph = start, end
    except _CutShortError:
        # Other files begin with bytes that read as some field, too.
        raise _CutShortError if _IR_VERSION in found or size < _SHORTEST else _ForeignError from None
    if not found:
        raise _CutShortError
    if _IR_VERSION not in found:
        raise _ForeignError
    if graph is None or _OPERATORS not in found:  # it ends between two fields
        raise _CutShortError
    try:
        parts = {number for number, _, _ in _fields(stream, *graph)}
    except _CutShortError:  # the graph ends inside the file, and one of its fields does not
        raise _ForeignError from None
    if not {_NODE, _OUTPUT} <= parts:
        raise _ForeignError


def _fields(stream: BinaryIO, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield number, start and end of each field of the message in `stream` between `start` and `end`."""
    at = start
    for _ in range(_MOST_FIELDS):
        if at == end:
            return
        stream.seek(at)
        tag = _varint(stream)
        number, kind = tag >> 3, tag & 7
        if kind == _BYTES:
            length = _varint(stream)
        elif kind == _VARINT:
            _varint(stream)
            length = 0
        elif kind in _FIXED:
            length = _FIXED[kind]
        else:
            raise _ForeignError
        value = stream.tell()
        at = value + length
        if not number:
            raise _ForeignError
        if at > end:
            raise _CutShortError
        yield number, value, at
    raise _ForeignError


def _varint(stream: BinaryIO) -> int:
    number = 0
    for shift in range(0, 7 * _LONGEST_VARINT, 7):
        byte = stream.read(1)
        if not byte:
            raise _CutShortError
        number |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return number
    raise _ForeignError

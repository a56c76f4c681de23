"""Whether a file is a whole GGUF file: what its header promises must lie inside it.

Thread: any; pure Python, reads the header only (some megabytes, a piece at a time). llama.cpp maps the file into
memory and trusts much of it, so a file that is cut short or no model at all must be found before.

Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md; sizes of blocks from gguf-py/gguf/constants.py of
llama.cpp.
"""

import math
import struct
from pathlib import Path
from typing import BinaryIO, Final

from companion.engine.errors import ModelLoadError

MAGIC: Final = b"GGUF"
VERSIONS: Final = (2, 3)
"""Those that llama.cpp reads; the first had other counts."""

_WINDOW = 1 << 20
"""Bytes read at a time."""
_LONGEST_NAME = 65_535
"""Bytes in the name of an entry, by the format."""
_MOST_DIMENSIONS = 4
_MOST_ENTRIES = 1 << 22
"""Names, tensors or words of a vocabulary: ten times those of the largest models, and still counted within a second."""
_DEFAULT_ALIGNMENT = 32
_LARGEST_ALIGNMENT = 1 << 20
_UINT32, _FLOAT32, _STRING, _ARRAY = 4, 6, 8, 9
_F32 = 0
_ALWAYS_F32: Final = (b"norm.weight", b".bias")
"""Ends of the names of tensors that llama.cpp's converter (convert_hf_to_gguf.py) always writes as float32; of another
type they end the process."""
_MOST_LAYERS = _MOST_EXPERTS = 512
"""llama.cpp's LLAMA_MAX_LAYERS and LLAMA_MAX_EXPERTS (src/llama-hparams.h): with more it ends the process."""
_VALUE_BYTES: Final = {0: 1, 1: 1, 2: 2, 3: 2, _UINT32: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
"""Type of a value -> its size."""
# fmt: off
_BLOCKS: Final = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82),
    23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2),
    34: (256, 54), 35: (256, 66), 39: (32, 17),
}
# fmt: on
"""Type of a tensor -> (weights in a block, bytes of a block). Of newer types only the beginning is checked."""

_NUMBER = struct.Struct("<Q")


class _CutShortError(Exception):
    """Something lies behind the end of the file."""


class _DamagedError(Exception):
    """Something is not as the format says."""


def check_gguf(file: Path) -> None:
    """Return if `file` is a GGUF file whose header is sound and whose tensors all lie inside it.

    12 ms for a vocabulary of 50,000 words, in proportion for more (2-core server CPU).

    Raises:
        ModelLoadError: it is not ("model-load-failed"); the sentence says whether it is something else, cut short,
            damaged, or of a version that cannot be read.
        OSError: it cannot be read.
    """
    with file.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(0)
        beginning = stream.read(8)
        if not MAGIC.startswith(beginning[:4]):
            raise _refused(f"{file.name} is not a GGUF file.", "Choose a model in GGUF format, or download it again.")
        version = int.from_bytes(beginning[4:], "little")
        if len(beginning) == 8 and version not in VERSIONS:
            raise _refused(
                f"{file.name} is of a version of GGUF that Companion cannot read.",
                "Choose a newer copy of the model, or update Companion.",
            )
        try:
            _check_header(_Header(stream, size))
        except _CutShortError as error:
            raise _refused(f"{file.name} is incomplete: its end is missing.", "Download the model again.") from error
        except _DamagedError as error:
            raise _refused(f"{file.name} is damaged.", "Download the model again.") from error


def _refused(message: str, hint: str) -> ModelLoadError:
    return ModelLoadError("model-load-failed", message, hint=hint, permanent=True)


class _Header:
    """Reads on from behind the version, and never behind the end."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._size = size
        self._start = 8
        self._data = b""
        self._at = 0

    @property
    def position(self) -> int:
        """Bytes from the beginning of the file."""
        return self._start + self._at

    @property
    def left(self) -> int:
        """Bytes up to the end of the file; negative if something ended behind it."""
        return self._size - self.position

    def number(self, size: int) -> int:
        """Return the next unsigned number of `size` bytes."""
        return int.from_bytes(self.take(size), "little")

    def take(self, size: int) -> bytes:
        """Return the next bytes; few."""
        if self._at + size > len(self._data):
            self._read(size)
        taken = self._data[self._at : self._at + size]
        self._at += size
        return taken

    def skip(self, size: int) -> None:
        """Pass over bytes, without reading them."""
        if size > self.left:
            raise _CutShortError
        self._at += size

    def name(self) -> bytes:
        """Return the next name."""
        size = self.number(8)
        if size > _LONGEST_NAME:
            raise _DamagedError
        return self.take(size)

    def count(self) -> int:
        """Return how many of something follow."""
        count = self.number(8)
        if count > _MOST_ENTRIES:
            raise _DamagedError
        return count

    def skip_strings(self, count: int) -> None:
        """Pass over strings: hundreds of thousands, so nothing is called for each."""
        data, at, size_of = self._data, self._at, _NUMBER.unpack_from
        for _ in range(count):
            if at + _NUMBER.size > len(data):
                self._at = at
                self._read(_NUMBER.size)
                data, at = self._data, self._at
            at += _NUMBER.size + size_of(data, at)[0]
        self._at = at
        self.skip(0)

    def _read(self, size: int) -> None:
        if size > self.left:
            raise _CutShortError
        self._start, self._at = self.position, 0
        self._stream.seek(self._start)
        self._data = self._stream.read(max(size, _WINDOW))
        if len(self._data) < size:  # it became shorter since
            raise _CutShortError


def _check_header(header: _Header) -> None:
    tensors, values = header.count(), header.count()
    alignment = _DEFAULT_ALIGNMENT
    for _ in range(values):
        name, kind = header.name(), header.number(4)
        if kind in (_UINT32, _FLOAT32):
            value = header.take(4)
            _check_value(name, value)
            if name == b"general.alignment" and kind == _UINT32:
                alignment = int.from_bytes(value, "little")
        else:
            _skip_value(header, kind)
    if not 0 < alignment <= _LARGEST_ALIGNMENT or alignment & (alignment - 1):
        raise _DamagedError
    end = max((_tensor_end(header) for _ in range(tensors)), default=0)
    padding = -header.position % alignment if end else 0
    header.skip(padding + end)


def _check_value(name: bytes, value: bytes) -> None:
    """Refuse the numbers of a model's shape that llama.cpp answers with an abort, as a changed copy showed."""
    number = int.from_bytes(value, "little")
    if name.endswith(b".block_count"):
        sound = 0 < number <= _MOST_LAYERS
    elif name.endswith(b".expert_count"):
        sound = number <= _MOST_EXPERTS
    elif name.endswith(b"_epsilon"):
        sound = 0 <= struct.unpack("<f", value)[0] < math.inf  # false for what is no number
    else:
        return
    if not sound:
        raise _DamagedError


def _skip_value(header: _Header, kind: int) -> None:
    count = 1
    if kind == _ARRAY:
        kind, count = header.number(4), header.count()
    if kind == _STRING:
        header.skip_strings(count)
    elif kind in _VALUE_BYTES:
        header.skip(count * _VALUE_BYTES[kind])
    else:
        raise _DamagedError


def _tensor_end(header: _Header) -> int:
    """Return where the next tensor ends, in bytes from the beginning of the data."""
    name = header.name()
    dimensions = header.number(4)
    if dimensions > _MOST_DIMENSIONS:
        raise _DamagedError
    shape = [header.number(8) for _ in range(dimensions)]
    kind, offset = header.number(4), header.number(8)
    weights, size = _BLOCKS.get(kind, (1, 0))
    if (shape and shape[0] % weights) or (kind != _F32 and name.endswith(_ALWAYS_F32)):
        raise _DamagedError
    return offset + math.prod(shape) // weights * size

"""Whether a folder holds a whole Whisper model of CTranslate2, before the library opens it.

Thread: any; pure Python, reads names and sizes in model.bin and passes over the weights: a millisecond or two.

Source: the writer of the files, python/ctranslate2/specs/model_spec.py of OpenNMT/CTranslate2.
"""

from pathlib import Path
from typing import BinaryIO, Final

from companion.engine.errors import ModelLoadError, ModelMissingError

_NEEDED: Final = (
    ("model.bin",),
    ("config.json",),
    ("tokenizer.json",),  # faster-whisper would look for it in the network
    ("vocabulary.json", "vocabulary.txt"),
)
"""Of each of these one file."""

_SPEC = b"\x0c\0WhisperSpec\0"
"""Its length, and the name of the kind of model."""
_FIRST_WITH_SIZES, _NEWEST = 4, 6
"""Versions of model.bin: from the fourth on each weight says its size in bytes; the sixth is CTranslate2 4's."""
_WINDOW = 1 << 16


class _CutShortError(Exception):
    """Something lies behind the end of the file."""


def check_whisper(folder: Path) -> None:
    """Return if `folder` has all files of a Whisper model, and its weights are whole.

    Raises:
        ModelMissingError: a file is not there ("model-missing").
        ModelLoadError: model.bin is something else, cut short, of a version that cannot be read, or cannot be read at
            all ("model-unreadable").
    """
    for name, *others in _NEEDED:
        if not any((folder / file).is_file() for file in (name, *others)):
            raise ModelMissingError(
                "model-missing",
                f"The speech recognition model lacks its file {name}.",
                hint="Download the model again.",
                permanent=True,
            )
    try:
        with (folder / "model.bin").open("rb", buffering=_WINDOW) as stream:
            _check_weights(stream, folder.name)
    except _CutShortError as error:
        raise _refused(
            f"The speech recognition model in {folder.name} is incomplete: the end of its weights is missing.",
            "Download the model again.",
        ) from error
    except OSError as error:
        raise _refused(
            f"The speech recognition model in {folder.name} cannot be read: {error.strerror}.",
            "Check the file's permissions and the disk it is on.",
        ) from error


def _refused(message: str, hint: str) -> ModelLoadError:
    return ModelLoadError("model-unreadable", message, hint=hint, permanent=True)


def _check_weights(stream: BinaryIO, name: str) -> None:
    size = stream.seek(0, 2)
    stream.seek(0)
    beginning = stream.read(4 + len(_SPEC))
    version = int.from_bytes(beginning[:4], "little")
    if not _SPEC.startswith(beginning[4:]):
        raise _refused(
            f"The folder {name} holds no Whisper model.",
            "Choose a Whisper model made for faster-whisper, or download one.",
        )
    if len(beginning) >= 4 and version > _NEWEST:
        raise _refused(
            f"The speech recognition model in {name} is of a version that Companion cannot read.",
            "Update Companion, or choose another model.",
        )
    _take(stream, 4)  # the revision of the specification
    for _ in range(_number(stream, 4)):
        stream.seek(_number(stream, 2), 1)  # the name
        dimensions = _number(stream, 1)
        stream.seek(4 * dimensions, 1)
        if version < _FIRST_WITH_SIZES:
            stream.seek(_number(stream, 1) * _number(stream, 4), 1)
        else:
            _take(stream, 1)  # the type
            stream.seek(_number(stream, 4), 1)
    for _ in range(_number(stream, 4)):  # other names for the same weights
        for _name in ("alias", "weight"):
            stream.seek(_number(stream, 2), 1)
    if stream.tell() > size:
        raise _CutShortError


def _number(stream: BinaryIO, size: int) -> int:
    return int.from_bytes(_take(stream, size), "little")


def _take(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise _CutShortError
    return data

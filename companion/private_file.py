"""Files of the user's: readable by the user alone, replaced all at once or not at all. Any thread; no state."""

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from companion.engine.errors import CompanionError


def replace_file(path: Path, content: bytes) -> None:
    """Replace `path` by `content`, mode 0600, all of it or not at all; what was there stays if that fails.

    Raises:
        OSError: it could not be written.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def check_writable(path: Path) -> None:
    """Find out now whether `write_private` could write `path` later; nothing is left behind.

    Raises:
        CompanionError: it could not (code "report-unwritable").
    """
    if _is_stream(path):
        return
    try:
        if path.is_dir():
            raise IsADirectoryError(0, "it is a folder")
        with tempfile.TemporaryFile(dir=path.resolve().parent):
            pass
    except OSError as error:
        raise unwritable(path, error) from error


def write_private(path: Path, text: str) -> None:
    """Replace `path` by `text`, mode 0600; what was there stays if that fails. A device or a pipe is written to.

    Raises:
        CompanionError: it could not be written (code "report-unwritable").
    """
    try:
        if _is_stream(path):
            path.write_text(text, encoding="utf-8")
            return
        replace_file(path.resolve(), text.encode())
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> CompanionError:
    """Return what is to be said when a file that the user asked for cannot be written (code "report-unwritable")."""
    full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
    return CompanionError(
        "report-unwritable",
        f"{path} cannot be written: {error.strerror or type(error).__name__}.",
        hint="Make room, or choose another folder." if full else "Choose another folder.",
        permanent=True,
    )


def _is_stream(path: Path) -> bool:
    return path.exists() and not path.is_file() and not path.is_dir()

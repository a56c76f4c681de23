"""What can go wrong with the file of the conversations, as sentences for people. Any thread; no state.

None of it stops the program: the conversation goes on, and the window says that it is not being kept.
"""

import errno
import sqlite3
from pathlib import Path

from companion.engine.errors import CompanionError


class HistoryError(CompanionError):
    """The conversations cannot be kept or read."""


class DamagedError(Exception):
    """The file is no database, or one that is broken."""


SQLITE_ERRORS = (sqlite3.Error, UnicodeDecodeError)
"""What Python's sqlite3 raises: the second where SQLite quotes bytes of a damaged file that are no text."""

FULL = "history-full"
READ_ONLY = "history-read-only"
LOCKED = "history-locked"
UNUSABLE = "history-unusable"
NEWER = "history-newer"
DAMAGED = "history-damaged"

_GOES_ON = "The conversation goes on, but it is not being kept."
_HELD_BACK = "What was said meanwhile is written when that works again."

_KINDS = {
    "SQLITE_FULL": (FULL, f"The disk is full. {_GOES_ON}", f"Make room on the disk. {_HELD_BACK}"),
    "SQLITE_READONLY": (
        READ_ONLY,
        f"The conversations cannot be written: their file or folder is read-only. {_GOES_ON}",
        f"Make it writable. {_HELD_BACK}",
    ),
    "SQLITE_BUSY": (
        LOCKED,
        f"Another program holds the file of the conversations. {_GOES_ON}",
        f"Close the other program. {_HELD_BACK}",
    ),
}


_SYSTEM = {
    errno.ENOSPC: "SQLITE_FULL",
    getattr(errno, "EDQUOT", errno.ENOSPC): "SQLITE_FULL",
    errno.EACCES: "SQLITE_READONLY",
    errno.EPERM: "SQLITE_READONLY",
    errno.EROFS: "SQLITE_READONLY",
}
"""What the system says where SQLite was not asked."""


_DAMAGE_WITHOUT_A_CODE = (
    "Could not decode to UTF-8",  # said by Python: SQLite itself never looks at the bytes of a text
    "unsupported file format",  # a number in the file's header that no SQLite has ever written
)


def is_damage(error: BaseException) -> bool:
    """Return whether an error means that the file itself is broken."""
    if isinstance(error, DamagedError | UnicodeDecodeError):
        return True
    if isinstance(error, sqlite3.OperationalError) and str(error).startswith(_DAMAGE_WITHOUT_A_CODE):
        return True
    return isinstance(error, sqlite3.DatabaseError) and _name(error).startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))


def problem(error: Exception) -> HistoryError:
    """Return what the window is to say about an error of SQLite or the system."""
    if isinstance(error, HistoryError):
        return error
    name = _name(error) or _SYSTEM.get(getattr(error, "errno", None) or 0, "")
    for prefix, (code, message, hint) in _KINDS.items():
        if name.startswith(prefix):
            return HistoryError(code, message, hint=hint)
    return HistoryError(
        UNUSABLE,
        f"The conversations cannot be written ({name or type(error).__name__}). {_GOES_ON}",
        hint=f"Check the disk. {_HELD_BACK}",
    )


def newer(path: Path) -> HistoryError:
    """Return the problem of a file that a later version wrote, or that says so by damage; it is left as it is.

    Args:
        path: The file.
    """
    return HistoryError(
        NEWER,
        "The file of the conversations says that a newer Companion wrote it. "
        "It is left untouched, and what is said now is not being kept.",
        hint=f"Update Companion. If it is up to date, the file is damaged: move {path} elsewhere and start again.",
        permanent=True,
    )


def damaged(aside: Path, salvaged: int) -> HistoryError:
    """Return the problem of what was broken, or no file at all, and was put aside.

    Args:
        aside: Where it is now.
        salvaged: Conversations that could be read, wholly or in part, and are in the new one.
    """
    kept_as = aside.name
    if aside.is_dir():
        return HistoryError(
            DAMAGED,
            f"There was a folder in the place of the conversations. It is called {kept_as} now, and a file was begun.",
            hint=f"Look whether there is anything of yours in {aside}.",
        )
    if salvaged:
        return HistoryError(
            DAMAGED,
            f"The file of the conversations was damaged. It is kept as {kept_as}; what could be read is here again.",
            hint="If something is missing and you have an exported copy, import it.",
        )
    return HistoryError(
        DAMAGED,
        f"The file of the conversations was damaged. It is kept as {kept_as}, and a new one was begun.",
        hint="If you have an exported copy, import it.",
    )


def _name(error: BaseException) -> str:
    return getattr(error, "sqlite_errorname", "") or ""

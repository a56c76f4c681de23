"""A look at the file of the conversations from outside: it changes nothing, and goes while the program has it open.

Thread: any, one at a time; it reads the disk.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from companion.history.problems import SQLITE_ERRORS, DamagedError, HistoryError, is_damage, problem
from companion.history.schema import BUSY_S, check_version

_TEXTS = (
    "SELECT text FROM messages",
    "SELECT title FROM conversations",
    "SELECT persona FROM conversations",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What is in the file."""

    conversations: int
    messages: int
    size_bytes: int


def survey(path: Path) -> Survey | None:
    """Check the file page by page and count what is in it; None if there is no file yet.

    Raises:
        DamagedError: it is no database, or a broken one, or no file at all.
        HistoryError: it is locked, unreadable, or of a newer version.
    """
    if not path.exists():
        return None
    if path.is_dir():
        raise DamagedError
    try:
        with _opened(path) as connection:
            check_version(connection, path)
            if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise DamagedError
            (conversations,) = connection.execute("SELECT count(*) FROM conversations WHERE deleted = 0").fetchone()
            (messages,) = connection.execute("SELECT count(*) FROM messages").fetchone()
        return Survey(conversations=conversations, messages=messages, size_bytes=path.stat().st_size)
    except (*SQLITE_ERRORS, OSError) as error:
        if is_damage(error):
            raise DamagedError from error
        raise problem(error) from error


def texts(path: Path) -> Iterator[str]:
    """Yield everything that was said, answered or imported, and the titles; nothing if there is no file.

    Raises:
        HistoryError: it cannot be read to its end; what was read has been yielded.
    """
    if not path.exists():
        return
    try:
        with _opened(path) as connection:
            connection.text_factory = lambda content: content.decode(
                "utf-8", "replace"
            )  # a damaged letter hides no word
            for query in _TEXTS:
                for (text,) in connection.execute(query):
                    yield str(text)
    except (*SQLITE_ERRORS, OSError) as error:
        raise problem(error) from error


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_S)) as opened:
        yield opened


__all__ = ["DamagedError", "HistoryError", "Survey", "survey", "texts"]

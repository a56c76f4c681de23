"""What can still be read of a damaged file of conversations, brought into a new one. Thread: that of the history.

Damage lies in pages: a row is looked up alone, by its number in its own table, so that a broken page costs the rows on
it and no index is trusted. Numbers stay what they were, as the window may still write to a conversation by its number.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from companion.history.records import clean, first_words
from companion.history.schema import open_database

MOST_ROWS: Final = 500_000
"""Of each table: decades of talking. A damaged counter must not make the search endless."""

_CONVERSATION: Final = "id, key, title, title_source, pinned, created_ms, updated_ms, persona, language, leaf, deleted"
_MESSAGE: Final = "id, conversation, number, parent, role, text, heard, latency_ms, created_ms, state"


def salvage(damaged: Path, path: Path) -> int:
    """Copy what can be read of `damaged`, which stays as it is, into the file at `path`, made if it is not there.

    A conversation whose own row is lost is named by its first words.

    Returns:
        How many conversations there are now.

    Raises:
        sqlite3.Error, OSError: the new file cannot be written.
    """
    with contextlib.closing(open_database(path)) as new:
        with contextlib.suppress(sqlite3.Error), contextlib.closing(_opened(damaged)) as old:
            new.execute("BEGIN IMMEDIATE")
            try:
                _copy(old, new)
                new.execute("COMMIT")
            except BaseException:
                if new.in_transaction:
                    new.execute("ROLLBACK")
                raise
        (count,) = new.execute("SELECT count(*) FROM conversations").fetchone()
    return int(count)


def _opened(damaged: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{damaged.resolve().as_uri()}?mode=ro", uri=True)
    connection.text_factory = lambda content: clean(content.decode("utf-8", "replace"))
    return connection


def _copy(old: sqlite3.Connection, new: sqlite3.Connection) -> None:
    deleted: set[int] = set()
    kept: dict[int, int | None] = {}
    """The last message of the path shown, by conversation."""
    for row in _rows(old, "conversations", _CONVERSATION):
        if row[-1]:
            deleted.add(row[0])
        elif _added(new, "conversations", _CONVERSATION, (*row[:-2], None, 0)):
            kept[row[0]] = row[-2]
    numbers: dict[int, set[int]] = {}
    for row in _rows(old, "messages", _MESSAGE):
        _, conversation, number, parent, _, text, _, _, created_ms, _ = row
        if conversation in deleted:
            continue
        if conversation not in kept:
            title = first_words(text) if isinstance(text, str) else ""
            lost = (
                conversation,
                f"salvaged-{conversation}",
                title,
                "words",
                0,
                created_ms,
                created_ms,
                "",
                "",
                None,
                0,
            )
            if not _added(new, "conversations", _CONVERSATION, lost):
                continue
            kept[conversation] = None
        known = numbers.setdefault(conversation, set())
        followed = parent if parent in known else None
        if _added(new, "messages", _MESSAGE, (*row[:3], followed, *row[4:])):
            known.add(number)
    for conversation, leaf in kept.items():
        if leaf in numbers.get(conversation, ()):
            new.execute("UPDATE conversations SET leaf = ? WHERE id = ?", (leaf, conversation))


def _rows(old: sqlite3.Connection, table: str, columns: str) -> Iterator[tuple[Any, ...]]:
    """Yield each row that can be read."""
    for number in range(1, min(_last(old, table), MOST_ROWS) + 1):
        with contextlib.suppress(sqlite3.Error):
            row = old.execute(f"SELECT {columns} FROM {table} NOT INDEXED WHERE id = ?", (number,)).fetchone()
            if row is not None:
                yield row


def _last(old: sqlite3.Connection, table: str) -> int:
    """Return the highest number ever given in a table, as far as that can be read."""
    for query in (
        f"SELECT seq FROM sqlite_sequence WHERE name = '{table}'",
        f"SELECT max(id) FROM {table} NOT INDEXED",
    ):
        with contextlib.suppress(sqlite3.Error):
            row = old.execute(query).fetchone()
            if row is not None and isinstance(row[0], int):
                return row[0]
    return MOST_ROWS


def _added(new: sqlite3.Connection, table: str, columns: str, row: tuple[Any, ...]) -> bool:
    """Add a row; whether it makes sense to the new file."""
    marks = ", ".join("?" * len(row))
    try:
        new.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", row)
    except (sqlite3.IntegrityError, OverflowError):
        return False
    return True

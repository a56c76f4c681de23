"""The file of the conversations: opened, private, brought to the newest schema; put aside if it is broken.

Thread: that of the connection. Facts about SQLite: https://www.sqlite.org/pragma.html, https://www.sqlite.org/fts5.html
"""

import contextlib
import os
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from companion.history.problems import SQLITE_ERRORS, DamagedError, is_damage, newer

FILE_NAME = "conversations.sqlite3"
BUSY_S = 2.0
"""How long another program's lock is waited for."""
_BESIDE = ("-wal", "-shm")
"""SQLite's own files beside the main one."""

_FIRST = """
CREATE TABLE conversations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    title_source TEXT NOT NULL DEFAULT 'words' CHECK (title_source IN ('words', 'model', 'user')),
    pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1)),
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    persona TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT '',
    leaf INTEGER,
    deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
    FOREIGN KEY (id, leaf) REFERENCES messages (conversation, number) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation INTEGER NOT NULL REFERENCES conversations (id) DEFERRABLE INITIALLY DEFERRED,
    number INTEGER NOT NULL CHECK (number > 0),
    parent INTEGER CHECK (parent < number),
    role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
    text TEXT NOT NULL,
    heard INTEGER CHECK (heard >= 0),
    latency_ms INTEGER,
    created_ms INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'complete' CHECK (state IN ('complete', 'in flight', 'interrupted')),
    UNIQUE (conversation, number),
    FOREIGN KEY (conversation, parent) REFERENCES messages (conversation, number) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX messages_by_parent ON messages (conversation, parent);
CREATE INDEX messages_in_flight ON messages (id) WHERE state = 'in flight';
CREATE INDEX conversations_listed ON conversations (deleted, pinned DESC, updated_ms DESC, id DESC);
CREATE VIRTUAL TABLE message_words USING fts5 (
    text, content = 'messages', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
CREATE VIRTUAL TABLE title_words USING fts5 (
    title, content = 'conversations', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
CREATE TRIGGER message_added AFTER INSERT ON messages BEGIN
    INSERT INTO message_words (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER message_removed AFTER DELETE ON messages BEGIN
    INSERT INTO message_words (message_words, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER message_changed AFTER UPDATE OF text ON messages WHEN old.text <> new.text BEGIN
    INSERT INTO message_words (message_words, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO message_words (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER title_added AFTER INSERT ON conversations BEGIN
    INSERT INTO title_words (rowid, title) VALUES (new.id, new.title);
END;
CREATE TRIGGER title_removed AFTER DELETE ON conversations BEGIN
    INSERT INTO title_words (title_words, rowid, title) VALUES ('delete', old.id, old.title);
END;
CREATE TRIGGER title_changed AFTER UPDATE OF title ON conversations WHEN old.title <> new.title BEGIN
    INSERT INTO title_words (title_words, rowid, title) VALUES ('delete', old.id, old.title);
    INSERT INTO title_words (rowid, title) VALUES (new.id, new.title);
END;
"""
"""Keys between messages do not cascade: a chain of a thousand parents would nest as many triggers, which is SQLite's
limit; they are checked at the end of the transaction instead. `parent < number` keeps the tree free of circles."""

_SECOND = """
ALTER TABLE conversations ADD COLUMN placed_ms INTEGER;
ALTER TABLE conversations ADD COLUMN listed_ms INTEGER GENERATED ALWAYS AS (ifnull(placed_ms, updated_ms)) VIRTUAL;
DROP INDEX conversations_listed;
CREATE INDEX conversations_listed ON conversations (deleted, pinned DESC, listed_ms DESC, id DESC);
CREATE INDEX conversations_by_place ON conversations (listed_ms DESC, id DESC);
"""
"""`placed_ms` is where a conversation stands in the list if that is not at its date, because the clock was set back."""

Migration = Callable[[sqlite3.Connection], None]

MIGRATIONS: tuple[Migration, ...] = (
    lambda connection: _run(connection, _FIRST),
    lambda connection: _run(connection, _SECOND),
)
"""Entry N brings a file of version N to version N + 1, inside one transaction. Each changes the schema: by that
`check_version` knows a damaged number."""

_LAST_VERSION = 999
"""A file that calls itself newer than this is damaged: no version of the program has so many."""

_FORMAT = 2
"""No format of SQLite has a higher number: https://www.sqlite.org/fileformat2.html, 1.3.3."""


def open_database(path: Path) -> sqlite3.Connection:
    """Return a connection to the file at the newest schema, made for the user alone if it is not there.

    Raises:
        HistoryError: a newer version wrote it (code "history-newer"); it was not touched.
        DamagedError: it is no database, or a broken one, or no file at all.
        sqlite3.Error, OSError: it cannot be opened for another reason.
    """
    if path.is_dir():
        raise DamagedError
    if any(number > _FORMAT for number in _made_private(path)[18:20]):
        raise DamagedError  # SQLite would take it for a file of its future, which it may not write
    # Transactions are begun and ended by hand: `HistoryStore._transaction`.
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
    try:
        _bring_up(connection, path)
    except SQLITE_ERRORS as error:
        connection.close()
        if is_damage(error):
            raise DamagedError from error
        raise
    except BaseException:
        connection.close()
        raise
    return connection


def check_version(connection: sqlite3.Connection, path: Path) -> int:
    """Return which version of the schema a file has: its number, unless the tables belie it.

    Args:
        connection: To the file.
        path: Its name, for the sentence.

    Raises:
        HistoryError: it may be of a newer version.
        DamagedError: its number is damaged.
        SQLITE_ERRORS: it cannot be read, e.g. since SQLite's own sentence about it quotes bytes that are no text.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    newest = len(MIGRATIONS)
    if version == newest:
        return newest
    described, schemas = _described(connection), _schemas()
    if 0 <= version < newest and described == schemas[version]:
        return int(version)
    if newest < version <= _LAST_VERSION and described not in schemas:
        raise newer(path)
    raise DamagedError


def put_aside(path: Path) -> Path:
    """Rename a damaged file, and what SQLite put beside it, to a name that is free; nothing is deleted.

    Returns:
        The new name.

    Raises:
        OSError: it cannot be renamed.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    for attempt in range(1000):
        name = f"{path.stem}-damaged-{stamp}{f'-{attempt}' if attempt else ''}{path.suffix}"
        target = path.with_name(name)
        if not target.exists():
            break
    for end in ("", *_BESIDE):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + end).replace(target.with_name(target.name + end))
    return target


def put_back(aside: Path, path: Path) -> None:
    """Undo `put_aside`: a file at `path`, not finished, gives way to the one put aside.

    Raises:
        OSError: it cannot be renamed.
    """
    for end in ("", *_BESIDE):
        path.with_name(path.name + end).unlink(missing_ok=True)
        with contextlib.suppress(FileNotFoundError):
            aside.with_name(aside.name + end).replace(path.with_name(path.name + end))


def _made_private(path: Path) -> bytes:
    """Return the first bytes of the file, made if it is not there.

    SQLite gives its files beside it the mode of this one. It is opened here and nowhere else but by SQLite: closing a
    file takes the locks that SQLite holds on it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform != "win32":
            os.fchmod(descriptor, 0o600)
        return os.read(descriptor, 100)
    finally:
        os.close(descriptor)


def _bring_up(connection: sqlite3.Connection, path: Path) -> None:
    version = check_version(connection, path)
    for pragma in (
        "journal_mode = WAL",
        # A commit waits for the disk: what was said survives the loss of power, not only of the process.
        "synchronous = FULL",
        "fullfsync = ON",
        "foreign_keys = ON",
        # What is deleted is overwritten with zeros.
        "secure_delete = ON",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")
    for number in range(version, len(MIGRATIONS)):
        connection.execute("BEGIN IMMEDIATE")
        try:
            MIGRATIONS[number](connection)
            connection.execute(f"PRAGMA user_version = {number + 1}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def _described(connection: sqlite3.Connection) -> frozenset[tuple[str, str]]:
    """Return the names and definitions of everything in a file but what SQLite and its word index add by themselves."""
    return frozenset(
        connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
            "AND name NOT LIKE '%\\_words\\_%' ESCAPE '\\'"
        )
    )


def _schemas() -> list[frozenset[tuple[str, str]]]:
    """Return what a file of each version describes; that of version 0 is empty."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        found = [_described(connection)]
        for migrate in MIGRATIONS:
            migrate(connection)
            found.append(_described(connection))
    return found


def _run(connection: sqlite3.Connection, script: str) -> None:
    """Run several statements inside the transaction under way (`executescript` would end it)."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
    assert not statement.strip()

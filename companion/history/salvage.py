"""What can still be read of a damaged file of conversations, brought into a new one. Thread: that of the history.

Damage lies in pages: a row is looked up alone, by its number in its own table, so that a broken page costs the rows on
it and no index is trusted. Numbers stay what they were, as the window may still write to a conversation by its number.
"""

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

from companion.history.problems import SQLITE_ERRORS
from companion.history.records import State, TitleSource, clean, first_words, possible_ms
from companion.history.schema import open_database

MOST_ROWS: Final = 500_000
"""Of each table: decades of talking. A damaged counter must not make the search endless."""

_LARGEST: Final = 2**31 - 1
"""No number that the program gave is larger; what is, is damage."""

_HEADER: Final = (
    (0, b"SQLite format 3\0" + bytes((16, 0, 2, 2, 0, 64, 32, 32))),  # pages of 4,096 bytes, a log beside them
    (28, bytes(12)),  # how many pages, and which are free: SQLite counts the first itself
    (44, bytes((0, 0, 0, 4))),  # the format of the tables
    (56, bytes((0, 0, 0, 1))),  # texts are UTF-8
)
"""Where, and what is there: https://www.sqlite.org/fileformat2.html, 1.3."""
_TOGETHER: Final = ("", "-wal")
"""The file, and the log of what is not in it yet."""

_CONVERSATION: Final = "id, key, title, title_source, pinned, created_ms, updated_ms, persona, language, leaf, deleted"


class _Row(NamedTuple):
    """A row of the table of messages, column by column."""

    id: int
    conversation: int | None
    number: int | None
    parent: int | None
    role: str
    text: str
    heard: int | None
    latency_ms: int | None
    created_ms: int
    state: str


_MESSAGE: Final = ", ".join(_Row._fields)


@dataclass(slots=True)
class _Talk:
    """What is in the new file of a conversation."""

    leaf: int | None
    """The last message of the path shown."""
    numbers: set[int]


def salvage(damaged: Path, path: Path) -> int:
    """Copy what can be read of `damaged`, which stays as it is, into the file at `path`, made if it is not there.

    Words are kept before all else: a conversation whose own row is lost is named by its first words, a message that no
    longer knows where it belongs comes last, and whatever else makes no sense gets its default.

    Returns:
        How many conversations there are now.

    Raises:
        sqlite3.Error, OSError: the new file or a copy of the damaged one cannot be written.
    """
    with contextlib.closing(open_database(path)) as new, _opened(damaged, path.parent) as old:
        if old is not None:
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


@contextlib.contextmanager
def _opened(damaged: Path, folder: Path) -> Iterator[sqlite3.Connection | None]:
    """Yield a connection to the file, or to a copy in `folder` where that must be mended first; None if it is none."""
    if not damaged.is_file():
        yield None
    elif connection := _readable(damaged):
        with contextlib.closing(connection):
            yield connection
    else:
        with TemporaryDirectory(dir=folder) as inside:
            connection = _readable(_with_its_header_mended(damaged, Path(inside)))
            with contextlib.closing(connection) if connection else contextlib.nullcontext():
                yield connection


def _readable(path: Path) -> sqlite3.Connection | None:
    """Return a connection to a file, if its header and the page that describes the tables can be read."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    connection.text_factory = lambda content: clean(content.decode("utf-8", "replace"))
    try:
        connection.execute("SELECT id FROM messages NOT INDEXED LIMIT 0").close()
    except SQLITE_ERRORS:
        connection.close()
        return None
    return connection


def _with_its_header_mended(damaged: Path, folder: Path) -> Path:
    """Copy the file; all that a reader needs of the header is the same in each file that the program made."""
    copy = folder / damaged.name
    for end in _TOGETHER:
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(damaged.with_name(damaged.name + end), copy.with_name(copy.name + end))
    with copy.open("r+b") as file:
        for at, known in _HEADER:
            file.seek(at)
            file.write(known)
    return copy


def _copy(old: sqlite3.Connection, new: sqlite3.Connection) -> None:
    deleted: set[int] = set()
    talks: dict[int, _Talk] = {}
    for row in _rows(old, "conversations", _CONVERSATION):
        if row[-1] == 1:
            deleted.add(row[0])
            continue
        mended = _mended_conversation(row)
        for key in (mended[1], f"salvaged-{row[0]}"):  # two of a key are damage as well
            if _added(new, "conversations", _CONVERSATION, (row[0], key, *mended[2:])):
                talks[row[0]] = _Talk(_number(row[-2]), set())
                break
    lost: list[_Row] = []
    for row in _rows(old, "messages", _MESSAGE):
        message = _mended_message(row)
        if message is not None and message.conversation not in deleted and not _kept(new, talks, message):
            lost.append(message)
    of_their_own = max([*talks, *deleted], default=0) + 1
    for message in lost:
        conversation = message.conversation or of_their_own
        numbers = talks[conversation].numbers if conversation in talks else ()
        number = max(numbers, default=0) + 1
        _kept(new, talks, message._replace(conversation=conversation, number=number, parent=None))
    for conversation, talk in talks.items():
        if talk.leaf in talk.numbers:
            new.execute("UPDATE conversations SET leaf = ? WHERE id = ?", (talk.leaf, conversation))
    new.executemany("UPDATE conversations SET placed_ms = ?2 WHERE id = ?1", _placed(old))


def _placed(old: sqlite3.Connection) -> list[tuple[int, int]]:
    """Return where conversations stood in the list, of those that did not stand at their date."""
    query = "SELECT id, placed_ms FROM conversations NOT INDEXED WHERE typeof(placed_ms) = 'integer'"
    found: list[tuple[int, int]] = []
    with contextlib.suppress(*SQLITE_ERRORS):  # a file of the first version has no such column
        found.extend(old.execute(query))
    return found


def _kept(new: sqlite3.Connection, talks: dict[int, _Talk], message: _Row) -> bool:
    """Add a message to its conversation, which is made if its row is lost; whether it is there now."""
    conversation, number, parent = message.conversation, message.number, message.parent
    if conversation is None or number is None:
        return False
    if conversation not in talks:
        at_ms = message.created_ms
        title = first_words(message.text)
        row = (conversation, f"salvaged-{conversation}", title, "words", 0, at_ms, at_ms, "", "", None, 0)
        if not _added(new, "conversations", _CONVERSATION, row):
            return False
        talks[conversation] = _Talk(None, set())
    known = talks[conversation].numbers
    followed = parent if parent in known and parent < number else None
    if number in known or not _added(new, "messages", _MESSAGE, message._replace(parent=followed)):
        return False
    known.add(number)
    return True


# -- rows, whose columns may hold anything


def _mended_conversation(row: Sequence[Any]) -> tuple[Any, ...]:
    """Return a conversation's row as the new file takes it, without its leaf."""
    number, key, title, source, pinned, created_ms, updated_ms, persona, language, _, _ = row
    return (
        number,
        key if isinstance(key, str) else f"salvaged-{number}",
        _text(title) or "",
        source if source in _SOURCES else TitleSource.WORDS.value,
        int(pinned == 1),
        _time(created_ms),
        _time(updated_ms),
        _text(persona) or "",
        _text(language) or "",
        None,
        0,
    )


def _mended_message(row: Sequence[Any]) -> _Row | None:
    """Return a message's row as the new file takes it; None if it has no words."""
    found = _Row(*row)
    text, number = _text(found.text), _number(found.number)
    if text is None:
        return None
    return _Row(
        id=found.id,
        conversation=_number(found.conversation),
        number=number,
        parent=_number(found.parent),
        role=found.role if found.role in _ROLES else _ROLES[1 - (number or 1) % 2],
        text=text,
        heard=_count(found.heard),
        latency_ms=_count(found.latency_ms),
        created_ms=_time(found.created_ms),
        state=found.state if found.state in _STATES else State.COMPLETE.value,
    )


_ROLES: Final = ("user", "assistant")
"""They take turns, the user first."""
_SOURCES: Final = tuple(source.value for source in TitleSource)
_STATES: Final = tuple(state.value for state in State)


def _text(value: object) -> str | None:
    if isinstance(value, bytes):
        value = clean(value.decode("utf-8", "replace"))
    return value if isinstance(value, str) else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and 0 < value <= _LARGEST else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and 0 <= value <= _LARGEST else None


def _time(value: object) -> int:
    return possible_ms(value) if isinstance(value, int) else 0


def _rows(old: sqlite3.Connection, table: str, columns: str) -> Iterator[tuple[Any, ...]]:
    """Yield each row that can be read."""
    query = f"SELECT {columns} FROM {table} NOT INDEXED WHERE id = ?"
    try:
        old.execute(f"EXPLAIN {query}", (0,)).close()
    except SQLITE_ERRORS:
        return  # the page that describes the tables is lost, and with it every way to a row
    for number in range(1, min(_last(old, table), MOST_ROWS) + 1):
        with contextlib.suppress(*SQLITE_ERRORS):
            row = old.execute(query, (number,)).fetchone()
            if row is not None:
                yield row


def _last(old: sqlite3.Connection, table: str) -> int:
    """Return the highest number ever given in a table, as far as that can be read."""
    found: list[int] = []
    for query in (
        f"SELECT seq FROM sqlite_sequence WHERE name = '{table}'",
        f"SELECT max(id) FROM {table} NOT INDEXED",
    ):
        with contextlib.suppress(*SQLITE_ERRORS):
            found += [value for (value,) in old.execute(query) if isinstance(value, int)]
    return max(found, default=MOST_ROWS)


def _added(new: sqlite3.Connection, table: str, columns: str, row: tuple[Any, ...]) -> bool:
    """Add a row; whether it makes sense to the new file."""
    marks = ", ".join("?" * len(row))
    try:
        new.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", row)
    except sqlite3.IntegrityError:
        return False
    return True

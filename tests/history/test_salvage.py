"""Pages of the file are overwritten: what can be read is there again, and the rest is kept beside."""

import re
import resource
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from companion.history.exchange import Labels, json_of, markdown_of
from companion.history.problems import DAMAGED, SQLITE_ERRORS, DamagedError, HistoryError, is_damage
from companion.history.records import Conversation
from companion.history.salvage import salvage
from companion.history.schema import _FIRST, _SECOND
from companion.history.store import HistoryStore
from companion.history.writer import HistoryWriter
from tests.cases import cases
from tests.history.talks import keep, said

PAGE = 4096
TALKS = 30
HEADER = 100
"""Bytes before the first page's own: https://www.sqlite.org/fileformat2.html, 1.3."""


def written(path: Path) -> int:
    """Write thirty conversations, one of them deleted; return how many pages that are."""
    store = HistoryStore(path)
    for number in range(TALKS):
        keep(store, f"Question {number}", "word " * 400, title=f"Talk {number}")
    store.close()
    return path.stat().st_size // PAGE


def test_whichever_page_is_overwritten_what_can_be_read_is_kept_and_it_never_raises(tmp_path: Path) -> None:
    whole = tmp_path / "whole.sqlite3"
    pages = written(whole)
    kept: list[int] = []
    for page in range(pages):
        broken = tmp_path / f"{page}.sqlite3"
        content = bytearray(whole.read_bytes())
        content[page * PAGE : (page + 1) * PAGE] = bytes(range(256)) * (PAGE // 256)
        broken.write_bytes(content)
        count = salvage(broken, tmp_path / f"{page}-new.sqlite3")
        assert broken.read_bytes() == content
        store = HistoryStore(tmp_path / f"{page}-new.sqlite3")
        assert len([talk for one in store.ids() if (talk := store.load(one)) and talk.path() is not None]) == count
        store.close()
        kept.append(count)
    assert kept[0] == 0, "without its first page it is no database"
    assert sum(count >= TALKS for count in kept) > pages * 0.8


def test_what_was_deleted_does_not_come_back_and_numbers_stay(tmp_path: Path) -> None:
    path, new = tmp_path / "old.sqlite3", tmp_path / "new.sqlite3"
    store = HistoryStore(path)
    keep(store, "Zebra", title="Gone")
    keep(store, "Lion", "Roar", title="Stays")
    store.delete([1])
    store.close()
    assert salvage(path, new) == 1
    store = HistoryStore(new)
    assert store.ids() == [2]
    found = store.load(2)
    assert found is not None
    assert [message.text for message in found.path()] == ["Lion", "Roar"]
    assert store.search("zebra") == ()
    assert len(store.search("lion")) == 1
    store.close()


@pytest.mark.parametrize("table", ["conversations", "messages"])
def test_damage_met_while_running_is_said_and_the_rest_is_there_again(tmp_path: Path, table: str) -> None:
    path = tmp_path / "conversations.sqlite3"
    written(path)
    connection = sqlite3.connect(path)
    (root,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    connection.close()
    content = bytearray(path.read_bytes())
    content[(root - 1) * PAGE : root * PAGE] = b"\xff" * PAGE
    path.write_bytes(content)
    heard: list[HistoryError] = []
    writer = HistoryWriter(path, on_problem=heard.append)
    writer.start()
    writer.write(lambda store: keep(store, "New", title="New"))
    assert writer.close(20)
    assert [error.code for error in heard] == [DAMAGED]
    (aside,) = (file for file in tmp_path.iterdir() if "damaged" in file.name and file.suffix == ".sqlite3")
    assert aside.read_bytes() == content
    assert aside.name in heard[0].message
    store = HistoryStore(path)
    titles = [summary.title for summary in store.list()]
    store.close()
    assert "New" in titles
    assert "here again" in heard[0].message
    assert len(titles) == TALKS + 1, "of each conversation its words or its title could be read"


# -- anything in the file


LABELS = Labels(user="You", assistant="Companion", stopped="stopped")
TEXTS = [f"Words {number} of {talk}" for talk in ("Ant", "Bee", "Cat") for number in (1, 2, 3, 4)]


class Content(bytes):
    """A file's bytes, which no report of a failing case need show."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the bytes of a file with three conversations, each with two versions of a reply."""
    path = tmp_path_factory.mktemp("small") / "c.sqlite3"
    with closing(HistoryStore(path)) as store:
        for talk in ("Ant", "Bee", "Cat"):
            kept = keep(store, title=talk)
            first, second, third, other = (text for text in TEXTS if text.endswith(talk))
            store.put(kept, said(1, first))
            store.put(kept, said(2, second, heard=5, latency_ms=300))
            store.put(kept, said(3, third))
            store.put(kept, said(4, other, parent=1))
    return Content(path.read_bytes())


def everything(path: Path) -> list[Conversation]:
    """Do with a file whatever the window does, and return its conversations."""
    with closing(HistoryStore(path)) as store:
        summaries = [*store.list(), *(hit.summary for hit in store.search("words"))]
        store.last()
        found = [one for number in store.ids() if (one := store.load(number)) is not None]
    assert len(summaries) >= len(found)
    "".join(json_of(found))
    "".join(markdown_of(found, LABELS))
    return found


def failure(path: Path) -> Exception | None:
    """Return why a file cannot be read, if it cannot."""
    try:
        everything(path)
    except (*SQLITE_ERRORS, DamagedError, HistoryError) as error:
        return error
    return None


def check_salvaged(folder: Path, content: bytes) -> list[Conversation]:
    """Read a file as it is, which works or is told to be damage, and then what was salvaged of it."""
    for name in ("opened", "damaged"):
        (folder / name).write_bytes(content)
    error = failure(folder / "opened")
    assert error is None or isinstance(error, HistoryError) or is_damage(error), repr(error)
    count = salvage(folder / "damaged", folder / "new")
    assert (folder / "damaged").read_bytes() == content
    found = everything(folder / "new")
    assert len(found) == count
    return found


@pytest.mark.parametrize("at", range(HEADER))
def test_whatever_is_wrong_in_the_header_every_word_is_there_again(tmp_path: Path, small: bytes, at: int) -> None:
    changed = bytearray(small)
    changed[at] ^= 5
    found = check_salvaged(tmp_path, bytes(changed))
    assert sorted(message.text for talk in found for message in talk.messages) == sorted(TEXTS)


def test_a_header_that_is_lost_after_a_crash_costs_nothing_that_was_said_before_it(tmp_path: Path) -> None:
    path, crashed = tmp_path / "c.sqlite3", tmp_path / "crashed.sqlite3"
    with closing(HistoryStore(path)) as store:
        keep(store, "In the file")
    with closing(HistoryStore(path)) as store:
        keep(store, "In the log")
        log = path.with_name(f"{path.name}-wal").read_bytes()
        assert b"In the log" in log
        assert b"In the log" not in path.read_bytes()
        crashed.write_bytes(bytes(HEADER) + path.read_bytes()[HEADER:])
        crashed.with_name(f"{crashed.name}-wal").write_bytes(log)
    assert salvage(crashed, tmp_path / "new.sqlite3") == 2
    assert not list(tmp_path.glob("*/crashed*")), "the copy it was read from is gone"
    with closing(HistoryStore(tmp_path / "new.sqlite3")) as store:
        assert len(store.search("file")) == len(store.search("log")) == 1


@pytest.mark.reader
@settings(max_examples=cases(60), deadline=None)
@given(
    changes=st.lists(
        st.tuples(st.sampled_from([None, *TEXTS]), st.integers(0, 1 << 20), st.binary(min_size=1, max_size=4)),
        min_size=1,
        max_size=5,
    ),
    share=st.just(1.0) | st.floats(0, 1),
)
@example(changes=[(None, 47, b"\x05")], share=1.0)  # tables in a format that there is not
@example(changes=[(None, 75_156, b"\x80")], share=1.0)  # SQLite's sentence on it is no UTF-8
@example(changes=[("Words 4 of Ant", 345, b"\0")], share=1.0)  # no text where the index of words knows some
def test_whatever_bytes_are_changed_what_is_read_is_sound(
    tmp_path_factory: pytest.TempPathFactory,
    small: bytes,
    changes: list[tuple[str | None, int, bytes]],
    share: float,
) -> None:
    changed = bytearray(small)
    for text, offset, data in changes:
        # Near a message lie the numbers of its row; anywhere else, mostly the index of words.
        at = offset % len(small) if text is None else small.index(text.encode()) - 40 + offset % 80
        changed[at : at + len(data)] = data
    check_salvaged(tmp_path_factory.mktemp("changed"), bytes(changed[: max(1, round(len(changed) * share))]))


_VALUES = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.integers(-1, 6)
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.binary(max_size=5)
    | st.sampled_from([253_402_300_799_999, "user", "interrupted"])
)


class Loose:
    """The tables without their rules, so that they take any value anywhere, as damage leaves them."""

    def __init__(self, small: bytes, path: Path) -> None:
        path.write_bytes(small)
        with closing(sqlite3.connect(path)) as sound:
            self.columns = {table: [row[1] for row in sound.execute(f"PRAGMA table_info({table})")] for table in TABLES}
            self.rows = {
                table: sound.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()
                for table, columns in self.columns.items()
            }

    def written(self, path: Path, changes: list[tuple[str, int, int, bool, object]]) -> bytes:
        """Return a file with these changes: table, row, column, whether bytes are there as a text, value."""
        with closing(sqlite3.connect(path)) as connection:
            for made in (*_statements(_FIRST), *_statements(_SECOND)):
                if "ADD COLUMN placed_ms" in made:
                    continue  # it is among the columns already
                statement = made
                table = re.match(r"\s*CREATE TABLE (\w+)", statement)
                names = ", ".join(self.columns[table[1]][1:]) if table else ""
                loose = (
                    f"CREATE TABLE {table[1]} (id INTEGER PRIMARY KEY AUTOINCREMENT, {names})" if table else statement
                )
                connection.execute(loose)
            for table_name, rows in self.rows.items():
                marks = ", ".join("?" * len(rows[0]))
                connection.executemany(f"INSERT INTO {table_name} VALUES ({marks})", rows)
            for name, row, column, as_text, value in changes:
                at = self.columns[name][1 + column % (len(self.columns[name]) - 1)]
                if at == "text" or (at == "deleted" and value == 1):
                    continue
                mark = "CAST(? AS TEXT)" if as_text and isinstance(value, bytes) else "?"
                number = self.rows[name][row % len(self.rows[name])][0]
                connection.execute(f"UPDATE {name} SET {at} = {mark} WHERE id = ?", (value, number))
            connection.execute("PRAGMA user_version = 2")
            connection.commit()
        return path.read_bytes()


TABLES = ("conversations", "messages")


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@pytest.fixture(scope="module")
def loose(small: bytes, tmp_path_factory: pytest.TempPathFactory) -> Loose:
    return Loose(small, tmp_path_factory.mktemp("loose") / "c.sqlite3")


@pytest.mark.reader
@settings(max_examples=cases(60), deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(TABLES), st.integers(0, 11), st.integers(0, 9), st.booleans(), _VALUES),
        min_size=1,
        max_size=5,
    )
)
@example([("messages", 2, 2, False, 3), ("conversations", 0, 8, False, 3)])  # follows itself
# Follows one of its own number, which is itself, and is the last that was shown.
@example([("messages", 2, 1, False, 2), ("messages", 2, 2, False, 2), ("conversations", 0, 8, False, 2)])
@example([("messages", 2, 0, False, None), ("messages", 3, 1, False, None), ("messages", 5, 3, False, "usher")])
@example(
    [("conversations", 1, 4, False, 2**62), ("conversations", 1, 0, False, b"\xff"), ("messages", 1, 7, False, -1)]
)
@example([("messages", 9, 0, False, 2**63 - 1)])  # as a number of a conversation, the last there could be
def test_whatever_the_columns_hold_no_words_are_lost(
    tmp_path_factory: pytest.TempPathFactory, loose: Loose, changes: list[tuple[str, int, int, bool, object]]
) -> None:
    folder = tmp_path_factory.mktemp("spoiled")
    found = check_salvaged(folder, loose.written(folder / "loose", changes))
    assert sorted(message.text for talk in found for message in talk.messages) == sorted(TEXTS)


# -- the writer, on such a file


class Asked:
    """What a writer on a file says and answers."""

    def __init__(self, path: Path) -> None:
        self.problems: list[HistoryError] = []
        self.writer = HistoryWriter(path, on_problem=self.problems.append)
        self.writer.start()

    def texts(self) -> list[str] | None:
        """Return the messages of all conversations; None if they could not be read."""
        answered = threading.Event()
        answers: list[list[str] | None] = []

        def take(found: list[str] | None) -> None:
            answers.append(found)
            answered.set()

        def read(store: HistoryStore) -> list[str]:
            talks = [store.load(number) for number in store.ids()]
            return [message.text for talk in talks if talk for message in talk.messages]

        self.writer.read(read, take)
        assert answered.wait(20)
        return answers[0]


def test_a_broken_letter_costs_that_letter_and_no_conversation(tmp_path: Path, small: bytes) -> None:
    path = tmp_path / "c.sqlite3"
    path.write_bytes(small.replace(b"Words 2 of Bee", b"Words \xff of Bee"))
    asked = Asked(path)
    assert asked.texts() is None
    assert sorted(asked.texts() or ()) == sorted(text.replace("2 of Bee", "\ufffd of Bee") for text in TEXTS)
    assert [error.code for error in asked.problems] == [DAMAGED]
    assert asked.writer.close(20)


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """Have the system refuse to write beyond `size` bytes of any file, as a full disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_what_cannot_be_salvaged_now_stays_in_its_place_until_it_can(tmp_path: Path, small: bytes) -> None:
    path = tmp_path / "c.sqlite3"
    broken = small.replace(b"Words 2 of Bee", b"Words \xff of Bee")
    path.write_bytes(broken)
    asked = Asked(path)
    asked.writer.read(lambda store: None, lambda nothing: None)
    assert len(small) > 8192
    with no_file_longer_than(8192):
        assert asked.texts() is None
        assert asked.texts() is None, "no empty file took its place"
        assert [file.name for file in tmp_path.iterdir() if "damaged" in file.name] == []
    assert asked.problems
    assert DAMAGED not in [error.code for error in asked.problems]
    asked.writer.write(lambda store: keep(store, "Later", title="New"))
    asked.texts()
    assert sorted(asked.texts() or ()) == sorted(
        ["Later", *(text.replace("2 of Bee", "\ufffd of Bee") for text in TEXTS)]
    )
    assert asked.problems[-1].code == DAMAGED
    assert asked.writer.close(20)

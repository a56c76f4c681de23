"""The thread of the conversations: order, trouble, the end, and what a sudden end leaves."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from companion.history.problems import DAMAGED, FULL, NEWER, READ_ONLY, UNUSABLE, HistoryError, problem
from companion.history.records import State
from companion.history.schema import MIGRATIONS, _schemas
from companion.history.store import HistoryStore
from companion.history.writer import HistoryWriter
from tests.history.talks import keep, whole

WAIT_S = 20.0
MOMENTS = 20

Make = Callable[..., HistoryWriter]


class Heard:
    """What the window would be told."""

    def __init__(self) -> None:
        self.problems: list[HistoryError] = []
        self.solved: list[str] = []

    def codes(self) -> list[str]:
        return [error.code for error in self.problems]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def make(path: Path, heard: Heard) -> Iterator[Make]:
    made: list[HistoryWriter] = []

    def make(**more: Any) -> HistoryWriter:
        writer = HistoryWriter(path, on_problem=heard.problems.append, on_solved=heard.solved.append, **more)
        writer.start()
        made.append(writer)
        return writer

    yield make
    for writer in made:
        writer.close(WAIT_S)


def read(writer: HistoryWriter, job: Callable[[HistoryStore], Any]) -> Any:
    done = threading.Event()
    found: list[Any] = []

    def take(result: object) -> None:
        found.append(result)
        done.set()

    writer.read(job, take)
    assert done.wait(WAIT_S)
    return found[0]


def titles(writer: HistoryWriter) -> Any:
    return read(writer, lambda store: sorted(summary.title for summary in store.list()))


def test_what_is_read_has_everything_written_before(make: Make) -> None:
    writer = make()
    for number in range(50):
        writer.write(lambda store: keep(store, "Hi"))
        assert len(titles(writer)) == number + 1


def test_everything_queued_is_on_the_disk_when_close_returns(make: Make, path: Path) -> None:
    writer = make()
    for _ in range(100):
        writer.write(lambda store: keep(store, "Hi"))
    assert writer.close(WAIT_S)
    store = HistoryStore(path)
    assert len(store.ids()) == 100
    store.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name], "the log is in the file"


def test_close_says_so_if_something_could_not_be_written(make: Make, heard: Heard) -> None:
    writer = make()

    def full(store: HistoryStore) -> None:
        raise OSError(28, "No space left on device")

    writer.write(full)
    assert titles(writer) == []
    assert not writer.close(WAIT_S)
    assert heard.codes() == [FULL]


def test_close_without_a_start_is_nothing(path: Path) -> None:
    assert HistoryWriter(path).close(WAIT_S)
    assert not path.exists()


def test_a_full_disk_holds_back_what_was_said_and_reading_goes_on(make: Make, heard: Heard, path: Path) -> None:
    writer = make()
    writer.write(lambda store: store.insert(whole("A", "Hi")))
    assert titles(writer) == ["A"]
    read(writer, lambda store: store._do("PRAGMA max_page_count = 1"))
    writer.write(lambda store: store.insert(whole("B", *["word " * 3000] * 20)))
    writer.write(lambda store: store.insert(whole("C", "Hi")))
    assert titles(writer) == ["A"]
    assert heard.codes() == [FULL]
    assert "not being kept" in heard.problems[0].message
    read(writer, lambda store: store._do("PRAGMA max_page_count = 100000"))
    writer.write(lambda store: store.insert(whole("D", "Hi")))
    assert titles(writer) == ["A", "B", "C", "D"]
    assert heard.solved == [FULL]
    assert heard.codes() == [FULL]


def test_a_read_only_file_is_said_and_nothing_is_lost(make: Make, heard: Heard, path: Path) -> None:
    HistoryStore(path).close()
    locked = True

    def open_store(path: Path) -> HistoryStore:
        store = HistoryStore(path)
        store._do(f"PRAGMA query_only = {int(locked)}")
        return store

    writer = make(open_store=open_store)
    writer.write(lambda store: store.insert(whole("A", "Hi")))
    assert titles(writer) == []
    assert heard.codes() == [READ_ONLY]
    read(writer, lambda store: store._do("PRAGMA query_only = 0"))
    writer.write(lambda store: store.insert(whole("B", "Hi")))
    assert titles(writer) == ["A", "B"]


def test_a_folder_that_cannot_be_written_is_tried_again(make: Make, heard: Heard, path: Path) -> None:
    tries: list[Exception] = [PermissionError(13, "Permission denied")]

    def open_store(path: Path) -> HistoryStore:
        if tries:
            raise tries.pop()
        return HistoryStore(path)

    writer = make(open_store=open_store)
    assert read(writer, lambda store: store.list()) is None
    assert heard.codes() == [READ_ONLY]
    writer.write(lambda store: store.insert(whole("A", "Hi")))
    assert titles(writer) == ["A"]
    assert heard.solved == [READ_ONLY]


@pytest.mark.parametrize("content", [b"not a database, not at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_kept_aside_and_a_new_one_begun(make: Make, heard: Heard, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    writer = make()
    writer.write(lambda store: store.insert(whole("A", "Hi")))
    assert titles(writer) == ["A"]
    assert heard.codes() == [DAMAGED]
    (aside,) = [file for file in path.parent.iterdir() if "damaged" in file.name]
    assert aside.read_bytes() == content
    assert aside.name in heard.problems[0].message


@pytest.mark.parametrize("version", [-(2**31), -1, 0, 2 + len(MIGRATIONS), 999, 1_000, 2**31 - 1])
def test_a_damaged_version_costs_nothing(make: Make, heard: Heard, path: Path, version: int) -> None:
    store = HistoryStore(path)
    store.insert(whole("Before", "Hi", "Hello"))
    store._do(f"PRAGMA user_version = {version}")
    store.close()
    writer = make()
    writer.write(lambda store: store.insert(whole("A", "Hi")))
    assert titles(writer) == ["A", "Before"]
    assert heard.codes() == [DAMAGED]
    assert "what could be read is here again" in heard.problems[0].message


def test_a_folder_in_its_place_is_kept_aside(make: Make, heard: Heard, path: Path) -> None:
    path.mkdir()
    (path / "somebody's.txt").write_text("words")
    writer = make()
    writer.write(lambda store: store.insert(whole("A", "Hi")))
    assert titles(writer) == ["A"]
    assert heard.codes() == [DAMAGED]
    (aside,) = [file for file in path.parent.iterdir() if "damaged" in file.name]
    assert (aside / "somebody's.txt").read_text() == "words"
    assert "folder" in heard.problems[0].message
    assert str(aside) in heard.problems[0].hint


def test_damage_found_later_is_handled_alike(make: Make, heard: Heard, path: Path) -> None:
    writer = make()
    writer.write(lambda store: store.insert(whole("Long", *["word " * 3000] * 20)))
    assert writer.close(WAIT_S)
    content = bytearray(path.read_bytes())
    content[4096 * 2 :] = b"\xff" * (len(content) - 4096 * 2)
    path.write_bytes(bytes(content))
    writer = make()
    writer.write(lambda store: store.insert(whole("A", "Hi")))
    assert titles(writer) == ["A"]
    assert heard.codes() == [DAMAGED]
    assert any("damaged" in file.name for file in path.parent.iterdir())


def test_a_file_of_a_newer_version_is_left_alone(make: Make, heard: Heard, path: Path) -> None:
    store = HistoryStore(path)
    keep(store, "Hi")
    store._do("ALTER TABLE conversations ADD COLUMN mood TEXT")
    store._do(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    store.close()
    before = path.read_bytes()
    writer = make()
    writer.write(lambda store: keep(store, "Lost"))
    assert read(writer, lambda store: store.list()) is None
    assert writer.close(WAIT_S), "what is not to be kept is not waited for"
    assert heard.codes() == [NEWER]
    assert path.read_bytes() == before
    assert "Update" in heard.problems[0].hint
    assert str(path) in heard.problems[0].hint, "it may be damaged all the same"


def test_the_database_of_another_program_is_kept_as_it_is(make: Make, heard: Heard, path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    before = path.read_bytes()
    writer = make()
    writer.write(lambda store: store.insert(whole("A", "Hi")))
    assert titles(writer) == ["A"]
    (aside,) = [file for file in path.parent.iterdir() if "damaged" in file.name]
    assert aside.read_bytes() == before
    assert heard.codes() == [DAMAGED]


def test_each_version_is_known_by_its_tables() -> None:
    assert len(set(_schemas())) == len(MIGRATIONS) + 1


def test_a_bug_in_a_job_is_reported_and_does_not_end_the_thread(make: Make, heard: Heard) -> None:
    writer = make()
    assert read(writer, lambda store: 1 // 0) is None
    assert heard.codes() == [UNUSABLE]
    assert titles(writer) == []


def test_every_trouble_has_a_sentence_and_a_next_step() -> None:
    found = [problem(error) for error in (OSError(28, ""), PermissionError(13, ""), sqlite3.OperationalError("x"))]
    assert [error.code for error in found] == [FULL, READ_ONLY, UNUSABLE]
    assert all("goes on" in error.message and error.hint for error in found)


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_what_was_said_to_be_kept_survives_kill_9(path: Path, moment: int) -> None:
    command = [sys.executable, "-m", "tests.history.keeps_talking", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            said = [child.stdout.readline().split() for _ in range(1 + 3 * moment)]
        finally:
            child.kill()
        said += [line.split() for line in child.stdout.read().splitlines()]
    promised = [int(line[1]) for line in said if len(line) == 2]
    store = HistoryStore(path)
    try:
        (kept,) = store.ids()
        found = store.load(kept)
        assert found is not None
        assert [message.number for message in found.messages] == list(range(1, len(found.messages) + 1))
        assert len(found.messages) >= max(promised)
        assert all(message.state is not State.IN_FLIGHT for message in found.messages)
        assert len([m for m in found.messages if m.state is State.INTERRUPTED]) <= 1
        assert store._do("PRAGMA quick_check").fetchone() == ("ok",)
    finally:
        store.close()

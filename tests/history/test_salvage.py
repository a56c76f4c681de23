"""Pages of the file are overwritten: what can be read is there again, and the rest is kept beside."""

import sqlite3
from pathlib import Path

import pytest

from companion.history.problems import DAMAGED, HistoryError
from companion.history.salvage import salvage
from companion.history.store import HistoryStore
from companion.history.writer import HistoryWriter
from tests.history.talks import keep

PAGE = 4096
TALKS = 30


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

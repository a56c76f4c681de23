"""The clock is set, back and forward: what was said last is the first of the list, and keeps its date."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.history.records import Summary
from companion.history.salvage import salvage
from companion.history.schema import MIGRATIONS
from companion.history.store import HistoryStore
from tests.history.talks import NOON_MS, said, times, whole

DAY_MS = 86_400_000
BACK_MS, FORWARD_MS = NOON_MS - 2 * DAY_MS, NOON_MS + 730 * DAY_MS


def begin(store: HistoryStore, title: str, at_ms: int) -> int:
    return store.begin(said(1, title, created_ms=at_ms))


def listed(store: HistoryStore) -> list[tuple[str, int]]:
    return [(summary.title, summary.updated_ms) for summary in store.list()]


def test_back_two_days_and_right_again(store: HistoryStore) -> None:
    first = begin(store, "First", NOON_MS)
    begin(store, "Second", NOON_MS + 1000)
    begin(store, "In the past", BACK_MS)
    assert listed(store) == [("In the past", BACK_MS), ("Second", NOON_MS + 1000), ("First", NOON_MS)]
    store.put(first, said(2, "Yes", created_ms=BACK_MS + 5))
    assert [title for title, _ in listed(store)] == ["First", "In the past", "Second"]
    begin(store, "Right again", NOON_MS + 2000)
    assert [title for title, _ in listed(store)] == ["Right again", "First", "In the past", "Second"]


def test_forward_two_years_and_back_again(store: HistoryStore) -> None:
    begin(store, "Before", NOON_MS)
    ahead = begin(store, "Ahead", FORWARD_MS)
    after = begin(store, "After", NOON_MS + 1000)
    assert listed(store) == [("After", NOON_MS + 1000), ("Ahead", FORWARD_MS), ("Before", NOON_MS)]
    last = store.last()
    assert last is not None
    assert last.id == after
    store.put(ahead, said(2, "Yes", created_ms=NOON_MS + 2000))
    assert listed(store)[0] == ("Ahead", NOON_MS + 2000), "said now, dated now"


def test_words_put_again_change_neither_date_nor_place(store: HistoryStore) -> None:
    first = begin(store, "First", NOON_MS)
    begin(store, "Second", NOON_MS + 1000)
    store.put(first, said(1, "First of all", created_ms=NOON_MS + 5000))
    assert listed(store) == [("Second", NOON_MS + 1000), ("First", NOON_MS)]


def test_what_is_imported_stands_at_its_date(store: HistoryStore) -> None:
    begin(store, "Before", NOON_MS)
    begin(store, "After", NOON_MS + 10 * DAY_MS)
    store.insert(replace(whole("Imported", "Hi"), updated_ms=NOON_MS + DAY_MS))
    assert [title for title, _ in listed(store)] == ["After", "Imported", "Before"]
    last = store.last()
    assert last is not None
    assert last.title == "After", "an import is nothing that was said"


@settings(max_examples=50, deadline=None)
@given(talk=st.lists(st.tuples(st.integers(0, 4), times), min_size=1, max_size=20))
def test_whatever_the_clock_says_the_list_has_the_order_in_which_it_was_said(
    tmp_path_factory: pytest.TempPathFactory, talk: list[tuple[int, int]]
) -> None:
    store = HistoryStore(tmp_path_factory.mktemp("clock") / "c.sqlite3")
    begun: dict[int, int] = {}
    dates: dict[int, int] = {}
    numbers: dict[int, int] = {}
    order: list[int] = []
    try:
        for who, at_ms in talk:
            numbers[who] = numbers.get(who, 0) + 1
            if who in begun:
                store.put(begun[who], said(numbers[who], "Hi", created_ms=at_ms))
            else:
                begun[who] = begin(store, "Hi", at_ms)
            dates[begun[who]] = at_ms
            order = [begun[who], *(one for one in order if one != begun[who])]
        found: list[Summary] = []
        while page := store.list(found[-1] if found else None, 2):
            found += page
    finally:
        store.close()
    assert [summary.id for summary in found] == order
    assert {summary.id: summary.updated_ms for summary in found} == dates


@pytest.mark.parametrize("at_ms", [2**63 - 1, -(2**63)])
def test_a_date_that_is_damaged_keeps_nothing_from_being_kept(store: HistoryStore, at_ms: int) -> None:
    broken = begin(store, "Broken", NOON_MS)
    store._do("UPDATE conversations SET updated_ms = ? WHERE id = ?", at_ms, broken)
    kept = [begin(store, f"After {number}", NOON_MS + number) for number in range(3)]
    found = [store.summary(one) for one in kept]
    assert [one.updated_ms for one in found if one is not None] == [NOON_MS, NOON_MS + 1, NOON_MS + 2]


# -- a file of the first version


def first_version(path: Path, talks: Sequence[tuple[str, int]]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        old.execute("BEGIN")
        MIGRATIONS[0](old)
        old.execute("PRAGMA user_version = 1")
        old.execute("COMMIT")
        for title, at_ms in talks:
            values = (title, title, at_ms, at_ms)
            old.execute("INSERT INTO conversations (key, title, created_ms, updated_ms) VALUES (?, ?, ?, ?)", values)
            new = "VALUES (last_insert_rowid(), 1, 'user', ?, ?)"
            old.execute(f"INSERT INTO messages (conversation, number, role, text, created_ms) {new}", (title, at_ms))


def test_a_file_of_the_first_version_is_listed_as_it_was(path: Path) -> None:
    first_version(path, [("First", NOON_MS), ("Second", NOON_MS + 1), ("Old", BACK_MS)])
    store = HistoryStore(path)
    assert [title for title, _ in listed(store)] == ["Second", "First", "Old"]
    begin(store, "Past", BACK_MS)
    assert [title for title, _ in listed(store)] == ["Past", "Second", "First", "Old"]
    store.close()
    store = HistoryStore(path)
    assert [title for title, _ in listed(store)] == ["Past", "Second", "First", "Old"], "and so it stays"
    store.close()


def test_places_are_salvaged(path: Path) -> None:
    store = HistoryStore(path)
    begin(store, "First", NOON_MS)
    begin(store, "Past", BACK_MS)
    store.close()
    new = path.with_name("new.sqlite3")
    salvage(path, new)
    store = HistoryStore(new)
    assert listed(store) == [("Past", BACK_MS), ("First", NOON_MS)]
    store.close()
    first_version(older := path.with_name("older.sqlite3"), [("First", NOON_MS)])
    assert salvage(older, new.with_name("newer.sqlite3")) == 1

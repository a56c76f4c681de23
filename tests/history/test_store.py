"""What is written is read again, found, and gone when it is deleted."""

import sqlite3
import stat
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.history import store as store_module
from companion.history.records import Conversation, State, TitleSource, clean
from companion.history.store import HistoryStore
from tests.cases import cases
from tests.history.talks import NOON_MS, conversations, keep, said


def titles(store: HistoryStore) -> list[str]:
    return [summary.title for summary in store.list()]


def test_a_conversation_is_read_as_it_was_written(store: HistoryStore) -> None:
    kept = keep(store, "Why?", "Because.")
    store.put(kept, said(3, "And then?", state=State.IN_FLIGHT))
    store.put(kept, said(4, "Then this and that", heard=9, latency_ms=118, state=State.INTERRUPTED))
    store.end(kept, 3, State.COMPLETE)
    found = store.load(kept)
    assert found is not None
    assert [message.text for message in found.path()] == ["Why?", "Because.", "And then?", "Then this and that"]
    assert found.messages[2].state is State.COMPLETE
    assert found.messages[3] == said(4, "Then this and that", heard=9, latency_ms=118, state=State.INTERRUPTED)
    assert found.leaf == 4


def test_other_versions_are_kept_beside_one_another_and_the_path_shown_is_remembered(store: HistoryStore) -> None:
    kept = keep(store, "Why?", "Because.")
    store.put(kept, said(3, "For that reason.", parent=1, role="assistant"))
    found = store.load(kept)
    assert found is not None
    assert [message.number for message in found.path()] == [1, 3]
    store.show_path(kept, 2)
    found = store.load(kept)
    assert found is not None
    assert [message.number for message in found.path()] == [1, 2]
    assert [message.number for message in found.through(3).path()] == [1, 3]


def test_behind_what_is_looked_for_the_newest_versions_are_shown(store: HistoryStore) -> None:
    kept = keep(store, "Why?", "Because.")
    store.put(kept, said(4, "For that reason.", parent=1, role="assistant"))
    store.put(kept, said(5, "And then?", parent=2))
    store.put(kept, said(6, "Who?", parent=None))
    found = store.load(kept)
    assert found is not None
    assert [message.number for message in found.path()] == [6]
    assert [message.number for message in found.through(1).path()] == [1, 4]
    assert [message.number for message in found.through(5).path()] == [1, 2, 5]
    assert [message.number for message in replace(found, leaf=None).path()] == [6]


def test_a_message_put_again_has_its_newer_words(store: HistoryStore) -> None:
    kept = keep(store, "Why?", "Because of the zebra")
    store.put(kept, said(2, "Because of the lion", heard=7, state=State.INTERRUPTED))
    found = store.load(kept)
    assert found is not None
    assert [message.text for message in found.messages] == ["Why?", "Because of the lion"]
    assert store.search("zebra") == ()
    assert len(store.search("lion")) == 1


def test_what_follows_a_message_that_was_not_kept_is_a_first_one(store: HistoryStore) -> None:
    kept = store.begin(said(5, "From here on"))
    store.put(kept, said(6, "Yes"))
    found = store.load(kept)
    assert found is not None
    assert [(message.number, message.parent) for message in found.messages] == [(5, None), (6, 5)]


def test_a_message_taken_back_is_gone_and_the_path_ends_before_it(store: HistoryStore) -> None:
    kept = keep(store, "Why?", "Because.", "Hm")
    store.remove(kept, 3)
    found = store.load(kept)
    assert found is not None
    assert (len(found.messages), found.leaf) == (2, 2)


def test_nothing_is_added_to_a_conversation_that_is_gone(store: HistoryStore) -> None:
    kept = keep(store, "Why?")
    store.delete([kept])
    store.purge()
    assert not store.put(kept, said(2, "Too late"))
    store.end(kept, 1, State.COMPLETE)
    store.show_path(kept, 1)
    store.rename(kept, "x")
    assert store.load(kept) is None


@pytest.mark.reader
@settings(max_examples=cases(60), deadline=None)
@given(conversation=conversations())
def test_any_conversation_survives_the_file(
    tmp_path_factory: pytest.TempPathFactory, conversation: Conversation
) -> None:
    store = HistoryStore(tmp_path_factory.mktemp("any") / "c.sqlite3")
    try:
        new = store.insert(conversation)
        assert new is not None
        assert store.load(new) == conversation
        assert store.insert(conversation) is None, "its key is there"
    finally:
        store.close()


def test_what_cannot_be_stored_as_text_is_made_storable(store: HistoryStore) -> None:
    kept = keep(store, "a\0b\ud800c\x02d\r\ne")
    found = store.load(kept)
    assert found is not None
    assert found.messages[0].text == "ab?cd\ne"


def test_titles_by_the_user_stay(store: HistoryStore) -> None:
    kept = store.begin(said(1, "Why?"))
    assert titles(store) == ["Why?"]
    store.rename(kept, "Of causes", TitleSource.MODEL)
    assert titles(store) == ["Of causes"]
    store.rename(kept, "  Mine\nown  ")
    store.rename(kept, "Of others", TitleSource.MODEL)
    store.rename(kept, "   ")
    assert titles(store) == ["Mine own"]


# -- lists


def test_the_list_is_pinned_first_then_newest_first_and_comes_in_pages(store: HistoryStore) -> None:
    ids = [
        keep(store, f"Number {number}", title=f"T{number}", created_ms=NOON_MS + 1000 * number) for number in range(7)
    ]
    store.pin(ids[1], True)
    expected = ["T1", "T6", "T5", "T4", "T3", "T2", "T0"]
    assert titles(store) == expected
    first = store.list(limit=3)
    second = store.list(after=first[-1], limit=3)
    third = store.list(after=second[-1], limit=3)
    assert [one.title for one in (*first, *second, *third)] == expected
    assert store.list(after=third[-1]) == []


def test_conversations_of_the_same_moment_are_each_listed_once(store: HistoryStore) -> None:
    for number in range(10):
        keep(store, title=f"T{number}")
    listed = store.list(limit=4)
    while page := store.list(after=listed[-1], limit=4):
        listed = [*listed, *page]
    assert sorted(one.title for one in listed) == [f"T{number}" for number in range(10)]


# -- searches


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("cafe", True),
        ("CAFÉ", True),
        ("caf", True),
        ("zurich cafe", True),
        ("zür ca", True),
        ("afé", False),
        ("cafe paris", False),
        ("", False),
        ("  ", False),
        ("***", False),
        ('"cafe"', True),
        ("NOT cafe", False),
        ("cafe OR paris", False),
    ],
)
def test_every_word_typed_begins_a_word_of_the_message(store: HistoryStore, typed: str, found: bool) -> None:
    keep(store, "Which Café in Zürich is open?", title="Breakfast")
    assert bool(store.search(typed)) is found


def test_a_hit_has_its_words_marked_and_the_newest_mention_comes_first(store: HistoryStore) -> None:
    older = keep(store, "The heron stood in the reeds.", title="Birds")
    newer = keep(store, "I saw", "A heron!", "Yes, a grey heron.", title="Walk")
    only_title = keep(store, "Nothing", title="Heronry")
    hits = store.search("heron")
    assert [hit.summary.id for hit in hits] == [newer, older, only_title]
    assert (hits[0].number, hits[0].snippet) == (3, "Yes, a grey heron.")
    assert [hits[0].snippet[begin:end] for begin, end in hits[0].marks] == ["heron"]
    assert hits[2].number is None


def test_a_search_nobody_waits_for_ends_early(store: HistoryStore) -> None:
    for number in range(5):
        keep(store, "The same word", title=f"T{number}")
    assert len(store.search("word", lambda: True)) == 1


@pytest.mark.reader
@settings(max_examples=cases(300), deadline=None)
@given(typed=st.text(max_size=300) | st.text(alphabet="\"*^:()-+{}NEARANDOT \\'\0é\ud800", max_size=40))
def test_nothing_that_can_be_typed_is_an_error(shared: HistoryStore, typed: str) -> None:
    for hit in shared.search(typed):
        assert all(0 <= begin < end <= len(hit.snippet) for begin, end in hit.marks)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HistoryStore]:
    store = HistoryStore(tmp_path_factory.mktemp("shared") / "c.sqlite3")
    keep(store, "NEAR and NOT far, OR é", "a b c d e f")
    yield store
    store.close()


# -- deleting


def everything(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_what_is_deleted_can_be_brought_back_for_a_while(store: HistoryStore) -> None:
    first, second = keep(store, "One", title="T1"), keep(store, "Two", title="T2")
    store.delete([first])
    assert titles(store) == ["T2"]
    assert store.search("one") == ()
    assert store.load(first) is None
    store.restore([first])
    assert sorted(titles(store)) == ["T1", "T2"]
    assert set(store.delete()) == {first, second}
    assert titles(store) == []


def test_after_the_while_no_word_of_it_is_left_in_any_file(path: Path, store: HistoryStore) -> None:
    kept = keep(store, "Nothing about that", title="Harmless")
    gone = keep(store, "The quokka of Rottnest smiles", "Quokkas do " * 2000, title="Marsupial")
    assert b"Rottnest" in everything(path)
    store.delete([gone])
    store.purge()
    left = everything(path).lower()
    for word in (b"rottnest", b"quokka", b"uokka", b"marsupial", b"arsupial"):
        assert word not in left
    assert b"harmless" in left
    assert store.load(kept) is not None
    assert store._connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
    for index in ("message_words", "title_words"):
        store._do(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")


def test_what_was_deleted_when_the_program_ended_is_purged_at_the_next_start(path: Path, store: HistoryStore) -> None:
    store.delete([keep(store, "The quokka smiles")])
    store.close()
    HistoryStore(path).close()
    assert b"quokka" not in everything(path)


def test_a_conversation_of_thousands_of_messages_can_be_deleted(store: HistoryStore) -> None:
    long = keep(store, *("word" for _ in range(2500)))
    store.delete([long])
    store.purge()
    assert store._do("SELECT count(*) FROM messages").fetchone() == (0,)


# -- the file


@pytest.mark.skipif(sys.platform == "win32", reason="no modes")
def test_every_file_is_for_the_user_alone(path: Path, store: HistoryStore) -> None:
    keep(store, "Private")
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == {path.name: 0o600, f"{path.name}-wal": 0o600, f"{path.name}-shm": 0o600}


@pytest.mark.skipif(sys.platform == "win32", reason="no modes")
def test_a_file_others_could_read_is_made_private(path: Path) -> None:
    HistoryStore(path).close()
    path.chmod(0o644)
    HistoryStore(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_commit_waits_for_the_disk(store: HistoryStore) -> None:
    settings = {name: store._do(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
    assert settings == {"journal_mode": "wal", "synchronous": 2}


def test_a_turn_that_a_crash_left_unfinished_is_marked(path: Path, store: HistoryStore) -> None:
    kept = keep(store, "Why?")
    store.put(kept, said(1, "Why?", state=State.IN_FLIGHT))
    store.close()
    again = HistoryStore(path)
    found = again.load(kept)
    again.close()
    assert found is not None
    assert found.messages[0].state is State.INTERRUPTED


MESSAGE = "INSERT INTO messages (conversation, number, parent, role, text, created_ms) VALUES "


@pytest.mark.parametrize(
    "broken",
    [
        MESSAGE + "(99, 1, NULL, 'user', '', 1)",
        MESSAGE + "(1, 9, 8, 'user', '', 1)",
        MESSAGE + "(1, 3, 3, 'user', '', 1)",
        MESSAGE + "(1, 3, 1, 'tool', '', 1)",
        MESSAGE + "(1, 1, NULL, 'user', '', 1)",
        "UPDATE messages SET created_ms = 'yesterday'",
        "UPDATE conversations SET leaf = 77",
    ],
)
def test_the_file_refuses_what_makes_no_sense(store: HistoryStore, broken: str) -> None:
    keep(store, "Why?", "Because.")
    with pytest.raises(sqlite3.IntegrityError), store._transaction():
        store._do(broken)


@pytest.mark.parametrize(
    ("query", "values"),
    [
        (store_module.LIST, (2, 0, 0, 10)),
        (store_module.SEARCH_MESSAGES, ("", "", "word")),
        (store_module.SEARCH_TITLES, ("word",)),
        (store_module.MESSAGES, (1,)),
    ],
)
def test_no_query_looks_at_everything_or_sorts(store: HistoryStore, query: str, values: tuple[object, ...]) -> None:
    plan = [row[3] for row in store._do(f"EXPLAIN QUERY PLAN {query}", *values)]
    assert plan
    for step in plan:
        assert "TEMP B-TREE" not in step
        assert step.startswith("SEARCH") or "VIRTUAL TABLE INDEX" in step, step


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n", "\f", "\v", "\x85"])
def test_a_line_ends_however_it_is_written(end: str) -> None:
    assert clean(f"one{end}two") == "one\ntwo"

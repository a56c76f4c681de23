"""What is exported is imported as it was; whatever else a file holds is left out and counted."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.history import importer, importing
from companion.history.chatgpt import conversation_of_chatgpt
from companion.history.exchange import (
    LONGEST_TEXT,
    MalformedError,
    conversation_of,
    json_of,
    markdown_of,
    value_of,
)
from companion.history.importer import NEWER, TOO_LARGE, UNKNOWN, UNREADABLE, RefusedError, read
from companion.history.importing import Import, Imported
from companion.history.records import Conversation, Message, State
from companion.history.store import HistoryStore
from companion.history.writer import HistoryWriter
from tests.cases import cases
from tests.history.exports import EXPORT, LABELS, anything, is_sound, nearly, node
from tests.history.talks import conversations, said, whole

WAIT_S = 20.0

# -- our own


@pytest.mark.reader
@settings(max_examples=cases(100), deadline=None)
@given(st.lists(conversations(), max_size=4))
def test_what_is_exported_is_imported_as_it_was(found: list[Conversation]) -> None:
    document = json.loads("".join(json_of(found)))
    assert [conversation_of(value) for value in document["conversations"]] == [(one, 0) for one in found]


def test_from_one_file_to_another_nothing_is_lost(tmp_path: Path, store: HistoryStore) -> None:
    talks = [
        whole("One", "Why?", "Because.", "And \U0001f41d é <b>?"),
        replace(whole("Two", "Hi"), pinned=True, persona="Ada", language="fr", leaf=1),
    ]
    for talk in talks:
        store.insert(talk)
    exported = tmp_path / "all.json"
    exported.write_text("".join(json_of(filter(None, map(store.load, store.ids())))), encoding="utf-8")
    other = HistoryStore(tmp_path / "other.sqlite3")
    for conversation, skipped in read(exported):
        assert conversation is not None
        assert skipped == 0
        other.insert(conversation)
    assert [other.load(one) for one in other.ids()] == talks
    other.close()


_MESSAGE = {
    "number": 1,
    "parent": None,
    "role": "user",
    "text": "Hi",
    "heard": 1,
    "latency_ms": 5,
    "created": "2026-01-01",
    "state": "in flight",
}
_TALK = {"key": "k", "title": "t", "messages": [], "leaf": 1, "pinned": True, "created": "2026-01-01T00:00:00Z"}


@pytest.mark.reader
@settings(max_examples=cases(300), deadline=None)
@given(talk=nearly(_TALK), messages=st.lists(nearly(_MESSAGE) | anything, max_size=6))
def test_whatever_a_file_says_what_is_read_can_be_stored(
    sink: HistoryStore, talk: dict[str, Any], messages: list[Any]
) -> None:
    numbered = [
        {**message, "number": number} if isinstance(message, dict) and "number" in message else message
        for number, message in enumerate(messages, 1)
    ]
    found, skipped = conversation_of({**talk, "messages": numbered})
    is_sound(found)
    assert len(found.messages) + skipped == len(messages)
    new = sink.insert(replace(found, key=f"{id(talk)}"))
    assert new is not None
    sink.delete([new])
    sink.purge()


@pytest.fixture(scope="module")
def sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HistoryStore]:
    store = HistoryStore(tmp_path_factory.mktemp("sink") / "c.sqlite3")
    yield store
    store.close()


@pytest.mark.reader
@given(anything)
def test_any_value_is_a_conversation_or_said_to_be_none(value: Any) -> None:
    for parse in (conversation_of, conversation_of_chatgpt):
        with suppress(MalformedError):
            found, skipped = parse(value)
            is_sound(found)
            assert skipped >= 0


@pytest.mark.parametrize("value", [None, [], {}, "messages", {"messages": {}}, {"mapping": []}])
def test_what_is_no_conversation_is_said_to_be_none(value: object) -> None:
    for parse in (conversation_of, conversation_of_chatgpt):
        with pytest.raises(MalformedError):
            parse(value)


def test_what_follows_a_message_left_out_follows_the_one_before() -> None:
    value = value_of(whole("T", "One", "Two", "Three"))
    value["messages"][1]["text"] = "x" * (LONGEST_TEXT + 1)
    found, skipped = conversation_of(value)
    assert skipped == 1
    assert [(message.number, message.parent) for message in found.messages] == [(1, None), (3, 1)]


def test_a_turn_in_flight_is_an_interrupted_one_elsewhere() -> None:
    talk = replace(whole("T", "x"), messages=(said(1, "Hi", state=State.IN_FLIGHT),))
    assert conversation_of(value_of(talk))[0].messages[0].state is State.INTERRUPTED


def test_markdown_has_the_path_that_was_shown_and_of_a_reply_what_was_heard() -> None:
    messages = (
        said(1, "Why?"),
        said(2, "Not this."),
        said(3, "Once upon a time", parent=1, role="assistant", heard=9, state=State.INTERRUPTED),
    )
    text = "".join(markdown_of([replace(whole("Causes", "x"), messages=messages)], LABELS))
    assert text.startswith("# Causes\n\n**You**, 20")
    assert "Not this." not in text
    assert text.endswith("Once upon *(stopped)*\n")


# -- ChatGPT's


def test_the_tree_of_chatgpt_becomes_ours() -> None:
    found, skipped = conversation_of_chatgpt(EXPORT)
    assert skipped == 0
    texts = {message.number: (message.role, message.text) for message in found.messages}
    tree = {texts[m.number]: texts.get(m.parent or 0) for m in found.messages}
    question, stork = ("user", "Which bird?"), ("assistant", "A stork.")
    assert tree == {question: None, ("assistant", "A heron."): question, stork: question, ("user", "Thanks"): stork}
    assert [message.text for message in found.path()] == ["Which bird?", "A stork."]
    assert (found.key, found.title) == ("chatgpt:abc", "Birds")
    assert (found.created_ms, found.messages[0].created_ms) == (1_700_000_000_000, 1_700_000_000_500)


@pytest.mark.reader
@settings(max_examples=cases(300), deadline=None)
@given(
    talk=nearly({**EXPORT, "current_node": "b"}),
    nodes=st.dictionaries(
        st.sampled_from("abcdef"),
        nearly({"parent": "a", "message": node(None, "user", "Hi")["message"]}) | anything,
        max_size=6,
    ),
    parents=st.lists(st.sampled_from("abcdefz"), min_size=6, max_size=6),
)
def test_whatever_an_export_of_chatgpt_says_what_is_read_can_be_stored(
    talk: dict[str, Any], nodes: dict[str, Any], parents: list[str]
) -> None:
    for at, one in enumerate(nodes.values()):
        if isinstance(one, dict) and "parent" in one:
            one["parent"] = parents[at]  # circles among them
    try:
        found, _ = conversation_of_chatgpt({**talk, "mapping": nodes})
    except MalformedError:
        return
    is_sound(found)
    json.dumps(value_of(found))


# -- files


def written(path: Path, document: Any) -> Path:
    path.write_text(json.dumps(document))
    return path


def zipped(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "names", [("conversations.json",), ("export/conversations-000.json", "conversations-001.json")]
)
def test_the_archive_is_read_as_it_comes(tmp_path: Path, names: tuple[str, ...]) -> None:
    members = {name: json.dumps([EXPORT]) for name in names} | {"user.json": "{}", "chat.html": "<b>"}
    found = list(read(zipped(tmp_path / "export.zip", **members)))
    assert [one.title if one else None for one, _ in found] == ["Birds"] * len(names)


def test_of_a_list_only_what_makes_no_sense_is_left_out(tmp_path: Path) -> None:
    found = list(read(written(tmp_path / "c.json", [EXPORT, 7, {"mapping": {}}, EXPORT])))
    assert [one is not None for one, _ in found] == [True, False, False, True]
    assert sum(skipped for _, skipped in found) == 2


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", UNKNOWN),
        (b"\xff\xfe\x00", UNKNOWN),
        (b"[]", UNKNOWN),
        (b'{"a": 1}', UNKNOWN),
        (b"[" * 100_000, UNKNOWN),
        (b"9" * 100_000, UNKNOWN),
        (b'{"format": "companion-conversations", "version": 2, "conversations": []}', NEWER),
        (b"PK\x05\x06" + b"\0" * 18, UNKNOWN),
    ],
)
def test_what_is_nothing_of_the_kind_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(RefusedError, match=code):
        list(read(path))


def test_what_is_too_large_is_refused_whatever_an_archive_claims(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "LARGEST_BYTES", 1000)
    path = zipped(tmp_path / "bomb.zip", **{"conversations.json": " " * 100_000})
    with pytest.raises(RefusedError, match=TOO_LARGE):
        list(read(path))


def test_a_broken_archive_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "e.zip", **{"conversations.json": json.dumps([EXPORT] * 50)})
    content = bytearray(path.read_bytes())
    content[60:80] = b"\xff" * 20
    path.write_bytes(bytes(content))
    for missing in (path, tmp_path / "none.json", tmp_path):
        with pytest.raises(RefusedError, match=UNREADABLE):
            list(read(missing))


def test_the_process_says_line_by_line_what_it_found(tmp_path: Path) -> None:
    out = io.StringIO()
    importer.main(written(tmp_path / "c.json", [EXPORT, 7]), out)
    first, last = map(json.loads, out.getvalue().splitlines())
    assert conversation_of(first)[0] == conversation_of_chatgpt(EXPORT)[0]
    assert last == {"skipped": 1}


class Scene:
    """A writer on a file, and imports into it."""

    def __init__(self, path: Path, open_store: Callable[[Path], HistoryStore] = HistoryStore) -> None:
        self.writer = HistoryWriter(path, open_store=open_store)
        self.writer.start()

    def run(self, file: Path) -> Imported:
        """Import a file to its end."""
        results: list[Imported] = []
        run = Import(file, self.writer, results.append)
        run.start()
        run._thread.join(WAIT_S)
        assert run.close(WAIT_S)
        return results[0]


@pytest.fixture
def scene(path: Path) -> Iterator[Scene]:
    scene = Scene(path)
    yield scene
    assert scene.writer.close(WAIT_S)


def test_an_import_brings_each_conversation_once(scene: Scene, tmp_path: Path) -> None:
    talks = [whole(f"T{number}", "Hi", "Hello") for number in range(45)]
    file = tmp_path / "all.json"
    file.write_text("".join(json_of(talks)), encoding="utf-8")
    assert scene.run(file) == Imported(added=45)
    assert scene.run(file) == Imported(already=45)


def test_an_import_of_something_else_says_so(scene: Scene, tmp_path: Path) -> None:
    result = scene.run(written(tmp_path / "x.json", {"a": 1}))
    assert result.error is not None
    assert (result.error.code, bool(result.error.hint)) == (UNKNOWN, True)


def test_an_import_can_be_given_up(path: Path, tmp_path: Path) -> None:
    scene = Scene(path)
    file = tmp_path / "all.json"
    file.write_text("".join(json_of(whole(f"T{number}", "Hi") for number in range(3000))), encoding="utf-8")
    results: list[Imported] = []
    run = Import(file, scene.writer, results.append)
    run.start()
    assert run.close(WAIT_S)
    assert results == []
    assert scene.writer.close(WAIT_S)


def test_an_import_that_cannot_be_written_ends_and_says_so(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "PORTION_S", 0.3)

    def fail(path: Path) -> HistoryStore:
        raise OSError(28, "No space left on device")

    scene = Scene(path, open_store=fail)
    file = tmp_path / "all.json"
    file.write_text("".join(json_of(whole(f"T{number}", "Hi") for number in range(100))), encoding="utf-8")
    result = scene.run(file)
    assert (result.added, result.error.code if result.error else "") == (0, "import-stopped")
    assert not scene.writer.close(WAIT_S)


def test_a_message_of_the_export_is_plain_text(scene: Scene, tmp_path: Path) -> None:
    talk = replace(whole("T", "x"), messages=(Message(number=1, parent=None, role="user", text="<b>", created_ms=1),))
    assert conversation_of(value_of(talk))[0].messages[0].text == "<b>"

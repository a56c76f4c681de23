"""Rows of the file of the conversations to records and back. Pure; any thread.

SQLite reads a row whose bytes were changed without a word, as long as it still has the form of a row: a number where
text was, a message that follows itself. So each row is looked at before anybody relies on it.
"""

from collections.abc import Sequence
from typing import Any

from companion.history.problems import DamagedError
from companion.history.records import Conversation, Hit, Message, State, Summary, TitleSource, clean, possible_ms
from companion.history.search import unmarked


def values_of(message: Message) -> tuple[object, ...]:
    """Return a message as the columns of its row."""
    return (
        message.number,
        message.parent,
        message.role,
        clean(message.text),
        None if message.heard is None else len(clean(message.text[: message.heard])),
        message.latency_ms,
        message.created_ms,
        message.state.value,
    )


def message_of(row: Sequence[Any]) -> Message:
    """Return the message of a row.

    Raises:
        DamagedError: it is no such row.
    """
    number, parent, role, text, heard, latency_ms, created_ms, state = row
    _require(_are(int, number) and _are(int | None, parent, heard, latency_ms) and _are(str, text))
    _require(heard is None or heard >= 0)
    _require(role in ("user", "assistant") and state in _STATES and _are_times(created_ms))
    return Message(
        number=number,
        parent=parent,
        role=role,
        text=text,
        heard=heard,
        latency_ms=latency_ms,
        created_ms=created_ms,
        state=State(state),
    )


def conversation_of(row: Sequence[Any], messages: tuple[Message, ...]) -> Conversation:
    """Return the conversation of a row and its messages, by number.

    Raises:
        DamagedError: it is no such row, two messages have one number, or one follows none that comes before it: no
            way from a message back to the first may be endless.
    """
    key, title, source, pinned, created_ms, updated_ms, persona, language, leaf = row
    _require(_are(str, key, title, persona, language) and _are_times(created_ms, updated_ms) and _are(int | None, leaf))
    _require(source in _SOURCES)
    known: set[int | None] = {None}
    for message in messages:
        _require(message.parent in known and message.number not in known)
        known.add(message.number)
    return Conversation(
        key=key,
        title=title,
        title_source=TitleSource(source),
        pinned=bool(pinned),
        created_ms=created_ms,
        updated_ms=updated_ms,
        persona=persona,
        language=language,
        leaf=leaf,
        messages=messages,
    )


def summary_of(row: Sequence[Any]) -> Summary:
    """Return what a list shows of a conversation.

    Raises:
        DamagedError: it is no such row.
    """
    number, title, pinned, created_ms, updated_ms, listed_ms = row
    _require(_are(str, title) and _are(int, listed_ms) and _are_times(created_ms, updated_ms))
    return Summary(
        id=number,
        title=title,
        pinned=bool(pinned),
        created_ms=created_ms,
        updated_ms=updated_ms,
        listed_ms=listed_ms,
    )


def hit_of(row: Sequence[Any]) -> Hit:
    """Return where the words looked for are: a summary's row, the message's number, and a snippet of its text.

    Raises:
        DamagedError: it is no such row; the index may know words whose message has none.
    """
    *summary, number, snippet = row
    _require(_are(int, number) and _are(str, snippet))
    text, marks = unmarked(snippet)
    return Hit(summary=summary_of(summary), number=number, snippet=text, marks=tuple(marks))


_STATES = frozenset(state.value for state in State)
_SOURCES = frozenset(source.value for source in TitleSource)


def _are(kind: Any, *values: object) -> bool:
    return all(isinstance(value, kind) for value in values)


def _are_times(*values: object) -> bool:
    return all(isinstance(value, int) and value == possible_ms(value) for value in values)


def _require(ok: bool) -> None:
    if not ok:
        raise DamagedError

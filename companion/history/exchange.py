"""Conversations as files: JSON that loses nothing and can be imported again, Markdown to read. Pure; any thread.

The JSON is `{"format": "companion-conversations", "version": 1, "conversations": [...]}`. Each conversation has the
fields of `Conversation` and a list of messages with the fields of `Message`; times are ISO 8601 in UTC with
milliseconds. docs/decisions/0091 describes it. A part that makes no sense is left out and counted.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from companion.history.records import LONGEST_TITLE, Conversation, Message, State, TitleSource, clean, possible_ms

FORMAT = "companion-conversations"
VERSION = 1

LONGEST_TEXT = 400_000
"""Characters of one message: a long book chapter."""
MOST_MESSAGES = 20_000
"""Of one conversation: more than a year of talking in one."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class MalformedError(ValueError):
    """A conversation cannot be read at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The words of an export to Markdown."""

    user: str
    assistant: str
    stopped: str
    """Said of a reply that was stopped."""


def json_of(conversations: Iterable[Conversation]) -> Iterator[str]:
    """Yield the pieces of a JSON file with these conversations."""
    yield f'{{"format": "{FORMAT}", "version": {VERSION}, "conversations": ['
    separator = "\n"
    for conversation in conversations:
        yield separator + json.dumps(value_of(conversation), ensure_ascii=False)
        separator = ",\n"
    yield "\n]}\n"


def markdown_of(conversations: Iterable[Conversation], labels: Labels) -> Iterator[str]:
    """Yield the pieces of a Markdown file: of each conversation the path shown last, in local time."""
    for number, conversation in enumerate(conversations):
        yield f"{chr(10) if number else ''}# {conversation.title}\n"
        for message in conversation.path():
            speaker = labels.user if message.role == "user" else labels.assistant
            when = datetime.fromtimestamp(message.created_ms / 1000).strftime("%Y-%m-%d %H:%M")
            text, mark = message.text, ""
            if message.heard is not None:
                text, mark = text[: message.heard].rstrip(), f" *({labels.stopped})*"
            yield f"\n**{speaker}**, {when}\n\n{text}{mark}\n"


def value_of(conversation: Conversation) -> dict[str, Any]:
    """Return a conversation as JSON values."""
    return {
        "key": conversation.key,
        "title": conversation.title,
        "title_source": conversation.title_source.value,
        "pinned": conversation.pinned,
        "created": _iso(conversation.created_ms),
        "updated": _iso(conversation.updated_ms),
        "persona": conversation.persona,
        "language": conversation.language,
        "leaf": conversation.leaf,
        "messages": [
            {
                "number": message.number,
                "parent": message.parent,
                "role": message.role,
                "text": message.text,
                "heard": message.heard,
                "latency_ms": message.latency_ms,
                "created": _iso(message.created_ms),
                "state": message.state.value,
            }
            for message in conversation.messages
        ],
    }


def conversation_of(value: object) -> tuple[Conversation, int]:
    """Return what `value_of` gave, and how many messages made no sense and were left out.

    What follows a message that was left out follows the one before that.

    Raises:
        MalformedError: it is no conversation.
    """
    if not isinstance(value, dict) or not isinstance(value.get("messages"), list):
        raise MalformedError
    listed = value["messages"][:MOST_MESSAGES]
    skipped = len(value["messages"]) - len(listed)
    created_ms = _ms(value.get("created"), 0)
    messages: list[Message] = []
    followed: dict[int | None, int | None] = {None: None}
    """The kept message that stands for each number of the file."""
    numbered = [part for part in listed if isinstance(part, dict) and _is_count(part.get("number"))]
    for part in sorted(numbered, key=lambda part: part["number"]):
        number, parent = part["number"], part.get("parent")
        behind = followed.get(parent) if parent is None or _is_count(parent) else None
        message = _message(part, behind, created_ms)
        if message is None or number in followed:
            followed.setdefault(number, behind)
        else:
            followed[number] = number
            messages.append(message)
    skipped += len(listed) - len(messages)
    leaf = value.get("leaf")
    found = Conversation(
        key=_text(value.get("key"), 200) or uuid4().hex,
        title=" ".join(_text(value.get("title"), LONGEST_TITLE).split()),
        title_source=_one_of(TitleSource, value.get("title_source"), TitleSource.USER),
        pinned=value.get("pinned") is True,
        created_ms=created_ms,
        updated_ms=_ms(value.get("updated"), created_ms),
        persona=_text(value.get("persona"), 200),
        language=_text(value.get("language"), 20),
        leaf=followed.get(leaf) if _is_count(leaf) else None,
        messages=tuple(messages),
    )
    return found, skipped


def _message(part: dict[str, Any], parent: int | None, created_ms: int) -> Message | None:
    text, role, heard, latency_ms = part.get("text"), part.get("role"), part.get("heard"), part.get("latency_ms")
    if not isinstance(text, str) or len(text) > LONGEST_TEXT or role not in ("user", "assistant"):
        return None
    text = clean(text)
    state = _one_of(State, part.get("state"), State.COMPLETE)
    return Message(
        number=part["number"],
        parent=parent,
        role=role,
        text=text,
        heard=None if (count := _count(heard)) is None else min(count, len(text)),
        latency_ms=_count(latency_ms),
        created_ms=_ms(part.get("created"), created_ms),
        state=State.INTERRUPTED if state is State.IN_FLIGHT else state,
    )


def _is_count(value: object) -> bool:
    """Return whether a value is a whole number from 1, of a size that SQLite and everybody can hold."""
    return type(value) is int and 0 < value < 2**31


def _count(value: object) -> int | None:
    """Return a whole number from 0, None for anything else."""
    return value if type(value) is int and 0 <= value < 2**31 else None


def _one_of(kind: Any, value: object, default: Any) -> Any:
    try:
        return kind(value)
    except ValueError:
        return default


def _text(value: object, longest: int) -> str:
    return clean(value)[:longest] if isinstance(value, str) else ""


def _iso(at_ms: int) -> str:
    at = _EPOCH + timedelta(milliseconds=possible_ms(at_ms))
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _ms(value: object, default: int) -> int:
    """Return a time of the file in milliseconds; text in ISO 8601, UTC if it does not say."""
    if not isinstance(value, str):
        return default
    try:
        at = datetime.fromisoformat(value)
        at_ms = (at if at.tzinfo else at.replace(tzinfo=UTC)) - _EPOCH
    except (ValueError, OverflowError):
        return default
    return possible_ms(at_ms // timedelta(milliseconds=1))

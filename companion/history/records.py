"""What is kept: conversations, their messages, and what lists and searches return. Pure; any thread.

The messages of a conversation are a tree: each follows its parent, and messages with the same parent are versions of
one another. Times are whole milliseconds since 1970, UTC.
"""

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal, TypeAlias

Speaker: TypeAlias = Literal["user", "assistant"]

LONGEST_TITLE = 120
"""Characters; the sidebar shows about a third of it."""
LATEST_MS = 253_402_214_399_999
"""The end of 9999-12-30: the day after is in the year 10000 somewhere on earth, which `datetime` does not know."""


_DIRECTIONS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Controls that order another direction of writing for what follows, the window's own words included. The letters of
Hebrew and Arabic need none. Source: Unicode Standard Annex 9."""


class State(Enum):
    """How far a message got."""

    COMPLETE = "complete"
    IN_FLIGHT = "in flight"
    """The user's words, whose reply is still being made."""
    INTERRUPTED = "interrupted"
    """A reply that was stopped at `heard`; or the user's words, when the turn ended before there was a reply."""


class TitleSource(Enum):
    """Who named a conversation; a later one in this list replaces an earlier one, never the other way round."""

    WORDS = "words"
    """Its first words."""
    MODEL = "model"
    USER = "user"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a conversation."""

    number: int
    """Counts from 1 in the order in which the messages of the conversation were made."""
    parent: int | None
    """Number of the message it follows, always a smaller one; None for a first message."""
    role: Speaker
    text: str
    heard: int | None = None
    """Offset in `text` up to which an interrupted reply was heard; None otherwise."""
    latency_ms: int | None = None
    """From the key's release to the first sound of the reply; None if it was not measured."""
    created_ms: int
    state: State = State.COMPLETE


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a list shows of a conversation."""

    id: int
    title: str
    pinned: bool
    created_ms: int
    updated_ms: int
    """When something was said last, as the clock had it then."""
    listed_ms: int
    """Where it stands in the list: at `updated_ms`, or above what was said before it if the clock was set back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """All of a conversation."""

    key: str
    """Names it across files and computers, so that importing it twice brings it once."""
    title: str
    title_source: TitleSource = TitleSource.WORDS
    pinned: bool = False
    created_ms: int
    updated_ms: int
    persona: str = ""
    """Name of the persona it began with; empty if that is not known."""
    language: str = ""
    """ISO 639 code of its first spoken words; empty if all were typed."""
    leaf: int | None = None
    """Number of the last message of the path that was shown last; None for the newest."""
    messages: tuple[Message, ...] = ()
    """By number: parents come before their children."""

    def path(self) -> tuple[Message, ...]:
        """Return the messages of the path that was shown last, oldest first."""
        by_number = {message.number: message for message in self.messages}
        at = self.leaf if self.leaf in by_number else self._newest_behind(None)
        found = []
        while at is not None:
            found.append(by_number[at])
            at = by_number[at].parent
        return tuple(reversed(found))

    def through(self, number: int) -> "Conversation":
        """Return it with the path shown that leads through a message, and on to the newest behind that."""
        if any(message.number == number for message in self.path()):
            return self
        return replace(self, leaf=self._newest_behind(number))

    def _newest_behind(self, number: int | None) -> int | None:
        """Return where the newest version of each further message leads from `number` (None: the beginning)."""
        newest = {message.parent: message.number for message in self.messages}
        while number in newest:
            number = newest[number]
        return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A conversation that a search found."""

    summary: Summary
    number: int | None
    """The newest of its messages with the words; None if they are in its title alone."""
    snippet: str = ""
    """The words with some of what is around them."""
    marks: tuple[tuple[int, int], ...] = ()
    """Bounds in `snippet` of the words that were looked for."""


_LINE_ENDS = re.compile("\r\n?|[\v\f\x85]")


def clean(text: str) -> str:
    """Return `text` as it can be shown: no lone surrogates, no control characters but tabs, one kind of line end."""
    if text.isprintable():
        return text
    lines = _LINE_ENDS.sub("\n", text)
    kept = "".join(c for c in lines if c in "\n\t" or (c >= " " and not "\x7f" <= c <= "\x9f"))
    return kept.encode("utf-8", "replace").decode()


def possible_ms(at_ms: int) -> int:
    """Return a time that can be shown in every time zone: `at_ms`, or the nearest there is."""
    return min(max(at_ms, 0), LATEST_MS)


def one_line(text: str) -> str:
    """Return `text` as a title can hold it: on one line, and without what would turn the words around it about."""
    return " ".join(clean(text).translate(_DIRECTIONS).split())


def first_words(text: str, longest: int = 48) -> str:
    """Return the beginning of `text` as a title: whole words where possible, and an ellipsis if there is more."""
    words = one_line(text)
    if len(words) <= longest:
        return words
    head = words[: longest - 1]
    whole = head.rpartition(" ")[0] if words[longest - 1] != " " else head
    kept = whole if len(whole) > longest // 2 else head
    return kept.rstrip(" ,;:.-\u2013\u2014") + "…"

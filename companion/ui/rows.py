"""What the conversation on the screen is made of, and how each engine event changes it. Pure; any thread.

`reduce` looks at the rows and one event and returns the edits; it changes nothing itself. Rows are immutable, so
"the same object" means "nothing to lay out again".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias

from companion.engine.events import (
    Event,
    PlaybackAdvanced,
    PlaybackStarted,
    ReplyFinished,
    ReplyToken,
    TranscriptFinal,
    TranscriptPartial,
    TurnCompleted,
    TurnEmpty,
    TurnFailed,
    TurnInterrupted,
)
from companion.engine.messages import ChatMessage
from companion.engine.metrics import TurnMetrics
from companion.ui.strings import error_sentences


class RowKind(Enum):
    """Whose words a row holds; the order within a turn."""

    USER = 1
    ASSISTANT = 2
    FAILURE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One bubble."""

    kind: RowKind
    turn_id: int
    text: str = ""
    hint: str = ""
    """The next step; failures only."""
    provisional: bool = False
    """The words may still change."""
    heard: int | None = None
    """Offset in `text` up to which it was spoken; None where that does not matter (any more)."""
    interrupted: bool = False
    """The reply was stopped at `heard`; the rest was never said and is not remembered."""
    shortened: bool = False
    """The reply reached its longest allowed length."""
    latency_s: float | None = None
    metrics: TurnMetrics | None = None
    message_id: int | None = None
    """Its place in the tree of messages (`companion.ui.branches`); None for what is no message, or not yet."""
    parent_id: int | None = None
    """The message it follows; None for the first."""
    version: int = 1
    versions: int = 1
    """It is number `version` of so many messages that follow the same one."""
    said_s: float | None = None
    """When it was said, in seconds since 1970; None if that is not known."""
    words_turn: int | None = None
    """The turn in which the user spoke these words; None if they were typed, or belong to an earlier run."""
    replay: int | None = None
    """Offset in `spoken_text` up to which it was said again; None while it is not being said again."""

    @property
    def caption(self) -> int | None:
        """Offset in `text` up to which the voice has come; None while none is speaking these words."""
        if self.replay is not None:
            return self.replay
        return None if self.interrupted else self.heard

    @property
    def spoken_text(self) -> str:
        """The words that count: of an interrupted reply, those that were heard."""
        return self.text[: self.heard] if self.interrupted else self.text


@dataclass(frozen=True, slots=True)
class Insert:
    """Put `row` at `index`."""

    index: int
    row: Row


@dataclass(frozen=True, slots=True)
class Update:
    """Replace the row at `index`."""

    index: int
    row: Row


@dataclass(frozen=True, slots=True)
class Remove:
    """Take the row at `index` away."""

    index: int


Edit: TypeAlias = Insert | Update | Remove


def rows_of(messages: Sequence[ChatMessage]) -> list[Row]:
    """Return the rows of an earlier conversation, each following the one before; system messages are not shown.

    Their turn id is 0.
    """
    kinds = {"user": RowKind.USER, "assistant": RowKind.ASSISTANT}
    shown = (message for message in messages if message.role in kinds)
    return [
        Row(kind=kinds[m.role], turn_id=0, text=m.text, message_id=number, parent_id=number - 1 or None)
        for number, m in enumerate(shown, 1)
    ]


def reduce(rows: Sequence[Row], event: Event) -> list[Edit]:
    """Return what `event` changes; the edits are to be carried out in order.

    Args:
        rows: Ordered by turn, then by kind.
        event: Any event; those that are not about words give no edits.
    """
    match event:
        case TranscriptPartial(turn_id=turn, text=text):
            old = _row(rows, turn, RowKind.USER)
            return [] if old is not None and not old.provisional else _put(rows, _user(turn, text, provisional=True))
        case TranscriptFinal(turn_id=turn, text=text, language=language):
            old = _row(rows, turn, RowKind.USER)
            if old is not None and not old.provisional:
                return []  # the question of an answer that is given anew
            return _put(rows, replace(_user(turn, text, provisional=False), words_turn=turn if language else None))
        case ReplyToken(turn_id=turn, text=text):
            row = _reply(rows, turn)
            return _put(rows, replace(row, text=row.text + text))
        case ReplyFinished(turn_id=turn, text=text, reason=reason):
            return _put(rows, replace(_reply(rows, turn), text=text, shortened=reason == "length"))
        case PlaybackStarted(turn_id=turn, release_latency_s=latency_s):
            return _put(rows, replace(_reply(rows, turn), latency_s=latency_s, heard=0))
        case PlaybackAdvanced(turn_id=turn, heard=heard):
            return _put(rows, replace(_reply(rows, turn), heard=heard))
        case TurnCompleted(turn_id=turn, metrics=metrics):
            return _completed(rows, turn, metrics)
        case TurnInterrupted(turn_id=turn, heard_text=heard_text, metrics=metrics):
            return _interrupted(rows, turn, heard_text, metrics)
        case TurnEmpty(turn_id=turn):
            return [Remove(index) for index in _indexes(rows, turn)]
        case TurnFailed(turn_id=turn, error=error):
            message, hint = error_sentences(error)
            settled = [Update(i, replace(rows[i], provisional=False, heard=None)) for i in _indexes(rows, turn)]
            return [*settled, *_put(rows, Row(kind=RowKind.FAILURE, turn_id=turn, text=message, hint=hint))]
        case _:
            return []


_WORD = re.compile(r"\S+")


def spoken_word(text: str, caption: int) -> tuple[int, int]:
    """Return the bounds of the word being said when the voice has come to offset `caption`; empty at the end."""
    found = _WORD.search(text, caption)
    return found.span() if found else (len(text), len(text))


def row_of(rows: Sequence[Row], turn: int, kind: RowKind) -> int | None:
    """Return the index of a turn's row; only the end of the conversation is looked at."""
    return next(iter(_indexes(rows, turn, kind)), None)


def _user(turn: int, text: str, *, provisional: bool) -> Row:
    return Row(kind=RowKind.USER, turn_id=turn, text=text, provisional=provisional)


def _completed(rows: Sequence[Row], turn: int, metrics: TurnMetrics) -> list[Edit]:
    row = _row(rows, turn, RowKind.ASSISTANT)
    if row is None:
        return []
    latency_s = row.latency_s if metrics.release_latency_s is None else metrics.release_latency_s
    return _put(rows, replace(row, heard=None, latency_s=latency_s, metrics=metrics))


def _interrupted(rows: Sequence[Row], turn: int, heard_text: str, metrics: TurnMetrics) -> list[Edit]:
    row = _row(rows, turn, RowKind.ASSISTANT)
    if row is None:
        return []
    if not row.text.startswith(heard_text):
        row = replace(row, text=heard_text)
    latency_s = row.latency_s if metrics.release_latency_s is None else metrics.release_latency_s
    if not row.text:
        return [Remove(_indexes(rows, turn, RowKind.ASSISTANT)[0])]
    return _put(rows, replace(row, interrupted=True, heard=len(heard_text), latency_s=latency_s, metrics=metrics))


def _indexes(rows: Sequence[Row], turn: int, kind: RowKind | None = None) -> list[int]:
    """Return the turn's rows, last first; only the end of the conversation is looked at."""
    found = []
    for index in range(len(rows) - 1, -1, -1):
        if rows[index].turn_id < turn:
            break
        if rows[index].turn_id == turn and kind in (None, rows[index].kind):
            found.append(index)
    return found


def _row(rows: Sequence[Row], turn: int, kind: RowKind) -> Row | None:
    found = _indexes(rows, turn, kind)
    return rows[found[0]] if found else None


def _reply(rows: Sequence[Row], turn: int) -> Row:
    return _row(rows, turn, RowKind.ASSISTANT) or Row(kind=RowKind.ASSISTANT, turn_id=turn)


def _put(rows: Sequence[Row], row: Row) -> list[Edit]:
    """Replace the turn's row of that kind, or insert it where it belongs."""
    found = _indexes(rows, row.turn_id, row.kind)
    if found:
        return [] if rows[found[0]] == row else [Update(found[0], row)]
    index = len(rows)
    while index and (rows[index - 1].turn_id, rows[index - 1].kind.value) > (row.turn_id, row.kind.value):
        index -= 1
    return [Insert(index, row)]

"""Keeps the conversation on the screen: each message when its words are final, each turn when it ends. GUI thread.

The words of the user are written when the turn is committed, marked in flight; the reply when it ends. A conversation
is begun with its first message: one in which nothing was said leaves nothing behind.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from companion.engine.events import (
    Event,
    TranscriptFinal,
    TurnCompleted,
    TurnEmpty,
    TurnFailed,
    TurnInterrupted,
    TurnStarted,
)
from companion.history.records import Conversation, Message, State, Summary
from companion.history.store import HistoryStore
from companion.ui.conversation_model import ConversationModel
from companion.ui.history_link import HistoryLink
from companion.ui.rows import Row, RowKind


@dataclass(slots=True, eq=False)
class _Talk:
    """One conversation held; its fields belong to the history's thread once a job has it."""

    id: int | None = None
    """In the file; None until its first message is there."""
    store: HistoryStore | None = None
    """The file it is in; another one if that was damaged and put aside."""
    spoken: bool = False
    """Whether its language was written. Thread: GUI."""

    def keep(self, message: Message, *, persona: str, store: HistoryStore) -> Summary | None:
        """Write a message, as the first of a new conversation if need be."""
        if self.id is None or self.store not in (None, store):
            self.id = store.begin(message, persona=persona)
            self.store = store
        else:
            store.put(self.id, message)
        return store.summary(self.id)


@dataclass(slots=True)
class _Turn:
    """One turn under way."""

    talk: _Talk
    numbers: set[int] = field(default_factory=set)
    """The user's messages that wait for its end."""


class HistoryRecorder(QObject):
    """Writes what `ConversationModel` settles.

    Signals:
        kept(Summary): something new is on the disk.
        current_changed: another conversation is held, or it has got its place in the file.

    Args:
        link: The way to the file.
        model: The conversation on the screen.
        clock: Seconds since 1970.
    """

    kept = Signal(object)
    current_changed = Signal()

    def __init__(
        self,
        link: HistoryLink,
        model: ConversationModel,
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(parent)
        self._link = link
        self._clock = clock
        self._keeping = True
        self._talk = _Talk()
        self._turns: dict[int, _Turn] = {}
        self._current: int | None = None
        self.persona = ""
        """Name of the persona that answers; stored with a conversation that begins."""
        model.message_settled.connect(self._on_settled)
        model.branch_chosen.connect(self._on_branch_chosen)

    @property
    def current(self) -> int | None:
        """The conversation on the screen, if it is in the file."""
        return self._current

    @property
    def keeping(self) -> bool:
        """Whether anything is written."""
        return self._keeping

    def set_keeping(self, keeping: bool) -> None:
        """Write from now on, or no longer; what is said after a pause begins a conversation of its own."""
        if keeping != self._keeping:
            self._keeping = keeping
            self.begin()

    @Slot()
    def begin(self) -> None:
        """Another conversation begins; turns under way still belong to the one before."""
        self._hold(_Talk(), None)

    def resume(self, conversation: int) -> None:
        """A kept conversation goes on."""
        self._hold(_Talk(id=conversation), conversation)

    @Slot(object)
    def apply(self, event: Event) -> None:
        """Take one engine event, after the model had it."""
        match event:
            case TurnStarted(turn_id=turn):
                self._turns[turn] = _Turn(self._talk)
            case TranscriptFinal(turn_id=turn, language=language) if language and self._keeping:
                talk = self._turns[turn].talk if turn in self._turns else self._talk
                if not talk.spoken:
                    talk.spoken = True
                    self._link.write(partial(_set_language, talk, language))
            case TurnCompleted() | TurnInterrupted() | TurnEmpty() | TurnFailed():
                turn_ended = self._turns.pop(event.turn_id, None)
                if turn_ended is not None and self._keeping:
                    self._end(turn_ended, event)

    def _hold(self, talk: _Talk, current: int | None) -> None:
        self._talk, self._current = talk, current
        self.current_changed.emit()

    def _end(self, turn: _Turn, event: Event) -> None:
        state = State.INTERRUPTED if isinstance(event, TurnFailed) else State.COMPLETE
        for number in turn.numbers:
            if isinstance(event, TurnEmpty):
                self._link.write(partial(_take_back, turn.talk, number))
            else:
                self._link.write(partial(_end, turn.talk, number, state))

    @Slot(object)
    def _on_settled(self, row: Row) -> None:
        if not self._keeping or row.message_id is None:
            return
        turn = self._turns.get(row.turn_id)
        talk = self._talk if turn is None else turn.talk
        state = State.INTERRUPTED if row.interrupted else State.COMPLETE
        if turn is not None and row.kind is RowKind.USER:
            turn.numbers.add(row.message_id)
            state = State.IN_FLIGHT
        message = message_of(row, state, self._clock())
        self._link.write(partial(_keep, talk, message, self.persona), partial(self._on_kept, talk))

    def _on_kept(self, talk: _Talk, summary: Summary | None) -> None:
        if talk is self._talk and talk.id != self._current:
            self._current = talk.id
            self.current_changed.emit()
        if summary is not None:
            self.kept.emit(summary)

    @Slot(object)
    def _on_branch_chosen(self, leaf: int | None) -> None:
        if self._keeping:
            self._link.write(partial(_show_path, self._talk, leaf))


def message_of(row: Row, state: State, now_s: float) -> Message:
    """Return a row of the conversation as it is kept."""
    assert row.message_id is not None
    return Message(
        number=row.message_id,
        parent=row.parent_id,
        role="user" if row.kind is RowKind.USER else "assistant",
        text=row.text,
        heard=row.heard if row.interrupted else None,
        latency_ms=None if row.latency_s is None else round(row.latency_s * 1000),
        created_ms=round((row.said_s or now_s) * 1000),
        state=state,
    )


def rows_of_conversation(conversation: Conversation) -> list[Row]:
    """Return the rows of a kept conversation, all its versions, for `ConversationModel.show_branches`."""
    return [
        Row(
            kind=RowKind.USER if message.role == "user" else RowKind.ASSISTANT,
            turn_id=0,
            text=message.text,
            heard=message.heard,
            interrupted=message.heard is not None,
            latency_s=None if message.latency_ms is None else message.latency_ms / 1000,
            message_id=message.number,
            parent_id=message.parent,
            said_s=message.created_ms / 1000,
        )
        for message in conversation.messages
    ]


# -- jobs, on the history's thread


def _keep(talk: _Talk, message: Message, persona: str, store: HistoryStore) -> Summary | None:
    return talk.keep(message, persona=persona, store=store)


def _set_language(talk: _Talk, language: str, store: HistoryStore) -> None:
    if talk.id is not None:
        store.set_language(talk.id, language)


def _end(talk: _Talk, number: int, state: State, store: HistoryStore) -> None:
    if talk.id is not None:
        store.end(talk.id, number, state)


def _take_back(talk: _Talk, number: int, store: HistoryStore) -> None:
    if talk.id is not None:
        store.remove(talk.id, number)


def _show_path(talk: _Talk, leaf: int | None, store: HistoryStore) -> None:
    if talk.id is not None:
        store.show_path(talk.id, leaf)

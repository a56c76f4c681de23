"""The conversation as a Qt list model. GUI thread.

`companion.ui.rows` decides what an event changes; this carries it out and tells the views. Tokens and caption
steps arrive up to a hundred times a second: their rows change at once, but views hear of it at most every
`NOTIFY_MS`.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal, Slot

from companion.engine.events import (
    Event,
    PlaybackAdvanced,
    ReplyToken,
    TranscriptFinal,
    TurnCompleted,
    TurnEmpty,
    TurnFailed,
    TurnInterrupted,
    TurnStarted,
)
from companion.engine.messages import ChatMessage
from companion.engine.metrics import grade
from companion.ui.branches import Branches
from companion.ui.conversation_strings import (
    ACCESSIBLE_HINTED,
    ACCESSIBLE_LATENCY,
    ACCESSIBLE_REMARK,
    ACCESSIBLE_ROW,
    ACCESSIBLE_VERSION,
    PROBLEM,
)
from companion.ui.rows import Edit, Insert, Remove, Row, RowKind, Update, reduce, row_of, rows_of
from companion.ui.strings import APP_NAME, GRADE_WORDS, STOPPED_HERE, YOU, latency_words
from companion.ui.translation import tr

NOTIFY_MS = 50
"""Shortest time between two repaints of a growing reply: 20 a second, while the models need every core."""

ROW_ROLE = int(Qt.ItemDataRole.UserRole)
"""The `Row` itself."""

_SPEAKERS = {RowKind.USER: YOU, RowKind.ASSISTANT: APP_NAME, RowKind.FAILURE: PROBLEM}
_NO_PARENT = QModelIndex()
_ENDS = (TurnCompleted, TurnInterrupted, TurnEmpty, TurnFailed)


class ConversationModel(QAbstractListModel):
    """Rows of the conversation, oldest first: the path of the tree of messages that is shown.

    Signals:
        emptied(bool): whether the conversation has no rows, when that changes.
        message_settled(Row): a message's words are final; the row has `message_id` and `parent_id`. To be stored. It
            may come again for a message that is given other words later, which are to replace those stored.
        branch_chosen(int | None): this message is the last of the path that is shown now; None if the path is empty.
            Comes before the messages that are then added to it.

    Args:
        clock: Seconds since 1970.
    """

    emptied = Signal(bool)
    message_settled = Signal(object)
    branch_chosen = Signal(object)

    def __init__(self, parent: QObject | None = None, *, clock: Callable[[], float] = time.time) -> None:
        super().__init__(parent)
        self._clock = clock
        self._rows: list[Row] = []
        self._branches = Branches()
        self._stale: set[int] = set()
        self._newest_turn = 0
        self._forgotten_turn = 0
        self._running: int | None = None
        """The turn under way."""
        self._asked_again: int | None = None
        """The message whose answer is given anew: the next typed turn is its."""
        self._answering: int | None = None
        """The turn that gives an answer anew."""
        self._timer = QTimer(self, singleShot=True, interval=NOTIFY_MS)
        self._timer.timeout.connect(self._notify)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_PARENT) -> int:  # noqa: N802
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a row's plain text, its accessible text or the `Row` itself."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.spoken_text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return accessible_text(row)
        return None

    def row(self, index: int) -> Row:
        """Return the row at `index`."""
        return self._rows[index]

    def index_of(self, message_id: int) -> int | None:
        """Return the index of a message's row; None if it is not shown. The end is looked at first."""
        for index in range(len(self._rows) - 1, -1, -1):
            if self._rows[index].message_id == message_id:
                return index
        return None

    def apply(self, event: Event) -> None:
        """Take one engine event."""
        turn_id = getattr(event, "turn_id", None)
        if turn_id is not None:
            if turn_id <= self._forgotten_turn:
                return
            self._newest_turn = max(self._newest_turn, turn_id)
        if isinstance(event, TurnStarted):
            self._begin_turn(event)
            return
        was_empty = not self._rows
        self._carry_out_all(reduce(self._rows, event), quiet=isinstance(event, ReplyToken | PlaybackAdvanced))
        if isinstance(event, TranscriptFinal):
            self._settle_row(event.turn_id, RowKind.USER)
        elif isinstance(event, _ENDS):
            self._running = None
            self._settle_row(event.turn_id, RowKind.ASSISTANT)
        if was_empty != (not self._rows):
            self.emptied.emit(not self._rows)

    def clear(self) -> None:
        """Forget everything, also what is still on its way for turns seen so far."""
        self.show_messages(())

    def show_messages(self, messages: Sequence[ChatMessage]) -> None:
        """Show an earlier conversation instead of this one: a plain one, with no other versions."""
        self.show_branches(rows_of(messages))

    def show_branches(self, rows: Sequence[Row], leaf: int | None = None) -> None:
        """Show an earlier conversation with all its versions, as `message_settled` gave them, instead of this one.

        Args:
            rows: Of all its messages, parents before their children.
            leaf: The last one of the path to show; None for the newest.

        Raises:
            ValueError: The rows are no tree.
        """
        branches = Branches(rows, leaf)
        self._settle_running()
        self._forget_turns()
        self.beginResetModel()
        self._timer.stop()
        self._stale.clear()
        self._branches = branches
        self._rows = branches.path()
        self.endResetModel()
        self.emptied.emit(not self._rows)

    def as_text(self) -> str:
        """Return the whole conversation as plain text, one paragraph a row."""
        return "\n\n".join(
            tr(ACCESSIBLE_ROW, speaker=tr(_SPEAKERS[row.kind]), words=row.spoken_text) for row in self._rows
        )

    def messages(self, end: int | None = None) -> tuple[ChatMessage, ...]:
        """Return what the language model is to know: the messages of the rows before `end`, as they were heard."""
        rows = self._rows if end is None else self._rows[:end]
        return tuple(
            ChatMessage(role="user" if row.kind is RowKind.USER else "assistant", text=row.spoken_text)
            for row in rows
            if row.message_id is not None
        )

    # -- other versions

    def question_of(self, index: int) -> int | None:
        """Return the index of the user's message that row `index` answers; None if there is none."""
        for at in range(index, -1, -1):
            if self._rows[at].kind is RowKind.USER:
                return at
        return None

    def edit(self, index: int) -> tuple[ChatMessage, ...]:
        """Make room for another version of the user's message at `index`: the next turn's words.

        Returns:
            The messages that come before it.
        """
        self._settle_running()
        before = self.messages(index)
        self._cut(index)
        return before

    def ask_again(self, index: int) -> tuple[tuple[ChatMessage, ...], str]:
        """Make room for another answer to the user's message at `index`: the next typed turn is its.

        Returns:
            The messages that come before it, and its words.
        """
        self._settle_running()
        row = self._rows[index]
        before = self.messages(index)
        self._cut(index + 1)
        self._asked_again = row.message_id
        return before, row.spoken_text

    def choose_version(self, message_id: int, step: int) -> tuple[ChatMessage, ...] | None:
        """Show the version of a message that is `step` further on, and what followed it.

        Returns:
            The messages of the path that is shown now; None if there is no such version.
        """
        found = self._branches.beside(message_id, step)
        return None if found is None else self._show(found)

    def give_up(self, turn_id: int) -> tuple[ChatMessage, ...] | None:
        """Show an earlier answer again if this turn was to give another and was stopped before its first word.

        Returns:
            The messages of the path that is shown now; None if there is nothing to go back to.
        """
        last = self._rows[-1] if self._rows and turn_id == self._answering else None
        if last is None or last.message_id is None or last.kind is not RowKind.USER:
            return None
        earlier = self._branches.newest_child(last.message_id)
        return None if earlier is None else self._show(earlier)

    def _show(self, message_id: int) -> tuple[ChatMessage, ...]:
        self._settle_running()
        self._forget_turns()
        self._branches.choose(message_id)
        path = self._branches.path()
        shared = 0
        while shared < min(len(path), len(self._rows)) and self._rows[shared].message_id == path[shared].message_id:
            shared += 1
        self._remove(shared)
        if len(path) > shared:
            self.beginInsertRows(_NO_PARENT, shared, len(path) - 1)
            self._rows[shared:] = path[shared:]
            self.endInsertRows()
        self.branch_chosen.emit(path[-1].message_id)
        return self.messages()

    def _cut(self, index: int) -> None:
        """Take the rows from `index` on off the screen; the tree keeps them."""
        self._forget_turns()
        parent = self._parent_of(index)
        self._branches.cut(parent)
        self._remove(index)
        self.branch_chosen.emit(parent)

    def _remove(self, first: int) -> None:
        self._notify()
        if first < len(self._rows):
            self.beginRemoveRows(_NO_PARENT, first, len(self._rows) - 1)
            del self._rows[first:]
            self.endRemoveRows()

    def _forget_turns(self) -> None:
        self._forgotten_turn = self._newest_turn
        self._running = self._asked_again = None

    def _settle_running(self) -> None:
        """The turn under way is cut off here: take what was heard of it for all there is."""
        turn, self._running = self._running, None
        if turn is None:
            return
        index = row_of(self._rows, turn, RowKind.ASSISTANT)
        if index is not None:
            row = self._rows[index]
            self._carry_out(Update(index, replace(row, interrupted=True, heard=row.heard or 0)), quiet=False)
            self._settle_row(turn, RowKind.ASSISTANT)
        index = row_of(self._rows, turn, RowKind.USER)
        if index is not None and self._rows[index].provisional:
            self._carry_out(Remove(index), quiet=False)

    def _settle_row(self, turn: int, kind: RowKind) -> None:
        index = row_of(self._rows, turn, kind)
        if index is not None:
            self.message_settled.emit(self._rows[index])

    def _begin_turn(self, started: TurnStarted) -> None:
        self._running = started.turn_id
        again = self._asked_again
        if started.typed and again is not None:
            self._asked_again, self._answering = None, started.turn_id
            index = self.index_of(again)
            if index is not None:
                self._carry_out(Update(index, replace(self._rows[index], turn_id=started.turn_id)), quiet=True)

    # -- said again

    def follow_speech(self, message_id: int, heard: int | None) -> None:
        """The words of a message are being said again, up to offset `heard`; None if they no longer are."""
        index = self.index_of(message_id)
        if index is not None and self._rows[index].replay != heard:
            self._carry_out(Update(index, replace(self._rows[index], replay=heard)), quiet=heard is not None)

    def forget_recording(self, message_id: int) -> None:
        """The sound of the user's words is no longer kept."""
        index = self.index_of(message_id)
        if index is not None:
            self._carry_out(Update(index, replace(self._rows[index], words_turn=None)), quiet=False)

    # -- carrying out

    def _carry_out_all(self, edits: Sequence[Edit], *, quiet: bool) -> None:
        for edit in edits:
            self._carry_out(edit, quiet=quiet)

    def _carry_out(self, edit: Edit, *, quiet: bool) -> None:
        if isinstance(edit, Update):
            row = replace(edit.row, said_s=edit.row.said_s or self._rows[edit.index].said_s)
            self._rows[edit.index] = self._filed(row, edit.index)
            self._stale.add(edit.index)
            if not quiet:
                self._notify()
            elif not self._timer.isActive():
                self._timer.start()
            return
        self._notify()
        if isinstance(edit, Insert):
            row = self._filed(replace(edit.row, said_s=self._clock()), edit.index)
            self.beginInsertRows(_NO_PARENT, edit.index, edit.index)
            self._rows.insert(edit.index, row)
            self.endInsertRows()
        elif isinstance(edit, Remove):
            message_id = self._rows[edit.index].message_id
            self.beginRemoveRows(_NO_PARENT, edit.index, edit.index)
            del self._rows[edit.index]
            self.endRemoveRows()
            if message_id is not None:
                self._branches.remove(message_id)

    def _filed(self, row: Row, index: int) -> Row:
        """Return the row as the tree of messages has it from now on, if it is one."""
        if row.message_id is not None:
            self._branches.replace(row)
        elif row.kind is RowKind.ASSISTANT or (row.kind is RowKind.USER and not row.provisional):
            return self._branches.add(row, self._parent_of(index))
        return row

    def _parent_of(self, index: int) -> int | None:
        """Return the message that one at `index` would follow."""
        for at in range(index - 1, -1, -1):
            if self._rows[at].message_id is not None:
                return self._rows[at].message_id
        return None

    @Slot()
    def _notify(self) -> None:
        self._timer.stop()
        if self._stale:
            first, last = min(self._stale), max(self._stale)
            self._stale.clear()
            self.dataChanged.emit(self.index(first), self.index(last))


def accessible_text(row: Row) -> str:
    """Return what a screen reader says for a row."""
    text = tr(ACCESSIBLE_ROW, speaker=tr(_SPEAKERS[row.kind]), words=row.spoken_text)
    if row.hint:
        text = tr(ACCESSIBLE_HINTED, words=text, hint=row.hint)
    if row.interrupted:
        text = tr(ACCESSIBLE_REMARK, words=text, remark=tr(STOPPED_HERE))
    if row.versions > 1:
        text = tr(ACCESSIBLE_VERSION, words=text, version=row.version, versions=row.versions)
    if row.latency_s is not None:
        text = tr(
            ACCESSIBLE_LATENCY,
            words=text,
            latency=latency_words(row.latency_s),
            grade=tr(GRADE_WORDS[grade(row.latency_s)]),
        )
    return text

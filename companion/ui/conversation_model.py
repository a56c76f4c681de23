"""The conversation as a Qt list model. GUI thread.

`companion.ui.rows` decides what an event changes; this carries it out and tells the views. Tokens and caption
steps arrive up to a hundred times a second: their rows change at once, but views hear of it at most every
`NOTIFY_MS`.
"""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal, Slot

from companion.engine.events import Event, PlaybackAdvanced, ReplyToken, TurnStarted
from companion.engine.messages import ChatMessage
from companion.engine.metrics import grade
from companion.ui.rows import Edit, Insert, Remove, Row, RowKind, Update, reduce, rows_of
from companion.ui.strings import APP_NAME, STOPPED_HERE, YOU, latency_words

NOTIFY_MS = 50
"""Shortest time between two repaints of a growing reply: 20 a second, while the models need every core."""

ROW_ROLE = int(Qt.ItemDataRole.UserRole)
"""The `Row` itself."""

_SPEAKERS = {RowKind.USER: YOU, RowKind.ASSISTANT: APP_NAME, RowKind.FAILURE: "Problem"}
_NO_PARENT = QModelIndex()


class ConversationModel(QAbstractListModel):
    """Rows of the conversation, oldest first.

    Signals:
        emptied(bool): whether the conversation has no rows, when that changes.
    """

    emptied = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self._stale: set[int] = set()
        self._newest_turn = 0
        self._forgotten_turn = 0
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

    def apply(self, event: Event) -> None:
        """Take one engine event."""
        turn_id = getattr(event, "turn_id", None)
        if turn_id is not None:
            if turn_id <= self._forgotten_turn:
                return
            self._newest_turn = max(self._newest_turn, turn_id)
        if isinstance(event, TurnStarted):
            return
        quiet = isinstance(event, ReplyToken | PlaybackAdvanced)
        was_empty = not self._rows
        for edit in reduce(self._rows, event):
            self._carry_out(edit, quiet=quiet)
        if was_empty != (not self._rows):
            self.emptied.emit(not self._rows)

    def clear(self) -> None:
        """Forget everything, also what is still on its way for turns seen so far."""
        self.show_messages(())

    def show_messages(self, messages: Sequence[ChatMessage]) -> None:
        """Show an earlier conversation instead of this one."""
        self._forgotten_turn = self._newest_turn
        self.beginResetModel()
        self._timer.stop()
        self._stale.clear()
        self._rows = rows_of(messages)
        self.endResetModel()
        self.emptied.emit(not self._rows)

    def as_text(self) -> str:
        """Return the whole conversation as plain text, one paragraph a row."""
        return "\n\n".join(f"{_SPEAKERS[row.kind]}: {row.spoken_text}" for row in self._rows)

    def _carry_out(self, edit: Edit, *, quiet: bool) -> None:
        if isinstance(edit, Update):
            self._rows[edit.index] = edit.row
            self._stale.add(edit.index)
            if not quiet:
                self._notify()
            elif not self._timer.isActive():
                self._timer.start()
            return
        self._notify()
        if isinstance(edit, Insert):
            self.beginInsertRows(_NO_PARENT, edit.index, edit.index)
            self._rows.insert(edit.index, edit.row)
            self.endInsertRows()
        elif isinstance(edit, Remove):
            self.beginRemoveRows(_NO_PARENT, edit.index, edit.index)
            del self._rows[edit.index]
            self.endRemoveRows()

    @Slot()
    def _notify(self) -> None:
        self._timer.stop()
        if self._stale:
            first, last = min(self._stale), max(self._stale)
            self._stale.clear()
            self.dataChanged.emit(self.index(first), self.index(last))


def accessible_text(row: Row) -> str:
    """Return what a screen reader says for a row."""
    parts = [f"{_SPEAKERS[row.kind]}: {row.spoken_text}"]
    if row.hint:
        parts.append(row.hint)
    if row.interrupted:
        parts.append(f"({STOPPED_HERE})")
    if row.latency_s is not None:
        parts.append(f"({latency_words(row.latency_s)}, {grade(row.latency_s)})")
    return " ".join(parts)

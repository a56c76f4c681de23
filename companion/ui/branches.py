"""The messages of a conversation as a tree: every version of a question or an answer, and the path now shown. Pure.

A message is a `Row` with a `message_id` and the `parent_id` of the message it follows. Its siblings, the messages that
follow the same one, are its other versions. Under each message the tree remembers which of them was shown last, so
that going back to a branch shows it as it was left. Not thread-safe: one owner.
"""

from collections.abc import Iterable
from dataclasses import replace

from companion.ui.rows import Row


class Branches:
    """One conversation; ids count from 1 in the order in which messages were made.

    Args:
        rows: An earlier conversation, parents before their children.
        leaf: Its message that was shown last; None for the newest branch throughout.

    Raises:
        ValueError: A row has no id, one that was there before, or a parent that does not come before it.
    """

    def __init__(self, rows: Iterable[Row] = (), leaf: int | None = None) -> None:
        self._rows: dict[int, Row] = {}
        self._children: dict[int | None, list[int]] = {}
        self._shown: dict[int | None, int] = {}
        for row in rows:
            if row.message_id is None or row.message_id in self._rows:
                raise ValueError("a message needs an id of its own")
            if row.parent_id is not None and row.parent_id not in self._rows:
                raise ValueError("a message comes after the one it follows")
            self._put(row.message_id, row.parent_id, row)
        self._next_id = max(self._rows, default=0) + 1
        if leaf is not None:
            self.choose(leaf)

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: Row, parent_id: int | None) -> Row:
        """Add a message behind `parent_id` (None: at the beginning), show it, and return it with its ids."""
        message_id = self._next_id
        self._next_id += 1
        self._put(message_id, parent_id, replace(row, message_id=message_id, parent_id=parent_id))
        return self.row(message_id)

    def replace(self, row: Row) -> None:
        """Take a newer state of a message."""
        assert row.message_id in self._rows
        self._rows[row.message_id] = row

    def remove(self, message_id: int) -> None:
        """Forget a message that nothing follows."""
        parent = self._rows.pop(message_id).parent_id
        siblings = self._children[parent]
        siblings.remove(message_id)
        if self._shown.get(parent) == message_id:
            del self._shown[parent]

    def row(self, message_id: int) -> Row:
        """Return a message, with its number among its versions."""
        row = self._rows[message_id]
        siblings = self._children[row.parent_id]
        number = siblings.index(message_id) + 1, len(siblings)
        if (row.version, row.versions) == number:
            return row  # as nearly all are: a long conversation opens in half the time
        return replace(row, version=number[0], versions=number[1])

    def siblings(self, message_id: int) -> tuple[int, ...]:
        """Return the versions of a message, itself included, oldest first."""
        return tuple(self._children[self._rows[message_id].parent_id])

    def beside(self, message_id: int, step: int) -> int | None:
        """Return the version `step` further on (-1: the one before); None if there is none."""
        siblings = self._children[self._rows[message_id].parent_id]
        at = siblings.index(message_id) + step
        return siblings[at] if 0 <= at < len(siblings) else None

    def newest_child(self, message_id: int | None) -> int | None:
        """Return the message that was made last of those behind `message_id`; None if there are none."""
        children = self._children.get(message_id)
        return children[-1] if children else None

    def choose(self, message_id: int) -> None:
        """Show the branch with this message, and behind it what was last shown there."""
        at: int | None = message_id
        while at is not None:
            parent = self._rows[at].parent_id
            self._shown[parent] = at
            at = parent

    def cut(self, message_id: int | None) -> None:
        """Show nothing behind a message (None: nothing at all): what comes next is another version."""
        self._shown.pop(message_id, None)

    def path(self) -> list[Row]:
        """Return the messages that are shown, oldest first."""
        found: list[Row] = []
        at = self._shown.get(None)
        while at is not None:
            found.append(self.row(at))
            at = self._shown.get(at)
        return found

    def _put(self, message_id: int, parent_id: int | None, row: Row) -> None:
        self._rows[message_id] = row
        self._children.setdefault(parent_id, []).append(message_id)
        self._shown[parent_id] = message_id

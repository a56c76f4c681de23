"""The conversations in SQLite: written message by message, listed, searched, deleted without a trace.

Thread: one, whichever makes it. Every writing method is one transaction: when it returns, what it wrote survives the
end of the process and the loss of power, as far as the disk keeps its promises.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from companion.history.records import (
    LONGEST_TITLE,
    Conversation,
    Hit,
    Message,
    State,
    Summary,
    TitleSource,
    first_words,
    one_line,
)
from companion.history.rows import conversation_of, hit_of, message_of, summary_of, values_of
from companion.history.schema import open_database
from companion.history.search import MARK_BEGIN, MARK_END, match_expression

PAGE = 100
"""Conversations listed at a time."""
MOST_HITS = 60
_MOST_MATCHES = 2000
"""Messages looked at for one search, newest first."""
_SNIPPET_WORDS = 14
_LAST_PLACE = 2**53
"""What stands later in the list than this (ms) is damaged: one more must not be more than SQLite's largest number."""

_SUMMARY = "c.id, c.title, c.pinned, c.created_ms, c.updated_ms, c.listed_ms"
_MESSAGE = "number, parent, role, text, heard, latency_ms, created_ms, state"
_INSERT = f"INSERT INTO messages (conversation, {_MESSAGE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
LAST = f"SELECT {_SUMMARY} FROM conversations c WHERE deleted = 0 ORDER BY listed_ms DESC, id DESC LIMIT 1"
LIST = f"""SELECT {_SUMMARY} FROM conversations c WHERE deleted = 0 AND (pinned, listed_ms, id) < (?, ?, ?)
    ORDER BY pinned DESC, listed_ms DESC, id DESC LIMIT ?"""
_DATED = f"""UPDATE conversations SET updated_ms = ?1, placed_ms = nullif(max(?1, ifnull((
    SELECT min(listed_ms, {_LAST_PLACE}) + 1 FROM conversations WHERE id <> ?2 ORDER BY listed_ms DESC LIMIT 1
    ), ?1)), ?1) WHERE id = ?2"""
SEARCH_MESSAGES = f"""SELECT {_SUMMARY}, m.number, snippet(message_words, 0, ?, ?, '…', {_SNIPPET_WORDS})
    FROM message_words w JOIN messages m ON m.id = w.rowid JOIN conversations c ON c.id = m.conversation
    WHERE message_words MATCH ? AND c.deleted = 0 ORDER BY w.rowid DESC LIMIT {_MOST_MATCHES}"""
SEARCH_TITLES = f"""SELECT {_SUMMARY} FROM title_words w JOIN conversations c ON c.id = w.rowid
    WHERE title_words MATCH ? AND c.deleted = 0 ORDER BY w.rowid DESC LIMIT {MOST_HITS}"""
MESSAGES = f"SELECT {_MESSAGE} FROM messages WHERE conversation = ? ORDER BY number"
_AFTER_ALL = (2, 0, 0)


class HistoryStore:
    """One connection to the file of the conversations.

    Opening it deletes for good what was deleted before, and marks turns that a crash left unfinished.

    Args:
        path: The file; made if it is not there.

    Raises:
        HistoryError: a newer version wrote the file.
        DamagedError: the file is broken.
        sqlite3.Error, OSError: it cannot be opened.

    Every method may raise `SQLITE_ERRORS` or OSError, and what reads DamagedError.
    """

    def __init__(self, path: Path) -> None:
        self._connection = open_database(path)
        try:
            self.purge()
            with self._transaction():
                self._do("UPDATE messages SET state = 'interrupted' WHERE state = 'in flight'")
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file; what SQLite put beside it goes into it. Idempotent."""
        self._connection.close()

    # -- a conversation being held

    def begin(self, first: Message, *, persona: str = "") -> int:
        """Add a conversation with its first message, whose first words name it, and return its id."""
        begun = Conversation(
            key=uuid4().hex,
            title=first_words(first.text),
            created_ms=first.created_ms,
            updated_ms=first.created_ms,
            persona=persona,
        )
        with self._transaction():
            new = self._add(begun)
            self.put(new, first)
            return new

    def put(self, conversation: int, message: Message) -> bool:
        """Add a message as the newest of the path shown, or replace the words of the one with its number.

        A new one dates the conversation, and makes it the first of the list whatever the clock said before.

        If the message it follows was not kept, it is a first one.

        Returns:
            False if the conversation is no longer there.
        """
        with self._transaction():
            if not self._exists(conversation):
                return False
            known = self._has(conversation, message.parent)
            is_new = not self._has(conversation, message.number)
            self._do(
                f"{_INSERT} ON CONFLICT (conversation, number) DO UPDATE SET "
                "text = excluded.text, heard = excluded.heard, "
                "latency_ms = excluded.latency_ms, state = excluded.state",
                conversation,
                *values_of(message if known else replace(message, parent=None)),
            )
            self._do("UPDATE conversations SET leaf = ? WHERE id = ?", message.number, conversation)
            if is_new:
                self._do(_DATED, message.created_ms, conversation)
        return True

    def end(self, conversation: int, number: int, state: State) -> None:
        """A turn has ended: the user's message `number` is no longer in flight."""
        with self._transaction():
            self._do(
                "UPDATE messages SET state = ? WHERE conversation = ? AND number = ? AND state = 'in flight'",
                state.value,
                conversation,
                number,
            )

    def remove(self, conversation: int, number: int) -> None:
        """Take back a message that nothing follows; the path shown ends before it."""
        with self._transaction():
            self._do(
                "UPDATE conversations SET leaf = (SELECT parent FROM messages WHERE conversation = ?1 AND number = ?2) "
                "WHERE id = ?1 AND leaf = ?2",
                conversation,
                number,
            )
            self._do("DELETE FROM messages WHERE conversation = ? AND number = ?", conversation, number)

    def show_path(self, conversation: int, leaf: int | None) -> None:
        """Remember which message is the last of the path shown; None for none or the newest."""
        with self._transaction():
            self._do("UPDATE conversations SET leaf = ? WHERE id = ?", leaf, conversation)

    def set_language(self, conversation: int, language: str) -> None:
        """Name the language of a conversation that has none yet."""
        with self._transaction():
            self._do("UPDATE conversations SET language = ? WHERE id = ? AND language = ''", language, conversation)

    # -- what the user does with conversations

    def rename(self, conversation: int, title: str, source: TitleSource = TitleSource.USER) -> None:
        """Give a conversation another title; the user's own is replaced only by the user, none by an empty one."""
        title = one_line(title)[:LONGEST_TITLE].rstrip()
        if title:
            with self._transaction():
                self._do(
                    "UPDATE conversations SET title = ?1, title_source = ?2 "
                    "WHERE id = ?3 AND (?2 = 'user' OR title_source <> 'user')",
                    title,
                    source.value,
                    conversation,
                )

    def pin(self, conversation: int, pinned: bool) -> None:
        """Keep a conversation at the top of the list, or no longer."""
        with self._transaction():
            self._do("UPDATE conversations SET pinned = ? WHERE id = ?", int(pinned), conversation)

    def delete(self, conversations: Sequence[int] | None = None) -> Sequence[int]:
        """Take conversations (None: all) off every list, and return their ids; `restore` brings them back."""
        with self._transaction():
            if conversations is None:
                conversations = [row[0] for row in self._do("SELECT id FROM conversations WHERE deleted = 0")]
            self._mark_deleted(conversations, 1)
        return tuple(conversations)

    def restore(self, conversations: Sequence[int]) -> None:
        """Bring deleted conversations back, if they were not purged yet."""
        with self._transaction():
            self._mark_deleted(conversations, 0)

    def purge(self) -> None:
        """Delete for good what was deleted: no word of it stays in the file.

        Rows are overwritten with zeros (`secure_delete`). The word index keeps the words of deleted rows until its
        parts are merged, so they are; then the log of changes is emptied.
        """
        with self._transaction():
            if self._do("SELECT 1 FROM conversations WHERE deleted = 1 LIMIT 1").fetchone() is None:
                return
            self._do("DELETE FROM messages WHERE conversation IN (SELECT id FROM conversations WHERE deleted = 1)")
            self._do("DELETE FROM conversations WHERE deleted = 1")
            for index in ("message_words", "title_words"):
                self._do(f"INSERT INTO {index} ({index}) VALUES ('optimize')")
        self._do("PRAGMA wal_checkpoint(TRUNCATE)")

    # -- finding

    def list(self, after: Summary | None = None, limit: int = PAGE) -> Sequence[Summary]:
        """Return the next conversations, pinned first and then newest first, behind `after` (None: from the top)."""
        behind = (int(after.pinned), after.listed_ms, after.id) if after else _AFTER_ALL
        return [summary_of(row) for row in self._do(LIST, *behind, limit)]

    def summary(self, conversation: int) -> Summary | None:
        """Return what a list shows of one conversation; None if it is not there or deleted."""
        row = self._do(f"SELECT {_SUMMARY} FROM conversations c WHERE id = ? AND deleted = 0", conversation).fetchone()
        return summary_of(row) if row else None

    def last(self) -> Summary | None:
        """Return the conversation in which something was said last, whatever the clock says; None if there is none."""
        row = self._do(LAST).fetchone()
        return summary_of(row) if row else None

    def search(self, typed: str, stale: Callable[[], bool] = lambda: False) -> Sequence[Hit]:
        """Return the conversations with what was typed in their title or a message, the newest mention first.

        Args:
            typed: What a person typed; nothing in it is an operator.
            stale: Whether nobody wants the result any more; asked now and then.
        """
        expression = match_expression(typed)
        if not expression:
            return []
        found: dict[int, Hit] = {}
        for row in self._do(SEARCH_MESSAGES, MARK_BEGIN, MARK_END, expression):
            if row[0] not in found:
                found[row[0]] = hit_of(row)
            if len(found) == MOST_HITS or stale():
                break
        for row in self._do(SEARCH_TITLES, expression):
            found.setdefault(row[0], Hit(summary=summary_of(row), number=None))
        return tuple(found.values())[:MOST_HITS]

    def load(self, conversation: int) -> Conversation | None:
        """Return all of a conversation; None if it is not there or deleted."""
        row = self._do(
            "SELECT key, title, title_source, pinned, created_ms, updated_ms, persona, language, leaf "
            "FROM conversations WHERE id = ? AND deleted = 0",
            conversation,
        ).fetchone()
        if row is None:
            return None
        return conversation_of(row, tuple(map(message_of, self._do(MESSAGES, conversation))))

    def ids(self) -> Sequence[int]:
        """Return all conversations, oldest first."""
        return [row[0] for row in self._do("SELECT id FROM conversations WHERE deleted = 0 ORDER BY id")]

    def insert(self, conversation: Conversation) -> int | None:
        """Add a whole conversation; return its id, or None if one with its key is there already."""
        with self._transaction():
            # One that was deleted a moment ago, and may still be undone, is there as well.
            if self._do("SELECT 1 FROM conversations WHERE key = ?", conversation.key).fetchone():
                return None
            new = self._add(conversation)
            self._connection.executemany(
                _INSERT,
                ((new, *values_of(message)) for message in conversation.messages),
            )
            self._do("UPDATE conversations SET leaf = ? WHERE id = ?", conversation.leaf, new)
        return new

    def insert_all(self, conversations: Sequence[Conversation]) -> int:
        """Add whole conversations, all or none; return how many were not there already."""
        with self._transaction():
            return sum(self.insert(one) is not None for one in conversations)

    # -- inside

    def _add(self, conversation: Conversation) -> int:
        row = self._do(
            "INSERT INTO conversations (key, title, title_source, pinned, created_ms, updated_ms, persona, language) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            conversation.key,
            first_words(conversation.title, LONGEST_TITLE),
            conversation.title_source.value,
            int(conversation.pinned),
            conversation.created_ms,
            conversation.updated_ms,
            conversation.persona,
            conversation.language,
        ).fetchone()
        return int(row[0])

    def _has(self, conversation: int, number: int | None) -> bool:
        query = "SELECT 1 FROM messages WHERE conversation = ? AND number = ?"
        return self._do(query, conversation, number).fetchone() is not None

    def _exists(self, conversation: int) -> bool:
        return self._do("SELECT 1 FROM conversations WHERE id = ?", conversation).fetchone() is not None

    def _mark_deleted(self, conversations: Sequence[int], deleted: int) -> None:
        self._connection.executemany(
            "UPDATE conversations SET deleted = ? WHERE id = ?", ((deleted, one) for one in conversations)
        )

    def _do(self, statement: str, *values: object) -> sqlite3.Cursor:
        return self._connection.execute(statement, values)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing; inside another one, part of it."""
        nested = self._connection.in_transaction
        if nested:
            yield
            return
        self._do("BEGIN IMMEDIATE")
        try:
            yield
            self._do("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # some errors have rolled back by themselves
                self._do("ROLLBACK")
            raise

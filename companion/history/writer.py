"""The thread that owns the file of the conversations: whatever is written or read there goes through its queue.

Everything happens in the order in which it was asked for. A disk that is full or read-only holds the writing back: it
is tried again with the next write and every `RETRY_S`, nothing is dropped, and reading goes on.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TypeVar

from companion.history.problems import HistoryError, damaged, is_damage, problem
from companion.history.salvage import salvage
from companion.history.schema import put_aside, put_back
from companion.history.store import HistoryStore

_log = logging.getLogger(__name__)

RETRY_S = 15.0
MOST_WAITING = 10_000
"""Writes held back at most: days of talking."""

ResultT = TypeVar("ResultT")
Job = Callable[[HistoryStore], ResultT]


@dataclass(frozen=True, slots=True, eq=False)
class _Queued:
    """Something to do; if it `writes`, it stays in the queue until it succeeds."""

    run: Callable[[HistoryStore | None], None]
    writes: bool


class HistoryWriter:
    """Writes and reads on a thread of its own, which `start` begins and `close` ends.

    Args:
        path: The file, see `HistoryStore`.
        on_problem: Takes what keeps the conversations from being kept; on the writer's thread.
        on_solved: Takes the code of a problem that is over; likewise.
        open_store: Opens the file.
    """

    def __init__(
        self,
        path: Path,
        *,
        on_problem: Callable[[HistoryError], None] = lambda error: None,
        on_solved: Callable[[str], None] = lambda code: None,
        open_store: Callable[[Path], HistoryStore] = HistoryStore,
    ) -> None:
        self._path = path
        self._on_problem = on_problem
        self._on_solved = on_solved
        self._open = open_store
        self._store: HistoryStore | None = None
        self._jobs: deque[_Queued] = deque()
        self._news = threading.Condition()
        self._closing = False
        self._reported = ""
        """Code of the problem the window was told of."""
        self._retry_s = 0.0
        """No writing before this monotonic time, as it failed a moment ago."""
        self._refused = False
        """The file is not ours to write."""
        self._thread = threading.Thread(target=self._run, name="history")

    def start(self) -> None:
        """Begin; the file is opened on the thread."""
        self._thread.start()

    def write(self, job: Job[ResultT], done: Callable[[ResultT], None] = lambda result: None) -> None:
        """Have something written. Thread: any; never blocks.

        Args:
            job: All or nothing, so that it can be tried again.
            done: Takes what it returned, on the writer's thread, once it is on the disk.
        """

        def write(store: HistoryStore | None) -> None:
            assert store is not None
            done(job(store))

        with self._news:
            if len(self._jobs) < MOST_WAITING:
                self._jobs.append(_Queued(write, writes=True))
                self._retry_s = 0.0
                self._news.notify()

    def read(self, job: Job[ResultT], done: Callable[[ResultT | None], None]) -> None:
        """Have something read. Thread: any; never blocks.

        Args:
            job: Changes nothing.
            done: Takes what it returned, on the writer's thread; None if it could not be read.
        """

        def answer(store: HistoryStore | None) -> None:
            done(None if store is None else self._try(lambda: job(store)))

        with self._news:
            self._jobs.append(_Queued(answer, writes=False))
            self._news.notify()

    def close(self, timeout_s: float) -> bool:
        """Write what waits, delete for good what was deleted, and end the thread.

        Returns:
            Whether everything was written within `timeout_s`.
        """
        if self._thread.ident is None:
            return True
        with self._news:
            self._closing = True
            self._retry_s = 0.0
            self._news.notify()
        self._thread.join(timeout_s)
        return not self._thread.is_alive() and not self._writing

    # -- the thread

    def _run(self) -> None:
        try:
            while not self._ended():
                self._step()
            if self._store is not None:
                self._try(self._store.purge)
        finally:
            if self._store is not None:
                self._try(self._store.close)

    @property
    def _writing(self) -> bool:
        """Whether there is anything to write."""
        return any(job.writes for job in self._jobs)

    def _ended(self) -> bool:
        """Wait for something to do; whether there is nothing more, as the thread is to end."""
        with self._news:
            while not self._closing and self._next() is None and not self._may_open():
                held_back = self._writing or (self._store is None and not self._refused)
                self._news.wait(max(0.0, self._retry_s - monotonic()) if held_back else None)
            return self._closing and (not self._writing or self._retry_s > 0)

    def _may_open(self) -> bool:
        return self._store is None and not self._refused and self._retry_s <= monotonic()

    def _next(self) -> _Queued | None:
        """Return the first job that can be done now: any, but no writing while that is held back."""
        held_back = self._retry_s > monotonic()
        return next((job for job in self._jobs if not (job.writes and held_back)), None)

    def _step(self) -> None:
        """Do one thing: open the file, write, or read."""
        if self._may_open():
            self._open_store()
            return
        with self._news:
            job = self._next()
        if job is None:
            return
        if not job.writes:
            job.run(self._store)
        elif not self._refused and not self._write(job):
            return
        with self._news:
            self._jobs.remove(job)

    def _open_store(self) -> None:
        try:
            self._store = self._open(self._path)
        except Exception as error:  # noqa: BLE001 - whatever it is, the conversation goes on without being kept
            self._fail(error)

    def _write(self, job: _Queued) -> bool:
        """Return whether it was written."""
        try:
            job.run(self._store)
        except Exception as error:  # noqa: BLE001 - as above
            self._fail(error)
            return False
        if self._reported:
            self._on_solved(self._reported)
            self._reported = ""
        return True

    def _try(self, action: Callable[[], ResultT]) -> ResultT | None:
        try:
            return action()
        except Exception as error:  # noqa: BLE001 - as above
            self._fail(error)
            return None

    def _fail(self, error: Exception) -> None:
        """Say what is wrong, once; begin a new file if this one is broken, otherwise wait before the next try."""
        if is_damage(error):
            self._replace()
            return
        self._retry_s = monotonic() + RETRY_S
        found = problem(error)
        self._refused = self._refused or found.permanent
        self._report(found)

    def _report(self, found: HistoryError) -> None:
        _log.info("conversations: %s", found.code)
        if found.code != self._reported:
            self._reported = found.code
            self._on_problem(found)

    def _replace(self) -> None:
        """Put a broken file aside and copy what can be read of it; the next step opens the new one.

        If that cannot be written, the broken one stays in its place until it can.
        """
        store, self._store = self._store, None
        try:
            if store is not None:
                store.close()
            aside = put_aside(self._path)
            try:
                found = salvage(aside, self._path)
            except Exception:
                put_back(aside, self._path)
                raise
            self._on_problem(damaged(aside, found))
        except Exception as error:  # noqa: BLE001 - as above
            self._retry_s = monotonic() + RETRY_S
            self._report(problem(error))

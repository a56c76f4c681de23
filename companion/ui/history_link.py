"""The window's way to the kept conversations: asks the history's thread, and hears its answers on the GUI thread."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from companion.history.importing import Import, Imported
from companion.history.problems import HistoryError
from companion.history.store import HistoryStore
from companion.history.writer import HistoryWriter

CLOSE_S = 5.0
"""How long the end of the program waits for what is still to be written."""

ResultT = TypeVar("ResultT")


class HistoryLink(QObject):
    """Runs jobs on a `HistoryWriter` and hands their results over on the GUI thread, in order.

    Signals:
        problem(HistoryError): conversations are not being kept, or were damaged, and why.
        solved(str): the problem with this code is over.

    Args:
        path: The file of the conversations.
    """

    problem = Signal(object)
    solved = Signal(str)
    _answered = Signal(object)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._closed = False
        self._answered.connect(self._call, Qt.ConnectionType.QueuedConnection)
        self._writer = HistoryWriter(path, on_problem=self._on_problem, on_solved=self._on_solved)

    def start(self) -> None:
        """Open the file; returns at once."""
        self._writer.start()

    def write(
        self, job: Callable[[HistoryStore], ResultT], done: Callable[[ResultT], object] = lambda result: None
    ) -> None:
        """Have something written; `done` takes what `job` returned once it is on the disk. See `HistoryWriter`."""
        self._writer.write(job, lambda result: self._answered.emit(partial(done, result)))

    def read(self, job: Callable[[HistoryStore], ResultT], done: Callable[[ResultT | None], object]) -> None:
        """Have something read; `done` takes what `job` returned, None if that failed. See `HistoryWriter`."""
        self._writer.read(job, lambda result: self._answered.emit(partial(done, result)))

    def importing(self, path: Path, done: Callable[[Imported], object]) -> Import:
        """Return an import of a file, not yet started; `done` takes what came of it."""
        return Import(path, self._writer, lambda result: self._answered.emit(partial(done, result)))

    def close(self) -> bool:
        """Write everything and end the thread; what was not answered yet never will be.

        Returns:
            Whether everything was written within `CLOSE_S`.
        """
        self._closed = True
        return self._writer.close(CLOSE_S)

    def _on_problem(self, error: HistoryError) -> None:
        self._answered.emit(partial(self.problem.emit, error))

    def _on_solved(self, code: str) -> None:
        self._answered.emit(partial(self.solved.emit, code))

    @Slot(object)
    def _call(self, answer: Callable[[], object]) -> None:
        if not self._closed:
            answer()

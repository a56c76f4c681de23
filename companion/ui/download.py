"""One download of models as the window sees it: begun, paused, gone on with, done or failed. GUI thread.

The work is done by `companion.downloads` in a process of its own, the only one with a network. To pause is to end that
process: what has arrived stays beside its place, and the next process goes on from there, also after a crash.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from companion.engine.errors import CompanionError, DownloadError
from companion.fetch import download_command
from companion.ui import models_strings as words
from companion.ui.child_process import ChildProcess
from companion.ui.translation import tr

_log = logging.getLogger(__name__)

CLOSE_MS = 1000
"""How long the end of the program waits for a download to stop its own helpers (pip)."""

STOP_MS = 10_000
"""A download that was asked to end is ended after this."""


class DownloadState(Enum):
    """Where a download is."""

    NONE = "none"
    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far it is."""

    done: int = 0
    """Bytes."""
    size: int = 0
    """Bytes of everything that is fetched."""
    bytes_per_s: float = 0.0
    model: str = ""
    """Title of the model that is being fetched."""

    @property
    def share(self) -> float:
        """How much of it is here, 0 to 1."""
        return min(1.0, self.done / self.size) if self.size else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Time that the rest takes at this speed; None if nobody knows yet."""
        return (self.size - self.done) / self.bytes_per_s if self.bytes_per_s > 0 and self.done < self.size else None


class Download(QObject):
    """Fetches one target after the other; one at a time.

    Signals:
        changed: its state or its progress is another.
        arrived: everything of the target is in place and verified.

    Attributes:
        target: The arguments that say what is fetched; empty before the first.
        state: Where it is.
        progress: How far it is.
        error: Why it failed, while `state` is FAILED.

    Args:
        command: Makes the command line of a download process from its arguments.
    """

    changed = Signal()
    arrived = Signal()

    def __init__(self, parent: QObject | None = None, *, command: Callable[..., list[str]] = download_command) -> None:
        super().__init__(parent)
        self._command = command
        self._child: ChildProcess | None = None
        self._last: dict[str, Any] = {}
        self._settled = 0
        self._expected = 0
        self._patience = QTimer(self, singleShot=True, interval=STOP_MS)
        self._patience.timeout.connect(self._on_impatient)
        self.target: tuple[str, ...] = ()
        self.state = DownloadState.NONE
        self.progress = Progress()
        self.error: CompanionError | None = None

    @property
    def busy(self) -> bool:
        """Whether a process of it is running."""
        return self._child is not None

    def start(self, target: tuple[str, ...], size: int, done: int = 0) -> None:
        """Begin, or go on where an earlier one ended; nothing happens while one is running.

        Args:
            target: Arguments of `companion.downloads`.
            size: Bytes that are missing, as far as is known.
            done: Bytes of these that have arrived before.
        """
        if self._child is not None:
            return
        self.target, self.error = target, None
        self._last, self._settled, self._expected = {}, 0, size
        self.progress = Progress(done=done, size=size)
        self._child = ChildProcess(self._command(*target, "--json"), self)
        self._child.line.connect(self._on_line)
        self._child.ended.connect(self._on_ended)
        self._enter(DownloadState.RUNNING)

    def pause(self) -> None:
        """End the process; what has arrived stays."""
        if self._child is not None and self.state is DownloadState.RUNNING:
            self._child.stop()
            self._patience.start()
            self._enter(DownloadState.PAUSING)

    def resume(self) -> None:
        """Go on after a pause or a failure."""
        if self.state in (DownloadState.PAUSED, DownloadState.FAILED):
            self.start(self.target, self._expected, self.progress.done)

    def forget(self) -> None:
        """Be as before the first start; only while nothing runs."""
        if self._child is None:
            self.target, self.error, self.progress = (), None, Progress()
            self._enter(DownloadState.NONE)

    def close(self) -> None:
        """End, at the end of the program; what has arrived stays for the next time."""
        child, self._child = self._child, None
        if child is not None:
            child.finish(CLOSE_MS)

    def _enter(self, state: DownloadState) -> None:
        self.state = state
        self.changed.emit()

    @Slot()
    def _on_impatient(self) -> None:
        if self._child is not None:
            self._child.kill()

    @Slot(str)
    def _on_line(self, line: str) -> None:
        try:
            event = json.loads(line)
            self._take(event)
        except (ValueError, KeyError, TypeError):
            _log.warning("a line of the download could not be read")

    def _take(self, event: dict[str, Any]) -> None:
        match event["event"]:
            case "started":
                size = max(self._expected, self._settled + int(event["size"]))
                self.progress = Progress(done=self.progress.done, size=size, model=str(event["title"]))
            case "progress":
                self.progress = Progress(
                    done=self._settled + int(event["done"]),
                    size=max(self._expected, self._settled + int(event["size"])),
                    bytes_per_s=float(event["bytes_per_s"]),
                    model=self.progress.model,
                )
            case "verified":
                self._settled += int(self._last.get("size", 0))
                self.progress = Progress(done=self._settled, size=self.progress.size, model=self.progress.model)
        if event["event"] in ("started", "done", "error"):
            self._last = event
        self.changed.emit()

    @Slot(int)
    def _on_ended(self, code: int) -> None:
        self._child = None
        self._patience.stop()
        if code == 0 and self._last.get("event") == "done":
            self._expected = self.progress.size
            self.progress = Progress(done=self.progress.size, size=self.progress.size)
            self._enter(DownloadState.DONE)
            self.arrived.emit()
        elif self.state is DownloadState.PAUSING:
            self._enter(DownloadState.PAUSED)
        else:
            said = self._last if self._last.get("event") == "error" else {}
            self.error = DownloadError(
                str(said.get("code", "download-ended")),
                str(said.get("message", tr(words.DOWNLOAD_ENDED))),
                hint=str(said.get("hint", tr(words.DOWNLOAD_ENDED_HINT))),
            )
            self._enter(DownloadState.FAILED)

"""Imports a file: a thread that hears the importing process and hands over what it finds, a little at a time.

What is said meanwhile is written between two portions, so a long import holds nothing up.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from companion.history.exchange import MalformedError, conversation_of
from companion.history.importer import NEWER, TOO_LARGE, UNKNOWN, UNREADABLE
from companion.history.problems import HistoryError
from companion.history.records import Conversation
from companion.history.writer import HistoryWriter
from companion.paths import package_dir

PORTION = 20
"""Conversations written at a time."""
PORTION_S = 60.0
"""Longest that one portion may take to be on the disk."""

_LOOK_S = 0.1
"""How soon the end of the program is noticed."""

_SENTENCES = {
    UNREADABLE: ("The file could not be read.", "Check that it is there and yours, then try again."),
    TOO_LARGE: ("The file is too large to be imported.", "Export fewer conversations at a time."),
    UNKNOWN: (
        "There are no conversations in this file that Companion can read.",
        "Choose a JSON file that Companion exported, or the archive of ChatGPT's data export.",
    ),
    NEWER: ("The file was exported by a newer Companion.", "Update Companion, then try again."),
}
_STOPPED = "import-stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of an import."""

    added: int = 0
    already: int = 0
    """Conversations that were there before."""
    skipped: int = 0
    """Messages and conversations that made no sense."""
    error: HistoryError | None = None
    """Why it ended early, or why there was nothing."""


class Import:
    """One import, on a thread of its own from `start` on.

    Args:
        path: The file.
        writer: Takes the conversations.
        done: Takes the result, on the import's thread; called once, unless `close` was.
    """

    def __init__(self, path: Path, writer: HistoryWriter, done: Callable[[Imported], None]) -> None:
        self._path = path
        self._writer = writer
        self._done = done
        self._closing = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._added = self._already = 0
        self._thread = threading.Thread(target=self._run, name="import")

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def close(self, timeout_s: float) -> bool:
        """Give up what is not imported yet, and return whether the thread ended within `timeout_s`."""
        self._closing.set()
        with self._lock:
            if self._process is not None:
                self._process.kill()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            end = self._hear()
        except OSError:
            end = {"error": UNREADABLE}
        if self._closing.is_set():
            return
        code, skipped = end.get("error"), end.get("skipped")
        error = None
        if isinstance(code, str):
            message, hint = _SENTENCES.get(code, ("The import ended before the file did.", "Try it once more."))
            error = HistoryError(code, message, hint=hint)
        count = skipped if isinstance(skipped, int) else 0
        self._done(Imported(added=self._added, already=self._already, skipped=count, error=error))

    def _hear(self) -> dict[str, object]:
        """Write what the process finds, and return its last line."""
        with self._lock:
            if self._closing.is_set():
                return {}
            command = [sys.executable, "-P", "-m", "companion.history.importer", str(self._path.absolute())]
            self._process = process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env={**os.environ, "PYTHONPATH": str(package_dir().parent)},
            )
        portion: list[Conversation] = []
        end: dict[str, object] = {"error": _STOPPED}
        assert process.stdout is not None
        with process:
            for line in process.stdout:
                value = json.loads(line) if line.endswith("\n") else {}
                try:
                    portion.append(conversation_of(value)[0])
                except MalformedError:
                    end = value
                if len(portion) == PORTION:
                    if not self._write(portion):
                        process.kill()
                        return {"error": _STOPPED}
                    portion = []
        return end if self._write(portion) else {"error": _STOPPED}

    def _write(self, portion: Sequence[Conversation]) -> bool:
        """Return whether the portion is on the disk; it may get there later, e.g. when there is room again."""
        written = threading.Event()

        def count(added: int) -> None:
            self._added += added
            self._already += len(portion) - added
            written.set()

        if not portion:
            return True
        self._writer.write(lambda store: store.insert_all(portion), count)
        until_s = monotonic() + PORTION_S
        while not self._closing.is_set() and monotonic() < until_s:
            if written.wait(_LOOK_S):
                return True
        return False

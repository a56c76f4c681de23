"""Small things the windows remember that nobody chose: which page was open, what was said once. GUI thread.

A private JSON file in the data folder, read at the start and written soon after each change. If it is lost, nothing is
that anybody said or chose: a broken one is replaced without a word, and what cannot be written is only logged.
"""

import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from companion.private_file import replace_file

_log = logging.getLogger(__name__)

FILE_NAME = "window.json"
MAX_FILE_BYTES = 64 * 1024
SAVE_AFTER_MS = 1000
"""What a kill may cost. Moving a window changes its place with every pixel."""
LONGEST_WAIT_S = 3.0
"""For a disk that does not answer."""


class WindowState:
    """Texts by name.

    Args:
        path: The file; None keeps nothing.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._values: dict[str, str] = {}
        self._changed = False
        self._writing = threading.Lock()
        self.on_change: Callable[[], object] = lambda: None
        """Called on the GUI thread when there is something to write."""
        try:
            loaded = json.loads(_beginning(path)) if path else {}
        except (OSError, ValueError, RecursionError):
            return
        if isinstance(loaded, dict):
            self._values = {key: value for key, value in loaded.items() if isinstance(value, str)}

    def get(self, name: str, default: str = "") -> str:
        """Return what was put under `name`."""
        return self._values.get(name, default)

    def put(self, name: str, value: str) -> None:
        """Remember `value`."""
        if self._values.get(name) != value:
            self._values[name] = value
            self._changed = True
            self.on_change()

    def save(self) -> None:
        """Write the file if anything changed. Waits for the disk. Thread: any."""
        if self._path is None or not self._writing.acquire(timeout=LONGEST_WAIT_S):
            return
        try:
            if self._changed:
                self._changed = False  # before the values are read: what is put meanwhile is written the next time
                self._write(self._path)
        finally:
            self._writing.release()

    def _write(self, path: Path) -> None:
        try:
            if path.is_dir():
                path.replace(path.with_name(f"{path.name}.broken"))
            replace_file(path, json.dumps(dict(self._values), indent=1, sort_keys=True).encode())
        except OSError as error:
            self._changed = True
            _log.info("the windows' state was not kept: %s", error)


class StateSaver(QObject):
    """Writes a `WindowState` soon after it changes, so that it outlives a kill. GUI thread; a thread of its own writes.

    Args:
        state: What is written.
    """

    def __init__(self, state: WindowState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._thread: threading.Thread | None = None
        self._timer = QTimer(self, singleShot=True, interval=SAVE_AFTER_MS)
        self._timer.timeout.connect(self._save)
        state.on_change = self._on_change

    def close(self) -> None:
        """Write what is not written yet."""
        self._timer.stop()
        self._state.on_change = lambda: None
        self._state.save()
        if self._thread is not None:
            self._thread.join(LONGEST_WAIT_S)

    def _on_change(self) -> None:
        if not self._timer.isActive():  # it does not begin anew, or a window that is moved for long is never kept
            self._timer.start()

    @Slot()
    def _save(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            self._timer.start()  # the disk is slow
            return
        self._thread = threading.Thread(target=self._state.save, name="window state")
        self._thread.start()


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_FILE_BYTES)

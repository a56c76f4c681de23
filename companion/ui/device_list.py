"""The sound devices there are, as they come and go; a child process looks, so that no stream ends. GUI thread."""

import json
import logging
import sys

from PySide6.QtCore import QObject, Signal, Slot

from companion.ui.child_process import ChildProcess

_log = logging.getLogger(__name__)


class DeviceList(QObject):
    """What can be chosen as microphone and as speaker; see `companion.device_watch`.

    Signals:
        changed: there are other devices than before.

    Attributes:
        microphones: Their names as listed; None as long as nobody knows.
        speakers: Likewise.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None, *, command: list[str] | None = None) -> None:
        super().__init__(parent)
        self._command = command or [sys.executable, "-P", "-m", "companion.device_watch"]
        self._child: ChildProcess | None = None
        self._users = 0
        self.microphones: tuple[str, ...] | None = None
        self.speakers: tuple[str, ...] | None = None

    def start(self) -> None:
        """Begin to look, unless it looks already; as many calls of `stop` end it."""
        self._users += 1
        if self._child is None:
            self._child = ChildProcess(self._command, self)
            self._child.line.connect(self._on_line)

    def stop(self) -> None:
        """Look no longer, unless someone else wants it to."""
        self._users = max(0, self._users - 1)
        if self._users == 0 and self._child is not None:
            self._child.leave()
            self._child = None

    @Slot(str)
    def _on_line(self, line: str) -> None:
        try:
            found = json.loads(line)
            self.microphones, self.speakers = tuple(found["microphones"]), tuple(found["speakers"])
        except (ValueError, KeyError, TypeError):
            _log.warning("the list of devices could not be read")
        else:
            self.changed.emit()

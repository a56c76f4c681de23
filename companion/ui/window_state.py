"""Small things the windows remember that nobody chose: which page was open, what was said once. GUI thread.

A private JSON file in the data folder, read at the start and written at the end. If it is lost, nothing is.
"""

import json
import logging
from pathlib import Path

from companion.private_file import replace_file

_log = logging.getLogger(__name__)

FILE_NAME = "window.json"
MAX_FILE_BYTES = 64 * 1024


class WindowState:
    """Texts by name.

    Args:
        path: The file; None keeps nothing.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._values: dict[str, str] = {}
        self._changed = False
        try:
            loaded = json.loads(path.read_bytes()[:MAX_FILE_BYTES]) if path else {}
        except (OSError, ValueError, RecursionError):
            return
        if isinstance(loaded, dict):
            self._values = {key: value for key, value in loaded.items() if isinstance(value, str)}

    def get(self, name: str, default: str = "") -> str:
        """Return what was put under `name`."""
        return self._values.get(name, default)

    def put(self, name: str, value: str) -> None:
        """Remember `value`."""
        self._changed = self._changed or self._values.get(name) != value
        self._values[name] = value

    def save(self) -> None:
        """Write the file if anything changed; waits for the disk, so call it when no window is left."""
        if not (self._path and self._changed):
            return
        try:
            replace_file(self._path, json.dumps(self._values, indent=1, sort_keys=True).encode())
        except OSError as error:
            _log.info("the windows' state was not kept: %s", error)
        else:
            self._changed = False

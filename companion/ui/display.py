"""Whether there is a screen for a window. Any thread."""

import os
import sys


def is_there() -> bool:
    """Return whether Qt would find a display; where there is none it aborts the process."""
    chosen = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    return sys.platform in ("win32", "darwin") or any(map(os.environ.get, chosen))

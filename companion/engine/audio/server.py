"""Whether the sound server, through which all sound goes on most Linux desktops, is there. Any thread.

PulseAudio, and PipeWire in its place, listen on a socket in the user's runtime folder. Where that folder is and nobody
listens, the server has ended: ALSA then finds no device, which looks as if none were plugged in.
"""

import os
import sys
from pathlib import Path
from typing import Literal

_LISTENERS = Path("/proc/net/unix")
"""The Unix sockets of this machine: man 5 proc. One that listens has this flag (__SO_ACCEPTCON)."""
_LISTENS = "00010000"


def sound_server() -> Literal["here", "gone"] | None:
    """Return whether the sound server of this user is there; None if it may have none, or that cannot be told."""
    socket = _socket()
    if socket is None:
        return None
    try:
        lines = _LISTENERS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    fields = (line.split(maxsplit=7) for line in lines)
    here = any(len(row) == 8 and row[3] == _LISTENS and row[7] == str(socket) for row in fields)
    return "here" if here else "gone"


def _socket() -> Path | None:
    """Return where the server of this user should listen; None if it may have none, or one on another machine."""
    if sys.platform != "linux":
        return None
    if named := os.environ.get("PULSE_SERVER"):
        path = named.removeprefix("unix:")
        return Path(path) if path.startswith("/") else None
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    folder = Path(runtime) / "pulse" if runtime else None
    return folder / "native" if folder is not None and folder.is_dir() else None

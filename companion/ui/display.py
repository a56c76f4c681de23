"""Whether there is a screen that a window can be opened on. Any thread.

Where there is none, or none that lets us in, Qt aborts the process. So the doors are knocked at before, with the
libraries that Qt uses itself: libxcb for X11, libwayland-client for Wayland. Where they are not to be found, Qt has its
own elsewhere, or says so.
"""

import ctypes
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from companion.engine.errors import CompanionError

_X11, _WAYLAND = "libxcb.so.1", "libwayland-client.so.0"

_CURSOR = "libxcb-cursor.so.0"
"""Qt's part for X11 needs it since 6.5, and many desktops come without."""

ANSWER_S = 10.0
"""A display that does not answer within this does not answer: one that is started by the first to ask takes seconds."""

_Close = Callable[[], object]
"""Ends a connection."""


def problem() -> CompanionError | None:
    """Return why Qt would find no display; None if it finds one."""
    try:
        with held():
            return None
    except CompanionError as error:
        return error


@contextmanager
def held() -> Iterator[None]:
    """Keep a connection to the display while Qt makes its own: an X server may end with its last client.

    Raises:
        CompanionError: Qt would find no display ("no-display", "display-refused", "display-library").
    """
    close = _nothing if sys.platform in ("win32", "darwin") else _connected(_kinds())
    try:
        yield
    finally:
        close()


def _connected(kinds: set[str]) -> _Close:
    if not kinds:
        raise _refused("no-display", "There is no display to open the window on.")
    if kinds - {"wayland", "xcb"}:
        return _nothing
    if "wayland" in kinds and (close := _in_time(_wayland)):
        return close
    if "xcb" in kinds and (close := _in_time(_x11)):
        if _library(_X11) is None or _library(_CURSOR) is not None:
            return close
        close()
        raise CompanionError(
            "display-library",
            "A library that windows need is missing: libxcb-cursor.so.0.",
            hint="Install it (Debian, Ubuntu: libxcb-cursor0; Fedora, Arch: xcb-util-cursor).",
            permanent=True,
        )
    names = {"wayland": os.environ.get("WAYLAND_DISPLAY") or "wayland-0", "xcb": os.environ.get("DISPLAY") or "X11"}
    display = ", ".join(names[kind] for kind in sorted(kinds))
    raise _refused("display-refused", f"The display ({display}) does not answer, or does not let us in.")


def _refused(code: str, message: str) -> CompanionError:
    return CompanionError(
        code, message, hint="Start it from a desktop, or answer a recording: companion ask FILE", permanent=True
    )


def _kinds() -> set[str]:
    """Return the plugins that Qt would try: "xcb", "wayland", or others that need no server."""
    if chosen := os.environ.get("QT_QPA_PLATFORM"):
        names = {name.partition(":")[0] for name in chosen.lower().split(";") if name}
        return {"wayland" if name.startswith("wayland") else name for name in names}
    wayland = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("XDG_SESSION_TYPE") == "wayland"
    x11 = os.environ.get("DISPLAY")
    return {kind for kind, wanted in (("wayland", wayland), ("xcb", x11)) if wanted}


def _in_time(connect: Callable[[], _Close | None]) -> _Close | None:
    """Return what it returns; None if it takes too long, for the call itself has no limit."""
    answers: list[_Close | None] = []
    deciding = threading.Lock()
    given_up = False

    def knock() -> None:
        close = connect()
        with deciding:
            if not given_up:
                answers.append(close)
                return
        if close:
            close()

    knocking = threading.Thread(target=knock, name="display", daemon=True)
    knocking.start()
    knocking.join(ANSWER_S)
    with deciding:
        given_up = not answers
        return answers[0] if answers else None


def _x11() -> _Close | None:
    if (xcb := _library(_X11)) is None:
        return _nothing
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = (ctypes.c_char_p, ctypes.c_void_p)
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    connection = xcb.xcb_connect(None, None)
    close = partial(xcb.xcb_disconnect, connection)
    if xcb.xcb_connection_has_error(connection):
        close()
        return None
    return close


def _wayland() -> _Close | None:
    # A connection that was handed over would be used up by asking.
    if "WAYLAND_SOCKET" in os.environ or (wayland := _library(_WAYLAND)) is None:
        return _nothing
    wayland.wl_display_connect.restype = ctypes.c_void_p
    for call in (wayland.wl_display_connect, wayland.wl_display_roundtrip, wayland.wl_display_disconnect):
        call.argtypes = (ctypes.c_void_p,)
    if not (connection := wayland.wl_display_connect(None)):
        return None
    close = partial(wayland.wl_display_disconnect, connection)
    if wayland.wl_display_roundtrip(connection) < 0:
        close()
        return None
    return close


def _nothing() -> None:
    """There is nothing to close."""


def _library(name: str) -> ctypes.CDLL | None:
    """Return a library from where Qt looks for it: the system, or the folder of Qt's own libraries."""
    qt = find_spec("PySide6")
    folders = (qt.submodule_search_locations if qt else None) or ()
    for place in (name, *(str(Path(folder, "Qt", "lib", name)) for folder in folders)):
        with suppress(OSError):
            return ctypes.CDLL(place)
    return None

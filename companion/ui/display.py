"""Whether there is a screen that a window can be opened on. Any thread.

Where there is none, or none that lets us in, Qt aborts the process. So the doors are knocked at before, with the
libraries that Qt uses itself: libxcb for X11, libwayland-client for Wayland. Where they are not to be found, Qt has its
own elsewhere, or says so.
"""

import ctypes
import os
import sys
import threading
from collections.abc import Callable

from companion.engine.errors import CompanionError

_X11, _WAYLAND = "libxcb.so.1", "libwayland-client.so.0"

_CURSOR = "libxcb-cursor.so.0"
"""Qt's part for X11 needs it since 6.5, and many desktops come without."""

ANSWER_S = 3.0
"""A display that does not answer within this does not answer."""


def problem() -> CompanionError | None:
    """Return why Qt would find no display; None if it finds one."""
    if sys.platform in ("win32", "darwin"):
        return None
    kinds = _kinds()
    if not kinds:
        return _refused("no-display", "There is no display to open the window on.")
    if kinds - {"wayland", "xcb"} or ("wayland" in kinds and _in_time(_wayland_lets_us_in)):
        return None
    if "xcb" in kinds and _in_time(_x11_lets_us_in):
        if _library(_X11) is None or _library(_CURSOR) is not None:
            return None
        return CompanionError(
            "display-library",
            "A library that windows need is missing: libxcb-cursor.so.0.",
            hint="Install it (Debian, Ubuntu: libxcb-cursor0; Fedora, Arch: xcb-util-cursor).",
            permanent=True,
        )
    names = map(os.environ.get, ("WAYLAND_DISPLAY", "DISPLAY", "QT_QPA_PLATFORM"))
    display = ", ".join(filter(None, names))
    return _refused("display-refused", f"The display ({display}) does not answer, or does not let us in.")


def is_there() -> bool:
    """Return whether Qt would find a display."""
    return problem() is None


def _refused(code: str, message: str) -> CompanionError:
    return CompanionError(
        code, message, hint="Start it from a desktop, or answer a recording: companion ask FILE", permanent=True
    )


def _kinds() -> set[str]:
    """Return the plugins that Qt would try: "xcb", "wayland", or others that need no server."""
    if chosen := os.environ.get("QT_QPA_PLATFORM"):
        names = {name.partition(":")[0] for name in chosen.split(";") if name}
        return {"wayland" if name.startswith("wayland") else name for name in names}
    wayland = any(map(os.environ.get, ("WAYLAND_DISPLAY", "WAYLAND_SOCKET")))
    wayland = wayland or os.environ.get("XDG_SESSION_TYPE") == "wayland"
    x11 = os.environ.get("DISPLAY")
    return {kind for kind, wanted in (("wayland", wayland), ("xcb", x11)) if wanted}


def _in_time(lets_us_in: Callable[[], bool]) -> bool:
    """Return what it says; False if it says nothing, for the server's end of the call has no limit."""
    said: list[bool] = []
    knocking = threading.Thread(target=lambda: said.append(lets_us_in()), name="display", daemon=True)
    knocking.start()
    knocking.join(ANSWER_S)
    return said == [True]


def _x11_lets_us_in() -> bool:
    if (xcb := _library(_X11)) is None:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = (ctypes.c_char_p, ctypes.c_void_p)
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    connection = xcb.xcb_connect(None, None)
    refused = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not refused


def _wayland_lets_us_in() -> bool:
    # A connection that was handed over would be used up by asking.
    if "WAYLAND_SOCKET" in os.environ or (wayland := _library(_WAYLAND)) is None:
        return True
    wayland.wl_display_connect.restype = ctypes.c_void_p
    wayland.wl_display_connect.argtypes = wayland.wl_display_disconnect.argtypes = (ctypes.c_void_p,)
    connection = wayland.wl_display_connect(None)
    if connection:
        wayland.wl_display_disconnect(connection)
    return bool(connection)


def _library(name: str) -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(name)
    except OSError:
        return None

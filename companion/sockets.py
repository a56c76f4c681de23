"""The sockets this process has open now: where each one leads. Opens nothing itself. Any thread; no state.

Every descriptor is asked, so that sockets of native libraries are seen as well as Python's own. Of each socket the
kernel tells its family and both of its ends; what a Unix socket leads to is told by the path of its other end.
"""

import contextlib
import ipaddress
import os
import socket
import stat
import sys
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

_DESCRIPTORS = Path("/proc/self/fd") if sys.platform == "linux" else Path("/dev/fd")
_UNIX: int | None = getattr(socket, "AF_UNIX", None)
_INTERNET = (socket.AF_INET, socket.AF_INET6)
_KERNEL = {getattr(socket, name, None) for name in ("AF_NETLINK", "AF_ALG", "AF_ROUTE", "AF_SYSTEM")} - {None}
"""Families whose other end is the kernel of this computer."""


class Reach(Enum):
    """How far a socket can lead."""

    NETWORK = "network"
    """To another computer, or from one."""
    LOOPBACK = "loopback"
    """To another program on this computer, through its own internet address."""
    LOCAL = "local"
    """To another program on this computer, or within this one, past every network."""


class Purpose(Enum):
    """What a local socket is for, as told by where it leads."""

    SOUND = "sound"
    DISPLAY = "display"
    DESKTOP = "desktop"
    ACCESSIBILITY = "accessibility"
    INPUT = "input"
    CONTROL = "control"
    INSIDE = "inside"
    SYSTEM = "system"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSocket:
    """One socket."""

    reach: Reach
    purpose: Purpose
    kind: str
    """"TCP", "UDP", "Unix" and the like."""
    near: str
    """This end: an address, a path, or empty for none."""
    far: str
    """The other end; empty for none."""
    listening: bool = False


_PATHS: tuple[tuple[Purpose, tuple[str, ...]], ...] = (
    (Purpose.ACCESSIBILITY, ("at-spi",)),
    (Purpose.SOUND, ("pulse", "pipewire", "/jack", "audio")),
    (Purpose.DISPLAY, (".X11-unix", ".ICE-unix", "wayland-")),
    (Purpose.INPUT, ("ibus", "fcitx")),
    (Purpose.CONTROL, ("control.sock",)),
    (Purpose.DESKTOP, ("/bus", "dbus")),
    (Purpose.SYSTEM, ("/run/systemd", "/run/udev", "/var/run/", "/run/dbus")),
)
"""What the paths of sockets hold, by the conventions of Linux desktops; the first that fits is taken."""


def open_sockets() -> list[OpenSocket] | None:
    """Return every socket of this process, those that lead farthest first; None where the system does not tell.

    Thread: any; a descriptor that another thread closes meanwhile is left out.
    """
    try:
        descriptors = [int(entry.name) for entry in _DESCRIPTORS.iterdir()]
    except (OSError, ValueError):
        return None
    found = []
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                found.append(_described(descriptor))
    order = list(Reach)
    return sorted(found, key=lambda one: (order.index(one.reach), one.kind, one.far, one.near))


def _described(descriptor: int) -> OpenSocket:
    copied = os.dup(descriptor)
    try:
        copy = socket.socket(fileno=copied)
    except OSError:
        os.close(copied)
        raise
    with copy:
        family, kind = copy.family, copy.type
        near, far = _end(copy.getsockname), _end(copy.getpeername)
        listening = _listens(copy)
    if family == _UNIX:
        purpose = _purpose(far, near)
        return OpenSocket(
            reach=Reach.LOCAL, purpose=purpose, kind="Unix", near=_text(near), far=_text(far), listening=listening
        )
    if family in _KERNEL:
        return OpenSocket(reach=Reach.LOCAL, purpose=Purpose.SYSTEM, kind=_name(family), near="", far="")
    names = {socket.SOCK_STREAM: "TCP", socket.SOCK_DGRAM: "UDP"}
    name = names.get(kind, "IP") if family in _INTERNET else _name(family)
    inside = family in _INTERNET and _is_loopback(near) and (far is None or _is_loopback(far))
    return OpenSocket(
        reach=Reach.LOOPBACK if inside else Reach.NETWORK,
        purpose=Purpose.OTHER,
        kind=name,
        near=_text(near),
        far=_text(far),
        listening=listening,
    )


def _end(ask: object) -> object:
    """Return an end's address; None if there is none."""
    assert callable(ask)
    try:
        return ask() or None
    except OSError:
        return None


def _listens(one: socket.socket) -> bool:
    try:
        return bool(one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    except OSError:  # a family, or a system, that does not tell
        return False


def _purpose(far: object, near: object) -> Purpose:
    if far is None and near is None:
        return Purpose.INSIDE  # a pair, or not connected: no other program can find either
    for end in (far, near):
        path = _text(end)
        for purpose, parts in _PATHS:
            if path and any(part in path for part in parts):
                return purpose
    return Purpose.OTHER


def _is_loopback(end: object) -> bool:
    if not isinstance(end, tuple):
        return False
    try:
        address = ipaddress.ip_address(str(end[0]).partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _text(end: object) -> str:
    """Return an address for people; an abstract Unix name begins with @, as everywhere on Linux."""
    if isinstance(end, bytes):
        return end.rstrip(b"\0").replace(b"\0", b"@").decode("utf-8", "replace")
    if isinstance(end, tuple) and len(end) >= 2:
        host = f"[{end[0]}]" if ":" in str(end[0]) else str(end[0])
        return f"{host}:{end[1]}"
    return "" if end is None else str(end)


def _name(family: int) -> str:
    try:
        return socket.AddressFamily(family).name.removeprefix("AF_")
    except ValueError:
        return f"family {family}"

"""No network in this process: every Python-level attempt to reach one is refused and counted.

The program that hears the user calls `forbid_network` before anything else; downloads happen in a child process that
does not (`companion.downloads`, started with `without_offline_switches`). Any thread; the hook stays until the process
ends and cannot be taken out again.

Limits: it watches Python's own sockets through audit events. Native code that opens a socket by itself does not pass
through it, nor does a child process. What native libraries do is watched by tests/e2e/test_safe.py, which writes down
every socket of a whole run; ONNX Runtime's own reports are switched off by `prepare_environment`. PortAudio reaches
the sound server, and Qt and D-Bus the desktop, through Unix sockets, which are allowed. The firewall of the operating
system remains the stronger proof.
"""

import errno
import os
import socket
import sys
from collections.abc import Mapping

_SWITCHES = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"}
"""Environment variables by which libraries leave the network alone without being refused."""

_SOCKET_EVENTS = frozenset({"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"})
_NAME_EVENTS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"})
_LOCAL_FAMILY: int | None = getattr(socket, "AF_UNIX", None)


class NetworkForbiddenError(PermissionError):
    """Something in this process tried to reach a network.

    An `OSError`, so that a library takes it for a network that is not there.
    """


class _Guard:
    """The hook's state. Counting without a lock can miss one of two attempts at the same instant, never all."""

    def __init__(self) -> None:
        self.installed = False
        self.refused = 0
        self.set_by_us: set[str] = set()

    def __call__(self, event: str, args: tuple[object, ...]) -> None:
        if not event.startswith("socket."):
            return
        if event in _SOCKET_EVENTS:
            if getattr(args[0], "family", None) == _LOCAL_FAMILY:
                return
            # A message without an address goes where an earlier connect led, which was refused or local.
            if event == "socket.sendmsg" and args[1] is None:
                return
        elif event not in _NAME_EVENTS:
            return
        self.refused += 1
        raise NetworkForbiddenError(
            errno.EPERM,
            f"Companion works offline: this process may not use the network ({event}). "
            "Models are downloaded by `companion models pull`, in a process of its own.",
        )


_guard = _Guard()


def forbid_network() -> None:
    """Refuse every network access of this process from now on; Unix sockets stay allowed, loopback does not.

    Also sets the environment variables by which libraries stay offline. Idempotent.

    Thread: any; call it before other libraries are imported, some read their variables on import.
    """
    for name, value in _SWITCHES.items():
        if name not in os.environ:
            os.environ[name] = value
            _guard.set_by_us.add(name)
    if not _guard.installed:
        sys.addaudithook(_guard)
        _guard.installed = True


def network_forbidden() -> bool:
    """Return whether `forbid_network` was called in this process. Thread: any."""
    return _guard.installed


def refused_attempts() -> int:
    """Return how many attempts to reach a network were refused in this process. Thread: any."""
    return _guard.refused


def without_offline_switches(environment: Mapping[str, str]) -> dict[str, str]:
    """Return a copy of `environment` for the download process: without what `forbid_network` set.

    What the user set stays: their HF_HUB_OFFLINE=1 is meant. Thread: any.
    """
    return {name: value for name, value in environment.items() if name not in _guard.set_by_us}

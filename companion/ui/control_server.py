"""The running instance's end of the control socket, which also makes it the only instance.

Thread: GUI. A lock file, held for the life of the server, decides who is the one instance; the kernel gives it back
however the process ends, so a socket file found while holding it is stale.
"""

import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from companion.control import COMMANDS, MAX_LINE_BYTES, control_address

_LOG = logging.getLogger(__name__)

MAX_CLIENTS = 8
"""Connections open at a time; one more is closed at once. A client asks one thing and goes."""
CLIENT_S = 2.0
"""Longest life of a connection."""


class ControlServer(QObject):
    """Listens on the user's private control socket.

    Signals:
        pressed: a script pressed the talk key, at this monotonic time.
        released: a script let it go, at this monotonic time.
        toggled: a script wants to begin a turn, or end the one begun, at this monotonic time.
        raise_requested: a second start of the program wants to see this one's window.

    Attributes:
        deaf: Says why a press is not listened to, as (code, sentence); None if it is, or will be soon.
    """

    pressed = Signal(float)
    released = Signal(float)
    toggled = Signal(float)
    raise_requested = Signal()

    def __init__(self, parent: QObject | None = None, *, address: str | None = None) -> None:
        super().__init__(parent)
        self.deaf: Callable[[], tuple[str, str] | None] = lambda: None
        self._address = address
        self._lock: IO[bytes] | None = None
        self._clients: set[_Client] = set()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._accept)
        self._expiry = QTimer(self)
        self._expiry.timeout.connect(self._expire)

    def start(self) -> bool:
        """Become the one instance and listen; False if another instance is (ask it to `raise`, then exit).

        Raises:
            OSError: the socket or its folder cannot be used; the program works without, but scripts cannot drive it.
        """
        address = control_address() if self._address is None else self._address
        lock = _lock_for(address)
        if lock is None:
            return False
        if not self._server.listen(address):
            QLocalServer.removeServer(address)
            if not self._server.listen(address):
                lock.close()
                raise OSError(f"The control socket cannot be made: {self._server.errorString()}.")
        self._lock = lock
        return True

    def close(self) -> None:
        """Close every connection, stop listening and let another instance start. Idempotent."""
        for client in tuple(self._clients):
            client.end()
        self._server.close()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @Slot()
    def _accept(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            if len(self._clients) >= MAX_CLIENTS:
                socket.abort()
                socket.deleteLater()
                continue
            client = _Client(socket, self)
            self._clients.add(client)
            if not self._expiry.isActive():
                self._expiry.start(round(CLIENT_S * 1000 / 4))
            client.begin()

    @Slot()
    def _expire(self) -> None:
        now_s = time.monotonic()
        for client in tuple(self._clients):
            if now_s - client.begun_s >= CLIENT_S:
                client.end()

    def forget(self, client: "_Client") -> None:
        """Note that a connection has ended."""
        self._clients.discard(client)
        if not self._clients:
            self._expiry.stop()

    def carry_out(self, command: str) -> str:
        """Emit the signal for `command` and return the answer."""
        if command not in COMMANDS:
            return f"error bad-command Companion understands: {', '.join(COMMANDS)}."
        deaf = self.deaf() if command in ("press", "toggle") else None  # the press may still stop a reply
        now_s = time.monotonic()
        if command == "press":
            self.pressed.emit(now_s)
        elif command == "release":
            self.released.emit(now_s)
        elif command == "toggle":
            self.toggled.emit(now_s)
        elif command == "raise":
            self.raise_requested.emit()
        return f"error {' '.join(deaf)}" if deaf else "ok"


class _Client:
    """One connection: one command, one answer, and an end in any case."""

    def __init__(self, socket: QLocalSocket, server: ControlServer) -> None:
        self.begun_s = time.monotonic()
        self._socket = socket
        self._server = server
        self._done = False
        self._ended = False
        socket.setReadBufferSize(MAX_LINE_BYTES)

    def begin(self) -> None:
        """Wait for the command, which may be there already, as may the end of the connection."""
        self._socket.readyRead.connect(self._read)
        self._socket.disconnected.connect(self.end)
        if self._socket.bytesAvailable():
            self._read()
        elif self._socket.state() != QLocalSocket.LocalSocketState.ConnectedState:
            self.end()

    def end(self) -> None:
        """Close the connection. Idempotent."""
        if self._ended:
            return
        self._ended = self._done = True
        self._server.forget(self)
        self._socket.abort()
        self._socket.deleteLater()

    def _read(self) -> None:
        if self._done:
            return
        if not self._socket.canReadLine():
            if self._socket.bytesAvailable() >= MAX_LINE_BYTES:
                self._answer("error bad-command The command is too long.")
            return
        line = bytes(self._socket.readLine(MAX_LINE_BYTES).data())
        self._answer(self._server.carry_out(line.decode("utf-8", "replace").strip()))

    def _answer(self, reply: str) -> None:
        self._done = True
        self._socket.write(f"{reply}\n".encode())
        self._socket.disconnectFromServer()


def _lock_for(address: str) -> IO[bytes] | None:
    """Return the open file that holds the lock of this address, or None if another process holds it."""
    if sys.platform == "win32":
        import msvcrt
        import tempfile

        file = (Path(tempfile.gettempdir()) / f"{address}.lock").open("ab")
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            file.close()
            return None
        return file
    import fcntl

    file = os.fdopen(os.open(Path(address).with_suffix(".lock"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")
    os.fchmod(file.fileno(), 0o600)  # one that an earlier version left
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file

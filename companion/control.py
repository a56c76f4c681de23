"""Driving a running Companion from another process: where its socket is, and how to ask it something.

Imports little, so that `companion press` is quick. Thread: the caller's; every wait ends.

The protocol is one line each way: a command of `COMMANDS`, answered by "ok" or by "error CODE a sentence".
"""

import os
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from companion.engine.errors import CompanionError
from companion.paths import runtime_dir

COMMANDS = ("press", "release", "toggle", "raise", "ping")
"""What a running instance understands."""

MAX_LINE_BYTES = 512
"""Longest command or reply, with its line end."""

NOT_RUNNING = "not-running"
NO_ANSWER = "no-answer"
UNREACHABLE = "unreachable"

ANSWER_S = 3.0
"""Longest wait for the running instance."""
PING_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to a command."""

    code: str = ""
    """Empty if all went well; `NOT_RUNNING`, `NO_ANSWER`, `UNREACHABLE`, or the running instance's own code."""
    message: str = ""
    """A sentence for people, if there is a code."""

    @property
    def ok(self) -> bool:
        """Whether the command was carried out."""
        return not self.code


def control_address() -> str:
    """Return the socket's path, in a folder that is the user's alone; on Windows the pipe's name.

    Raises:
        CompanionError: that folder cannot be made (code "folder-not-private").
    """
    if sys.platform == "win32":
        return f"companion-{os.environ.get('USERNAME', 'user')}"
    return str(runtime_dir() / "control.sock")


def is_running() -> bool:
    """Return whether an instance runs, even one that does not answer; at most `PING_S`."""
    return send("ping", PING_S).code in ("", NO_ANSWER)


def send(command: str, timeout_s: float = ANSWER_S, *, address: str | None = None) -> Reply:
    """Ask the running instance to carry out `command` and return its answer; never raises for what it lacks.

    Args:
        command: one of `COMMANDS`.
        timeout_s: longest wait, for everything together.
        address: from `control_address`, which is asked if None.
    """
    try:
        address = control_address() if address is None else address
        line = _exchange(address, f"{command}\n".encode(), timeout_s)
    except (FileNotFoundError, ConnectionRefusedError):
        return Reply(code=NOT_RUNNING, message="Companion is not running. Start it with: companion")
    except (TimeoutError, BlockingIOError):  # the latter: too many wait to be let in
        return Reply(code=NO_ANSWER, message="Companion is running but does not answer. Close it and start it again.")
    except OSError as error:
        return Reply(code=UNREACHABLE, message=f"Companion cannot be reached: {error.strerror or error}.")
    except CompanionError as error:
        return Reply(code=error.code, message=str(error))
    return parse_reply(line)


def parse_reply(line: bytes) -> Reply:
    """Read one line of the running instance."""
    words = line.decode("utf-8", "replace").strip().split(" ", 2)
    if words == ["ok"]:
        return Reply()
    if words[0] == "error" and len(words) == 3 and words[1]:
        return Reply(code=words[1], message=words[2])
    return Reply(code=UNREACHABLE, message="Companion closed the connection without an answer. Try again.")


def _exchange(address: str, request: bytes, timeout_s: float) -> bytes:
    if sys.platform == "win32":
        return _exchange_by_pipe(address, request, timeout_s)
    import socket

    deadline = time.monotonic() + timeout_s
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout_s)
        connection.connect(address)
        connection.sendall(request)
        line = b""
        while b"\n" not in line and len(line) <= MAX_LINE_BYTES:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            connection.settimeout(left)
            received = connection.recv(MAX_LINE_BYTES)
            if not received:
                break
            line += received
        return line


def _exchange_by_pipe(address: str, request: bytes, timeout_s: float) -> bytes:
    """Talk over a named pipe, which has no time limit of its own, on a thread that a hung instance may keep."""
    result: list[bytes | OSError] = []

    def exchange() -> None:
        try:
            with Path(rf"\\.\pipe\{address}").open("r+b", buffering=0) as pipe:
                pipe.write(request)
                result.append(pipe.readline(MAX_LINE_BYTES))
        except OSError as error:
            result.append(error)

    thread = threading.Thread(target=exchange, name="control", daemon=True)
    thread.start()
    thread.join(timeout_s)
    if not result:
        raise TimeoutError
    if isinstance(result[0], OSError):
        raise result[0]
    return result[0]

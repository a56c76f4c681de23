"""What one thread may tell a job on another: to stop, or to wait a moment."""

import ctypes
import threading


class CancelToken:
    """Tells one job to stop at its next safe point.

    `flag` says the same to C: a text that is empty until the token is cancelled.

    Thread: any. Setting it is idempotent and never blocks; a cancelled job may still deliver what it had,
    which its receiver drops by draft id.

    Attributes:
        asked: How often somebody looked: at each safe point of a job, so that it tells of its progress.
    """

    __slots__ = ("_event", "asked", "flag")

    def __init__(self) -> None:
        self._event = threading.Event()
        self.asked = 0
        self.flag = ctypes.create_string_buffer(2)

    def cancel(self) -> None:
        """Ask the job to stop."""
        self._event.set()
        self.flag[0] = b"1"

    @property
    def cancelled(self) -> bool:
        """Whether the job was asked to stop."""
        self.asked += 1
        return self._event.is_set()


class Gate:
    """Lets a job give way to a more urgent one for a moment. Open at first.

    Thread: any. `close` and `open` are idempotent and never block.
    """

    __slots__ = ("_open",)

    def __init__(self) -> None:
        self._open = threading.Event()
        self._open.set()

    def close(self) -> None:
        """Ask the job to wait at its next safe point."""
        self._open.clear()

    def open(self) -> None:
        """Let the job go on."""
        self._open.set()

    def pass_through(self, timeout_s: float) -> None:
        """Wait until the gate is open, `timeout_s` at most."""
        self._open.wait(timeout_s)

"""Cancellation: a flag that a job polls and anyone may set."""

import threading


class CancelToken:
    """Tells one job to stop at its next safe point.

    Thread: any. Setting it is idempotent and never blocks; a cancelled job may still deliver what it had,
    which its receiver drops by draft id.
    """

    __slots__ = ("_event",)

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the job to stop."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether the job was asked to stop."""
        return self._event.is_set()

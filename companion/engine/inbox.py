"""The engine's inbox: messages in order, and `Wake` in front of the first one after the machine slept."""

import queue
from collections import deque

from companion.engine.commands import Command, Wake
from companion.engine.messages import WorkerMessage
from companion.engine.signals import CaptureLost
from companion.engine.sleep import SleepWatch

Message = Command | WorkerMessage | CaptureLost


class Inbox:
    """Many writers, one reader.

    Args:
        sleep: looks at the clocks around each wait.
    """

    def __init__(self, sleep: SleepWatch) -> None:
        self._sleep = sleep
        self._messages: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._held: deque[Message] = deque()

    def put(self, message: Message) -> None:
        """Add a message. Thread: any; never blocks."""
        self._messages.put(message)

    def get(self, timeout_s: float) -> Message | None:
        """Return the next message, or None if there was none for `timeout_s`, at most a second. Thread: engine."""
        if self._held:
            return self._held.popleft()
        self._sleep.begin_wait()
        try:
            message = self._messages.get(timeout=timeout_s)
        except queue.Empty:
            return Wake() if self._sleep.end_wait() else None
        if not self._sleep.end_wait():
            return message
        self._held.append(message)
        return Wake()

"""An engine made of nothing: records commands, sends the events it is told to, from this thread or another."""

import threading
from collections.abc import Callable, Iterable

from companion.engine.commands import Command, Shutdown
from companion.engine.events import EngineClosed, Event


class FakeEngine:
    """Stands in for the engine behind the bridge.

    Args:
        on_event: Called with each event, on the thread that emits it.
        answer_shutdown: Whether `Shutdown` is answered with `EngineClosed`, from another thread as the real one does.
    """

    def __init__(self, on_event: Callable[[Event], None], *, answer_shutdown: bool = True) -> None:
        self.commands: list[Command] = []
        self.started = False
        self._on_event = on_event
        self._answer_shutdown = answer_shutdown
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Remember that it was started."""
        self.started = True

    def post(self, command: Command) -> None:
        """Record a command."""
        self.commands.append(command)
        if isinstance(command, Shutdown) and self._answer_shutdown:
            self.emit_from_thread([EngineClosed()])

    def close(self, timeout_s: float) -> bool:
        """Wait for the threads that sent events."""
        for thread in self._threads:
            thread.join(timeout_s)
        return not any(thread.is_alive() for thread in self._threads)

    def emit(self, *events: Event) -> None:
        """Send events on this thread."""
        for event in events:
            self._on_event(event)

    def emit_from_thread(self, events: Iterable[Event]) -> None:
        """Send events on a plain thread, as the engine does."""
        sent = list(events)
        thread = threading.Thread(target=self.emit, args=sent, name="fake-engine")
        self._threads.append(thread)
        thread.start()

    def posted(self, kind: type[Command]) -> list[Command]:
        """Return the recorded commands of one kind."""
        return [command for command in self.commands if isinstance(command, kind)]

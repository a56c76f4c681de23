"""What is wrong with the microphone and the speaker, and what the window was told of it. Thread: engine."""

from collections.abc import Callable, Iterator

from companion.engine.errors import AudioDeviceError
from companion.engine.events import AudioDeviceChanged, Event, ProblemReported, ProblemResolved


class DeviceProblems:
    """At most one for each kind of device. One that both share is told once: it is the sound system's.

    Args:
        publish: takes events for the user interface.
    """

    def __init__(self, publish: Callable[[Event], None]) -> None:
        self._publish = publish
        self._problems: dict[str, AudioDeviceError] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self._problems))

    def __len__(self) -> int:
        return len(self._problems)

    def find(self, kind: str) -> AudioDeviceError | None:
        """Return what is wrong with a device."""
        return self._problems.get(kind)

    def report(self, kind: str, error: AudioDeviceError) -> bool:
        """There is no such device, because of `error`; return whether there was one before."""
        before = self._problems.get(kind)
        if before is not None and before.code == error.code:
            return False
        if before is None:
            self._publish(AudioDeviceChanged(kind=kind, name=None))
        else:
            self.resolve(kind)
        known = self._told(error.code)
        self._problems[kind] = error
        if not known:
            self._publish(ProblemReported(error=error))
        return before is None

    def resolve(self, kind: str) -> None:
        """There is such a device, or nobody needs one."""
        error = self._problems.pop(kind, None)
        if error is not None and not self._told(error.code):
            self._publish(ProblemResolved(code=error.code))

    def _told(self, code: str) -> bool:
        return any(problem.code == code for problem in self._problems.values())


def lost(kind: str) -> AudioDeviceError:
    """Return the error for a device that went away while it was open."""
    return AudioDeviceError(
        f"{kind}-lost",
        f"The {kind} was disconnected.",
        hint="Plug it in again or choose another one; Companion goes on by itself.",
    )

"""What the global hotkey's back ends have in common: whom they tell, and how they are started and stopped."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from companion.engine.errors import CompanionError

BIND_HINT = "Bind “companion press” and “companion release” (or “companion toggle”) to a shortcut of your desktop."
"""What always works, whatever the desktop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HotkeyListener:
    """Whom a back end tells; each is called on the back end's own threads and must not block."""

    pressed: Callable[[float], None]
    """The hotkey went down, at this monotonic time."""
    released: Callable[[float], None]
    """The hotkey came up, at this monotonic time. Every press is followed by one, also on a lost key-up and on stop."""
    available: Callable[[str], None]
    """The hotkey works from now on; the text is the combination for people, e.g. "Ctrl+Space"."""
    unavailable: Callable[[CompanionError], None]
    """The hotkey does not work, or no longer."""
    noticed: Callable[[CompanionError], None]
    """The hotkey works, but the user should know this."""


class HotkeyBackend(Protocol):
    """One way to hear a key that is pressed while any program has the focus. Used once: start, then stop."""

    def start(self) -> None:
        """Begin to listen, on a thread of its own; returns at once and never raises for what the system lacks."""
        ...

    def stop(self) -> None:
        """End every thread of this back end. Idempotent; at most 2 s."""
        ...


def unavailable(code: str, message: str, hint: str = BIND_HINT) -> CompanionError:
    """Return the error for a hotkey that cannot work."""
    return CompanionError(code, message, hint=hint, permanent=True)

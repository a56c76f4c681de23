"""A person at the keyboard of the virtual desktop, who has no mouse."""

import contextlib
import subprocess
import threading

from tests.e2e.virtual_desktop import VirtualDesktop, wait_until

WINDOW_S = 10.0
_TYPING_MS = "4"


def focus(desktop: VirtualDesktop, name: str) -> None:
    """Wait for the window of this name (a regular expression) and give it the keyboard: no window manager does it."""

    def focused() -> bool:
        with contextlib.suppress(IndexError, subprocess.CalledProcessError):  # it came or went in this moment
            desktop.xdotool("windowfocus", "--sync", _windows(desktop, name)[-1])
            return True
        return False

    wait_until(focused, WINDOW_S, f"a window called {name}")


def press(desktop: VirtualDesktop, *keys: str) -> None:
    """Press keys one after another."""
    for key in keys:
        desktop.xdotool("key", key)


def write(desktop: VirtualDesktop, text: str) -> None:
    """Type over what stands in the field."""
    press(desktop, "ctrl+a")
    desktop.xdotool("type", "--delay", _TYPING_MS, text)


def rest(seconds: float) -> None:
    """Let the hands lie, e.g. so that nothing has happened after all."""
    threading.Event().wait(seconds)


def confirm(desktop: VirtualDesktop, name: str) -> None:
    """Press Enter until the window of this name is gone: the first may only close a list of suggestions."""
    for _ in range(3):
        press(desktop, "Return")
        with contextlib.suppress(TimeoutError):
            wait_until(lambda: not _windows(desktop, name), 2, f"{name} is closed")
            return
    raise TimeoutError(f"{name} is still open")


def _windows(desktop: VirtualDesktop, name: str) -> list[str]:
    found = subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--name", name],
        env=desktop.env,
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )
    return found.stdout.split()

"""How desktops know the program: its id, its menu entry and its start at login, as texts. Pure; any thread.

Sources: Desktop Entry Specification 1.5 (https://specifications.freedesktop.org/desktop-entry-spec/1.5/), Desktop
Application Autostart Specification 0.5, launchd.plist(5), and the Run key of Windows.
"""

import plistlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

APP_ID: Final = "org.companion.Companion"
"""Name of the .desktop file and the icon, and what windows and portals are told: desktops match them by it."""

NAME: Final = "Companion"
COMMENT: Final = "Talk with your computer. Everything stays on it."
HIDDEN: Final = "--hidden"
"""Argument of a start at login: into the tray, without a window."""

_RESERVED: Final = frozenset(" \t\n\"'\\><~|&;$*?#()`")
"""An argument with one of these must be quoted (specification, section 7)."""


def program_command() -> list[str]:
    """Return the command that starts this very installation, whatever the current folder or PATH."""
    script = Path(sys.executable).with_name("companion.exe" if sys.platform == "win32" else "companion")
    return [str(script)] if script.is_file() else [sys.executable, "-m", "companion"]


def exec_line(command: Sequence[str]) -> str:
    """Return the value of an Exec key.

    Raises:
        ValueError: an argument holds a control character, or the program's path a "=": the specification has no place
            for them.
    """
    if "=" in command[0]:
        raise ValueError("the path of a program in a .desktop file may hold no =")
    return " ".join(_quoted(argument) for argument in command)


def desktop_entry(command: Sequence[str], *, at_login: bool) -> str:
    """Return the text of a .desktop file.

    Args:
        command: Starts the program, without `HIDDEN`.
        at_login: For the autostart folder; else for the menu.

    Raises:
        ValueError: see `exec_line`.
    """
    lines = [
        "[Desktop Entry]",
        "Type=Application",
        f"Name={NAME}",
        f"Comment={COMMENT}",
        f"Exec={exec_line([*command, HIDDEN] if at_login else command)}",
        f"Icon={APP_ID}",
        "Terminal=false",
        f"StartupWMClass={APP_ID}",
    ]
    if at_login:
        lines += ["X-GNOME-Autostart-enabled=true"]
    else:
        lines += [
            "Categories=Utility;Accessibility;",
            "Keywords=voice;speech;assistant;chat;talk;offline;",
            "StartupNotify=true",
            # Later SingleMainWindow (1.5), which the validators that distributions still ship refuse.
            "X-GNOME-SingleWindow=true",
        ]
    return "\n".join(lines) + "\n"


def launch_agent(command: Sequence[str]) -> bytes:
    """Return the property list that has launchd start the program at login."""
    return plistlib.dumps(
        {"Label": APP_ID, "ProgramArguments": [*command, HIDDEN], "RunAtLoad": True, "ProcessType": "Interactive"}
    )


def run_key_value(command: Sequence[str]) -> str:
    """Return the value below the Run key that has Windows start the program at login."""
    return subprocess.list2cmdline([*command, HIDDEN])


def _quoted(argument: str) -> str:
    if any(ord(character) < 32 or ord(character) == 127 for character in argument):
        raise ValueError("a .desktop file can name no program with control characters in its path")
    text = argument.replace("%", "%%")
    if not argument or _RESERVED & set(argument):
        for character in '\\"`$':
            text = text.replace(character, "\\" + character)
        text = f'"{text}"'
    # What stands here is a string value, and those escape the backslash once more (section 4).
    return text.replace("\\", "\\\\")

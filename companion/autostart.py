"""Start at login and the entry in the desktop's menu: writes and removes the files. Any thread; waits for the disk.

Linux: XDG folders of the user. macOS: a LaunchAgent. Windows: the Run key of the user's registry. Nothing needs an
administrator, nothing outside the user's own folders is touched.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from companion.desktop_entry import APP_ID, desktop_entry, launch_agent, program_command, run_key_value
from companion.engine.errors import CompanionError

_RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
_RUN_NAME = "Companion"
_REFRESH_S = 10.0


def set_start_at_login(on: bool, *, platform: str = sys.platform) -> None:
    """Have the desktop start the program into the tray at login, or no longer.

    Raises:
        CompanionError: it could not be written (code "autostart-failed").
    """
    try:
        if platform == "win32":
            _set_run_key(run_key_value(program_command()) if on else None)
        elif platform == "darwin":
            _put(_agent_file(), launch_agent(program_command()) if on else None)
        else:
            entry = desktop_entry(program_command(), at_login=True).encode() if on else None
            _put(autostart_file(), entry)
    except (OSError, ValueError) as error:
        raise _failed("autostart-failed", "The start at login could not be changed", error) from error


def starts_at_login(*, platform: str = sys.platform) -> bool:
    """Return whether the desktop is told to start the program at login."""
    if platform == "win32":
        return _run_key() is not None
    return (_agent_file() if platform == "darwin" else autostart_file()).is_file()


def install_entry(icon_svg: bytes, icons: Mapping[int, bytes]) -> list[Path]:
    """Put the program into the desktop's menu and return the files written. Linux and other XDG desktops.

    Args:
        icon_svg: The icon.
        icons: The icon as PNG by its side in pixels, for desktops that draw no SVG.

    Raises:
        CompanionError: a file could not be written (code "desktop-failed").
    """
    try:
        files = {**_icon_files(icons), _icon_file("scalable", "svg"): icon_svg}
        files[entry_file()] = desktop_entry(program_command(), at_login=False).encode()
        for path, content in files.items():
            _put(path, content)
    except (OSError, ValueError) as error:
        raise _failed("desktop-failed", "The menu entry could not be written", error) from error
    _refresh()
    return sorted(files)


def remove_entry() -> list[Path]:
    """Take the program out of the desktop's menu and from the start at login; return the files removed.

    Raises:
        CompanionError: a file could not be removed (code "desktop-failed").
    """
    icons = _data_home() / "icons" / "hicolor"
    found = [entry_file(), autostart_file(), *icons.glob(f"*/apps/{APP_ID}.png"), _icon_file("scalable", "svg")]
    removed = [path for path in found if path.is_file()]
    try:
        for path in removed:
            _put(path, None)
    except OSError as error:
        raise _failed("desktop-failed", "The menu entry could not be removed", error) from error
    _refresh()
    return sorted(removed)


def entry_file() -> Path:
    """Return where the menu entry lies."""
    return _data_home() / "applications" / f"{APP_ID}.desktop"


def autostart_file() -> Path:
    """Return where the entry for the start at login lies."""
    return _xdg("XDG_CONFIG_HOME", ".config") / "autostart" / f"{APP_ID}.desktop"


def _icon_files(icons: Mapping[int, bytes]) -> dict[Path, bytes]:
    return {_icon_file(f"{side}x{side}", "png"): content for side, content in icons.items()}


def _icon_file(size: str, kind: str) -> Path:
    return _data_home() / "icons" / "hicolor" / size / "apps" / f"{APP_ID}.{kind}"


def _agent_file() -> Path:
    return Path.home() / "Library" / "LaunchAgents" / f"{APP_ID}.plist"


def _data_home() -> Path:
    return _xdg("XDG_DATA_HOME", ".local/share")


def _xdg(variable: str, default: str) -> Path:
    """Return one of the user's base folders; the specification has a relative path ignored."""
    named = Path(os.environ.get(variable, ""))
    return named if named.is_absolute() else Path.home() / default


def _put(path: Path, content: bytes | None) -> None:
    """Replace a file that other programs read, or remove it."""
    if content is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _refresh() -> None:
    """Tell desktops that keep an index; those that have none need nothing."""
    for command in (
        ("update-desktop-database", "-q", str(entry_file().parent)),
        ("gtk-update-icon-cache", "-q", "-t", str(_data_home() / "icons" / "hicolor")),
    ):
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(command, check=False, capture_output=True, timeout=_REFRESH_S)


def _set_run_key(value: str | None) -> None:
    if sys.platform == "win32":
        import winreg

        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
            if value is not None:
                winreg.SetValueEx(key, _RUN_NAME, 0, winreg.REG_SZ, value)
                return
            with contextlib.suppress(FileNotFoundError):
                winreg.DeleteValue(key, _RUN_NAME)


def _run_key() -> str | None:
    if sys.platform == "win32":
        import winreg

        with contextlib.suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
            return str(winreg.QueryValueEx(key, _RUN_NAME)[0])
    return None


def _failed(code: str, what: str, error: Exception) -> CompanionError:
    reason = getattr(error, "strerror", None) or str(error)
    return CompanionError(code, f"{what}: {reason}.", hint="Check that your home folder is writable and has room.")

"""What the doctor looks at on disk: folders, room, settings, conversations. Thread: the caller's; it reads the disk."""

import errno
import os
import shlex
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from companion import paths
from companion.compose import settings_file
from companion.engine.errors import CompanionError
from companion.finding import Finding, Health
from companion.history.schema import FILE_NAME as HISTORY_FILE
from companion.history.survey import DamagedError, survey
from companion.settings import LoadedSettings

FREE_BYTES = 1 << 30
"""Free disk below which the doctor warns."""
_PROBE = bytes(1 << 16)
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


def folders() -> Iterator[Finding]:
    """Write into every folder, and look who else may read it."""
    kinds: tuple[tuple[str, Callable[[], Path]], ...] = (
        ("settings", paths.config_dir),
        ("data", paths.data_dir),
        ("log", paths.log_dir),
        ("control socket", paths.runtime_dir),
    )
    for name, folder in kinds:
        try:
            path = folder()
        except CompanionError as error:
            yield Finding(part="folders", health=Health.BROKEN, detail=error.message, fix=error.hint)
            continue
        yield _folder(name, path)
        yield from _open_to_others(path)
    try:
        data = paths.data_dir()
        free = shutil.disk_usage(data).free
    except (CompanionError, OSError):
        return  # said above
    if free < FREE_BYTES:
        detail = f"only {free / 2**20:.0f} MiB free on the disk of {data}"
        yield Finding(part="folders", health=Health.NOTE, detail=detail, fix="Free some space.")


def settings(loaded: LoadedSettings) -> Iterator[Finding]:
    """Tell what of the settings file could not be used."""
    for notice in loaded.notices:
        fix = f"Correct it in {settings_file()}, or delete that file to begin with the defaults."
        yield Finding(part="settings", health=Health.NOTE, detail=notice.rstrip("."), fix=fix)
    if not loaded.notices:
        detail = "as chosen" if settings_file().exists() else "the defaults; nothing was chosen yet"
        yield Finding(part="settings", health=Health.OK, detail=detail)


def history(loaded: LoadedSettings) -> Iterator[Finding]:
    """Read the file of the conversations, page by page; nothing of it is changed."""
    path = paths.data_dir() / HISTORY_FILE
    try:
        found = survey(path)
    except DamagedError:
        detail = f"the file of the conversations is damaged: {path}"
        fix = (
            "Start Companion: it keeps the damaged file under another name and begins a new one with what can be read. "
            "If you have an exported copy, import it."
        )
        if path.is_dir():
            detail = f"there is a folder in the place of the conversations: {path}"
            fix = "Start Companion: it gives the folder another name and begins a file."
        yield Finding(part="history", health=Health.BROKEN, detail=detail, fix=fix)
        return
    except CompanionError as error:
        yield Finding(part="history", health=Health.BROKEN, detail=error.message, fix=error.hint)
        return
    if found is None:
        detail = "no conversation is kept yet"
    else:
        size = found.size_bytes / 2**20
        detail = f"{found.conversations} conversations, {found.messages} messages, {size:.1f} MiB, intact"
    if not loaded.settings.privacy.keep_history:
        detail += "; new ones are not kept, as chosen under Privacy"
    yield Finding(part="history", health=Health.OK, detail=detail)
    for damaged in sorted(path.parent.glob(f"{path.stem}-damaged-*{path.suffix}")):
        yield Finding(part="history", health=Health.NOTE, detail=f"a damaged file was kept: {damaged}")


def _folder(name: str, folder: Path) -> Finding:
    """Write something into a folder, which tells more than its permissions do."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(_PROBE)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        if error.errno in _FULL:
            detail, fix = f"{name}: the disk of {folder} is full", "Make room on the disk."
        elif error.errno == errno.EROFS:
            detail, fix = (
                f"{name}: the disk of {folder} is read-only",
                "Check that disk, or set COMPANION_HOME to another.",
            )
        else:
            detail = f"{name}: {folder} cannot be written ({error.strerror or type(error).__name__})"
            fix = (
                f"Make it yours: sudo chown -R $USER {shlex.quote(str(folder))} && chmod 700 {shlex.quote(str(folder))}"
            )
        return Finding(part="folders", health=Health.BROKEN, detail=detail, fix=fix)
    return Finding(part="folders", health=Health.OK, detail=f"{name}: {folder}")


def _open_to_others(folder: Path) -> Iterator[Finding]:
    """Name the files that others may read although they lie in a folder of the user's alone."""
    if sys.platform == "win32":
        return
    try:
        found = [
            path for path in folder.iterdir() if path.is_file() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        ]
    except OSError:
        return  # said by `_folder`
    for path in sorted(found):
        detail = f"others could read {path} if its folder were open"
        yield Finding(part="folders", health=Health.NOTE, detail=detail, fix=f"chmod 600 {shlex.quote(str(path))}")

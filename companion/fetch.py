"""What a download does on this machine: lock, room on the disk, putting in place. No network.

Belongs to the download process (`companion.downloads`); `download_command` and `download_environment` are for whoever
starts it. Main thread of that process only.

A file is written as `<name>.part` beside its place, checked, flushed to the disk and renamed, so that what lies under
a model's own names is always whole.
"""

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from companion import paths
from companion.catalog import Catalog, sha256_of
from companion.download_report import megabytes
from companion.engine.errors import DownloadError
from companion.manifest import Model, ModelFile
from companion.offline import without_offline_switches

LOCK_FILE = ".download.lock"
WORK_PREFIX = ".unpack-"
SPARE_BYTES = 64 << 20
"""Room that a download leaves free on the disk."""

STOP_TIMEOUT_S = 30.0
"""How long a stopped download may take to tidy up."""

_FULL_DISK = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


def download_command(*arguments: str) -> list[str]:
    """Return the command line of a download process; `companion.downloads` describes the arguments.

    With "--json" it reports as `companion.download_report.JsonReporter` says.
    """
    return [sys.executable, "-P", "-m", "companion.downloads", *arguments]


def download_environment() -> dict[str, str]:
    """Return the environment in which a download process finds this very copy of the program, and the network."""
    environment = without_offline_switches(os.environ)
    places = [str(paths.package_dir().parent), environment.get("PYTHONPATH", "")]
    return {
        **environment,
        "PYTHONPATH": os.pathsep.join(filter(None, places)),
        "PYTHONUTF8": "1",
    }


def run_download(*arguments: str) -> int:
    """Run a download process that shares this one's terminal; return its exit code.

    Ctrl-C reaches both: the download ends by itself, tidily.
    """
    with subprocess.Popen(download_command(*arguments), env=download_environment()) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            try:
                return process.wait(timeout=STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


@contextmanager
def only_download(models_dir: Path) -> Iterator[None]:
    """Be the only download into this folder, and remove what a killed one left.

    Raises:
        DownloadError: another process downloads (code "download-busy"), or the folder cannot be written.
    """
    with disk_errors(models_dir):
        models_dir.mkdir(parents=True, exist_ok=True)
        handle = (models_dir / LOCK_FILE).open("ab")
    with handle:
        try:
            with disk_errors(models_dir / LOCK_FILE):
                _lock(handle)
        except DownloadError as error:
            if not isinstance(error.__cause__, BlockingIOError | PermissionError):
                raise
            raise DownloadError(
                "download-busy",
                "Another download of models is running.",
                hint="Wait for it to end, or stop it, and try again.",
            ) from error
        for left in models_dir.glob(f"{WORK_PREFIX}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


if sys.platform == "win32":

    def _lock(handle: BinaryIO) -> None:
        import msvcrt

        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)

else:

    def _lock(handle: BinaryIO) -> None:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def work_folder(models_dir: Path) -> Iterator[Path]:
    """A temporary folder on the same disk as the models, gone afterwards."""
    with disk_errors(models_dir):
        folder = tempfile.TemporaryDirectory(prefix=WORK_PREFIX, dir=models_dir, ignore_cleanup_errors=True)
    with folder as name:
        yield Path(name)


def require_room(folder: Path, size: int) -> None:
    """Check that `size` bytes fit on the disk of `folder`.

    Raises:
        DownloadError: they do not (code "disk-full").
    """
    free = shutil.disk_usage(folder).free
    if free < size + SPARE_BYTES:
        raise DownloadError(
            "disk-full",
            f"There is not enough room for the models in {folder}: {megabytes(free)} are free.",
            hint=f"Free {megabytes(size + SPARE_BYTES - free)} more and try again, or set {paths.MODELS_VARIABLE} "
            "to a folder on another disk.",
            permanent=True,
        )


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn an `OSError` of the file system into a sentence."""
    try:
        yield
    except OSError as error:
        raise _disk_error(error, path) from error


def _disk_error(error: OSError, path: Path) -> DownloadError:
    if error.errno in _FULL_DISK:
        return DownloadError(
            "disk-full",
            f"The disk is full: {path} could not be written.",
            hint="Make room and try again: the download goes on where it stopped.",
            permanent=True,
        )
    return DownloadError(
        "folder-not-writable",
        f"{path} cannot be written: {error.strerror or error}.",
        hint=f"Make its folder writable, or set {paths.MODELS_VARIABLE} to a folder of yours.",
        permanent=True,
    )


def part_path(path: Path) -> Path:
    """Return where a file is written before it is checked."""
    return path.with_name(path.name + ".part")


def put_in_place(catalog: Catalog, model: Model, file: ModelFile) -> None:
    """Check a file's `.part`, flush it to the disk, give it its name and note that it is verified.

    Raises:
        DownloadError: it is not the file of the manifest (code "download-corrupt"; it is deleted), another program
            has the old file open (code "file-in-use"), or the disk refused.
    """
    target = catalog.path(model, file)
    part = part_path(target)
    with disk_errors(part):
        right = part.stat().st_size == file.size and sha256_of(part) == file.sha256
        if not right:
            part.unlink()
    if not right:
        raise DownloadError(
            "download-corrupt",
            f"The downloaded {file.name} of {model.title} is not the file it should be.",
            hint="Try again later; if it happens again, something between here and the publisher alters downloads.",
        )
    with disk_errors(part), part.open("rb+") as stream:
        os.fsync(stream.fileno())
    try:
        part.replace(target)
    except PermissionError as error:
        raise DownloadError(
            "file-in-use",
            f"{target} is in use by another program.",
            hint="Close Companion and try again; nothing needs to be downloaded twice.",
        ) from error
    except OSError as error:
        raise _disk_error(error, target) from error
    _sync_folder(target.parent)
    catalog.record_verified(model, file)


def _sync_folder(folder: Path) -> None:
    """Make a rename durable where folders can be synced (not on Windows)."""
    if sys.platform != "win32":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

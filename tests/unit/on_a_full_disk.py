"""Fills a small disk and saves everything there is to save: `python -m tests.unit.on_a_full_disk FOLDER`.

Prints one JSON object of what happened while the disk was full and after there was room again.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QElapsedTimer

from companion.engine.config import AudioConfig, EngineConfig
from companion.engine.errors import CompanionError
from companion.history.exchange import Labels
from companion.history.store import HistoryStore
from companion.history.writer import HistoryWriter
from companion.private_file import write_private
from companion.problem_report import Part, write_report
from companion.settings import Settings, load_settings, save_settings
from companion.ui.bridge import EngineBridge
from companion.ui.history_files import _export
from companion.ui.preferences import Preferences
from companion.ui.window_state import FILE_NAME, WindowState
from tests.history.talks import whole

WAIT_S = 20.0
LABELS = Labels(user="You", assistant="Companion", stopped="stopped")


def code_of(deed: Callable[[], object]) -> str:
    """Return the code of the error that `deed` ends with; empty if it succeeds."""
    try:
        deed()
    except CompanionError as error:
        return error.code if str(error) and error.hint else f"{error.code} without a hint"
    return ""


def no_models(settings: Settings) -> EngineConfig:
    """Here is nothing to be loaded."""
    raise CompanionError("no-models", "There are no models.")


class Settled:
    """The settings in force, as the window has them, and what it is told of saving them."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self.told: list[str] = []
        self._application = QCoreApplication([])
        self._preferences = Preferences(EngineBridge(), settings, file=path, build=no_models, apply=lambda _: None)
        self._preferences.saved.connect(lambda: self.told.append("saved"))
        self._preferences.not_saved.connect(lambda error: self.told.append(f"{error.code}: {error}"))

    def change(self, volume: float) -> float:
        """Change the volume, wait for what is told of it, and return the volume in force."""
        before = len(self.told)
        self._preferences.change("audio", volume=volume)
        timer = QElapsedTimer()
        timer.start()
        while len(self.told) == before and timer.elapsed() < WAIT_S * 1000:
            self._application.processEvents()
        return self._preferences.settings.audio.volume

    def close(self) -> bool:
        """End it; whether it ended in time."""
        return self._preferences.close()


def command(folder: Path, *arguments: str) -> list[object]:
    """Run a command of Companion whose home is on the disk too; return its exit code and what it says."""
    environment = {**os.environ, "COMPANION_HOME": str(folder / "home")}
    run = [sys.executable, "-m", "companion", *arguments]
    done = subprocess.run(run, capture_output=True, text=True, env=environment, timeout=WAIT_S, check=False)
    return [done.returncode, done.stderr]


def main() -> None:
    """Fill, save, make room, look."""
    folder = Path(sys.argv[1])
    settings, report, page = folder / "settings.toml", folder / "report.zip", folder / "review.html"
    export = folder / "talks.json"
    found: dict[str, Any] = {}
    problems: list[str] = []
    solved: list[str] = []
    writer = HistoryWriter(
        folder / "c.sqlite3", on_problem=lambda error: problems.append(error.code), on_solved=solved.append
    )
    writer.start()

    def titles() -> list[str]:
        listed = threading.Event()
        kept: list[str] = []

        def take(names: list[str] | None) -> None:
            kept.extend(names or [])
            listed.set()

        def names(store: HistoryStore) -> list[str]:
            return sorted(one.title for one in store.list())

        writer.read(names, take)
        assert listed.wait(WAIT_S)
        return kept

    def export_all() -> object:
        done = threading.Event()
        came: list[object] = []

        def take(result: object) -> None:
            came.append(result)
            done.set()

        writer.read(lambda store: _export(store, export, None, LABELS), take)
        assert done.wait(WAIT_S)
        if isinstance(came[0], CompanionError):
            raise came[0]
        return came[0]

    save_settings(settings, Settings(audio=AudioConfig(volume=0.25)))
    settled = Settled(settings, load_settings(settings).settings)
    page.write_text("the review before")
    export.write_text("the export before")
    found["command before"] = command(folder, "report", str(folder / "command.zip"))
    (folder / "command.zip").unlink()
    writer.write(lambda store: store.insert(whole("Before", "Hi")))
    found["titles before"] = titles()
    filler = folder / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(4096)) == 4096:
            pass

    found["settings"] = code_of(lambda: save_settings(settings, Settings(audio=AudioConfig(volume=0.75))))
    found["in force"] = settled.change(0.75)
    found["export"] = code_of(export_all)
    found["command"] = command(folder, "report", str(folder / "command.zip"))
    found["report"] = code_of(lambda: write_report(report, [Part(name="a.txt", text="x" * 100_000)]))
    found["review"] = code_of(lambda: write_private(page, "y" * 100_000))
    state = WindowState(folder / FILE_NAME)
    state.put("size", "1" * 5000)
    state.save()
    writer.write(lambda store: store.insert(whole("Meanwhile", *["word " * 3000] * 20)))
    found["titles while full"] = titles()
    found["problems"] = list(problems)
    found["volume"] = load_settings(settings).settings.audio.volume
    found["page"] = page.read_text()
    found["exported"] = export.read_text()
    found["files"] = sorted(path.name for path in folder.iterdir() if not path.name.startswith("c.sqlite3"))

    filler.unlink()
    settled.change(0.5)
    found["told"] = settled.told
    found["volume later"] = load_settings(settings).settings.audio.volume
    found["settled"] = settled.close()
    found["export later"] = code_of(export_all)
    found["exported later"] = json.loads(export.read_text())["format"]
    state.save()
    found["state later"] = WindowState(folder / FILE_NAME).get("size")[:1]
    writer.write(lambda store: store.insert(whole("Later", "Hi")))
    found["titles later"] = titles()
    found["closed"] = writer.close(WAIT_S)
    found["solved"] = solved
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()

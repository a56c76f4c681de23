"""Fills a small disk and saves everything there is to save: `python -m tests.unit.on_a_full_disk FOLDER`.

Prints one JSON object of what happened while the disk was full and after there was room again.
"""

import json
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from companion.engine.config import AudioConfig
from companion.engine.errors import CompanionError
from companion.history.store import HistoryStore
from companion.history.writer import HistoryWriter
from companion.private_file import write_private
from companion.problem_report import Part, write_report
from companion.settings import Settings, load_settings, save_settings
from companion.ui.window_state import FILE_NAME, WindowState
from tests.history.talks import whole

WAIT_S = 20.0


def code_of(deed: Callable[[], object]) -> str:
    """Return the code of the error that `deed` ends with; empty if it succeeds."""
    try:
        deed()
    except CompanionError as error:
        return error.code if str(error) and error.hint else f"{error.code} without a hint"
    return ""


def main() -> None:
    """Fill, save, make room, look."""
    folder = Path(sys.argv[1])
    settings, report, page = folder / "settings.toml", folder / "report.zip", folder / "review.html"
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

    save_settings(settings, Settings(audio=AudioConfig(volume=0.25)))
    page.write_text("the review before")
    writer.write(lambda store: store.insert(whole("Before", "Hi")))
    found["titles before"] = titles()
    filler = folder / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(4096)) == 4096:
            pass

    found["settings"] = code_of(lambda: save_settings(settings, Settings(audio=AudioConfig(volume=0.75))))
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
    found["files"] = sorted(path.name for path in folder.iterdir() if not path.name.startswith("c.sqlite3"))

    filler.unlink()
    found["settings later"] = code_of(lambda: save_settings(settings, Settings(audio=AudioConfig(volume=0.75))))
    state.save()
    found["state later"] = WindowState(folder / FILE_NAME).get("size")[:1]
    writer.write(lambda store: store.insert(whole("Later", "Hi")))
    found["titles later"] = titles()
    found["closed"] = writer.close(WAIT_S)
    found["solved"] = solved
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()

"""Settings and kept conversations of the real program, reached with keys alone, and seen in its files."""

import contextlib
import shutil
import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from companion.history.schema import FILE_NAME
from companion.paths import HOME_VARIABLE
from companion.ui.window_state import FILE_NAME as STATE_FILE
from tests.e2e.keyboard import confirm, focus, press, rest, write
from tests.e2e.program import Program, audible, hush, speak
from tests.e2e.virtual_desktop import VirtualDesktop, sound_card_missing, wait_until
from tests.e2e.virtual_sound import Recorder
from tests.recordings import Recording, Recordings

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.models,
    pytest.mark.skipif(sound_card_missing() is not None, reason=str(sound_card_missing())),
    pytest.mark.skipif(shutil.which("xdotool") is None, reason="no xdotool: apt-get install xdotool xvfb"),
]

WINDOW = "^Companion$"
SETTINGS = "^Settings"
FILES = "^Export|^Import"
QUESTION = "^Delete all"
WRITTEN_S = 5.0
"""Until a change is in its file; typing rests before it is taken."""


@contextmanager
def at_home(home: Path) -> Iterator[tuple[VirtualDesktop, Recorder]]:
    """Run the program with its files in `home`, the guide already seen, the keyboard on its window."""
    data = home / "data"
    data.mkdir(parents=True, mode=0o700)
    (data / STATE_FILE).write_text('{"guide": "finished"}')
    with VirtualDesktop() as desktop, desktop.listen() as speaker:
        running = Program(desktop, extra={HOME_VARIABLE: str(home)})
        try:
            running.wait_for_line("ready in")
            focus(desktop, WINDOW)
            yield desktop, speaker
            assert running.end() == 0, running.output
        finally:
            running.kill()


def settings_of(home: Path) -> dict[str, Any]:
    with contextlib.suppress(FileNotFoundError):
        return tomllib.loads((home / "config" / "settings.toml").read_text())
    return {}


def rows(home: Path, query: str) -> list[tuple[Any, ...]]:
    """Read the conversations as another program would, without touching them."""
    file = home / "data" / FILE_NAME
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return connection.execute(query).fetchall()


def find(desktop: VirtualDesktop, setting: str) -> None:
    """Go to a setting by its name; its field has the keyboard then."""
    press(desktop, "ctrl+f")
    write(desktop, setting)
    press(desktop, "Return")


def a_turn(desktop: VirtualDesktop, speaker: Recorder, question: Recording) -> None:
    """Ask, listen to some of the answer, and stop it."""
    audible(speaker, speak(desktop, question.samples, question.voiced_end_s))
    rest(1.0)
    hush(desktop, speaker)


def brightness(desktop: VirtualDesktop) -> float:
    """Return the mean of what is on the screen, 0 to 255."""
    from Xlib import X, display

    shown = display.Display(desktop.env["DISPLAY"])
    try:
        root = shown.screen().root
        size = root.get_geometry()
        data: bytes = root.get_image(0, 0, size.width, size.height, X.ZPixmap, 0xFFFFFF).data
    finally:
        shown.close()
    blue = data[::4]
    return sum(blue) / len(blue)


def test_settings_are_changed_by_keys_and_in_force_at_once(tmp_path: Path, recordings: Recordings) -> None:
    home = tmp_path / "companion"
    with at_home(home) as (desktop, speaker):

        def saved(section: str, key: str, value: object) -> None:
            wait_until(
                lambda: settings_of(home).get(section, {}).get(key) == value, WRITTEN_S, f"{section}.{key} is {value}"
            )

        def of_persona(key: str) -> object:
            (persona,) = settings_of(home).get("personas") or [{}]
            return persona.get(key)

        press(desktop, "ctrl+comma")
        focus(desktop, SETTINGS)

        find(desktop, "Colours")
        press(desktop, "d")
        saved("appearance", "theme", "dark")
        wait_until(lambda: brightness(desktop) < 100, WRITTEN_S, "the window is dark")

        find(desktop, "Speed of speech")
        press(desktop, "Right", "Right", "Right", "Right")
        wait_until(lambda: of_persona("speech_rate") == 1.2, WRITTEN_S, "the voice is faster")

        find(desktop, "What it is told")
        write(desktop, "Answer every question with one short sentence.")
        wait_until(
            lambda: of_persona("system_prompt") == "Answer every question with one short sentence.",
            WRITTEN_S,
            "the prompt is taken",
        )
        press(desktop, "shift+Tab")
        write(desktop, "Ada")
        press(desktop, "Return")
        wait_until(lambda: of_persona("name") == "Ada", WRITTEN_S, "the persona has another name")

        find(desktop, "Choice of words")
        write(desktop, "7")
        press(desktop, "Return")
        find(desktop, "Liveliness")
        write(desktop, "0.5")
        press(desktop, "Return")
        saved("llm", "temperature", 0.5)
        assert "top_p" not in settings_of(home).get("llm", {}), "what is refused is neither taken nor written"

        find(desktop, "Keep conversations")
        press(desktop, "space")
        saved("privacy", "keep_history", False)

        press(desktop, "Escape")
        focus(desktop, WINDOW)
        a_turn(desktop, speaker, recordings["google_brooklyn_bridge"])
    assert rows(home, "SELECT * FROM messages") == [], "it was answered aloud, and not kept"


WORDS = "SELECT number, parent, role, text, heard, latency_ms, created_ms, state FROM messages ORDER BY number"
LISTED = "SELECT key, title, title_source, created_ms, updated_ms, language FROM conversations WHERE deleted = 0"


def test_a_conversation_is_found_taken_along_forgotten_and_brought_back(tmp_path: Path, recordings: Recordings) -> None:
    home = tmp_path / "companion"
    with at_home(home) as (desktop, speaker):
        a_turn(desktop, speaker, recordings["google_brooklyn_bridge"])
        wait_until(lambda: len(rows(home, WORDS)) == 2, WRITTEN_S, "question and answer are kept")
        before = rows(home, WORDS), rows(home, LISTED)
        assert [row[2] for row in before[0]] == ["user", "assistant"]

        press(desktop, "ctrl+f")
        write(desktop, "zzz nowhere")
        rest(0.5)
        press(desktop, "Down", "Delete")
        write(desktop, "brooklyn")
        rest(0.5)
        press(desktop, "Down", "Menu")
        press(desktop, "Down", "Down", "Down", "Down", "Return")  # Open, Rename, Pin, Export
        focus(desktop, FILES)
        write(desktop, str(tmp_path / "one.md"))
        confirm(desktop, FILES)
        wait_until((tmp_path / "one.md").exists, WRITTEN_S, "the conversation is written")
        assert all(row[3] in (tmp_path / "one.md").read_text() for row in before[0][:1])
        focus(desktop, WINDOW)

        press(desktop, "ctrl+comma")
        focus(desktop, SETTINGS)
        find(desktop, "Take them with you")
        press(desktop, "space")
        focus(desktop, FILES)
        write(desktop, str(tmp_path / "all.json"))
        confirm(desktop, FILES)
        wait_until((tmp_path / "all.json").exists, WRITTEN_S, "everything is written")

        focus(desktop, SETTINGS)
        find(desktop, "Forget everything")
        press(desktop, "space")
        focus(desktop, QUESTION)
        press(desktop, "shift+Tab", "space")
        wait_until(lambda: not rows(home, WORDS) and not rows(home, LISTED), WRITTEN_S, "everything is forgotten")

        focus(desktop, SETTINGS)
        press(desktop, "Escape")
        focus(desktop, WINDOW)
        press(desktop, "ctrl+f")
        press(desktop, "shift+Tab", "shift+Tab", "space", "Down", "Return")  # past "Close" to the menu; "Import"
        focus(desktop, FILES)
        write(desktop, str(tmp_path / "all.json"))
        confirm(desktop, FILES)
        wait_until(lambda: len(rows(home, WORDS)) == 2, WRITTEN_S, "everything is back")
        assert (rows(home, WORDS), rows(home, LISTED)) == before

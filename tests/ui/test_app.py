"""What the program tells its window: settings that could not be used, a hotkey that goes and comes back."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from companion.app import Program
from companion.compose import settings_file
from companion.engine.errors import CompanionError
from companion.keys import KeyCombination
from companion.settings import load_settings

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

MakeProgram = Callable[[str | None], AbstractContextManager[Program]]


@pytest.fixture
def program(qapp: QApplication, qtbot: QtBot) -> MakeProgram:
    @contextmanager
    def made(settings: str | None) -> Iterator[Program]:
        if settings is not None:
            settings_file().write_text(settings)
        program = Program(qapp, load_settings(settings_file()), 0.0)
        qtbot.addWidget(program._window)
        yield program
        qapp.styleHints().colorSchemeChanged.disconnect(program._theme._refresh)

    return made


def test_good_settings_show_nothing(program: MakeProgram) -> None:
    with program('[appearance]\ntheme = "dark"\n') as running:
        assert running._window.banners.banners == {}


def test_a_setting_that_could_not_be_used_is_in_the_window_with_what_is_used_instead(program: MakeProgram) -> None:
    with program("[audio]\nvolume = 11\n[turn]\npause = 1\n") as running:
        (banner,) = running._window.banners.banners.values()
        assert str(settings_file()) in banner.message.text()
        first, second = banner.hint.text().splitlines()
        assert first.startswith("audio.volume must be")
        assert first.endswith("the default (1.0) is used.")
        assert "turn.pause" in second
        banner.close_button.click()
        assert running._window.banners.banners == {}


def test_a_file_that_could_not_be_read_is_in_the_window(program: MakeProgram) -> None:
    with program("volume = = 1") as running:
        (banner,) = running._window.banners.banners.values()
        said = banner.message.text()
        assert str(settings_file()) in said
        assert "the defaults are used" in said


def test_of_many_problems_the_window_names_the_first(program: MakeProgram, tmp_path: Path) -> None:
    with program("".join(f"nonsense{number} = 1\n" for number in range(20))) as running:
        (banner,) = running._window.banners.banners.values()
        lines = banner.hint.text().splitlines()
        assert len(lines) == 5
        assert lines[-1].startswith("And 16 more")


def test_a_hotkey_that_is_back_takes_its_banner_away(qtbot: QtBot, program: MakeProgram) -> None:
    with program(None) as running:
        banners = running._window.banners
        running._hotkey.unavailable.emit(CompanionError("hotkey-failed", "Gone."))
        qtbot.waitUntil(lambda: "hotkey-failed" in banners.banners)
        running._hotkey.available.emit("Press F9")
        qtbot.waitUntil(lambda: banners.banners == {})
        assert "Press F9" in running._window._hint.text() or running._window._hotkey == "Press F9"


def test_a_choice_made_while_no_engine_could_be_made_starts_one(
    qtbot: QtBot, program: MakeProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []
    monkeypatch.setattr(
        Program, "_make_engine", lambda self, config: SimpleNamespace(start=lambda: started.append(config))
    )
    with program(None) as running:
        config = object()
        running._use(config)  # type: ignore[arg-type]
        assert started == [config]


def test_another_talk_key_is_listened_for_at_once(program: MakeProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    with program(None) as running:
        heard: list[KeyCombination] = []
        monkeypatch.setattr(running._hotkey, "start", heard.append)
        running._preferences.change("appearance", theme="dark")
        running._preferences.change("hotkey", keys="ctrl+alt+k")
        assert [keys.qt_text for keys in heard] == ["Ctrl+Alt+K"]
        assert running._preferences.close()


def test_a_restart_closes_first(program: MakeProgram) -> None:
    with program(None) as running:
        running._settings_part.restart_wanted.emit()
        assert running.restarts

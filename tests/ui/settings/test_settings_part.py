"""The settings in the main window: menu, key, persona button, what a change does there."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from companion.engine.commands import ApplyConfig, NewConversation
from companion.engine.errors import ModelLoadError
from companion.engine.events import EngineFailed, EngineReady, EngineState, EngineStateChanged, ModelLoadStarted
from companion.engine.messages import Role
from companion.settings import PersonaSettings
from companion.ui import settings_strings as words
from companion.ui.main_window import MainWindow
from companion.ui.preferences import Preferences
from companion.ui.settings_part import SettingsPart
from companion.ui.theme import Theme
from companion.ui.window_state import WindowState
from tests.fakes.engine import FakeEngine

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def state(tmp_path: Path) -> WindowState:
    return WindowState(tmp_path / "window.json")


@pytest.fixture
def part(
    window: MainWindow, preferences: Preferences, theme: Theme, tmp_path: Path, state: WindowState
) -> SettingsPart:
    three = (PersonaSettings(), PersonaSettings(name="Ann & Bo"), PersonaSettings(name="Pirate", system_prompt="Arr."))
    preferences.put(replace(preferences.settings, personas=three))
    return SettingsPart(window, preferences, theme, folder=tmp_path, state=state)


def test_the_menu_opens_the_window_where_it_was_left(
    part: SettingsPart, window: MainWindow, state: WindowState
) -> None:
    assert part.action in window.menu.actions()
    assert part.action.shortcut().toString() == "Ctrl+,"
    opened = part.open()
    assert opened.page == "sound"
    opened.show_page("privacy")
    opened.close()
    assert part.open() is opened
    assert opened.page == "privacy"
    state.save()
    assert WindowState(state._path).get("settings.page") == "privacy"
    window.close()
    assert not opened.isVisible()


def test_a_key_chooses_a_persona_and_the_conversation_goes_on(
    qtbot: QtBot,
    part: SettingsPart,
    window: MainWindow,
    preferences: Preferences,
    engine: FakeEngine,
    enter: Callable[[EngineState], None],
) -> None:
    enter(EngineState.IDLE)
    assert part.persona.text() == "Companion"
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert preferences.settings.chosen_persona.name == part.persona.text() == "Pirate"
    assert part.persona.accessibleName() == "Persona: Pirate"
    qtbot.waitUntil(
        lambda: [c.config.llm.system_prompt for c in engine.commands if isinstance(c, ApplyConfig)][-1:] == ["Arr."]
    )
    assert engine.posted(NewConversation) == []
    assert [choice.isChecked() for choice in part.persona.choices] == [False, False, True]
    part.persona._fresh.trigger()
    assert len(engine.posted(NewConversation)) == 1


def test_the_button_follows_the_personas(part: SettingsPart, preferences: Preferences) -> None:
    assert [choice.text() for choice in part.persona.choices] == ["Companion", "Ann && Bo", "Pirate"]
    preferences.put(replace(preferences.settings, personas=(PersonaSettings(name="Solo"),)))
    assert [choice.text() for choice in part.persona.choices] == ["Solo"]
    assert part.persona._fresh.text() == "New conversation with Solo"
    part.persona._edit.trigger()
    assert part._settings_window is not None
    assert part._settings_window.page == "personas"


def test_colours_and_motion_change_at_once(part: SettingsPart, preferences: Preferences, theme: Theme) -> None:
    preferences.change("appearance", theme="dark", reduce_motion=False)
    assert theme.dark
    assert not theme.reduce_motion


def test_a_change_that_fails_leaves_the_window_ready_again(
    qtbot: QtBot,
    part: SettingsPart,
    window: MainWindow,
    preferences: Preferences,
    engine: FakeEngine,
    enter: Callable[[EngineState], None],
) -> None:
    enter(EngineState.IDLE)
    preferences.change("models", set="laptop")
    qtbot.waitUntil(lambda: preferences.is_preparing)
    engine.emit(EngineStateChanged(old=EngineState.IDLE, new=EngineState.INITIALIZING, at_s=0))
    failure = EngineFailed(role=Role.LLM, error=ModelLoadError("model-load-failed", "It is broken."))
    engine.emit(ModelLoadStarted(role=Role.LLM, name="x"), failure)
    qtbot.waitUntil(lambda: "change-refused" in window.banners.banners)
    engine.emit(ModelLoadStarted(role=Role.LLM, name="llm"), EngineReady(seconds=1))
    enter(EngineState.IDLE)
    assert list(window.banners.banners) == ["change-refused"]
    assert words.TAKEN_BACK in window.banners.banners["change-refused"].hint.text()
    assert window.talk.isEnabled()


def test_a_state_file_that_is_broken_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    for content in (b"{", b"[1]", b'{"a": 1}', b"\xff"):
        path.write_bytes(content)
        assert WindowState(path).get("a", "x") == "x"
    assert WindowState().get("a") == ""


def test_a_long_name_gives_way_in_a_narrow_window(
    part: SettingsPart, window: MainWindow, preferences: Preferences
) -> None:
    preferences.put(replace(preferences.settings, personas=(PersonaSettings(name="Professor of ancient history"),)))
    window.resize(window.minimumSize())
    assert window.status.minimumSizeHint().width() <= window.minimumWidth()
    assert window.status.menu_button.geometry().right() <= window.width()

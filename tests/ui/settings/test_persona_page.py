"""The personas in the settings: added, edited, used, removed; what is refused; voices and languages there are."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from companion.settings import DEFAULT_PROMPTS, PersonaSettings, Settings
from companion.ui import settings_strings as words
from companion.ui.preferences import Preferences
from companion.ui.settings_pages import personas as personas_module
from companion.ui.settings_window import SettingsWindow
from tests.ui.settings.conftest import Desk
from tests.ui.settings.pages import INSTALLED, enter, question, shown

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(personas_module, "look_up", lambda: INSTALLED)


def test_a_persona_is_added_edited_used_and_removed(
    qtbot: QtBot, settings_window: SettingsWindow, preferences: Preferences, desk: Desk
) -> None:
    shown(settings_window, "personas")
    page, editor = settings_window.personas, settings_window.personas.editor
    page.add_button.click()
    enter(editor.name, "Pirate")
    editor.prompt.setPlainText("You are a pirate.")
    page.use.click()
    assert preferences.settings.chosen_persona == PersonaSettings(name="Pirate", system_prompt="You are a pirate.")
    assert not page.use.isEnabled()
    editor.rate.slider.setValue(26)
    page.duplicate.click()
    assert [persona.name for persona in preferences.settings.personas] == ["Companion", "Pirate", "Pirate 2"]
    assert preferences.settings.personas[2].speech_rate == 1.3
    assert preferences.settings.chosen_persona.name == "Pirate"
    page.list.setCurrentRow(1)
    page.remove.click()
    question(settings_window).confirm.click()
    assert [persona.name for persona in preferences.settings.personas] == ["Companion", "Pirate 2"]
    assert preferences.settings.chosen_persona.name == "Companion"
    qtbot.waitUntil(lambda: desk.file.exists() and desk.kept == preferences.settings)


def test_a_renamed_persona_stays_the_one_in_use(
    qtbot: QtBot, settings_window: SettingsWindow, preferences: Preferences
) -> None:
    preferences.put(
        replace(preferences.settings, personas=(PersonaSettings(), PersonaSettings(name="Ann")), persona="Ann")
    )
    shown(settings_window, "personas")
    settings_window.personas.list.setCurrentRow(1)
    enter(settings_window.personas.editor.name, "Anna")
    assert preferences.settings.chosen_persona.name == "Anna"


def test_a_name_that_is_taken_or_empty_is_refused_beside_it(
    qtbot: QtBot, settings_window: SettingsWindow, preferences: Preferences
) -> None:
    shown(settings_window, "personas")
    editor = settings_window.personas.editor
    settings_window.personas.add_button.click()
    for name, said in (("companion", "there twice"), (" ", "1 to 40")):
        enter(editor.name, name)
        assert said in editor.rows["name"].problem.text()
        assert [persona.name for persona in preferences.settings.personas] == ["Companion", words.PERSONA_NEW]
    enter(editor.name, "Ann")
    assert not editor.rows["name"].problem.isVisible()


def test_what_is_typed_is_not_lost_when_the_window_is_closed(
    settings_window: SettingsWindow, preferences: Preferences
) -> None:
    shown(settings_window, "personas")
    settings_window.personas.editor.prompt.setPlainText("Speak like a poet.")
    settings_window.close()
    assert preferences.settings.chosen_persona.system_prompt == "Speak like a poet."


def test_an_empty_prompt_is_refused_and_the_old_one_stays(
    qtbot: QtBot, settings_window: SettingsWindow, preferences: Preferences
) -> None:
    shown(settings_window, "personas")
    editor = settings_window.personas.editor
    editor.prompt.setPlainText("  ")
    editor.flush()
    assert "1 to 8000" in editor.rows["system_prompt"].problem.text()
    assert preferences.settings == Settings()


def test_only_voices_that_speak_the_language_are_offered(
    settings_window: SettingsWindow, preferences: Preferences
) -> None:
    voices = settings_window.personas.editor.voice
    shown(settings_window, "personas")
    assert [voices.itemData(i) for i in range(voices.count())] == ["", "joe", "amy"]
    preferences.put(replace(preferences.settings, personas=(PersonaSettings(language="fr", voice="gone"),)))
    assert [voices.itemData(i) for i in range(voices.count())] == ["", "siwis", "gone"]
    assert settings_window.personas.editor.rows["voice"].problem.text() == words.PERSONA_VOICE_GONE_WHY


def test_a_language_without_models_leads_to_them(
    qtbot: QtBot, settings_window: SettingsWindow, preferences: Preferences
) -> None:
    shown(settings_window, "personas")
    editor = settings_window.personas.editor
    assert not editor.to_models.isVisible()
    preferences.put(replace(preferences.settings, personas=(PersonaSettings(language="fr"),)))
    assert editor.rows["language"].problem.text() == words.PERSONA_LANGUAGE_GONE
    with qtbot.waitSignal(settings_window.personas.models_wanted):
        editor.to_models.click()


def test_a_prompt_that_nobody_wrote_follows_the_language(
    settings_window: SettingsWindow, preferences: Preferences
) -> None:
    shown(settings_window, "personas")
    editor = settings_window.personas.editor
    for language in ("fr", "en", "fr", ""):
        editor.language.chosen.emit(language)
        assert preferences.settings.chosen_persona.system_prompt == DEFAULT_PROMPTS[language or "en"]
        assert editor.prompt.toPlainText() == DEFAULT_PROMPTS[language or "en"]
    preferences.change("models", language="fr")
    assert editor.prompt.toPlainText() == DEFAULT_PROMPTS["fr"], "it speaks what the models speak"
    editor.prompt.setPlainText("You are a pirate.")
    editor.flush()
    editor.language.chosen.emit("en")
    assert preferences.settings.chosen_persona.system_prompt == "You are a pirate."


def test_a_search_for_the_speed_of_speech_leads_to_its_slider(qtbot: QtBot, settings_window: SettingsWindow) -> None:
    shown(settings_window, "personas")
    settings_window.activateWindow()
    settings_window.search.setText(words.PERSONA_RATE[0])
    settings_window.search.returnPressed.emit()
    qtbot.waitUntil(settings_window.personas.editor.rate.slider.hasFocus)

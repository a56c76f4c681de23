"""Every page of the settings: what is shown, what a change does, what a refusal says."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from companion.engine.config import AudioConfig
from companion.engine.errors import CompanionError, SettingsError
from companion.engine.events import EngineReady, ModelLoadStarted
from companion.engine.messages import Role
from companion.settings import PersonaSettings, Settings
from companion.ui import settings_strings as words
from companion.ui.preferences import Preferences
from companion.ui.settings_pages import personas as personas_module
from companion.ui.settings_pages.appearance import AppearancePage
from companion.ui.settings_pages.fields import Choice, NumberField, Slider, Switch
from companion.ui.settings_pages.persona_editor import SAMPLE_ID
from companion.ui.settings_window import Panels, SettingsWindow
from companion.ui.theme import Theme
from companion.ui.translation import languages
from tests.fakes.engine import FakeEngine
from tests.ui.settings.conftest import Desk
from tests.ui.settings.pages import INSTALLED, enter, question, shown

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


class Panel(QWidget):
    """Stands in for a panel of another part."""

    changed = Signal(object)
    chosen = Signal(str, str)


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(personas_module, "look_up", lambda: INSTALLED)


# -- every page


def test_every_control_has_a_name_and_can_be_reached_by_key(settings_window: SettingsWindow) -> None:
    for name, page in settings_window.pages.items():
        shown(settings_window, name)
        for kind in (Switch, Choice, NumberField, Slider):
            for control in page.findChildren(kind):
                focused = control.focusProxy() or control
                assert control.accessibleName() or focused.accessibleName(), (name, control)
                assert focused.focusPolicy() & Qt.FocusPolicy.TabFocus, (name, control)


def test_switches_choices_and_sliders_change_what_they_say(qtbot: QtBot, settings_window: SettingsWindow) -> None:
    def value(section: str, field: str) -> Any:
        return getattr(getattr(settings_window._preferences.settings, section), field)

    for name, page in settings_window.pages.items():
        shown(settings_window, name)
        for key, row in page.rows.items():
            section, _, field = key.partition(".")
            if isinstance(row.control, Switch):
                before = value(section, field)
                assert row.control.isChecked() == before
                row.control.click()
                assert value(section, field) is not before
            elif isinstance(row.control, Slider):
                low = row.control.slider.minimum()
                row.control.slider.setValue(low)
                assert value(section, field) == pytest.approx(low * row.control._step)
            elif isinstance(row.control, Choice) and section == "appearance":
                row.control.setCurrentIndex(1)
                row.control.activated.emit(1)
                assert value(section, field) != getattr(Settings().appearance, field)


def test_what_is_changed_elsewhere_is_shown(settings_window: SettingsWindow, preferences: Preferences) -> None:
    page = shown(settings_window, "sound")
    preferences.change("audio", volume=0.25)
    slider = page.rows["audio.volume"].control
    assert isinstance(slider, Slider)
    assert (slider.slider.value(), slider.value.text()) == (25, "25 %")


# -- advanced


def test_a_number_out_of_range_is_refused_beside_its_field(qtbot: QtBot, settings_window: SettingsWindow) -> None:
    row = shown(settings_window, "advanced").rows["llm.temperature"]
    assert isinstance(row.control, NumberField)
    enter(row.control, "3")
    with pytest.raises(SettingsError) as check:
        replace(Settings().llm, temperature=3.0)
    assert row.problem.isVisible()
    assert row.problem.text() == check.value.message.replace("llm.temperature", f"“{words.TEMPERATURE[0]}”")
    assert settings_window._preferences.settings.llm.temperature == 0.6
    enter(row.control, "1.5")
    assert row.problem.text() == ""
    assert settings_window._preferences.settings.llm.temperature == 1.5


@pytest.mark.parametrize(("typed", "said"), [("loud", "not a number"), ("7.5", "not a whole number"), ("1e99", "“")])
def test_what_is_no_such_number_is_said(qtbot: QtBot, settings_window: SettingsWindow, typed: str, said: str) -> None:
    row = shown(settings_window, "advanced").rows["performance.cores"]
    assert isinstance(row.control, NumberField)
    enter(row.control, typed)
    assert said in row.problem.text()
    assert settings_window._preferences.settings == Settings()
    QTest.keyClick(row.control, Qt.Key.Key_Escape)
    assert row.control.text() == "0"
    assert not row.problem.isVisible()


def test_an_empty_field_means_the_default_and_arrows_take_steps(qtbot: QtBot, settings_window: SettingsWindow) -> None:
    rows = shown(settings_window, "advanced").rows
    context, layers = rows["llm.context_tokens"].control, rows["stt.window_s"].control
    assert isinstance(context, NumberField)
    assert isinstance(layers, NumberField)
    enter(context, "4096")
    kept = [settings_window._preferences.settings.llm.context_tokens]
    context.clear()
    QTest.keyClick(context, Qt.Key.Key_Return)
    kept.append(settings_window._preferences.settings.llm.context_tokens)
    assert kept == [4096, None]
    QTest.keyClick(layers, Qt.Key.Key_Down)
    assert settings_window._preferences.settings.stt.window_s == 9
    layers.clear()
    QTest.keyClick(layers, Qt.Key.Key_Return)
    assert settings_window._preferences.settings.stt.window_s == 10


def test_reset_asks_first_and_touches_this_page_alone(
    qtbot: QtBot, settings_window: SettingsWindow, preferences: Preferences
) -> None:
    page = shown(settings_window, "advanced")
    preferences.change("llm", temperature=1.0, context_tokens=4096)
    preferences.change("audio", volume=0.5, pre_roll_s=1.0)
    page.reset.click()  # type: ignore[attr-defined]
    asked = question(settings_window)
    assert asked.cancel.isDefault()
    asked.cancel.click()
    assert preferences.settings.llm.temperature == 1.0
    page.reset.click()  # type: ignore[attr-defined]
    question(settings_window).confirm.click()
    assert preferences.settings == replace(Settings(), audio=AudioConfig(volume=0.5))


# -- privacy


def test_forgetting_everything_asks_and_the_harmless_answer_is_the_default(
    qtbot: QtBot, settings_window: SettingsWindow
) -> None:
    shown(settings_window, "privacy")
    privacy = settings_window.privacy
    forgotten = []
    privacy.delete_requested.connect(lambda: forgotten.append(1))
    privacy.delete.click()
    asked = question(settings_window)
    QTest.keyClick(asked, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not asked.isVisible())
    assert forgotten == []
    privacy.delete.click()
    question(settings_window).confirm.click()
    assert forgotten == [1]
    with qtbot.waitSignal(privacy.export_requested):
        privacy.export.click()


def test_a_folder_that_no_program_shows(settings_window: SettingsWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    urls: list[QUrl] = []

    def refuse(url: QUrl) -> bool:
        urls.append(url)
        return False

    monkeypatch.setattr(QDesktopServices, "openUrl", refuse)
    shown(settings_window, "privacy")
    settings_window.privacy.show_folder.click()
    assert urls[0].toLocalFile().endswith("data")
    assert settings_window.privacy.rows["folder"].problem.text() == words.FOLDER_NOT_SHOWN


# -- panels of other parts


def test_the_panels_of_other_parts_change_the_settings(
    qtbot: QtBot, theme: Theme, preferences: Preferences, tmp_path: Path
) -> None:
    said: list[tuple[str, int, Path | None, float | None]] = []
    made = Panels(
        devices=lambda audio: Panel(),
        hotkey=lambda keys: Panel(),
        models=lambda name, language: Panel(),
        speak=lambda *asked: said.append(asked),
    )
    window = SettingsWindow(preferences, theme, tmp_path, made)
    qtbot.addWidget(window)
    window.show()
    assert list(window.pages)[:4] == ["sound", "talk-key", "models", "personas"]
    preferences.change("audio", volume=0.5)
    window.pages["sound"].devices.changed.emit(AudioConfig(microphone="USB", volume=1.0))  # type: ignore[attr-defined]
    assert preferences.settings.audio == AudioConfig(microphone="USB", volume=0.5)
    window.pages["talk-key"].field.changed.emit("ctrl+alt+k")  # type: ignore[attr-defined]
    assert preferences.settings.hotkey.keys == "ctrl+alt+k"
    window.pages["talk-key"].field.changed.emit("space")  # type: ignore[attr-defined]
    assert "get in the way" in window.pages["talk-key"].rows["hotkey.keys"].problem.text()
    window.pages["models"].panel.chosen.emit("laptop", "fr")  # type: ignore[attr-defined]
    assert (preferences.settings.models.set, preferences.settings.models.language) == ("laptop", "fr")
    window.show_page("personas")
    preferences.put(replace(preferences.settings, personas=(PersonaSettings(voice="siwis", speech_rate=1.2),)))
    window.personas.editor.hear.click()
    assert said == [(words.SAMPLES["fr"], SAMPLE_ID, Path("siwis.onnx"), 1.2)]


# -- the window


def test_a_search_leaves_the_pages_that_match_and_enter_goes_there(
    qtbot: QtBot, settings_window: SettingsWindow
) -> None:
    QTest.keyClicks(settings_window.search, "liveliness")
    side = settings_window.side
    assert [side.item(i).text() for i in range(side.count()) if not side.item(i).isHidden()] == [words.ADVANCED]
    assert settings_window.page == "advanced"
    QTest.keyClick(settings_window.search, Qt.Key.Key_Return)
    assert settings_window.pages["advanced"].rows["llm.temperature"].control.hasFocus()
    settings_window.search.clear()
    QTest.keyClicks(settings_window.search, "xyzzy")
    assert settings_window.status.text() == words.NO_MATCH


def test_the_window_says_saved_preparing_and_ready_again(
    qtbot: QtBot, settings_window: SettingsWindow, preferences: Preferences, engine: FakeEngine
) -> None:
    preferences.change("audio", volume=0.5)
    qtbot.waitUntil(lambda: settings_window.status.text() == words.SAVED)
    preferences.change("stt", window_s=8.0)
    qtbot.waitUntil(lambda: settings_window.status.text() == words.PREPARING)
    engine.emit(ModelLoadStarted(role=Role.STT, name="stt"), EngineReady(seconds=1))
    qtbot.waitUntil(lambda: settings_window.status.text() == words.READY_AGAIN)


def test_a_disk_that_is_full_is_a_banner_until_there_is_room(
    qtbot: QtBot, settings_window: SettingsWindow, preferences: Preferences, desk: Desk
) -> None:
    desk.save_error = SettingsError("settings-not-saved", "The settings could not be saved (No space).", hint="Check.")
    preferences.change("audio", volume=0.5)
    qtbot.waitUntil(lambda: "settings-not-saved" in settings_window.banners.banners)
    desk.save_error = None
    preferences.change("audio", volume=0.6)
    qtbot.waitUntil(lambda: settings_window.banners.banners == {})


def test_a_change_that_was_taken_back_is_told(
    qtbot: QtBot, settings_window: SettingsWindow, preferences: Preferences, desk: Desk, engine: FakeEngine
) -> None:
    engine.emit(EngineReady(seconds=1))
    qtbot.waitUntil(lambda: preferences._worked is not None)
    desk.refusal = lambda settings: (
        CompanionError("set-unknown", "No such set.") if settings.models.set == "x" else None
    )
    preferences.change("models", set="x")
    qtbot.waitUntil(lambda: "change-refused" in settings_window.banners.banners)
    assert settings_window.banners.banners["change-refused"].hint.text() == words.TAKEN_BACK


def test_a_language_of_the_window_asks_for_a_restart(qtbot: QtBot, settings_window: SettingsWindow) -> None:
    page = shown(settings_window, "appearance")
    (button,) = (button for button in page.findChildren(QPushButton) if button.text() == words.RESTART_NOW)
    assert not button.isVisible()
    assert page.set_value("appearance.language", "en")
    assert button.isVisible()
    with qtbot.waitSignal(settings_window.restart_wanted):
        button.click()


def test_the_window_offers_the_languages_it_speaks(settings_window: SettingsWindow) -> None:
    page = settings_window.pages["appearance"]
    assert isinstance(page, AppearancePage)
    offered = [page.language.itemData(index) for index in range(page.language.count())]
    assert offered == ["", *languages()]
    assert "fr" in offered

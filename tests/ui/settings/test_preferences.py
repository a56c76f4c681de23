"""The settings in force: checked, saved beside the window's thread, given to the engine, and taken back if need be."""

import threading
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from companion.engine.commands import ApplyConfig
from companion.engine.config import EngineConfig
from companion.engine.errors import ModelLoadError, ModelMissingError, SettingsError
from companion.engine.events import EngineFailed, EngineReady, EngineState, EngineStateChanged, ModelLoadStarted
from companion.engine.messages import Role
from companion.settings import PersonaSettings, Settings
from companion.ui.bridge import EngineBridge
from companion.ui.preferences import Preferences
from tests.fakes.engine import FakeEngine
from tests.ui.settings.conftest import Desk

STARTED = ModelLoadStarted(role=Role.LLM, name="llm")
READY = EngineReady(seconds=1)


def failed(role: Role = Role.LLM) -> EngineFailed:
    return EngineFailed(role=role, error=ModelLoadError("model-load-failed", "It is broken.", hint="Get it again."))


def state(new: EngineState) -> EngineStateChanged:
    return EngineStateChanged(old=EngineState.IDLE, new=new, at_s=0)


def applied(engine: FakeEngine) -> list[EngineConfig]:
    return [command.config for command in engine.commands if isinstance(command, ApplyConfig)]


@pytest.fixture
def ready(qtbot: QtBot, engine: FakeEngine, preferences: Preferences) -> Preferences:
    engine.emit(READY, state(EngineState.IDLE))
    qtbot.waitUntil(lambda: preferences._worked is not None)
    return preferences


def test_a_change_is_in_force_saved_and_given_to_the_engine(
    qtbot: QtBot, engine: FakeEngine, desk: Desk, ready: Preferences
) -> None:
    with qtbot.waitSignal(ready.saved):
        ready.change("audio", volume=0.5)
    assert ready.settings.audio.volume == desk.kept.audio.volume == 0.5
    qtbot.waitUntil(lambda: [config.audio.volume for config in applied(engine)] == [0.5])


def test_a_value_out_of_range_changes_nothing(qtbot: QtBot, engine: FakeEngine, desk: Desk, ready: Preferences) -> None:
    with pytest.raises(SettingsError, match="between 0 and 2"):
        ready.change("llm", temperature=3.0)
    assert ready.settings == Settings()
    assert ready.close()
    assert not desk.file.exists()


def test_what_does_not_concern_the_engine_is_not_given_to_it(
    qtbot: QtBot, engine: FakeEngine, ready: Preferences
) -> None:
    with qtbot.waitSignal(ready.saved):
        ready.change("appearance", theme="dark")
    with qtbot.waitSignal(ready.saved):
        ready.put(replace(ready.settings, personas=(*ready.settings.personas, PersonaSettings(name="Ann"))))
    with qtbot.waitSignal(ready.saved):
        ready.change("audio", volume=0.5)
    qtbot.waitUntil(lambda: bool(applied(engine)))
    assert len(applied(engine)) == 1


def test_saving_never_holds_up_the_window_and_the_last_change_is_kept(
    qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge, desk: Desk
) -> None:
    gate, begun, saved = threading.Event(), threading.Event(), []

    def slow(path: object, settings: Settings) -> None:
        begun.set()
        assert gate.wait(5)
        saved.append(settings.audio.volume)

    preferences = Preferences(bridge, Settings(), file=desk.file, build=desk.build, apply=lambda _: None, save=slow)
    try:
        preferences.change("audio", volume=0.1)
        assert begun.wait(5)
        for volume in (0.2, 0.3, 0.4):
            preferences.change("audio", volume=volume)
        assert preferences.settings.audio.volume == 0.4, "in force while the disk is still busy"
    finally:
        gate.set()
        assert preferences.close()
    assert saved == [0.1, 0.4]


def test_what_cannot_be_written_is_told_and_stays_in_force(qtbot: QtBot, desk: Desk, ready: Preferences) -> None:
    desk.save_error = SettingsError("settings-not-saved", "No room.")
    with qtbot.waitSignal(ready.not_saved) as told:
        ready.change("audio", volume=0.5)
    assert told.args[0].code == "settings-not-saved"
    assert ready.settings.audio.volume == 0.5
    desk.save_error = None
    with qtbot.waitSignal(ready.saved):
        ready.change("audio", volume=0.6)
    assert desk.kept.audio.volume == 0.6


def test_models_are_exchanged_between_turns_the_volume_at_once(
    qtbot: QtBot, engine: FakeEngine, ready: Preferences
) -> None:
    engine.emit(state(EngineState.SPEAKING))
    qtbot.waitUntil(lambda: ready._state is EngineState.SPEAKING)
    ready.change("audio", volume=0.5)
    qtbot.waitUntil(lambda: len(applied(engine)) == 1)
    ready.change("stt", window_s=8.0)
    qtbot.waitUntil(lambda: ready._waiting is not None)
    assert len(applied(engine)) == 1
    engine.emit(state(EngineState.IDLE))
    qtbot.waitUntil(lambda: len(applied(engine)) == 2)
    assert applied(engine)[-1].stt.window_s == 8.0
    assert ready.is_preparing
    engine.emit(STARTED, READY)
    qtbot.waitUntil(lambda: not ready.is_preparing)


def test_a_model_that_does_not_load_is_taken_back_and_the_rest_stays(
    qtbot: QtBot, engine: FakeEngine, desk: Desk, ready: Preferences
) -> None:
    ready.change("models", set="laptop")
    ready.change("stt", window_s=8.0)
    qtbot.waitUntil(lambda: bool(applied(engine)) and applied(engine)[-1].stt.window_s == 8.0)
    ready.change("appearance", theme="dark")
    ready.change("audio", volume=0.5)
    with qtbot.waitSignal(ready.refused) as told:
        engine.emit(STARTED, failed(), failed(Role.TTS))
    assert told.args[0].message == "It is broken."
    assert told.args[0].hint == "Get it again. What worked before is in use again."
    assert ready.settings.models.set == "starter"
    assert ready.settings.stt.window_s == 10
    assert (ready.settings.audio.volume, ready.settings.appearance.theme) == (0.5, "dark")
    qtbot.waitUntil(lambda: applied(engine)[-1].stt.window_s == 10)
    qtbot.waitUntil(lambda: desk.kept == ready.settings)
    refused: list[object] = []
    ready.refused.connect(refused.append)
    engine.emit(STARTED, READY)
    qtbot.waitUntil(lambda: not ready.is_preparing)
    assert refused == [], "the second part that failed belongs to the same change"


def test_models_that_are_not_there_are_taken_back_before_the_engine_hears_of_it(
    qtbot: QtBot, engine: FakeEngine, desk: Desk, ready: Preferences
) -> None:
    pirate = PersonaSettings(name="Pirate", language="fr")
    ready.put(replace(ready.settings, personas=(*ready.settings.personas, pirate)))
    desk.refusal = lambda settings: (
        ModelMissingError("language-not-installed", "No French.") if settings.language == "fr" else None
    )
    with qtbot.waitSignal(ready.refused) as told:
        ready.put(replace(ready.settings, persona="Pirate"))
    assert told.args[0].message == "No French."
    assert ready.settings.chosen_persona.name == "Companion"
    assert len(ready.settings.personas) == 2
    qtbot.waitUntil(lambda: desk.kept == ready.settings)
    assert all(config.stt.language == "en" for config in applied(engine))


def test_a_failure_at_the_start_takes_nothing_back(qtbot: QtBot, engine: FakeEngine, preferences: Preferences) -> None:
    engine.emit(STARTED, failed())
    with qtbot.waitSignal(preferences.saved):
        preferences.change("models", set="laptop")
    qtbot.waitUntil(lambda: bool(applied(engine)) or not preferences._worker._to_build)
    assert preferences.settings.models.set == "laptop"


def test_a_surprise_while_the_models_are_looked_for_is_told(
    qtbot: QtBot, qapp: QApplication, bridge: EngineBridge, engine: FakeEngine, desk: Desk, expect_log: object
) -> None:
    def surprising(settings: Settings) -> EngineConfig:
        raise RuntimeError

    expect_log("the configuration could not be made")  # type: ignore[operator]
    preferences = Preferences(bridge, Settings(), file=desk.file, build=surprising, apply=lambda _: None)
    with qtbot.waitSignal(preferences.refused) as told:
        preferences.change("audio", volume=0.5)
    assert "RuntimeError" in told.args[0].message
    assert preferences.close()

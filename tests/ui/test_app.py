"""What the program tells its window: settings that could not be used, a hotkey that goes and comes back."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from companion.app import Program
from companion.compose import settings_file
from companion.engine.commands import Command
from companion.engine.config import AudioConfig, EngineConfig, LlmConfig, SttConfig, TtsConfig
from companion.engine.errors import CompanionError, ModelMissingError
from companion.engine.events import EngineFailed
from companion.engine.messages import Role
from companion.keys import KeyCombination
from companion.settings import Settings, load_settings
from companion.ui.hotkey_field import HotkeyField

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


class Stage:
    """Stands in for an engine and for the sound check before there are models."""

    made: ClassVar[list[str]] = []

    def __init__(self, *args: object) -> None:
        self.name = type(self).__name__
        self.made.append(self.name)

    def start(self) -> None:
        self.made.append(f"{self.name} started")

    def post(self, command: Command) -> None:
        self.made.append(f"{self.name} {type(command).__name__}")

    def use(self, audio: AudioConfig) -> None:
        self.made.append(f"{self.name} uses {audio.microphone}")

    def close(self, timeout_s: float) -> bool:
        self.made.append(f"{self.name} closed")
        return True


class FakeSoundCheck(Stage):
    pass


class FakeProgramEngine(Stage):
    pass


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch) -> list[CompanionError]:
    """Errors that keep the engine from being made, until the list is empty."""
    errors: list[CompanionError] = [ModelMissingError("model-missing", "Gone.")]

    def config(settings: Settings) -> EngineConfig:
        if errors:
            raise errors[-1]
        return make_config()

    Stage.made.clear()
    monkeypatch.setattr("companion.app.engine_config", config)
    monkeypatch.setattr("companion.app.SoundCheck", FakeSoundCheck)
    monkeypatch.setattr("companion.app.Engine", FakeProgramEngine)
    return errors


def make_config() -> EngineConfig:
    return EngineConfig(
        stt=SttConfig(model_dir=Path("stt"), vad_model=Path("vad")),
        llm=LlmConfig(model_file=Path("llm")),
        tts=TtsConfig(voice_file=Path("tts")),
    )


def loaded(running: Program, act: Callable[[], object]) -> None:
    """Do what makes the program load, and wait until the loader has said all it has to say."""
    act()
    running._loader.join(5)
    assert not running._loader.is_alive()


def test_without_models_sound_can_be_tried_until_they_are_loaded(
    qtbot: QtBot, program: MakeProgram, missing: list[CompanionError]
) -> None:
    with program(None) as running:
        loaded(running, running.load)
        banners = running._window.banners
        qtbot.waitUntil(lambda: "model-missing" in banners.banners)
        assert running._first_run.guide is not None, "the way out is on the screen"
        qtbot.waitUntil(lambda: Stage.made == ["FakeSoundCheck", "FakeSoundCheck started"])
        missing.clear()
        loaded(running, banners.banners["model-missing"].try_again.click)
        assert banners.banners == {}
        assert Stage.made[2:] == ["FakeSoundCheck closed", "FakeProgramEngine", "FakeProgramEngine started"]
        assert running.close() == 1, "it was never ready"


def test_an_engine_that_could_not_load_is_asked_again(
    qtbot: QtBot, program: MakeProgram, missing: list[CompanionError]
) -> None:
    missing.clear()
    with program(None) as running:
        loaded(running, running.load)
        running._bridge.receive(EngineFailed(role=Role.LLM, error=CompanionError("broken", "Broken.")))
        qtbot.waitUntil(lambda: "broken" in running._window.banners.banners)
        loaded(running, running._window.banners.banners["broken"].try_again.click)
        assert Stage.made[-1] == "FakeProgramEngine ApplyConfig"
        running.close()


def test_devices_chosen_without_models_are_tried_and_kept(
    qtbot: QtBot, program: MakeProgram, missing: list[CompanionError]
) -> None:
    with program(None) as running:
        loaded(running, running.load)
        qtbot.waitUntil(lambda: "FakeSoundCheck started" in Stage.made)
        running._first_run._on_audio(AudioConfig(microphone="Desk"))
        assert "FakeSoundCheck uses Desk" in Stage.made
        running.close()
        assert load_settings(settings_file()).settings.audio.microphone == "Desk"


def test_a_hotkey_that_is_back_takes_its_banner_away(qtbot: QtBot, program: MakeProgram) -> None:
    with program(None) as running:
        banners = running._window.banners
        running._hotkey.unavailable.emit(CompanionError("hotkey-failed", "Gone."))
        qtbot.waitUntil(lambda: "hotkey-failed" in banners.banners)
        running._hotkey.available.emit("Press F9")
        qtbot.waitUntil(lambda: banners.banners == {})
        assert "Press F9" in running._window._hint.text() or running._window._hotkey == "Press F9"


def test_a_choice_made_while_no_engine_could_be_made_starts_one(
    program: MakeProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []
    monkeypatch.setattr(
        Program, "_make_engine", lambda self, config: SimpleNamespace(start=lambda: started.append(config))
    )
    with program(None) as running:
        config = object()
        loaded(running, lambda: running._use(config))  # type: ignore[arg-type]
        assert started == [config]


def test_a_script_is_told_why_nobody_listens(qtbot: QtBot, program: MakeProgram) -> None:
    with program(None) as running:
        assert running._control.carry_out("press") == "ok", "it will be heard when everything is loaded"
        running._bridge.mute(True)
        assert running._control.carry_out("toggle").startswith("error microphone-muted ")
        assert running._control.carry_out("release") == "ok"
        running._bridge.mute(False)
        with qtbot.waitSignal(running._bridge.event_received):
            running._bridge.receive(
                EngineFailed(role=Role.LLM, error=CompanionError("model-unreadable", "It is broken."))
            )
        assert running._control.carry_out("press").startswith("error not-listening ")


def test_another_talk_key_is_listened_for_at_once(program: MakeProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    with program(None) as running:
        heard: list[KeyCombination] = []
        monkeypatch.setattr(running._hotkey, "start", heard.append)
        running._preferences.change("appearance", theme="dark")
        running._preferences.change("hotkey", keys="ctrl+alt+k")
        assert [keys.qt_text for keys in heard] == ["Ctrl+Alt+K"]
        assert running._preferences.close()


def test_the_settings_have_the_panels_of_devices_talk_key_and_models(
    qtbot: QtBot, program: MakeProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    with program(None) as running:
        done: list[str] = []
        monkeypatch.setattr(running._hotkey, "start", lambda keys: done.append(keys.qt_text))
        monkeypatch.setattr(running._hotkey, "stop", lambda: done.append("rest"))
        panels = running._settings_part._panels
        assert panels.devices
        assert panels.hotkey
        assert panels.models
        field = panels.hotkey("ctrl+space")
        qtbot.addWidget(field)
        assert isinstance(field, HotkeyField)
        field._capture(True)
        field._capture(False)
        assert done == ["rest", "Ctrl+Space"]
        for panel in (panels.devices(AudioConfig()), panels.models("starter", "en")):
            qtbot.addWidget(panel)


def test_a_restart_closes_first(program: MakeProgram) -> None:
    with program(None) as running:
        running._settings_part.restart_wanted.emit()
        assert running.restarts

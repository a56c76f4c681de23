"""A settings window on preferences whose disk, models and engine are scripted."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from companion.engine.config import EngineConfig, ThreadPlan
from companion.engine.errors import CompanionError
from companion.settings import Settings, build_engine_config, load_settings, save_settings
from companion.ui.bridge import EngineBridge
from companion.ui.preferences import Preferences
from companion.ui.settings_window import Panels, SettingsWindow
from companion.ui.theme import Theme
from tests.fakes.engine import FakeEngine


class Models:
    """Where the chosen models would lie."""

    stt_dir = Path("stt")
    vad_file = Path("vad.onnx")
    tts_file = Path("voice.onnx")

    def __init__(self, name: str) -> None:
        self.llm_file = Path(f"{name}.gguf")


class Desk:
    """What the preferences work with."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.refusal: Callable[[Settings], CompanionError | None] = lambda settings: None
        self.save_error: CompanionError | None = None

    def build(self, settings: Settings) -> EngineConfig:
        if error := self.refusal(settings):
            raise error
        voice = settings.chosen_persona.voice
        return build_engine_config(settings, Models(settings.models.set), ThreadPlan(), Path(voice) if voice else None)

    def save(self, path: Path, settings: Settings) -> None:
        if self.save_error:
            raise self.save_error
        save_settings(path, settings)

    @property
    def kept(self) -> Settings:
        """What the file holds."""
        return load_settings(self.file).settings


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "config" / "settings.toml")


@pytest.fixture
def preferences(bridge: EngineBridge, engine: FakeEngine, desk: Desk) -> Iterator[Preferences]:
    settings = Settings()
    made = Preferences(bridge, settings, file=desk.file, build=desk.build, apply=bridge.apply_config, save=desk.save)
    made.started_with(desk.build(settings))
    yield made
    assert made.close()


@pytest.fixture
def settings_window(qtbot: QtBot, theme: Theme, preferences: Preferences, tmp_path: Path) -> SettingsWindow:
    window = SettingsWindow(preferences, theme, tmp_path / "data", Panels())
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget

"""Draws every page of the settings window, light and dark, at 1x and 2x.

    python -m scripts.settings_screenshots FOLDER

Each scale needs a process of its own, because Qt reads QT_SCALE_FACTOR once. Runs without a display.
"""

import argparse
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from companion.engine.config import EngineConfig
from companion.engine.errors import CompanionError, SettingsError
from companion.settings import PersonaSettings, Settings
from companion.ui.bridge import EngineBridge
from companion.ui.main_window import MainWindow
from companion.ui.preferences import Preferences
from companion.ui.settings_pages.fields import NumberField
from companion.ui.settings_part import SettingsPart
from companion.ui.settings_window import Panels, SettingsWindow
from companion.ui.theme import Scheme, Theme
from companion.ui.window_state import WindowState
from scripts.screenshots import FONTS, READY
from tests.fakes.engine import FakeEngine

PIRATE = (
    "You are a pirate captain. You are speaking aloud, so answer in one to three short sentences, and call me mate."
)
PERSONAS = (
    PersonaSettings(),
    PersonaSettings(name="Captain", system_prompt=PIRATE, speech_rate=0.9),
    PersonaSettings(name="Professeur", language="fr", voice="siwis"),
)


def _build(settings: Settings) -> EngineConfig:
    raise CompanionError("no-models", "There are no models in a picture.")


def _settle(app: QApplication) -> None:
    for _ in range(4):
        QTest.qWait(30)
        app.processEvents()


def _draw(app: QApplication, folder: Path, scheme: Scheme, scale: str) -> None:
    theme = Theme(app, scheme=scheme, reduce_motion=True)
    bridge = EngineBridge()
    engine = FakeEngine(bridge.receive)
    bridge.attach(engine)
    settings = replace(Settings(), personas=PERSONAS)
    preferences = Preferences(
        bridge, settings, file=folder / "settings.toml", build=_build, apply=bridge.apply_config, save=lambda *_: None
    )
    main = MainWindow(bridge, theme)
    part = SettingsPart(
        main,
        preferences,
        theme,
        folder=Path("~/.local/share/companion"),
        state=WindowState(),
        panels=Panels(speak=lambda *_: None),
    )
    main.show()
    engine.emit(*READY)
    window = part.open()
    tail = f"{scheme.value}-{scale}x.png"
    for name in window.pages:
        window.show_page(name)
        window.side.setFocus()
        _settle(app)
        window.grab().save(str(folder / f"settings-{name}-{tail}"))
    _refused(app, window)
    window.grab().save(str(folder / f"settings-refused-{tail}"))
    window.show_page("personas")
    window.personas.list.setCurrentRow(2)
    _settle(app)
    window.grab().save(str(folder / f"settings-personas-french-{tail}"))
    window.show_page("privacy")
    window.privacy.delete.click()
    _settle(app)
    asked = app.activeModalWidget()
    assert asked is not None
    asked.grab().save(str(folder / f"settings-question-{tail}"))
    asked.close()
    main.grab().save(str(folder / f"settings-header-{tail}"))
    window.close()
    main.hide()
    preferences.close()
    main.deleteLater()
    theme.deleteLater()


def _refused(app: QApplication, window: SettingsWindow) -> None:
    window.show_page("advanced")
    field = window.pages["advanced"].rows["llm.temperature"].control
    assert isinstance(field, NumberField)
    field.setFocus()
    field.setText("3")
    field.editingFinished.emit()
    window.banners.show_problem(
        SettingsError("settings-not-saved", "The settings could not be saved (No space left on device).", hint="Check.")
    )
    _settle(app)


def main() -> int:
    """Draw everything."""
    parser = argparse.ArgumentParser(description="Draw every page of the settings window.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.scale:
        app = QApplication([])
        families = set(QFontDatabase.families())
        app.setFont(QFont(next(name for name in FONTS if name in families), 11))
        for scheme in (Scheme.LIGHT, Scheme.DARK):
            _draw(app, options.folder, scheme, options.scale)
        return 0
    for scale in ("1", "2"):
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": scale}
        command = [sys.executable, "-m", "scripts.settings_screenshots", str(options.folder), "--scale", scale]
        subprocess.run(command, env=environment, check=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

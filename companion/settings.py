"""The user's settings: what can be chosen, its defaults and its range checks.

Any thread; no state. The sections are the engine's own configuration where there is one, so a setting has one name,
one default and one range check in the whole program. How they lie in the file is `companion.settings_file`'s.
"""

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from companion import keys
from companion.engine.config import (
    AudioConfig,
    EngineConfig,
    LlmConfig,
    SttConfig,
    ThreadPlan,
    TtsConfig,
    TurnConfig,
)
from companion.engine.errors import SettingsError
from companion.settings_file import Migration, SettingsFormat

FROM_SET: Final = Path()
"""Stands for a model's path until the chosen set gives the real one."""

_SHOWN: Final = 4
"""Most problems of the settings file that the window names."""
_HIDDEN: Final = frozenset({"stt.vad_model", "stt.language", "llm.seed"})
"""Fields of the engine's configuration that are no settings: given by the model set, by another setting or by tests."""

_MIGRATIONS: tuple[Migration, ...] = ()
"""Entry N turns a file of version N + 1 into one of version N + 2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """Which models are used."""

    set: str = "starter"
    """Name of a set in the catalogue."""
    language: str = "en"
    """What the user speaks: an ISO 639 code."""

    def __post_init__(self) -> None:
        _require(bool(re.fullmatch(r"[\w.-]{1,64}", self.set)), "models.set must be the name of a model set.")
        _require(bool(re.fullmatch(r"[a-z]{2,3}", self.language)), "models.language must be a code such as en or fr.")


@dataclass(frozen=True, slots=True, kw_only=True)
class HotkeySettings:
    """The key that is held to talk."""

    keys: str = "ctrl+space"
    """A combination that `companion.keys.parse` reads."""

    def __post_init__(self) -> None:
        keys.parse(self.keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppearanceSettings:
    """The window."""

    theme: str = "system"
    """"system", "light" or "dark"."""

    def __post_init__(self) -> None:
        _require(self.theme in ("system", "light", "dark"), "appearance.theme must be system, light or dark.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the user can choose, section by section as in the file."""

    models: ModelSettings = field(default_factory=ModelSettings)
    hotkey: HotkeySettings = field(default_factory=HotkeySettings)
    audio: AudioConfig = field(default_factory=AudioConfig)
    turn: TurnConfig = field(default_factory=TurnConfig)
    stt: SttConfig = field(default_factory=lambda: SttConfig(model_dir=FROM_SET, vad_model=FROM_SET))
    llm: LlmConfig = field(default_factory=lambda: LlmConfig(model_file=FROM_SET))
    tts: TtsConfig = field(default_factory=lambda: TtsConfig(voice_file=FROM_SET))
    appearance: AppearanceSettings = field(default_factory=AppearanceSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSettings:
    """What was read."""

    settings: Settings
    notices: tuple[str, ...] = ()
    """A sentence for each problem, in the order of the file."""


def settings_problem(path: Path, notices: Sequence[str]) -> SettingsError | None:
    """Return what the window shows of `LoadedSettings.notices` for this file, or None if there is nothing to show."""
    if not notices:
        return None
    if str(path) in notices[0]:  # none of it was usable
        return SettingsError("settings-ignored", notices[0], hint="Correct the file and start again.")
    shown = [*notices[:_SHOWN]]
    if len(notices) > _SHOWN:
        shown.append(f"And {len(notices) - _SHOWN} more: run “companion doctor”.")
    message = f"Something in the settings file {path} could not be used."
    return SettingsError("settings-ignored", message, hint="\n".join(shown))


class ModelPaths(Protocol):
    """Where the chosen models lie."""

    @property
    def stt_dir(self) -> Path:
        """Folder of the Whisper model."""
        ...

    @property
    def vad_file(self) -> Path:
        """The Silero model."""
        ...

    @property
    def llm_file(self) -> Path:
        """The GGUF file."""
        ...

    @property
    def tts_file(self) -> Path:
        """The Piper voice."""
        ...


def build_engine_config(settings: Settings, models: ModelPaths, threads: ThreadPlan) -> EngineConfig:
    """Return the engine's configuration; a model path in the settings goes before the set's."""

    def chosen(path: Path, from_set: Path) -> Path:
        return from_set if path == FROM_SET else path.expanduser()

    return EngineConfig(
        stt=dataclasses.replace(
            settings.stt,
            model_dir=chosen(settings.stt.model_dir, models.stt_dir),
            vad_model=models.vad_file,
            language=settings.models.language,
        ),
        llm=dataclasses.replace(settings.llm, model_file=chosen(settings.llm.model_file, models.llm_file)),
        tts=dataclasses.replace(settings.tts, voice_file=chosen(settings.tts.voice_file, models.tts_file)),
        audio=settings.audio,
        turn=settings.turn,
        threads=threads,
    )


def load_settings(path: Path) -> LoadedSettings:
    """Read the settings; an absent file means the defaults. Never raises for what is in the file, or for its state.

    A file that is not TOML is copied to `settings.toml.broken`, as the next `save_settings` replaces it.
    """
    settings, notices = FORMAT.load(path)
    return LoadedSettings(settings=settings, notices=notices)


def save_settings(path: Path, settings: Settings) -> None:
    """Replace the file, all of it or not at all, readable by the user alone.

    Raises:
        SettingsError: it could not be written (code "settings-not-saved").
    """
    FORMAT.save(path, settings)


def _require(ok: bool, message: str) -> None:
    if not ok:
        raise SettingsError("setting-out-of-range", message, hint="Change it in the settings.")


FORMAT: Final = SettingsFormat(Settings(), hidden=_HIDDEN, migrations=_MIGRATIONS)
"""How the settings are written."""

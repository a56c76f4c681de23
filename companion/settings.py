"""The user's settings: one TOML file, read with every problem collected, written atomically for the user alone.

Pure but for the file; no thread of its own. The sections are the engine's own configuration where there is one, so
a setting has one name, one default and one range check in the whole program. The file holds only what differs from
the defaults. A bad value never stops the program: the default takes its place and a sentence says so.
"""

import dataclasses
import difflib
import os
import re
import shutil
import tomllib
import types
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

import tomli_w

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
from companion.private_file import replace_file

FROM_SET: Final = Path()
"""Stands for a model's path until the chosen set gives the real one."""

_SHOWN: Final = 4
"""Most problems of the settings file that the window names."""
MAX_FILE_BYTES: Final = 256 * 1024
_HEADER: Final = (
    "# Companion's settings. What is not here has its default. Written by the program: comments are lost.\n\n"
)
_HIDDEN: Final = frozenset({"stt.vad_model", "stt.language", "llm.seed"})
"""Fields of the engine's configuration that are no settings: given by the model set, by another setting or by tests."""

_Table: typing.TypeAlias = dict[str, Any]

_MIGRATIONS: tuple[Callable[[_Table], _Table], ...] = ()
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
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        return LoadedSettings(settings=Settings())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return LoadedSettings(settings=Settings(), notices=(_unusable(path, f"cannot be read ({reason})"),))
    try:
        table = _parse(content)
    except SettingsError as error:
        broken = _broken(path)
        try:
            shutil.copyfile(path, broken)
            broken.chmod(0o600)
            kept = f" A copy is kept as {broken.name}."
        except OSError:
            kept = ""
        return LoadedSettings(settings=Settings(), notices=(_unusable(path, error.message) + kept,))
    notices: list[str] = []
    return LoadedSettings(settings=_read(_migrate(table, notices), notices), notices=tuple(notices))


def save_settings(path: Path, settings: Settings) -> None:
    """Replace the file, all of it or not at all, readable by the user alone.

    Raises:
        SettingsError: it could not be written (code "settings-not-saved").
    """
    table: _Table = {"version": len(_MIGRATIONS) + 1} | _changes(settings)
    content = _HEADER + tomli_w.dumps(table)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists() and not (path.is_file() and os.access(path, os.R_OK)):
            path.replace(_broken(path))
        replace_file(path, content.encode())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        hint = f"Check that there is room, and that {path.parent} is yours."
        raise SettingsError("settings-not-saved", f"The settings could not be saved ({reason}).", hint=hint) from error


def _parse(content: bytes) -> _Table:
    if len(content) > MAX_FILE_BYTES:
        raise SettingsError("settings-broken", f"is larger than {MAX_FILE_BYTES // 1024} KiB")
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise SettingsError("settings-broken", "is not text in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError("settings-broken", f"is not valid TOML ({error})") from None
    except (RecursionError, ValueError):  # e.g. nested too deep, or a number of ten thousand digits
        raise SettingsError("settings-broken", "is not valid TOML") from None


def _migrate(table: _Table, notices: list[str]) -> _Table:
    newest = len(_MIGRATIONS) + 1
    version = table.pop("version", newest)
    if type(version) is not int or version < 1:
        notices.append(f"version must be a whole number from 1 to {newest}; the settings are read as version {newest}.")
    elif version > newest:
        notices.append(f"The settings are of a newer Companion (version {version}); what this one knows is used.")
    else:
        for migration in _MIGRATIONS[version - 1 :]:
            table = migration(table)
    return table


def _read(table: _Table, notices: list[str]) -> Settings:
    sections = {}
    for name, value in table.items():
        if name not in _SECTIONS:
            notices.append(_unknown(name, f"[{name[:40]}]" if isinstance(value, dict) else name[:40]))
        elif not isinstance(value, dict):
            notices.append(f"{name} must be a section, written [{name}]; its defaults are used.")
        else:
            sections[name] = _read_section(name, value, notices)
    return Settings(**sections)


def _read_section(section: str, table: _Table, notices: list[str]) -> Any:
    default = getattr(_DEFAULTS, section)
    pending: _Table = {}
    for key, value in table.items():
        name = f"{section}.{key}"
        if name not in _KINDS:
            notices.append(_unknown(name, name[:80]))
            continue
        try:
            pending[key] = _KINDS[name].read(value)
        except TypeError:
            notices.append(f"{name} must be {_KINDS[name].text}; {_default_text(default, key)} is used.")
    try:
        return dataclasses.replace(default, **pending)
    except SettingsError:
        return _read_one_by_one(section, default, pending, notices)


def _read_one_by_one(section: str, default: Any, pending: _Table, notices: list[str]) -> Any:
    """Take the values that are good, again and again, as one may be good only after another was taken."""
    current, problems = default, {}
    progress = True
    while progress:
        progress = False
        for key in list(pending):
            try:
                current = dataclasses.replace(current, **{key: pending[key]})
            except SettingsError as error:
                problems[key] = error.message.rstrip(".")
            else:
                del pending[key]
                progress = True
    notices.extend(
        f"{section}.{key}: {problems[key]}; {_default_text(default, key)} is used."
        if not problems[key].startswith(f"{section}.")
        else f"{problems[key]}; {_default_text(default, key)} is used."
        for key in pending
    )
    return current


def _changes(settings: Settings) -> _Table:
    table: _Table = {}
    for name in _KINDS:
        section, _, key = name.partition(".")
        value = getattr(getattr(settings, section), key)
        if value != getattr(getattr(_DEFAULTS, section), key):
            table.setdefault(section, {})[key] = str(value) if isinstance(value, Path) else value
    return table


def _unknown(name: str, shown: str) -> str:
    *_, key = name.rpartition(".")
    by_key: dict[str, str] = {known.rpartition(".")[2]: known for known in _KINDS}
    if "." in name:
        whole = difflib.get_close_matches(name, _KINDS, n=1, cutoff=0.75)
        part = difflib.get_close_matches(key, by_key, n=1, cutoff=0.75)
        close = whole[0] if whole else by_key[part[0]] if part else ""
    else:
        sections = difflib.get_close_matches(name, _SECTIONS, n=1)
        part = difflib.get_close_matches(key, by_key, n=1, cutoff=0.75)
        close = f"[{sections[0]}]" if sections else by_key[part[0]] if part else ""
    guess = f"; did you mean {close}?" if close else "."
    return f"{shown} is not a setting{guess}"


def _default_text(default: Any, key: str) -> str:
    value = getattr(default, key)
    if value is None or value == FROM_SET:
        return "the default"
    return f"the default ({str(value)[:40]})"


def _unusable(path: Path, problem: str) -> str:
    return f"The settings file {path} {problem}; the defaults are used."


def _broken(path: Path) -> Path:
    return path.with_name(f"{path.name}.broken")


def _require(ok: bool, message: str) -> None:
    if not ok:
        raise SettingsError("setting-out-of-range", message, hint="Change it in the settings.")


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a setting may be in the file."""

    type: type
    text: str
    """For people."""

    def read(self, value: object) -> Any:
        """Return the TOML value as the setting's type; raise TypeError if it is something else."""
        if self.type is Path and isinstance(value, str) and "\0" not in value:
            return Path(value)
        if self.type is float and type(value) is int:
            try:
                return float(value)
            except OverflowError:
                raise TypeError from None
        if type(value) is not self.type:
            raise TypeError
        return value


_TEXTS: Final = {bool: "true or false", int: "a whole number", float: "a number", str: "text", Path: "a path as text"}
_SECTIONS: Final = tuple(part.name for part in dataclasses.fields(Settings))
_DEFAULTS: Final = Settings()


def _kinds() -> dict[str, _Kind]:
    kinds = {}
    for section in _SECTIONS:
        for name, hint in typing.get_type_hints(type(getattr(_DEFAULTS, section))).items():
            if f"{section}.{name}" in _HIDDEN:
                continue
            options = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
            (kind,) = (option for option in options if option is not types.NoneType)
            kinds[f"{section}.{name}"] = _Kind(kind, _TEXTS[kind])
    return kinds


_KINDS: Final = _kinds()
"""Every setting by its full name."""

"""The problem report: what a developer needs to understand a fault, in one archive, and not a word that was said.

Every part is text, line by line. Before anything is written, all of it goes through `companion.redaction`: lines with
words from the conversations or the personas are left out, names and paths of the user's are replaced (ADR 0110).

Thread: the caller's; it reads the disk and takes seconds.
"""

import contextlib
import getpass
import importlib.metadata
import io
import os
import platform
import re
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import companion
from companion import paths
from companion.engine.audio.devices import list_devices
from companion.engine.errors import CompanionError
from companion.history.schema import FILE_NAME as HISTORY_FILE
from companion.history.survey import texts
from companion.latency_history import FILE_NAME as LATENCY_FILE
from companion.latency_history import LatencyHistory, latency_csv
from companion.log import LOG_FILE
from companion.machine import describe_machine
from companion.private_file import replace_file, unwritable
from companion.problem_words import contents_sentence
from companion.redaction import Names, plain_log, without_words, words_of
from companion.settings import FORMAT, LoadedSettings, PersonaSettings, Settings

README, LOG, CRASH = "README.txt", "log/", "crash/"
INTRODUCTION = "A problem report of Companion. It was written on this computer and was sent to nobody."
NO_WORDS = (
    "It holds nothing that you said, typed, were told or imported. Lines that could hold such words are left out."
)
REPLACED = "Your name, the name of this computer and your home folder are replaced."
LOOK = "Look at it before you give it to somebody: every file is plain text."
UNCHECKED = "The kept conversations could not be read, so the log was not compared with them."

CRASH_FILES = "crash*"
"""What the log folder has of native crashes."""

_LIBRARIES = (
    "av", "ctranslate2", "faster-whisper", "huggingface-hub", "jeepney", "llama-cpp-python", "numpy", "nvidia-ml-py",
    "onnxruntime", "piper-tts", "platformdirs", "pynput", "PySide6-Essentials", "python-xlib", "sounddevice",
    "tokenizers", "tomli-w",
)  # fmt: skip
_DESKTOP = (
    "XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "QT_SCALE_FACTOR",
    "PULSE_SERVER", "LANG", "OMP_WAIT_POLICY", "COMPANION_HOME", "COMPANION_MODELS",
)  # fmt: skip
"""Variables that decide how the program runs; no other is told."""
_LAST_TURNS = 500
_LONGEST_CRASH = 256 << 10
"""Bytes of each file, from its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of the report."""

    name: str
    text: str

    @property
    def size(self) -> int:
        """Bytes of its text."""
        return len(self.text.encode("utf-8", "replace"))

    @property
    def sentence(self) -> str:
        """What is in it, in English."""
        return contents_sentence(self.name)


def make_report(loaded: LoadedSettings, found: Iterable[str]) -> list[Part]:
    """Put the report together, with everything taken out that is the user's.

    Args:
        loaded: the settings, as read.
        found: the doctor's findings, line by line.
    """
    parts = dict(_parts(loaded, found))
    lines = [(name, line) for name, text in parts.items() for line in text.splitlines()]
    said, unread = _everything_said(loaded)
    kept = without_words([line for _, line in lines], said, _own_words())
    compared = not unread
    names = _names()
    cleaned: dict[str, list[str]] = {name: [] for name in parts}
    for (name, _), line in zip(lines, kept, strict=True):
        cleaned[name].append(names.replaced(line))
    made = [Part(name=name, text="\n".join((*found_lines, ""))) for name, found_lines in cleaned.items()]
    return [Part(name=README, text=_readme(made, compared=compared)), *made]


def write_report(path: Path, parts: Iterable[Part]) -> None:
    """Write the report as one zip archive for the user alone, all of it or not at all.

    Raises:
        CompanionError: it could not be written (code "report-unwritable").
    """
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for part in parts:
            entry = zipfile.ZipInfo(part.name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            file.writestr(entry, part.text.encode("utf-8", "replace"))
    try:
        replace_file(path.absolute(), archive.getvalue())
    except OSError as error:
        raise unwritable(path, error) from error


# -- the parts


def _parts(loaded: LoadedSettings, found: Iterable[str]) -> Iterator[tuple[str, str]]:
    yield "versions.txt", _versions()
    yield "doctor.txt", "\n".join(found)
    yield "devices.txt", _devices()
    yield "settings.txt", "\n".join(_settings(loaded.settings))
    records = LatencyHistory(paths.data_dir() / LATENCY_FILE).records()
    yield "timings.csv", latency_csv(records[-_LAST_TURNS:])
    folder = paths.log_dir()
    for file in sorted(folder.glob(f"{LOG_FILE}*")):
        yield f"{LOG}{file.name}", "\n".join(plain_log(_tail(file, None).splitlines()))
    for file in sorted(folder.glob(CRASH_FILES)):
        if text := _tail(file, _LONGEST_CRASH).strip():
            yield f"{CRASH}{file.name}", text


def _versions() -> str:
    machine = describe_machine(None)
    rows = {
        "Companion": companion.__version__,
        "Python": platform.python_version(),
        "System": machine.system,
        "Distribution": _distribution(),
        "Processor": f"{machine.processor}, {machine.cores} of {machine.logical} cores",
        "Memory": f"{machine.memory_bytes / 2**30:.1f} GiB" if machine.memory_bytes else "unknown",
        "SQLite": sqlite3.sqlite_version,
        "Installed as": "checkout" if paths.checkout_root() else "package",
    }
    rows |= {name: _version_of(name) for name in _LIBRARIES}
    rows |= {name: os.environ[name] for name in _DESKTOP if os.environ.get(name)}
    return "\n".join(f"{name}: {value}" for name, value in rows.items())


def _version_of(library: str) -> str:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", "unknown")
    except OSError:
        return "unknown"


def _devices() -> str:
    try:
        devices = list_devices()
    except CompanionError as error:
        return str(error)
    rows = ["host API, inputs, outputs, rate in Hz, default for, name"]
    for one in devices:
        default = " ".join(kind for kind in ("microphone", "speaker") if one.is_default(kind))
        rate = one.default_rate_hz
        rows.append(
            f"{one.host_api}, {one.input_channels}, {one.output_channels}, {rate}, {default or '-'}, {one.name}"
        )
    return "\n".join(rows)


def _settings(settings: Settings) -> Iterator[str]:
    """Yield each setting on a line, those that were changed marked; of a persona only what is no word of the user's."""
    usual = Settings()
    for name in FORMAT.names:
        section, _, key = name.partition(".")
        if section in ("persona", "personas"):
            continue
        value, default = (getattr(getattr(one, section), key) for one in (settings, usual))
        shown = repr(str(value)) if isinstance(value, Path) else repr(value)
        yield f"{name} = {shown}" + ("" if value == default else "    (changed)")
    for number, persona in enumerate(settings.personas, 1):
        chosen = "    (in use)" if persona == settings.chosen_persona else ""
        told = "as delivered" if persona.system_prompt == PersonaSettings().system_prompt else "the user's own"
        yield (
            f"persona {number}: voice = {persona.voice!r}, language = {persona.language!r}, "
            f"speed = {persona.speech_rate}, told = {told} ({len(persona.system_prompt)} characters){chosen}"
        )


def _tail(path: Path, length: int | None) -> str:
    """Return the text of a file, or of its last `length` bytes; a file that cannot be read says so itself."""
    try:
        with path.open("rb") as file:
            if length is not None:
                file.seek(max(0, file.seek(0, os.SEEK_END) - length))
            return file.read().decode("utf-8", "replace").replace("\0", "")
    except OSError as error:
        return f"OSError: this file could not be read ({error.strerror or type(error).__name__})"


def _readme(parts: Iterable[Part], *, compared: bool) -> str:
    words = [INTRODUCTION, NO_WORDS, REPLACED, LOOK]
    if not compared:
        words.append(UNCHECKED)
    listed = [f"{part.name}\n    {part.sentence}" for part in parts]
    return "\n".join((*words, "", *listed, ""))


# -- what is taken out


def _everything_said(loaded: LoadedSettings) -> tuple[Iterator[str], list[str]]:
    """Return everything that the user said, was told or wrote, and a list to which a failure to read adds its code."""
    failures: list[str] = []

    def said() -> Iterator[str]:
        delivered = PersonaSettings()
        for persona in loaded.settings.personas:
            if persona.name != delivered.name:
                yield persona.name
            if persona.system_prompt != delivered.system_prompt:
                yield persona.system_prompt
        if loaded.notices:  # some of it could not be read: then every word of the file counts
            yield _tail(paths.config_dir() / "settings.toml", None)
        folder = paths.data_dir()
        for file in (folder / HISTORY_FILE, *folder.glob(f"{Path(HISTORY_FILE).stem}-damaged-*.sqlite3")):
            try:
                yield from texts(file)
            except CompanionError as error:
                failures.append(error.code)

    return said(), failures


@cache
def _own_words() -> frozenset[str]:
    """Return the words of the program's own source and texts: that they stand in a log tells nothing."""
    found: set[str] = set()
    for file in paths.package_dir().rglob("*.py"):
        found.update(words_of(file.read_text(encoding="utf-8", errors="replace")))
    found.update(words_of(paths.manifest_file().read_text(encoding="utf-8", errors="replace")))
    return frozenset(found)


def _names() -> Names:
    user = _user_names()
    folders = {
        str(paths.config_dir()): "[settings]",
        str(paths.data_dir()): "[data]",
        str(paths.log_dir()): "[log]",
        str(paths.runtime_dir()): "[run]",
        str(paths.package_dir().parent): "[program]",
        str(Path.home()): "~",
        os.path.realpath(Path.home()): "~",
    }
    return Names(folders, dict.fromkeys(user, "[user]") | dict.fromkeys(_computer_names(), "[computer]"))


def _user_names() -> list[str]:
    names = [os.environ.get(variable, "") for variable in ("USER", "LOGNAME", "USERNAME")]
    names.append(Path.home().name)
    with contextlib.suppress(OSError, KeyError):  # a process of nobody's
        names.append(getpass.getuser())
    try:
        import pwd

        full = pwd.getpwuid(os.getuid()).pw_gecos.split(",")[0]
    except (ImportError, KeyError):
        full = ""
    names += [full, *re.findall(r"[^\W\d_]{3,}", full)]
    return [name for name in names if name.strip()]


def _computer_names() -> list[str]:
    name = platform.node()
    return [one for one in (name, name.partition(".")[0]) if one and one.casefold() != "localhost"]

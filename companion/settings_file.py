"""How settings lie in a TOML file: read with every problem collected, written at once and for the user alone.

Any thread; no state but the file. Works on any frozen dataclass whose fields are sections (frozen dataclasses too),
lists of those (tuples, written as arrays of tables), or plain values, and which refuse a value out of range with a
`SettingsError`. The file holds only what differs from the defaults. A bad value never stops
the program: the default takes its place and a sentence says so.
"""

import dataclasses
import difflib
import os
import tomllib
import types
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import tomli_w

from companion.engine.errors import SettingsError
from companion.private_file import replace_file

MAX_FILE_BYTES: Final = 256 * 1024
_NO_VERSION: Final = 2**31
"""Python refuses to write very large numbers out, hexadecimal ones among them, and so could not say it."""
_HEADER: Final = (
    "# Companion's settings. What is not here has its default. Written by the program: comments are lost.\n\n"
)

Table: typing.TypeAlias = dict[str, Any]
Migration: typing.TypeAlias = Callable[[Table], Table]
Mend: typing.TypeAlias = Callable[[Table, list[str]], None]

_TEXTS: Final = {bool: "true or false", int: "a whole number", float: "a number", str: "text", Path: "a path as text"}

T = TypeVar("T")


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


class SettingsFormat(Generic[T]):
    """Reads and writes settings of one type.

    Args:
        defaults: The settings of somebody who never chose anything.
        hidden: Full names ("section.key") of fields that are no settings.
        migrations: Entry N turns the table of a file of version N + 1 into one of version N + 2.
        mend: Changes a table of the newest version where a whole list would be refused for one entry, and says so.
    """

    def __init__(
        self,
        defaults: T,
        *,
        hidden: frozenset[str] = frozenset(),
        migrations: Sequence[Migration] = (),
        mend: Mend = lambda table, notices: None,
    ) -> None:
        self._defaults: Any = defaults
        self._migrations = migrations
        self._mend = mend
        self._lists: dict[str, Any] = {}
        """The default entry of each list."""
        self._sections: list[str] = []
        self._kinds: dict[str, _Kind] = {}
        for name, hint in typing.get_type_hints(type(self._defaults)).items():
            if typing.get_origin(hint) is tuple:
                self._lists[name] = typing.get_args(hint)[0]()
            elif dataclasses.is_dataclass(hint):
                self._sections.append(name)
            else:
                self._kinds[name] = _kind(hint)
        for name in (*self._sections, *self._lists):
            hints = typing.get_type_hints(type(self._default(name)))
            self._kinds |= {f"{name}.{key}": _kind(hint) for key, hint in hints.items()}
        self._kinds = {name: kind for name, kind in self._kinds.items() if name not in hidden}

    @property
    def names(self) -> tuple[str, ...]:
        """Every setting by its full name."""
        return tuple(self._kinds)

    def load(self, path: Path) -> tuple[T, tuple[str, ...]]:
        """Return the settings of a file, and a sentence for each problem in the order of the file.

        An absent file means the defaults. Never raises for what is in the file, or for its state. A file that is not
        TOML is copied to `<name>.broken`, or `.broken-2` and so on beside another one, as the next `save` replaces it.
        """
        try:
            with path.open("rb") as file:
                content = file.read(MAX_FILE_BYTES + 1)
        except FileNotFoundError:
            return self._defaults, ()
        except OSError as error:
            return self._defaults, (_unusable(path, f"cannot be read ({error.strerror or type(error).__name__})"),)
        try:
            table = _parse(content)
        except SettingsError as error:
            return self._defaults, (_unusable(path, error.message) + _keep_aside(path),)
        notices: list[str] = []
        table = self._migrate(table, notices)
        self._mend(table, notices)
        return self._read(table, notices), tuple(notices)

    def save(self, path: Path, settings: T) -> None:
        """Replace the file, all of it or not at all, readable by the user alone.

        Raises:
            SettingsError: it could not be written (code "settings-not-saved").
        """
        table: Table = {"version": len(self._migrations) + 1} | self._changes(settings)
        content = _HEADER + tomli_w.dumps(table)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if path.exists() and not _readable(path):
                path.replace(_broken(path))
            replace_file(path, content.encode())
        except OSError as error:
            reason = error.strerror or type(error).__name__
            hint = f"Check that there is room, and that {path.parent} is yours."
            raise SettingsError(
                "settings-not-saved", f"The settings could not be saved ({reason}).", hint=hint
            ) from error

    def _default(self, part: str) -> Any:
        return self._lists[part] if part in self._lists else getattr(self._defaults, part)

    def _migrate(self, table: Table, notices: list[str]) -> Table:
        newest = len(self._migrations) + 1
        version = table.pop("version", newest)
        if type(version) is not int or not 1 <= version < _NO_VERSION:
            notices.append(
                f"version must be a whole number from 1 to {newest}; the settings are read as version {newest}."
            )
        elif version > newest:
            notices.append(f"The settings are of a newer Companion (version {version}); what this one knows is used.")
        else:
            for migration in self._migrations[version - 1 :]:
                table = migration(table)
        return table

    def _read(self, table: Table, notices: list[str]) -> T:
        pending: Table = {}
        for name, value in table.items():
            if name in self._lists:
                if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
                    notices.append(f"{name} must be a list of sections, each written [[{name}]]; the default is used.")
                    continue
                pending[name] = tuple(self._read_section(name, entry, notices) for entry in value)
            elif name in self._sections:
                if not isinstance(value, dict):
                    notices.append(f"{name} must be a section, written [{name}]; its defaults are used.")
                    continue
                pending[name] = self._read_section(name, value, notices)
            else:
                self._take("", name, value, pending, notices)
        settings: T = self._replaced("", self._defaults, pending, notices)
        return settings

    def _read_section(self, section: str, table: Table, notices: list[str]) -> Any:
        pending: Table = {}
        for key, value in table.items():
            self._take(section, key, value, pending, notices)
        return self._replaced(section, self._default(section), pending, notices)

    def _take(self, section: str, key: str, value: object, pending: Table, notices: list[str]) -> None:
        """Put a value into `pending` if it is a setting of the right type."""
        name = f"{section}.{key}" if section else key
        if name not in self._kinds:
            shown = f"[{key[:40]}]" if isinstance(value, dict) and not section else name[:80]
            notices.append(self._unknown(name, shown))
            return
        try:
            pending[key] = self._kinds[name].read(value)
        except TypeError:
            default = self._default(section) if section else self._defaults
            notices.append(f"{name} must be {self._kinds[name].text}; {_default_text(default, key)} is used.")

    def _replaced(self, section: str, default: Any, pending: Table, notices: list[str]) -> Any:
        try:
            return dataclasses.replace(default, **pending)
        except SettingsError:
            return self._read_one_by_one(section, default, pending, notices)

    def _read_one_by_one(self, section: str, default: Any, pending: Table, notices: list[str]) -> Any:
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
        for key in pending:
            named = problems[key].startswith(f"{section}." if section else key)
            problem = problems[key] if named else f"{section}.{key}: {problems[key]}"
            notices.append(f"{problem}; {_default_text(default, key)} is used.")
        return current

    def _changes(self, settings: Any) -> Table:
        table: Table = {}
        for name in self._kinds:
            if "." not in name and (value := getattr(settings, name)) != getattr(self._defaults, name):
                table[name] = value
        for section in self._sections:
            if differing := self._section_table(section, getattr(settings, section), self._default(section)):
                table[section] = differing
        for name, default in self._lists.items():
            if (entries := getattr(settings, name)) != getattr(self._defaults, name):
                table[name] = [self._section_table(name, entry, default) for entry in entries]
        return table

    def _section_table(self, section: str, values: Any, default: Any) -> Table:
        """Return what differs from the default."""
        table: Table = {}
        for name in self._kinds:
            part, _, key = name.partition(".")
            if part == section and key and getattr(values, key) != getattr(default, key):
                value = getattr(values, key)
                table[key] = str(value) if isinstance(value, Path) else value
        return table

    def _unknown(self, name: str, shown: str) -> str:
        *_, key = name.rpartition(".")
        by_key: dict[str, str] = {known.rpartition(".")[2]: known for known in self._kinds}
        if "." in name:
            whole = difflib.get_close_matches(name, self._kinds, n=1, cutoff=0.75)
            part = difflib.get_close_matches(key, by_key, n=1, cutoff=0.75)
            close = whole[0] if whole else by_key[part[0]] if part else ""
        else:
            sections = difflib.get_close_matches(name, [*self._sections, *self._lists], n=1)
            part = difflib.get_close_matches(key, by_key, n=1, cutoff=0.75)
            close = f"[{sections[0]}]" if sections else by_key[part[0]] if part else ""
        guess = f"; did you mean {close}?" if close else "."
        return f"{shown} is not a setting{guess}"


def _kind(hint: Any) -> _Kind:
    options = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    (kind,) = (option for option in options if option is not types.NoneType)
    return _Kind(kind, _TEXTS[kind])


def _parse(content: bytes) -> Table:
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


def _default_text(default: Any, key: str) -> str:
    value = getattr(default, key)
    if value is None or value in (Path(), "") or isinstance(value, tuple):
        return "the default"
    return f"the default ({str(value)[:40]})"


def _unusable(path: Path, problem: str) -> str:
    return f"The settings file {path} {problem}; the defaults are used."


def _readable(path: Path) -> bool:
    """Return whether `path` is a file that the user may read. Any other trouble passes, e.g. too many open files."""
    if not path.is_file():
        return False
    try:
        path.open("rb").close()
    except PermissionError:
        return False
    return True


def _broken(path: Path, content: bytes | None = None) -> Path:
    """Return where a broken file goes: a name that is free, or that of a copy with the same content."""
    number = 1
    while True:
        broken = path.with_name(f"{path.name}.broken{f'-{number}' if number > 1 else ''}")
        if not os.path.lexists(broken):
            return broken
        if content is not None and broken.is_file() and broken.read_bytes() == content:
            return broken
        number += 1


def _keep_aside(path: Path) -> str:
    """Copy a file that cannot be used; returns the sentence that says so, or nothing."""
    try:
        content = path.read_bytes()
        broken = _broken(path, content)
        replace_file(broken, content)
    except OSError:
        return ""
    return f" A copy is kept as {broken.name}."

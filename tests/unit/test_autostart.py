"""The files in the user's folders: written, removed, and nothing else touched."""

import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from companion import autostart, cli
from companion.desktop_entry import APP_ID, HIDDEN
from companion.engine.errors import CompanionError

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="XDG folders")


def files() -> set[str]:
    home = Path.home()
    return {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}


def test_start_at_login_is_one_file_that_comes_and_goes() -> None:
    assert not autostart.starts_at_login()
    autostart.set_start_at_login(True)
    assert files() == {f".config/autostart/{APP_ID}.desktop"}
    assert autostart.starts_at_login()
    program = next(line for line in autostart.autostart_file().read_text().splitlines() if line.startswith("Exec="))
    assert program.endswith(HIDDEN)
    assert Path(program.removeprefix("Exec=").split()[0].strip('"')).is_absolute()
    autostart.set_start_at_login(False)
    autostart.set_start_at_login(False)
    assert files() == set()


def test_macos_gets_a_launch_agent() -> None:
    autostart.set_start_at_login(True, platform="darwin")
    assert files() == {f"Library/LaunchAgents/{APP_ID}.plist"}
    assert autostart.starts_at_login(platform="darwin")
    autostart.set_start_at_login(False, platform="darwin")
    assert files() == set()


def test_a_folder_that_cannot_be_used_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    (Path.home() / "file").write_text("")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(Path.home() / "file"))
    with pytest.raises(CompanionError) as raised:
        autostart.set_start_at_login(True)
    assert raised.value.code == "autostart-failed"
    assert raised.value.hint


def test_a_relative_base_folder_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "here")
    assert autostart.autostart_file() == Path.home() / ".config" / "autostart" / f"{APP_ID}.desktop"


def test_the_command_installs_and_removes_all_of_it(qapp: QApplication, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["desktop", "install"]) == 0
    written = files()
    assert f".local/share/applications/{APP_ID}.desktop" in written
    assert f".local/share/icons/hicolor/scalable/apps/{APP_ID}.svg" in written
    for side in (16, 48, 256):
        path = Path.home() / f".local/share/icons/hicolor/{side}x{side}/apps/{APP_ID}.png"
        image = QImage(str(path))
        assert (image.width(), image.height()) == (side, side)
        assert image.pixelColor(side // 2, side // 6).alpha() > 0
        assert image.pixelColor(0, 0).alpha() == 0
    autostart.set_start_at_login(True)
    said = capsys.readouterr().out
    assert all(name in said for name in written if APP_ID in name)
    assert cli.main(["desktop", "remove"]) == 0
    assert not [name for name in files() if APP_ID in name]
    assert cli.main(["desktop", "remove"]) == 0
    assert "nothing was there" in capsys.readouterr().out

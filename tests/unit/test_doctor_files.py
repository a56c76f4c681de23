"""What the doctor says of folders, room, settings, conversations and models, each in the state that it names."""

import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from companion import doctor, doctor_files, paths
from companion.catalog import Catalog
from companion.finding import Finding, Health
from companion.history.schema import FILE_NAME as HISTORY_FILE
from companion.history.store import HistoryStore
from companion.settings import LoadedSettings, Settings, load_settings
from tests.history.talks import keep
from tests.unit.test_compose import with_french

unix = pytest.mark.skipif(sys.platform == "win32", reason="owners and modes of Unix")


def folders() -> dict[str, Finding]:
    return {finding.detail.partition(":")[0]: finding for finding in doctor_files.folders()}


def history() -> list[Finding]:
    return list(doctor_files.history(LoadedSettings(settings=Settings())))


@pytest.fixture
def file() -> Path:
    path = paths.data_dir() / HISTORY_FILE
    store = HistoryStore(path)
    for number in range(40):
        keep(store, f"Question {number} " * 40, f"Answer {number} " * 40)
    store.close()
    return path


def test_folders_that_are_well() -> None:
    assert {finding.health for finding in doctor_files.folders()} == {Health.OK}


def test_a_folder_that_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "c"))
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "data").write_text("")
    found = list(doctor_files.folders())
    (broken,) = [finding for finding in found if finding.health is Health.BROKEN]
    assert str(tmp_path / "c" / "data") in broken.detail
    assert "COMPANION_HOME" in broken.fix
    assert len(found) == 4, "the other folders are looked at all the same"


@unix
@pytest.mark.skipif(sys.platform != "win32" and os.getuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path))
    (tmp_path / "log").mkdir()
    os.chown(tmp_path / "log", 12345, 12345)
    (broken,) = [finding for finding in doctor_files.folders() if finding.health is Health.BROKEN]
    assert "it belongs to another user" in broken.detail


@unix
def test_a_file_that_others_could_read() -> None:
    path = paths.data_dir() / "window.json"
    path.write_text("{}")
    path.chmod(0o644)
    (note,) = [finding for finding in doctor_files.folders() if finding.health is Health.NOTE]
    assert note.fix == f"chmod 600 {shlex.quote(str(path))}"
    subprocess.run(note.fix, shell=True, check=True)
    assert {finding.health for finding in doctor_files.folders()} == {Health.OK}, "the fix mends it"


MOUNTED = """
set -e
mount -t tmpfs -o {options} none {folder}
{then}
exec {python} -m companion doctor
"""


@pytest.mark.parametrize(
    ("options", "then", "said", "fix"),
    [
        ("size=32k,mode=700", "", "is full", "Make room"),
        ("size=8m,mode=700", "mount -o remount,ro {folder}", "is read-only", "COMPANION_HOME"),
    ],
    ids=["full", "read-only"],
)
def test_a_disk_that_takes_nothing(options: str, then: str, said: str, fix: str, tmp_path: Path) -> None:
    alone = ["unshare", "--mount", "--map-root-user"]
    if not shutil.which("unshare") or subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system allows no mounts of one's own")
    folder = tmp_path / "c" / "data"
    folder.mkdir(parents=True, mode=0o700)
    script = MOUNTED.format(options=options, folder=folder, then=then.format(folder=folder), python=sys.executable)
    environment = {**os.environ, "COMPANION_HOME": str(tmp_path / "c")}
    done = subprocess.run(
        [*alone, "sh", "-c", script], capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    (number,) = [at for at, line in enumerate(lines) if line.startswith("broken folders")]
    assert said in lines[number]
    assert fix in lines[number + 1]


def test_settings_that_are_no_toml_name_the_file_and_the_way_out() -> None:
    path = paths.config_dir() / "settings.toml"
    path.write_text("[hotkey\nkeys=")
    (finding,) = doctor_files.settings(load_settings(path))
    assert finding.health is Health.NOTE
    assert str(path) in finding.fix
    path.unlink()
    (finding,) = doctor_files.settings(load_settings(path))
    assert finding.health is Health.OK


def test_conversations_that_are_well_are_counted(file: Path) -> None:
    (finding,) = history()
    assert (finding.health, finding.detail.split(", ")[:2]) == (Health.OK, ["40 conversations", "80 messages"])


def test_no_conversations_yet() -> None:
    (finding,) = history()
    assert finding.health is Health.OK
    assert not (paths.data_dir() / HISTORY_FILE).exists(), "looking makes no file"


@pytest.mark.parametrize("at", [0, 3 * 4096], ids=["header", "middle"])
def test_damaged_conversations(file: Path, at: int) -> None:
    with file.open("r+b") as opened:
        opened.seek(at)
        opened.write(b"\xff" * 4096)
    before = file.read_bytes()
    (finding,) = history()
    assert finding.health is Health.BROKEN
    assert "damaged" in finding.detail
    assert file.read_bytes() == before, "it only looks"


def test_conversations_of_a_newer_version(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("ALTER TABLE conversations ADD COLUMN mood TEXT")
        connection.execute("PRAGMA user_version = 99")
    (finding,) = history()
    assert finding.health is Health.BROKEN
    assert finding.fix.startswith("Update Companion.")
    assert str(file) in finding.fix


@pytest.mark.parametrize("version", [-1, 0, 99])
def test_conversations_with_a_damaged_version(file: Path, version: int) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    (finding,) = history()
    assert (finding.health, "damaged" in finding.detail) == (Health.BROKEN, True)


def test_a_folder_in_the_place_of_the_conversations() -> None:
    (paths.data_dir() / HISTORY_FILE).mkdir()
    (finding,) = history()
    assert finding.health is Health.BROKEN
    assert finding.detail.startswith("there is a folder")


def test_conversations_that_another_program_holds(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companion.history.survey.BUSY_S", 0.05)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        (finding,) = history()
    assert finding.health is Health.BROKEN
    assert finding.fix.startswith("Close the other program.")


def test_a_model_that_is_cut_short_is_named_with_the_command_that_fetches_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = with_french(tmp_path, installed=True)
    monkeypatch.setattr(Catalog, "load", lambda: catalog)
    path = catalog.path(catalog.models["brain"], catalog.models["brain"].main_file)
    os.truncate(path, 1000)
    settings = Settings()
    settings = type(settings)(models=type(settings.models)(set="small"))
    (broken,) = [finding for finding in doctor._models(settings) if finding.health is Health.BROKEN]
    assert path.name in broken.detail
    assert broken.fix.startswith("Run: companion models pull")

"""A disk that is really full (a file system of 4 MB in memory): what is there stays, and what is said is kept."""

import json
import os
import shutil
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import REPOSITORY

ALONE = ("unshare", "--mount", "--map-root-user")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("disk")
    mount = ["sh", "-c", 'mount -t tmpfs -o size=4m,mode=700 none "$0" && exec "$@"', str(folder)]
    if (
        not shutil.which(ALONE[0])
        or subprocess.run([*ALONE, *mount, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("this system allows no mounts of one's own")
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        [*ALONE, *mount, sys.executable, "-m", "tests.unit.on_a_full_disk", str(folder)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_settings_that_do_not_fit_are_told_and_the_old_ones_stay(found: Any) -> None:
    assert found["settings"] == "settings-not-saved"
    assert found["volume"] == 0.25


def test_what_was_changed_is_in_force_and_written_when_there_is_room(found: Any) -> None:
    assert found["in force"] == 0.75
    not_saved, saved = found["told"]
    assert not_saved.startswith("settings-not-saved: The settings could not be saved (No space left on device).")
    assert saved == "saved"
    assert found["volume later"] == 0.5
    assert found["settled"]


def test_an_export_that_does_not_fit_is_told_and_the_one_before_stays(found: Any) -> None:
    assert found["export"] == "report-unwritable"
    assert found["exported"] == "the export before"
    assert (found["export later"], found["exported later"]) == ("", "companion-conversations")


def test_the_command_that_writes_a_report_says_one_sentence(found: Any) -> None:
    assert found["command before"][0] == 0
    code, said = found["command"]
    assert code == 2
    (line,) = said.splitlines()
    assert line.endswith("command.zip cannot be written: No space left on device. Make room, or choose another folder.")


def test_a_report_or_a_review_that_does_not_fit_is_told_and_leaves_nothing_half(found: Any) -> None:
    assert found["report"] == found["review"] == "report-unwritable"
    assert found["page"] == "the review before"
    assert found["files"] == ["filler", "home", "review.html", "settings.toml", "talks.json"]


def test_what_the_windows_remember_is_written_when_there_is_room(found: Any) -> None:
    assert found["state later"] == "1"


def test_what_was_said_is_held_back_and_kept_when_there_is_room(found: Any) -> None:
    assert found["titles before"] == found["titles while full"] == ["Before"]
    assert found["problems"] == ["history-full"]
    assert found["titles later"] == ["Before", "Later", "Meanwhile"]
    assert found["solved"] == ["history-full"]
    assert found["closed"]

"""What `companion` says to a wrong or impossible command: one sentence, an exit code, no traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

from companion import cli


def test_asking_for_help_does_not_press_the_key(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["press", "--help"])
    assert ended.value.code == 0
    assert "usage: companion press" in capsys.readouterr().out


def test_a_word_too_many_does_not_press_the_key(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["press", "twice"])
    assert ended.value.code == 2
    assert "unrecognized arguments: twice" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["ask", "{tmp}"], "is a folder. Name one recording in it."),
        (["ask", "{tmp}/none.wav"], "none.wav. Check the name."),
        (["bench", "--silent", "--turns", "1", "--json", "{tmp}/none/report.json"], "Choose another folder."),
        ([], "There is no display to open the window on. Start it from a desktop"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(arguments: list[str], sentence: str, tmp_path: Path) -> None:
    words = [word.format(tmp=tmp_path) for word in arguments]
    done = subprocess.run(
        [sys.executable, "-m", "companion", *words],
        env={"COMPANION_HOME": str(tmp_path / "home"), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    listing = subprocess.Popen(
        [sys.executable, "-m", "companion", "models", "list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert listing.stdout
    listing.stdout.close()
    assert listing.stderr
    with listing.stderr as said:
        assert said.read() == ""
    assert listing.wait(30) != 1

"""What `scripts/setup.sh` says on machines that lack something; nothing is installed here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a script for Linux")


def set_up(tmp_path: Path, **commands: str) -> str:
    """Run set-up as a user without sudo, in a copy of it, where only `commands` and a few tools exist.

    Returns what it said when it stopped.
    """
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("bash", "env", "awk", "grep", "find", "cat", "cksum", "dirname", "uname", "ls"):
        found = next(folder / tool for folder in map(Path, ("/usr/bin", "/bin")) if (folder / tool).exists())
        (tools / tool).symlink_to(found)
    python = f'exec {sys.executable} "$@"'
    for name, script in {"id": "echo 1000", "ldconfig": "true", "python3": python, **commands}.items():
        (tools / name).write_text(f"#!/bin/bash\n{script}\n")
        (tools / name).chmod(0o755)
    scripts = tmp_path / "checkout" / "scripts"
    scripts.mkdir(parents=True)
    # The script looks in /sbin for ldconfig; this machine's must not answer for the imagined one.
    text = (ROOT / "scripts" / "setup.sh").read_text().replace("PATH=$PATH:/sbin:/usr/sbin ", "")
    (scripts / "setup.sh").write_text(text)
    done = subprocess.run(
        [tools / "bash", scripts / "setup.sh", "run"],
        env={**os.environ, "PATH": str(tools)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert not (tmp_path / "checkout" / ".venv").exists()
    return done.stderr


def test_without_root_it_says_the_exact_line_for_debian(tmp_path: Path) -> None:
    said = set_up(tmp_path, **{"apt-get": "exit 1"})

    line = next(line for line in said.splitlines() if line.strip().startswith("sudo apt-get install"))
    assert {"build-essential", "cmake", "libportaudio2", "libxcb-cursor0", "libxcb-icccm4"} <= set(line.split())
    assert "xvfb" not in line  # only the tests need it


def test_what_is_there_is_not_asked_for(tmp_path: Path) -> None:
    there = "echo '\tlibportaudio.so.2 (libc6,x86-64) => /usr/lib/libportaudio.so.2'"

    said = set_up(tmp_path, ldconfig=there, cmake="true", **{"apt-get": "exit 1", "c++": "true"})

    line = next(line for line in said.splitlines() if line.strip().startswith("sudo apt-get install"))
    assert not {"libportaudio2", "cmake", "build-essential"} & set(line.split())
    assert "libegl1" in line


@pytest.mark.parametrize(
    ("manager", "line", "package"),
    [("dnf", "sudo dnf install", "portaudio"), ("pacman", "sudo pacman -S --needed", "portaudio")],
)
def test_other_systems_get_their_own_names(tmp_path: Path, manager: str, line: str, package: str) -> None:
    said = set_up(tmp_path, **{manager: "exit 1"})

    found = next(said_line for said_line in said.splitlines() if said_line.strip().startswith(line))
    assert package in found.split()
    assert "libportaudio2" not in said


def test_an_unknown_system_gets_the_names_to_look_for(tmp_path: Path) -> None:
    assert "by their Debian names: " in set_up(tmp_path)


def test_an_old_python_is_named(tmp_path: Path) -> None:
    old = "if [ $1 = -V ]; then echo Python 3.10.12; else exit 1; fi"

    said = set_up(tmp_path, python3=old, **{"apt-get": "exit 1"})

    assert "needs Python 3.11 or newer, and this system's is Python 3.10.12" in said

"""The command that a sentence names is the one that works where it is read."""

import subprocess
import sys
from pathlib import Path

import pytest

from companion.invocation import command, spelled_out


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a virtual environment that is not on the path, and be in it."""
    root = tmp_path / "check out"
    bin_folder = root / ".venv" / "bin"
    bin_folder.mkdir(parents=True)
    for name in ("python", "companion"):
        (bin_folder / name).write_text("#!/bin/sh\necho called\n")
        (bin_folder / name).chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(bin_folder / "python"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.chdir(root)
    return root


def test_in_a_checkout_it_is_the_one_of_the_virtual_environment(checkout: Path) -> None:
    assert command() == ".venv/bin/companion"


@pytest.mark.parametrize("place", ["inside", "elsewhere"])
def test_what_is_typed_works_from_any_folder(checkout: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    folder = {"inside": checkout / ".venv" / "bin", "elsewhere": checkout.parent}[place]
    monkeypatch.chdir(folder)
    done = subprocess.run(command(), shell=True, cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout == "called\n"


def test_on_the_path_it_is_the_plain_name(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{checkout}/.venv/bin:/usr/bin")
    assert command() == "companion"


def test_another_companion_on_the_path_is_not_this_one(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = checkout / "other"
    other.mkdir()
    (other / "companion").write_text("#!/bin/sh\n")
    (other / "companion").chmod(0o755)
    monkeypatch.setenv("PATH", str(other))
    assert command() == ".venv/bin/companion"


def test_without_the_script_the_module_is_run(checkout: Path) -> None:
    (checkout / ".venv" / "bin" / "companion").unlink()
    assert command() == ".venv/bin/python -m companion"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Run: companion models pull starter", "Run: .venv/bin/companion models pull starter"),
        ("Run “companion doctor” to see why.", "Run “.venv/bin/companion doctor” to see why."),
        ("The voice companion asks little of you.", "The voice companion asks little of you."),
        (".venv/bin/companion doctor", ".venv/bin/companion doctor"),
        ("", ""),
    ],
)
def test_only_commands_are_spelled_out(checkout: Path, text: str, expected: str) -> None:
    assert spelled_out(text) == expected


def test_what_a_desktop_calls_is_named_with_its_folder(checkout: Path) -> None:
    assert spelled_out("Bind “companion press”") == f"Bind “'{checkout}/.venv/bin/companion' press”"

"""The texts that desktops read, against their specifications."""

import plistlib
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.desktop_entry import APP_ID, HIDDEN, desktop_entry, exec_line, launch_agent, run_key_value

PLAIN = ["/opt/companion/bin/companion"]
NASTY = ['/home of/me & "you"/$x/`y`\\z/companion', "100 %", "it's"]
KEYS = {"Type", "Name", "Comment", "Exec", "Icon", "Terminal", "StartupWMClass"}


def parsed(text: str) -> dict[str, str]:
    head, *lines = text.splitlines()
    assert head == "[Desktop Entry]"
    return dict(line.split("=", 1) for line in lines)


def unescaped(value: str) -> list[str]:
    """Read an Exec value as a desktop does: first the string's escapes (section 4), then the quoting (section 7)."""
    text, position = "", 0
    while position < len(value):
        if value[position] == "\\":
            position += 1
            assert value[position] == "\\", "the only escape that we write"
        text += value[position]
        position += 1
    arguments: list[str] = []
    current, quoted, begun, position = "", False, False, 0
    while position < len(text):
        character = text[position]
        if quoted and character == "\\":
            position += 1
            current += text[position]
        elif character == '"':
            quoted, begun = not quoted, True
        elif character == " " and not quoted:
            arguments.append(current)
            current, begun = "", False
        else:
            current, begun = current + character, True
        position += 1
    if begun:
        arguments.append(current)
    return [argument.replace("%%", "%") for argument in arguments]


@pytest.mark.parametrize("at_login", [False, True])
def test_an_entry_has_what_a_desktop_needs(at_login: bool) -> None:
    entry = parsed(desktop_entry(PLAIN, at_login=at_login))
    assert entry.keys() >= KEYS
    assert entry["Type"] == "Application"
    assert entry["Icon"] == APP_ID
    assert entry["Exec"] == (f"{PLAIN[0]} {HIDDEN}" if at_login else PLAIN[0])
    for key in ("Categories", "Keywords"):
        assert entry.get(key, ";").endswith(";")


def test_a_command_survives_the_quoting() -> None:
    assert unescaped(exec_line(NASTY)) == NASTY


@given(st.lists(st.text(st.characters(exclude_characters="=", exclude_categories=("Cs", "Cc"))), min_size=1))
def test_every_command_survives_the_quoting(command: list[str]) -> None:
    line = exec_line(command)
    assert "\n" not in line
    assert unescaped(line) == command


@pytest.mark.parametrize("command", [["/a\nExec=rm"], ["/a=b/companion"], ["/a", "b\x7f"]])
def test_what_cannot_be_written_is_refused(command: list[str]) -> None:
    with pytest.raises(ValueError):
        exec_line(command)


@pytest.mark.skipif(sys.platform != "linux", reason="a tool of Linux")
@pytest.mark.parametrize("command", [PLAIN, NASTY])
@pytest.mark.parametrize("at_login", [False, True])
def test_the_validator_agrees(tmp_path: Path, command: list[str], at_login: bool) -> None:
    file = tmp_path / f"{APP_ID}.desktop"
    file.write_text(desktop_entry(command, at_login=at_login))
    done = subprocess.run(["desktop-file-validate", file], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_launchd_starts_it_at_login() -> None:
    agent = plistlib.loads(launch_agent(NASTY))
    assert agent["ProgramArguments"] == [*NASTY, HIDDEN]
    assert agent["RunAtLoad"] is True
    assert agent["Label"] == APP_ID
    assert "KeepAlive" not in agent, "a program that was quit stays quit"


def test_windows_gets_one_command_line() -> None:
    assert run_key_value([r"C:\Program Files\Companion\companion.exe"]) == (
        r'"C:\Program Files\Companion\companion.exe" --hidden'
    )

"""What is said of a display that is missing, gone or shut, where Qt would abort the process."""

import _ctypes
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from companion import doctor_desktop
from companion.finding import Health
from companion.ui import display
from tests.e2e.x_server import private_x_server

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a display")
needs_x = pytest.mark.skipif(not shutil.which("Xvfb"), reason="needs Xvfb")
NOBODY = ":7654"
WAIT_S = 20.0


@pytest.fixture(autouse=True)
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)


def code() -> str:
    problem = display.problem()
    return problem.code if problem else ""


def test_no_display_at_all() -> None:
    assert code() == "no-display"


def test_only_displays_that_were_asked_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", NOBODY)
    monkeypatch.setenv("QT_QPA_PLATFORM", "wayland")
    assert "(wayland-0)" in str(display.problem())


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_a_display_that_is_gone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, NOBODY)
    assert code() == "display-refused"
    assert NOBODY in str(display.problem())
    (finding,) = doctor_desktop.screen()
    assert finding.health is Health.BROKEN
    assert NOBODY in finding.detail


@pytest.mark.parametrize(
    ("platform", "expected"),
    [("offscreen", ""), ("vnc:size=80x25", ""), ("xcb", "display-refused"), ("wayland-egl", "display-refused")],
)
def test_a_platform_that_was_chosen(platform: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    assert code() == expected


def test_who_cannot_knock_leaves_it_to_qt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")
    monkeypatch.setenv("WAYLAND_SOCKET", "7")
    assert code() == "", "asking would use the connection up"
    monkeypatch.delenv("WAYLAND_SOCKET")
    monkeypatch.delenv("XDG_SESSION_TYPE")
    monkeypatch.setattr(display, "_library", lambda name: None)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.setenv(name, NOBODY)
        assert code() == "", "Qt may have libraries of its own"
        monkeypatch.delenv(name)


@needs_x
def test_a_display_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with private_x_server(monkeypatch):
        assert code() == ""
        assert [finding.health for finding in doctor_desktop.screen()] == [Health.OK]
        monkeypatch.setenv("WAYLAND_DISPLAY", NOBODY)
        assert code() == "", "Qt tries the other one too"
        monkeypatch.setattr(display, "_CURSOR", "libnowhere.so.0")
        assert code() == "display-library"


def test_a_compositor_that_takes_us_and_then_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "ANSWER_S", 0.2)
    monkeypatch.setenv("WAYLAND_DISPLAY", str(tmp_path / "w"))
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "w"))
        server.listen()
        assert code() == "display-refused"


@needs_x
def test_a_server_that_ends_with_its_last_client_is_held_for_qt(monkeypatch: pytest.MonkeyPatch) -> None:
    opening = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"
    with private_x_server(monkeypatch, "-terminate") as server:
        with display.held():
            subprocess.run([sys.executable, "-c", opening], timeout=60, check=True)
            assert server.poll() is None, "ours is still there"
        server.wait(WAIT_S)  # by itself, or the test shows nothing


@pytest.mark.parametrize("qt_has_it", [True, False])
def test_a_library_beside_qt_s_own_counts(qt_has_it: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may install nothing puts libxcb-cursor there, and Qt finds it."""
    place = tmp_path / "PySide6" / "Qt" / "lib"
    place.mkdir(parents=True)
    if qt_has_it:
        (place / "libnowhere.so.0").symlink_to(_ctypes.__file__)  # any library will do
    monkeypatch.setattr(display, "find_spec", lambda _: SimpleNamespace(submodule_search_locations=[place.parents[1]]))
    assert (display._library("libnowhere.so.0") is not None) == qt_has_it


def test_a_display_that_answers_too_late_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    closed, answer = threading.Event(), threading.Event()
    monkeypatch.setenv("DISPLAY", NOBODY)
    monkeypatch.setattr(display, "ANSWER_S", 0.0)
    monkeypatch.setattr(display, "_x11", lambda: closed.set if answer.wait(WAIT_S) else None)
    assert code() == "display-refused"
    answer.set()
    assert closed.wait(WAIT_S)


@needs_x
def test_a_display_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "ANSWER_S", 0.2)
    with private_x_server(monkeypatch) as server:
        server.send_signal(signal.SIGSTOP)
        try:
            assert code() == "display-refused"
        finally:
            server.send_signal(signal.SIGCONT)


@needs_x
def test_another_user_s_display(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = (b"", b"", b"MIT-MAGIC-COOKIE-1", b"0123456789abcdef")
    keys = tmp_path / "keys"
    keys.write_bytes(struct.pack(">H", 0xFFFF) + b"".join(struct.pack(">H", len(word)) + word for word in words))
    monkeypatch.setenv("XAUTHORITY", str(tmp_path / "none"))
    with private_x_server(monkeypatch, "-auth", str(keys)):
        assert code() == "display-refused"
        monkeypatch.setenv("XAUTHORITY", str(keys))
        assert code() == ""


def test_the_program_says_so_in_one_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "companion"],
        env={"COMPANION_HOME": str(tmp_path), "PATH": "", "DISPLAY": NOBODY},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert f"The display ({NOBODY}) does not answer, or does not let us in. Start it from a desktop" in line

"""What the doctor says of the sound server, the portal and another Companion, each in the state that it names."""

import shutil
import socket
from pathlib import Path

import pytest
from jeepney import HeaderFields, Message, new_method_return

from companion import control, doctor_desktop
from companion.finding import Health
from companion.paths import runtime_dir
from companion.ui import portal_probe
from tests.e2e.stand_in_portal import Behaviour, StandInPortal
from tests.e2e.test_hotkey_portal import bus as bus

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="sockets of Unix")
needs_bus = pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="needs dbus-daemon")


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/pulse")
    return tmp_path / "pulse"


def test_a_sound_server_that_answers(door: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(door))
        server.listen()
        (finding,) = doctor_desktop.sound_server()
    assert (finding.health, finding.detail) == (Health.OK, f"the sound server answers at {door}")


def test_a_sound_server_that_died_and_left_its_door(door: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(door))
        server.listen()
    (finding,) = doctor_desktop.sound_server()
    assert finding.health is Health.BROKEN
    assert "Connection refused" in finding.detail
    assert "systemctl --user restart" in finding.fix


def test_a_system_without_a_sound_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULSE_SERVER", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (finding,) = doctor_desktop.sound_server()
    assert finding.health is Health.NOTE, "ALSA alone may do"
    assert finding.fix


def test_sound_that_would_leave_the_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_SERVER", "tcp:192.0.2.1:4713")
    (finding,) = doctor_desktop.sound_server()
    assert finding.health is Health.BROKEN
    assert "Unset PULSE_SERVER" in finding.fix


class Answering(StandInPortal):
    """A portal that tells the version of its shortcuts."""

    def _answer(self, call: Message) -> None:
        if call.header.fields[HeaderFields.member] == "Get":
            self._connection.send(new_method_return(call, "v", (("u", 1),)))
        else:
            super()._answer(call)


@pytest.fixture
def on_bus(bus: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus)
    monkeypatch.setattr(portal_probe, "ANSWER_S", 1.0)
    return bus


@needs_bus
@pytest.mark.parametrize(
    ("portal", "health", "said"),
    [
        (None, Health.NOTE, "no desktop portal"),
        (StandInPortal, Health.NOTE, "has no global shortcuts"),
        (Answering, Health.OK, "Ctrl+Space, through the desktop portal"),
    ],
    ids=["none", "without shortcuts", "good"],
)
def test_what_the_portal_can_do(on_bus: str, portal: type[StandInPortal] | None, health: Health, said: str) -> None:
    running = portal(on_bus, Behaviour()) if portal else None
    try:
        finding = doctor_desktop.portal("Ctrl+Space")
    finally:
        if running:
            running.close()
    assert finding.health is health
    assert said in finding.detail
    assert "companion press" in finding.fix


def test_wayland_without_a_bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nowhere")
    finding = doctor_desktop.portal("Ctrl+Space")
    assert finding.health is Health.NOTE
    assert "bus does not answer" in finding.detail


def test_another_companion_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "PING_S", 0.1)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(runtime_dir() / "control.sock"))
        server.listen()
        (finding,) = doctor_desktop.running()
    assert finding.health is Health.BROKEN
    assert finding.detail == "Companion is running but does not answer"
    assert "system monitor" in finding.fix


def test_no_other_companion() -> None:
    (finding,) = doctor_desktop.running()
    assert (finding.health, finding.detail) == (Health.OK, "Companion is not running")

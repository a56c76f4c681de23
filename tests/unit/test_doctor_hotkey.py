"""What the doctor says of the hotkey on an X server that is not there, or does not answer."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from companion import doctor
from companion.finding import Health
from companion.settings import Settings


@pytest.fixture
def x_sockets() -> Path:
    folder = Path("/tmp/.X11-unix")
    if not folder.is_dir():
        pytest.skip("no folder for X servers here")
    return folder


@pytest.fixture
def mute_server(x_sockets: Path) -> Iterator[str]:
    """An X server that takes connections and says nothing, like one that hangs."""
    number = next(n for n in range(900, 999) if not (x_sockets / f"X{n}").exists())
    path = x_sockets / f"X{number}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        yield f":{number}"
    path.unlink()


@pytest.fixture(autouse=True)
def _x11(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


def test_a_display_without_a_server_is_no_hotkey(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":971")
    (finding,) = doctor._hotkey(Settings())
    assert finding.health is Health.BROKEN
    assert "DISPLAY is :971, where no X server is" in finding.detail


def test_a_server_without_an_answer_is_waited_for_a_while(mute_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", mute_server)
    monkeypatch.setattr(doctor, "X11_S", 0.2)
    (finding,) = doctor._hotkey(Settings())
    assert finding.health is Health.BROKEN
    assert "does not answer" in finding.detail

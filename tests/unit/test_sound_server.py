"""Whether the sound server is there, told with sockets of this test's own."""

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from companion.engine.audio import server
from companion.engine.audio.devices import choose_device
from companion.engine.audio.server import sound_server
from companion.engine.errors import AudioDeviceError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="sockets are listed by Linux")


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("PULSE_SERVER", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def listener(runtime: Path) -> Iterator[socket.socket]:
    (runtime / "pulse").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(runtime / "pulse" / "native"))
        listener.listen()
        yield listener


def test_a_machine_that_may_have_none(runtime: Path) -> None:
    assert sound_server() is None


def test_one_that_listens_is_here_and_one_that_ended_is_gone(listener: socket.socket) -> None:
    assert sound_server() == "here"
    listener.close()  # as after a kill, its file stays
    assert sound_server() == "gone"


def test_a_named_one(listener: socket.socket, monkeypatch: pytest.MonkeyPatch, runtime: Path) -> None:
    named = str(listener.getsockname())
    (runtime / "elsewhere").mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime / "elsewhere"))
    for spelling in (named, f"unix:{named}"):
        monkeypatch.setenv("PULSE_SERVER", spelling)
        assert sound_server() == "here"
    monkeypatch.setenv("PULSE_SERVER", f"unix:{named}-not")
    assert sound_server() == "gone"
    monkeypatch.setenv("PULSE_SERVER", "tcp:other-machine")
    assert sound_server() is None


def test_a_kernel_that_does_not_tell(listener: socket.socket, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(server, "_LISTENERS", tmp_path / "none")
    assert sound_server() is None


def test_a_server_that_is_gone_is_the_reason_why_no_device_is_found(listener: socket.socket) -> None:
    listener.close()
    with pytest.raises(AudioDeviceError) as caught:
        choose_device("microphone", None, [])
    assert caught.value.code == "audio-gone"
    assert "systemctl --user restart" in caught.value.hint

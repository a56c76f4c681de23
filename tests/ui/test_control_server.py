"""The running instance's control socket, driven by real clients, good and bad."""

import socket
import stat
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from companion.control import COMMANDS, MAX_LINE_BYTES, Reply, send
from companion.ui import control_server
from companion.ui.control_server import MAX_CLIENTS, ControlServer
from tests.cases import cases

WAIT_MS = 10_000


@pytest.fixture
def address(tmp_path: Path) -> str:
    return str(tmp_path / "control.sock")


@pytest.fixture
def server(qtbot: QtBot, address: str) -> Iterator[ControlServer]:
    server = ControlServer(address=address)
    assert server.start()
    yield server
    server.close()


def ask(qtbot: QtBot, address: str, command: str) -> Reply:
    """Send on another thread, as another process would, while this one runs the event loop."""
    replies: list[Reply] = []
    thread = threading.Thread(target=lambda: replies.append(send(command, 10, address=address)))
    thread.start()
    qtbot.waitUntil(lambda: bool(replies), timeout=WAIT_MS)
    thread.join()
    return replies[0]


def client_of(address: str) -> socket.socket:
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(10)
    client.connect(address)
    return client


def answer(qtbot: QtBot, client: socket.socket) -> bytes:
    """Return all that the server sends until it closes."""
    received: list[bytes] = []
    ended = threading.Event()

    def read() -> None:
        try:
            while data := client.recv(1000):
                received.append(data)
        except ConnectionError:
            received.append(b"")
        ended.set()

    thread = threading.Thread(target=read)
    thread.start()
    qtbot.waitUntil(ended.is_set, timeout=WAIT_MS)
    thread.join()
    return b"".join(received)


def test_a_press_that_nobody_listens_to_is_carried_out_and_told(
    qtbot: QtBot, server: ControlServer, address: str
) -> None:
    server.deaf = lambda: ("microphone-muted", "The microphone is muted.")
    with qtbot.waitSignal(server.pressed, timeout=WAIT_MS):
        reply = ask(qtbot, address, "press")
    assert reply == Reply(code="microphone-muted", message="The microphone is muted.")
    assert ask(qtbot, address, "release").ok


@pytest.mark.parametrize("command", ["press", "release", "toggle"])
def test_a_talk_command_is_a_signal_with_its_time(
    qtbot: QtBot, server: ControlServer, address: str, command: str
) -> None:
    signal = {"press": server.pressed, "release": server.released, "toggle": server.toggled}[command]
    before = time.monotonic()
    with qtbot.waitSignal(signal, timeout=WAIT_MS) as heard:
        assert ask(qtbot, address, command).ok
    assert heard.args is not None
    assert before < heard.args[0] < time.monotonic()


def test_a_second_start_raises_the_first_s_window(qtbot: QtBot, server: ControlServer, address: str) -> None:
    second = ControlServer(address=address)
    assert not second.start()
    with qtbot.waitSignal(server.raise_requested, timeout=WAIT_MS):
        assert ask(qtbot, address, "raise").ok
    second.close()
    assert ask(qtbot, address, "ping").ok, "the loser took nothing from the winner"


def test_the_next_instance_may_start_after_the_first_closed(qtbot: QtBot, server: ControlServer, address: str) -> None:
    server.close()
    server.close()
    assert not Path(address).exists()
    with_next = ControlServer(address=address)
    assert with_next.start()
    assert ask(qtbot, address, "ping").ok
    with_next.close()


def test_a_socket_left_by_a_crash_is_replaced(qtbot: QtBot, address: str) -> None:
    with socket.socket(socket.AF_UNIX) as crashed:
        crashed.bind(address)
    server = ControlServer(address=address)
    assert server.start()
    assert ask(qtbot, address, "ping").ok
    server.close()


def test_a_socket_that_cannot_be_made_is_an_error(qtbot: QtBot, tmp_path: Path) -> None:
    with pytest.raises(OSError):
        ControlServer(address=str(tmp_path / "missing" / "control.sock")).start()
    (tmp_path / "control.sock").mkdir()
    with pytest.raises(OSError, match="control socket cannot be made"):
        ControlServer(address=str(tmp_path / "control.sock")).start()


def test_the_socket_is_the_user_s_alone(server: ControlServer, address: str) -> None:
    assert stat.S_IMODE(Path(address).stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize(
    "request_bytes",
    [b"\n", b"PRESS\n", b"shutdown\n", b"press extra\n", b"\xff\xfe\x00\n", b"x" * 10_000, b"x" * 511 + b"\n"],
    ids=["empty", "case", "unknown", "extra", "binary", "endless", "long"],
)
def test_a_senseless_command_is_refused(
    qtbot: QtBot, server: ControlServer, address: str, request_bytes: bytes
) -> None:
    with qtbot.assertNotEmitted(server.pressed), client_of(address) as client:
        client.sendall(request_bytes)
        assert answer(qtbot, client).startswith(b"error bad-command ")
    assert ask(qtbot, address, "ping").ok


@pytest.mark.reader
@settings(max_examples=cases(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.tuples(
        st.sampled_from([b"", b" ", b"\xff", b"x" * 506]),
        st.sampled_from([*COMMANDS, "PRESS", "shutdown", ""]).map(str.encode) | st.binary(max_size=600),
        st.sampled_from([b"\n", b" \r\n", b" \0\n", b""]),
        st.sampled_from([b"", b"press\n"]) | st.binary(max_size=600),
    )
)
@example((b"", b"PRESS", b"\n", b""))
@example((b"", b"press", b"", b""))
@example((b" ", b"toggle", b" \r\n", b"press\n"))
@example((b"x" * 506, b"raise", b"\n", b"press\n"))
def test_any_message_is_one_command_or_refused_and_the_next_one_is_heard(
    qtbot: QtBot, server: ControlServer, address: str, pieces: tuple[bytes, ...]
) -> None:
    message = b"".join(pieces)
    line, ended, _ = message.partition(b"\n")
    # Bounded: a command that has not ended after so many bytes is none.
    whole = bool(ended) and len(line) < MAX_LINE_BYTES
    meant = line.decode("utf-8", "replace").strip() if whole else ""
    heard: list[str] = []
    signals = {
        "press": server.pressed,
        "release": server.released,
        "toggle": server.toggled,
        "raise": server.raise_requested,
    }
    connections = [(signal, signal.connect(partial(_note, heard, name))) for name, signal in signals.items()]
    with client_of(address) as client:
        client.sendall(message)
        if whole or len(message) >= MAX_LINE_BYTES:
            answered = _all_of(qtbot, client)
            assert answered == b"ok\n" if meant in COMMANDS else answered.startswith(b"error bad-command ")
    assert heard == ([meant] if meant in signals else [])
    with client_of(address) as client:
        client.sendall(b"ping\n")
        assert _all_of(qtbot, client) == b"ok\n"
    for signal, connection in connections:
        signal.disconnect(connection)


def _note(heard: list[str], name: str, *_: float) -> None:
    heard.append(name)


def _all_of(qtbot: QtBot, client: socket.socket) -> bytes:
    """Return all that the server sends until it closes, while its event loop runs here."""
    client.setblocking(False)
    received: list[bytes] = []

    def ended() -> bool:
        try:
            received.append(client.recv(1000))
        except BlockingIOError:
            return False
        except ConnectionError:  # it had enough before we had said all
            return True
        return not received[-1]

    qtbot.waitUntil(ended, timeout=WAIT_MS)
    return b"".join(received)


def test_one_connection_is_one_command(qtbot: QtBot, server: ControlServer, address: str) -> None:
    pressed: list[float] = []
    server.pressed.connect(pressed.append)
    with client_of(address) as client:
        client.sendall(b"press\npress\npress\n")
        assert answer(qtbot, client) == b"ok\n"
    assert len(pressed) == 1


def test_a_command_may_come_in_pieces(qtbot: QtBot, server: ControlServer, address: str) -> None:
    with client_of(address) as client:
        client.sendall(b"pre")
        assert ask(qtbot, address, "ping").ok
        client.sendall(b"ss\n")
        with qtbot.waitSignal(server.pressed, timeout=WAIT_MS):
            assert answer(qtbot, client) == b"ok\n"


def test_a_client_that_goes_without_a_word_or_an_ear_hurts_nobody(
    qtbot: QtBot, server: ControlServer, address: str
) -> None:
    for words in (b"", b"pre", b"press", b"press\n"):
        for _ in range(3 * MAX_CLIENTS):
            with client_of(address) as client:
                client.sendall(words)
        qtbot.waitUntil(lambda: ask(qtbot, address, "ping").ok, timeout=WAIT_MS)


def test_one_client_too_many_is_closed_at_once(qtbot: QtBot, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_server, "CLIENT_S", 600)
    server = ControlServer(address=address)
    assert server.start()
    clients = [client_of(address) for _ in range(MAX_CLIENTS + 1)]
    assert answer(qtbot, clients[-1]) == b""
    clients[0].sendall(b"ping\n")
    assert answer(qtbot, clients[0]) == b"ok\n"
    assert ask(qtbot, address, "ping").ok, "there is room again"
    for client in clients:
        client.close()
    server.close()


def test_silent_clients_are_closed_in_time_and_do_not_shut_out_others(
    qtbot: QtBot, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control_server, "CLIENT_S", 0.3)
    server = ControlServer(address=address)
    assert server.start()
    clients = [client_of(address) for _ in range(MAX_CLIENTS + 2)]
    qtbot.waitUntil(lambda: ask(qtbot, address, "ping").ok, timeout=WAIT_MS)
    for client in clients:
        assert answer(qtbot, client) == b""
        client.close()
    server.close()

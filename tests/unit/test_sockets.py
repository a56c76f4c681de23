"""The list of open sockets: real ones, opened here, must be in it."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from companion import sockets
from companion.sockets import OpenSocket, Purpose, Reach, open_sockets

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows does not list the sockets of a process as files")


@contextmanager
def opened(*made: socket.socket) -> Iterator[list[OpenSocket]]:
    """Return the sockets that are there with `made` and not without."""
    now = found()
    try:
        own = {one.fileno() for one in made}
        for other in found_without(own):
            now.remove(other)
        yield now
    finally:
        for one in made:
            one.close()


def found() -> list[OpenSocket]:
    listed = open_sockets()
    assert listed is not None
    return listed


def found_without(own: set[int]) -> list[OpenSocket]:
    return [sockets._described(number) for number in numbers() if number not in own]


def numbers() -> list[int]:
    return [int(entry.name) for entry in sockets._DESCRIPTORS.iterdir() if is_socket(entry)]


def is_socket(entry: Path) -> bool:
    try:
        return str(entry.readlink()).startswith("socket:")
    except OSError:
        return False


@pytest.mark.loopback
def test_a_tcp_connection_is_found_with_both_its_ends() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    client = socket.create_connection(("127.0.0.1", port))
    accepted, _ = server.accept()
    with opened(server, client, accepted) as new:
        assert {one.reach for one in new} == {Reach.LOOPBACK}
        assert {one.kind for one in new} == {"TCP"}
        assert [one.near for one in new if one.listening] == [f"127.0.0.1:{port}"]
        assert f"127.0.0.1:{port}" in {one.far for one in new}


@pytest.mark.loopback
def test_a_server_that_other_computers_could_reach_is_a_network() -> None:
    with opened(socket.create_server(("", 0))) as (one,):
        assert (one.reach, one.kind, one.listening) == (Reach.NETWORK, "TCP", True)


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_a_socket_that_is_not_connected_yet_could_reach_a_network(family: int, kind: int) -> None:
    with opened(socket.socket(family, kind)) as (one,):
        assert one.reach is Reach.NETWORK
        assert one.far == ""


def test_a_local_connection_says_where_it_leads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a path short enough for a socket
    Path("pulse").mkdir()
    server, client = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    server.bind("pulse/native")
    server.listen()
    client.connect("pulse/native")
    with opened(server, client) as new:
        assert {one.reach for one in new} == {Reach.LOCAL}
        assert {one.purpose for one in new} == {Purpose.SOUND}
        assert {one.far for one in new if not one.listening} == {"pulse/native"}


def test_a_pair_is_inside_of_the_program() -> None:
    with opened(*socket.socketpair()) as new:
        assert [(one.reach, one.purpose) for one in new] == [(Reach.LOCAL, Purpose.INSIDE)] * 2


@pytest.mark.skipif(not hasattr(socket, "AF_NETLINK"), reason="Linux only")
def test_a_question_to_the_kernel_is_local() -> None:
    with opened(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)) as (one,):
        assert (one.reach, one.purpose, one.kind) == (Reach.LOCAL, Purpose.SYSTEM, "NETLINK")


@pytest.mark.parametrize(
    ("path", "purpose"),
    [
        ("/run/user/1000/pulse/native", Purpose.SOUND),
        ("/run/user/1000/pipewire-0", Purpose.SOUND),
        (b"\0/tmp/.X11-unix/X0", Purpose.DISPLAY),
        ("/run/user/1000/wayland-0", Purpose.DISPLAY),
        ("/run/user/1000/bus", Purpose.DESKTOP),
        ("/run/user/1000/at-spi/bus_0", Purpose.ACCESSIBILITY),
        (b"\0/tmp/dbus-Xy12", Purpose.DESKTOP),
        ("/run/user/1000/companion/control.sock", Purpose.CONTROL),
        ("/somewhere/else", Purpose.OTHER),
    ],
)
def test_a_path_tells_what_it_is_for(path: object, purpose: Purpose) -> None:
    assert sockets._purpose(path, None) is purpose
    assert sockets._purpose(None, path) is purpose


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        ("127.3.2.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),
        ("192.0.2.1", False),
        ("::", False),
    ],
)
def test_what_stays_on_this_computer(host: str, inside: bool) -> None:
    assert sockets._is_loopback((host, 80)) is inside


def test_looking_leaves_nothing_open() -> None:
    before = numbers()
    open_sockets()
    assert numbers() == before

"""`companion press` and its kind, against real sockets that answer well, badly, late or not at all."""

import argparse
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from companion import cli_control, control
from companion.control import NO_ANSWER, NOT_RUNNING, UNREACHABLE, is_running, parse_reply, send
from tests.cases import cases

Handler = Callable[[socket.socket], None]


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "home"))
    return control.control_address()


@contextmanager
def instance(address: str, handler: Handler) -> Iterator[None]:
    """Listen as a running instance would, and give the first client to `handler`."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(address)
        server.listen()
        server.settimeout(10)

        def serve() -> None:
            client, _ = server.accept()
            with client:
                client.settimeout(10)
                handler(client)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield
        finally:
            thread.join(10)


def answering(reply: bytes, heard: list[bytes] | None = None) -> Handler:
    def handler(client: socket.socket) -> None:
        line = client.recv(100)
        if heard is not None:
            heard.append(line)
        client.sendall(reply)

    return handler


def test_a_command_and_its_answer(address: str) -> None:
    heard: list[bytes] = []
    with instance(address, answering(b"ok\n", heard)):
        assert send("press").ok
    assert heard == [b"press\n"]


def test_a_refusal_keeps_its_code_and_sentence(address: str) -> None:
    with instance(address, answering(b"error not-ready The models still load.\n")):
        reply = send("press")
    assert (reply.ok, reply.code, reply.message) == (False, "not-ready", "The models still load.")


@pytest.mark.parametrize("garbage", [b"", b"\n", b"error\n", b"error x\n", b"\xff\xfe\n", b"x" * 100_000, b"okay\n"])
def test_a_senseless_answer_is_a_sentence(address: str, garbage: bytes) -> None:
    def handler(client: socket.socket) -> None:
        client.recv(100)
        try:
            client.sendall(garbage)
        except OSError:
            return  # the caller had enough

    with instance(address, handler):
        reply = send("press")
    assert reply.code == UNREACHABLE
    assert reply.message.endswith(".")


@pytest.mark.reader
@settings(max_examples=cases(200), deadline=None)
@given(st.binary(max_size=60) | st.text("okerrx \n\t\u3000", max_size=14).map(str.encode))
@example(b"error  nobody said why\n")
def test_any_answer_is_ok_or_a_code_and_a_sentence(line: bytes) -> None:
    reply = parse_reply(line)
    assert reply.ok == (line.decode("utf-8", "replace").strip() == "ok")
    assert reply.ok or (reply.code and reply.message.strip())


def test_nobody_there(address: str) -> None:
    assert send("press").code == NOT_RUNNING
    assert not is_running()


def test_a_socket_left_by_a_crash_is_nobody(address: str) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
    assert Path(address).exists()
    assert send("press").code == NOT_RUNNING
    assert not is_running()


def test_an_instance_that_hangs_is_waited_for_no_longer_than_asked(address: str) -> None:
    done = threading.Event()

    def hang(client: socket.socket) -> None:
        done.wait(10)

    with instance(address, hang):
        try:
            begun = time.monotonic()
            assert send("ping", 0.2).code == NO_ANSWER
            assert time.monotonic() - begun >= 0.2
        finally:
            done.set()


def test_an_instance_that_dribbles_is_waited_for_no_longer_than_asked(address: str) -> None:
    done = threading.Event()

    def dribble(client: socket.socket) -> None:
        while not done.wait(0.02):
            try:
                client.sendall(b"o")
            except OSError:
                return

    with instance(address, dribble):
        try:
            assert send("ping", 0.3).code == NO_ANSWER
        finally:
            done.set()


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "file"))
    reply = send("press")
    assert reply.code == "folder-not-private"
    assert not is_running()


def test_a_long_home_has_a_socket_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / ("long" * 40)))
    with instance(control.control_address(), answering(b"ok\n")):
        assert send("press").ok
    Path(control.control_address()).unlink()


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (b"ok\n", 0, ""),
        (b"error not-ready The models still load.\n", 1, "companion: The models still load.\n"),
        (None, 3, "companion: Companion is not running. Start it with: companion\n"),
    ],
)
def test_the_command_line(
    address: str, capsys: pytest.CaptureFixture[str], answer: bytes | None, status: int, words: str
) -> None:
    parser = argparse.ArgumentParser()
    cli_control.add_parsers(parser.add_subparsers(dest="command"))
    args = parser.parse_args(["toggle"])
    if answer is None:
        assert args.run(args) == status
    else:
        heard: list[bytes] = []
        with instance(address, answering(answer, heard)):
            assert args.run(args) == status
        assert heard == [b"toggle\n"]
    assert capsys.readouterr() == ("", words)


def test_press_loads_nothing_slow(address: str) -> None:
    code = (
        "import sys; from companion.cli import main; status = main(['press']);"
        "slow = {'PySide6', 'numpy', 'platformdirs', 'asyncio'} & sys.modules.keys();"
        "sys.exit(f'{slow}' if slow else status)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env=dict(os.environ)
    )
    assert result.returncode == 3, result.stderr
    assert result.stderr == "companion: Companion is not running. Start it with: companion\n"

"""The hotkey through the desktop portal, over a real D-Bus with a stand-in portal on it."""

import itertools
import os
import queue
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from companion.desktop_entry import APP_ID
from companion.engine.errors import CompanionError
from companion.keys import parse
from companion.ui import hotkey_portal
from companion.ui.hotkey_portal import PortalBackend
from tests.e2e.hotkey_recorder import WAIT_S, HotkeyRecorder

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="needs dbus-daemon"),
]
NAME = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
SESSION = f"{PATH}/session/stand_in/1"


@dataclass(kw_only=True)
class Behaviour:
    """How the stand-in portal differs from a good one."""

    registry: bool = True
    shortcuts: bool = True
    code: int = 0
    """Response code of BindShortcuts: 1 is the user's refusal."""
    bound: bool = True
    trigger: str = "Press <Control>space"
    respond_first: bool = False
    """The Response signal overtakes the method's own reply."""
    old_path: bool = False
    """The request's path is not the one the caller predicted, as before version 0.9."""
    answers: bool = True
    binds: bool = True
    """The user answers the question whether the program may have the hotkey."""
    replaceable: bool = False
    """Another portal may take the name."""


@dataclass
class Call:
    """What the portal was asked."""

    member: str
    body: tuple[Any, ...]
    sender: str = field(default="")


class StandInPortal:
    """A portal with one user, who does what the test says. One thread, which owns the connection."""

    def __init__(self, address: str, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._connection: DBusConnection = open_dbus_connection(bus=address)
        flags = 2 | behaviour.replaceable  # REPLACE_EXISTING, ALLOW_REPLACEMENT
        reply = self._connection.send_and_get_reply(message_bus.RequestName(NAME, flags), timeout=WAIT_S)
        assert reply.body == (1,)
        self.calls: queue.SimpleQueue[Call] = queue.SimpleQueue()
        self._orders: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._client = ""
        self._paths = itertools.count()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="portal")
        self._thread.start()

    def close(self) -> None:
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._thread.join(WAIT_S)
        self._connection.close()

    def emit(self, member: str, *, session: str = SESSION, shortcut: str = "talk") -> None:
        emitter = DBusAddress(PATH, interface=SHORTCUTS)
        self._orders.put(new_signal(emitter, member, "osta{sv}", (session, shortcut, 123, {})))

    def close_session(self) -> None:
        self._orders.put(new_signal(DBusAddress(SESSION, interface="org.freedesktop.portal.Session"), "Closed"))

    def _serve(self) -> None:
        while not self._stopping.is_set():
            while not self._orders.empty():
                self._to_client(self._orders.get())
            try:
                message = self._connection.receive(timeout=0.02)
            except TimeoutError:
                continue
            if message.header.message_type is MessageType.method_call:
                self._answer(message)

    def _to_client(self, signal: Message) -> None:
        signal.header.fields[HeaderFields.destination] = self._client
        self._connection.send(signal)

    def _answer(self, call: Message) -> None:
        fields = call.header.fields
        member, interface = fields[HeaderFields.member], fields[HeaderFields.interface]
        self._client = fields[HeaderFields.sender]
        self.calls.put(Call(member, call.body, self._client))
        good = self._behaviour
        if member == "Register" and good.registry:
            self._connection.send(new_method_return(call))
        elif interface == SHORTCUTS and good.shortcuts:
            if good.answers:
                self._request(call, member)
        else:
            self._connection.send(new_error(call, "org.freedesktop.DBus.Error.UnknownMethod", "s", ("No such method",)))

    def _request(self, call: Message, member: str) -> None:
        good = self._behaviour
        token = call.body[-1]["handle_token"][1]
        path = f"{PATH}/request/{self._client[1:].replace('.', '_')}/{token}"
        if good.old_path:
            path = f"{PATH}/request/{next(self._paths)}"
        results: dict[str, tuple[str, Any]]
        if member == "CreateSession":
            code, results = 0, {"session_handle": ("s", SESSION)}
        else:
            about = {"description": ("s", "Talk"), "trigger_description": ("s", good.trigger)}
            code, results = good.code, {"shortcuts": ("a(sa{sv})", [("talk", about)] if good.bound else [])}
        emitter = DBusAddress(path, interface="org.freedesktop.portal.Request")
        response = new_signal(emitter, "Response", "ua{sv}", (code, results))
        reply = new_method_return(call, "o", (path,))
        if member == "BindShortcuts" and not good.binds:
            self._connection.send(reply)
        elif good.respond_first:
            self._to_client(response)
            self._connection.send(reply)
        else:
            self._connection.send(reply)
            self._to_client(response)


@pytest.fixture
def bus() -> Iterator[str]:
    process = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout:
        yield process.stdout.readline().strip()
        process.terminate()
        process.wait(WAIT_S)


@contextmanager
def listening(address: str) -> Iterator[HotkeyRecorder]:
    recorder = HotkeyRecorder()
    backend = PortalBackend(parse("ctrl+space"), recorder.listener, {"DBUS_SESSION_BUS_ADDRESS": address})
    backend.start()
    try:
        yield recorder
    finally:
        backend.stop()
        backend.stop()


@contextmanager
def portal_on(address: str, behaviour: Behaviour | None = None) -> Iterator[StandInPortal]:
    portal = StandInPortal(address, behaviour or Behaviour())
    try:
        yield portal
    finally:
        portal.close()


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(),
        Behaviour(registry=False),
        Behaviour(respond_first=True),
        Behaviour(old_path=True),
        Behaviour(old_path=True, respond_first=True),
    ],
    ids=["good", "no registry", "overtaking", "old path", "old and overtaking"],
)
def test_hold_and_release(bus: str, behaviour: Behaviour) -> None:
    with portal_on(bus, behaviour) as portal, listening(bus) as recorder:
        assert recorder.next() == ("available", "Press <Control>space")
        before = time.monotonic()
        portal.emit("Activated")
        portal.emit("Activated")
        portal.emit("Deactivated")
        portal.emit("Deactivated")
        pressed, released = recorder.next(), recorder.next()
        assert (pressed[0], released[0]) == ("pressed", "released")
        assert before < pressed[1] <= released[1] < time.monotonic()
        assert recorder.quiet()


def test_what_the_portal_is_asked(bus: str) -> None:
    with portal_on(bus) as portal, listening(bus) as recorder:
        assert recorder.next()[0] == "available"
        register, create, bind = (portal.calls.get(timeout=WAIT_S) for _ in range(3))
        assert (register.member, register.body[0]) == ("Register", APP_ID)
        assert create.member == "CreateSession"
        assert "session_handle_token" in create.body[0]
        assert bind.member == "BindShortcuts"
        session, ((shortcut, properties),), window, _ = bind.body
        assert (session, shortcut, window) == (SESSION, "talk", "")
        assert properties["preferred_trigger"] == ("s", "CTRL+space")


def test_other_sessions_shortcuts_and_programs_are_not_ours(bus: str) -> None:
    with portal_on(bus) as portal, listening(bus) as recorder:
        assert recorder.next()[0] == "available"
        portal.emit("Activated", session=f"{SESSION}0")
        portal.emit("Activated", shortcut="other")
        bind = [portal.calls.get(timeout=WAIT_S) for _ in range(3)][-1]
        with open_dbus_connection(bus=bus) as stranger:
            signal = new_signal(
                DBusAddress(PATH, interface=SHORTCUTS), "Activated", "osta{sv}", (SESSION, "talk", 1, {})
            )
            signal.header.fields[HeaderFields.destination] = bind.sender
            stranger.send(signal)
            assert recorder.quiet()


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (Behaviour(code=1), "hotkey-denied"),
        (Behaviour(bound=False), "hotkey-denied"),
        (Behaviour(shortcuts=False), "hotkey-no-portal"),
    ],
)
def test_a_portal_that_will_not_is_a_sentence(bus: str, behaviour: Behaviour, code: str) -> None:
    with portal_on(bus, behaviour), listening(bus) as recorder:
        name, error = recorder.next()
        assert name == "unavailable"
        assert isinstance(error, CompanionError)
        assert error.code == code
        assert "companion press" in error.hint


@pytest.mark.parametrize("address", ["", "unix:path=/nonexistent/bus", "tcp:host=example.org,port=1", "nonsense"])
def test_no_bus_is_a_sentence(address: str) -> None:
    with listening(address) as recorder:
        assert recorder.next()[1].code == "hotkey-no-portal"


def test_no_portal_on_the_bus_is_a_sentence(bus: str) -> None:
    with listening(bus) as recorder:
        assert recorder.next()[1].code == "hotkey-no-portal"


def test_a_trigger_without_a_description_is_named_as_asked(bus: str) -> None:
    with portal_on(bus, Behaviour(trigger="")), listening(bus) as recorder:
        assert recorder.next() == ("available", "Ctrl+Space")


@contextmanager
def listening_to_a_leaving_portal(bus: str) -> Iterator[HotkeyRecorder]:
    portal = StandInPortal(bus, Behaviour())
    with listening(bus) as recorder:
        try:
            assert recorder.next()[0] == "available"
            portal.emit("Activated")
            assert recorder.next()[0] == "pressed"
        finally:
            portal.close()
        yield recorder


def hold_and_release(portal: StandInPortal, recorder: HotkeyRecorder) -> None:
    portal.emit("Activated")
    assert recorder.next()[0] == "pressed"
    portal.emit("Deactivated")
    assert recorder.next()[0] == "released"


def test_a_portal_that_restarts_is_bound_to_again(bus: str) -> None:
    with portal_on(bus) as portal, listening(bus) as recorder:
        assert recorder.next()[0] == "available"
        portal.emit("Activated")
        assert recorder.next()[0] == "pressed"
        portal.close()
        with portal_on(bus, Behaviour(trigger="Press F9")) as another:
            assert recorder.next()[0] == "released"
            assert recorder.next() == ("available", "Press F9"), "and nobody was alarmed"
            hold_and_release(another, recorder)


def test_a_portal_that_takes_the_name_of_another_is_bound_to(bus: str) -> None:
    with portal_on(bus, Behaviour(replaceable=True)), listening(bus) as recorder:
        assert recorder.next()[0] == "available"
        with portal_on(bus) as another:
            assert recorder.next()[0] == "available"
            hold_and_release(another, recorder)


def test_a_portal_that_stays_away_is_told_and_bound_to_when_it_comes(bus: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hotkey_portal, "_RESTART_S", 0.1)
    with listening_to_a_leaving_portal(bus) as recorder:
        assert recorder.next()[0] == "released"
        name, error = recorder.next()
        assert (name, error.code) == ("unavailable", "hotkey-failed")
        assert recorder.quiet()
        with portal_on(bus) as another:
            assert recorder.next()[0] == "available"
            hold_and_release(another, recorder)


@pytest.mark.parametrize("first", [None, Behaviour(shortcuts=False)], ids=["none", "one without hotkeys"])
def test_a_portal_that_comes_later_is_bound_to(bus: str, first: Behaviour | None) -> None:
    with ExitStack() as stack:
        before = stack.enter_context(portal_on(bus, first)) if first else None
        recorder = stack.enter_context(listening(bus))
        assert recorder.next()[1].code == "hotkey-no-portal"
        assert recorder.quiet()
        if before:
            before.close()
        portal = stack.enter_context(portal_on(bus))
        assert recorder.next()[0] == "available"
        hold_and_release(portal, recorder)


def test_a_portal_that_leaves_while_it_asks_the_user_is_not_waited_for(bus: str) -> None:
    with portal_on(bus, Behaviour(binds=False)) as portal, listening(bus) as recorder:
        while portal.calls.get(timeout=WAIT_S).member != "BindShortcuts":
            pass
        portal.close()
        with portal_on(bus) as another:
            assert recorder.next()[0] == "available"
            hold_and_release(another, recorder)


def test_a_closed_session_is_opened_again_but_not_for_ever(bus: str) -> None:
    with portal_on(bus) as portal, listening(bus) as recorder:
        for _ in range(3):
            assert recorder.next()[0] == "available"
            hold_and_release(portal, recorder)
            portal.close_session()
        assert recorder.next()[1].code == "hotkey-failed"


def test_stopping_while_held_releases_and_while_waiting_is_quick(bus: str) -> None:
    with portal_on(bus) as portal:
        with listening(bus) as recorder:
            assert recorder.next()[0] == "available"
            portal.emit("Activated")
            assert recorder.next()[0] == "pressed"
        assert recorder.next()[0] == "released"
        assert recorder.quiet()
    before = set(threading.enumerate())
    with portal_on(bus, Behaviour(answers=False)) as portal, listening(bus) as recorder:
        while portal.calls.get(timeout=WAIT_S).member != "CreateSession":
            pass
    assert recorder.quiet(), "stop() is no failure"
    assert set(threading.enumerate()) <= before


def test_the_bus_in_the_runtime_folder_is_found(tmp_path_factory: pytest.TempPathFactory) -> None:
    runtime = tmp_path_factory.mktemp("run")
    process = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address", f"--address=unix:path={runtime}/bus"],
        stdout=subprocess.PIPE,
        text=True,
        env={key: value for key, value in os.environ.items() if key != "DBUS_SESSION_BUS_ADDRESS"},
    )
    assert process.stdout is not None
    with process.stdout:
        address = process.stdout.readline().strip()
        recorder = HotkeyRecorder()
        with portal_on(address):
            backend = PortalBackend(parse("ctrl+space"), recorder.listener, {"XDG_RUNTIME_DIR": str(runtime)})
            backend.start()
            assert recorder.next()[0] == "available"
            backend.stop()
        process.terminate()
        process.wait(WAIT_S)

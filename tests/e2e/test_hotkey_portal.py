"""The hotkey through the desktop portal, over a real D-Bus with a stand-in portal on it."""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from jeepney import (
    DBusAddress,
    HeaderFields,
    new_signal,
)
from jeepney.io.blocking import open_dbus_connection

from companion.desktop_entry import APP_ID
from companion.engine.errors import CompanionError
from companion.keys import parse
from companion.ui import hotkey_portal
from companion.ui.hotkey_portal import PortalBackend
from tests.e2e.hotkey_recorder import QUIET_S, WAIT_S, HotkeyRecorder
from tests.e2e.stand_in_portal import PATH, SESSION, SHORTCUTS, Behaviour, StandInPortal

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="needs dbus-daemon"),
]


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


def test_a_deactivated_that_never_came_does_not_swallow_the_next_press(
    bus: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hotkey_portal, "_REPEAT_S", QUIET_S / 2)
    with portal_on(bus) as portal, listening(bus) as recorder:
        assert recorder.next()[0] == "available"
        portal.emit("Activated")
        assert recorder.next()[0] == "pressed"
        assert recorder.quiet()
        portal.emit("Activated")
        assert [recorder.next()[0], recorder.next()[0]] == ["released", "pressed"]
        portal.emit("Deactivated")
        assert recorder.next()[0] == "released"


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

"""The hotkey on a real X server: pressed by xdotool, heard through pynput, grabbed from the focused program."""

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from Xlib import display

from companion.engine.errors import CompanionError
from companion.keys import parse
from companion.ui.x11_keyboard import X11Keyboard
from tests.e2e.hotkey_recorder import QUIET_S, WAIT_S, HotkeyRecorder
from tests.e2e.virtual_desktop import wait_until
from tests.e2e.x_server import listening, private_x_server, xdotool

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not shutil.which("Xvfb") or not shutil.which("xdotool"), reason="needs Xvfb and xdotool"),
]


@pytest.fixture
def x_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    with private_x_server(monkeypatch) as process:
        yield process


@pytest.mark.usefixtures("x_server")
def test_hold_and_release_are_heard_once_each_at_their_time() -> None:
    with listening("ctrl+space") as recorder:
        begun = time.monotonic()
        xdotool("keydown", "ctrl", "space")
        name, pressed_at = recorder.next()
        assert name == "pressed"
        assert recorder.quiet(), "auto-repeat and the guard must say nothing while the key is held"
        xdotool("keyup", "space", "ctrl")
        name, released_at = recorder.next()
        assert name == "released"
        assert isinstance(pressed_at, float)
        assert isinstance(released_at, float)
        assert begun < pressed_at < released_at < time.monotonic()
        assert released_at - pressed_at > QUIET_S
        assert recorder.quiet()


def hold_for(recorder: HotkeyRecorder, hold_s: float) -> None:
    """Hold Ctrl+Space with auto-repeat, let go as a hand does, Space first, and see that it is told as one hold."""
    xdotool("keydown", "ctrl", "space")
    assert recorder.next()[0] == "pressed"
    assert recorder.quiet(hold_s)
    xdotool("keyup", "space", "sleep", "0.05", "keyup", "ctrl")
    assert recorder.next()[0] == "released"
    assert recorder.quiet()


def auto_repeats() -> bool:
    keyboard = display.Display()
    try:
        return bool(keyboard.get_keyboard_control().global_auto_repeat)
    finally:
        keyboard.close()


@pytest.mark.usefixtures("x_server")
def test_auto_repeat_neither_ends_a_long_hold_nor_follows_it() -> None:
    assert auto_repeats()
    with listening("ctrl+space") as recorder:
        hold_for(recorder, 3.0)


@pytest.mark.bench
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("x_server")
@pytest.mark.parametrize("hold_s", [0.9, 3.0, 5.0])
def test_twenty_long_holds_on_a_busy_machine(hold_s: float) -> None:
    """By hand, with `-m bench`: a process that eats a core and a thread that eats the interpreter run beside."""
    assert auto_repeats()
    done = threading.Event()
    eater = threading.Thread(target=lambda: [sum(range(20_000)) for _ in iter(done.is_set, True)])
    hog = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    eater.start()
    try:
        with listening("ctrl+space") as recorder:
            for _ in range(20):
                hold_for(recorder, hold_s)
    finally:
        done.set()
        eater.join(WAIT_S)
        hog.kill()
        hog.wait(WAIT_S)


@pytest.mark.usefixtures("x_server")
@pytest.mark.parametrize(
    ("hotkey", "down", "up"),
    [
        ("ctrl+space", ["Control_R", "space"], ["Control_R", "space"]),
        ("f9", ["F9"], ["F9"]),
        ("ctrl+shift+1", ["shift", "ctrl", "1"], ["shift", "1", "ctrl"]),
        ("alt+shift+k", ["shift", "alt", "k"], ["k", "shift", "alt"]),
        ("super+pause", ["super", "Pause"], ["Pause", "super"]),
        ("ctrl+space", ["Caps_Lock", "ctrl", "space"], ["space", "ctrl", "Caps_Lock"]),
    ],
)
def test_any_order_either_side_and_keys_that_shift_renames(hotkey: str, down: list[str], up: list[str]) -> None:
    with listening(hotkey) as recorder:
        for _ in range(2):
            xdotool("keydown", *down)
            assert recorder.next()[0] == "pressed"
            xdotool("keyup", *up)
            assert recorder.next()[0] == "released"
        assert recorder.quiet()


@pytest.mark.usefixtures("x_server")
def test_other_combinations_are_not_taken_for_the_hotkey() -> None:
    with listening("ctrl+space") as recorder:
        xdotool("key", "ctrl+shift+space")
        xdotool("key", "space")
        xdotool("key", "ctrl+k")
        assert recorder.quiet()
        xdotool("key", "ctrl+space")
        assert [recorder.next()[0], recorder.next()[0]] == ["pressed", "released"]


@pytest.mark.usefixtures("x_server")
def test_a_tap_during_a_held_hotkey_of_another_key_changes_nothing() -> None:
    with listening("ctrl+space") as recorder:
        xdotool("keydown", "ctrl", "space")
        assert recorder.next()[0] == "pressed"
        xdotool("key", "k")
        assert recorder.quiet()
        xdotool("keyup", "space", "ctrl")
        assert recorder.next()[0] == "released"


@pytest.mark.usefixtures("x_server")
def test_a_lost_key_up_ends_the_hold() -> None:
    taker = X11Keyboard(parse("ctrl+space"))  # so that no event of our own grab tells of the key-up either
    assert taker.grab()
    with listening("ctrl+space", first="noticed") as recorder:
        assert recorder.next()[0] == "available"
        xdotool("keydown", "ctrl", "space")
        assert recorder.next()[0] == "pressed"
        with _mute_releases():
            xdotool("keyup", "space", "ctrl")
            assert recorder.next()[0] == "released"
        xdotool("key", "ctrl+space")
        assert [recorder.next()[0], recorder.next()[0]] == ["pressed", "released"]
    taker.close()


@contextmanager
def _mute_releases() -> Iterator[None]:
    real = X11Keyboard.identify
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(X11Keyboard, "identify", lambda self, keysym: None)
        yield
    assert X11Keyboard.identify is real


@pytest.mark.usefixtures("x_server")
def test_the_focused_program_does_not_get_the_hotkey_and_a_second_taker_is_noticed() -> None:
    combination = parse("ctrl+space")
    with listening("ctrl+space") as recorder:
        other = X11Keyboard(combination)
        assert not other.grab(), "the combination is ours alone"
        other.close()
        assert recorder.quiet()
    first = X11Keyboard(combination)
    assert first.grab(), "stop() gave the grab back"
    try:
        with listening("ctrl+space", first="noticed") as recorder:
            assert recorder.next() == ("available", "Ctrl+Space")
            xdotool("key", "ctrl+space")
            assert [recorder.next()[0], recorder.next()[0]] == ["pressed", "released"]
    finally:
        first.close()


@pytest.mark.usefixtures("x_server")
def test_a_new_keyboard_layout_is_followed() -> None:
    with listening("ctrl+k") as recorder:
        swap = display.Display()
        keysyms = swap.get_keyboard_mapping(44, 2)  # the keys j and k
        swap.change_keyboard_mapping(44, [keysyms[1], keysyms[0]])
        swap.sync()
        swap.close()

        def heard() -> bool:
            xdotool("keydown", "ctrl", "44")
            quiet = recorder.quiet()
            xdotool("keyup", "44", "ctrl")
            return not quiet

        wait_until(heard, WAIT_S, "the new key is the hotkey")
        assert recorder.next()[0] == "released"
        probe = X11Keyboard(parse("ctrl+k"))
        assert not probe.grab(), "the new key is kept from the focused program"
        probe.close()


@pytest.mark.usefixtures("x_server")
def test_stopping_while_held_releases_and_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    for held in (False, True, False):
        with listening("ctrl+space") as recorder:
            if held:
                xdotool("keydown", "ctrl", "space")
                assert recorder.next()[0] == "pressed"
        if held:
            assert recorder.next()[0] == "released"
            xdotool("keyup", "space", "ctrl")
        assert set(threading.enumerate()) <= before
        assert recorder.quiet()


def test_a_lost_x_server_is_reported(x_server: subprocess.Popen[bytes]) -> None:
    before = set(threading.enumerate())
    with listening("ctrl+space") as recorder:
        x_server.terminate()
        name, error = recorder.next()
        assert name == "unavailable"
        assert isinstance(error, CompanionError)
        assert error.code == "hotkey-failed"
    assert set(threading.enumerate()) <= before


def test_no_x_server_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":971")
    with listening("ctrl+space", first="unavailable") as recorder:
        assert recorder.quiet()

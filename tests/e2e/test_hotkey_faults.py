"""The hotkey on a real X server while other programs do what they like: lock the screen, open menus, change the layout.

VT switches are the one thing that a virtual screen cannot show; for the keys they are a lost key-up, which
`test_hotkey_x11.py` has.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from Xlib import X
from Xlib.display import Display

from tests.e2e.hotkey_recorder import WAIT_S, HotkeyRecorder
from tests.e2e.x_server import listening, private_x_server, xdotool

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not shutil.which("Xvfb") or not shutil.which("xdotool"), reason="needs Xvfb and xdotool"),
]


@pytest.fixture(autouse=True)
def _x_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with private_x_server(monkeypatch):
        yield


@contextmanager
def keyboard_taken(*, succeeds: bool = True) -> Iterator[None]:
    """Take the whole keyboard, as a screen locker or an open menu of another program does."""
    other = Display()
    root = other.screen().root
    try:
        status = root.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        assert (status == X.GrabSuccess) is succeeds
        yield
    finally:
        other.ungrab_keyboard(X.CurrentTime)
        other.close()


def hold_and_let_go(recorder: HotkeyRecorder) -> None:
    xdotool("keydown", "ctrl", "space")
    assert recorder.next()[0] == "pressed"
    xdotool("keyup", "space", "ctrl")
    assert recorder.next()[0] == "released"
    assert recorder.quiet()


@contextmanager
def held(recorder: HotkeyRecorder) -> Iterator[None]:
    """Hold the hotkey, and see that letting go behind it ends the one hold."""
    xdotool("keydown", "ctrl", "space")
    assert recorder.next()[0] == "pressed"
    yield
    assert recorder.quiet(), "the hold goes on"
    xdotool("keyup", "space", "ctrl")
    assert recorder.next()[0] == "released"
    assert recorder.quiet()


def test_a_screen_can_be_locked_as_soon_as_the_key_is_up() -> None:
    with listening("ctrl+space") as recorder:
        with held(recorder), keyboard_taken(succeeds=False):
            pass  # a locker tries again
        with keyboard_taken():
            assert recorder.quiet()
        hold_and_let_go(recorder)


def test_a_hold_while_another_program_has_the_keyboard_is_heard() -> None:
    with listening("ctrl+space") as recorder, keyboard_taken():
        hold_and_let_go(recorder)


def test_a_keyboard_taken_or_given_back_while_held_ends_nothing() -> None:
    with listening("ctrl+space") as recorder:
        with keyboard_taken():
            xdotool("keydown", "ctrl", "space")
            assert recorder.next()[0] == "pressed"
        assert recorder.quiet(), "the hold goes on"
        xdotool("keyup", "space", "ctrl")
        assert recorder.next()[0] == "released"
        hold_and_let_go(recorder)


@pytest.mark.skipif(not shutil.which("setxkbmap"), reason="needs setxkbmap")
@pytest.mark.parametrize("layout", ["fr", "us(dvorak)", "ru"])
def test_a_layout_switched_while_held_ends_nothing(layout: str) -> None:
    with listening("ctrl+space") as recorder:
        with held(recorder):
            subprocess.run(["setxkbmap", layout], check=True, timeout=WAIT_S)
        hold_and_let_go(recorder)


def test_a_second_modifier_while_held_ends_nothing_and_one_before_is_another_combination() -> None:
    with listening("ctrl+space") as recorder:
        with held(recorder):
            xdotool("keydown", "shift", "keyup", "shift")
        xdotool("keydown", "shift", "ctrl", "space", "keyup", "space", "ctrl", "shift")
        assert recorder.quiet()
        hold_and_let_go(recorder)

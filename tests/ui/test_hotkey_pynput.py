"""Key events and looks at the keyboard, interleaved as threads may interleave them: one hold is told as one hold."""

from collections.abc import Callable, Iterator

import pytest

from companion.keys import parse
from companion.ui.hotkey_base import HotkeyListener
from companion.ui.hotkey_pynput import PynputBackend


class Keyboard:
    """Stands in for the X server's keyboard: the keys that are physically down, and what happens at the next look."""

    def __init__(self) -> None:
        self.down: set[str] = set()
        self.looks = 0
        self.meanwhile: Callable[[], None] = lambda: None

    def names_down(self) -> frozenset[str]:
        seen = frozenset(self.down)
        self.looks += 1
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        return seen


class Hold:
    """A back end whose threads do not run: the test is all of them."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.keyboard = Keyboard()
        listener = HotkeyListener(
            pressed=lambda _: self.told.append("pressed"),
            released=lambda _: self.told.append("released"),
            available=self.told.append,
            unavailable=lambda error: self.told.append(error.code),
            noticed=lambda error: self.told.append(error.code),
        )
        self.backend = PynputBackend(parse("ctrl+space"), listener)
        self.backend._x11 = self.keyboard  # type: ignore[assignment]
        self.backend._identify = lambda key: (key, key)

    def press(self, *names: str) -> None:
        """Keys go down, and their events arrive."""
        for name in names:
            self.keyboard.down.add(name)
            self.backend._on_press(name)

    def release(self, *names: str) -> None:
        """Keys go up, and their events arrive."""
        for name in names:
            self.keyboard.down.discard(name)
            self.backend._on_release(name)

    def look(self) -> None:
        """The guard compares the hold with the keyboard."""
        self.backend._verify(self.keyboard)  # type: ignore[arg-type]


@pytest.fixture
def hold() -> Iterator[Hold]:
    hold = Hold()
    yield hold
    hold.backend.stop()


def test_auto_repeat_on_its_way_when_the_guard_sees_the_key_up_is_no_second_press(hold: Hold) -> None:
    hold.press("ctrl", "space")
    hold.keyboard.down.discard("space")
    hold.look()
    hold.backend._on_press("space")
    hold.release("space", "ctrl")
    assert hold.told == ["pressed", "released"]


def test_a_look_from_before_the_next_hold_does_not_end_it(hold: Hold) -> None:
    hold.press("ctrl", "space")
    hold.keyboard.down.discard("space")

    def next_hold() -> None:
        hold.backend._on_release("space")
        hold.press("space")

    hold.keyboard.meanwhile = next_hold
    hold.look()
    assert hold.told == ["pressed", "released", "pressed"]
    hold.look()
    assert hold.backend._chord.held


def test_a_lost_key_up_is_found_and_the_next_press_counts(hold: Hold) -> None:
    hold.press("ctrl", "space")
    hold.keyboard.down.clear()
    hold.look()
    hold.press("ctrl", "space")
    assert hold.told == ["pressed", "released", "pressed"]


def test_auto_repeat_asks_the_x_server_nothing(hold: Hold) -> None:
    hold.press("ctrl", "space")
    looks = hold.keyboard.looks
    for _ in range(50):
        hold.press("space")
    assert hold.keyboard.looks == looks
    assert hold.told == ["pressed"]

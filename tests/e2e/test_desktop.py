"""The real program on a real screen: closing with and without a tray, the orb, and nobody's focus taken."""

import shutil
import signal
from collections.abc import Iterator

import pytest
from Xlib import X
from Xlib.display import Display
from Xlib.protocol.event import ClientMessage

from tests.e2e.program import Program
from tests.e2e.status_bus import Panel, panel
from tests.e2e.virtual_desktop import VirtualDesktop, sound_card_missing, wait_until

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.models,
    pytest.mark.skipif(sound_card_missing() is not None, reason=str(sound_card_missing())),
    pytest.mark.skipif(shutil.which("xdotool") is None, reason="no xdotool: apt-get install xdotool xvfb"),
    pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="needs dbus-daemon"),
]
WAIT_S = 10.0


class Screen:
    """What is on the private screen."""

    def __init__(self, desktop: VirtualDesktop) -> None:
        self._desktop = desktop
        self._display = Display(desktop.env["DISPLAY"])

    def close(self) -> None:
        self._display.close()

    def windows(self) -> dict[int, tuple[int, int]]:
        """Return the program's visible windows and their sizes."""
        found = {}
        for window in self._display.screen().root.query_tree().children:
            if window.get_attributes().map_state == X.IsViewable and (window.get_wm_name() or "").strip():
                size = window.get_geometry()
                if size.width > 1:
                    found[window.id] = (size.width, size.height)
        return found

    def main(self) -> int | None:
        """Return the main window, if it is on the screen."""
        return next((window for window, (_, height) in self.windows().items() if height >= 400), None)

    def orb(self) -> int | None:
        """Return the orb, if it is on the screen."""
        return next((window for window, (_, height) in self.windows().items() if height < 400), None)

    def focused(self) -> int:
        """Return the window that has the keyboard."""
        focus = self._display.get_input_focus().focus
        return int(getattr(focus, "id", focus))

    def give_focus(self, window: int) -> None:
        """Give a window the keyboard, as a click of the user would."""
        self._desktop.xdotool("windowfocus", "--sync", str(window))

    def other_window(self) -> int:
        """Open a window of another program, and give it the keyboard."""
        root = self._display.screen().root
        window = root.create_window(0, 0, 300, 500, 0, self._display.screen().root_depth)
        window.map()
        self._display.sync()
        self.give_focus(window.id)
        return int(window.id)

    def ask_to_close(self, window: int) -> None:
        """Do what the cross in a title bar does."""
        target = self._display.create_resource_object("window", window)
        atom = self._display.intern_atom
        data = (32, [atom("WM_DELETE_WINDOW"), X.CurrentTime, 0, 0, 0])
        target.send_event(ClientMessage(window=target, client_type=atom("WM_PROTOCOLS"), data=data))
        self._display.sync()


@pytest.fixture
def desktop() -> Iterator[VirtualDesktop]:
    with VirtualDesktop() as desktop:
        desktop.env["COMPANION_HOME"] = desktop.env["HOME"]
        yield desktop


@pytest.fixture
def screen(desktop: VirtualDesktop) -> Iterator[Screen]:
    screen = Screen(desktop)
    yield screen
    screen.close()


@pytest.fixture
def bus() -> Iterator[Panel]:
    with panel() as bus:
        yield bus


def started(desktop: VirtualDesktop, *arguments: str, bus: Panel | None = None) -> Program:
    address = bus.address if bus else "unix:path=/nonexistent"
    return Program(desktop, *arguments, extra={"DBUS_SESSION_BUS_ADDRESS": address})


def test_with_a_tray_closing_hides_a_second_start_raises_and_quit_quits(
    desktop: VirtualDesktop, screen: Screen, bus: Panel
) -> None:
    running = started(desktop, bus=bus)
    try:
        running.wait_for_line("ready in")
        wait_until(lambda: bool(bus.items), WAIT_S, "the icon is in the tray")
        for _ in range(2):
            wait_until(lambda: screen.main() is not None, WAIT_S, "the window shows")
            window = screen.main()
            assert window is not None
            screen.ask_to_close(window)
            wait_until(lambda: screen.main() is None, WAIT_S, "the window hides")
            assert running.process.poll() is None
            assert running.command().returncode == 0
        wait_until(lambda: screen.main() is not None, WAIT_S, "a second start raises the window")
        assert [title for title, _ in bus.notifications] == ["Companion keeps running"], "said once"
        bus.click()
        wait_until(lambda: screen.main() is None, WAIT_S, "a click on the tray hides the window")
        bus.click()
        wait_until(lambda: screen.main() is not None, WAIT_S, "and shows it")
        window = screen.main()
        assert window is not None
        screen.give_focus(window)
        desktop.xdotool("key", "ctrl+q")
        assert running.wait_end() == 0, running.output
    finally:
        running.kill()


def test_without_a_tray_closing_ends_the_program(desktop: VirtualDesktop, screen: Screen) -> None:
    running = started(desktop)
    try:
        running.wait_for_line("ready in")
        window = screen.main()
        assert window is not None
        screen.ask_to_close(window)
        assert running.wait_end() == 0, running.output
    finally:
        running.kill()


def test_a_hidden_start_shows_the_tray_only_and_ends_on_a_signal(
    desktop: VirtualDesktop, screen: Screen, bus: Panel
) -> None:
    running = started(desktop, "--hidden", bus=bus)
    try:
        running.wait_for_line("ready in")
        wait_until(lambda: bool(bus.items), WAIT_S, "the icon is in the tray")
        assert screen.windows() == {}
        assert running.command("--hidden").returncode == 0, "a second one at login ends quietly"
        assert screen.windows() == {}
        running.process.send_signal(signal.SIGTERM)
        assert running.wait_end() == 0, running.output
    finally:
        running.kill()


def test_the_orb_takes_nobodys_keyboard(desktop: VirtualDesktop, screen: Screen, bus: Panel) -> None:
    running = started(desktop, bus=bus)
    try:
        running.wait_for_line("ready in")
        window = screen.main()
        assert window is not None
        screen.give_focus(window)
        desktop.xdotool("key", "ctrl+shift+space")
        wait_until(lambda: screen.orb() is not None and screen.main() is None, WAIT_S, "the orb takes its place")
        orb = screen.orb()
        assert orb is not None
        assert screen.focused() != orb
        other = screen.other_window()
        assert running.command("press").returncode == 0
        assert running.command("release").returncode == 0
        assert running.command("press").returncode == 0
        wait_until(lambda: "Listening" in bus.tool_tip(), WAIT_S, "it listens")
        assert screen.focused() == other
        assert running.command("release").returncode == 0
        wait_until(lambda: "Ready" in bus.tool_tip(), WAIT_S, "the turn is over")
        assert screen.focused() == other
        screen.give_focus(orb)
        desktop.xdotool("key", "Escape")
        wait_until(lambda: screen.orb() is None, WAIT_S, "Escape goes back to the window")
        assert running.end() == 0
    finally:
        running.kill()

"""The real program on a real screen: closing with and without a tray, the orb, and nobody's focus taken."""

import shutil
import signal
from collections.abc import Iterator

import pytest

from tests.e2e.program import Program
from tests.e2e.screen import Screen
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

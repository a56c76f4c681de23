"""The real program and keys that are not what they should be: too many, too early, too late, and at the wrong place."""

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic

import pytest

from companion.history.schema import FILE_NAME
from tests.e2e.program import READY_S, REPLY_S, Program, audible, hush, speak
from tests.e2e.screen import Screen
from tests.e2e.status_bus import Panel, panel
from tests.e2e.virtual_desktop import VirtualDesktop, sound_card_missing, wait_until
from tests.recordings import Recording, Recordings

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.models,
    pytest.mark.skipif(sound_card_missing() is not None, reason=str(sound_card_missing())),
    pytest.mark.skipif(shutil.which("xdotool") is None, reason="no xdotool: apt-get install xdotool xvfb"),
    pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="needs dbus-daemon"),
]
WAIT_S = 10.0
PRESSES = ["keydown", "space", "sleep", "0.05", "keyup", "space", "sleep", "0.05"] * 50
"""Fifty presses in five seconds, with Ctrl held."""

MOST_GROWN_KIB = 40 * 1024
"""How much larger the process may be after fifty presses: a leak of one utterance's buffer each would be 96 MiB."""


class User:
    """The program, and what its user does and finds."""

    def __init__(self, desktop: VirtualDesktop, program: Program, bus: Panel) -> None:
        self.desktop = desktop
        self.program = program
        self.bus = bus
        self.screen = Screen(desktop)

    def said(self) -> list[str]:
        """Return what is kept of the user's words, oldest first."""
        file = next(Path(self.desktop.env["HOME"]).rglob(FILE_NAME))
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            return [text for (text,) in connection.execute("SELECT text FROM messages WHERE role = 'user' ORDER BY id")]

    def threads(self) -> int:
        return len(list(Path(f"/proc/{self.program.process.pid}/task").iterdir()))

    def size_kib(self) -> int:
        status = Path(f"/proc/{self.program.process.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))

    def asks(self, question: Recording) -> None:
        """Ask with the hotkey, and hear the answer."""
        kept = len(self.said())
        with self.desktop.listen() as speaker:
            begun_s = monotonic()
            speak(self.desktop, question.samples, question.voiced_end_s)
            audible(speaker, begun_s)
            hush(self.desktop, speaker)
        wait_until(lambda: len(self.said()) == kept + 1, WAIT_S, "the question is kept, once")


@pytest.fixture(scope="module")
def user() -> Iterator[User]:
    with VirtualDesktop() as desktop, panel() as bus:
        desktop.env["COMPANION_HOME"] = desktop.env["HOME"]
        running = Program(desktop, extra={"DBUS_SESSION_BUS_ADDRESS": bus.address})
        user = User(desktop, running, bus)
        try:
            running.wait_for_line("ready in")
            wait_until(lambda: bool(bus.items), WAIT_S, "the icon is in the tray")
            yield user
        finally:
            user.screen.close()
            running.kill()


@pytest.fixture
def _no_leaked_threads() -> None:
    """The module's program keeps its reader between tests."""


def test_fifty_presses_after_a_question_answer_it_once_and_leave_nothing_behind(
    user: User, recordings: Recordings
) -> None:
    question = recordings["google_brooklyn_bridge"]
    user.asks(question)
    before, threads, size_kib = user.said(), user.threads(), user.size_kib()
    speak(user.desktop, question.samples, question.voiced_end_s)
    user.desktop.xdotool("keydown", "ctrl", *PRESSES, "keyup", "ctrl")
    assert user.program.command("release").returncode == 0, "the window's thread answers"
    # A press before the answer begins goes on with the question: then its whole reply comes behind the last release.
    wait_until(lambda: "Ready" in user.bus.tool_tip(), REPLY_S, "it is idle")
    wait_until(lambda: len(user.said()) == len(before) + 1, WAIT_S, "the question is kept")
    user.asks(recordings["unmute_seine"])
    assert len(user.said()) == len(before) + 2, "no press began a turn of its own"
    assert user.threads() <= threads
    assert user.size_kib() - size_kib < MOST_GROWN_KIB


def test_a_window_closed_while_the_key_is_held_listens_on(user: User, recordings: Recordings) -> None:
    question = recordings["unmute_seine"]
    kept = len(user.said())
    window = user.screen.main()
    assert window is not None
    with user.desktop.listen() as speaker:
        begun_s = monotonic()
        user.desktop.xdotool("keydown", "ctrl", "space")
        user.screen.ask_to_close(window)
        wait_until(lambda: user.screen.main() is None, WAIT_S, "the window hides")
        speak(user.desktop, question.samples, question.voiced_end_s)
        audible(speaker, begun_s)
        hush(user.desktop, speaker)
    wait_until(lambda: len(user.said()) == kept + 1, WAIT_S, "the question is kept")


def test_what_was_not_understood_with_the_window_closed_is_told_by_the_desktop(
    user: User, recordings: Recordings
) -> None:
    assert user.screen.main() is None
    kept = user.said()
    speak(user.desktop, recordings["noise_cough"].samples, 1.0)
    wait_until(lambda: "Companion did not understand" in dict(user.bus.notifications), WAIT_S, "the desktop is told")
    assert user.said() == kept
    assert user.program.command().returncode == 0
    wait_until(lambda: user.screen.main() is not None, WAIT_S, "the window shows again")


def test_a_press_with_a_dialog_open_is_heard_and_presses_none_of_its_buttons(
    user: User, recordings: Recordings
) -> None:
    window = user.screen.main()
    assert window is not None
    user.screen.give_focus(window)
    windows = set(user.screen.windows())
    user.desktop.xdotool("key", "ctrl+comma")
    wait_until(lambda: set(user.screen.windows()) > windows, WAIT_S, "the settings open")
    (settings,) = set(user.screen.windows()) - windows
    user.screen.give_focus(settings)
    user.desktop.xdotool("key", "Tab", "key", "Tab")
    user.asks(recordings["unmute_seine"])
    assert settings in user.screen.windows()
    user.screen.ask_to_close(settings)
    wait_until(lambda: settings not in user.screen.windows(), WAIT_S, "the settings close")


def test_a_key_held_while_everything_loads_is_heard_as_soon_as_possible(recordings: Recordings) -> None:
    question = recordings["google_brooklyn_bridge"]
    with VirtualDesktop() as desktop, desktop.listen() as speaker:
        running = Program(desktop)
        try:
            wait_until(lambda: running.command("press").returncode == 0, READY_S, "the program takes commands")
            assert not running.output, "it is still loading"
            running.wait_for_line("ready in")
            with desktop.say(question.samples, 16_000) as player:
                player.wait(WAIT_S)
            released_s = monotonic()
            assert running.command("release").returncode == 0
            audible(speaker, released_s)
        finally:
            running.kill()


@pytest.mark.soak
def test_presses_during_the_end_of_the_program_keep_it_from_nothing() -> None:
    with VirtualDesktop() as desktop:
        running = Program(desktop)
        try:
            running.wait_for_line("ready in")
            presses = subprocess.Popen(["xdotool", "keydown", "ctrl", *PRESSES, "keyup", "ctrl"], env=desktop.env)
            desktop.xdotool("sleep", "0.3")
            assert running.end() == 0, running.output
            assert presses.wait(WAIT_S) == 0
        finally:
            running.kill()

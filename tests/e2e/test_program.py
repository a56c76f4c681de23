"""The whole program: real models, real window, real keys, a virtual microphone and loudspeaker."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from tests.e2e.program import COMPANION, Program, audible, hush, program, speak
from tests.e2e.virtual_desktop import VirtualDesktop, sound_card_missing, wait_until
from tests.recordings import Recordings

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.models,
    pytest.mark.skipif(sound_card_missing() is not None, reason=str(sound_card_missing())),
    pytest.mark.skipif(shutil.which("xdotool") is None, reason="no xdotool: apt-get install xdotool xvfb"),
]

CLOSE_S = 2.0
"""Promised: closing ends the process within this, in every state."""


@pytest.fixture(scope="module")
def desktop() -> Iterator[VirtualDesktop]:
    with VirtualDesktop() as desktop:
        yield desktop


@pytest.fixture(scope="module")
def running(desktop: VirtualDesktop) -> Iterator[Program]:
    """One program for the tests that only talk to it."""
    with program(desktop) as running:
        yield running


@pytest.fixture
def _no_leaked_threads() -> None:
    """The module's program keeps its reader between tests."""


def test_a_question_asked_with_the_hotkey_is_answered_aloud(
    desktop: VirtualDesktop, running: Program, recordings: Recordings
) -> None:
    question = recordings["google_brooklyn_bridge"]
    with desktop.listen() as speaker:
        begun_s = monotonic()
        released_s = speak(desktop, question.samples, question.voiced_end_s)
        first_s = audible(speaker, begun_s)
        assert first_s > released_s - 0.05, "it does not speak over the user"


def test_pressing_in_a_reply_silences_it(desktop: VirtualDesktop, running: Program, recordings: Recordings) -> None:
    question = recordings["so_0457_0256"]
    with desktop.listen() as speaker:
        released_s = speak(desktop, question.samples, question.voiced_end_s)
        audible(speaker, released_s)
        pressed_s = monotonic()
        desktop.xdotool("keydown", "ctrl", "space")
        wait_until(lambda: monotonic() > pressed_s + 1.0, 5, "a second passes")
        assert speaker.silent_from(pressed_s) - pressed_s < 0.5, "silent while the user has the word"
        desktop.xdotool("keyup", "space", "ctrl")


def test_scripts_can_press_and_release(desktop: VirtualDesktop, running: Program, recordings: Recordings) -> None:
    question = recordings["unmute_seine"]
    with desktop.listen() as speaker:
        assert running.command("press").returncode == 0
        with desktop.say(question.samples, 16_000) as player:
            player.wait(10)
        released_s = monotonic()
        assert running.command("release").returncode == 0
        assert audible(speaker, released_s) > released_s


def test_a_second_start_raises_the_first(running: Program) -> None:
    begun_s = monotonic()
    assert running.command().returncode == 0
    assert monotonic() - begun_s < 10
    assert running.process.poll() is None


def test_noise_is_answered_with_nothing(desktop: VirtualDesktop, running: Program, recordings: Recordings) -> None:
    noise = recordings["noise_keyboard"]
    with desktop.listen() as speaker:
        hush(desktop, speaker)
        begun_s = monotonic()
        speak(desktop, noise.samples[: 16_000 * 3], 3.0)
        with pytest.raises(TimeoutError):
            audible(speaker, begun_s, 3.0)


@pytest.mark.parametrize("state", ["loading", "idle", "listening", "speaking"])
def test_closing_ends_the_process_in_every_state(state: str, recordings: Recordings) -> None:
    with VirtualDesktop() as desktop, desktop.listen() as speaker:
        running = Program(desktop)
        try:
            if state == "loading":
                wait_until(lambda: _has_window(desktop), 30, "the window shows")
            else:
                running.wait_for_line("ready in")
            if state == "listening":
                desktop.xdotool("keydown", "ctrl", "space")
            if state == "speaking":
                question = recordings["google_brooklyn_bridge"]
                audible(speaker, speak(desktop, question.samples, question.voiced_end_s))
            begun_s = monotonic()
            assert running.end() == 0, running.output
            if state != "loading":  # a model that is being loaded cannot be stopped half-way
                assert monotonic() - begun_s < CLOSE_S + 1, "with a margin for a busy machine"
        except TimeoutError as error:
            raise AssertionError(running.output) from error
        finally:
            running.kill()


def test_missing_models_are_said_with_the_command_that_fetches_them(tmp_path: Path) -> None:
    with VirtualDesktop() as desktop:
        running = Program(desktop, extra={"COMPANION_MODELS": str(tmp_path / "none")})
        try:
            line = running.wait_for_line("companion: ")
            assert "companion models pull starter" in line
            assert running.process.poll() is None, "the window stays and says it too"
        finally:
            running.kill()


def test_it_answers_without_any_network() -> None:
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("no unshare: apt-get install util-linux")
    question = "companion/resources/questions/google_brooklyn_bridge.flac"
    root = Path(__file__).resolve().parents[2]
    alone = subprocess.run([unshare, "--net", "--map-root-user", "true"], capture_output=True, check=False)
    if alone.returncode != 0:
        pytest.skip("this system allows no network namespaces")
    done = subprocess.run(
        [unshare, "--net", "--map-root-user", str(COMPANION), "ask", str(root / question)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Brooklyn Bridge" in done.stdout


def _has_window(desktop: VirtualDesktop) -> bool:
    found = subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--name", "Companion"],
        env=desktop.env,
        capture_output=True,
        check=False,
    )
    return bool(found.stdout.strip())

"""What is told of broken sound: the window's banners and `companion doctor`; and that the program ends all the same."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from companion.engine.engine import Engine
from companion.engine.events import EngineState
from companion.ui.bridge import EngineBridge
from companion.ui.main_window import MainWindow
from companion.ui.theme import Theme
from tests.e2e.program import COMPANION, Program
from tests.e2e.sound_room import config, hold_devices, list_anew, parts, use_card
from tests.e2e.virtual_desktop import VirtualDesktop, sound_card_missing
from tests.ui.conftest import bridge, theme

__all__ = ["bridge", "theme"]

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sound_card_missing() is not None, reason=str(sound_card_missing())),
]

BACK_MS = 10_000


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualDesktop]:
    with VirtualDesktop(display=False) as card:
        use_card(card, monkeypatch)
        list_anew()
        yield card


def sentences(window: MainWindow) -> list[str]:
    return [banner.message.text() for banner in window.banners.banners.values()]


def test_the_window_says_one_sentence_for_each_fault_and_takes_it_back(
    qtbot: QtBot, theme: Theme, bridge: EngineBridge, card: VirtualDesktop
) -> None:
    engine = Engine(config(), parts(), bridge.receive)
    bridge.attach(engine)
    window = MainWindow(bridge, theme)
    qtbot.addWidget(window)
    window.show()
    engine.start()
    try:
        qtbot.waitUntil(lambda: window.state is EngineState.IDLE, timeout=BACK_MS)
        assert sentences(window) == []
        card.kill_sound()
        qtbot.waitUntil(lambda: sentences(window) == ["The sound system is not running."], timeout=BACK_MS)
        assert "systemctl --user restart" in next(iter(window.banners.banners.values())).hint.text()
        card.start_sound()
        qtbot.waitUntil(lambda: sentences(window) == [], timeout=BACK_MS)
        card.freeze_sound(True)
        qtbot.waitUntil(lambda: sentences(window) == ["The sound system does not answer."], timeout=BACK_MS)
        card.freeze_sound(False)
        qtbot.waitUntil(lambda: sentences(window) == [], timeout=BACK_MS)
    finally:
        card.freeze_sound(False)
        assert engine.close(10)


def doctor(card: VirtualDesktop) -> dict[str, str]:
    """Return what the doctor says of each device, with its fix."""
    done = subprocess.run([COMPANION, "doctor"], env=card.env, capture_output=True, text=True, timeout=60, check=False)
    found: dict[str, str] = {}
    part = ""
    for line in done.stdout.splitlines():
        if not line.startswith(" "):
            part = line.split()[1]
            found.setdefault(part, line[19:])
        elif part in found and "->" not in found[part]:
            found[part] += line.strip()
    return {part: found[part] for part in ("microphone", "speaker")}


def test_the_doctor_names_each_state_with_its_fix(card: VirtualDesktop, tmp_path: Path) -> None:
    assert doctor(card)["speaker"].startswith("default: open")
    card.pactl("suspend-source", "mic", "1")
    assert "no sound arrives-> Plug it in again" in doctor(card)["microphone"]
    card.unplug("microphone")
    card.unplug("speaker")
    card.pactl("unload-module", "module-null-sink")
    found = doctor(card)
    assert found["microphone"].startswith("No microphone was found.-> Plug one in")
    assert found["speaker"].startswith("No loudspeaker was found.-> Plug one in")
    card.kill_sound()
    for told in doctor(card).values():
        assert told.startswith("The sound system is not running.-> Restart it (systemctl --user restart")
    card.start_sound()
    card.freeze_sound(True)
    for told in doctor(card).values():
        assert told.startswith("The sound system does not answer.-> Restart it (systemctl --user restart")
    card.freeze_sound(False)
    hold_devices(card, tmp_path)
    found = doctor(card)
    assert found["microphone"].startswith("Another program is using the microphone.-> Close it")
    assert found["speaker"].startswith("Another program is using the loudspeaker.-> Close it")


@pytest.mark.soak
def test_the_watch_on_devices_ends_while_the_sound_system_hangs(card: VirtualDesktop) -> None:
    command = [sys.executable, "-m", "companion.device_watch"]
    with subprocess.Popen(command, env=card.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as watch:
        try:
            assert watch.stdin
            assert watch.stdout
            assert b"virtual_microphone" in watch.stdout.readline()
            card.freeze_sound(True)
            assert watch.stdout.readline() == b'{"microphones": [], "speakers": []}\n'
            watch.stdin.close()
            assert watch.wait(20) == 0
        finally:
            card.freeze_sound(False)
            watch.kill()


@pytest.mark.models
def test_the_program_ends_while_the_sound_system_hangs() -> None:
    with VirtualDesktop() as desktop:
        running = Program(desktop)
        try:
            running.wait_for_line("ready in")
            desktop.freeze_sound(True)
            assert running.end() == 0, running.output
        finally:
            desktop.freeze_sound(False)
            running.kill()

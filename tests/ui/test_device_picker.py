"""Choosing microphone and loudspeaker: the live list, the level, the test."""

import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from companion.engine.commands import MonitorMicrophone, Speak, StopSpeaking
from companion.engine.config import AudioConfig
from companion.engine.errors import AudioDeviceError
from companion.engine.events import (
    AudioDeviceChanged,
    EngineState,
    EngineStateChanged,
    MicrophoneLevel,
    SpeechEnded,
    SpeechStarted,
)
from companion.ui import device_strings as words
from companion.ui.bridge import EngineBridge
from companion.ui.device_list import DeviceList
from companion.ui.device_picker import SPEECH_ID, DevicePicker
from companion.ui.theme import Theme
from tests.fakes.devices import FakeDevices
from tests.fakes.engine import FakeEngine

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

Make = Callable[..., DevicePicker]


@pytest.fixture
def devices() -> FakeDevices:
    return FakeDevices()


@pytest.fixture
def make(qtbot: QtBot, theme: Theme, bridge: EngineBridge, engine: FakeEngine, devices: FakeDevices) -> Make:
    def make(audio: AudioConfig | None = None, **more: object) -> DevicePicker:
        picker = DevicePicker(theme, bridge, audio or AudioConfig(), devices=devices, **more)  # type: ignore[arg-type]
        qtbot.addWidget(picker)
        picker.show()
        qtbot.waitExposed(picker)
        return picker

    return make


def entries(picker: DevicePicker) -> list[str]:
    return [picker.microphone.itemText(index) for index in range(picker.microphone.count())]


def choose(qtbot: QtBot, picker: DevicePicker, steps: int) -> None:
    picker.microphone.setFocus()
    for _ in range(steps):
        QTest.keyClick(picker.microphone, Qt.Key.Key_Down)


def test_the_system_default_is_first_and_devices_come_and_go(make: Make, devices: FakeDevices) -> None:
    picker = make()
    assert entries(picker) == ["System default"]
    devices.plug(("Desk", "Headset"))
    assert entries(picker) == ["System default", "Desk", "Headset"]
    devices.plug(("Desk",))
    assert entries(picker) == ["System default", "Desk"]


def test_a_choice_made_with_the_keyboard_is_told(qtbot: QtBot, make: Make, devices: FakeDevices) -> None:
    picker = make()
    devices.plug(("Desk", "Headset"))
    with qtbot.waitSignal(picker.changed) as told:
        choose(qtbot, picker, 1)
    assert told.args == [AudioConfig(microphone="Desk")]
    assert picker.audio.speaker is None


def test_a_chosen_device_that_is_gone_stays_the_choice_and_is_said_to_be_gone(make: Make, devices: FakeDevices) -> None:
    picker = make(AudioConfig(microphone="Headset"))
    assert entries(picker) == ["System default", "Headset"], "nobody knows yet"
    devices.plug(("Desk",))
    assert entries(picker) == ["System default", "Desk", "Headset (not connected)"]
    assert picker.microphone.currentData() == "Headset"
    assert picker.microphone_gone.text == words.GONE_MICROPHONE
    devices.plug(("Desk", "Headset"))
    assert picker.microphone.currentText() == "Headset"
    assert not picker.microphone_gone.isVisible()


def test_a_device_that_we_hold_open_is_there_though_the_list_cannot_see_it(
    qtbot: QtBot, make: Make, devices: FakeDevices, engine: FakeEngine
) -> None:
    picker = make(AudioConfig(microphone="Headset"))
    devices.plug(("Desk",))
    engine.emit(AudioDeviceChanged(kind="microphone", name="Headset"))
    qtbot.waitUntil(lambda: picker.microphone.currentText() == "Headset")
    engine.emit(AudioDeviceChanged(kind="microphone", name=None))
    qtbot.waitUntil(lambda: picker.microphone.currentText() == "Headset (not connected)")


def test_the_level_is_asked_for_while_it_is_on_the_screen(
    qtbot: QtBot, make: Make, engine: FakeEngine, devices: FakeDevices
) -> None:
    picker = make(with_words=True)
    assert engine.posted(MonitorMicrophone) == [MonitorMicrophone(on=True, words=True)]
    engine.emit(EngineStateChanged(old=EngineState.SPEAKING, new=EngineState.IDLE, at_s=0))
    qtbot.waitUntil(lambda: len(engine.posted(MonitorMicrophone)) == 2)
    picker._ask.timeout.emit()
    assert len(engine.posted(MonitorMicrophone)) == 3
    assert devices.users == 1
    picker.hide()
    assert engine.commands[-1] == MonitorMicrophone(on=False)
    assert devices.users == 0


def test_one_that_shows_the_loudspeaker_only_leaves_the_microphone_alone(make: Make, engine: FakeEngine) -> None:
    picker = make(shows="speaker")
    picker.hide()
    assert engine.commands == []
    assert not picker.microphone.isVisibleTo(picker)


def test_the_level_moves_and_a_voice_is_told_in_words(qtbot: QtBot, make: Make, engine: FakeEngine) -> None:
    picker = make()
    assert picker.voice.text == words.SAY_SOMETHING
    with qtbot.waitSignal(picker.heard):
        engine.emit(MicrophoneLevel(dbfs=-20, voice=True))
    assert picker.voice.text == words.HEARD
    assert picker.level.share > 0.5
    picker._heard_timer.timeout.emit()
    assert picker.voice.text == words.SAY_SOMETHING


def test_a_microphone_without_any_sound_is_said_to_be_silent(qtbot: QtBot, make: Make, engine: FakeEngine) -> None:
    picker = make()
    picker._silent_timer.timeout.emit()
    assert picker.voice.text == words.NO_SOUND


def test_the_loudspeaker_is_tried_with_a_sentence(qtbot: QtBot, make: Make, engine: FakeEngine) -> None:
    picker = make()
    picker.test.setFocus()
    QTest.keyClick(picker.test, Qt.Key.Key_Space)
    assert engine.posted(Speak) == [Speak(text=words.TEST_SENTENCE, id=SPEECH_ID)]
    assert picker.test.text() == words.STOP
    engine.emit(SpeechStarted(id=SPEECH_ID))
    qtbot.waitUntil(lambda: picker.test_mark.text == words.TEST_PLAYING)
    with qtbot.waitSignal(picker.played):
        engine.emit(SpeechEnded(id=SPEECH_ID))
    assert picker.test.text() == words.TEST


def test_the_test_can_be_stopped_and_its_failure_is_said(qtbot: QtBot, make: Make, engine: FakeEngine) -> None:
    picker = make()
    picker.test.click()
    picker.test.click()
    assert isinstance(engine.commands[-1], StopSpeaking)
    engine.emit(SpeechEnded(id=SPEECH_ID))
    qtbot.waitUntil(lambda: picker.test.text() == words.TEST)
    picker.test.click()
    engine.emit(SpeechEnded(id=SPEECH_ID, error=AudioDeviceError("speaker-lost", "It is gone.", hint="Plug it in.")))
    qtbot.waitUntil(lambda: picker.test_mark.text == "It is gone. Plug it in.")
    assert picker.test.text() == words.TEST


def test_a_speech_of_someone_else_is_not_ours(qtbot: QtBot, make: Make, engine: FakeEngine) -> None:
    picker = make()
    picker.test.click()
    engine.emit(SpeechEnded(id=SPEECH_ID + 1), MicrophoneLevel(dbfs=-20, voice=True))
    qtbot.waitUntil(lambda: picker.voice.text == words.HEARD)
    assert picker.test.text() == words.STOP


# -- the list


def test_the_list_is_read_from_its_process(qtbot: QtBot) -> None:
    line = 'import sys; print(\'{"microphones": ["Desk"], "speakers": ["Desk", "TV"]}\', flush=True); sys.stdin.read()'
    found = DeviceList(command=[sys.executable, "-c", line])
    with qtbot.waitSignal(found.changed, timeout=10_000):
        found.start()
    assert (found.microphones, found.speakers) == (("Desk",), ("Desk", "TV"))
    child = found._child
    assert child is not None
    found.stop()
    with qtbot.waitSignal(child.destroyed, timeout=10_000):
        pass


def test_a_line_that_is_no_list_is_left_out(qtbot: QtBot, expect_log: Callable[[str], None]) -> None:
    expect_log("device_list WARNING")
    found = DeviceList()
    found._on_line("[]")
    found._on_line("{")
    assert found.microphones is None

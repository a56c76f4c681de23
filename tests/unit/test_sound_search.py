"""Devices that take their time: nobody waits for them, nothing is lost meanwhile, and a short loss is not spoken of."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from companion.engine import sound
from companion.engine.audio.search import DeviceSearch, SoundThread
from companion.engine.audio.virtual import RecordedMicrophone, SilentSpeaker
from companion.engine.config import AudioConfig
from companion.engine.errors import AudioDeviceError
from companion.engine.events import AudioDeviceChanged, Event, ProblemReported, ProblemResolved
from companion.engine.sound import CALM_S, TELL_AFTER_S, Sound

WAIT_S = 5.0


class SlowDesk:
    """Devices that open when they are let to, on a clock moved by hand."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.may_open = threading.Event()
        self.may_open.set()
        self.error: AudioDeviceError | None = None
        self.alive = {"microphone": True, "speaker": True}
        self.made: list[SilentSpeaker | RecordedMicrophone] = []
        self.closed: list[object] = []
        self.events: list[Event] = []
        self.config = AudioConfig()
        desk = self

        class Microphone(RecordedMicrophone):
            def open(self) -> None:
                desk.open("microphone")

            def close(self) -> None:
                desk.closed.append(self)
                super().close()

            @property
            def alive(self) -> bool:  # type: ignore[override]
                return desk.alive["microphone"]

        class Speaker(SilentSpeaker):
            def open(self, rate_hz: int) -> None:
                desk.open("speaker")
                super().open(rate_hz)

            def close(self) -> None:
                desk.closed.append(self)
                super().close()

            @property
            def alive(self) -> bool:
                return desk.alive["speaker"]

        def keep(device: SilentSpeaker | RecordedMicrophone) -> SilentSpeaker | RecordedMicrophone:
            self.made.append(device)
            return device

        self.sound = Sound(
            self.config,
            make_microphone=lambda _: keep(Microphone(np.zeros(0, np.float32), self.clock)),  # type: ignore[arg-type,return-value]
            make_speaker=lambda _: keep(Speaker(self.clock)),  # type: ignore[arg-type,return-value]
            rescan=lambda: None,
            publish=self.events.append,
            clock=self.clock,
        )

    def clock(self) -> float:
        return self.now_s

    def open(self, kind: str) -> None:
        assert self.may_open.wait(WAIT_S)
        self.alive[kind] = True
        if self.error is not None:
            raise self.error

    def pass_time(self, seconds: float, *, idle: bool = True, capturing: bool = False) -> None:
        self.now_s += seconds
        self.sound.poll(idle=idle, capturing=capturing)

    def settle(self) -> None:
        """Wait until whatever is being opened is open, and let it be noticed."""
        search = self.sound._search
        assert search is None or search.wait(WAIT_S)
        self.sound.poll(idle=False, capturing=True)

    def told(self) -> list[str]:
        return [event.error.code for event in self.events if isinstance(event, ProblemReported)]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowDesk]:
    monkeypatch.setattr(sound, "PATIENCE_S", 0.01)
    desk = SlowDesk()
    desk.sound.open(22_050)
    desk.events.clear()
    yield desk
    desk.may_open.set()
    desk.sound.close()


def test_sound_waits_for_a_speaker_that_is_being_opened(desk: SlowDesk) -> None:
    desk.may_open.clear()
    desk.sound.reopen(desk.config)
    waiting = desk.sound.speaker
    waiting.write(np.ones(1000, np.float32))
    desk.pass_time(3, idle=False)
    assert waiting.played == 0, "nothing is said to nobody"
    desk.may_open.set()
    desk.settle()
    assert desk.sound.speaker in desk.made


def test_without_any_speaker_sound_goes_on_to_nobody(desk: SlowDesk) -> None:
    desk.error = AudioDeviceError("speaker-missing", "None.")
    desk.sound.reopen(desk.config)
    desk.settle()
    silent = desk.sound.speaker
    silent.write(np.ones(1000, np.float32))
    desk.now_s += 1
    assert silent.played == 1000


def test_a_microphone_that_is_being_opened_is_waited_for(desk: SlowDesk) -> None:
    desk.may_open.clear()
    desk.sound.reopen(AudioConfig(keep_microphone_open=False))
    assert desk.sound.open_microphone(), "there will be one"
    assert desk.sound.microphone is None
    assert not desk.sound.deaf
    assert desk.sound.open_microphone(), "asking again begins nothing anew"
    assert sum(isinstance(device, RecordedMicrophone) for device in desk.made) == 2
    desk.may_open.set()
    desk.settle()
    assert desk.sound.microphone is desk.made[-1]


def test_a_microphone_that_is_wanted_no_longer_when_it_opens_is_closed(desk: SlowDesk) -> None:
    desk.may_open.clear()
    desk.sound.reopen(AudioConfig(keep_microphone_open=False))
    desk.sound.open_microphone()
    desk.sound.release_microphone()
    desk.may_open.set()
    desk.settle()
    assert desk.sound.microphone is None
    desk.sound.close()
    assert desk.made[-1] in desk.closed


def test_a_muted_microphone_is_not_used_when_it_opens(desk: SlowDesk) -> None:
    desk.may_open.clear()
    desk.sound.reopen(desk.config)
    desk.sound.mute(True)
    desk.may_open.set()
    desk.settle()
    assert desk.sound.microphone is None
    assert desk.sound.deaf


def test_a_loss_that_is_over_at_once_is_not_spoken_of(desk: SlowDesk) -> None:
    first = desk.sound.speaker
    desk.alive["speaker"] = False
    desk.pass_time(0.1, idle=False)
    desk.settle()
    assert desk.sound.speaker is not first
    assert desk.told() == []
    assert [event.kind for event in desk.events if isinstance(event, AudioDeviceChanged)] == ["speaker"]


def test_a_loss_that_lasts_is_told_and_taken_back(desk: SlowDesk) -> None:
    desk.may_open.clear()
    desk.alive["speaker"] = False
    desk.pass_time(0.1, idle=False)
    desk.pass_time(TELL_AFTER_S - 0.2, idle=False)
    assert desk.told() == []
    desk.pass_time(0.4, idle=False)
    assert desk.told() == ["speaker-lost"]
    desk.may_open.set()
    desk.settle()
    assert [event.code for event in desk.events if isinstance(event, ProblemResolved)] == ["speaker-lost"]


def test_a_device_that_comes_and_goes_is_told_at_once(desk: SlowDesk) -> None:
    for _ in range(2):
        desk.alive["speaker"] = False
        desk.pass_time(CALM_S / 2, idle=False)
        desk.settle()
    assert desk.told() == ["speaker-lost"]
    desk.pass_time(CALM_S + 1)
    desk.alive["speaker"] = False
    desk.pass_time(0.1, idle=False)
    desk.settle()
    assert desk.told() == ["speaker-lost"], "after a calm, once is nothing again"


def test_one_sound_system_that_is_gone_is_one_problem(desk: SlowDesk) -> None:
    desk.error = AudioDeviceError("audio-gone", "It is not running.")
    desk.alive.update(microphone=False, speaker=False)
    desk.pass_time(0.1, idle=False)
    desk.settle()
    assert desk.told() == ["audio-gone"]
    desk.error = None
    desk.sound.reopen(desk.config)
    desk.settle()
    assert [event.code for event in desk.events if isinstance(event, ProblemResolved)] == ["audio-gone"]


def test_what_one_device_waits_for_is_not_forgotten_when_the_other_is_lost(desk: SlowDesk) -> None:
    desk.may_open.clear()
    desk.alive["speaker"] = False
    desk.pass_time(0.1, idle=False)
    given_up = desk.made[-1]
    desk.alive["microphone"] = False
    desk.pass_time(0.1, idle=False)
    desk.may_open.set()
    desk.settle()
    assert desk.sound.speaker is desk.made[-2]
    assert desk.sound.microphone is desk.made[-1]
    desk.sound.close()
    assert given_up in desk.closed


def test_the_end_waits_for_no_device(desk: SlowDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "CLOSE_S", 0.05)
    desk.may_open.clear()
    desk.sound.reopen(desk.config)
    desk.sound.close()
    desk.may_open.set()


def test_searches_are_carried_out_one_after_the_other_and_to_the_last() -> None:
    thread = SoundThread()
    order: list[int] = []

    class Numbered(SilentSpeaker):
        def __init__(self, number: int) -> None:
            super().__init__(lambda: 0.0)
            self._number = number

        def close(self) -> None:
            order.append(self._number)

    searches = [DeviceSearch([Numbered(number)]) for number in range(5)]
    for search in searches:
        thread.start(search)
    thread.close(WAIT_S)
    assert order == list(range(5))
    assert all(search.done for search in searches)

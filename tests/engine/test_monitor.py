"""The microphone between turns: level, voice and words, its end, and what turns and devices do to it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from companion.engine.audio.virtual import RecordedMicrophone, SilentSpeaker
from companion.engine.commands import ApplyConfig, MonitorMicrophone, ReopenAudio, Shutdown, Speak, StopSpeaking
from companion.engine.config import AudioConfig
from companion.engine.events import (
    AudioDeviceChanged,
    EngineClosed,
    InputLevelChanged,
    MicrophoneLevel,
    MicrophoneWords,
    SpeechEnded,
    SpeechStarted,
    TurnCompleted,
    TurnStarted,
)
from companion.engine.monitor import MONITOR_S
from companion.engine.parts import real_parts
from companion.engine.sound_check import CHIME_RATE_HZ, SoundCheck, chime
from companion.headless import EventLog
from tests.engine.harness import WAIT_S, FastClock, Rig, running, tone


@pytest.fixture
def rig() -> Iterator[Rig]:
    with running(Rig()) as rig:
        yield rig


def monitor(rig: Rig, *, words: bool = False) -> int:
    return rig.post(MonitorMicrophone(on=True, words=words))


def wait_for_level(rig: Rig, after: int, *, voice: bool) -> None:
    while rig.wait(MicrophoneLevel, after).voice is not voice:
        after = rig.log.events.index(rig.wait(MicrophoneLevel, after), after) + 1


def test_the_level_is_told_before_any_turn_and_says_whether_there_is_a_voice(rig: Rig) -> None:
    begin = monitor(rig)
    wait_for_level(rig, begin, voice=True)
    assert rig.wait(MicrophoneLevel, begin).dbfs > -10
    wait_for_level(rig, begin, voice=False)
    assert not rig.all_of(InputLevelChanged, begin)


def test_it_ends_when_told_to(rig: Rig) -> None:
    rig.wait(MicrophoneLevel, monitor(rig))
    begin = rig.post(MonitorMicrophone(on=False))
    rig.wait(TurnCompleted, _turn(rig))  # a whole turn later
    assert len(rig.all_of(MicrophoneLevel, begin)) <= 1, "the one that was on its way"


def test_it_ends_by_itself_unless_it_is_asked_for_again(rig: Rig) -> None:
    rig.wait(MicrophoneLevel, monitor(rig))
    rig.engine._monitor._until_s = rig.clock()  # as if half a minute had passed
    begin = rig.now
    rig.wait(TurnCompleted, _turn(rig))
    assert len(rig.all_of(MicrophoneLevel, begin)) <= 1
    assert 10 <= MONITOR_S <= 60


def test_a_press_takes_the_microphone_over_and_the_turn_is_answered(rig: Rig) -> None:
    rig.wait(MicrophoneLevel, monitor(rig))
    begin = rig.press()
    rig.wait(TurnStarted, begin)
    rig.release()
    rig.wait(TurnCompleted, begin)
    first = next(index for index, event in enumerate(rig.log.events) if isinstance(event, TurnStarted))
    assert not [event for event in rig.log.events[first:] if isinstance(event, MicrophoneLevel)]


def test_in_a_turn_it_does_nothing(rig: Rig) -> None:
    begin = rig.press()
    rig.wait(TurnStarted, begin)
    monitor(rig)
    rig.release()
    rig.wait(TurnCompleted, begin)
    assert not rig.all_of(MicrophoneLevel, begin)


def test_words_are_transcribed_on_request_and_the_sentence_ends_with_its_pause(rig: Rig) -> None:
    begin = monitor(rig, words=True)
    words = rig.wait(MicrophoneWords, begin)
    while not words.final:
        begin = rig.log.events.index(words, begin) + 1
        words = rig.wait(MicrophoneWords, begin)
    assert words.text == "how are you"
    assert not rig.all_of(TurnStarted)


def test_without_the_request_nothing_is_transcribed(rig: Rig) -> None:
    begin = monitor(rig)
    wait_for_level(rig, begin, voice=True)
    wait_for_level(rig, begin, voice=False)
    assert rig.transcriber.calls == []


def test_another_microphone_goes_on_telling(rig: Rig) -> None:
    rig.wait(MicrophoneLevel, monitor(rig))
    begin = rig.post(ReopenAudio())
    opened = rig.wait(AudioDeviceChanged, begin)
    rig.wait(MicrophoneLevel, rig.log.events.index(opened, begin))


def test_a_microphone_that_is_open_only_while_the_key_is_held_is_opened_for_it_and_closed_behind_it(rig: Rig) -> None:
    audio = replace(rig.config.audio, keep_microphone_open=False)
    rig.post(ApplyConfig(config=replace(rig.config, audio=audio)))
    begin = monitor(rig)
    rig.wait(MicrophoneLevel, begin)
    assert rig.engine._sound.microphone is not None
    rig.post(MonitorMicrophone(on=False))
    rig.wait(TurnCompleted, _turn(rig))
    assert rig.engine._sound.microphone is None


def _turn(rig: Rig) -> int:
    begin = rig.press()
    rig.wait(TurnStarted, begin)
    rig.release()
    return begin


# -- without models


class Check:
    """A sound check on devices without hardware."""

    def __init__(self) -> None:
        clock = FastClock(8)
        self.log = EventLog()
        self.speakers: list[SilentSpeaker] = []
        self.microphone = RecordedMicrophone(tone(1.0, silence_s=0.5), clock, real_time=False, noise_dbfs=None)
        self.asked: list[AudioConfig] = []

        def speaker(audio: AudioConfig) -> SilentSpeaker:
            self.asked.append(audio)
            self.speakers.append(SilentSpeaker(clock))
            return self.speakers[-1]

        parts = replace(real_parts(), microphone=lambda _: self.microphone, speaker=speaker, rescan=lambda: None)
        self.check = SoundCheck(AudioConfig(), parts, self.log.receive, clock)


@pytest.fixture
def check() -> Iterator[Check]:
    check = Check()
    check.check.start()
    yield check
    assert check.check.close(WAIT_S)


def test_without_models_the_level_is_told_by_loudness(check: Check) -> None:
    check.check.post(MonitorMicrophone(on=True))
    assert check.log.wait_for(MicrophoneLevel, timeout_s=WAIT_S).voice


def test_without_models_a_speech_is_a_chime(check: Check) -> None:
    check.check.post(Speak(text="Hello", id=3))
    assert check.log.wait_for(SpeechStarted, timeout_s=WAIT_S).id == 3
    ended = check.log.wait_for(SpeechEnded, timeout_s=WAIT_S)
    assert (ended.id, ended.error) == (3, None)
    assert check.speakers[-1].heard().size == chime().size
    assert chime().size > CHIME_RATE_HZ


def test_the_chime_can_be_stopped(check: Check) -> None:
    check.check.post(Speak(text="Hello", id=1, voice_file=Path("v")))
    check.log.wait_for(SpeechStarted, timeout_s=WAIT_S)
    check.check.post(StopSpeaking())
    assert check.log.wait_for(SpeechEnded, timeout_s=WAIT_S).id == 1


def test_other_devices_can_be_chosen_without_models(check: Check) -> None:
    check.log.wait_for(AudioDeviceChanged, timeout_s=WAIT_S)
    after = len(check.log.events)
    check.check.use(AudioConfig(speaker="Headphones"))
    check.log.wait_for(AudioDeviceChanged, after=after, timeout_s=WAIT_S)
    assert check.asked[-1].speaker == "Headphones"


def test_a_window_that_closes_is_answered_and_an_engine_that_takes_over_is_not() -> None:
    quiet, asked = Check(), Check()
    for each in (quiet, asked):
        each.check.start()
        each.log.wait_for(AudioDeviceChanged, timeout_s=WAIT_S)
    asked.check.post(Shutdown())
    asked.log.wait_for(EngineClosed, timeout_s=WAIT_S)
    assert asked.check.close(WAIT_S)
    assert quiet.check.close(WAIT_S)
    assert not [event for event in quiet.log.events if isinstance(event, EngineClosed)]


def test_one_that_was_never_started_closes() -> None:
    assert Check().check.close(0.1)

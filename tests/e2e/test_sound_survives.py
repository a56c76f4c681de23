"""Cables pulled, sound servers lost and hung, in mid-sentence and in mid-reply: words are kept, and sound comes back.

One engine with a real ear for all tests of this file; each test leaves the card as it found it.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest

from companion.engine.commands import ApplyConfig
from companion.engine.config import AudioConfig
from companion.engine.events import (
    PlaybackAdvanced,
    PlaybackStarted,
    ProblemReported,
    ReplyFinished,
    TurnCompleted,
    TurnEmpty,
    TurnFailed,
    TurnInterrupted,
)
from companion.engine.samples import EAR_RATE_HZ
from tests.e2e.sound_room import REPLY, Room, config, list_anew, parts, passes, room, use_card
from tests.e2e.virtual_desktop import VirtualDesktop, sound_card_missing, wait_until
from tests.recordings import Recording, Recordings

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.models,
    pytest.mark.skipif(sound_card_missing() is not None, reason=str(sound_card_missing())),
]

SPARE_MIC_SINK = "mic2_in"
SPARE_MONITOR = "speaker2.monitor"
SWITCHED = pytest.param("another is the default", marks=pytest.mark.soak)
HOW = pytest.mark.parametrize("how", ["unplugged", SWITCHED])

BACK_S = 10.0
"""A device that is back is used within this: the longest wait between two searches, and a margin."""


@pytest.fixture(scope="module")
def card() -> Iterator[VirtualDesktop]:
    with pytest.MonkeyPatch.context() as patch, VirtualDesktop(display=False, spare_devices=True) as card:
        use_card(card, patch)
        list_anew()
        yield card


@pytest.fixture(scope="module")
def running(card: VirtualDesktop, whisper_dir: Path, vad_file: Path) -> Iterator[Room]:
    with room(card, config(whisper=whisper_dir, vad=vad_file), parts(ear=True)) as it:
        yield it


@pytest.fixture
def _no_leaked_threads() -> None:
    """The module's engine goes on between tests."""


@pytest.fixture
def it(running: Room, monkeypatch: pytest.MonkeyPatch) -> Room:
    use_card(running.card, monkeypatch)
    running.recover()
    return running


def talking(it: Room) -> int:
    """Have it say its long reply; returns when that sounds."""
    begin = it.ask()
    it.wait(PlaybackStarted, after=begin)
    return begin


def hears(words: str, said: Recording) -> bool:
    """Return whether words of a recording were heard.

    Two are enough: the questions share none, and the smallest model mishears some where a busy machine's card stutters.
    """
    return len(set(words.split()) & set(said.transcript.split())) >= 2


def use(it: Room, audio: AudioConfig) -> None:
    """Have other devices used, and wait until they are."""
    begin = it.post(ApplyConfig(config=replace(it.engine._config, audio=audio)))
    it.wait_for_devices("speaker", after=begin)


class TestMicrophone:
    def test_what_was_said_before_it_was_unplugged_is_answered(self, it: Room, recordings: Recordings) -> None:
        question = recordings["google_brooklyn_bridge"]
        it.card.unplug("spare_microphone")
        try:
            begin = it.press()
            with it.card.say(question.samples, EAR_RATE_HZ):
                passes(question.voiced_end_s + 0.3)
                it.card.unplug("microphone")
                passes(1.0)
                it.release()
            assert hears(it.words(begin), question)
            it.wait(PlaybackStarted, after=begin)
        finally:
            it.card.plug("spare_microphone")
            it.card.plug("microphone")
        begin = it.say(recordings["so_5406_0113"])
        assert hears(it.words(begin), recordings["so_5406_0113"]), "it is used again without a word"

    @HOW
    def test_a_sentence_goes_on_at_the_next_one(self, it: Room, recordings: Recordings, how: str) -> None:
        first, second = recordings["google_brooklyn_bridge"], recordings["so_5406_0113"]
        begin = it.press()
        with it.card.say(first.samples, EAR_RATE_HZ):
            passes(first.voiced_end_s + 0.3)
        if how == "unplugged":
            it.card.unplug("microphone")
        it.card.pactl("set-default-source", "mic2")
        try:
            passes(0.3)
            with it.card.say(second.samples, EAR_RATE_HZ, sink=SPARE_MIC_SINK):
                passes(second.voiced_end_s + 0.4)
                it.release()
            words = it.words(begin)
            assert hears(words, first)
            assert hears(words, second)
            it.wait(PlaybackStarted, after=begin)
        finally:
            if how == "unplugged":
                it.card.plug("microphone")
            it.card.pactl("set-default-source", "mic")

    def test_one_that_is_switched_off_is_told_from_silence(self, it: Room) -> None:
        it.card.pactl("set-source-mute", "mic", "1")
        try:
            begin = it.press()
            passes(0.6)
            it.release()
            assert it.wait(TurnEmpty, after=begin).reason == "no-sound"
        finally:
            it.card.pactl("set-source-mute", "mic", "0")

    @pytest.mark.soak
    def test_one_that_takes_two_seconds_to_start_is_waited_for(self, it: Room, recordings: Recordings) -> None:
        question = recordings["google_brooklyn_bridge"]
        audio = it.engine._config.audio
        use(it, replace(audio, keep_microphone_open=False))
        try:
            it.card.freeze_sound(True)
            begin = it.press()
            passes(2.0)
            it.card.freeze_sound(False)
            wait_until(lambda: it.engine._sound.microphone is not None, BACK_S, "open")
            with it.card.say(question.samples, EAR_RATE_HZ):
                passes(question.voiced_end_s + 0.5)
                it.release()
            assert hears(it.words(begin), question)
        finally:
            it.card.freeze_sound(False)
            use(it, audio)

    def test_a_press_while_the_sound_system_hangs_ends_with_what_to_do(self, it: Room) -> None:
        audio = it.engine._config.audio
        use(it, replace(audio, keep_microphone_open=False))
        it.card.freeze_sound(True)
        try:
            begin = it.press()
            failed = it.wait(TurnFailed, after=begin)
            assert failed.error.code == "audio-failed"
            assert "systemctl --user restart" in failed.error.hint
        finally:
            it.card.freeze_sound(False)
            use(it, audio)


class TestSpeaker:
    @HOW
    def test_a_reply_goes_on_at_the_next_one(self, it: Room, how: str) -> None:
        begin = talking(it)
        it.card.pactl("set-default-sink", "speaker2")
        if how == "unplugged":
            it.card.unplug("speaker")
        try:
            it.sounds_at(SPARE_MONITOR)
        finally:
            if how == "unplugged":
                it.card.plug("speaker")
            it.card.pactl("set-default-sink", "speaker")
        it.sounds_at(it.card.SPEAKER_MONITOR)
        assert isinstance(it.end(begin), TurnCompleted)
        assert not [event for event in it.log.events[begin:] if isinstance(event, ProblemReported)]
        assert it.conversation()[-1] == REPLY


class TestServer:
    def test_killed_in_mid_sentence(self, it: Room, recordings: Recordings) -> None:
        question = recordings["google_brooklyn_bridge"]
        begin = it.press()
        with it.card.say(question.samples, EAR_RATE_HZ):
            passes(question.voiced_end_s + 0.3)
            it.card.kill_sound()
        try:
            assert hears(it.words(begin), question)
            wait_until(lambda: list(it.open_problems) == ["audio-gone"], BACK_S, "told, once")
            assert "systemctl --user restart" in it.open_problems["audio-gone"]
            it.release()
            it.wait(PlaybackAdvanced, after=begin)
        finally:
            it.card.start_sound()
        it.sounds_at(it.card.SPEAKER_MONITOR)
        assert isinstance(it.end(begin), TurnCompleted)
        assert it.conversation()[-1] == REPLY
        wait_until(it.whole, BACK_S, "both are back")

    @pytest.mark.soak
    def test_killed_in_mid_reply(self, it: Room) -> None:
        begin = talking(it)
        it.card.kill_sound()
        it.card.start_sound()
        it.sounds_at(it.card.SPEAKER_MONITOR)
        assert isinstance(it.end(begin), TurnCompleted)
        captions = [event.heard for event in it.log.events[begin:] if isinstance(event, PlaybackAdvanced)]
        assert captions == sorted(set(captions)), "nothing is said twice"
        assert it.conversation()[-1] == REPLY

    def test_one_that_hangs_stops_nobody(self, it: Room) -> None:
        begin = talking(it)
        it.wait(PlaybackAdvanced, after=begin)
        it.card.freeze_sound(True)
        try:
            wait_until(lambda: list(it.open_problems) == ["audio-failed"], BACK_S, "told, once")
            second = it.ask("and now")
            cut = it.wait(TurnInterrupted, after=begin)
            assert 0 < len(cut.heard_text) < len(REPLY)
            it.wait(ReplyFinished, after=second)
        finally:
            it.card.freeze_sound(False)
        it.sounds_at(it.card.SPEAKER_MONITOR)
        wait_until(it.whole, BACK_S, "both are back")

    def test_a_moment_of_it_is_not_spoken_of(self, it: Room) -> None:
        begin = talking(it)
        it.card.freeze_sound(True)
        wait_until(lambda: not it.engine._sound._real, BACK_S, "the loss is noticed")
        it.card.freeze_sound(False)
        it.sounds_at(it.card.SPEAKER_MONITOR)
        wait_until(it.whole, BACK_S, "both are back")
        assert not [event for event in it.log.events[begin:] if isinstance(event, ProblemReported)]


@pytest.mark.soak
@pytest.mark.parametrize(("rate_hz", "channels"), [(8_000, 1), (22_050, 2), (96_000, 6)])
def test_devices_of_any_rate_and_any_number_of_channels(
    it: Room, recordings: Recordings, rate_hz: int, channels: int
) -> None:
    question = recordings["google_brooklyn_bridge"]
    modules = [
        it.card.pactl("load-module", "module-null-sink", f"sink_name={name}", f"rate={rate_hz}", f"channels={channels}")
        for name in ("odd_in", "odd")
    ]
    it.card.pactl("set-default-source", "odd_in.monitor")
    it.card.pactl("set-default-sink", "odd")
    try:
        it.recover()
        with it.card.listen("odd.monitor") as recorder:
            begin = it.say(question, sink="odd_in")
            assert hears(it.words(begin), question)
            recorder.audible_at(monotonic(), BACK_S)
    finally:
        it.card.pactl("set-default-source", "mic")
        it.card.pactl("set-default-sink", "speaker")
        for module in modules:
            it.card.pactl("unload-module", module)

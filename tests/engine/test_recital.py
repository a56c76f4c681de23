"""Speech outside of a turn: replies said again, other voices, one's own words; and how it gives way to a turn."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from companion.engine.audio.virtual import SilentSpeaker
from companion.engine.commands import (
    ApplyConfig,
    Command,
    NewConversation,
    PressToTalk,
    ReleaseToTalk,
    ReopenAudio,
    ReplayWords,
    SendText,
    Speak,
    StopSpeaking,
)
from companion.engine.config import EngineConfig
from companion.engine.errors import AudioDeviceError, ModelMissingError, SynthesisError
from companion.engine.events import (
    EngineReady,
    PlaybackStarted,
    SpeechAdvanced,
    SpeechEnded,
    SpeechStarted,
    TurnCompleted,
    TurnInterrupted,
    TurnStarted,
)
from companion.engine.messages import Role
from companion.engine.parts import Parts
from companion.engine.recital import KEPT_S, KEPT_TURNS, SpokenWords
from companion.engine.samples import EAR_RATE_HZ
from tests.conftest import ExpectLog
from tests.engine.harness import Rig, tone
from tests.engine.harness import running as run
from tests.engine.stepped import PLAYING_STEP_S, Stepped, stepped
from tests.fakes.chat_model import FakeChatModel
from tests.fakes.synthesizer import WORD_S, FakeSynthesizer
from tests.fakes.transcriber import FakeTranscriber, FakeVoiceDetector

EventT = TypeVar("EventT")
TEXT = "One two three. Four five six seven eight."
OTHER = Path("fr_FR-siwis-medium.onnx")


class Guests(Rig):
    """A rig that keeps every other voice it was asked for."""

    def __init__(self, *, guest: FakeSynthesizer | None = None, **given: object) -> None:
        super().__init__(**given)  # type: ignore[arg-type]
        self.guest = guest or FakeSynthesizer(16_000)
        self.asked: list[Path] = []
        parts = self.engine._stages._parts

        def synthesizer(config: EngineConfig) -> FakeSynthesizer:
            if config.tts.voice_file == self.config.tts.voice_file:
                return self.synthesizer
            self.asked.append(config.tts.voice_file)
            return self.guest

        self.engine._stages._parts = replace(parts, synthesizer=synthesizer)

    def end_of(self, number: int, after: int) -> SpeechEnded:
        """Return the end of a speech, checking that it is the first."""
        ended = self.wait(SpeechEnded, after)
        assert ended.id == number
        return ended


@contextmanager
def running(rig: Guests) -> Iterator[Guests]:
    with run(rig):
        yield rig


@pytest.fixture
def rig() -> Iterator[Guests]:
    with running(Guests()) as rig:
        yield rig


def spoken_turn(rig: Rig) -> int:
    """One whole spoken turn; returns its number."""
    begin = rig.press()
    turn_id = rig.wait(TurnStarted, begin).turn_id
    rig.release()
    rig.wait(TurnCompleted, begin)
    return turn_id


def test_a_text_is_said_and_followed(rig: Guests) -> None:
    begin = rig.post(Speak(text=TEXT, id=7))
    assert rig.end_of(7, begin).error is None
    assert rig.wait(SpeechStarted, begin).id == 7
    captions = [event.heard for event in rig.all_of(SpeechAdvanced, begin)]
    assert captions == sorted(set(captions))
    assert captions[-1] == len(TEXT)
    assert " ".join(rig.synthesizer.spoken) == TEXT
    assert not rig.all_of(TurnStarted, begin)


def test_nothing_of_it_enters_the_conversation(rig: Guests) -> None:
    begin = rig.post(Speak(text=TEXT, id=1))
    rig.end_of(1, begin)
    spoken_turn(rig)
    assert [message.role for message in rig.chat_model.prompts[-1]] == ["system", "user"]


@pytest.mark.parametrize("text", ["", "   ", "..."])
def test_a_text_with_nothing_to_say_ends_at_once(rig: Guests, text: str) -> None:
    begin = rig.post(Speak(text=text, id=1))
    assert rig.end_of(1, begin).error is None
    assert not rig.all_of(SpeechStarted, begin)


def test_a_long_text_is_said_to_its_end() -> None:
    text = " ".join(f"Sentence number {number} is here." for number in range(1, 61))
    with running(Guests(speed=200)) as rig:
        begin = rig.post(Speak(text=text, id=1))
        assert rig.end_of(1, begin).error is None
        assert rig.all_of(SpeechAdvanced, begin)[-1].heard == len(text)
        assert sum(part.count("Sentence number") for part in rig.synthesizer.spoken) == 60


def test_another_voice_is_loaded_for_the_moment_and_dropped(rig: Guests) -> None:
    begin = rig.post(Speak(text="Deux mots.", id=3, voice_file=OTHER))
    assert rig.end_of(3, begin).error is None
    assert rig.asked == [OTHER]
    assert rig.guest.spoken == ["Deux mots."]
    spoken_turn(rig)  # its worker has got to what was behind the speech
    assert rig.guest.closed
    assert not rig.synthesizer.closed


def test_another_voice_sounds_at_its_own_pitch(rig: Guests) -> None:
    begin = rig.post(Speak(text="word word word word word", id=3, voice_file=OTHER))
    rig.end_of(3, begin)
    speaker = rig.engine._sound.speaker
    assert isinstance(speaker, SilentSpeaker)
    heard = speaker.heard()
    loud = np.flatnonzero(np.abs(heard) > 0.1)
    assert (loud[-1] - loud[0]) / speaker.rate_hz == pytest.approx(5 * WORD_S, abs=0.02)
    crossings = np.count_nonzero(np.diff(np.signbit(heard[loud[0] : loud[-1]])))
    assert crossings / 2 / ((loud[-1] - loud[0]) / speaker.rate_hz) == pytest.approx(220, rel=0.03)


def test_a_voice_that_cannot_be_loaded_says_why() -> None:
    missing = ModelMissingError("model-missing", "Gone.", hint="Get it.")
    with running(Guests(guest=FakeSynthesizer(load_error=missing))) as rig:
        begin = rig.post(Speak(text=TEXT, id=3, voice_file=OTHER))
        assert rig.end_of(3, begin).error is missing
        spoken_turn(rig)


def test_a_voice_that_fails_says_why() -> None:
    with running(Guests(synthesizer=FakeSynthesizer(fails_on={"Oh dear."}))) as rig:
        begin = rig.post(Speak(text="Oh dear.", id=3))
        assert isinstance(rig.end_of(3, begin).error, SynthesisError)
        begin = rig.post(Speak(text=TEXT, id=4))
        assert rig.end_of(4, begin).error is None


def test_the_next_speech_ends_the_one_before(rig: Guests) -> None:
    begin = rig.post(Speak(text=TEXT, id=1))
    rig.post(Speak(text="Short.", id=2))
    assert rig.end_of(1, begin).error is None
    after = rig.log.events.index(rig.wait(SpeechEnded, begin)) + 1
    assert rig.end_of(2, after).error is None
    assert rig.all_of(SpeechAdvanced, after)[-1] == SpeechAdvanced(id=2, heard=6)


@pytest.mark.parametrize(
    "command",
    [
        PressToTalk(at_s=0),
        SendText(text="hello", at_s=0),
        StopSpeaking(),
        NewConversation(),
        ReopenAudio(),
        None,
    ],
    ids=["press", "text", "stop", "new", "audio", "config"],
)
def test_whatever_matters_more_ends_it(rig: Guests, command: Command | None) -> None:
    begin = rig.post(Speak(text=TEXT * 20, id=1))
    rig.wait(SpeechStarted, begin)
    rig.post(command or ApplyConfig(config=replace(rig.config, turn=replace(rig.config.turn, pause_s=0.3))))
    assert rig.end_of(1, begin).error is None


def test_a_reply_stops_for_it_and_is_remembered_as_heard() -> None:
    chat_model = FakeChatModel([" ".join(["Word"] * 60) + "."])
    with running(Guests(chat_model=chat_model)) as rig:
        begin = rig.post(SendText(text="hello", at_s=rig.clock()))
        rig.wait(PlaybackStarted, begin)
        rig.post(Speak(text="Short.", id=2))
        rig.wait(TurnInterrupted, begin)
        assert rig.end_of(2, begin).error is None


def test_it_is_refused_while_the_user_speaks(rig: Guests) -> None:
    begin = rig.press()
    rig.wait(TurnStarted, begin)
    rig.post(Speak(text=TEXT, id=2))
    ended = rig.end_of(2, begin)
    assert ended.error is not None
    assert ended.error.code == "speech-busy"
    rig.release()
    rig.wait(TurnCompleted, begin)


def test_it_is_refused_while_nothing_is_loaded() -> None:
    rig = Guests()
    rig.post(Speak(text=TEXT, id=2))
    with running(rig):
        ended = rig.wait(SpeechEnded)
        assert ended.error is not None
        assert ended.error.code == "speech-not-ready"
        assert rig.log.events.index(ended) < rig.log.events.index(rig.wait(EngineReady))


def test_ones_own_words_are_played_as_they_were_recorded(rig: Guests) -> None:
    turn_id = spoken_turn(rig)
    speaker = rig.engine._sound.speaker
    assert isinstance(speaker, SilentSpeaker)
    before = len(speaker.heard())
    begin = rig.post(ReplayWords(turn_id=turn_id))
    assert rig.end_of(-turn_id, begin).error is None
    assert rig.wait(SpeechStarted, begin).id == -turn_id
    assert rig.all_of(SpeechAdvanced, begin)[-1].heard == len("how are you")
    heard = speaker.heard()[before:]
    loud = np.flatnonzero(np.abs(heard) > 0.1)
    assert (loud[-1] - loud[0]) / speaker.rate_hz == pytest.approx(1.0, abs=0.02), "one second of voice was said"


@pytest.mark.parametrize("typed", [True, False])
def test_words_that_are_not_kept_are_told(rig: Guests, typed: bool) -> None:
    turn_id = 99
    if typed:
        begin = rig.post(SendText(text="hello", at_s=rig.clock()))
        turn_id = rig.wait(TurnCompleted, begin).turn_id
    begin = rig.post(ReplayWords(turn_id=turn_id))
    ended = rig.end_of(-turn_id, begin)
    assert ended.error is not None
    assert ended.error.code == "words-gone"


def test_only_the_last_utterances_are_kept() -> None:
    words = SpokenWords()
    for turn in range(1, KEPT_TURNS + 6):
        words.keep(turn, tone(0.1), f"turn {turn}")
    assert [turn for turn in range(1, KEPT_TURNS + 6) if words.find(turn)] == list(range(6, KEPT_TURNS + 6))
    found = words.find(KEPT_TURNS + 5)
    assert found is not None
    np.testing.assert_allclose(found[0], tone(0.1), atol=1e-4)
    assert found[1] == f"turn {KEPT_TURNS + 5}"


def test_and_not_too_much_of_them() -> None:
    words = SpokenWords()
    long = np.zeros(int(0.45 * KEPT_S) * EAR_RATE_HZ, np.float32)
    for turn in (1, 2, 3):
        words.keep(turn, long, "")
    assert [words.find(turn) is not None for turn in (1, 2, 3)] == [False, True, True]


def test_a_speaker_that_goes_away_is_told() -> None:
    class Lost(SilentSpeaker):
        gone = False

        @property
        def alive(self) -> bool:
            return not self.gone and super().alive

    made: list[Lost] = []

    def speaker() -> Lost:
        made.append(Lost(clock))
        return made[-1]

    given = Guests(speaker=speaker)
    clock = given.clock
    with running(given) as rig:
        begin = rig.post(Speak(text=TEXT * 20, id=1))
        rig.wait(SpeechStarted, begin)
        made[-1].gone = True
        assert isinstance(rig.end_of(1, begin).error, AudioDeviceError)


# -- in steps of a clock that stands still


class Room(Stepped):
    """A stepped engine on scripted models."""

    def __init__(self) -> None:
        rig = Rig()
        self.voice = FakeSynthesizer()
        super().__init__(
            rig.config,
            Parts(
                detector=lambda _: FakeVoiceDetector(),
                transcriber=lambda _: FakeTranscriber(["how are you"]),
                chat_model=lambda _: FakeChatModel(),
                synthesizer=lambda _: self.voice,
                microphone=lambda _: rig.microphone,
                speaker=lambda _: SilentSpeaker(rig.clock),
                rescan=lambda: None,
            ),
        )


@pytest.fixture
def room() -> Iterator[Room]:
    with stepped(Room()) as room:
        yield room


def test_a_press_silences_it_within_a_block_and_the_turn_is_as_fast_as_any(room: Room) -> None:
    def turn() -> tuple[float | None, int]:
        begin = room.now
        room.press(tone(1.0, silence_s=0.5))
        played = room.speaker.played
        assert played == room.speaker.written, "nothing is left to sound"
        room.hear(1.3)
        room.release()
        ended = room.end(begin.events)
        assert isinstance(ended, TurnCompleted)
        return ended.metrics.release_latency_s, played

    plain, _ = turn()
    begin = room.now
    room.post(Speak(text=TEXT * 20, id=1))
    room.wait_for(SpeechStarted, after=begin.events)
    after_speech, _ = turn()
    assert after_speech == plain
    assert [event.error for event in room.events(SpeechEnded, begin)] == [None]
    assert not room.events(SpeechStarted, begin)[1:]


def test_no_more_is_made_than_is_soon_to_be_heard(room: Room) -> None:
    room.post(Speak(text=" ".join(f"Sentence number {n} is here." for n in range(40)), id=1))
    for _ in range(20):
        room.settle()
        made_s = room.voice.words_made * WORD_S
        assert made_s < room.speaker.played / room.speaker.rate_hz + 3.0 + 3 * 5 * WORD_S
        room.clock.advance(PLAYING_STEP_S)
        room.engine.look()


def test_a_release_alone_does_not_end_it(room: Room) -> None:
    begin = room.now
    room.post(Speak(text=TEXT, id=1))
    room.wait_for(SpeechStarted, after=begin.events)
    room.post(ReleaseToTalk(at_s=room.clock()))
    assert room.events(SpeechEnded, begin) == []
    room.wait_for(SpeechEnded, after=begin.events)
    assert room.events(SpeechAdvanced, begin)[-1].heard == len(TEXT)


def test_the_engine_closes_in_the_middle_of_it() -> None:
    rig = Guests()
    with running(rig):
        begin = rig.post(Speak(text=TEXT * 20, id=1, voice_file=OTHER))
        rig.wait(SpeechStarted, begin)
    assert rig.wait(SpeechEnded, begin).id == 1
    assert Role.TTS not in rig.engine._stages.loading


def test_a_surprise_in_the_middle_ends_it_and_the_engine_goes_on(rig: Guests, expect_log: ExpectLog) -> None:
    expect_log("engine.*")
    begin = rig.post(Speak(text=TEXT, id=1))
    rig.wait(SpeechStarted, begin)
    speech = rig.engine._recital._speech
    assert speech is not None
    speech.splitter, speech.text = None, "never cut"
    speech.words = np.zeros((1, 1), np.float32)  # no recording has this shape
    assert rig.end_of(1, begin).error is not None
    spoken_turn(rig)

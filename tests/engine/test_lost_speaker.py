"""A loudspeaker that goes during a turn: the reply goes on in silence, and nothing counts as heard that was not."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from companion.engine.audio.virtual import SilentSpeaker
from companion.engine.commands import SendText, Speak, StopSpeaking
from companion.engine.config import AudioConfig, EngineConfig, LlmConfig, SttConfig, TtsConfig
from companion.engine.errors import AudioDeviceError
from companion.engine.events import (
    PlaybackAdvanced,
    PlaybackStarted,
    ProblemReported,
    ProblemResolved,
    SpeechEnded,
    SpeechStarted,
    TurnCompleted,
    TurnInterrupted,
)
from companion.engine.parts import real_parts
from tests.engine.stepped import PLAYING_STEP_S, Stepped, stepped
from tests.fakes.chat_model import FakeChatModel
from tests.fakes.synthesizer import WORD_S, FakeSynthesizer
from tests.fakes.transcriber import FakeTranscriber, FakeVoiceDetector

REPLY = "One two three four five six. Seven eight nine ten eleven twelve."


class Cable(SilentSpeaker):
    """A loudspeaker that can be unplugged."""

    def __init__(self, clock: Callable[[], float], plugged: list[bool]) -> None:
        super().__init__(clock)
        self._plugged = plugged
        self._cut = False

    def open(self, rate_hz: int) -> None:
        if not self._plugged[0]:
            raise AudioDeviceError("speaker-missing", "None.")
        super().open(rate_hz)

    @property
    def alive(self) -> bool:
        self._cut = self._cut or not self._plugged[0]
        return not self._cut


class Desk(Stepped):
    """An engine with fakes and a loudspeaker on a cable."""

    def __init__(self) -> None:
        self.plugged = [True]
        self.speakers: list[Cable] = []
        config = EngineConfig(
            stt=SttConfig(model_dir=Path("stt"), vad_model=Path("vad")),
            llm=LlmConfig(model_file=Path("llm")),
            tts=TtsConfig(voice_file=Path("tts")),
        )
        parts = replace(
            real_parts(),
            detector=lambda _: FakeVoiceDetector(),
            transcriber=lambda _: FakeTranscriber(),
            chat_model=lambda _: FakeChatModel([REPLY]),
            synthesizer=lambda _: FakeSynthesizer(),
        )
        super().__init__(config, parts)
        self.engine._sound._make_speaker = self._make

    def _make(self, _: AudioConfig) -> Cable:
        self.speakers.append(Cable(self.clock, self.plugged))
        return self.speakers[-1]

    def ask(self) -> None:
        """Ask something, and let everything be made of the answer, but no time pass."""
        self.post(SendText(text="count", at_s=self.clock()))
        self.settle()

    def play(self, seconds: float) -> None:
        """Let so much of a reply be heard."""
        while seconds > 1e-6:
            seconds -= PLAYING_STEP_S
            self.clock.advance(PLAYING_STEP_S)
            self.settle()

    def conversation(self) -> list[str]:
        """Return what was said so far."""
        return [message.text for message in self.engine._conversation.messages[1:]]


def desk() -> AbstractContextManager[Desk]:
    return stepped(Desk())


def test_a_speaker_lost_in_mid_reply_does_not_end_the_turn() -> None:
    with desk() as it:
        begin = it.now
        it.ask()
        it.play(3 * WORD_S)
        it.plugged[0] = False
        it.play(PLAYING_STEP_S)
        assert not it.events(TurnCompleted, begin)
        assert [event.error.code for event in it.events(ProblemReported, begin)] == ["speaker-lost"]
        before_s = it.clock()
        it.end(begin.events)
        assert it.clock() - before_s > 8 * WORD_S, "the rest takes the time of being said"
        captions = [event.heard for event in it.events(PlaybackAdvanced, begin)]
        assert captions == sorted(set(captions))
        assert len(captions) > 6
        assert it.conversation() == ["count", REPLY]
        assert len(it.events(PlaybackStarted, begin)) == 1


def test_what_was_not_heard_of_a_reply_stopped_later_is_not_in_the_conversation() -> None:
    with desk() as it:
        begin = it.now
        it.ask()
        it.play(3 * WORD_S)
        it.plugged[0] = False
        it.play(PLAYING_STEP_S)
        it.post(StopSpeaking())
        [cut] = it.events(TurnInterrupted, begin)
        assert "two" in cut.heard_text
        assert "five" not in cut.heard_text
        assert it.conversation() == ["count", cut.heard_text]


def test_a_speaker_lost_before_the_first_sound() -> None:
    with desk() as it:
        begin = it.now
        it.post(SendText(text="count", at_s=it.clock()))
        it.plugged[0] = False
        it.settle()
        assert not it.events(TurnCompleted, begin)
        it.end(begin.events)
        assert len(it.events(PlaybackStarted, begin)) == 1
        assert it.events(PlaybackAdvanced, begin)[-1].heard == len(REPLY)
        assert it.conversation() == ["count", REPLY]


def test_a_speaker_that_comes_back_says_the_rest_of_the_reply_and_the_next_one() -> None:
    with desk() as it:
        begin = it.now
        it.ask()
        it.play(3 * WORD_S)
        it.plugged[0] = False
        it.play(PLAYING_STEP_S)
        it.plugged[0] = True
        it.end(begin.events)
        assert it.events(ProblemResolved, begin)
        back = it.speakers[-1]
        assert back is not it.speakers[0]
        rest_s = back.played / back.rate_hz
        assert WORD_S < rest_s < 9 * WORD_S, "what was said in silence is not said again"
        second = it.now
        it.ask()
        it.end(second.events)
        assert it.conversation() == ["count", REPLY, "count", REPLY]
        assert len(back.heard()) / back.rate_hz - rest_s > 11 * WORD_S


def test_a_speech_outside_of_a_turn_ends_with_its_speaker() -> None:
    with desk() as it:
        begin = it.now
        it.post(Speak(text=REPLY, id=1))
        it.wait_for(SpeechStarted, after=begin.events)
        it.plugged[0] = False
        ended = it.wait_for(SpeechEnded, after=begin.events)
        assert ended.error is not None
        assert ended.error.code == "speaker-lost"

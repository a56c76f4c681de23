"""What must not be cold or broken after a rest, a sleep, a change of settings or a failed start."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from companion.engine.audio.virtual import SilentSpeaker
from companion.engine.commands import ApplyConfig, NewConversation, ReopenAudio, SendText, StopSpeaking, Wake
from companion.engine.errors import CompanionError, ModelMissingError
from companion.engine.events import (
    AudioDeviceChanged,
    EngineFailed,
    EngineReady,
    InputLevelChanged,
    ModelLoadStarted,
    PlaybackAdvanced,
    PlaybackStarted,
    TranscriptFinal,
    TranscriptPartial,
    TurnCompleted,
    TurnEmpty,
    TurnInterrupted,
    TurnStarted,
)
from companion.engine.inbox import Inbox
from companion.engine.messages import Placement, Role
from companion.engine.pace import WAKE_AFTER_S
from companion.engine.sleep import SleepWatch
from tests.e2e.virtual_desktop import wait_until
from tests.engine.harness import WAIT_S, Rig, running
from tests.fakes.chat_model import FakeChatModel
from tests.fakes.synthesizer import FakeSynthesizer
from tests.fakes.transcriber import FakeTranscriber, FakeVoiceDetector

LONG_REPLY = " ".join(f"This is sentence number {number} of a long reply." for number in range(1, 15))
OWN_TOKENS = 7
"""Of a turn with the three words below: them, their markup, the reply's header, and one that is evaluated again."""


@pytest.fixture
def rig() -> Iterator[Rig]:
    with running(Rig()) as rig:
        yield rig


def typed(rig: Rig, text: str = "one two three") -> TurnCompleted:
    """Ask, and wait for the end of the turn."""
    return rig.wait(TurnCompleted, rig.post(SendText(text=text, at_s=rig.clock())))


def settled(rig: Rig) -> None:
    """Wait until the cache was primed for the conversation as it is now."""
    model, engine = rig.chat_model, rig.engine
    wait_until(lambda: model.prefills[-1] == (engine._conversation.messages, ""), WAIT_S, "primed")


class TestSleep:
    def test_waking_opens_the_devices_and_keeps_the_conversation(self, rig: Rig) -> None:
        typed(rig)
        begin = rig.post(Wake())
        rig.wait(AudioDeviceChanged, begin)
        typed(rig)
        assert [message.role for message in rig.chat_model.prompts[-1]] == ["system", "user", "assistant", "user"]

    def test_the_models_are_woken_and_the_cache_is_primed(self, rig: Rig) -> None:
        typed(rig)
        woken, spoken = rig.chat_model.wakes, len(rig.synthesizer.spoken)
        rig.post(Wake())
        wait_until(lambda: rig.chat_model.wakes > woken, WAIT_S, "woken")
        settled(rig)
        assert typed(rig).metrics.evaluated_tokens <= OWN_TOKENS
        assert rig.chat_model.wakes == woken + 1
        assert rig.synthesizer.spoken[spoken] == "Yes."

    def test_a_held_turn_is_dropped_without_an_answer(self, rig: Rig) -> None:
        begin = rig.press()
        rig.wait(TranscriptPartial, begin)
        rig.post(Wake())
        rig.wait(TurnEmpty, begin)
        rig.wait(AudioDeviceChanged, begin)
        typed(rig)
        assert len(rig.chat_model.prompts[-1]) == 2, "what was said before the sleep is not in the conversation"
        assert len(rig.all_of(PlaybackStarted, begin)) == 1

    def test_a_reply_is_cut_and_what_was_heard_of_it_kept(self) -> None:
        with running(Rig(chat_model=FakeChatModel([LONG_REPLY, "Yes."]))) as rig:
            begin = rig.post(SendText(text="hello", at_s=rig.clock()))
            rig.wait(PlaybackStarted, begin)
            rig.post(Wake())
            heard = rig.wait(TurnInterrupted, begin).heard_text
            assert len(heard) < len(LONG_REPLY)
            typed(rig)

    def test_sleep_is_noticed_by_the_engine_itself(self) -> None:
        awake_or_not_s = [1e9]
        rig = Rig()
        rig.engine._inbox = Inbox(SleepWatch(lambda: awake_or_not_s[0], lambda: 0.0))
        rig.engine._stages._post = rig.engine._inbox.put
        with running(rig):
            typed(rig)
            begin = rig.now
            awake_or_not_s[0] += 8 * 3600
            rig.wait(AudioDeviceChanged, begin)
            typed(rig)

    def test_waking_while_models_load_waits_for_them(self) -> None:
        rig = Rig()
        rig.engine.post(Wake())
        with running(rig):
            typed(rig)


class TestRest:
    def test_a_press_after_a_long_rest_wakes_the_models(self, rig: Rig) -> None:
        rig.wait(TurnStarted, rig.press())
        rig.wait(TurnEmpty, rig.release(0.1))
        assert rig.chat_model.wakes == 0
        rig.engine._rested_s -= WAKE_AFTER_S
        rig.wait(TurnStarted, rig.press())
        rig.wait(TurnEmpty, rig.release(0.1))
        typed(rig)
        assert rig.chat_model.wakes == 1
        assert rig.synthesizer.spoken[0] == "Yes."
        assert len(rig.all_of(PlaybackStarted)) == 1, "nobody hears it"


class TestPriming:
    """The honest cache of the fake counts what a turn had to evaluate; everything else was there before it."""

    def test_after_a_turn(self, rig: Rig) -> None:
        typed(rig)
        settled(rig)
        assert typed(rig).metrics.evaluated_tokens <= OWN_TOKENS

    def test_after_an_interrupted_turn(self) -> None:
        with running(Rig(chat_model=FakeChatModel([LONG_REPLY, "Yes."]))) as rig:
            begin = rig.post(SendText(text="hello", at_s=rig.clock()))
            rig.wait(PlaybackAdvanced, begin)
            rig.wait(TurnInterrupted, rig.post(StopSpeaking()))
            settled(rig)
            assert typed(rig).metrics.evaluated_tokens <= OWN_TOKENS

    def test_after_a_new_conversation(self, rig: Rig) -> None:
        typed(rig)
        rig.post(NewConversation())
        wait_until(lambda: len(rig.engine._conversation.messages) == 1, WAIT_S, "forgotten")
        settled(rig)
        assert typed(rig).metrics.evaluated_tokens <= OWN_TOKENS

    def test_after_a_change_of_the_system_prompt(self, rig: Rig) -> None:
        typed(rig)
        settled(rig)
        prefills = len(rig.chat_model.prefills)
        prompt = "You are somebody else altogether, and you say so at some length whenever you are asked."
        rig.post(ApplyConfig(config=replace(rig.config, llm=replace(rig.config.llm, system_prompt=prompt))))
        wait_until(lambda: len(rig.chat_model.prefills) > prefills, WAIT_S, "primed")
        assert rig.chat_model.prefills[-1][0][0].text == prompt
        assert len(rig.chat_model.prefills[-1][0]) == 3, "the conversation goes on"
        assert typed(rig).metrics.evaluated_tokens <= OWN_TOKENS
        assert not rig.all_of(ModelLoadStarted)[3:], "nothing was loaded for it"

    def test_after_another_model(self, rig: Rig) -> None:
        typed(rig)
        rig.chat_model = FakeChatModel(["Yes."])
        begin = rig.post(ApplyConfig(config=replace(rig.config, llm=replace(rig.config.llm, model_file=Path("other")))))
        rig.wait(EngineReady, begin)
        assert typed(rig).metrics.evaluated_tokens <= OWN_TOKENS

    def test_after_another_voice(self, rig: Rig) -> None:
        typed(rig)
        rig.synthesizer = FakeSynthesizer()
        begin = rig.post(ApplyConfig(config=replace(rig.config, tts=replace(rig.config.tts, voice_file=Path("other")))))
        rig.wait(EngineReady, begin)
        assert typed(rig).metrics.evaluated_tokens <= OWN_TOKENS

    def test_after_trimming(self) -> None:
        model = FakeChatModel(["word " * 30], context_tokens=512, max_reply_tokens=120)
        with running(Rig(chat_model=model, speed=20)) as rig:
            trimmed = 0
            for number in range(12):
                kept = len(rig.engine._conversation.messages)
                metrics = typed(rig, f"{number} two three").metrics
                settled(rig)
                assert metrics.evaluated_tokens <= OWN_TOKENS
                trimmed += len(rig.engine._conversation.messages) < kept
            assert trimmed > 0


class TestFailedStart:
    def test_the_same_configuration_is_tried_again(self) -> None:
        voice = FakeSynthesizer(load_error=ModelMissingError("model-missing", "The voice is not there."))
        rig = Rig(synthesizer=voice)
        rig.engine.start()
        try:
            rig.wait(EngineFailed)
            rig.synthesizer = FakeSynthesizer()
            begin = rig.post(ApplyConfig(config=rig.config))
            rig.wait(EngineReady, begin)
            assert [event.role for event in rig.all_of(ModelLoadStarted, begin)] == [Role.TTS]
            typed(rig)
        finally:
            assert rig.engine.close(WAIT_S)

    def test_a_detector_that_failed_is_tried_again(self) -> None:
        rig = Rig()
        detector = _Detector(ModelMissingError("model-missing", "The detector is not there."))
        rig.engine._hearing._make = lambda _: detector
        rig.engine.start()
        try:
            assert rig.wait(EngineFailed).role is Role.VAD
            detector.error = None
            begin = rig.post(ApplyConfig(config=rig.config))
            rig.wait(EngineReady, begin)
            rig.wait(TurnStarted, rig.press())
            rig.release()
            rig.wait(TurnCompleted)
        finally:
            assert rig.engine.close(WAIT_S)

    def test_another_detector_is_loaded_and_one_that_is_broken_is_named(self, rig: Rig) -> None:
        detector = _Detector(None)
        rig.engine._hearing._make = lambda _: detector
        rig.transcriber = FakeTranscriber(["how are you"])
        other = replace(rig.config, stt=replace(rig.config.stt, vad_model=Path("other")))
        rig.wait(EngineReady, rig.post(ApplyConfig(config=other)))
        assert detector.loads == 1
        detector.error = ModelMissingError("model-missing", "The detector is not there.")
        broken = replace(rig.config, stt=replace(rig.config.stt, vad_model=Path("broken")))
        assert rig.wait(EngineFailed, rig.post(ApplyConfig(config=broken))).role is Role.VAD
        detector.error = None
        rig.wait(EngineReady, rig.post(ApplyConfig(config=broken)))
        typed(rig)


class _Detector(FakeVoiceDetector):
    def __init__(self, error: CompanionError | None) -> None:
        super().__init__()
        self.error = error
        self.loads = 0

    def load(self) -> Placement:
        self.loads += 1
        if self.error:
            raise self.error
        return super().load()


class TestReopening:
    def test_a_draft_that_was_ready_is_heard_on_the_new_device(self) -> None:
        speakers: list[SilentSpeaker] = []

        def make() -> SilentSpeaker:
            speakers.append(SilentSpeaker(desk.clock))
            return speakers[-1]

        desk = Rig(speaker=make)
        with running(desk):
            begin = desk.press()
            desk.wait(InputLevelChanged, begin)
            wait_until(lambda: "Tell me more." in desk.synthesizer.spoken, WAIT_S, "drafted")
            desk.post(ReopenAudio())
            desk.wait(TurnCompleted, begin)
            assert desk.all_of(TranscriptFinal, begin)[0].text == "how are you"
            assert len(speakers) == 2
            assert len(speakers[1].heard()) > speakers[1].rate_hz

"""The engine with its real threads and scripted models: turns, interruptions, failures, and its end in every state."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from companion.engine.commands import (
    ApplyConfig,
    NewConversation,
    PressToTalk,
    ReleaseToTalk,
    ReopenAudio,
    SendText,
    StopSpeaking,
)
from companion.engine.errors import GenerationError, ModelMissingError
from companion.engine.events import (
    AudioDeviceChanged,
    EngineClosed,
    EngineFailed,
    EngineReady,
    EngineState,
    EngineStateChanged,
    InputLevelChanged,
    ModelLoadFinished,
    ModelLoadStarted,
    PlaybackAdvanced,
    PlaybackStarted,
    ReplyFinished,
    ReplyToken,
    TranscriptFinal,
    TurnCompleted,
    TurnEmpty,
    TurnFailed,
    TurnInterrupted,
    TurnStarted,
)
from companion.engine.messages import ChatMessage, Placement, Role
from companion.engine.samples import EAR_RATE_HZ
from companion.headless import TURN_ENDS
from tests.engine.harness import WAIT_S, Rig, running, tone
from tests.fakes.chat_model import FakeChatModel
from tests.fakes.synthesizer import FakeSynthesizer
from tests.fakes.transcriber import FakeTranscriber

LONG_REPLY = " ".join(f"This is sentence number {number} of a long reply." for number in range(1, 15))


@pytest.fixture
def rig() -> Iterator[Rig]:
    with running(Rig()) as rig:
        yield rig


def answered(rig: Rig) -> int:
    """One whole turn; returns the index of its first event."""
    begin = rig.press()
    turn_id = rig.wait(TurnStarted, begin).turn_id
    rig.release()
    end = begin
    while rig.log.wait_for(*TURN_ENDS, after=end, timeout_s=WAIT_S).turn_id != turn_id:
        end += 1
    return begin


def test_everything_is_loaded_before_ready(rig: Rig) -> None:
    loaded = {event.role for event in rig.all_of(ModelLoadFinished)}
    assert loaded == {Role.STT, Role.LLM, Role.TTS}
    assert [type(event) for event in rig.log.events].index(EngineReady) > max(
        index for index, event in enumerate(rig.log.events) if isinstance(event, ModelLoadFinished)
    )
    assert rig.chat_model.prefills, "the system prompt is in the cache"


def test_a_turn_from_key_to_sound(rig: Rig) -> None:
    begin = answered(rig)
    events = rig.log.events[begin:]
    order = [
        kind
        for event in events
        for kind in (TurnStarted, TranscriptFinal, ReplyToken, ReplyFinished, PlaybackStarted, TurnCompleted)
        if isinstance(event, kind)
    ]
    assert order[:2] == [TurnStarted, TranscriptFinal]
    assert order[-1] is TurnCompleted
    assert rig.all_of(TranscriptFinal, begin)[0].text == "how are you"
    assert "".join(event.text for event in rig.all_of(ReplyToken, begin)) == "I hear you. Tell me more."
    assert rig.all_of(ReplyFinished, begin)[0].text == "I hear you. Tell me more."
    captions = [event.heard for event in rig.all_of(PlaybackAdvanced, begin)]
    assert captions == sorted(captions)
    assert captions[-1] == len("I hear you. Tell me more.")
    metrics = rig.all_of(TurnCompleted, begin)[0].metrics
    assert metrics.release_latency_s is not None
    assert metrics.reply_tokens == 6
    assert metrics.first_of_session
    assert rig.all_of(InputLevelChanged, begin)


def test_the_next_turn_sees_the_one_before(rig: Rig) -> None:
    answered(rig)
    answered(rig)
    roles = [message.role for message in rig.chat_model.prompts[-1]]
    assert roles == ["system", "user", "assistant", "user"]
    assert rig.chat_model.prompts[-1][2].text == "I hear you. Tell me more."


def test_a_typed_message_is_answered_aloud(rig: Rig) -> None:
    begin = rig.post(SendText(text="hello", at_s=rig.clock()))
    rig.wait(TurnCompleted, begin)
    assert rig.wait(PlaybackStarted, begin).release_latency_s is None
    assert rig.chat_model.prompts[-1][-1].text == "hello"


def test_an_interrupted_reply_keeps_what_was_heard() -> None:
    with running(Rig(chat_model=FakeChatModel([LONG_REPLY, "Yes."]))) as rig:
        begin = rig.press()
        rig.wait(TurnStarted, begin)
        rig.release()
        rig.wait(PlaybackAdvanced, begin)
        rig.press()
        ended = rig.wait(TurnInterrupted, begin)
        assert 0 < len(ended.heard_text) < len(LONG_REPLY)
        assert LONG_REPLY.startswith(ended.heard_text)
        rig.release()
        rig.wait(TurnCompleted, begin)
        assert rig.chat_model.prompts[-1][2].text == ended.heard_text.strip()


def test_stop_ends_the_reply_and_its_work() -> None:
    with running(Rig(chat_model=FakeChatModel([LONG_REPLY, "Yes."]))) as rig:
        begin = rig.press()
        rig.wait(TurnStarted, begin)
        rig.release()
        rig.wait(PlaybackStarted, begin)
        stop = rig.post(StopSpeaking())
        rig.wait(TurnInterrupted, stop)
        begin = rig.post(SendText(text="go on", at_s=rig.clock()))
        rig.wait(TurnCompleted, begin)
        assert rig.synthesizer.spoken[-1] == "Yes."
        assert not any("number 14" in text for text in rig.synthesizer.spoken), "its end was never made"


def test_a_tap_is_no_turn(rig: Rig) -> None:
    begin = rig.press()
    rig.release(0.1)
    assert rig.wait(TurnEmpty, begin).reason == "tap"
    assert not rig.chat_model.prompts


def test_silence_is_answered_with_nothing(rig: Rig) -> None:
    rig.microphone.load(np.full(EAR_RATE_HZ, 1e-5, np.float32))
    begin = answered(rig)
    assert rig.all_of(TurnEmpty, begin)[0].reason == "silence"


def test_a_microphone_that_gives_nothing_but_zeros_is_told_from_silence(rig: Rig) -> None:
    rig.microphone.load(np.zeros(EAR_RATE_HZ, np.float32))
    assert rig.all_of(TurnEmpty, answered(rig))[0].reason == "no-sound"
    assert not rig.chat_model.prompts


def test_sound_without_words_is_answered_with_nothing() -> None:
    with running(Rig(transcriber=FakeTranscriber([""]))) as rig:
        begin = answered(rig)
        assert rig.all_of(TurnEmpty, begin)[0].reason == "no-words"
        assert not rig.chat_model.prompts


def test_a_failed_reply_fails_its_turn_only(rig: Rig) -> None:
    rig.chat_model.failure = GenerationError("generation-failed", "It failed.")
    begin = rig.post(SendText(text="hello", at_s=rig.clock()))
    assert rig.wait(TurnFailed, begin).error.code == "generation-failed"
    begin = rig.post(SendText(text="again", at_s=rig.clock()))
    rig.wait(TurnCompleted, begin)


def test_a_clause_that_cannot_be_spoken_stays_on_the_screen() -> None:
    voice = FakeSynthesizer(fails_on=["I hear you."])
    with running(Rig(synthesizer=voice)) as rig:
        begin = answered(rig)
        assert rig.all_of(ReplyFinished, begin)[0].text == "I hear you. Tell me more."
        assert rig.all_of(PlaybackStarted, begin), "the rest is heard"
        assert rig.all_of(TurnCompleted, begin)


def test_a_part_that_cannot_be_loaded_is_named() -> None:
    voice = FakeSynthesizer(load_error=ModelMissingError("model-missing", "The voice is not there."))
    rig = Rig(synthesizer=voice)
    rig.engine.start()
    failed = rig.wait(EngineFailed)
    assert (failed.role, failed.error.code) == (Role.TTS, "model-missing")
    assert rig.engine.close(WAIT_S)
    assert not rig.all_of(EngineReady)


def test_a_new_conversation_forgets(rig: Rig) -> None:
    answered(rig)
    rig.post(NewConversation())
    answered(rig)
    assert [message.role for message in rig.chat_model.prompts[-1]] == ["system", "user"]


def test_an_earlier_conversation_goes_on(rig: Rig) -> None:
    earlier = (ChatMessage(role="user", text="I am Ann."), ChatMessage(role="assistant", text="Hello Ann."))
    rig.post(NewConversation(messages=earlier))
    answered(rig)
    assert rig.chat_model.prompts[-1][1:3] == earlier


def test_a_full_context_loses_the_oldest_turns() -> None:
    model = FakeChatModel([" ".join(["word"] * 40)], context_tokens=512, max_reply_tokens=120)
    with running(Rig(chat_model=model)) as rig:
        for number in range(12):
            begin = rig.post(SendText(text=f"question {number} " + "and " * 20, at_s=rig.clock()))
            rig.wait(PlaybackAdvanced, begin)
            rig.post(StopSpeaking())
            rig.log.wait_for(TurnInterrupted, TurnCompleted, after=begin, timeout_s=WAIT_S)
        assert model.prompts[-1][0].role == "system"
        assert "question 0 " not in " ".join(message.text for message in model.prompts[-1])
        assert not rig.all_of(TurnFailed)


def test_devices_can_be_reopened_in_mid_turn(rig: Rig) -> None:
    begin = rig.press()
    rig.wait(InputLevelChanged, begin)
    rig.post(ReopenAudio())
    final = rig.wait(TranscriptFinal, begin)
    assert final.text == "how are you", "what was said before is answered"


def test_a_changed_voice_is_loaded_between_turns(rig: Rig) -> None:
    slower = replace(rig.config, tts=replace(rig.config.tts, voice_file=Path("other")))
    rig.synthesizer = FakeSynthesizer()
    begin = rig.post(ApplyConfig(config=slower))
    assert rig.wait(EngineReady, begin)
    assert {event.role for event in rig.all_of(ModelLoadFinished, begin)} == {Role.TTS}
    begin = answered(rig)
    assert rig.all_of(TurnCompleted, begin)


def test_a_key_storm_leaves_no_turn_behind(rig: Rig) -> None:
    for _ in range(50):
        now_s = rig.clock()
        rig.post(PressToTalk(at_s=now_s))
        rig.post(ReleaseToTalk(at_s=now_s + 0.05))
    rig.wait(TurnCompleted, rig.post(SendText(text="hello", at_s=rig.clock())))
    begin = answered(rig)
    started = {event.turn_id for event in rig.all_of(TurnStarted)}
    ended = [event.turn_id for event in rig.log.events if isinstance(event, TURN_ENDS)]
    assert sorted(ended) == sorted(started), "each turn ends exactly once"
    assert rig.all_of(TurnCompleted, begin)


@pytest.mark.parametrize("state", [EngineState.IDLE, EngineState.LISTENING, EngineState.THINKING, EngineState.SPEAKING])
def test_it_closes_in_every_state(state: EngineState) -> None:
    gate = threading.Event()
    held = FakeChatModel([LONG_REPLY], before_piece=lambda: _wait(gate))
    rig = Rig(chat_model=held if state is EngineState.THINKING else FakeChatModel([LONG_REPLY]))
    with running(rig):
        begin = rig.now
        if state is EngineState.LISTENING:
            rig.press()
        elif state is not EngineState.IDLE:
            rig.post(SendText(text="hello", at_s=rig.clock()))
        if state is not EngineState.IDLE:
            while rig.wait(EngineStateChanged, begin).new is not state:
                begin += 1
        gate.set()
    assert isinstance(rig.log.events[-1], EngineClosed)
    assert not threading.enumerate()[1:] or not any(
        thread.name in ("engine", "stt", "llm", "tts") for thread in threading.enumerate()
    )


def test_it_closes_while_loading() -> None:
    rig = Rig()
    rig.engine.start()
    assert rig.engine.close(WAIT_S)


def _wait(gate: threading.Event) -> None:
    assert gate.wait(WAIT_S)


def test_a_long_monologue_is_settled_piece_by_piece() -> None:
    story = FakeTranscriber([f"part {number}" for number in range(1, 9)])
    with running(Rig(transcriber=story)) as rig:
        piece = tone(10.0, silence_s=0.6)
        rig.microphone.load(np.concatenate([piece] * 4))
        begin = answered(rig)
        words = rig.all_of(TranscriptFinal, begin)[0].text
        assert words.count("part") >= 2


def test_a_cache_that_cannot_be_primed_does_not_hold_up_the_start() -> None:
    class Unprimed(FakeChatModel):
        def load(self) -> Placement:
            placement = super().load()
            self.failure = GenerationError("generation-failed", "It failed.")
            return placement

    with running(Rig(chat_model=Unprimed())) as rig:
        rig.wait(TurnCompleted, rig.post(SendText(text="hello", at_s=rig.clock())))


def test_the_volume_changes_in_mid_reply() -> None:
    with running(Rig(chat_model=FakeChatModel([LONG_REPLY]))) as rig:
        begin = rig.post(SendText(text="hello", at_s=rig.clock()))
        rig.wait(PlaybackStarted, begin)
        changed = rig.post(ApplyConfig(config=replace(rig.config, audio=replace(rig.config.audio, volume=0.5))))
        rig.wait(TurnInterrupted, rig.post(StopSpeaking()))
        assert not rig.all_of(AudioDeviceChanged, changed)


def test_what_is_tuned_is_not_loaded_again(rig: Rig) -> None:
    llm = replace(rig.config.llm, temperature=0.1, reply_tokens=20, max_reply_tokens=90)
    begin = rig.post(ApplyConfig(config=replace(rig.config, llm=llm, tts=replace(rig.config.tts, rate=1.3))))
    rig.wait(TurnCompleted, rig.post(SendText(text="hello", at_s=rig.clock())))
    assert rig.chat_model.tuned == [llm]
    assert [config.rate for config in rig.synthesizer.tuned] == [1.3]
    assert not rig.all_of(ModelLoadStarted, begin)


def test_only_the_part_that_changed_is_loaded(rig: Rig) -> None:
    longer = replace(rig.config.llm, context_tokens=4096, max_reply_tokens=2000)
    begin = rig.post(ApplyConfig(config=replace(rig.config, llm=longer)))
    rig.wait(EngineReady, begin)
    assert [event.role for event in rig.all_of(ModelLoadStarted, begin)] == [Role.LLM]
    begin = rig.post(ApplyConfig(config=replace(rig.config, llm=longer, stt=replace(rig.config.stt, window_s=8))))
    rig.wait(EngineReady, begin)
    assert [event.role for event in rig.all_of(ModelLoadStarted, begin)] == [Role.STT]


def test_a_voice_changed_twice_is_ready_once_the_last_is_loaded(rig: Rig) -> None:
    class Slow(FakeSynthesizer):
        def __init__(self) -> None:
            super().__init__()
            self.gate = threading.Event()

        def load(self) -> Placement:
            _wait(self.gate)
            return super().load()

    first, second = Slow(), Slow()
    rig.synthesizer = first
    begin = rig.post(ApplyConfig(config=replace(rig.config, tts=replace(rig.config.tts, voice_file=Path("one")))))
    rig.wait(ModelLoadStarted, begin)
    rig.synthesizer = second
    again = rig.post(ApplyConfig(config=replace(rig.config, tts=replace(rig.config.tts, voice_file=Path("two")))))
    first.gate.set()
    try:
        rig.wait(ModelLoadStarted, again)
        rig.wait(AudioDeviceChanged, rig.post(ReopenAudio()))  # what the first had to say was handled before this
        assert not rig.all_of(EngineReady, begin)
        assert len(rig.all_of(ModelLoadFinished, again)) == 0
    finally:
        second.gate.set()
    rig.wait(EngineReady, again)
    rig.wait(TurnCompleted, rig.post(SendText(text="hello", at_s=rig.clock())))

"""A configuration given in mid-turn: that turn ends as it began, the next one is the first with the new one."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from companion.engine.commands import ApplyConfig, PressToTalk, ReleaseToTalk, SendText, StopSpeaking
from companion.engine.config import EngineConfig
from companion.engine.events import (
    EngineState,
    EngineStateChanged,
    PlaybackAdvanced,
    PlaybackStarted,
    TranscriptPartial,
    TurnCompleted,
    TurnEmpty,
    TurnInterrupted,
)
from tests.e2e.virtual_desktop import wait_until
from tests.engine.harness import WAIT_S, Rig, running
from tests.fakes.chat_model import FakeChatModel

PROMPT = "You are somebody else."
LONG_REPLY = " ".join(f"This is sentence number {number} of a long reply." for number in range(1, 15))


@pytest.fixture
def rig() -> Iterator[Rig]:
    with running(Rig(chat_model=FakeChatModel([LONG_REPLY, "Yes."]))) as rig:
        yield rig


def changed(config: EngineConfig) -> EngineConfig:
    """Return a configuration with another prompt, another length of a tap, another speed, another volume."""
    return replace(
        config,
        llm=replace(config.llm, system_prompt=PROMPT),
        tts=replace(config.tts, rate=1.5),
        turn=replace(config.turn, tap_s=1.0),
        audio=replace(config.audio, volume=0.5),
    )


def speaking(rig: Rig) -> int:
    begin = rig.post(SendText(text="hello", at_s=rig.clock()))
    rig.wait(PlaybackAdvanced, begin)
    return begin


def old_one_in_force(rig: Rig) -> bool:
    engine = rig.engine
    return (engine._machine.config, engine._conversation.messages[0].text, rig.synthesizer.tuned) == (
        rig.config.turn,
        rig.config.llm.system_prompt,
        [],
    )


def test_the_volume_changes_at_once_and_all_else_with_the_end_of_the_turn(rig: Rig) -> None:
    begin = speaking(rig)
    rig.post(ApplyConfig(config=changed(rig.config)))
    wait_until(lambda: rig.engine._playback.volume == 0.5, WAIT_S, "the volume")
    assert rig.engine._machine.state is EngineState.SPEAKING
    assert old_one_in_force(rig)
    rig.post(StopSpeaking())
    rig.wait(TurnInterrupted, begin)
    rig.wait(TurnCompleted, rig.post(SendText(text="again", at_s=rig.clock())))
    assert rig.chat_model.prompts[-1][0].text == PROMPT
    assert [message.role for message in rig.chat_model.prompts[-1]] == ["system", "user", "assistant", "user"]
    assert rig.engine._machine.config.tap_s == 1.0
    assert [config.rate for config in rig.synthesizer.tuned] == [1.5]


def test_a_press_that_ends_the_turn_begins_one_with_the_new_configuration(rig: Rig) -> None:
    speaking(rig)
    rig.post(ApplyConfig(config=changed(rig.config)))
    begin = rig.now
    now_s = rig.clock()
    rig.post(PressToTalk(at_s=now_s))
    rig.post(ReleaseToTalk(at_s=now_s + 0.9))
    assert rig.wait(TurnEmpty, begin).reason == "tap", "0.9 s are one now"


def test_a_question_that_is_dropped_leaves_the_cache_primed_for_the_new_prompt(rig: Rig) -> None:
    begin = rig.press()
    rig.wait(TranscriptPartial, begin)
    rig.post(ApplyConfig(config=changed(rig.config)))
    rig.post(StopSpeaking())
    rig.wait(TurnEmpty, begin)
    wait_until(lambda: rig.chat_model.prefills[-1][0][0].text == PROMPT, WAIT_S, "primed")


def test_of_two_changes_in_one_turn_the_last_is_used(rig: Rig) -> None:
    begin = speaking(rig)
    rig.post(ApplyConfig(config=changed(rig.config)))
    rig.post(ApplyConfig(config=rig.config))
    rig.post(StopSpeaking())
    rig.wait(TurnInterrupted, begin)
    rig.wait(TurnCompleted, rig.post(SendText(text="again", at_s=rig.clock())))
    assert rig.chat_model.prompts[-1][0].text == rig.config.llm.system_prompt
    assert rig.engine._playback.volume == 1.0


def test_other_devices_are_opened_at_once_and_the_rest_still_waits(rig: Rig) -> None:
    begin = rig.press()
    rig.wait(TranscriptPartial, begin)
    other = changed(rig.config)
    rig.post(ApplyConfig(config=replace(other, audio=replace(other.audio, speaker="another"))))
    rig.wait(PlaybackStarted, begin)
    assert rig.chat_model.prompts[-1][0].text == rig.config.llm.system_prompt
    rig.post(StopSpeaking())
    while rig.wait(EngineStateChanged, begin).new is not EngineState.IDLE:
        begin += 1
    assert rig.engine._machine.config.tap_s == 1.0

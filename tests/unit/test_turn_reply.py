"""The turn machine on virtual time: from the commit to the end of the reply."""

import pytest

from companion.engine import effects as fx
from companion.engine.commands import NewConversation, PressToTalk, SendText, StopSpeaking
from companion.engine.config import TurnConfig
from companion.engine.errors import AudioDeviceError, GenerationError, SynthesisError, TranscriptionError
from companion.engine.events import (
    EngineState,
    ReplyToken,
    TranscriptFinal,
)
from companion.engine.messages import (
    JobFailed,
    Role,
)
from companion.engine.signals import (
    CaptureLost,
    PlaybackDrained,
    PlaybackHeard,
    Tick,
    VoiceHeard,
)
from companion.engine.turn import TurnMachine
from tests.unit.turn_script import Script, all_of, event_types, events, held_draft, one


@pytest.fixture
def script() -> Script:
    return Script()


def speaking(script: Script) -> None:
    held_draft(script)
    script.release(0.3)
    script.do(PlaybackHeard())
    assert script.is_(EngineState.SPEAKING)


def test_pressing_in_a_reply_stops_it_first(script: Script) -> None:
    speaking(script)
    effects = script.press(1.0)
    assert isinstance(effects[0], fx.FinishTurn)
    assert (effects[0].outcome, effects[0].recorded) == ("interrupted", True)
    assert effects[0].reply == "It is very old, indeed it is."
    kinds = [type(effect) for effect in effects]
    assert kinds.index(fx.CancelDraft) < kinds.index(fx.BeginCapture)
    assert script.is_(EngineState.LISTENING)


def test_stop_speaking_ends_the_turn(script: Script) -> None:
    speaking(script)
    assert one(script.do(StopSpeaking()), fx.FinishTurn).outcome == "interrupted"
    assert script.is_(EngineState.IDLE)


def test_a_turn_completes_when_all_was_said_and_played(script: Script) -> None:
    speaking(script)
    assert script.do(PlaybackDrained()) == [], "the reply is not written to its end"
    script.generated()
    for effect in all_of(script.effects, fx.Synthesize)[1:]:
        script.do(PlaybackDrained())
        assert script.is_(EngineState.SPEAKING)
        script.synthesized(effect)
    effects = script.do(PlaybackDrained())
    finish = one(effects, fx.FinishTurn)
    assert (finish.outcome, finish.user_text) == ("completed", "how old is the bridge")
    assert one(effects, fx.TidyUp)
    assert script.is_(EngineState.IDLE)


def test_a_typed_turn_is_committed_from_the_start(script: Script) -> None:
    effects = script.do(SendText(text="hello", at_s=script.now_s))
    generate = one(effects, fx.Generate)
    assert generate.user_text == "hello"
    assert TranscriptFinal in event_types(effects)
    assert [type(e) for e in events(script.token("Hi", generate.draft))] == [ReplyToken]


def test_an_empty_typed_message_is_nothing(script: Script) -> None:
    assert script.do(SendText(text="  \n", at_s=0.0)) == []


def test_an_empty_reply_is_said_to_be_one(script: Script) -> None:
    effects = script.do(SendText(text="hello", at_s=script.now_s))
    finish = one(script.generated(draft=one(effects, fx.Generate).draft), fx.FinishTurn)
    assert finish.error is not None
    assert finish.error.code == "reply-empty"


def test_a_failed_transcription_fails_the_turn_only(script: Script) -> None:
    script.press()
    script.speak(0.5)
    script.pause()
    script.release()
    error = TranscriptionError("transcription-failed", "It failed.")
    finish = one(script.do(JobFailed(draft=script.draft, role=Role.STT, error=error)), fx.FinishTurn)
    assert (finish.outcome, finish.error) == ("failed", error)
    assert script.press(), "the next turn works"


def test_a_draft_that_fails_while_the_user_speaks_is_tried_again_at_the_release(script: Script) -> None:
    script.press()
    script.speak(0.5)
    script.pause()
    failed = script.draft
    error = TranscriptionError("transcription-failed", "It failed.")
    assert not all_of(script.do(JobFailed(draft=failed, role=Role.STT, error=error)), fx.FinishTurn)
    effects = script.release(0.3)
    assert one(effects, fx.Transcribe).draft > failed


def test_a_failed_partial_does_not_stop_partials(script: Script) -> None:
    script.press()
    id_ = one(script.speak(0.6), fx.Transcribe).draft
    error = TranscriptionError("transcription-failed", "It failed.")
    assert script.do(JobFailed(draft=id_, role=Role.STT, error=error, kind="partial")) == []
    assert one(script.speak(0.6), fx.Transcribe)


def test_a_failed_generation_fails_the_turn(script: Script) -> None:
    speaking(script)
    error = GenerationError("generation-failed", "It failed.")
    finish = one(script.do(JobFailed(draft=script.draft, role=Role.LLM, error=error)), fx.FinishTurn)
    assert (finish.outcome, finish.recorded) == ("failed", True)


def test_a_clause_that_cannot_be_spoken_is_skipped(script: Script) -> None:
    script.press()
    script.speak(1.0)
    script.pause()
    script.transcribed("hello")
    first = script.say("It", " is", " very", " old", ",", " indeed", " it", " is", ".")
    script.release(0.3)
    error = SynthesisError("synthesis-failed", "It failed.")
    effects = script.do(JobFailed(draft=first.draft, role=Role.TTS, error=error))
    assert len(one(effects, fx.Play).sound.samples) == 0
    assert not script.is_(EngineState.IDLE)


def first_of_two_clauses(script: Script) -> fx.Synthesize:
    """Press, speak, pause; a clause is being spoken into memory and another waits."""
    script.press()
    script.speak(1.0)
    script.pause()
    script.transcribed("how old is the bridge")
    return script.say("Of", " course", ",", " the bridge is very old.", " Is", " it")


def test_the_first_part_of_the_first_clause_is_enough_to_sound(script: Script) -> None:
    first = first_of_two_clauses(script)
    assert not all_of(script.synthesized(first, last=False), fx.Play), "nothing sounds before the release"
    effects = script.release(0.3)
    assert one(effects, fx.Play).sound.clause == first.clause
    assert script.machine.awaiting_sound


def test_a_first_part_after_the_release_commits_the_draft(script: Script) -> None:
    script.press()
    script.speak(1.0)
    script.hush(0.07)
    script.release()
    script.transcribed("how old is it")
    first = script.say("Of", " course", ",", " the bridge is very old.")
    effects = script.synthesized(first, last=False)
    assert one(effects, fx.Play).sound.clause == first.clause
    assert one(effects, fx.EndCapture)


def test_the_next_clause_waits_for_the_last_part_of_this_one(script: Script) -> None:
    first = first_of_two_clauses(script)
    script.release(0.3)
    for _ in range(3):
        assert not all_of(script.synthesized(first, last=False), fx.Synthesize)
    assert script.do(PlaybackDrained()) == [], "more of the clause is to come"
    effects = script.synthesized(first)
    assert one(effects, fx.Play)
    assert one(effects, fx.Synthesize).clause.index == 1


def test_the_first_sound_is_marked_once(script: Script) -> None:
    first = first_of_two_clauses(script)
    script.synthesized(first, last=False)
    script.synthesized(first, last=False)
    script.synthesized(one(script.synthesized(first), fx.Synthesize))
    assert [mark.moment for mark in all_of(script.effects, fx.Mark)].count("first_sound") == 1


def test_clauses_are_held_not_parts(script: Script) -> None:
    first = first_of_two_clauses(script)
    for _ in range(5):
        script.synthesized(first, last=False)
    second = one(script.synthesized(first), fx.Synthesize)
    script.token(" not? Yes, it is, and so is the other one. Look at it. ")
    assert not all_of(script.synthesized(second), fx.Synthesize), "two clauses are held: enough for a draft"
    assert len(all_of(script.release(0.3), fx.Play)) == 7


def test_a_failure_in_the_middle_of_a_clause_ends_it_there(script: Script) -> None:
    first = first_of_two_clauses(script)
    script.release(0.3)
    script.synthesized(first, last=False)
    error = SynthesisError("synthesis-failed", "It failed.")
    effects = script.do(JobFailed(draft=first.draft, role=Role.TTS, error=error))
    ended = one(effects, fx.Play).sound
    assert (ended.clause, len(ended.samples), ended.last) == (first.clause, 0, True)
    assert one(effects, fx.Synthesize).clause.index == 1


def test_a_lost_key_up_cannot_record_for_ever() -> None:
    script = Script(TurnConfig(max_hold_s=60))
    script.press()
    script.speak(2.0)
    script.hush(0.1)
    assert script.do(Tick(), 30) == []
    assert one(script.do(Tick(), 31), fx.Transcribe).kind == "final"


def test_a_lost_microphone_keeps_what_was_said(script: Script) -> None:
    script.press()
    script.speak(1.0)
    lost = AudioDeviceError("microphone-lost", "Gone.")
    effects = script.do(CaptureLost(error=lost))
    assert one(effects, fx.Transcribe).kind == "final"
    assert script.release(0.2) == []


def test_no_microphone_is_said_at_once(script: Script) -> None:
    script.press()
    missing = AudioDeviceError("microphone-missing", "None.")
    finish = one(script.do(CaptureLost(error=missing)), fx.FinishTurn)
    assert finish.error is missing


def test_a_new_conversation_ends_the_turn(script: Script) -> None:
    speaking(script)
    effects = script.do(NewConversation())
    assert one(effects, fx.FinishTurn).outcome == "interrupted"
    assert one(effects, fx.ResetConversation).messages == ()


def test_speech_is_not_made_far_ahead_of_a_draft(script: Script) -> None:
    script.press()
    script.speak(1.0)
    script.pause()
    script.transcribed("tell me a story")
    effect = script.say("Once", " upon", " a", " time", ",")
    for _ in range(2):
        done: list[fx.Effect] = []
        for _ in range(12):
            done += script.token(" there was a dragon.")
        pending = all_of(script.synthesized(effect), fx.Synthesize)
        if not pending:
            break
        effect = pending[0]
    assert len(all_of(script.effects, fx.Synthesize)) == 2
    assert all_of(script.release(0.3), fx.Synthesize), "after the commit it goes on"


def test_nothing_happens_before_ready_or_after_close(script: Script) -> None:
    script.machine.suspend(EngineState.CLOSED, script.now_s)
    assert script.press() == []
    fresh = TurnMachine(TurnConfig())
    assert fresh.handle(PressToTalk(at_s=0.0), 0.0) == []


def test_a_conversation_chosen_while_models_load_is_kept() -> None:
    fresh = TurnMachine(TurnConfig())
    assert one(fresh.handle(NewConversation(), 0.0), fx.ResetConversation).messages == ()


def test_nothing_is_settled_while_a_draft_transcribes_it(script: Script) -> None:
    script.press()
    script.speak(1.0)
    script.pause()
    quiet = VoiceHeard(kind=None, voiced_s=script.voiced_s, silence_s=0.4, settle=True)
    assert script.do(quiet) == []


def test_the_cost_of_a_reply_belongs_to_its_own_turn(script: Script) -> None:
    stopped = one(script.do(SendText(text="one", at_s=script.now_s)), fx.Generate).draft
    script.do(SendText(text="two", at_s=script.now_s))
    script.generated(draft=stopped)
    assert one(script.do(StopSpeaking()), fx.FinishTurn).stats is None

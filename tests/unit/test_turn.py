"""The turn machine on virtual time: messages in, effects out."""

from collections.abc import Iterable
from typing import TypeVar

import numpy as np
import pytest

from companion.engine import effects as fx
from companion.engine.commands import NewConversation, PressToTalk, ReleaseToTalk, SendText, StopSpeaking
from companion.engine.config import TurnConfig
from companion.engine.errors import AudioDeviceError, GenerationError, SynthesisError, TranscriptionError
from companion.engine.events import (
    EngineState,
    Event,
    ReplyFinished,
    ReplyToken,
    TranscriptFinal,
    TranscriptPartial,
    TurnStarted,
)
from companion.engine.messages import (
    ClauseSynthesized,
    DraftId,
    FinishReason,
    GenerationFinished,
    GenerationStats,
    JobFailed,
    Role,
    TokenGenerated,
    Transcribed,
    Transcript,
    TranscriptionKind,
)
from companion.engine.signals import (
    CaptureLost,
    PlaybackDrained,
    PlaybackHeard,
    Tick,
    TurnMessage,
    VoiceHeard,
)
from companion.engine.turn import TurnMachine

EffectT = TypeVar("EffectT")
STATS = GenerationStats(prompt_tokens=30, evaluated_tokens=10, reply_tokens=5, prefill_s=0.01, decode_s=0.05)


class Script:
    """Drives a machine by hand, one message at a time, and keeps every effect."""

    def __init__(self, config: TurnConfig | None = None) -> None:
        self.machine = TurnMachine(config or TurnConfig())
        self.now_s = 100.0
        self.voiced_s = 0.0
        self.effects: list[fx.Effect] = []
        self.machine.ready(self.now_s)

    def do(self, message: TurnMessage, after_s: float = 0.0) -> list[fx.Effect]:
        self.now_s += after_s
        done = self.machine.handle(message, self.now_s)
        self.effects += done
        return done

    def press(self, after_s: float = 0.0) -> list[fx.Effect]:
        return self.do(PressToTalk(at_s=self.now_s + after_s), after_s)

    def release(self, after_s: float = 0.0) -> list[fx.Effect]:
        return self.do(ReleaseToTalk(at_s=self.now_s + after_s), after_s)

    def speak(self, seconds: float) -> list[fx.Effect]:
        """The user speaks on, from silence or not."""
        done: list[fx.Effect] = []
        kind = "started" if not self.machine._turn or not self.machine._turn.voicing else None
        while seconds > 0:
            step = min(0.032, seconds)
            seconds -= step
            self.voiced_s += step
            done += self.do(VoiceHeard(kind=kind, voiced_s=self.voiced_s, silence_s=0.0), step)  # type: ignore[arg-type]
            kind = None
        return done

    def pause(self, after_s: float = 0.16) -> list[fx.Effect]:
        return self.do(VoiceHeard(kind="paused", voiced_s=self.voiced_s, silence_s=after_s), after_s)

    def hush(self, seconds: float) -> list[fx.Effect]:
        """Silence too short for a pause."""
        return self.do(VoiceHeard(kind=None, voiced_s=self.voiced_s, silence_s=seconds), seconds)

    def is_(self, state: EngineState) -> bool:
        return self.machine.state is state

    @property
    def draft(self) -> DraftId:
        """The draft whose transcription was asked for last."""
        return [e for e in self.effects if isinstance(e, fx.Transcribe) and e.kind == "final"][-1].draft

    def transcribed(
        self, text: str, kind: TranscriptionKind = "final", draft: DraftId | None = None
    ) -> list[fx.Effect]:
        transcript = Transcript(text=text)
        return self.do(Transcribed(draft=draft or self.draft, kind=kind, transcript=transcript, at_s=self.now_s), 0.1)

    def token(self, text: str, draft: DraftId | None = None) -> list[fx.Effect]:
        return self.do(TokenGenerated(draft=draft or self.draft, text=text, at_s=self.now_s), 0.01)

    def generated(self, reason: FinishReason = "stop", draft: DraftId | None = None) -> list[fx.Effect]:
        return self.do(GenerationFinished(draft=draft or self.draft, reason=reason, stats=STATS, at_s=self.now_s), 0.01)

    def synthesized(self, effect: fx.Synthesize, *, last: bool = True) -> list[fx.Effect]:
        """The whole sound of a clause, or the next part of it."""
        samples = np.full(1000, 0.5, np.float32)
        return self.do(
            ClauseSynthesized(
                draft=effect.draft, clause=effect.clause, samples=samples, rate_hz=22_050, at_s=self.now_s, last=last
            ),
            0.05,
        )

    def say(self, *tokens: str) -> fx.Synthesize:
        """The model writes; returns the first clause to be spoken."""
        done: list[fx.Effect] = []
        for text in tokens:
            done += self.token(text)
        return one(done, fx.Synthesize)


def all_of(effects: Iterable[fx.Effect], kind: type[EffectT]) -> list[EffectT]:
    return [effect for effect in effects if isinstance(effect, kind)]


def one(effects: Iterable[fx.Effect], kind: type[EffectT]) -> EffectT:
    found = all_of(effects, kind)
    assert len(found) == 1, found
    return found[0]


def events(effects: Iterable[fx.Effect]) -> list[Event]:
    return [effect.event for effect in effects if isinstance(effect, fx.Publish)]


def event_types(effects: Iterable[fx.Effect]) -> list[type]:
    return [type(event) for event in events(effects)]


@pytest.fixture
def script() -> Script:
    return Script()


def held_draft(script: Script) -> fx.Synthesize:
    """Press, speak, pause; the whole first clause is ready before the key comes up."""
    script.press()
    script.speak(1.0)
    script.pause()
    script.transcribed("how old is the bridge")
    first = script.say("It", " is", " very", " old", ",", " indeed", " it", " is", ".")
    script.synthesized(first)
    return first


def test_press_listens_at_once(script: Script) -> None:
    effects = script.press()
    assert isinstance(effects[0], fx.BeginCapture)
    assert event_types(effects)[0] is TurnStarted
    assert script.is_(EngineState.LISTENING)
    assert one(effects, fx.Prefill).open_text == ""


def test_key_repeat_is_ignored(script: Script) -> None:
    script.press()
    assert script.press(0.03) == []


def test_a_tap_is_no_turn(script: Script) -> None:
    script.press()
    finish = one(script.release(0.2), fx.FinishTurn)
    assert (finish.outcome, finish.reason, finish.recorded) == ("empty", "tap", False)
    assert script.is_(EngineState.IDLE)


def test_nothing_of_a_draft_shows_before_the_release(script: Script) -> None:
    held_draft(script)
    script.generated()
    assert not all_of(script.effects, fx.Play)
    shown = {type(event) for event in events(script.effects)}
    assert not shown & {TranscriptFinal, ReplyToken, ReplyFinished}


def test_release_with_a_draft_plays_it_at_once(script: Script) -> None:
    first = held_draft(script)
    effects = script.release(0.3)
    plays = all_of(effects, fx.Play)
    assert plays[0].sound.clause == first.clause
    assert effects.index(plays[0]) < effects.index(one(effects, fx.EndCapture))
    final, tokens = events(effects)[1:3]
    assert isinstance(final, TranscriptFinal)
    assert final.text == "how old is the bridge"
    assert isinstance(tokens, ReplyToken)
    assert tokens.text == "It is very old, indeed it is."


def test_a_draft_is_dropped_when_the_user_goes_on(script: Script) -> None:
    held_draft(script)
    stale = script.draft
    effects = script.speak(0.3)
    assert one(effects, fx.CancelDraft).draft == stale
    assert script.token("late", stale) == []
    assert script.generated(draft=stale) == []
    script.pause()
    assert script.draft > stale
    script.transcribed("how old is the bridge in town")
    assert one(script.effects[-4:], fx.Generate).user_text == "how old is the bridge in town"
    script.release(0.1)
    assert not all_of(script.effects, fx.Play)


def test_a_flicker_of_the_vad_keeps_the_draft(script: Script) -> None:
    held_draft(script)
    script.voiced_s += 0.032
    assert not all_of(script.hush(0.0), fx.CancelDraft)
    assert all_of(script.release(0.2), fx.Play)


def test_release_in_mid_word_waits_for_the_voice_to_end(script: Script) -> None:
    script.press()
    script.speak(1.0)
    assert not all_of(script.release(), fx.Transcribe)
    assert script.machine.capturing
    script.speak(0.1)
    effects = script.pause()
    assert one(effects, fx.Transcribe).kind == "final"
    assert script.is_(EngineState.TRANSCRIBING)


def test_the_tail_ends_even_if_the_voice_does_not(script: Script) -> None:
    script.press()
    script.speak(1.0)
    script.release()
    script.speak(0.39)
    assert not all_of(script.do(Tick(), 0.0), fx.Transcribe)
    effects = script.do(Tick(), 0.02)
    assert all_of(effects, fx.EndCapture)
    assert one(effects, fx.Transcribe).kind == "final"


def test_release_shortly_after_the_voice_does_not_wait_for_the_pause(script: Script) -> None:
    script.press()
    script.speak(1.0)
    script.hush(0.07)
    assert one(script.release(), fx.Transcribe).kind == "final"
    # The pause that the VAD declares later is the same silence: the draft goes on.
    assert not all_of(script.pause(0.1), fx.Transcribe)


def test_voice_after_the_release_revises_the_draft(script: Script) -> None:
    script.press()
    script.speak(1.0)
    script.hush(0.07)
    script.release()
    stale = script.draft
    script.transcribed("how old")
    assert script.is_(EngineState.THINKING)
    effects = script.speak(0.1)
    assert one(effects, fx.CancelDraft).draft == stale
    assert script.is_(EngineState.TRANSCRIBING)
    script.pause()
    script.transcribed("how old is it")
    first = script.say("It", " is", " very", " old", ",")
    effects = script.synthesized(first)
    assert one(effects, fx.Play)
    final = next(event for event in events(effects) if isinstance(event, TranscriptFinal))
    assert final.text == "how old is it"


def test_silence_is_answered_with_nothing(script: Script) -> None:
    script.press()
    script.release(1.0)
    finish = one(script.do(Tick(), 0.5), fx.FinishTurn)
    assert (finish.outcome, finish.reason) == ("empty", "silence")


def test_words_that_begin_with_the_release_still_count(script: Script) -> None:
    script.press()
    script.release(1.0)
    script.speak(0.2)
    effects = script.do(Tick(), 0.3)
    assert one(effects, fx.Transcribe).kind == "final"


def test_noise_without_words_is_answered_with_nothing(script: Script) -> None:
    script.press()
    script.speak(0.5)
    script.pause()
    script.transcribed("")
    script.release(0.3)
    finish = one(script.do(Tick(), 0.5), fx.FinishTurn)
    assert (finish.outcome, finish.reason, finish.recorded) == ("empty", "no-words", False)


def test_partials_come_by_voice_not_by_time(script: Script) -> None:
    script.press()
    effects = script.speak(0.6)
    assert [t.kind for t in all_of(effects, fx.Transcribe)] == ["partial"]
    assert not all_of(script.speak(0.6), fx.Transcribe), "one at a time"
    id_ = all_of(effects, fx.Transcribe)[0].draft
    done = script.transcribed("how", "partial", id_)
    assert [e.text for e in events(done) if isinstance(e, TranscriptPartial)] == ["how"]
    assert len(all_of(script.speak(0.1), fx.Transcribe)) == 1


def test_agreed_words_are_prefilled(script: Script) -> None:
    script.press()
    id_ = one(script.speak(0.6), fx.Transcribe).draft
    script.transcribed("How old is", "partial", id_)
    script.speak(0.6)
    done = script.transcribed("how old is the bridge", "partial", id_)
    assert one(done, fx.Prefill).open_text == "how old is"


def test_settled_parts_of_a_long_utterance_come_first(script: Script) -> None:
    script.press()
    script.speak(0.4)
    done = script.do(VoiceHeard(kind=None, voiced_s=16.0, silence_s=0.0, settle=True))
    script.voiced_s = 16.0
    assert one(done, fx.Transcribe).kind == "settled"
    script.transcribed("a long story", "settled", one(done, fx.Transcribe).draft)
    script.pause()
    done = script.transcribed("and its end")
    assert one(done, fx.Generate).user_text == "a long story and its end"


def test_pressing_again_before_the_answer_goes_on_with_the_turn(script: Script) -> None:
    script.press()
    script.speak(1.0)
    script.hush(0.07)
    script.release()
    turn = script.draft.turn
    script.transcribed("how old")
    effects = script.press(0.1)
    assert not all_of(effects, fx.FinishTurn)
    assert script.is_(EngineState.LISTENING)
    script.speak(0.5)
    script.pause()
    assert script.draft.turn == turn
    script.release(0.5)
    assert script.is_(EngineState.TRANSCRIBING)


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
    error = TranscriptionError("transcription-failed", "It failed.")
    finish = one(script.do(JobFailed(draft=script.draft, role=Role.STT, error=error)), fx.FinishTurn)
    assert (finish.outcome, finish.error) == ("failed", error)
    assert script.press(), "the next turn works"


def test_a_failed_partial_does_not_stop_partials(script: Script) -> None:
    script.press()
    id_ = one(script.speak(0.6), fx.Transcribe).draft
    error = TranscriptionError("transcription-failed", "It failed.")
    assert script.do(JobFailed(draft=id_, role=Role.STT, error=error)) == []
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

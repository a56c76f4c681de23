"""The turn machine on virtual time: messages in, effects out."""

import pytest

from companion.engine import effects as fx
from companion.engine.commands import NewConversation, SendText, StopSpeaking
from companion.engine.errors import GenerationError
from companion.engine.events import (
    EngineState,
    ReplyFinished,
    ReplyToken,
    TranscriptFinal,
    TranscriptPartial,
    TurnStarted,
)
from companion.engine.messages import JobFailed, Role
from companion.engine.signals import Tick, TurnMessage, VoiceHeard
from tests.unit.turn_script import Script, all_of, event_types, events, held_draft, one


@pytest.fixture
def script() -> Script:
    return Script()


def test_press_listens_at_once(script: Script) -> None:
    effects = script.press()
    assert isinstance(effects[0], fx.BeginCapture)
    assert event_types(effects)[0] is TurnStarted
    assert script.is_(EngineState.LISTENING)
    assert one(effects, fx.Prefill).open_text == ""


def test_key_repeat_is_ignored(script: Script) -> None:
    script.press()
    assert script.press(0.03) == []


def test_a_second_short_press_keeps_what_was_said(script: Script) -> None:
    script.press()
    script.speak(1.0)
    script.release(0.1)
    script.press(0.05)
    effects = script.release(0.1)
    assert not all_of(effects, fx.FinishTurn)
    assert one(effects, fx.Transcribe).kind == "final"


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


def guessed_reply(script: Script) -> fx.Synthesize:
    """Pause right behind a partial transcript; the reply to it has words before the final one is there."""
    script.press()
    id_ = one(script.speak(0.4), fx.Transcribe).draft
    script.transcribed("how old is the bridge", "partial", id_)
    effects = script.pause()
    guess = one(effects, fx.Generate)
    assert guess.user_text == "how old is the bridge"
    assert guess.draft > script.draft
    return one([*script.token("It is very old,", guess.draft), *script.token(" I", guess.draft)], fx.Synthesize)


def test_the_last_partial_is_answered_until_the_final_transcript_has_its_words(script: Script) -> None:
    first = guessed_reply(script)
    script.synthesized(first)
    script.release(0.05)
    assert not all_of(script.effects, fx.Play), "there may be other words"
    again = script.draft
    effects = script.transcribed("How old is the bridge?")
    assert one(effects, fx.KeepReply) == fx.KeepReply(of=first.draft, again=again)
    assert not all_of(effects, fx.Generate)
    assert all_of(effects, fx.Play)[0].sound.clause == first.clause
    assert [e.text for e in events(effects) if isinstance(e, TranscriptFinal)] == ["How old is the bridge?"]


def test_a_wrong_guess_is_dropped_for_the_final_words(script: Script) -> None:
    guess = guessed_reply(script).draft
    script.release(0.05)
    effects = script.transcribed("how old is the bridge in town")
    assert one(effects, fx.CancelDraft).draft == guess
    assert one(effects, fx.Generate).user_text == "how old is the bridge in town"
    assert script.token(" late", guess) == []


def test_a_guess_is_dropped_when_the_user_goes_on(script: Script) -> None:
    guess, draft = guessed_reply(script).draft, script.draft
    effects = script.speak(0.1)
    assert {effect.draft for effect in all_of(effects, fx.CancelDraft)} == {guess, draft}
    assert script.token(" late", guess) == []


def test_a_partial_that_comes_behind_the_pause_is_answered_too(script: Script) -> None:
    script.press()
    id_ = one(script.speak(0.4), fx.Transcribe).draft
    assert not all_of(script.pause(), fx.Generate)
    script.release(0.05)
    guess = one(script.transcribed("how old is the bridge", "partial", id_), fx.Generate)
    effects = script.transcribed("How old is the bridge?")
    assert one(effects, fx.KeepReply).of == guess.draft


def test_a_partial_with_much_voice_behind_it_is_no_guess_but_evaluated(script: Script) -> None:
    script.press()
    id_ = one(script.speak(1.0), fx.Transcribe).draft
    script.pause()
    effects = script.transcribed("how old.", "partial", id_)
    assert not all_of(effects, fx.Generate)
    assert one(effects, fx.Prefill).open_text == "how old"
    script.transcribed("how old is the bridge")
    assert script.transcribed("how old is", "partial", id_) == [], "the last one is there"


def doubted_reply(script: Script) -> fx.Synthesize:
    """Let go with the last sound; there is more voice when the reply has words but no sound yet."""
    script.press()
    script.speak(1.0)
    script.release()
    script.transcribed("how old is the bridge")
    first = script.say("It", " is", " very", " old", ",", " indeed", " it", " is", ".")
    assert not all_of(script.speak(0.1), fx.CancelDraft)
    assert script.is_(EngineState.TRANSCRIBING)
    return first


def test_the_reply_is_kept_when_more_voice_was_no_more_words(script: Script) -> None:
    first = doubted_reply(script)
    reply = script.draft
    script.synthesized(first)
    script.pause()
    assert not all_of(script.effects, fx.Play), "there may be other words"
    again = script.draft
    assert again > reply
    effects = script.transcribed("How old is the bridge?")
    assert one(effects, fx.KeepReply) == fx.KeepReply(of=reply, again=again)
    assert not all_of(effects, fx.Generate)
    assert all_of(effects, fx.Play)[0].sound.clause == first.clause
    final = next(event for event in events(effects) if isinstance(event, TranscriptFinal))
    assert final.text == "How old is the bridge?", "what was heard last is heard best"
    sounded = [mark.at_s for mark in all_of(effects, fx.Mark) if mark.moment == "first_sound"]
    assert sounded == [mark.at_s for mark in all_of(effects, fx.Mark) if mark.moment == "transcript"]
    assert one(script.generated(draft=reply), fx.Publish)


def test_a_doubted_reply_is_dropped_for_other_words(script: Script) -> None:
    doubted_reply(script)
    doubted = script.draft
    script.pause()
    effects = script.transcribed("how old is the bridge in town")
    assert one(effects, fx.CancelDraft).draft == doubted
    assert one(effects, fx.Generate).user_text == "how old is the bridge in town"
    assert script.token(" late", doubted) == []


def test_a_doubted_reply_is_dropped_with_the_first_other_words_of_a_partial(script: Script) -> None:
    doubted_reply(script)
    doubted = script.draft
    script.press()
    id_ = one(script.speak(0.6), fx.Transcribe).draft
    effects = script.transcribed("how old is", "partial", id_)
    assert not all_of(effects, fx.Prefill)
    assert not all_of(effects, fx.CancelDraft)
    script.token(" So", doubted)
    id_ = one(script.speak(0.6), fx.Transcribe).draft
    effects = script.transcribed("how old is the town", "partial", id_)
    assert one(effects, fx.CancelDraft).draft == doubted
    assert one(effects, fx.Prefill).open_text == "how old is the town"
    assert script.token(" late", doubted) == []


def test_a_doubted_reply_may_fail(script: Script) -> None:
    doubted_reply(script)
    doubted = script.draft
    error = GenerationError("generation-failed", "It failed.")
    effects = script.do(JobFailed(draft=doubted, role=Role.LLM, error=error))
    assert one(effects, fx.CancelDraft).draft == doubted
    script.pause()
    assert one(script.transcribed("how old is the bridge"), fx.Generate)


def test_a_flicker_of_the_vad_keeps_the_draft(script: Script) -> None:
    held_draft(script)
    script.voiced_s += 0.032
    assert not all_of(script.hush(0.032), fx.CancelDraft)
    assert all_of(script.release(0.2), fx.Play)


def test_release_in_mid_word_waits_for_the_voice_to_end(script: Script) -> None:
    script.press()
    script.speak(1.0)
    hasty = one(script.release(), fx.Transcribe).draft  # most let go with their last sound, and then this one counts
    assert script.machine.capturing
    assert one(script.speak(0.1), fx.CancelDraft).draft == hasty
    effects = script.pause()
    assert one(effects, fx.Transcribe).kind == "final"
    assert script.is_(EngineState.TRANSCRIBING)


def test_the_tail_ends_even_if_the_voice_does_not(script: Script) -> None:
    script.press()
    script.speak(1.0)
    script.release()
    script.speak(0.39)
    assert not all_of(script.do(Tick(), 0.0), fx.EndCapture)
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
    script.speak(0.1)
    assert script.is_(EngineState.TRANSCRIBING)
    script.pause()
    assert one(script.transcribed("how old is it"), fx.CancelDraft).draft == stale
    first = script.say("It", " is", " very", " old", ",")
    effects = script.synthesized(first)
    assert one(effects, fx.Play)
    final = next(event for event in events(effects) if isinstance(event, TranscriptFinal))
    assert final.text == "how old is it"


def test_silence_is_answered_with_nothing(script: Script) -> None:
    script.press()
    script.release(1.0)
    assert one(script.do(Tick(), 0.5), fx.Transcribe).kind == "final", "it may have been whispered"
    finish = one(script.transcribed(""), fx.FinishTurn)
    assert (finish.outcome, finish.reason) == ("empty", "silence")


def test_whispering_is_answered_although_no_voice_was_heard(script: Script) -> None:
    script.press()
    script.release(1.0)
    script.do(Tick(), 0.5)
    effects = script.transcribed("how old is it")
    assert one(effects, fx.Generate).user_text == "how old is it"


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


def test_the_words_so_far_are_evaluated_ahead(script: Script) -> None:
    script.press()
    id_ = one(script.speak(0.6), fx.Transcribe).draft
    assert one(script.transcribed("How old is.", "partial", id_), fx.Prefill).open_text == "How old is"
    script.speak(0.6)
    assert not all_of(script.transcribed("How old is", "partial", id_), fx.Prefill)
    script.speak(0.6)
    done = script.transcribed("how old is the bridge", "partial", id_)
    assert one(done, fx.Prefill).open_text == "how old is the bridge"


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


@pytest.mark.parametrize("message", [StopSpeaking(), NewConversation(), SendText(text="hello", at_s=0.0)])
def test_a_question_ended_by_something_else_was_dropped_not_tapped(script: Script, message: TurnMessage) -> None:
    script.press()
    script.speak(1.0)
    finish = all_of(script.do(message, 0.1), fx.FinishTurn)[0]
    assert (finish.outcome, finish.reason, finish.recorded) == ("empty", "dropped", False)


def test_the_transcript_of_a_dropped_draft_does_not_end_the_partial_under_way(script: Script) -> None:
    script.press()
    script.speak(0.6)
    script.pause()
    dropped = script.draft
    assert [t.kind for t in all_of(script.speak(0.7), fx.Transcribe)] == ["partial"]
    script.transcribed("how", draft=dropped)
    assert not all_of(script.speak(1.0), fx.Transcribe), "one at a time"
    script.transcribed("how old is the", "partial", dropped)
    assert [t.kind for t in all_of(script.speak(0.1), fx.Transcribe)] == ["partial"]


def test_the_transcript_of_a_dropped_draft_serves_as_a_partial(script: Script) -> None:
    script.press()
    script.speak(0.4)
    script.pause()
    dropped = script.draft
    script.speak(0.3)
    done = script.transcribed("how old", draft=dropped)
    assert [event.text for event in events(done) if isinstance(event, TranscriptPartial)] == ["how old"]

"""Whole turns on real sound: recordings of people, cut and spliced the way people really hold a key.

Whisper and the voice detector are the real ones, and so is the engine. Time is moved by hand (`tests.engine.stepped`),
so that each test sees one order of events on every machine.
"""

from collections.abc import Iterator

import pytest

from companion.engine import effects as fx
from companion.engine.config import EngineConfig
from companion.engine.events import (
    PlaybackStarted,
    TranscriptFinal,
    TranscriptPartial,
    TurnCompleted,
    TurnEmpty,
    TurnInterrupted,
    TurnStarted,
)
from tests.engine.stepped import stepped
from tests.models.talk import (
    COMMAND,
    COMMAND_MIDDLE_S,
    LATE_S,
    QUESTION,
    Echo,
    Talk,
    echo,
    error_rate,
    part,
    plain,
    quiet,
    seconds,
    spliced,
)
from tests.recordings import Recordings

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def talking(spoken_config: EngineConfig) -> Iterator[Talk]:
    with stepped(Talk(spoken_config, Echo())) as talk:
        yield talk


@pytest.fixture
def talk(talking: Talk) -> Iterator[Talk]:
    """Return the engine in a new conversation, hearing its words, with every draft written by an echo."""
    yield talking
    talking.whisper.gate.let_go()
    talking.forget()
    assert not talking.engine._machine.capturing


# -- the release


def test_a_release_long_after_the_voice_takes_the_draft_as_it_is(talk: Talk, recordings: Recordings) -> None:
    question = recordings[QUESTION]
    begin = talk.now
    talk.press(question.samples)
    talk.hear(question.voiced_end_s + LATE_S)
    talk.assert_nothing_shows(begin)
    ahead = talk.effects(fx.Generate, begin)[-1]
    assert plain(ahead.user_text) == question.transcript

    released = talk.now
    talk.release()
    assert talk.events(TranscriptFinal, released), "at once: no time has passed"
    assert {effect.sound.draft for effect in talk.effects(fx.Play, released)} == {ahead.draft}
    assert not talk.effects(fx.Transcribe, released)
    assert not talk.effects(fx.Generate, released)

    assert talk.answer(begin) == question.transcript
    metrics = talk.events(TurnCompleted, begin)[0].metrics
    assert metrics.draft_used
    assert metrics.release_latency_s is not None
    assert metrics.release_latency_s <= 0.1, "one step of the clock: it waited for nothing"


@pytest.mark.parametrize("early_s", [0.0, 0.1, 0.2, 0.3])
@pytest.mark.parametrize("name", [COMMAND, "google_brooklyn_bridge"])
def test_a_release_before_the_last_word_ends_does_not_cut_it(
    talk: Talk, recordings: Recordings, name: str, early_s: float
) -> None:
    said = recordings[name]
    begin = talk.now
    talk.press(said.samples)
    talk.hear(said.voiced_end_s - early_s)
    talk.release()
    assert talk.answer(begin) == said.transcript
    # A good transcriber guesses the end of a word that was cut: it must have been there to be heard.
    assert talk.voiced_end_s >= said.voiced_end_s - 0.05


def test_words_far_behind_the_release_are_not_waited_for(talk: Talk, recordings: Recordings) -> None:
    said = recordings[COMMAND]
    begin = talk.now
    talk.press(said.samples)
    talk.hear(2.3)
    talk.release()
    talk.hear(talk.config.turn.release_tail_s + 0.05)
    assert not talk.engine._machine.capturing
    text = talk.answer(begin)
    assert text.startswith("tell them to come and")
    assert "here" not in text


@pytest.mark.parametrize("noise", ["noise_cough", "noise_keyboard", "noise_rain", "noise_running_tap", "noise_clock"])
def test_noise_behind_a_release_in_silence_keeps_the_draft(talk: Talk, recordings: Recordings, noise: str) -> None:
    question = recordings[QUESTION]
    voice = part(question.samples, 0.0, question.voiced_end_s + 0.1)
    loud = part(recordings[noise].samples, 0.0, 1.0)
    begin = talk.now
    talk.press(spliced(voice, quiet(0.1), loud))
    talk.hear(question.voiced_end_s - 0.3)
    talk.whisper.gate.hold()  # a slow machine: the noise comes before the transcript
    talk.hear(0.5, settle=False)
    [*_, draft] = talk.drafts(begin)
    released = talk.now
    talk.release()
    talk.hear(0.25, settle=False)  # a cough is taken for voice from 0.29 s on
    talk.whisper.gate.let_go()
    assert talk.answer(begin) == question.transcript
    assert not talk.drafts(released)
    assert {effect.sound.draft for effect in talk.effects(fx.Play, released)} == {draft.draft}


# -- pauses


@pytest.mark.parametrize("pause_s", [0.3, 0.7, 1.5])
def test_a_pause_in_mid_sentence_ends_in_the_whole_sentence(talk: Talk, recordings: Recordings, pause_s: float) -> None:
    said = recordings[COMMAND]
    first, rest = part(said.samples, 0, COMMAND_MIDDLE_S), part(said.samples, COMMAND_MIDDLE_S)
    begin = talk.now
    talk.press(spliced(first, quiet(pause_s), rest))
    talk.hear(seconds(first) + pause_s)
    early = talk.effects(fx.Generate, begin)[-1]
    assert early.user_text
    assert "here" not in early.user_text
    assert any(effect.draft == early.draft for effect in talk.effects(fx.Synthesize, begin)), "drafted to its sound"
    talk.assert_nothing_shows(begin)

    talk.hear(seconds(rest) + 0.1)
    talk.assert_nothing_shows(begin)
    talk.release()
    assert talk.answer(begin) == said.transcript
    assert fx.CancelDraft(draft=early.draft) in talk.effects(fx.CancelDraft, begin)


def test_a_correction_is_answered_as_a_whole(talk: Talk, recordings: Recordings) -> None:
    first, second = recordings["ps_goforward"], recordings["ps_something"]  # one and the same speaker
    begin = talk.now
    talk.press(spliced(first.samples, quiet(0.3), second.samples))
    talk.hear(seconds(first.samples) + 0.3)
    talk.assert_nothing_shows(begin)
    talk.hear(seconds(second.samples))
    talk.release()
    assert talk.answer(begin) == "go forward 10 meters go somewhere and do something"


@pytest.mark.parametrize(("until_s", "pauses"), [(8.2, 2), (10.9, 3)])
def test_a_speech_with_long_pauses_is_heard_to_its_end(
    talk: Talk, recordings: Recordings, until_s: float, pauses: int
) -> None:
    speech = recordings["jfk"]
    whole = speech.transcript
    expected = whole if pauses == 3 else whole[: whole.index(" ask what")]
    begin = talk.now
    talk.press(part(speech.samples, 0.0, until_s))
    talk.hear(until_s)
    talk.release()
    assert talk.answer(begin) == expected
    assert len(talk.drafts(begin)) > pauses


def test_a_hesitation_is_no_end(talk: Talk, recordings: Recordings) -> None:
    said = recordings[COMMAND]
    um = part(recordings["mfa_acoustic_b"].samples, 15.2, 16.1)
    first, rest = part(said.samples, 0, COMMAND_MIDDLE_S), part(said.samples, COMMAND_MIDDLE_S)
    begin = talk.now
    talk.press(spliced(first, quiet(0.2), um, quiet(0.3), rest))
    talk.hear(seconds(first) + 0.2 + seconds(um) + 0.3)
    talk.assert_nothing_shows(begin)
    talk.hear(seconds(rest) + 0.1)
    talk.release()
    assert talk.answer(begin) == said.transcript
    assert len(talk.drafts(begin)) >= 3


def test_a_long_utterance_is_settled_and_still_answered_from_its_draft(talk: Talk, recordings: Recordings) -> None:
    speech = recordings["mfa_acoustic_b"]
    begin = talk.now
    talk.press(speech.samples)
    talk.hear(speech.voiced_end_s + 0.6)
    assert [effect for effect in talk.effects(fx.Transcribe, begin) if effect.kind == "settled"]
    released = talk.now
    talk.release()
    assert not talk.effects(fx.Transcribe, released)
    text = talk.answer(begin)
    assert text.startswith("this is me talking really slow")
    assert text.endswith("should be all thanks")
    assert text.count("this is me") == 1
    assert error_rate(text, plain(speech.transcript)) <= 0.15
    assert talk.events(TurnCompleted, begin)[0].metrics.draft_used


# -- the key


def test_a_key_pressed_again_in_the_tail_goes_on_with_the_turn(talk: Talk, recordings: Recordings) -> None:
    said = recordings[COMMAND]
    first, rest = part(said.samples, 0, COMMAND_MIDDLE_S), part(said.samples, COMMAND_MIDDLE_S)
    begin = talk.now
    talk.press(spliced(first, quiet(0.5), rest))
    talk.hear(1.7)
    talk.release()
    talk.hear(0.1)
    talk.press()
    talk.hear(0.5 + seconds(rest) + 0.3)
    talk.assert_nothing_shows(begin)
    talk.release()
    assert talk.answer(begin) == said.transcript
    assert len(talk.events(TurnStarted, begin)) == 1


def test_a_key_pressed_again_before_the_answer_goes_on_with_the_turn(talk: Talk, recordings: Recordings) -> None:
    said = recordings[COMMAND]
    first, rest = part(said.samples, 0, COMMAND_MIDDLE_S), part(said.samples, COMMAND_MIDDLE_S)
    begin = talk.now
    talk.press(first)
    talk.hear(1.7)
    talk.whisper.gate.hold()  # a slow machine: no answer yet when the microphone has long stopped listening
    talk.release()
    talk.hear(0.7, settle=False)
    assert not talk.engine._machine.capturing
    talk.press(rest)
    talk.whisper.gate.let_go()
    talk.hear(0.3 + seconds(rest))
    talk.release()
    assert talk.answer(begin) == said.transcript
    assert len(talk.events(TurnStarted, begin)) == 1


def test_a_slip_of_the_finger_costs_no_word(talk: Talk, recordings: Recordings) -> None:
    question = recordings["google_brooklyn_bridge"]
    begin = talk.now
    talk.press(question.samples)
    talk.hear(0.1)
    talk.release()
    assert [event.reason for event in talk.events(TurnEmpty, begin)] == ["tap"]
    begin = talk.now
    # The first 0.3 s were said before this press: they come from the ring.
    talk.microphone.load(question.samples)
    talk.press()
    talk.hear(question.voiced_end_s)
    talk.release()
    assert talk.answer(begin) == question.transcript


def test_released_and_pressed_and_released_at_once_is_one_turn(talk: Talk, recordings: Recordings) -> None:
    question = recordings[QUESTION]
    begin = talk.now
    talk.press(question.samples)
    talk.hear(question.voiced_end_s - 0.2)
    for _ in range(3):
        talk.release()
        talk.hear(0.02, settle=False)
        talk.press()
        talk.hear(0.02, settle=False)
    talk.hear(0.1)
    talk.release()
    assert talk.answer(begin) == question.transcript
    assert len(talk.events(TurnStarted, begin)) == 1


def test_a_press_during_the_reply_begins_the_next_turn(talk: Talk, recordings: Recordings) -> None:
    question, said = recordings[QUESTION], recordings[COMMAND]
    begin = talk.now
    talk.press(question.samples)
    talk.hear(question.voiced_end_s + LATE_S)
    talk.release()
    talk.wait_for(PlaybackStarted, after=begin.events)
    talk.clock.advance(0.5)
    second = talk.now
    talk.press(said.samples)
    [cut] = talk.events(TurnInterrupted, second)
    assert echo(talk.events(TranscriptFinal, begin)[0].text).startswith(cut.heard_text)
    assert not talk.events(PlaybackStarted, second)
    third = talk.now
    talk.hear(said.voiced_end_s + LATE_S)
    talk.release()
    assert talk.answer(third) == said.transcript
    heard = [message.text for message in talk.engine._conversation.messages if message.role == "assistant"]
    assert heard[0] == cut.heard_text.strip()


# -- partial transcripts


def test_partials_show_while_the_key_is_held_and_none_afterwards(talk: Talk, recordings: Recordings) -> None:
    question = recordings[QUESTION]
    begin = talk.now
    talk.press(question.samples)
    talk.hear(question.voiced_end_s - 0.3)
    texts = [event.text for event in talk.events(TranscriptPartial, begin)]
    assert len(texts) >= 2
    assert len(texts[-1]) > len(texts[0])
    assert all(call.quick for call in talk.whisper.calls[-len(texts) :])
    talk.hear(0.3)
    released = talk.now
    talk.release()
    talk.answer(begin)
    assert not [effect for effect in talk.effects(fx.Transcribe, released) if effect.kind == "partial"]


def test_a_partial_under_way_is_cancelled_for_the_final_one(talk: Talk, recordings: Recordings) -> None:
    question = recordings[QUESTION]
    begin = talk.now
    talk.press(question.samples)
    talk.hear(question.voiced_end_s - 0.6)
    talk.whisper.gate.hold()
    talk.hear(0.75, settle=False)
    talk.whisper.gate.wait_for_work()
    kinds = [effect.kind for effect in talk.effects(fx.Transcribe, begin)]
    assert kinds[-2:] == ["partial", "final"], "one partial at a time, and none behind the final"
    before = len(talk.whisper.calls)
    shown = talk.now
    talk.whisper.gate.let_go()
    talk.settle()
    partial, final = talk.whisper.calls[before:]
    assert partial.quick
    assert partial.cancelled
    assert not final.quick
    assert not final.cancelled
    assert [plain(event.text) for event in talk.events(TranscriptPartial, shown)] == [question.transcript]
    talk.release()
    assert talk.answer(begin) == question.transcript

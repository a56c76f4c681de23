"""The steps of the first-run guide: microphone, loudspeaker, talk key, first question."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from companion.engine.commands import MonitorMicrophone, PressToTalk, ReleaseToTalk, Speak, StopSpeaking
from companion.engine.errors import CompanionError, ModelMissingError
from companion.engine.events import (
    EngineFailed,
    MicrophoneLevel,
    MicrophoneWords,
    PlaybackStarted,
    ReplyToken,
    SpeechEnded,
    TranscriptFinal,
    TurnEmpty,
    TurnFailed,
    TurnStarted,
)
from companion.engine.messages import Role
from companion.ui import guide_strings as words
from companion.ui import strings
from companion.ui.device_picker import SPEECH_ID
from companion.ui.guide.ask import AskStep
from companion.ui.guide.first_run import ASK, MICROPHONE, MODELS, SPEAKER, STATE, TALK_KEY, WELCOME
from companion.ui.guide.microphone import MicrophoneStep
from companion.ui.guide.speaker import SpeakerStep
from companion.ui.guide.talk_key import TalkKeyStep
from companion.ui.talk_face import Face
from tests.ui.guide_rig import READY, Rig, rig

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
__all__ = ["rig"]

# -- microphone and loudspeaker


def test_the_microphone_step_shows_that_it_hears_and_what_it_understands(qtbot: QtBot, rig: Rig) -> None:
    rig.run.show(MICROPHONE)
    step = rig.guide.step
    assert isinstance(step, MicrophoneStep)
    assert rig.engine.posted(MonitorMicrophone)[-1] == MonitorMicrophone(on=True, words=True)
    assert step.heard.text() == words.WORDS_LATER
    rig.tell(qtbot, *READY)
    assert step.heard.text() == words.WORDS_WAITING
    rig.tell(qtbot, MicrophoneLevel(dbfs=-20, voice=True), MicrophoneWords(text="The light", final=False))
    assert step.done
    assert rig.guide.next.text() == words.CONTINUE
    assert step.heard.text() == "The light"
    rig.tell(qtbot, MicrophoneWords(text="The lighthouse.", final=True), MicrophoneWords(text="And", final=False))
    assert step.heard.text() == "The lighthouse. And"
    rig.guide.go_on()
    assert MonitorMicrophone(on=False) in rig.engine.commands


def test_a_device_chosen_in_one_step_is_kept_in_the_other_and_in_the_settings(rig: Rig) -> None:
    rig.run.show(MICROPHONE)
    rig.devices.plug(("Desk",), ("Headset",))
    microphone, speaker = rig.guide.steps[MICROPHONE], rig.guide.steps[SPEAKER]
    assert isinstance(microphone, MicrophoneStep)
    assert isinstance(speaker, SpeakerStep)
    microphone.picker.microphone.setCurrentIndex(1)
    microphone.picker.microphone.activated.emit(1)
    speaker.picker.speaker.setCurrentIndex(1)
    speaker.picker.speaker.activated.emit(1)
    assert rig.changes == [
        ("audio", {"microphone": "Desk", "speaker": None}),
        ("audio", {"microphone": "Desk", "speaker": "Headset"}),
    ]


def test_the_loudspeaker_step_goes_on_when_the_sentence_was_heard(qtbot: QtBot, rig: Rig) -> None:
    rig.run.show(SPEAKER)
    step = rig.guide.step
    assert isinstance(step, SpeakerStep)
    assert step.body.text() == words.SPEAKER_CHIME
    rig.tell(qtbot, *READY)
    assert step.body.text() == words.SPEAKER_BODY
    step.picker.test.click()
    assert rig.engine.posted(Speak)
    assert not step.heard.isVisible()
    rig.tell(qtbot, SpeechEnded(id=SPEECH_ID))
    step.heard.click()
    assert step.done
    assert rig.guide.index == TALK_KEY


# -- the talk key


def test_the_talk_key_lights_up_when_the_hook_hears_it_and_asks_nothing(qtbot: QtBot, rig: Rig) -> None:
    rig.run.show(TALK_KEY)
    step = rig.guide.step
    assert isinstance(step, TalkKeyStep)
    rig.hotkey.pressed.emit(1.0)
    assert (step.field.caps.lit, step.done) == (True, True)
    assert rig.engine.posted(StopSpeaking)
    rig.hotkey.released.emit(1.2)
    assert (step.field.caps.lit, step.state.text) == (False, words.KEY_WORKED)


def test_on_other_steps_the_key_is_the_users(rig: Rig) -> None:
    rig.run.show(ASK)
    rig.hotkey.pressed.emit(1.0)
    assert not rig.engine.posted(StopSpeaking)


def test_a_key_that_cannot_be_heard_says_why_and_what_works_instead(qtbot: QtBot, rig: Rig) -> None:
    rig.run.show(TALK_KEY)
    step = rig.guide.step
    assert isinstance(step, TalkKeyStep)
    rig.hotkey.unavailable.emit(CompanionError("hotkey-none", "No keys here.", hint="Do this."))
    assert step.state.text == "No keys here. Do this."
    assert step.other.text == words.KEY_BUTTON
    rig.hotkey.available.emit("Ctrl+Space")
    assert step.state.text == words.KEY_STARTING


def test_what_was_known_of_the_key_before_is_shown(rig: Rig) -> None:
    rig.hotkey.unavailable.emit(CompanionError("hotkey-none", "No keys here."))
    rig.run.show(TALK_KEY)
    step = rig.guide.step
    assert isinstance(step, TalkKeyStep)
    assert "No keys here." in step.state.text
    assert rig.guide.steps[ASK].body.text() == words.ASK_BODY_BUTTON


def test_another_key_goes_into_the_settings(rig: Rig) -> None:
    rig.run.show(TALK_KEY)
    step = rig.guide.step
    assert isinstance(step, TalkKeyStep)
    step.field.changed.emit("f9")
    assert rig.changes == [("hotkey", {"keys": "f9"})]


# -- the first question


@pytest.fixture
def asking(qtbot: QtBot, rig: Rig) -> Callable[[], AskStep]:
    def asking() -> AskStep:
        rig.run.show(ASK)
        step = rig.guide.step
        assert isinstance(step, AskStep)
        return step

    return asking


def test_the_first_answer_ends_the_guide(qtbot: QtBot, rig: Rig, asking: Callable[[], AskStep]) -> None:
    rig.tell(qtbot, *READY)
    step = asking()
    assert step.talk.face is Face.IDLE
    rig.tell(
        qtbot,
        TurnStarted(turn_id=1, at_s=0),
        TranscriptFinal(turn_id=1, text="Why is it blue?", language="en", at_s=0),
        ReplyToken(turn_id=1, text="Because ", at_s=0),
        ReplyToken(turn_id=1, text="it is.", at_s=0),
        PlaybackStarted(turn_id=1, at_s=0, release_latency_s=0.118),
    )
    assert "Why is it blue?" in step.question.text()
    assert step.answer.text() == "Because it is."
    assert "118 ms" in step.mark.text
    assert rig.guide.next.text() == words.FINISH
    rig.guide.next.click()
    assert rig.state.get(STATE) == "finished"


def test_the_button_can_be_held_instead(qtbot: QtBot, rig: Rig, asking: Callable[[], AskStep]) -> None:
    rig.tell(qtbot, *READY)
    step = asking()
    step.talk.setFocus()
    QTest.keyPress(step.talk, Qt.Key.Key_Space)
    QTest.keyRelease(step.talk, Qt.Key.Key_Space)
    assert rig.engine.posted(PressToTalk)
    assert rig.engine.posted(ReleaseToTalk)


def test_it_says_what_it_waits_for(qtbot: QtBot, rig: Rig, asking: Callable[[], AskStep]) -> None:
    step = asking()
    assert step.mark.text == words.ASK_LOADING
    rig.tell(qtbot, EngineFailed(role=Role.LLM, error=ModelMissingError("model-missing", "Gone.")))
    assert step.mark.text == words.ASK_MISSING
    rig.tell(qtbot, *READY)
    assert step.mark.text == ""
    assert step.talk.isEnabled()


def test_nothing_heard_and_failures_are_said(qtbot: QtBot, rig: Rig, asking: Callable[[], AskStep]) -> None:
    rig.tell(qtbot, *READY)
    step = asking()
    rig.tell(qtbot, TurnEmpty(turn_id=1, reason="silence"))
    assert step.mark.text == strings.HEARD_NOTHING
    rig.tell(qtbot, TurnFailed(turn_id=2, error=CompanionError("x", "It broke.", hint="Again.")))
    assert step.mark.text == "It broke. Again."
    assert not step.done


ANSWERED = (TurnStarted(turn_id=1, at_s=0), PlaybackStarted(turn_id=1, at_s=0, release_latency_s=0.118))


@pytest.mark.parametrize("index", [WELCOME, MICROPHONE, SPEAKER, MODELS])
def test_a_question_asked_on_an_earlier_step_is_shown_on_the_last(qtbot: QtBot, rig: Rig, index: int) -> None:
    rig.run.show(index)
    rig.tell(
        qtbot, *READY, TurnStarted(turn_id=1, at_s=0), TranscriptFinal(turn_id=1, text="Why?", language="en", at_s=0)
    )
    step = rig.guide.step
    assert isinstance(step, AskStep)
    assert "Why?" in step.question.text()


def test_the_second_question_finds_the_conversation(qtbot: QtBot, rig: Rig, asking: Callable[[], AskStep]) -> None:
    asking()
    rig.tell(qtbot, *READY, *ANSWERED)
    assert rig.guide.isVisible(), "the answer is being heard"
    rig.tell(qtbot, TurnStarted(turn_id=2, at_s=9))
    assert rig.run.guide is None
    assert rig.window.composer.isVisible()
    assert rig.state.get(STATE) == "finished"


def test_it_stays_while_its_button_is_held(qtbot: QtBot, rig: Rig, asking: Callable[[], AskStep]) -> None:
    step = asking()
    rig.tell(qtbot, *READY, *ANSWERED)
    QTest.mousePress(step.talk, Qt.MouseButton.LeftButton)
    rig.tell(qtbot, TurnStarted(turn_id=2, at_s=9))
    assert rig.guide.isVisible()
    QTest.mouseRelease(step.talk, Qt.MouseButton.LeftButton)
    assert rig.engine.posted(ReleaseToTalk)


def test_the_test_of_the_key_stays_where_it_is(qtbot: QtBot, rig: Rig) -> None:
    rig.run.show(TALK_KEY)
    rig.tell(qtbot, *READY, TurnStarted(turn_id=1, at_s=0))
    assert rig.guide.index == TALK_KEY

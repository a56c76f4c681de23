"""Muting on the real engine: the device is closed, whatever the turn does."""

from collections.abc import Iterator

import pytest

from companion.engine.commands import MuteMicrophone
from companion.engine.events import (
    InputLevelChanged,
    MicrophoneMuted,
    PlaybackStarted,
    TranscriptFinal,
    TurnCompleted,
    TurnEmpty,
    TurnFailed,
    TurnStarted,
)
from tests.engine.harness import Rig, running
from tests.fakes.chat_model import FakeChatModel


@pytest.fixture
def rig() -> Iterator[Rig]:
    with running(Rig()) as rig:
        yield rig


def test_muting_while_listening_drops_what_was_said(rig: Rig) -> None:
    begin = rig.press()
    rig.wait(InputLevelChanged, begin)
    rig.post(MuteMicrophone(on=True))
    rig.wait(TurnEmpty, begin)
    assert rig.wait(MicrophoneMuted, begin).on
    assert rig.engine._sound.microphone is None
    rig.release()
    rig.post(MuteMicrophone(on=False))
    again = rig.press()
    rig.release()
    rig.wait(TurnCompleted, again)
    assert not rig.all_of(TranscriptFinal, begin)[:-1], "a draft is all there was"


def test_muting_during_a_reply_leaves_the_reply_alone() -> None:
    with running(Rig(chat_model=FakeChatModel(["One thing. And another one, which is longer."]))) as rig:
        begin = rig.press()
        rig.wait(TurnStarted, begin)
        rig.release()
        rig.wait(PlaybackStarted, begin)
        rig.post(MuteMicrophone(on=True))
        rig.wait(MicrophoneMuted, begin)
        rig.wait(TurnCompleted, begin)


def test_a_turn_while_muted_fails_with_what_to_do_and_unmuting_helps(rig: Rig) -> None:
    begin = rig.post(MuteMicrophone(on=True))
    rig.press()
    failed = rig.wait(TurnFailed, begin)
    assert failed.error.code == "microphone-muted"
    assert failed.error.hint
    begin = rig.post(MuteMicrophone(on=False))
    rig.press()
    rig.wait(InputLevelChanged, begin)
    rig.release()
    rig.wait(TurnCompleted, begin)

"""What nobody foresaw, in a device, the window or the engine itself: it ends a turn at most, and the window knows."""

from collections.abc import Callable
from typing import Any

import pytest

from companion.engine import account
from companion.engine.audio.virtual import SilentSpeaker
from companion.engine.commands import SendText, StopSpeaking
from companion.engine.events import (
    EngineState,
    EngineStateChanged,
    Event,
    PlaybackAdvanced,
    ProblemReported,
    TurnCompleted,
    TurnFailed,
    TurnInterrupted,
    TurnStarted,
)
from companion.engine.samples import Float32Mono
from companion.engine.slowness import slow_reason
from tests.conftest import ExpectLog
from tests.engine.harness import FastClock, Rig, running
from tests.fakes.chat_model import FakeChatModel

LONG_REPLY = " ".join(f"This is sentence number {number} of a long reply." for number in range(1, 15))


def test_a_surprise_ends_the_turn_and_not_the_engine(expect_log: ExpectLog) -> None:
    expect_log("engine: ZeroDivisionError")

    class Breaking(SilentSpeaker):
        broken = False

        def write(self, samples: Float32Mono) -> int:
            if self.broken:
                raise ZeroDivisionError
            return super().write(samples)

    clock = FastClock(speed=8)
    speaker = Breaking(clock)
    with running(Rig(speaker=lambda: speaker)) as rig:
        speaker.broken = True
        begin = rig.post(SendText(text="hello", at_s=rig.clock()))
        assert rig.wait(TurnFailed, begin).error.code == "engine-surprise"
        speaker.broken = False
        rig.wait(TurnCompleted, rig.post(SendText(text="again", at_s=rig.clock())))


def test_a_surprise_in_opening_the_devices_does_not_hold_up_the_start(expect_log: ExpectLog) -> None:
    expect_log("engine: ZeroDivisionError")
    rig = Rig()

    def surprise(rate_hz: int) -> None:
        raise ZeroDivisionError

    rig.engine._sound.open = surprise  # type: ignore[method-assign]
    with running(rig):
        assert rig.wait(ProblemReported).error.code == "engine-surprise"
        rig.wait(TurnCompleted, rig.post(SendText(text="hello", at_s=rig.clock())))


def test_a_window_that_raises_does_not_stop_the_engine(expect_log: ExpectLog) -> None:
    expect_log("on_event: ValueError")
    rig = Rig()
    receive = rig.log.receive

    def raising(event: Event) -> None:
        receive(event)
        if isinstance(event, TurnStarted):
            raise ValueError

    rig.engine._on_event = raising
    with running(rig):
        rig.wait(TurnCompleted, rig.post(SendText(text="hello", at_s=rig.clock())))


class TestTheEndOfATurn:
    """Whatever goes wrong in it, the window hears of it and of the state after it, and the next turn is answered."""

    @staticmethod
    def is_over(rig: Rig, begin: int) -> TurnInterrupted:
        """Return the end of the turn, checked."""
        rig.wait(PlaybackAdvanced, begin)
        rig.post(StopSpeaking())
        ended = rig.wait(TurnInterrupted, begin)
        while (change := rig.wait(EngineStateChanged, begin)).new is not EngineState.IDLE:
            begin = rig.log.events.index(change, begin) + 1
        rig.wait(TurnCompleted, rig.post(SendText(text="again", at_s=rig.clock())))
        assert [message.role for message in rig.chat_model.prompts[-1]] == ["system", "user", "assistant", "user"]
        assert rig.chat_model.prompts[-1][2].text == ended.heard_text.strip()
        return ended

    def test_in_what_is_told_of_it(self, monkeypatch: pytest.MonkeyPatch, expect_log: ExpectLog) -> None:
        expect_log("measuring a turn: ZeroDivisionError")
        monkeypatch.setattr(account, "slow_reason", once(slow_reason))
        with running(Rig(chat_model=FakeChatModel([LONG_REPLY, "Yes."]))) as rig:
            ended = self.is_over(rig, rig.post(SendText(text="hello", at_s=rig.clock())))
            assert ended.metrics.turn_id == ended.turn_id
            assert not rig.all_of(ProblemReported)

    def test_in_the_speaker_that_should_fall_silent(
        self, monkeypatch: pytest.MonkeyPatch, expect_log: ExpectLog
    ) -> None:
        expect_log("engine, falling silent: ZeroDivisionError")
        with running(Rig(chat_model=FakeChatModel([LONG_REPLY, "Yes."]))) as rig:
            monkeypatch.setattr(rig.engine._playback, "stop", once(rig.engine._playback.stop))
            begin = rig.post(SendText(text="hello", at_s=rig.clock()))
            assert self.is_over(rig, begin).heard_text

    def test_in_what_is_done_with_it(self, monkeypatch: pytest.MonkeyPatch, expect_log: ExpectLog) -> None:
        """The effects behind the one that fails are carried out all the same."""
        expect_log("engine: ZeroDivisionError")
        with running(Rig(chat_model=FakeChatModel([LONG_REPLY, "Yes."]))) as rig:
            monkeypatch.setattr(rig.engine._stages, "cancel", once(rig.engine._stages.cancel, do=True))
            begin = rig.post(SendText(text="hello", at_s=rig.clock()))
            self.is_over(rig, begin)
            assert rig.wait(ProblemReported, begin).error.code == "engine-surprise"


def once(real: Callable[..., Any], *, do: bool = False) -> Callable[..., Any]:
    """Return what fails the first time, and then is what it was; with `do` it has done its work when it fails."""
    calls = 0

    def call(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        done = real(*args) if do or calls > 1 else None
        if calls == 1:
            raise ZeroDivisionError
        return done

    return call

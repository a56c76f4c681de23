"""A native call that never comes back: the stage is left to itself, another takes its place, the conversation stays."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from companion.engine.cancel import CancelToken
from companion.engine.commands import SendText
from companion.engine.events import (
    EngineReady,
    ModelLoadStarted,
    ProblemReported,
    ProblemResolved,
    TurnCompleted,
    TurnFailed,
)
from companion.engine.messages import Role, Transcript
from companion.engine.samples import Float32Mono
from companion.engine.watchdog import Watchdog
from tests.conftest import ExpectLog
from tests.engine.harness import Rig, running
from tests.fakes.chat_model import FakeChatModel
from tests.fakes.transcriber import FakeTranscriber

LIMIT_S = 2.0
"""In the engine's time, which runs eight times as fast."""


class Pit:
    """A system call that does not return while it is closed, as a deadlock in a library would not."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        self.deep = True
        self.fallen = threading.Event()

    def fall(self) -> None:
        if self.deep:
            self.fallen.set()
            os.read(self._read, 1)

    def fill(self) -> None:
        self.deep = False
        os.write(self._write, b"........")


@pytest.fixture
def pit() -> Iterator[Pit]:
    pit = Pit()
    yield pit
    pit.fill()


@contextmanager
def watched(rig: Rig) -> Iterator[Rig]:
    rig.engine._watchdog = Watchdog(LIMIT_S)
    with running(rig):
        yield rig


class HangingTranscriber(FakeTranscriber):
    def __init__(self, pit: Pit, texts: list[str]) -> None:
        super().__init__(texts)
        self._pit = pit

    def transcribe(self, samples: Float32Mono, *, quick: bool, cancel: CancelToken) -> Transcript:
        self._pit.fall()
        return super().transcribe(samples, quick=quick, cancel=cancel)


def test_a_hanging_transcription_is_told_and_replaced(pit: Pit, expect_log: ExpectLog) -> None:
    expect_log("the stt stage is loaded again: stt-hangs")
    with watched(Rig(HangingTranscriber(pit, ["how are you"]))) as rig:
        rig.transcriber = FakeTranscriber(["how are you"])  # what is loaded instead
        begin = rig.press()
        rig.release()
        assert rig.wait(TurnFailed, begin).error.code == "stt-hangs"
        assert rig.wait(ProblemReported, begin).error.code == "stt-hangs"
        assert rig.wait(ModelLoadStarted, begin).role is Role.STT
        rig.wait(EngineReady, begin)
        assert "stt-hangs" in [event.code for event in rig.all_of(ProblemResolved, begin)]
        begin = rig.press()
        rig.release()
        rig.wait(TurnCompleted, begin)
        pit.fill()


def test_the_question_and_the_conversation_are_kept_when_the_reply_hangs(pit: Pit, expect_log: ExpectLog) -> None:
    expect_log("the llm stage is loaded again: llm-hangs")
    pit.deep = False
    with watched(Rig(chat_model=FakeChatModel(["Well. And so on."], before_piece=pit.fall))) as rig:
        rig.wait(TurnCompleted, rig.post(SendText(text="first", at_s=rig.clock())))
        rig.chat_model = FakeChatModel(["Well."])  # what is loaded instead
        pit.deep = True
        begin = rig.post(SendText(text="second", at_s=rig.clock()))
        assert rig.wait(TurnFailed, begin).error.code == "llm-hangs"
        rig.wait(EngineReady, begin)
        rig.wait(TurnCompleted, rig.post(SendText(text="third", at_s=rig.clock())))
        said = [message.text for message in rig.chat_model.prompts[-1] if message.role == "user"]
        assert said == ["first", "second\nthird"], "a question without an answer is still part of the conversation"


def test_what_a_stage_says_after_it_was_left_is_dropped(pit: Pit, expect_log: ExpectLog) -> None:
    expect_log("the stt stage is loaded again: stt-hangs")
    with watched(Rig(HangingTranscriber(pit, ["too late"]))) as rig:
        rig.transcriber = FakeTranscriber(["how are you"])
        old = rig.engine._stages.workers[0]
        begin = rig.press()
        rig.release()
        rig.wait(EngineReady, begin)
        after = rig.now
        pit.fill()
        old._thread.join(3)
        assert not old._thread.is_alive()
        rig.wait(TurnCompleted, rig.post(SendText(text="hello", at_s=rig.clock())))
        assert not [event for event in rig.log.events[after:] if "too late" in repr(event)]


def test_a_stage_that_hangs_at_the_end_holds_up_neither_the_engine_nor_the_process(
    pit: Pit, expect_log: ExpectLog
) -> None:
    expect_log("workers that did not end: stt")
    with running(Rig(HangingTranscriber(pit, ["how are you"]))) as rig:
        rig.press()
        rig.release()
        assert pit.fallen.wait(3)
        worker = rig.engine._stages.workers[0]
    assert worker._thread.is_alive()
    assert worker._thread.daemon

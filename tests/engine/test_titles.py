"""Conversations are named between turns, never in their way."""

import threading
from collections.abc import Iterator
from unittest.mock import create_autospec

import pytest

from companion.engine.cancel import CancelToken
from companion.engine.commands import MakeTitle, NewConversation, Speak
from companion.engine.errors import GenerationError
from companion.engine.events import EngineState, TitleMade, TurnCompleted, TurnEmpty, TurnFailed
from companion.engine.messages import ChatMessage, ModelLoaded, Placement, Role
from companion.engine.stages import Stages
from companion.engine.titles import SMALLEST_BYTES, Titles
from tests.engine.harness import WAIT_S, Rig, running
from tests.fakes.chat_model import FakeChatModel

TALK = (
    ChatMessage(role="user", text="Why is the sky blue?"),
    ChatMessage(role="assistant", text="Air scatters the blue part of the sunlight."),
)
TITLE = "Why Blue Sunlight Scatters"


def model(memory_bytes: int = SMALLEST_BYTES) -> FakeChatModel:
    made = FakeChatModel()
    made.memory_bytes, made.aside = memory_bytes, TITLE
    return made


@pytest.fixture
def rig() -> Iterator[Rig]:
    with running(Rig(chat_model=model())) as rig:
        yield rig


def a_turn(rig: Rig) -> None:
    begin = rig.press()
    rig.release()
    rig.wait(TurnCompleted, begin)


def test_a_conversation_is_named_between_turns(rig: Rig) -> None:
    assert rig.wait(TitleMade, rig.post(MakeTitle(id=5, messages=TALK))) == TitleMade(id=5, title=TITLE)


@pytest.mark.parametrize(
    ("memory_bytes", "state", "asked"),
    [
        (SMALLEST_BYTES, EngineState.IDLE, 1),
        (SMALLEST_BYTES - 1, EngineState.IDLE, 0),
        (SMALLEST_BYTES, EngineState.LISTENING, 0),
        (SMALLEST_BYTES, EngineState.SPEAKING, 0),
        (SMALLEST_BYTES, EngineState.INITIALIZING, 0),
    ],
)
def test_only_a_model_large_enough_is_asked_and_only_between_turns(
    memory_bytes: int, state: EngineState, asked: int
) -> None:
    stages = create_autospec(Stages, instance=True)
    titles = Titles(stages, lambda event: None)
    placement = Placement(device="cpu", memory_bytes=memory_bytes)
    assert not titles.take(ModelLoaded(role=Role.LLM, seconds=1, placement=placement), state), "others want it too"
    assert titles.take(MakeTitle(id=5, messages=TALK), state)
    assert stages.write_title.call_count == asked


def test_what_is_no_title_is_not_told(rig: Rig) -> None:
    answers = iter(["I am sorry, but I cannot do that.", TITLE])

    def choose(cancel: CancelToken) -> None:
        rig.chat_model.aside = next(answers)
        chosen.release()

    chosen = threading.Semaphore(0)
    rig.chat_model.before_aside = choose
    begin = rig.post(MakeTitle(id=5, messages=TALK))
    assert chosen.acquire(timeout=WAIT_S)
    rig.post(MakeTitle(id=6, messages=TALK))
    assert rig.wait(TitleMade, begin) == TitleMade(id=6, title=TITLE)
    assert len(rig.all_of(TitleMade, begin)) == 1


@pytest.mark.parametrize("what", ["press", "new conversation", "speech"])
def test_whatever_is_asked_for_ends_it(rig: Rig, what: str) -> None:
    writing, ended = threading.Event(), threading.Event()

    def hold(cancel: CancelToken) -> None:
        writing.set()
        pause = threading.Event()
        while not cancel.cancelled and not pause.wait(0.005):
            pass
        ended.set()

    rig.chat_model.before_aside = hold
    begin = rig.post(MakeTitle(id=5, messages=TALK))
    assert writing.wait(WAIT_S)
    match what:
        case "press":
            rig.press()
        case "speech":
            rig.post(Speak(text="Hello.", id=1))
        case _:
            rig.post(NewConversation())
    assert ended.wait(WAIT_S), "nothing told it to end"
    if what == "press":
        rig.release()
        rig.wait(TurnCompleted, begin)
        assert rig.all_of(TurnEmpty, begin) == []
    assert rig.all_of(TitleMade, begin) == []


def test_a_failure_is_nobodys_concern_and_the_next_title_is_made(rig: Rig) -> None:
    failed = threading.Event()

    def fail(cancel: CancelToken) -> None:
        if not failed.is_set():
            failed.set()
            raise GenerationError("generation-failed", "No memory.")

    rig.chat_model.before_aside = fail
    begin = rig.post(MakeTitle(id=5, messages=TALK))
    assert failed.wait(WAIT_S)
    rig.post(MakeTitle(id=6, messages=TALK))
    assert rig.wait(TitleMade, begin).id == 6
    a_turn(rig)
    assert rig.all_of(TurnFailed, begin) == []

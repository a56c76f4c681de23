"""The parts of the turn benchmark that can go wrong in silence: waiting for a conversation, and other programs."""

import os

import pytest

from companion.engine.cancel import CancelToken
from companion.engine.messages import ChatMessage
from tests.bench import turns
from tests.bench.history import conversation
from tests.bench.load import busy_core
from tests.bench.turns import PrefillWatch, Questions
from tests.fakes.chat_model import FakeChatModel

SYSTEM = ChatMessage(role="system", text="You are brief.")
HISTORY = conversation(4)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> PrefillWatch:
    monkeypatch.setattr(turns, "PRIMED_TIMEOUT_S", 0.01)
    return PrefillWatch()


def prefill(watch: PrefillWatch, messages: tuple[ChatMessage, ...], *, cancelled: bool = False) -> None:
    model = watch.guard(FakeChatModel())
    model.load()
    cancel = CancelToken()
    if cancelled:
        cancel.cancel()
    model.prefill(messages, open_text="", cancel=cancel)


@pytest.mark.parametrize(
    ("history", "held"),
    [
        ((), (SYSTEM,)),
        (HISTORY, (SYSTEM, *HISTORY)),
        (HISTORY, HISTORY),
        (HISTORY, (SYSTEM, *HISTORY[4:])),  # the engine dropped the oldest turns
    ],
)
def test_a_conversation_is_waited_for(
    watch: PrefillWatch, history: tuple[ChatMessage, ...], held: tuple[ChatMessage, ...]
) -> None:
    with watch.expecting(history):
        prefill(watch, held)


@pytest.mark.parametrize(
    ("history", "held"),
    [
        (HISTORY, (SYSTEM,)),
        ((), (SYSTEM, *HISTORY)),
        (HISTORY, (SYSTEM, *HISTORY[:-2])),
        (HISTORY, (SYSTEM, *HISTORY, ChatMessage(role="user", text="And what else?"))),
    ],
)
def test_another_conversation_is_not_taken_for_it(
    watch: PrefillWatch, history: tuple[ChatMessage, ...], held: tuple[ChatMessage, ...]
) -> None:
    with pytest.raises(TimeoutError), watch.expecting(history):
        prefill(watch, held)


def test_what_was_held_before_or_was_cancelled_does_not_count(watch: PrefillWatch) -> None:
    prefill(watch, (SYSTEM, *HISTORY))

    with pytest.raises(TimeoutError), watch.expecting(HISTORY):
        prefill(watch, (SYSTEM, *HISTORY), cancelled=True)


def test_a_longer_conversation_begins_like_a_shorter_one() -> None:
    assert conversation(30)[: 2 * 9] == conversation(9)
    assert [message.role for message in conversation(2)] == ["user", "assistant"] * 2


def test_no_question_comes_twice_in_a_session() -> None:
    questions = Questions()
    longest_session = 31

    assert len({questions.take().name for _ in range(longest_session)}) == longest_session


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="the system cannot say where a process runs")
def test_a_busy_core_is_the_last_one_and_ends_with_the_measurement() -> None:
    with busy_core() as process:
        assert process
        assert os.sched_getaffinity(process) == {max(os.sched_getaffinity(0))}

    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)

"""The next turn evaluates its own words and nothing else, whatever happened before it: counted on the starter model.

The idle work is the engine's own job. What the engine does when is tested in tests/engine/test_wake.py.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

from companion.engine import jobs
from companion.engine.cancel import CancelToken, Gate
from companion.engine.config import LlmConfig
from companion.engine.conversation import Conversation
from companion.engine.llm.llama import LlamaChatModel
from companion.engine.llm.native import NativeModel, NativeOptions
from companion.engine.messages import (
    ChatMessage,
    ConversationTrimmed,
    DraftId,
    GenerationFinished,
    GenerationStats,
    Prefilled,
    TitleWritten,
    WorkerMessage,
)
from companion.engine.naming import MOST_TOKENS, title_prompt
from tests.contract.test_llm import STARTER, assistant, user

pytestmark = pytest.mark.models

MAX_REPLY = 16
CONFIG = LlmConfig(model_file=STARTER, context_tokens=512, max_reply_tokens=MAX_REPLY, seed=11)
SYSTEM = "You are a helpful voice. Answer in one short sentence."
DRAFT = DraftId(turn=1, revision=1)
QUESTION = "How far away is the moon from here on an ordinary day?"
SEAM_TOKENS = 3
"""What belongs to no message alone: the reply before ends with a token that was sampled and never evaluated, and the
last token of a prompt is always evaluated."""


@pytest.fixture(scope="module")
def loaded() -> Iterator[LlamaChatModel]:
    model = LlamaChatModel(CONFIG, 1, 1)
    model.load()
    yield model
    model.close()


class Idle:
    """A model, a conversation, and the idle work between turns."""

    def __init__(self, model: LlamaChatModel) -> None:
        self.model = model
        self.conversation = Conversation(SYSTEM)
        self.said: list[WorkerMessage] = []
        self.primed()

    def primed(self) -> int:
        """Do the idle work, and return how many tokens it evaluated."""
        jobs.tidy_up(DRAFT, self.conversation, MAX_REPLY, CancelToken(), self.said.append).run(self.model)
        for message in self.said:
            if isinstance(message, ConversationTrimmed):
                self.conversation = Conversation(self.conversation.messages[0].text, message.after)
        prefilled = [message.evaluated_tokens for message in self.said if isinstance(message, Prefilled)]
        self.said.clear()
        return prefilled[-1]

    def ask(self, question: str, *, heard: float = 1.0) -> GenerationStats:
        """Ask, and keep this share of the reply."""
        prompt = self.conversation.draft(question)
        jobs.generate(DRAFT, prompt, MAX_REPLY, CancelToken(), Gate(), self.said.append).run(self.model)
        stats = next(message.stats for message in self.said if isinstance(message, GenerationFinished))
        reply = "".join(getattr(message, "text", "") for message in self.said)
        self.said.clear()
        self.conversation.commit(question, reply[: round(heard * len(reply))])
        return stats

    def own(self, question: str) -> int:
        """Length of the question as a message of the prompt."""
        count = self.model.count_tokens
        return count(self.conversation.draft(question)) - count(self.conversation.messages)


@pytest.fixture
def idle(loaded: LlamaChatModel) -> Idle:
    return Idle(loaded)


def assert_next_turn_is_warm(idle: Idle) -> None:
    own = idle.own(QUESTION)
    stats = idle.ask(QUESTION)
    assert stats.evaluated_tokens <= own + SEAM_TOKENS
    assert stats.evaluated_tokens < stats.prompt_tokens / 2, "or the test shows nothing"


def test_after_a_turn(idle: Idle) -> None:
    idle.ask("Good morning to you.")
    assert idle.primed() > 0
    assert idle.primed() == 0
    assert_next_turn_is_warm(idle)


def test_after_an_interruption(idle: Idle) -> None:
    idle.ask("Tell me a long story about the sea and everything in it.", heard=0.5)
    idle.primed()
    assert_next_turn_is_warm(idle)


def test_after_a_new_conversation(idle: Idle) -> None:
    idle.ask("Good morning to you.")
    idle.conversation = Conversation(SYSTEM)
    idle.primed()
    assert_next_turn_is_warm(idle)


def test_after_an_earlier_conversation_was_taken_up(idle: Idle) -> None:
    earlier = (user("I am Ann and I live in a small town by the sea."), assistant("Hello Ann, nice to meet you."))
    idle.conversation = Conversation(SYSTEM, earlier)
    idle.primed()
    assert_next_turn_is_warm(idle)


def test_after_a_change_of_the_system_prompt(idle: Idle) -> None:
    idle.ask("Good morning to you.")
    prompt = "You are a captain of long ago, and you answer everybody as a captain would, in a few plain words."
    idle.conversation = Conversation(prompt, idle.conversation.messages)
    assert idle.primed() > 20
    assert_next_turn_is_warm(idle)


def test_after_trimming(idle: Idle) -> None:
    trimmed = 0
    for number in range(16):
        question = f"This is question number {number}, and it goes on for a while so that the context fills up."
        before = len(idle.conversation.messages)
        own = idle.own(question)
        assert idle.ask(question).evaluated_tokens <= own + SEAM_TOKENS
        evaluated = idle.primed()
        if len(idle.conversation.messages) < before:
            trimmed += 1
            assert evaluated <= MAX_REPLY + SEAM_TOKENS, "of what was kept nothing is evaluated again"
    assert trimmed > 0
    assert_next_turn_is_warm(idle)


def test_after_waking(idle: Idle) -> None:
    idle.ask("Good morning to you.")
    idle.primed()
    jobs.wake_chat_model(DRAFT).run(idle.model)
    assert idle.primed() == 0, "what was held is held"
    assert_next_turn_is_warm(idle)


@pytest.mark.parametrize("given_up", [False, True])
def test_after_a_title_was_written_beside_it(idle: Idle, given_up: bool) -> None:
    """Counted twice: the turn behind a title evaluates what the same turn without one does."""
    idle.ask("How far away is the sun from here on an ordinary day?")
    before = idle.conversation.copy()
    cancel = CancelToken()
    if given_up:
        cancel.cancel()

    def asked(*, titled: bool) -> GenerationStats:
        idle.conversation = before.copy()
        idle.ask("Good morning to you.")  # or the cache would still hold the question from the time before
        idle.conversation = before.copy()
        idle.primed()
        if titled:
            jobs.write_title(DRAFT, 7, before.messages[1:], cancel, idle.said.append).run(idle.model)
            assert [message.id for message in idle.said if isinstance(message, TitleWritten)] == [7] * (not given_up)
            idle.said.clear()
            assert idle.primed() == 0, "what was held is held"
        return idle.ask(QUESTION)

    alone, beside = asked(titled=False), asked(titled=True)
    assert (beside.prompt_tokens, beside.evaluated_tokens) == (alone.prompt_tokens, alone.evaluated_tokens)
    assert 1 < beside.evaluated_tokens < beside.prompt_tokens / 2, "or the test shows nothing"


def test_what_is_written_beside_it_is_about_it_and_ends_when_told_to(loaded: LlamaChatModel) -> None:
    prompt = title_prompt([user("How old is the Brooklyn Bridge?"), assistant("It was opened in 1883.")])
    assert "Brooklyn" in loaded.write_aside(prompt, most_tokens=MOST_TOKENS, cancel=CancelToken())
    cancelled = CancelToken()
    cancelled.cancel()
    assert loaded.write_aside(prompt, most_tokens=MOST_TOKENS, cancel=cancelled) == ""


def test_after_loading_another_model(idle: Idle) -> None:
    other = LlamaChatModel(replace(CONFIG, context_tokens=768), 1, 1)
    other.load()
    try:
        idle.ask("Good morning to you.")
        moved = Idle(other)
        moved.conversation = idle.conversation
        assert moved.primed() > 0
        assert_next_turn_is_warm(moved)
    finally:
        other.close()


def test_without_priming_it_would_not_be(idle: Idle) -> None:
    """The measure sees a cold cache."""
    idle.conversation = Conversation(SYSTEM, (ChatMessage(role="user", text="I am Ann, and I like long walks."),))
    idle.primed()
    idle.conversation = Conversation("Somebody else. " * 4, idle.conversation.messages)
    own = idle.own(QUESTION)
    assert idle.ask(QUESTION).evaluated_tokens > own + SEAM_TOKENS


def test_what_is_moved_up_is_known_as_well_as_if_it_were_evaluated_there() -> None:
    """A list is said again: each of its words is the likeliest one only to whom the whole list is known."""
    options = NativeOptions(context_tokens=512, threads=1, prefill_threads=1, gpu_layers=0)
    model = NativeModel(STARTER, options)
    head, left_out, listed, bridge = (
        model.tokenize(text, special=False)
        for text in (
            "You are a helpful voice. ",
            "The sea was calm that day, and nobody on board thought of the storm that would come in the night. ",
            "Ann likes plums, Ben kites, Cleo violins, Dan maps, Eve rain, Finn tigers, Gus bread, and Hal lamps.",
            " I say it again:",
        )
    )
    again = model.tokenize(" Ann likes plums, Ben kites, Cleo violins, Dan maps, Eve rain, Finn tigers,", special=False)

    def known(*, moved: bool) -> int:
        model.clear()
        text = [*head, *(left_out if moved else ()), *listed, *bridge]
        for start in range(0, len(text), 16):
            model.decode(text[start : start + 16])
        if moved:
            assert model.cut(len(head), len(head) + len(left_out))
        count = 0
        with model.sampler(temperature=0, top_p=1, repeat_penalty=1, seed=1) as sampler:
            for token, following in pairwise(again):
                model.decode([token])
                count += sampler.sample() == following
        return count

    try:
        assert known(moved=True) >= known(moved=False) - 1 > len(again) // 2
    finally:
        model.close()

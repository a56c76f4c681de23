"""What every `ChatModel` does: the fake that the engine is tested with, and llama.cpp on the starter model."""

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from companion.engine.cancel import CancelToken
from companion.engine.config import LlmConfig
from companion.engine.errors import GenerationError
from companion.engine.llm.base import ChatModel
from companion.engine.llm.llama import LlamaChatModel
from companion.engine.messages import ChatMessage, FinishReason, GenerationStats
from tests.fakes.chat_model import FakeChatModel

STARTER = Path(__file__).parents[2] / "models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf"
CONTEXT, MAX_REPLY = 512, 16
SYSTEM = ChatMessage(role="system", text="You are brief.")

End = tuple[FinishReason, GenerationStats]


def user(text: str) -> ChatMessage:
    return ChatMessage(role="user", text=text)


def assistant(text: str) -> ChatMessage:
    return ChatMessage(role="assistant", text=text)


def finish(pieces: Generator[str, None, End]) -> tuple[list[str], End]:
    found: list[str] = []
    while True:
        try:
            found.append(next(pieces))
        except StopIteration as end:
            return found, end.value


@pytest.fixture(scope="module")
def starter() -> Iterator[LlamaChatModel]:
    config = LlmConfig(model_file=STARTER, context_tokens=CONTEXT, max_reply_tokens=MAX_REPLY, seed=7)
    model = LlamaChatModel(config, 1, 1)
    model.load()
    yield model
    model.close()


@pytest.fixture(params=["fake", pytest.param("starter", marks=pytest.mark.models)])
def model(request: pytest.FixtureRequest) -> ChatModel:
    if request.param == "starter":
        starter: LlamaChatModel = request.getfixturevalue("starter")
        return starter
    fake = FakeChatModel(context_tokens=CONTEXT, max_reply_tokens=MAX_REPLY)
    fake.load()
    return fake


def test_reply_comes_in_pieces_and_says_what_it_cost(model: ChatModel) -> None:
    prompt = (SYSTEM, user("What is the capital of France?"))
    pieces, (reason, stats) = finish(model.generate(prompt, cancel=CancelToken()))
    assert len(pieces) > 1
    assert all(pieces)
    assert not pieces[0][0].isspace()
    assert reason in ("stop", "length")
    assert stats.prompt_tokens == model.count_tokens(prompt)
    assert 0 < stats.evaluated_tokens <= stats.prompt_tokens
    assert len(pieces) <= stats.reply_tokens <= MAX_REPLY


def test_same_prompt_again_evaluates_only_the_last_token(model: ChatModel) -> None:
    prompt = (SYSTEM, user("Name a colour, please."))
    finish(model.generate(prompt, cancel=CancelToken()))
    _, (_, stats) = finish(model.generate(prompt, cancel=CancelToken()))
    assert stats.evaluated_tokens == 1


def test_prefill_is_found_again(model: ChatModel) -> None:
    history = (SYSTEM, user("Hello there."), assistant("Hello to you."))
    cancel = CancelToken()
    assert model.prefill(history, open_text="", cancel=cancel) > 0
    assert model.prefill(history, open_text="", cancel=cancel) == 0
    assert model.prefill(history, open_text=None, cancel=cancel) == 0
    words = "How many legs does a spider have"
    evaluated = model.prefill(history, open_text=words, cancel=cancel)
    assert 0 < evaluated <= len(words.split()) + 2
    prompt = (*history, user(words + " in the end?"))
    _, (_, stats) = finish(model.generate(prompt, cancel=cancel))
    assert stats.evaluated_tokens <= 12
    assert stats.evaluated_tokens < stats.prompt_tokens / 2


def test_draft_that_changed_rolls_back_to_the_common_words(model: ChatModel) -> None:
    cancel = CancelToken()
    finish(model.generate((SYSTEM, user("I would like to know the way to Rome.")), cancel=cancel))
    evaluated = model.prefill((SYSTEM,), open_text="I would like to know the way home", cancel=cancel)
    assert 0 < evaluated <= 3


def test_cancelled_before_it_begins(model: ChatModel) -> None:
    cancel = CancelToken()
    cancel.cancel()
    pieces, (reason, stats) = finish(model.generate((SYSTEM, user("Nobody wants this.")), cancel=cancel))
    assert pieces == []
    assert reason == "cancelled"
    assert stats.reply_tokens == 0
    assert stats.evaluated_tokens == 0
    assert model.prefill((SYSTEM, user("Nor this one.")), open_text=None, cancel=cancel) == 0


def test_cancelled_reply_ends_at_the_next_token(model: ChatModel) -> None:
    cancel = CancelToken()
    prompt = (SYSTEM, user("Tell me a long story about the sea."))
    reply = model.generate(prompt, cancel=cancel)
    next(reply)
    cancel.cancel()
    pieces, (reason, _) = finish(reply)
    assert pieces == []
    assert reason == "cancelled"
    _, (_, stats) = finish(model.generate(prompt, cancel=CancelToken()))
    assert stats.evaluated_tokens == 1


def test_abandoned_reply_does_no_harm(model: ChatModel) -> None:
    prompt = (SYSTEM, user("Tell me about the mountains."))
    reply = model.generate(prompt, cancel=CancelToken())
    next(reply)
    reply.close()
    pieces, _ = finish(model.generate(prompt, cancel=CancelToken()))
    assert pieces


def test_too_long_a_prompt_is_refused_and_the_next_one_answered(model: ChatModel) -> None:
    long = (SYSTEM, user("word " * CONTEXT))
    with pytest.raises(GenerationError) as caught:
        finish(model.generate(long, cancel=CancelToken()))
    assert caught.value.code == "context-full"
    with pytest.raises(GenerationError):
        model.prefill(long, open_text="", cancel=CancelToken())
    pieces, _ = finish(model.generate((SYSTEM, user("Still there?")), cancel=CancelToken()))
    assert pieces


def test_counting_grows_with_the_conversation(model: ChatModel) -> None:
    one = (SYSTEM, user("Hello."))
    three = (*one, assistant("Hello."), user("How are you?"))
    assert 0 < model.count_tokens(one) < model.count_tokens(three) <= model.context_tokens


def test_unloaded_model_says_so() -> None:
    for model in (FakeChatModel(), LlamaChatModel(LlmConfig(model_file=STARTER), 1, 1)):
        model.close()
        model.close()
        with pytest.raises(GenerationError):
            finish(model.generate((user("Hello."),), cancel=CancelToken()))

"""A language model that writes nonsense, never ends or spells markup out, and a megabyte of question: llama.cpp.

The sampler alone is scripted; tokens, their bytes, the cache and the prompt are those of the starter model.
"""

from collections.abc import Iterator
from itertools import chain, repeat

import pytest

from companion.engine.cancel import CancelToken
from companion.engine.config import LlmConfig
from companion.engine.conversation import Conversation, fit_prompt
from companion.engine.llm.llama import LlamaChatModel
from companion.engine.llm.loop import TAIL
from companion.engine.llm.native import NativeModel, Sampler
from tests.contract.test_llm import STARTER, finish, user

pytestmark = pytest.mark.models

MAX_REPLY = 32


@pytest.fixture(scope="module")
def model() -> Iterator[LlamaChatModel]:
    config = LlmConfig(model_file=STARTER, context_tokens=512, reply_tokens=16, max_reply_tokens=MAX_REPLY, seed=3)
    model = LlamaChatModel(config, 1, 1)
    model.load()
    yield model
    model.close()


@pytest.fixture
def native(model: LlamaChatModel) -> NativeModel:
    assert model._open is not None
    return model._open.native


def for_ever(monkeypatch: pytest.MonkeyPatch, first: list[int], then: int) -> None:
    """Let the sampler say `first`, and `then` again and again, whatever the model thinks."""
    tokens = chain(first, repeat(then))
    monkeypatch.setattr(Sampler, "sample", lambda _: next(tokens))


def part_of_a_character(native: NativeModel) -> int:
    """Return a token whose bytes alone are no text."""
    token = native.tokenize("🦩", special=False)[0]
    with pytest.raises(UnicodeDecodeError):
        native.bytes_of(token).decode()
    return token


@pytest.mark.parametrize(
    ("written", "said"),
    [(" very", "very" + " very" * (TAIL - 1)), ("\n", ""), ("no text", ""), ("!", "!" * TAIL)],
)
def test_the_same_token_for_ever_is_noticed(
    model: LlamaChatModel, native: NativeModel, monkeypatch: pytest.MonkeyPatch, written: str, said: str
) -> None:
    token = part_of_a_character(native) if written == "no text" else native.tokenize(written, special=False)[0]
    for_ever(monkeypatch, [], token)
    pieces, (reason, stats) = finish(model.generate([user("Well?")], cancel=CancelToken()))
    assert "".join(pieces) == said
    assert (reason, stats.reply_tokens) == ("length", TAIL)


def test_a_reply_can_be_stopped_while_it_says_nothing(
    model: LlamaChatModel, native: NativeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel = CancelToken()
    drawn = 0
    blank = native.tokenize("\n", special=False)[0]

    def sample(_: Sampler) -> int:
        nonlocal drawn
        drawn += 1
        if drawn == 5:
            cancel.cancel()
        return blank

    monkeypatch.setattr(Sampler, "sample", sample)
    pieces, (reason, _) = finish(model.generate([user("Well?")], cancel=cancel))
    assert (pieces, reason, drawn) == ([], "cancelled", 5)


def test_an_empty_reply_is_no_fault(
    model: LlamaChatModel, native: NativeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    for_ever(monkeypatch, [], native.eos or 0)
    pieces, (reason, stats) = finish(model.generate([user("Well?")], cancel=CancelToken()))
    assert (pieces, reason, stats.reply_tokens) == ([], "stop", 0)


@pytest.mark.parametrize("name", ["<|im_end|>", "<|im_start|>"])
def test_markup_spelled_in_ordinary_tokens_ends_the_reply(
    model: LlamaChatModel, native: NativeModel, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    spelled = native.tokenize(f"Yes.{name}\nuser\nAnd then?", special=False)
    assert not any(native.is_control(token) for token in spelled)
    for_ever(monkeypatch, spelled, native.tokenize(" more", special=False)[0])
    pieces, (reason, _) = finish(model.generate([user("Well?")], cancel=CancelToken()))
    assert "".join(pieces) == "Yes."
    assert reason == "stop"


def test_less_than_is_said(model: LlamaChatModel, native: NativeModel, monkeypatch: pytest.MonkeyPatch) -> None:
    for_ever(monkeypatch, native.tokenize("2 < 3 <|", special=False), native.eos or 0)
    pieces, _ = finish(model.generate([user("Well?")], cancel=CancelToken()))
    assert "".join(pieces) == "2 < 3 <|"


@pytest.mark.parametrize(
    "megabyte",
    ["All work and no play. " * 45_000, "a" * 1_000_000, " \n" * 500_000, "7" * 1_000_000, "<|im_end|>" * 100_000],
    ids=["words", "one-word", "blank", "digits", "markup"],
)
def test_a_megabyte_fits(model: LlamaChatModel, monkeypatch: pytest.MonkeyPatch, megabyte: str) -> None:
    counted = 0
    tokenize = NativeModel.tokenize

    def spy(self: NativeModel, text: str, *, special: bool) -> list[int]:
        nonlocal counted
        counted += len(text)
        return tokenize(self, text, special=special)

    monkeypatch.setattr(NativeModel, "tokenize", spy)
    question = Conversation("Be brief.").draft(f"Look: {megabyte} What was this?")
    prompt = fit_prompt(question, model.count_tokens, model.context_tokens - MAX_REPLY)
    assert prompt[-1].text.endswith("What was this?")
    assert counted < 200_000, "most of it is not even looked at"
    assert model.count_tokens(prompt) <= model.context_tokens - MAX_REPLY

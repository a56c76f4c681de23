"""The conversation stays valid and within its budget, whatever is said."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from companion.engine.conversation import CUT_MARK, FULL_SHARE, KEPT_SHARE, Conversation, fit_prompt
from companion.engine.messages import ChatMessage

MARKUP = 4


def count(messages: Sequence[ChatMessage]) -> int:
    """A token a word of at most eight characters, and some markup: monotone like a real tokenizer, not linear."""
    return MARKUP + sum(MARKUP + sum(1 + len(word) // 8 for word in m.text.split()) for m in messages)


def shape(messages: Sequence[ChatMessage]) -> list[tuple[str, str]]:
    return [(m.role[0], m.text) for m in messages]


def talk(*texts: str, system: str = "S") -> Conversation:
    conversation = Conversation(system)
    for user, reply in zip(texts[::2], texts[1::2], strict=True):
        conversation.commit(user, reply)
    return conversation


def test_draft_records_nothing() -> None:
    conversation = talk("a", "b")
    before = conversation.messages
    assert shape(conversation.draft(" c ")) == [("s", "S"), ("u", "a"), ("a", "b"), ("u", "c")]
    assert conversation.open_draft("c") == (before, "c")
    assert conversation.messages == before


def test_every_prompt_extends_the_one_before() -> None:
    conversation = talk("a", "b")
    first = conversation.draft("c")
    conversation.commit("c", "d")
    assert conversation.draft("e")[: len(first)] == first


def test_unanswered_words_join_the_next_ones() -> None:
    conversation = talk("a", "")
    assert conversation.open_draft("") == ((ChatMessage(role="system", text="S"),), "a")
    assert conversation.open_draft("c") == ((ChatMessage(role="system", text="S"),), "a\nc")
    assert shape(conversation.draft("c")) == [("s", "S"), ("u", "a\nc")]
    conversation.commit("c", "d")
    assert shape(conversation.messages) == [("s", "S"), ("u", "a\nc"), ("a", "d")]


def test_earlier_conversation_is_made_to_alternate() -> None:
    roles = ["assistant", "user", "user", "system", "assistant", "assistant", "user"]
    messages = [ChatMessage(role=role, text=str(i)) for i, role in enumerate(roles)]  # type: ignore[arg-type]
    conversation = Conversation("", messages)
    assert shape(conversation.messages) == [("u", "1\n2"), ("a", "4\n5"), ("u", "6")]


def test_nothing_is_dropped_below_three_quarters() -> None:
    conversation = talk(*["word"] * 10)
    length = count(conversation.messages)
    assert not conversation.fit(count, int(length / FULL_SHARE) + 1)
    assert count(conversation.messages) == length


def test_oldest_turns_leave_in_bulk() -> None:
    conversation = talk(*[f"{role}{i}" for i in range(20) for role in ("u", "a")])
    budget = count(conversation.messages)
    assert conversation.fit(count, budget)
    kept = shape(conversation.messages)
    assert kept[0] == ("s", "S")
    assert kept[-1] == ("a", "a19")
    assert kept[1] == ("u", f"u{20 - (len(kept) - 1) // 2}")
    assert KEPT_SHARE * budget - 2 * (MARKUP + 1) < count(conversation.messages) <= KEPT_SHARE * budget
    assert not conversation.fit(count, budget)


def test_dropping_is_rare() -> None:
    conversation = Conversation("S")
    drops = 0
    for i in range(200):
        conversation.commit(f"question {i}", f"answer {i}")
        drops += conversation.fit(count, 200)
    assert 0 < drops <= 200 * 2 * (MARKUP + 2) / ((FULL_SHARE - KEPT_SHARE) * 200) + 1


def test_pasted_text_loses_its_middle() -> None:
    pasted = " ".join(f"w{i}" for i in range(500))
    fitted = fit_prompt(talk("old", "older").draft(pasted), count, 100)
    assert [m.role for m in fitted] == ["system", "user"]
    assert count(fitted) == 100
    text = fitted[1].text
    assert text.startswith("w0 w1 ")
    assert text.endswith(" w498 w499")
    assert CUT_MARK in text


def test_a_pasted_megabyte_is_cut_before_anything_is_counted() -> None:
    counted: list[int] = []

    def count(messages: Sequence[ChatMessage]) -> int:
        counted.append(sum(len(message.text) for message in messages))
        return sum(len(message.text.split()) for message in messages)

    text = "Begin. " + "and so on " * 100_000 + "What is this?"
    fitted = fit_prompt([ChatMessage(role="user", text=text)], count, 100)
    assert count(fitted) <= 100
    assert fitted[0].text.startswith("Begin.")
    assert fitted[0].text.endswith("What is this?")
    assert max(counted) < 2_000


def test_long_system_prompt_is_cut_last() -> None:
    fitted = fit_prompt(talk(system="s " * 300).draft("hello"), count, 100)
    assert [m.role for m in fitted] == ["system", "user"]
    assert count(fitted) <= 100


texts = st.text(st.characters(codec="utf-8"), max_size=400) | st.integers(0, 300).map(lambda n: "word " * n)


def test_a_comfortable_length_drops_old_turns_but_never_cuts_the_last() -> None:
    conversation = talk(*(f"question {n} with some words" for n in range(12)))
    assert not conversation.fit(count, 4000, comfortable=4000)
    assert conversation.fit(count, 4000, comfortable=100)
    assert count(conversation.messages) <= 50
    pasted = "word " * 300
    conversation.commit(pasted, "I see.")
    conversation.fit(count, 4000, comfortable=100)
    assert ChatMessage(role="user", text=pasted.strip()) in conversation.messages


@given(
    turns=st.lists(st.tuples(texts, texts), max_size=12),
    last=texts,
    budget=st.integers(64, 800),
)
def test_always_valid_and_within_budget(turns: list[tuple[str, str]], last: str, budget: int) -> None:
    conversation = Conversation("Be kind and brief.")
    for user, reply in turns:
        conversation.commit(user, reply)
        before = conversation.messages
        conversation.fit(count, budget)
        assert count(conversation.messages) <= budget
        # Oldest first: what is left is the end of what was there, but for a cut last turn.
        after = conversation.messages[1:]
        assert len(after) <= 2 or before[len(before) - len(after) :] == after
    prompt = fit_prompt(conversation.draft(last), count, budget)
    assert count(prompt) <= budget
    assert prompt[0] == ChatMessage(role="system", text="Be kind and brief.")
    assert [m.role for m in prompt[1:]] == ["user", "assistant"] * (len(prompt[1:]) // 2) + ["user"] * (
        len(prompt[1:]) % 2
    )
    assert prompt == fit_prompt(conversation.draft(last), count, budget)
    opened, text = conversation.open_draft(last)
    assert (*opened, ChatMessage(role="user", text=text)) == conversation.draft(last) or not text

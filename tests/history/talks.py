"""Conversations for tests."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from companion.history.records import Conversation, Message, Speaker, State, TitleSource, clean
from companion.history.store import HistoryStore

NOON_MS = 1_790_000_000_000


def said(number: int, text: str, **more: Any) -> Message:
    """Return a message of the user's (odd numbers) or a reply (even ones) that follows the one before."""
    plain = Message(
        number=number,
        parent=number - 1 or None,
        role="user" if number % 2 else "assistant",
        text=text,
        created_ms=NOON_MS + number,
    )
    return replace(plain, **more)


def keep(store: HistoryStore, *texts: str, title: str = "Talk", created_ms: int = NOON_MS) -> int:
    """Keep a conversation of these messages in turn, and return its id."""
    with store._transaction():
        conversation = store.begin(said(1, texts[0] if texts else "Hi", created_ms=created_ms))
        store.rename(conversation, title)
        for number, text in enumerate(texts[1:], 2):
            assert store.put(conversation, said(number, text, created_ms=created_ms + number))
    return conversation


def whole(title: str, *texts: str) -> Conversation:
    """Return a conversation of these messages in turn."""
    messages = tuple(said(number, text) for number, text in enumerate(texts, 1))
    return Conversation(key=title, title=title, created_ms=NOON_MS, updated_ms=NOON_MS, messages=messages)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60).map(clean)
times = st.integers(0, 4_000_000_000_000)


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    """Return any conversation that can be stored, with branches."""
    messages: list[Message] = []
    for number in range(1, draw(st.integers(0, 8)) + 1):
        parent = draw(st.sampled_from([None, *range(1, number)]))
        role: Speaker = "user" if parent is None else draw(st.sampled_from(["user", "assistant"]))
        text = draw(texts)
        state = draw(st.sampled_from([State.COMPLETE, State.INTERRUPTED]))
        messages.append(
            Message(
                number=number,
                parent=parent,
                role=role,
                text=text,
                heard=draw(st.integers(0, len(text))) if state is State.INTERRUPTED else None,
                latency_ms=draw(st.none() | st.integers(0, 60_000)),
                created_ms=draw(times),
                state=state,
            )
        )
    numbers = [message.number for message in messages]
    title = " ".join(draw(texts).split())
    return Conversation(
        key=draw(st.uuids()).hex,
        title=title,
        title_source=draw(st.sampled_from(TitleSource)),
        pinned=draw(st.booleans()),
        created_ms=draw(times),
        updated_ms=draw(times),
        persona=draw(st.sampled_from(["", "Ada"])),
        language=draw(st.sampled_from(["", "en", "fr"])),
        leaf=draw(st.sampled_from([None, *numbers])),
        messages=tuple(messages),
    )

"""Exports of conversations for tests, and values of any kind."""

from typing import Any

from hypothesis import strategies as st

from companion.history.exchange import Labels
from companion.history.records import Conversation

LABELS = Labels(user="You", assistant="Companion", stopped="stopped")

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -(10**400), 2**63])
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
"""Any JSON value."""


def nearly(fields: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return objects of which each field is as it should be, something else, or missing."""
    return st.fixed_dictionaries({}, optional={name: st.just(value) | anything for name, value in fields.items()})


def is_sound(conversation: Conversation) -> None:
    """Check what the file would refuse, by writing it."""
    numbers = [message.number for message in conversation.messages]
    assert numbers == sorted(set(numbers))
    for message in conversation.messages:
        assert message.parent is None or message.parent in numbers[: numbers.index(message.number)]
    assert conversation.leaf is None or conversation.leaf in numbers


def node(parent: str | None, role: str, *parts: Any, **more: Any) -> dict[str, Any]:
    message = {
        "author": {"role": role},
        "content": {"content_type": more.pop("kind", "text"), "parts": list(parts)},
        "create_time": 1_700_000_000.5,
        **more,
    }
    return {"parent": parent, "children": [], "message": message}


EXPORT: dict[str, Any] = {
    "conversation_id": "abc",
    "title": "Birds",
    "create_time": 1_700_000_000,
    "update_time": 1_700_000_100,
    "current_node": "d2",
    "mapping": {
        "d2": node("tool", "assistant", "A stork."),
        "root": {"parent": None, "children": ["s"], "message": None},
        "s": node("root", "system", "You are", weight=0),
        "q": node("s", "user", "Which bird?"),
        "d1": node("q", "assistant", "A heron."),
        "think": node("q", "assistant", kind="thoughts"),
        "call": node("think", "assistant", "search()", recipient="browser"),
        "tool": node("call", "tool", "result"),
        "voice": node(
            "d2",
            "user",
            {"content_type": "image_asset_pointer"},
            {"content_type": "audio_transcription", "text": "Thanks"},
            kind="multimodal_text",
        ),
        "hidden": node("d2", "user", "x", metadata={"is_visually_hidden_from_conversation": True}),
    },
}

"""Conversations out of ChatGPT's data export. Pure; any thread.

The export's `conversations.json` is a list of conversations, each with a `mapping` from node ids to nodes: a tree of
messages by `parent`, with `current_node` for its leaf shown last. Nodes without words for people (system prompts,
tools, hidden ones, reasoning) are passed over: what follows them follows the message before them. The format is not
documented by its maker; field names after https://github.com/mitkury/chatgpt-export-parser and
https://difegam.github.io/chatgpt-to-markdown/reference/data-models.
"""

import hashlib
import json
from typing import Any

from companion.history.exchange import LONGEST_TEXT, MOST_MESSAGES, MalformedError
from companion.history.records import (
    LATEST_MS,
    LONGEST_TITLE,
    Conversation,
    Message,
    TitleSource,
    clean,
    first_words,
    one_line,
)

_WORDS = ("text", "multimodal_text")
"""Kinds of content with words for people."""


def conversation_of_chatgpt(value: object) -> tuple[Conversation, int]:
    """Return one conversation of the export, and how many nodes made no sense and were left out.

    Raises:
        MalformedError: it is no conversation.
    """
    if not isinstance(value, dict) or not isinstance(value.get("mapping"), dict):
        raise MalformedError
    mapping: dict[str, Any] = value["mapping"]
    created_ms = _ms(value.get("create_time"), 0)
    numbers: dict[str, int | None] = {}
    """Number of the message that stands for each node: its own, or the one before it."""
    messages: list[Message] = []
    skipped = 0
    for node_id in _in_order(mapping):
        node = mapping[node_id]
        before = numbers.get(_parent(node) or "")
        numbers[node_id] = before
        if not isinstance(node, dict) or not isinstance(node.get("message"), dict | None):
            skipped += 1
            continue
        found = _words(node.get("message") or {})
        if found is None:
            continue
        role, text = found
        if len(text) > LONGEST_TEXT or len(messages) >= MOST_MESSAGES:
            skipped += 1
            continue
        said_ms = _ms(node["message"].get("create_time"), created_ms)
        message = Message(number=len(messages) + 1, parent=before, role=role, text=text, created_ms=said_ms)
        messages.append(message)
        numbers[node_id] = message.number
    if not messages:
        raise MalformedError
    title = value.get("title")
    named = isinstance(title, str) and title.strip()
    current = value.get("current_node")
    found_conversation = Conversation(
        key=_key(value),
        title=one_line(str(title))[:LONGEST_TITLE] if named else first_words(messages[0].text),
        title_source=TitleSource.MODEL if named else TitleSource.WORDS,
        created_ms=created_ms or messages[0].created_ms,
        updated_ms=_ms(value.get("update_time"), created_ms or messages[-1].created_ms),
        leaf=numbers.get(current) if isinstance(current, str) else None,
        messages=tuple(messages),
    )
    return found_conversation, skipped


def _in_order(mapping: dict[str, Any]) -> list[str]:
    """Return the nodes, parents before their children; those in a circle are left out."""
    children: dict[str | None, list[str]] = {}
    for node_id, node in mapping.items():
        parent = _parent(node)
        children.setdefault(parent if parent in mapping else None, []).append(node_id)
    ordered: list[str] = []
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        node_id = waiting.pop()
        ordered.append(node_id)
        waiting += reversed(children.get(node_id, []))
    return ordered


def _parent(node: object) -> str | None:
    parent = node.get("parent") if isinstance(node, dict) else None
    return parent if isinstance(parent, str) else None


def _words(message: dict[str, Any]) -> tuple[Any, str] | None:
    """Return who says what in a message; None if nobody says anything to anybody."""
    author, content, metadata = (message.get(name) or {} for name in ("author", "content", "metadata"))
    if not (isinstance(author, dict) and isinstance(content, dict)):
        return None
    hidden = isinstance(metadata, dict) and metadata.get("is_visually_hidden_from_conversation")
    to_a_tool = message.get("recipient") not in (None, "all")
    if author.get("role") not in ("user", "assistant") or hidden or to_a_tool or message.get("weight") == 0:
        return None
    if content.get("content_type", "text") not in _WORDS or not isinstance(content.get("parts"), list):
        return None
    texts = [part if isinstance(part, str) else _transcript(part) for part in content["parts"]]
    text = clean("\n".join(part for part in texts if part)).strip()
    return (author["role"], text) if text else None


def _transcript(part: object) -> str:
    """Return what was said aloud, of a part that is sound; pictures have no words."""
    if isinstance(part, dict) and part.get("content_type") == "audio_transcription":
        text = part.get("text")
        return text if isinstance(text, str) else ""
    return ""


def _key(value: dict[str, Any]) -> str:
    for name in ("conversation_id", "id"):
        if isinstance(value.get(name), str) and value[name]:
            return f"chatgpt:{clean(value[name])[:100]}"
    digest = hashlib.sha256(json.dumps(value["mapping"], sort_keys=True).encode("utf-8", "replace"))
    return f"chatgpt:{digest.hexdigest()[:32]}"


def _ms(value: object, default: int) -> int:
    """Return seconds since 1970 in milliseconds."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return default
    return round(min(max(value, 0), LATEST_MS // 1000) * 1000)

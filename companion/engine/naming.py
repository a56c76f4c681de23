"""Titles of conversations: what the model is asked, and whether its answer is one. Pure; any thread."""

import re
from collections.abc import Sequence

from companion.engine.messages import ChatMessage

FEWEST_WORDS, MOST_WORDS = 3, 6
LONGEST = 60
"""Characters; the sidebar shows some 40."""
MOST_TOKENS = 24
"""Enough for six words in any language; a model that wants to say more is not writing a title."""

_MESSAGES = 4
"""What a conversation is about is said at its beginning."""
_MESSAGE_CHARS = 300
_TELLING = 4
"""Letters from which on a word says what it is about; most shorter ones are articles and the like."""
_STEM = 5
"""Letters that inflected forms of a word share."""
_SHARED = 0.5
"""Of the telling words of a title, how many the conversation must have: fewer, and it is about something else."""

_TASK = (
    "Write a title for the conversation below: {fewest} to {most} words, in its language, that say what it is about. "
    "Answer with the title alone, without quotation marks.\n\n{talk}\n\nTitle:"
)
_WORD = re.compile(r"\w[\w'\N{RIGHT SINGLE QUOTATION MARK}-]*")
_WRAPPING = " \t*_#`\"'\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\u00ab\u00bb"
_NOT_IN_TITLES = re.compile(r"[\n\"\u201c\u201d\u00ab\u00bb<>\[\]{}|*_#`\\:;!]")
_ANSWERS = re.compile(
    r"(i|i'm|i\u2019m|we|you|your|sorry|unfortunately|sure|certainly|of course|yes|no|here|as an|title"
    r"|je|j'|vous|voici|d\u00e9sol\u00e9\w*|bien s\u00fbr)\b",
    re.IGNORECASE,
)
"""How something begins that was said to somebody."""


def title_prompt(messages: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
    """Return what a model is asked in order to name the conversation `messages`."""
    talk = "\n".join(f"{message.role}: {message.text[:_MESSAGE_CHARS].strip()}" for message in messages[:_MESSAGES])
    return (ChatMessage(role="user", text=_TASK.format(fewest=FEWEST_WORDS, most=MOST_WORDS, talk=talk)),)


def judged(written: str, messages: Sequence[ChatMessage]) -> str:
    """Return the title in what a model wrote, or "" if there is none worth showing.

    A title is one line of three to six words, speaks to nobody, is not a piece of the conversation itself, and is
    about what was said: at least half of its telling words are there.
    """
    title = re.sub(r"^title\s*:\s*", "", written.strip(_WRAPPING + "\n"), flags=re.IGNORECASE).strip(_WRAPPING)
    title = title.rstrip(".\u2026 ")
    words = _WORD.findall(title)
    if not FEWEST_WORDS <= len(words) <= MOST_WORDS or len(title) > LONGEST:
        return ""
    if _NOT_IN_TITLES.search(title) or _ANSWERS.match(title) or title.endswith((",", "-", "?")):
        return ""
    said = " ".join(message.text for message in messages)
    if " ".join(words).casefold() in " ".join(_WORD.findall(said)).casefold():
        return ""  # no better than the first words, which are complete
    telling = {word.casefold()[:_STEM] for word in words if len(word) >= _TELLING}
    known = {word.casefold()[:_STEM] for word in _WORD.findall(said) if len(word) >= _TELLING}
    if not telling or len(telling & known) < _SHARED * len(telling):
        return ""
    return title[:1].upper() + title[1:]

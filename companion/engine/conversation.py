"""The conversation as the language model sees it: append-only, alternating, within a budget of tokens.

Owned by the engine thread. Pure: the length of a prompt comes from the model's `count_tokens`, passed in.

Every prompt is the one before it plus something at its end, so the model's KV cache keeps its prefix. Two things
break that, both on purpose: an interrupted reply loses its unheard end, and a full context loses its oldest turns
in one go (`Conversation.fit`, meant for idle time) instead of one at each turn.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from companion.engine.messages import ChatMessage

CountTokens = Callable[[Sequence[ChatMessage]], int]
"""`ChatModel.count_tokens`."""

FULL_SHARE = 0.75
"""Share of the budget above which `Conversation.fit` drops turns: the rest is room for the next words."""
KEPT_SHARE = 0.5
"""Share of the budget the kept turns fill at most, so that dropping (which costs the KV prefix) is rare."""
CUT_MARK = " […] "
"""Stands for the middle of a text too long for the context."""
HEAD_SHARE = 2 / 3
"""Share of a cut text kept from its beginning; pasted text has its question at one end or the other."""
LONGEST_TOKEN = 16
"""Characters. No text has tokens that are longer on average, so what is longer than a budget of these is cut before
anything is counted: counting the tokens of a pasted megabyte takes a second, and the search counts 20 times."""


class Conversation:
    """System prompt, then user and assistant in turn.

    Thread: engine.

    Args:
        system_prompt: Always the first message; never dropped. Empty for none.
        messages: An earlier conversation to continue (user and assistant messages, any order: they are made to
            alternate).
    """

    def __init__(self, system_prompt: str, messages: Iterable[ChatMessage] = ()) -> None:
        system_prompt = system_prompt.strip()
        self._system = (ChatMessage(role="system", text=system_prompt),) if system_prompt else ()
        self._turns = _alternating(messages)

    @property
    def messages(self) -> tuple[ChatMessage, ...]:
        """The system prompt and everything committed."""
        return self._system + self._turns

    def copy(self) -> "Conversation":
        """Return an independent conversation with the same messages."""
        return Conversation(self._system[0].text if self._system else "", self._turns)

    def draft(self, user_text: str) -> tuple[ChatMessage, ...]:
        """Return the prompt of a turn in which the user says `user_text`; nothing is recorded.

        A user message that got no audible answer is still there: the new words join it, for chat templates want
        user and assistant to alternate.
        """
        return self._system + _alternating((*self._turns, ChatMessage(role="user", text=user_text)))

    def open_draft(self, user_text: str) -> tuple[tuple[ChatMessage, ...], str]:
        """Return (messages, open text) for `ChatModel.prefill` while the user still speaks; nothing is recorded.

        Args:
            user_text: the words so far; "" for none yet.
        """
        if self._turns and self._turns[-1].role == "user":
            return self._system + self._turns[:-1], _joined(self._turns[-1].text, user_text.strip())
        return self.messages, user_text.strip()

    def commit(self, user_text: str, reply: str) -> None:
        """Record one turn: what the user said and what was answered (empty if nothing was)."""
        self._turns = _alternating(
            (*self._turns, ChatMessage(role="user", text=user_text), ChatMessage(role="assistant", text=reply))
        )

    def fit(self, count_tokens: CountTokens, budget: int, *, comfortable: int | None = None) -> bool:
        """Drop the oldest turns if the conversation nears its limit; return whether anything was dropped or cut.

        Meant for idle time: True means that the KV cache should be primed again (`ChatModel.prefill`).

        Args:
            count_tokens: length of a prompt in tokens.
            budget: tokens a prompt may have, i.e. the context without the room for the reply.
            comfortable: tokens up to which a conversation is no slower to go on with, if that is less; a last turn
                that is longer is kept whole.
        """
        messages = self.messages
        bounded = _bounded(messages, budget)
        limit = min(budget, comfortable or budget)
        if not self._turns or (bounded == messages and count_tokens(messages) <= FULL_SHARE * limit):
            return False
        fitted = _without_oldest(bounded, count_tokens, KEPT_SHARE * limit)
        fitted = fit_prompt(fitted, count_tokens, budget)
        self._turns = tuple(message for message in fitted if message.role != "system")
        return fitted != messages


def fit_prompt(messages: Sequence[ChatMessage], count_tokens: CountTokens, budget: int) -> tuple[ChatMessage, ...]:
    """Return `messages` with a length of at most `budget` tokens: the last step before a prompt is evaluated.

    Almost always that is `messages` itself. Otherwise the oldest turns are left out, in bulk; if the last turn alone
    is too long (pasted text), its longest text loses its middle. The system prompt is cut only when nothing else is
    left to cut. Deterministic, so that two drafts of one turn share their prefix.

    Thread: any; calls `count_tokens`.
    """
    fitted = _bounded(messages, budget)
    if count_tokens(fitted) <= budget:
        return fitted
    fitted = _without_oldest(fitted, count_tokens, KEPT_SHARE * budget)
    by_length = sorted(range(len(fitted)), key=lambda i: (fitted[i].role == "system", -len(fitted[i].text)))
    for index in by_length:
        if count_tokens(fitted) <= budget:
            break
        fitted = _cut(fitted, index, count_tokens, budget)
    return fitted


def _bounded(messages: Iterable[ChatMessage], budget: int) -> tuple[ChatMessage, ...]:
    """Return `messages` without the middle of texts that are too long for the budget whatever they say."""
    most = max(budget * LONGEST_TOKEN, len(CUT_MARK))
    kept = most - len(CUT_MARK)
    return tuple(
        message if len(message.text) <= most else replace(message, text=_without_middle(message.text, kept))
        for message in messages
    )


def _without_oldest(
    messages: tuple[ChatMessage, ...], count_tokens: CountTokens, target: float
) -> tuple[ChatMessage, ...]:
    """Return `messages` without as many of the oldest turns as needed to reach `target`; the last turn stays."""
    first = 1 if messages and messages[0].role == "system" else 0
    starts = [i for i in range(first, len(messages)) if messages[i].role == "user"] or [first]
    low, high = 0, len(starts) - 1
    while low < high:  # the first start from which everything kept fits
        middle = (low + high) // 2
        if count_tokens(messages[:first] + messages[starts[middle] :]) <= target:
            high = middle
        else:
            low = middle + 1
    return messages[:first] + messages[starts[low] :]


def _cut(
    messages: tuple[ChatMessage, ...], index: int, count_tokens: CountTokens, budget: int
) -> tuple[ChatMessage, ...]:
    """Return `messages` with the text of message `index` cut to the longest that fits, at worst to the mark alone."""

    def shortened(kept: int) -> tuple[ChatMessage, ...]:
        message = replace(messages[index], text=_without_middle(messages[index].text, kept))
        return (*messages[:index], message, *messages[index + 1 :])

    low, high = 0, len(messages[index].text)
    while low < high:
        middle = (low + high + 1) // 2
        if count_tokens(shortened(middle)) <= budget:
            low = middle
        else:
            high = middle - 1
    return shortened(low)


def _without_middle(text: str, kept: int) -> str:
    if kept >= len(text):
        return text
    head = round(kept * HEAD_SHARE)
    return (text[:head].rstrip() + CUT_MARK + text[len(text) - (kept - head) :].lstrip()).strip()


def _alternating(messages: Iterable[ChatMessage]) -> tuple[ChatMessage, ...]:
    """Return `messages` stripped, without empty ones and system prompts, beginning with the user and alternating."""
    turns: list[ChatMessage] = []
    for message in messages:
        text = message.text.strip()
        if not text or message.role == "system" or (not turns and message.role == "assistant"):
            continue
        if turns and turns[-1].role == message.role:
            turns[-1] = replace(message, text=_joined(turns[-1].text, text))
        else:
            turns.append(replace(message, text=text))
    return tuple(turns)


def _joined(earlier: str, later: str) -> str:
    return f"{earlier}\n{later}".strip()

"""The model's own chat template: messages in, a prompt out in which what people said can never act as markup.

Owned by the `llm` worker thread. A template is a Jinja program inside the GGUF file; it runs in Jinja's sandbox.

The template never sees the words. It is rendered with a placeholder for each message, and the words are put back
afterwards as `Piece(trusted=False)`, so the tokenizer can tell the template's `<|im_end|>` from a user's. The
placeholders also show where an unfinished user message must be cut, whatever the template looks like.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn

from companion.engine.messages import ChatMessage

if TYPE_CHECKING:
    from jinja2 import Template

_PLACEHOLDER = re.compile("\ue000([0-9]+)\ue001")
"""Private-use characters: no template writes them, and none is stripped as white space."""

_OPEN = "\ue002"
"""Text of the user message that `render_open` cuts at."""


class TemplateError(ValueError):
    """The template is not valid Jinja, or refuses these messages."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a prompt."""

    text: str
    trusted: bool
    """True if the template wrote it: its special tokens count. False if a person or the model said it."""


class ChatTemplate:
    """Renders prompts in which every turn extends the one before it.

    Thread: any.

    Args:
        source: Jinja source, `tokenizer.chat_template` of the GGUF.
        bos_token: text of the beginning-of-sequence token; empty if the model has none.
        eos_token: likewise for the end of the sequence.
        clock: local time, for templates that write the date.

    Raises:
        TemplateError: not valid Jinja, or it cannot render a plain user message.
    """

    def __init__(
        self, source: str, *, bos_token: str = "", eos_token: str = "", clock: Callable[[], datetime] = datetime.now
    ) -> None:
        self._clock = clock
        self._now = clock()
        self._tokens = {"bos_token": bos_token, "eos_token": eos_token}
        self._template = _compile(source)
        self._folds_system = not self._keeps_system_prefix()
        self.render((ChatMessage(role="user", text="x"),))

    @property
    def folds_system(self) -> bool:
        """True if the template has no stable place for a system prompt: it becomes part of the first user message."""
        return self._folds_system

    def render(self, messages: Sequence[ChatMessage], *, add_generation_prompt: bool = True) -> tuple[Piece, ...]:
        """Return the prompt for `messages`, with the header of the reply if `add_generation_prompt`.

        Raises:
            TemplateError: the template refuses these messages, e.g. two user messages in a row.
        """
        self._refresh_date(messages)
        return self._render(messages, add_generation_prompt)

    def render_open(self, messages: Sequence[ChatMessage], open_text: str) -> tuple[Piece, ...]:
        """Return the prompt for `messages` and the beginning `open_text` of a user message that is not over yet.

        Raises:
            TemplateError: as `render`.
        """
        self._refresh_date(messages)
        pieces = self._render([*messages, ChatMessage(role="user", text=_OPEN)], add_generation_prompt=False)
        for end in reversed(range(len(pieces))):
            if not pieces[end].trusted and pieces[end].text.endswith(_OPEN):
                last = Piece(pieces[end].text.removesuffix(_OPEN) + open_text.strip(), trusted=False)
                return (*pieces[:end], last)
        raise TemplateError("The template leaves out the last user message.")

    def _refresh_date(self, messages: Sequence[ChatMessage]) -> None:
        """Take today's date for a new conversation only: changed in the middle of one it would cost the KV prefix."""
        if all(message.role != "assistant" for message in messages):
            self._now = self._clock()

    def _render(self, messages: Sequence[ChatMessage], add_generation_prompt: bool) -> tuple[Piece, ...]:
        texts = [message.text.strip() for message in messages]
        rows = [_row(i, message.role) for i, message in enumerate(messages)]
        if self._folds_system and rows and rows[0]["role"] == "system":
            rows, texts = _folded(rows, texts)
        return _pieces(self._run(rows, add_generation_prompt), texts)

    def _run(self, rows: list[dict[str, str]], add_generation_prompt: bool) -> str:
        import jinja2

        try:
            return self._template.render(
                messages=rows,
                add_generation_prompt=add_generation_prompt,
                enable_thinking=False,  # Qwen 3 and its like: a voice must not read its thoughts aloud
                strftime_now=lambda pattern: self._now.strftime(pattern),
                raise_exception=_refuse,
                tools=None,
                documents=None,
                **self._tokens,
            )
        except (jinja2.TemplateError, TypeError, KeyError, IndexError, AttributeError, ValueError) as error:
            raise TemplateError(str(error)) from error

    def _keeps_system_prefix(self) -> bool:
        """Whether a system prompt is rendered, once, in a place that later turns do not move.

        Gemma refuses the role, some templates ignore it, and Mistral's newer ones write it before the last user
        message, which would change the prompt's beginning at every turn.
        """
        roles = ("system", "user", "assistant", "user")
        rows = [_row(i, role) for i, role in enumerate(roles)]
        try:
            short = self._run(rows[:2], add_generation_prompt=False)
            full = self._run(rows, add_generation_prompt=False)
        except TemplateError:
            return False
        system, user = rows[0]["content"], rows[1]["content"]
        prefix = short[: short.find(user) + len(user)]
        return short.count(system) == 1 and user in short and system in prefix and full.startswith(prefix)


def _row(index: int, role: str) -> dict[str, str]:
    return {"role": role, "content": f"\ue000{index}\ue001"}


def _folded(rows: list[dict[str, str]], texts: list[str]) -> tuple[list[dict[str, str]], list[str]]:
    """Return `rows` with the system prompt moved to the beginning of the first user message."""
    system, rest = texts[0], rows[1:]
    if rest and rest[0]["role"] == "user":
        return rest, [*texts[:1], f"{system}\n\n{texts[1]}", *texts[2:]]
    return [{"role": "user", "content": rows[0]["content"]}, *rest], texts


def _pieces(prompt: str, texts: Sequence[str]) -> tuple[Piece, ...]:
    """Put the words back where their placeholders stand."""
    parts = _PLACEHOLDER.split(prompt)
    pieces = [
        Piece(texts[int(part)], trusted=False) if i % 2 else Piece(part, trusted=True) for i, part in enumerate(parts)
    ]
    return tuple(piece for piece in pieces if piece.text or not piece.trusted)


def _refuse(message: str) -> NoReturn:
    raise TemplateError(message)


def _to_json(value: Any, indent: int | None = None, **_: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


def _compile(source: str) -> "Template":
    """Compile the way Hugging Face's `transformers` does, for which chat templates are written.

    Source: https://huggingface.co/docs/transformers/chat_templating
    """
    import jinja2
    from jinja2.ext import loopcontrols
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment: ImmutableSandboxedEnvironment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols]
    )
    environment.filters["tojson"] = _to_json
    # Training-time tags that mean nothing here.
    source = re.sub(r"\{%-?\s*(end)?generation\s*-?%\}", "", source)
    try:
        return environment.from_string(source)
    except jinja2.TemplateError as error:
        raise TemplateError(str(error)) from error

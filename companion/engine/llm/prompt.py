"""Prompt pieces to tokens: the template's special tokens are markup, the same characters in a person's words are text.

Owned by the `llm` worker thread; no state but caches, so counting from another thread is safe.

llama.cpp splits a prompt at its special tokens and tokenizes what lies between. This does the same splitting, but
only in the pieces the template wrote, so that the tokens are exactly those of the whole string for everything except
an attempt to write markup.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from companion.engine.llm.template import Piece

_CACHED_TEXTS = 1024
"""Texts between two special tokens whose tokens are kept: about one a message, so a long history costs nothing."""
_WORD_JOINER = "\u2060"
"""Invisible; put into a text that would otherwise become markup."""


class Vocabulary(Protocol):
    """What a tokenizer tells about its tokens."""

    @property
    def leading_bos(self) -> int | None:
        """The token every prompt must begin with, or None."""
        ...

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        """Return the tokens of `text`; names of special tokens count as such only if `special`."""
        ...

    def text_of(self, token: int) -> str:
        """Return the name of a token as it stands in a template, e.g. "<|im_end|>"."""
        ...

    def is_control(self, token: int) -> bool:
        """Whether the token is markup wherever it appears, the end of generation included."""
        ...

    def is_special(self, token: int) -> bool:
        """Whether a prompt is split at this token: control tokens and those the model's maker defined."""
        ...

    def strips(self, token: int) -> tuple[bool, bool]:
        """Whether white space before and behind the token belongs to it."""
        ...


class PromptTokenizer:
    """Turns rendered pieces into tokens.

    Thread: any.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._template_tokens: set[int] = set()
        self._markup = lru_cache(maxsize=_CACHED_TEXTS)(self._split_markup)
        self._plain = lru_cache(maxsize=_CACHED_TEXTS)(self._tokenize_plain)

    @property
    def markup(self) -> tuple[str, ...]:
        """Names of the special tokens that the template wrote into prompts so far."""
        return tuple(self._vocabulary.text_of(token) for token in self._template_tokens)

    def encode(self, pieces: Sequence[Piece]) -> list[int]:
        """Return the tokens of a prompt."""
        marked = [self._markup(piece.text) if piece.trusted else (piece.text,) for piece in pieces]
        bos = self._vocabulary.leading_bos
        tokens: list[int] = []
        text, strip = "", False
        for part in (part for parts in marked for part in parts):
            if isinstance(part, str):
                text += part
                continue
            strip_before, strip_behind = self._vocabulary.strips(part)
            text = text.lstrip() if strip else text
            tokens += self._plain(text.rstrip() if strip_before else text)
            tokens.append(part)
            text, strip = "", strip_behind
        tokens += self._plain(text.lstrip() if strip else text)
        return tokens if bos is None or tokens[:1] == [bos] else [bos, *tokens]

    def _split_markup(self, text: str) -> tuple[str | int, ...]:
        """Split what a template wrote into plain text and special tokens."""
        parts: list[str | int] = []
        position = 0
        for token in self._vocabulary.tokenize(text, special=True):
            if not self._vocabulary.is_special(token):
                continue
            name = self._vocabulary.text_of(token)
            found = text.find(name, position) if name else -1
            if found < 0:
                continue
            parts += [text[position:found], token]
            position = found + len(name)
            if not name.isspace():
                self._template_tokens.add(token)
        return (*parts, text[position:])

    def _tokenize_plain(self, text: str) -> tuple[int, ...]:
        """Tokenize text in which nothing is markup."""
        if not text:
            return ()
        tokens = self._vocabulary.tokenize(text, special=False)
        forbidden = {token for token in tokens if self._is_markup(token)}
        if forbidden:
            # Some vocabularies match names of special tokens in any text: take the names apart.
            for token in forbidden:
                name = self._vocabulary.text_of(token)
                text = text.replace(name, name[:1] + _WORD_JOINER + name[1:]) if name else text
            tokens = self._vocabulary.tokenize(text, special=False)
        return tuple(token for token in tokens if not self._is_markup(token))

    def _is_markup(self, token: int) -> bool:
        return token in self._template_tokens or self._vocabulary.is_control(token)

"""The bytes of a reply's tokens as text: whole characters, without markup, up to where the model spells markup out.

Owned by the `llm` worker thread.

A model ends its turn with a control token. Small and badly converted ones write the same characters with ordinary
tokens instead ("<", "|", "im", ...), and go on with the user's next message. Nobody wants that read aloud: the reply
ends there. What may be the beginning of such a name is held back until it is one or is not.
"""

import codecs
from collections.abc import Iterable


class ReplyText:
    """Text of one reply, piece by piece.

    Args:
        markup: Names of the template's tokens, e.g. "<|im_end|>"; empty and blank ones are ignored.
    """

    def __init__(self, markup: Iterable[str] = ()) -> None:
        self._markup = tuple(name for name in markup if name.strip())
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        self._held = ""
        self._begun = False
        self.ended = False
        """Whether the model spelled markup out: what comes then is no part of the reply."""

    def add(self, data: bytes) -> str:
        """Return the characters that `data` completes; white space before the first word is left out.

        Bytes that are no UTF-8 are left out too.
        """
        if self.ended:
            return ""
        text = self._held + self._decoder.decode(data)
        found = [at for name in self._markup if (at := text.find(name)) >= 0]
        if found:
            self.ended = True
            text, self._held = text[: min(found)], ""
        else:
            begun = len(text) - self._open_markup(text)
            text, self._held = text[:begun], text[begun:]
        return self._without_margin(text)

    def rest(self) -> str:
        """Return what was held back, once no more will come."""
        text, self._held = self._held, ""
        return self._without_margin(text)

    def _open_markup(self, text: str) -> int:
        """Return how many characters at the end of `text` may be the beginning of markup."""
        longest = max(map(len, self._markup), default=1) - 1
        for length in range(min(longest, len(text)), 0, -1):
            if any(name.startswith(text[-length:]) for name in self._markup):
                return length
        return 0

    def _without_margin(self, text: str) -> str:
        if not self._begun:
            text = text.lstrip()
            self._begun = bool(text)
        return text

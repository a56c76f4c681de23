"""What the KV cache holds, and the least work that makes it hold something else.

Owned by the `llm` worker thread. Counting is exact: a token is counted when it was really evaluated, also when the
model could not forget a part and everything had to be done again (llama-cpp-python does that silently).
"""

from collections.abc import Sequence
from itertools import takewhile
from typing import Protocol

from companion.engine.cancel import CancelToken


class Decoder(Protocol):
    """One sequence in a model's KV cache."""

    def truncate(self, length: int) -> bool:
        """Forget everything from position `length` on; False if the model cannot forget a part."""
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...

    def decode(self, tokens: Sequence[int]) -> None:
        """Evaluate `tokens` behind what is held; the logits of the last one are then ready for sampling."""
        ...


class PrefixCache:
    """The tokens held by a decoder.

    Thread: llm.

    Args:
        decoder: empty at first, and touched by nobody else.
        piece_tokens: tokens evaluated in one go, i.e. between two looks at the cancel token.
    """

    def __init__(self, decoder: Decoder, piece_tokens: int) -> None:
        self._decoder = decoder
        self._piece = piece_tokens
        self._tokens: list[int] = []

    def __len__(self) -> int:
        return len(self._tokens)

    def hold(self, tokens: Sequence[int], cancel: CancelToken) -> int:
        """Make `tokens` the beginning of what is held; return how many had to be evaluated.

        What is held behind them stays: a draft that is taken up again finds it. Cancelled, it holds as much of
        `tokens` as was evaluated by then.
        """
        common = self._common(tokens)
        return self._evaluate(tokens, common, cancel) if common < len(tokens) else 0

    def hold_for_sampling(self, tokens: Sequence[int], cancel: CancelToken) -> int:
        """Make `tokens` all that is held, with the logits of the last one ready; return how many were evaluated.

        At least one is, for logits belong to the last evaluation.
        """
        return self._evaluate(tokens, min(self._common(tokens), len(tokens) - 1), cancel)

    def touch(self) -> None:
        """Evaluate the last token once more; nothing if none is held."""
        if self._tokens:
            self.hold_for_sampling(list(self._tokens), CancelToken())

    def append(self, token: int) -> None:
        """Evaluate one more token, just sampled."""
        self._decode([token])

    def clear(self) -> None:
        """Forget everything."""
        self._tokens.clear()
        self._decoder.clear()

    def _common(self, tokens: Sequence[int]) -> int:
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(self._tokens, tokens, strict=False)))

    def _evaluate(self, tokens: Sequence[int], kept: int, cancel: CancelToken) -> int:
        if kept < len(self._tokens):
            if self._decoder.truncate(kept):
                del self._tokens[kept:]
            else:
                self.clear()
        start = len(self._tokens)
        while len(self._tokens) < len(tokens) and not cancel.cancelled:
            position = len(self._tokens)
            self._decode(tokens[position : position + self._piece])
        return len(self._tokens) - start

    def _decode(self, tokens: Sequence[int]) -> None:
        try:
            self._decoder.decode(tokens)
        except BaseException:
            self.clear()  # what the failed call left behind is unknown
            raise
        self._tokens += tokens

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

    def cut(self, begin: int, end: int) -> bool:
        """Forget positions `begin` to `end`, and move up what is behind them; False if the model cannot."""
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...

    def decode(self, tokens: Sequence[int], cancel: CancelToken | None = None) -> bool:
        """Evaluate `tokens` behind what is held; the logits of the last one are then ready for sampling.

        False if `cancel` cut that short: then none of them is held.
        """
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
        common = _common(self._tokens, tokens)
        return self._evaluate(tokens, common, cancel) if common < len(tokens) else 0

    def hold_for_sampling(self, tokens: Sequence[int], cancel: CancelToken) -> int:
        """Make `tokens` all that is held, with the logits of the last one ready; return how many were evaluated.

        At least one is, for logits belong to the last evaluation.
        """
        return self._evaluate(tokens, min(_common(self._tokens, tokens), len(tokens) - 1), cancel)

    def touch(self) -> None:
        """Evaluate the last token once more; nothing if none is held."""
        if self._tokens:
            self.hold_for_sampling(list(self._tokens), CancelToken())

    def append(self, token: int, cancel: CancelToken) -> None:
        """Evaluate one more token, just sampled, unless cancelled."""
        self._decode([token], cancel)

    def leave_out(self, before: Sequence[int], after: Sequence[int]) -> bool:
        """Make `after` the beginning of what is held by cutting one stretch out of `before`, and evaluating one token.

        Returns:
            Whether that was done; otherwise nothing was: `before` is not held as far as its stretch, `after` is not
            `before` without a stretch, or the model cannot move what it holds.
        """
        begin, gap = _common(before, after), len(before) - len(after)
        end = begin + gap
        if gap <= 0 or list(before[end:]) != list(after[begin:]) or _common(self._tokens, before) <= end:
            return False
        if not self._decoder.cut(begin, end):
            return False
        del self._tokens[begin:end]
        self.touch()  # the next token pays for the moving (RoPE): now, and not in the next turn
        return True

    def clear(self) -> None:
        """Forget everything."""
        self._tokens.clear()
        self._decoder.clear()

    def _evaluate(self, tokens: Sequence[int], kept: int, cancel: CancelToken) -> int:
        if kept < len(self._tokens):
            if self._decoder.truncate(kept):
                del self._tokens[kept:]
            else:
                self.clear()
        start = len(self._tokens)
        while len(self._tokens) < len(tokens) and not cancel.cancelled:
            position = len(self._tokens)
            self._decode(tokens[position : position + self._piece], cancel)
        return len(self._tokens) - start

    def _decode(self, tokens: Sequence[int], cancel: CancelToken) -> None:
        try:
            done = self._decoder.decode(tokens, cancel)
        except BaseException:
            self.clear()  # what the failed call left behind is unknown
            raise
        if done:
            self._tokens += tokens


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))

"""Notices a reply that says the same for ever, as small models do once they have begun to. Pure; any thread."""

from collections.abc import Sequence

TAIL = 24
"""Tokens that must only repeat what stood before them. Nobody means 24 times "no", or the same sentence four times."""

LONGEST = 8
"""Tokens of the longest phrase that is looked for. The repeat penalty keeps longer ones from coming back."""


def is_loop(tokens: Sequence[int]) -> bool:
    """Return whether the last `TAIL` of `tokens` repeat one phrase of `LONGEST` tokens or fewer."""
    end = len(tokens)
    return any(
        end >= TAIL + size and all(tokens[at] == tokens[at - size] for at in range(end - TAIL, end))
        for size in range(1, LONGEST + 1)
    )

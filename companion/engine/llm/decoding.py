"""What `llama_decode` answers, and what that means. Thread: llm worker."""

from collections.abc import Sequence
from typing import Any

from companion.engine.errors import GenerationError, ModelBrokenError

_BAD_INPUT = -1
"""Below this it cannot go on: no memory (-2), or a device that failed (-3)."""


def decode(c: Any, context: Any, tokens: Sequence[int]) -> None:
    """Evaluate `tokens` behind what `context` holds.

    Args:
        c: llama.cpp.
        context: one of its own, with room for them.
        tokens: at most its batch.

    Raises:
        ModelBrokenError: "llm-broken": the model has to be loaded again.
        GenerationError: "generation-failed".
    """
    array = (c.llama_token * len(tokens))(*tokens)
    code = c.llama_decode(context, c.llama_batch_get_one(array, len(tokens)))
    if code < _BAD_INPUT:
        raise ModelBrokenError(
            "llm-broken",
            f"The language model broke off (error {code}) and is loaded again.",
            hint="Ask again in a moment; the conversation is kept. If it happens again, restart Companion.",
        )
    if code:
        raise GenerationError(
            "generation-failed",
            f"The language model stopped with error {code}.",
            hint="Try again; if it happens every time, choose a smaller model or context in the settings.",
        )

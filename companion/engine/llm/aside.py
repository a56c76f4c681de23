"""A small context beside the conversation's, on the same weights: what is written in it leaves the KV cache as it is.

Owned by the `llm` worker thread; opened for one short text and closed behind it.
"""

from collections.abc import Sequence
from typing import Any, Self

from companion.engine.cancel import CancelToken
from companion.engine.errors import GenerationError

_PIECE_TOKENS = 4
"""Prompt tokens between two looks at the cancel token: nobody waits for the text, but a press waits for the core."""


class Aside:
    """One sequence in a context of its own; a context manager.

    Args:
        c: llama.cpp.
        model: a loaded model, which must outlive this.
        tokens: room for prompt and text.
        on_gpu: whether the model's layers are there.

    Raises:
        GenerationError: "generation-failed", if there is no memory for it.
    """

    def __init__(self, c: Any, model: Any, *, tokens: int, on_gpu: bool) -> None:
        self._c = c
        self._vocab = c.llama_model_get_vocab(model)
        parameters = c.llama_context_default_params()
        parameters.n_ctx = tokens
        parameters.n_batch = parameters.n_ubatch = _PIECE_TOKENS
        parameters.n_threads = parameters.n_threads_batch = 1  # it takes no core from anybody
        parameters.flash_attn_type = c.LLAMA_FLASH_ATTN_TYPE_AUTO if on_gpu else c.LLAMA_FLASH_ATTN_TYPE_DISABLED
        parameters.no_perf = True
        self._context = c.llama_init_from_model(model, parameters)
        if not self._context:
            raise GenerationError("generation-failed", "There is no memory for a second text beside the conversation.")
        self._greedy = c.llama_sampler_init_greedy()

    def write(self, prompt: Sequence[int], most: int, cancel: CancelToken) -> list[int]:
        """Return the likeliest tokens behind `prompt`: up to the end of the turn, `most` of them, or the cancelling.

        Raises:
            GenerationError: "generation-failed".
        """
        for start in range(0, len(prompt), _PIECE_TOKENS):
            if cancel.cancelled:
                return []
            self._decode(prompt[start : start + _PIECE_TOKENS])
        written: list[int] = []
        while len(written) < most and not cancel.cancelled:
            token = int(self._c.llama_sampler_sample(self._greedy, self._context, -1))
            if self._c.llama_vocab_is_eog(self._vocab, token):
                break
            written.append(token)
            self._decode([token])
        return written

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._c.llama_sampler_free(self._greedy)
        self._c.llama_free(self._context)

    def _decode(self, tokens: Sequence[int]) -> None:
        array = (self._c.llama_token * len(tokens))(*tokens)
        if code := self._c.llama_decode(self._context, self._c.llama_batch_get_one(array, len(tokens))):
            raise GenerationError("generation-failed", f"The language model stopped with error {code}.")

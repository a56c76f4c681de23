"""What the engine needs of a language model."""

from collections.abc import Generator, Sequence
from typing import Protocol

from companion.engine.cancel import CancelToken
from companion.engine.config import LlmConfig
from companion.engine.messages import ChatMessage, FinishReason, GenerationStats, Placement


class ChatModel(Protocol):
    """Writes replies. Owned by the `llm` worker thread after construction; every method runs there."""

    def load(self) -> Placement:
        """Load the model, all layers on the GPU where the build can, and evaluate a warm-up prompt.

        Raises:
            ModelMissingError: the file is not there.
            ModelLoadError: not a usable GGUF, no chat template, or not enough memory.
        """
        ...

    @property
    def context_tokens(self) -> int:
        """Size of the KV cache really allocated."""
        ...

    @property
    def comfortable_tokens(self) -> int:
        """Length of prompt up to which replies are no slower; on a GPU the whole context."""
        ...

    def count_tokens(self, messages: Sequence[ChatMessage]) -> int:
        """Return the length of `messages` in the model's chat template, with the header of the next reply."""
        ...

    def prefill(self, messages: Sequence[ChatMessage], *, open_text: str | None, cancel: CancelToken) -> int:
        """Bring the KV cache to hold `messages` and return the number of tokens evaluated for it.

        Args:
            messages: the conversation so far.
            open_text: beginning of a user message still being spoken, evaluated after `messages` without closing
                it; "" evaluates the header of the user's message only; None evaluates `messages` alone.
            cancel: polled between batches of at most 32 tokens; what was evaluated stays in the cache.

        Raises:
            GenerationError: the library failed ("generation-failed") or the context is too small ("context-full").
        """
        ...

    def leave_out(self, before: Sequence[ChatMessage], after: Sequence[ChatMessage]) -> None:
        """Make `after`, which is `before` without its oldest turns, what is held, as far as that takes no evaluating.

        What stays was evaluated behind what is left out, and knows of it.

        Raises:
            GenerationError: "generation-failed".
        """
        ...

    def wake(self) -> None:
        """Evaluate one token that is held already: reads every weight, and wakes a GPU. What is held stays.

        Raises:
            GenerationError: "generation-failed".
        """
        ...

    def generate(
        self, messages: Sequence[ChatMessage], *, cancel: CancelToken
    ) -> Generator[str, None, tuple[FinishReason, GenerationStats]]:
        """Yield the reply to `messages` piece by piece, and return why it ended and what it cost.

        The longest prefix already in the KV cache is kept. Pieces are whole characters: an incomplete UTF-8
        sequence is held back until it is complete. Template tokens never appear in the text. Ends at the model's
        end of turn, at the first sentence end behind
        `LlmConfig.reply_tokens`, at `LlmConfig.max_reply_tokens`, or at the next token after `cancel`.

        Raises:
            GenerationError: as `prefill`.
        """
        ...

    def write_aside(self, messages: Sequence[ChatMessage], *, most_tokens: int, cancel: CancelToken) -> str:
        """Return the likeliest answer to `messages`, at most this long, beside the conversation: what is held stays.

        Ends at the next few tokens after `cancel`.

        Raises:
            GenerationError: "generation-failed".
        """
        ...

    def retune(self, config: LlmConfig) -> None:
        """Draw the tokens of the next reply as `config` says; the rest of it is what was loaded."""
        ...

    def close(self) -> None:
        """Free the model. Idempotent."""
        ...

"""A chat model without a model: says what its script says, word by word, and keeps an honest prefix cache."""

from collections.abc import Callable, Generator, Sequence

from companion.engine.cancel import CancelToken
from companion.engine.config import LlmConfig
from companion.engine.errors import CompanionError, GenerationError
from companion.engine.messages import ChatMessage, FinishReason, GenerationStats, Placement


class FakeChatModel:
    """Satisfies the contract of `ChatModel`; a token is a word or a piece of markup.

    Args:
        script: the replies, one for each `generate`; the last one repeats.
        before_piece: called before each piece, on the thread that generates; a test may block there.
    """

    def __init__(
        self,
        script: Sequence[str] = ("I hear you. Tell me more.",),
        *,
        context_tokens: int = 2048,
        max_reply_tokens: int = 200,
        before_piece: Callable[[], None] = lambda: None,
    ) -> None:
        self._script = list(script)
        self._context_tokens = context_tokens
        self._max_reply = max_reply_tokens
        self._before_piece = before_piece
        self._held: list[str] = []
        self._loaded = False
        self.failure: CompanionError | None = None
        """Raised once by the next `load`, `prefill` or `generate`."""
        self.prompts: list[tuple[ChatMessage, ...]] = []
        """What `generate` was asked, in order."""
        self.prefills: list[tuple[tuple[ChatMessage, ...], str | None]] = []
        """What `prefill` was asked, in order."""
        self.tuned: list[LlmConfig] = []
        """What it was tuned to since it was made, in order."""
        self.aside = "A Title From Nowhere"
        """What it writes beside the conversation."""
        self.asides: list[tuple[ChatMessage, ...]] = []
        """What it was asked beside the conversation, in order."""
        self.before_aside: Callable[[CancelToken], object] = lambda cancel: None
        """Called before it writes that, on the worker's thread; a test may block there."""
        self.memory_bytes = 0
        """Size of the weights it says it has."""
        self.wakes = 0
        """Times it was woken."""

    def load(self) -> Placement:
        self._fail_if_told()
        self._loaded = True
        return Placement(device="cpu", layers=1, memory_bytes=self.memory_bytes)

    @property
    def context_tokens(self) -> int:
        return self._context_tokens

    @property
    def comfortable_tokens(self) -> int:
        return self._context_tokens

    def count_tokens(self, messages: Sequence[ChatMessage]) -> int:
        return len(_prompt(messages)) + 1

    def prefill(self, messages: Sequence[ChatMessage], *, open_text: str | None, cancel: CancelToken) -> int:
        self._check()
        self.prefills.append((tuple(messages), open_text))
        opened = [] if open_text is None else ["<user>", *open_text.split()]
        tokens = self._with_room([*_prompt(messages), *opened])
        kept = self._common(tokens)
        if cancel.cancelled or kept == len(tokens):
            return 0
        self._held = tokens
        return len(tokens) - kept

    def leave_out(self, before: Sequence[ChatMessage], after: Sequence[ChatMessage]) -> None:
        self._check()
        held, wanted = _prompt(before), _prompt(after)
        if self._held[: len(held)] == held:
            self._held[: len(held)] = wanted

    def wake(self) -> None:
        self._check()
        self.wakes += 1

    def generate(
        self, messages: Sequence[ChatMessage], *, cancel: CancelToken
    ) -> Generator[str, None, tuple[FinishReason, GenerationStats]]:
        self._check()
        self.prompts.append(tuple(messages))
        tokens = self._with_room([*_prompt(messages), "<assistant>"])
        evaluated = 0 if cancel.cancelled else len(tokens) - min(self._common(tokens), len(tokens) - 1)
        if not cancel.cancelled:
            self._held = tokens
        reply = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        reason: FinishReason = "cancelled" if cancel.cancelled else "stop"
        count = 0
        for word in reply.split():
            if cancel.cancelled or count == self._max_reply:
                reason = "cancelled" if cancel.cancelled else "length"
                break
            self._before_piece()
            yield word if count == 0 else f" {word}"
            count += 1
            self._held = [*self._held, word]
        return reason, GenerationStats(
            prompt_tokens=len(tokens), evaluated_tokens=evaluated, reply_tokens=count, prefill_s=0.0, decode_s=0.0
        )

    def write_aside(self, messages: Sequence[ChatMessage], *, most_tokens: int, cancel: CancelToken) -> str:
        self._check()
        self.asides.append(tuple(messages))
        self.before_aside(cancel)
        return "" if cancel.cancelled else self.aside

    def retune(self, config: LlmConfig) -> None:
        self.tuned.append(config)

    def close(self) -> None:
        self._loaded = False

    def _check(self) -> None:
        if not self._loaded:
            raise GenerationError("generation-failed", "The fake is not loaded.")
        self._fail_if_told()

    def _fail_if_told(self) -> None:
        failure, self.failure = self.failure, None
        if failure:
            self._held = []
            raise failure

    def _with_room(self, tokens: list[str]) -> list[str]:
        if len(tokens) + self._max_reply > self._context_tokens:
            raise GenerationError("context-full", "The fake's context is full.")
        return tokens

    def _common(self, tokens: list[str]) -> int:
        same = (a == b for a, b in zip(self._held, tokens, strict=False))
        return next((i for i, equal in enumerate(same) if not equal), min(len(self._held), len(tokens)))


def _prompt(messages: Sequence[ChatMessage]) -> list[str]:
    return [part for m in messages for part in (f"<{m.role}>", *m.text.split(), "<end>")]

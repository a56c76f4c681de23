"""`ChatModel` on llama.cpp: prompts, prefix reuse, sampling and text.

Owned by the `llm` worker thread. One sequence is kept in the KV cache; each call evaluates only what differs from
it (see `prefix`). Cancelling is a look at the token between two evaluations, and on the CPU within them (see `abort`).
"""

import logging
from collections.abc import Generator, Sequence
from pathlib import Path
from time import perf_counter

from companion.engine.cancel import CancelToken
from companion.engine.config import CPU_CONTEXT_TOKENS, GPU_CONTEXT_TOKENS, LlmConfig
from companion.engine.conversation import fit_prompt
from companion.engine.errors import CompanionError, GenerationError, ModelLoadError, ModelMissingError
from companion.engine.llm.gguf import check_gguf
from companion.engine.llm.gpu import gpu_status
from companion.engine.llm.loop import is_loop
from companion.engine.llm.native import NativeModel, NativeOptions, gpu_offload_built_in
from companion.engine.llm.prefix import PrefixCache
from companion.engine.llm.prompt import PromptTokenizer
from companion.engine.llm.reply_text import ReplyText
from companion.engine.llm.template import ChatTemplate, Piece, TemplateError
from companion.engine.messages import ChatMessage, FinishReason, GenerationStats, Placement
from companion.engine.sentences import ends_sentence

_log = logging.getLogger(__name__)

_WARM_UP_PIECES = 3

COMFORTABLE_CPU_TOKENS = 900
"""Every token attends to all before it: behind 1,000 tokens one takes about a quarter longer than behind 100."""


class LlamaChatModel:
    """A GGUF model with its own chat template.

    Thread: llm, except `count_tokens`: any, once loaded.

    Args:
        config: file, context, sampling.
        threads: for one token at a time (the reply).
        prefill_threads: for many at a time (the prompt).
    """

    def __init__(self, config: LlmConfig, threads: int, prefill_threads: int) -> None:
        self._config = config
        self._threads = threads
        self._prefill_threads = prefill_threads
        self._open: _OpenModel | None = None

    def load(self) -> Placement:
        """Load the model and evaluate the system prompt, which then stays in the KV cache. See `ChatModel`.

        Raises:
            ModelMissingError: "model-missing".
            ModelLoadError: "model-load-failed", "model-no-template" or "model-out-of-memory".
        """
        self.close()
        _check_file(self._config.model_file)
        built_in = gpu_offload_built_in()
        native, fell_back = self._open_native(built_in)
        try:
            self._open = _OpenModel(native, _template_of(native, self._config.model_file))
            self._warm_up()
        except BaseException as error:
            native.close()
            self._open = None
            if isinstance(error, GenerationError):
                raise ModelLoadError("model-load-failed", error.message, hint=error.hint) from error
            raise
        return Placement(
            device=(native.gpu_name or "gpu") if native.layers_on_gpu else "cpu",
            layers_on_gpu=native.layers_on_gpu,
            layers=native.layers,
            threads=native.threads,
            memory_bytes=native.size_bytes,
            note=self._placement_note(native, built_in, fell_back),
        )

    @property
    def context_tokens(self) -> int:
        """Size of the KV cache really allocated: at most what the model was trained on."""
        return self._loaded().native.context_tokens

    @property
    def comfortable_tokens(self) -> int:
        """Length of prompt up to which replies are no slower; on a GPU the whole context."""
        native = self._loaded().native
        return native.context_tokens if native.layers_on_gpu else min(COMFORTABLE_CPU_TOKENS, native.context_tokens)

    def count_tokens(self, messages: Sequence[ChatMessage]) -> int:
        """Return the length of `messages` in the model's chat template, with the header of the next reply.

        Thread: any, once loaded. Well under a millisecond for texts counted before.
        """
        loaded = self._loaded()
        return len(loaded.tokenizer.encode(_rendered(loaded.template, messages)))

    def prefill(self, messages: Sequence[ChatMessage], *, open_text: str | None, cancel: CancelToken) -> int:
        """Bring the KV cache to hold `messages` and return the number of tokens evaluated. See `ChatModel`.

        Raises:
            GenerationError: "context-full" if the reply would have no room, or "generation-failed".
        """
        loaded = self._loaded()
        try:
            if open_text is None:
                pieces = loaded.template.render(messages, add_generation_prompt=False)
            else:
                pieces = loaded.template.render_open(messages, open_text)
        except TemplateError as error:
            raise _refused() from error
        return loaded.cache.hold(self._with_room(loaded, pieces), cancel)

    def leave_out(self, before: Sequence[ChatMessage], after: Sequence[ChatMessage]) -> None:
        """Let go of the oldest turns, and keep what is held of the others. See `ChatModel`."""
        loaded = self._loaded()
        try:
            held, wanted = (loaded.template.render(part, add_generation_prompt=False) for part in (before, after))
        except TemplateError as error:
            raise _refused() from error
        loaded.cache.leave_out(loaded.tokenizer.encode(held), loaded.tokenizer.encode(wanted))

    def wake(self) -> None:
        """Evaluate one token that is held already. See `ChatModel`."""
        self._loaded().cache.touch()

    def generate(
        self, messages: Sequence[ChatMessage], *, cancel: CancelToken
    ) -> Generator[str, None, tuple[FinishReason, GenerationStats]]:
        """Yield the reply to `messages` and return why it ended and what it cost. See `ChatModel`.

        White space before the first word is left out. A control token other than the end of turn ends the reply too; so
        do the template's tokens spelled out in ordinary ones (see `reply_text`), and saying the same for ever.

        Raises:
            GenerationError: as `prefill`, at the first `next`.
        """
        loaded = self._loaded()
        tokens = self._with_room(loaded, _rendered(loaded.template, messages))
        started = perf_counter()
        evaluated = loaded.cache.hold_for_sampling(tokens, cancel)
        prefill_s = perf_counter() - started
        count, decode_s = 0, 0.0
        reason: FinishReason = "cancelled"
        text, reply = ReplyText(loaded.tokenizer.markup), ""
        drawn: list[int] = []
        config = self._config
        with loaded.native.sampler(
            temperature=config.temperature,
            top_p=config.top_p,
            repeat_penalty=config.repeat_penalty,
            seed=config.seed,
            said=tokens,
        ) as sampler:
            while not cancel.cancelled:
                started = perf_counter()
                token = sampler.sample()
                if loaded.native.is_control(token):
                    reason = "stop"
                    break
                drawn.append(token)
                piece = text.add(loaded.native.bytes_of(token))
                decode_s += perf_counter() - started
                enough = count >= config.reply_tokens and piece[:1].isspace() and ends_sentence(reply)
                if enough or is_loop(drawn):
                    reason = "length"
                    text.rest()  # the beginning of what is left out
                    break
                count += 1
                if piece:
                    reply += piece
                    yield piece
                if text.ended:
                    reason = "stop"
                    break
                if count >= self._max_reply(loaded):
                    reason = "length"
                    break
                if not cancel.cancelled:
                    started = perf_counter()
                    loaded.cache.append(token, cancel)
                    decode_s += perf_counter() - started
        if (rest := text.rest()) and not cancel.cancelled:
            yield rest
        return reason, GenerationStats(
            prompt_tokens=len(tokens),
            evaluated_tokens=evaluated,
            reply_tokens=count,
            prefill_s=prefill_s,
            decode_s=decode_s,
        )

    def write_aside(self, messages: Sequence[ChatMessage], *, most_tokens: int, cancel: CancelToken) -> str:
        """Return the likeliest answer to `messages` without touching what is held. See `ChatModel`.

        Raises:
            GenerationError: "generation-failed".
        """
        loaded = self._loaded()
        tokens = loaded.tokenizer.encode(_rendered(loaded.template, messages))
        with loaded.native.aside(len(tokens) + most_tokens) as aside:
            written = aside.write(tokens, most_tokens, cancel)
        text = ReplyText()
        return "".join(text.add(loaded.native.bytes_of(token)) for token in written)

    def retune(self, config: LlmConfig) -> None:
        """Draw the tokens of the next reply as `config` says. See `ChatModel`."""
        self._config = config

    def close(self) -> None:
        """Free the model. Idempotent."""
        loaded, self._open = self._open, None
        if loaded:
            loaded.native.close()

    def _open_native(self, gpu_built_in: bool) -> tuple[NativeModel, bool]:
        """Open the model, without the GPU if it does not fit there; the second value says that this happened."""
        wanted = self._config.gpu_layers if gpu_built_in else 0
        try:
            return self._native(wanted), False
        except ModelLoadError as error:
            if wanted == 0:
                raise
            _log.warning("the model does not load onto the GPU (%s); trying the CPU", error.code)
        return self._native(0), True

    def _native(self, gpu_layers: int) -> NativeModel:
        options = NativeOptions(
            context_tokens=self._config.context_tokens or (GPU_CONTEXT_TOKENS if gpu_layers else CPU_CONTEXT_TOKENS),
            threads=self._threads,
            prefill_threads=self._prefill_threads,
            gpu_layers=gpu_layers,
        )
        return NativeModel(self._config.model_file, options)

    def _placement_note(self, native: NativeModel, gpu_built_in: bool, fell_back: bool) -> str:
        if fell_back:
            return (
                "The language model did not fit on the GPU and runs on the CPU. "
                "Choose a smaller model, or put only some layers on the GPU (gpu_layers in the settings)."
            )
        if self._config.gpu_layers == 0 or native.layers_on_gpu:
            return ""
        status = None if gpu_built_in else gpu_status()
        if status is None:
            return ""
        return (
            f"{status.name} is not used: llama.cpp was built for the CPU only. Run `make gpu` to build it for the card."
        )

    def _warm_up(self) -> None:
        """Run every shape once (a piece of the prompt, one token, the sampler), on the real system prompt."""
        loaded = self._loaded()
        system = ChatMessage(role="system", text=self._config.system_prompt)
        hello = ChatMessage(role="user", text="Hello.")
        prompt = fit_prompt((system, hello), self.count_tokens, loaded.native.context_tokens - self._max_reply(loaded))
        pieces = self.generate(prompt, cancel=CancelToken())
        for _, _piece in zip(range(_WARM_UP_PIECES), pieces, strict=False):
            pass
        pieces.close()
        if not loaded.native.computes():
            raise ModelLoadError(
                "model-load-failed",
                f"{self._config.model_file.name} is damaged: what it computes is no numbers.",
                hint="Download the model again, or choose another one.",
                permanent=True,
            )

    def _max_reply(self, loaded: "_OpenModel") -> int:
        return min(self._config.max_reply_tokens, loaded.native.context_tokens // 2)

    def _with_room(self, loaded: "_OpenModel", pieces: Sequence[Piece]) -> list[int]:
        """Return the tokens of `pieces`, having checked that a reply fits behind them."""
        tokens = loaded.tokenizer.encode(pieces)
        if len(tokens) + self._max_reply(loaded) > loaded.native.context_tokens:
            raise GenerationError(
                "context-full",
                "The conversation is longer than the language model can hold.",
                hint="Start a new conversation, or raise the context size in the settings.",
            )
        return tokens

    def _loaded(self) -> "_OpenModel":
        if self._open is None:
            raise GenerationError("generation-failed", "The language model is not loaded.")
        return self._open


class _OpenModel:
    """What exists between `load` and `close`."""

    def __init__(self, native: NativeModel, template: ChatTemplate) -> None:
        self.native = native
        self.template = template
        self.tokenizer = PromptTokenizer(native)
        self.cache = PrefixCache(native, native.piece_tokens)


def _check_file(file: Path) -> None:
    """Let no file reach llama.cpp that is not one of its own, whole and readable."""
    try:
        check_gguf(file)
    except FileNotFoundError as error:
        raise ModelMissingError(
            "model-missing",
            f"The language model {file.name} is not there.",
            hint="Run `companion models pull starter`, or choose another model in the settings.",
            permanent=True,
        ) from error
    except OSError as error:
        raise ModelLoadError(
            "model-load-failed",
            f"The language model {file.name} cannot be read: {error.strerror}.",
            hint="Check the file's permissions and the disk it is on.",
            permanent=True,
        ) from error


def _template_of(native: NativeModel, file: Path) -> ChatTemplate:
    source = native.chat_template()
    error: CompanionError = ModelLoadError(
        "model-no-template",
        f"{file.name} has no chat template, so it cannot hold a conversation.",
        hint='Choose a model whose name says "Instruct" or "Chat".',
        permanent=True,
    )
    if not source:
        raise error
    names = [native.text_of(token) if token is not None else "" for token in (native.bos, native.eos)]
    try:
        return ChatTemplate(source, bos_token=names[0], eos_token=names[1])
    except TemplateError as cause:
        raise error from cause


def _rendered(template: ChatTemplate, messages: Sequence[ChatMessage]) -> tuple[Piece, ...]:
    try:
        return template.render(messages)
    except TemplateError as error:
        raise _refused() from error


def _refused() -> GenerationError:
    return GenerationError(
        "generation-failed",
        "The model's chat template refuses this conversation.",
        hint="Start a new conversation, or choose another model.",
    )

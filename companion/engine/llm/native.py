"""llama.cpp through its C interface: one model, one context, one sequence. The only file that imports llama_cpp.

Owned by the `llm` worker thread. `llama_cpp.Llama` is not used: it points the whole process's stdout and stderr at
/dev/null while it loads (other threads' output is lost), evaluates everything again in silence when the KV cache
cannot be shortened, and says "failed to create context" where the reason is known.
"""

import ctypes
import logging
import math
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

from companion.engine.cancel import CancelToken
from companion.engine.errors import GenerationError, ModelBrokenError, ModelLoadError
from companion.engine.llm.abort import ABORTED, Abort
from companion.engine.llm.aside import Aside
from companion.engine.llm.room import has_room, no_memory

_log = logging.getLogger(__name__)

PIECE_TOKENS_CPU = 16
"""Prompt tokens evaluated in one go on the CPU: nearly full speed (docs/decisions/0040), and a cancel is seen soon."""
PIECE_TOKENS_GPU = 256
_PENALTY_TOKENS = 64
"""Tokens of the reply that the repeat penalty looks back on (llama.cpp's default)."""
_TOP_K = 40
"""Candidates kept before `top_p` (llama.cpp's default); spares sorting the whole vocabulary."""

_LEAST_CONTEXT = 512
"""A smaller one has no room for the system prompt and a reply; `LlmConfig` allows no smaller one either."""

_BAD_INPUT = -1
"""Below this answer of `llama_decode` it cannot go on: no memory (-2), or a device that failed (-3)."""

_COMPUTING_BYTES = 160 * 2**20
"""Room for the graphs and buffers of a context beside its keys and values; the starter model takes less than 120 MB."""

_DEBUG, _WARNING, _ERROR, _CONTINUED = 1, 3, 4, 5
"""`enum ggml_log_level` of ggml.h; llama_cpp's own table of it is wrong (it takes errors for debug messages)."""


_DRY_MULTIPLIER, _DRY_BASE, _DRY_FREE_TOKENS = 0.8, 1.75, 2
"""A token that would make a phrase of n tokens from the conversation longer loses 0.8 * 1.75^(n - 2) from its logit:
without it small models soon answer everything with the same sentence. DRY's own defaults (p-e-w, text-generation-webui
pull request 5677)."""
_DRY_TOKENS = 400
"""How far back phrases are looked for; 0.1 ms a reply."""
_DRY_BREAKERS = (b"\n", b":", b'"', b"*")


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeOptions:
    """How to open a model."""

    context_tokens: int
    threads: int
    prefill_threads: int
    gpu_layers: int
    """-1 for all."""


class _Library:
    """The loaded library, its log caught: nothing of it reaches stderr."""

    def __init__(self) -> None:
        from llama_cpp import llama_cpp

        self.c: Any = llama_cpp
        self.lines: deque[str] = deque(maxlen=2000)
        """What llama.cpp said since `lines` was last cleared. It never writes prompts or replies."""
        self._level = 0
        self._callback = llama_cpp.llama_log_callback(self._on_line)  # kept: C holds no reference
        llama_cpp.llama_log_set(self._callback, ctypes.c_void_p(0))
        llama_cpp.llama_backend_init()

    def _on_line(self, level: int, text: bytes, _: object) -> None:
        if level != _CONTINUED:
            self._level = level
        if self._level == _DEBUG:
            return
        line = text.decode("utf-8", "replace").rstrip()
        self.lines.append(line)
        if line and self._level in (_WARNING, _ERROR):
            _log.info("llama.cpp: %s", line)  # what matters of it is raised as an error of ours

    def find(self, pattern: str) -> re.Match[str] | None:
        """Return the last line that `pattern` matches."""
        return next((found for line in reversed(self.lines) if (found := re.search(pattern, line))), None)


@cache
def _library() -> _Library:
    return _Library()


class NativeModel:
    """A model with an empty KV cache. A `prefix.Decoder` and a `prompt.Vocabulary`.

    Thread: llm; the vocabulary's part any.

    Args:
        file: a GGUF file.

    Raises:
        ModelLoadError: "model-load-failed" (damaged, or of an unknown kind) or "model-out-of-memory".
    """

    def __init__(self, file: Path, options: NativeOptions) -> None:
        library = _library()
        self._c = c = library.c
        self._context: Any = None
        self._dry: Any = None
        library.lines.clear()
        parameters = c.llama_model_default_params()
        parameters.n_gpu_layers = options.gpu_layers
        self._model: Any = c.llama_model_load_from_file(str(file).encode(), parameters)
        if not self._model:
            raise _load_error(library, file)
        self._vocab = c.llama_model_get_vocab(self._model)
        self._read_placement(library, options)
        self._open_context(library, file, options)
        bos = c.llama_vocab_bos(self._vocab)
        self.bos: int | None = bos if bos >= 0 else None
        eos = c.llama_vocab_eos(self._vocab)
        self.eos: int | None = eos if eos >= 0 else None

    def _read_placement(self, library: _Library, options: NativeOptions) -> None:
        c = self._c
        offloaded = library.find(r"offloaded (\d+)/(\d+) layers to GPU")
        on_gpu = bool(c.llama_supports_gpu_offload()) and options.gpu_layers != 0
        self.layers_on_gpu = int(offloaded[1]) if on_gpu and offloaded else 0
        self.layers = int(offloaded[2]) if offloaded else c.llama_model_n_layer(self._model) + 1
        device = library.find(r"using device \S+ \(([^)]+)\)")
        self.gpu_name = device[1] if device and self.layers_on_gpu else None
        self.size_bytes = int(c.llama_model_size(self._model))

    def _open_context(self, library: _Library, file: Path, options: NativeOptions) -> None:
        c = self._c
        self.piece_tokens = PIECE_TOKENS_GPU if self.layers_on_gpu else PIECE_TOKENS_CPU
        parameters = c.llama_context_default_params()
        trained = int(c.llama_model_n_ctx_train(self._model))
        if trained < _LEAST_CONTEXT:
            self.close()
            raise ModelLoadError(
                "model-load-failed",
                f"{file.name} is made for {trained} tokens at once, too few for a conversation.",
                hint=f"Choose a model for {_LEAST_CONTEXT} tokens or more.",
                permanent=True,
            )
        parameters.n_ctx = min(options.context_tokens, trained)
        parameters.n_batch = parameters.n_ubatch = self.piece_tokens
        self.threads = 1 if self.layers_on_gpu >= self.layers else options.threads  # on the GPU one thread feeds it
        parameters.n_threads = self.threads
        parameters.n_threads_batch = 1 if self.layers_on_gpu >= self.layers else options.prefill_threads
        # Without a GPU flash attention is the slower way: 9 tokens behind 1,200 take 75 ms with it and 55 without.
        parameters.flash_attn_type = (
            c.LLAMA_FLASH_ATTN_TYPE_AUTO if self.layers_on_gpu else c.LLAMA_FLASH_ATTN_TYPE_DISABLED
        )
        parameters.offload_kqv = True
        parameters.swa_full = True  # a sliding window alone could not be shortened to a common prefix
        parameters.no_perf = True
        if not has_room(self._context_bytes(parameters.n_ctx)):
            self.close()
            raise no_memory(file)
        self._context = c.llama_init_from_model(self._model, parameters)
        if not self._context:
            self.close()
            raise _load_error(library, file)
        self._memory = c.llama_get_memory(self._context)
        self._abort = Abort(c, self._context)
        # Made once, and copied for each reply: it looks through the whole vocabulary, which takes 20 ms.
        breakers = (ctypes.c_char_p * len(_DRY_BREAKERS))(*_DRY_BREAKERS)
        self._dry = c.llama_sampler_init_dry(
            self._vocab, _DRY_MULTIPLIER, _DRY_BASE, _DRY_FREE_TOKENS, _DRY_TOKENS, breakers, len(breakers)
        )
        self.context_tokens = int(c.llama_n_ctx(self._context))

    def _context_bytes(self, tokens: int) -> int:
        """Return what a context takes of the main memory: keys and values of 16 bits, and what is computed with."""
        c, model = self._c, self._model
        if self.layers_on_gpu >= self.layers:
            return _COMPUTING_BYTES
        head = c.llama_model_n_embd(model) // max(c.llama_model_n_head(model), 1)
        return int(4 * tokens * c.llama_model_n_layer(model) * c.llama_model_n_head_kv(model) * head) + _COMPUTING_BYTES

    # -- prefix.Decoder

    def truncate(self, length: int) -> bool:
        """Forget everything from position `length` on; False if the model cannot (recurrent models)."""
        return bool(self._c.llama_memory_seq_rm(self._memory, 0, length, -1))

    def cut(self, begin: int, end: int) -> bool:
        """Forget positions `begin` to `end`, and move up what is behind them; False if the model cannot."""
        c, memory = self._c, self._memory
        if not c.llama_memory_can_shift(memory) or not c.llama_memory_seq_rm(memory, 0, begin, end):
            return False
        c.llama_memory_seq_add(memory, 0, end, -1, begin - end)
        return True

    def clear(self) -> None:
        """Forget everything."""
        if self._context:
            self._c.llama_memory_clear(self._memory, True)

    def decode(self, tokens: Sequence[int], cancel: CancelToken | None = None) -> bool:
        """Evaluate at most `piece_tokens` tokens; False if `cancel` cut that short, and nothing of it is held.

        Raises:
            ModelBrokenError: "llm-broken": the model has to be loaded again.
            GenerationError: "generation-failed".
        """
        if not self._context:
            raise GenerationError("generation-failed", "The language model is closed.")
        array = (self._c.llama_token * len(tokens))(*tokens)
        self._abort.ask(cancel)
        code = self._c.llama_decode(self._context, self._c.llama_batch_get_one(array, len(tokens)))
        if code == ABORTED and cancel and cancel.cancelled:
            return False
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
        return True

    def computes(self) -> bool:
        """Whether the last evaluation gave numbers: one that is none, in the weights, spreads to all."""
        logits = self._c.llama_get_logits_ith(self._context, -1)
        return not any(map(math.isnan, logits[: self._c.llama_vocab_n_tokens(self._vocab)]))

    # -- prompt.Vocabulary

    @property
    def leading_bos(self) -> int | None:
        """The token every prompt must begin with, or None."""
        return self.bos if self._c.llama_vocab_get_add_bos(self._vocab) else None

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        """Return the tokens of `text`; names of special tokens count as such only if `special`."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 16
        while True:
            tokens = (self._c.llama_token * room)()
            count = self._c.llama_tokenize(self._vocab, data, len(data), tokens, room, False, special)
            if count >= 0:
                return list(tokens[:count])
            room = -count

    def text_of(self, token: int) -> str:
        """Return the name of a token as it stands in a template."""
        return bytes(self._c.llama_vocab_get_text(self._vocab, token)).decode("utf-8", "replace")

    def is_control(self, token: int) -> bool:
        """Whether the token is markup, the end of generation included."""
        return bool(
            self._attribute(token) & self._c.LLAMA_TOKEN_ATTR_CONTROL or self._c.llama_vocab_is_eog(self._vocab, token)
        )

    def is_special(self, token: int) -> bool:
        """Whether a prompt is split at this token."""
        c = self._c
        special = c.LLAMA_TOKEN_ATTR_CONTROL | c.LLAMA_TOKEN_ATTR_USER_DEFINED | c.LLAMA_TOKEN_ATTR_UNKNOWN
        return bool(self._attribute(token) & special)

    def strips(self, token: int) -> tuple[bool, bool]:
        """Whether white space before and behind the token belongs to it."""
        attribute = self._attribute(token)
        return bool(attribute & self._c.LLAMA_TOKEN_ATTR_LSTRIP), bool(attribute & self._c.LLAMA_TOKEN_ATTR_RSTRIP)

    def _attribute(self, token: int) -> int:
        return int(self._c.llama_vocab_get_attr(self._vocab, token))

    # -- the rest

    def bytes_of(self, token: int) -> bytes:
        """Return what a token adds to the text; nothing for control tokens. May be part of a UTF-8 sequence."""
        size = 64
        while True:
            buffer = ctypes.create_string_buffer(size)
            count = self._c.llama_token_to_piece(self._vocab, token, buffer, size, 0, False)
            if count >= 0:
                return buffer.raw[:count]
            size = -count

    def chat_template(self) -> str | None:
        """Return the Jinja source of the model's chat template, or None."""
        source = self._c.llama_model_chat_template(self._model, None)
        return source.decode("utf-8", "replace") if source else None

    def sampler(
        self, *, temperature: float, top_p: float, repeat_penalty: float, seed: int | None, said: Sequence[int] = ()
    ) -> "Sampler":
        """Return a sampler for one reply; close it (it is a context manager).

        Args:
            temperature: 0 takes the likeliest token.
            top_p: share of the probability that is drawn from.
            repeat_penalty: divides the logits of the last tokens written.
            seed: None for another reply each time.
            said: tokens of the conversation; the reply is kept from saying whole phrases of it again.
        """
        c = self._c
        chain = c.llama_sampler_chain_init(c.llama_sampler_chain_default_params())
        dry = c.llama_sampler_clone(self._dry)
        for token in said[-_DRY_TOKENS:]:
            c.llama_sampler_accept(dry, token)
        stages = [
            dry,
            c.llama_sampler_init_penalties(c.llama_vocab_n_tokens(self._vocab), _PENALTY_TOKENS, repeat_penalty, 0, 0),
        ]
        if temperature == 0:
            stages.append(c.llama_sampler_init_greedy())
        else:
            stages += [
                c.llama_sampler_init_top_k(_TOP_K),
                c.llama_sampler_init_top_p(top_p, 1),
                c.llama_sampler_init_temp(temperature),
                c.llama_sampler_init_dist(c.LLAMA_DEFAULT_SEED if seed is None else seed),
            ]
        for stage in stages:
            c.llama_sampler_chain_add(chain, stage)
        return Sampler(c, chain, self._context)

    def aside(self, tokens: int) -> Aside:
        """Return another context on these weights, for a text of its own.

        Raises:
            GenerationError: "generation-failed", if there is no memory for it or the model is closed.
        """
        if not self._model:
            raise GenerationError("generation-failed", "The language model is closed.")
        return Aside(self._c, self._model, tokens=tokens, on_gpu=bool(self.layers_on_gpu))

    def close(self) -> None:
        """Free everything. Idempotent."""
        context, model, dry = self._context, self._model, self._dry
        self._context = self._model = self._dry = None
        if dry:
            self._c.llama_sampler_free(dry)
        if context:
            self._c.llama_free(context)
        if model:
            self._c.llama_model_free(model)


class Sampler:
    """Draws tokens from the logits of the last evaluation."""

    def __init__(self, c: Any, chain: Any, context: Any) -> None:
        self._c, self._chain, self._context = c, chain, context

    def sample(self) -> int:
        """Return the next token, remembered for the repeat penalty."""
        return int(self._c.llama_sampler_sample(self._chain, self._context, -1))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._c.llama_sampler_free(self._chain)


def gpu_offload_built_in() -> bool:
    """Whether the installed llama.cpp can use a GPU of this machine."""
    return bool(_library().c.llama_supports_gpu_offload())


def _load_error(library: _Library, file: Path) -> ModelLoadError:
    if library.find(r"(?i)failed to allocate|unable to allocate|out of memory|cannot allocate|bad_alloc"):
        return no_memory(file)
    return ModelLoadError(
        "model-load-failed",
        f"{file.name} is damaged, incomplete or of a kind this version of llama.cpp does not know.",
        hint="Run `companion models verify`, or download the model again.",
        permanent=True,
    )

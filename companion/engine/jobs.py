"""What the workers do, one function per kind of job. Each returns a `Job` that runs on the worker's thread."""

from collections.abc import Callable, Sequence
from time import monotonic

import numpy as np

from companion.engine.cancel import CancelToken, Gate
from companion.engine.config import LlmConfig, TtsConfig
from companion.engine.conversation import Conversation, fit_prompt
from companion.engine.errors import GenerationError
from companion.engine.llm.base import ChatModel
from companion.engine.messages import (
    ChatMessage,
    Clause,
    ClauseSynthesized,
    ConversationTrimmed,
    DraftId,
    GenerationFinished,
    Prefilled,
    TitleWritten,
    TokenGenerated,
    Transcribed,
    TranscriptionKind,
    WorkerMessage,
)
from companion.engine.naming import MOST_TOKENS, judged, title_prompt
from companion.engine.samples import Float32Mono
from companion.engine.stt.base import Transcriber
from companion.engine.tts.base import Synthesizer
from companion.engine.worker import Job

Post = Callable[[WorkerMessage], None]

GIVE_WAY_S = 0.5
"""Longest time that writing waits for the voice: a first clause's first sound takes a tenth of it."""


def transcribe(
    draft: DraftId, kind: TranscriptionKind, samples: Float32Mono, cancel: CancelToken, post: Post
) -> Job[Transcriber]:
    """Transcribe `samples` (at `EAR_RATE_HZ`; not modified) and post `Transcribed`."""

    def run(model: Transcriber) -> None:
        begun_s = monotonic()
        transcript = model.transcribe(samples, quick=kind == "partial", cancel=cancel)
        post(Transcribed(draft=draft, kind=kind, transcript=transcript, at_s=monotonic(), begun_s=begun_s))

    return Job(draft, cancel, run, kind)


def prefill(
    draft: DraftId, conversation: Conversation, open_text: str, cancel: CancelToken, post: Post
) -> Job[ChatModel]:
    """Bring the KV cache up to `conversation` and the beginning of the user's next words, and post `Prefilled`."""
    messages, open_text = conversation.open_draft(open_text)

    def run(model: ChatModel) -> None:
        begun_s = monotonic()
        try:
            evaluated = model.prefill(messages, open_text=open_text, cancel=cancel)
        except GenerationError as error:
            if error.code != "context-full":
                raise
            evaluated = 0  # work ahead that is not possible; the reply itself is fitted into the context
        post(Prefilled(draft=draft, evaluated_tokens=evaluated, at_s=monotonic(), begun_s=begun_s))

    return Job(draft, cancel, run)


def tidy_up(
    draft: DraftId, conversation: Conversation, max_reply_tokens: int, cancel: CancelToken, post: Post
) -> Job[ChatModel]:
    """Trim `conversation` if it nears the context, prime the KV cache, and post what was done.

    Posts `ConversationTrimmed` if turns were dropped, then `Prefilled`.
    """
    before = conversation.messages
    trimmed = conversation.copy()

    def run(model: ChatModel) -> None:
        budget = model.context_tokens - max_reply_tokens
        if trimmed.fit(model.count_tokens, budget, comfortable=model.comfortable_tokens):
            post(ConversationTrimmed(before=before, after=trimmed.messages))
            model.leave_out(before, trimmed.messages)
        prefill(draft, trimmed, "", cancel, post).run(model)

    return Job(draft, cancel, run)


def write_title(
    draft: DraftId, id: int, messages: Sequence[ChatMessage], cancel: CancelToken, post: Post
) -> Job[ChatModel]:
    """Name the conversation `messages` and post `TitleWritten`, unless cancelled. What the KV cache holds stays."""

    def run(model: ChatModel) -> None:
        written = model.write_aside(title_prompt(messages), most_tokens=MOST_TOKENS, cancel=cancel)
        if not cancel.cancelled:
            post(TitleWritten(draft=draft, id=id, title=judged(written, messages)))

    return Job(draft, cancel, run)


def wake_chat_model(draft: DraftId) -> Job[ChatModel]:
    """Evaluate one token, so that the weights are in memory and a GPU is at its full clock."""
    return Job(draft, CancelToken(), lambda model: model.wake())


def wake_voice(draft: DraftId) -> Job[Synthesizer]:
    """Make the first part of a word that nobody hears, for the same reason."""

    def run(model: Synthesizer) -> None:
        next(iter(model.stream("Yes.")), None)

    return Job(draft, CancelToken(), run)


def retune_chat_model(draft: DraftId, config: LlmConfig) -> Job[ChatModel]:
    """Draw the replies to come as `config` says."""
    return Job(draft, CancelToken(), lambda model: model.retune(config))


def retune_voice(draft: DraftId, config: TtsConfig) -> Job[Synthesizer]:
    """Speak what is to come as fast as `config` says."""
    return Job(draft, CancelToken(), lambda model: model.retune(config))


def generate(
    draft: DraftId,
    messages: Sequence[ChatMessage],
    max_reply_tokens: int,
    cancel: CancelToken,
    gate: Gate,
    post: Post,
) -> Job[ChatModel]:
    """Write the reply to `messages`, posting `TokenGenerated` for each piece and `GenerationFinished` at the end.

    While `gate` is closed no token is evaluated: where the cores are few, the words behind the first clause would
    make its sound come later.
    """

    def run(model: ChatModel) -> None:
        begun_s = monotonic()
        fitted = fit_prompt(messages, model.count_tokens, model.context_tokens - max_reply_tokens)
        pieces = model.generate(fitted, cancel=cancel)
        while True:
            gate.pass_through(GIVE_WAY_S)
            try:
                text = next(pieces)
            except StopIteration as end:
                reason, stats = end.value
                post(GenerationFinished(draft=draft, reason=reason, stats=stats, at_s=monotonic(), begun_s=begun_s))
                return
            post(TokenGenerated(draft=draft, text=text, at_s=monotonic(), begun_s=begun_s))

    return Job(draft, cancel, run)


def synthesize(draft: DraftId, clause: Clause, cancel: CancelToken, gate: Gate, post: Post) -> Job[Synthesizer]:
    """Speak one clause into memory, posting `ClauseSynthesized` for each part as it is made and for the end.

    Which part was the last is known only once there is no other: an empty one then says so. `gate` is opened with
    the first part, or when there will be none.
    """

    def run(model: Synthesizer) -> None:
        try:
            speak(model)
        finally:
            gate.open()

    def speak(model: Synthesizer) -> None:
        begun_s = monotonic()

        def deliver(samples: Float32Mono, *, last: bool) -> None:
            made = ClauseSynthesized(
                draft=draft,
                clause=clause,
                samples=samples,
                rate_hz=model.rate_hz,
                at_s=monotonic(),
                begun_s=begun_s,
                last=last,
            )
            post(made)

        for samples in model.stream(clause.speech, behind=clause.behind, ahead=clause.ahead):
            deliver(samples, last=False)
            gate.open()
            if cancel.cancelled:
                return
        deliver(np.zeros(0, np.float32), last=True)

    return Job(draft, cancel, run)

"""The three model stages: their workers, what they are working on, and how to stop them.

Thread: engine.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic

from companion.engine import jobs
from companion.engine.cancel import CancelToken, Gate
from companion.engine.config import EngineConfig, TtsConfig, retuned
from companion.engine.conversation import Conversation
from companion.engine.events import ModelLoadStarted
from companion.engine.llm.base import ChatModel
from companion.engine.messages import ChatMessage, Clause, DraftId, Role, TranscriptionKind, WorkerMessage
from companion.engine.parts import Parts
from companion.engine.samples import Float32Mono
from companion.engine.stt.base import Transcriber
from companion.engine.tts.base import Synthesizer
from companion.engine.worker import Job, ModelWorker

JOIN_S = 3.0
"""How long the workers together may take to end: the longest single native call, with a margin."""


class Stages:
    """Starts, feeds, cancels and ends the workers.

    Args:
        parts: how to make the models.
        post: takes what the workers have to say; thread-safe.
    """

    def __init__(self, parts: Parts, post: Callable[[WorkerMessage], None]) -> None:
        self._parts = parts
        self._post = post
        self._config: EngineConfig | None = None
        self._stt: ModelWorker[Transcriber] | None = None
        self._llm: ModelWorker[ChatModel] | None = None
        self._tts: ModelWorker[Synthesizer] | None = None
        self._voice: Synthesizer | None = None
        self._cancels: dict[DraftId, CancelToken] = {}
        self._prefilling = CancelToken()
        self._partial = CancelToken()
        self._writing = Gate()
        self.loading: set[Role] = set()

    def to_load(self, config: EngineConfig) -> set[Role]:
        """Return the stages that `load` would load: those whose configuration changed, and those that failed to."""
        old = self._config
        if old is None or old.threads != config.threads:
            return {Role.STT, Role.LLM, Role.TTS}
        tuned = retuned(old, config)
        changed = {
            Role.STT: tuned.stt != config.stt,
            Role.LLM: tuned.llm != config.llm,
            Role.TTS: tuned.tts != config.tts,
        }
        return {role for role in changed if changed[role]} | {worker.role for worker in self.workers if worker.failed}

    def retune(self, draft: DraftId, config: EngineConfig) -> None:
        """Use from now on what `config` changes of the loaded models without loading anything."""
        old = self._config
        if old is None:
            return
        self._config = tuned = retuned(old, config)
        if self._llm and tuned.llm != old.llm:
            self._llm.submit(jobs.retune_chat_model(draft, tuned.llm))
        if self._tts and tuned.tts != old.tts:
            self._tts.submit(jobs.retune_voice(draft, tuned.tts))

    def load(self, config: EngineConfig) -> list[ModelLoadStarted]:
        """Load, in parallel, every stage that `to_load` names; returns what began to load."""
        roles = self.to_load(config)
        self._config = config
        self._prefilling.cancel()  # a worker that is replaced ends only after its job
        for worker in self.workers:
            if worker.role in roles:
                worker.stop()
                worker.join(JOIN_S)
        started = [self._begin(role, config) for role in Role if role in roles]
        self.loading |= roles
        return started

    def replace(self, role: Role) -> ModelLoadStarted:
        """Load another worker in place of one that hangs or is broken; returns what begins to load.

        One that hangs is left to itself, its memory included.
        """
        assert self._config
        stuck = next(worker for worker in self.workers if worker.role is role)
        stuck.abandon()
        if not stuck.busy:
            stuck.join(JOIN_S)
        self.loading.add(role)
        return self._begin(role, self._config)

    def _begin(self, role: Role, config: EngineConfig) -> ModelLoadStarted:
        """Begin to load a stage with a new worker."""
        match role:
            case Role.STT:
                self._stt = ModelWorker(role, self._parts.transcriber(config), self._post)
                self._stt.start()
                name = config.stt.model_dir.name
            case Role.LLM:
                self._llm = ModelWorker(role, self._parts.chat_model(config), self._post)
                self._llm.start()
                name = config.llm.model_file.name
            case _:
                self._voice = self._parts.synthesizer(config)
                self._tts = ModelWorker(role, self._voice, self._post)
                self._tts.start()
                name = config.tts.voice_file.name
        return ModelLoadStarted(role=role, name=name)

    def finish_load(self, role: Role) -> bool:
        """Count `role` as loaded; False if that was said by a worker which was replaced since."""
        worker = next(worker for worker in self.workers if worker.role is role)
        if worker.loaded:
            self.loading.discard(role)
        return worker.loaded

    def fail_load(self, role: Role) -> bool:
        """Return whether `role` really failed to load: False if that was said by a worker which was replaced since."""
        return next(worker for worker in self.workers if worker.role is role).failed

    @property
    def voice(self) -> Synthesizer:
        """The voice; only what `load` made known may be asked of it here."""
        assert self._voice
        return self._voice

    def transcribe(self, draft: DraftId, kind: TranscriptionKind, samples: Float32Mono) -> None:
        """Have `samples` transcribed."""
        assert self._stt
        if kind != "settled":
            self._partial.cancel()  # one still under way must not delay what comes after it
        if kind == "final":
            token = self._token(draft)
        else:
            token = CancelToken()
        if kind == "partial":
            self._partial = token
        self._stt.submit(jobs.transcribe(draft, kind, samples, token, self._stt.post))

    def prefill(self, draft: DraftId, conversation: Conversation, open_text: str) -> None:
        """Bring the KV cache up to date; a later job of the language model cancels it."""
        self._submit_llm(jobs.prefill(draft, conversation, open_text, self._new_prefill(), self._say))

    def tidy_up(self, draft: DraftId, conversation: Conversation) -> None:
        """Between turns: trim and prime; a later job of the language model cancels it."""
        self._submit_llm(jobs.tidy_up(draft, conversation, self._max_reply_tokens, self._new_prefill(), self._say))

    def wake(self, draft: DraftId) -> None:
        """After a long rest: have the models that the first partial transcript does not wake touch all they need."""
        assert self._tts
        self._submit_llm(jobs.wake_chat_model(draft))
        self._tts.submit(jobs.wake_voice(draft))

    def write_title(self, draft: DraftId, id: int, messages: Sequence[ChatMessage], cancel: CancelToken) -> None:
        """Have a conversation named; whoever has `cancel` ends it before the next job."""
        self._submit_llm(jobs.write_title(draft, id, messages, cancel, self._post))

    def generate(self, draft: DraftId, messages: Sequence[ChatMessage]) -> None:
        """Have the reply to `messages` written."""
        self._prefilling.cancel()
        token = self._token(draft)
        self._writing = Gate()
        self._submit_llm(jobs.generate(draft, messages, self._max_reply_tokens, token, self._writing, self._say))

    def synthesize(self, draft: DraftId, clause: Clause) -> None:
        """Have a clause spoken into memory. The words behind the first clause wait for its first sound."""
        assert self._tts
        if clause.index == 0:
            self._writing.close()
        self._tts.submit(jobs.synthesize(draft, clause, self._token(draft), self._writing, self._tts.post))

    def recite(self, job: Job[Synthesizer]) -> None:
        """Give the voice a job that belongs to no turn."""
        assert self._tts
        self._tts.submit(job)

    def guest_voice(self, voice_file: Path, rate: float | None = None) -> Synthesizer:
        """Return another voice, not loaded, at this speed or the one in use; for the voice's worker only."""
        assert self._config
        tts = replace(self._config.tts, voice_file=voice_file)
        return self._parts.synthesizer(replace(self._config, tts=tts if rate is None else replace(tts, rate=rate)))

    @property
    def tuning(self) -> TtsConfig:
        """What the voice is tuned to."""
        assert self._config
        return self._config.tts

    def cancel(self, draft: DraftId) -> None:
        """Stop all work on `draft` at its next safe point."""
        if token := self._cancels.pop(draft, None):
            token.cancel()
            self._writing.open()  # nobody waits for the sound of a cancelled draft

    def forget(self, draft: DraftId) -> None:
        """No more work will be done for `draft`, and none is under way."""
        self._cancels.pop(draft, None)

    def close(self) -> list[Role]:
        """Cancel everything, end the workers, and return the roles of those that did not end in time."""
        self._prefilling.cancel()
        for draft in list(self._cancels):
            self.cancel(draft)
        for worker in self.workers:
            worker.stop()
        until_s = monotonic() + JOIN_S
        return [worker.role for worker in self.workers if not worker.join(max(0.0, until_s - monotonic()))]

    @property
    def workers(self) -> list[ModelWorker[Transcriber] | ModelWorker[ChatModel] | ModelWorker[Synthesizer]]:
        """The workers there are."""
        return [worker for worker in (self._stt, self._llm, self._tts) if worker]

    @property
    def _max_reply_tokens(self) -> int:
        assert self._config
        return self._config.llm.max_reply_tokens

    def _token(self, draft: DraftId) -> CancelToken:
        return self._cancels.setdefault(draft, CancelToken())

    def _new_prefill(self) -> CancelToken:
        self._prefilling.cancel()
        self._prefilling = CancelToken()
        return self._prefilling

    @property
    def _say(self) -> Callable[[WorkerMessage], None]:
        """Takes what the language model's jobs have to say."""
        assert self._llm
        return self._llm.post

    def _submit_llm(self, job: Job[ChatModel]) -> None:
        assert self._llm
        self._llm.submit(job)

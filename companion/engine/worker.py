"""One thread, one model, one job at a time; results go to the engine's inbox.

Thread: `start`, `submit` and `close` on the engine thread; loading and every job on the worker's own.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from companion.engine.cancel import CancelToken
from companion.engine.errors import (
    CompanionError,
    GenerationError,
    ModelBrokenError,
    ModelLoadError,
    SynthesisError,
    TranscriptionError,
)
from companion.engine.messages import (
    DraftId,
    JobFailed,
    ModelLoaded,
    ModelLoadFailed,
    Placement,
    Role,
    TranscriptionKind,
    WorkerMessage,
)

_log = logging.getLogger(__name__)


class Model(Protocol):
    """What every model offers its worker."""

    def load(self) -> Placement:
        """Load and warm up."""
        ...

    def close(self) -> None:
        """Free everything."""
        ...


ModelT = TypeVar("ModelT", bound=Model)

_JOB_ERROR: dict[Role, type[CompanionError]] = {
    Role.STT: TranscriptionError,
    Role.LLM: GenerationError,
    Role.TTS: SynthesisError,
}


@dataclass(frozen=True, slots=True)
class Job(Generic[ModelT]):
    """Work for one model."""

    draft: DraftId
    cancel: CancelToken
    """A job cancelled before its turn comes is skipped without a word."""
    run: Callable[[ModelT], None]
    kind: TranscriptionKind | None = None
    """What is transcribed; None for other jobs."""


class ModelWorker(Generic[ModelT]):
    """Owns one model on one thread.

    Args:
        role: stage of the model; also the thread's name.
        model: not yet loaded; from `start` on it belongs to the worker's thread.
        post: takes what the worker has to say; thread-safe, never blocks.
    """

    def __init__(self, role: Role, model: ModelT, post: Callable[[WorkerMessage], None]) -> None:
        self.role = role
        self._model = model
        self._post = post
        self._jobs: queue.SimpleQueue[Job[ModelT] | None] = queue.SimpleQueue()
        # Joined at the end. Only one that hangs in a native call outlives that, and must not keep the process alive.
        self._thread = threading.Thread(target=self._run, name=role.value, daemon=True)
        self._job: Job[ModelT] | None = None
        self._said = 0
        self._stopping = self._abandoned = self._worked = False
        self.broken: ModelBrokenError | None = None
        """Why the model cannot go on, although it did a job before; set for good, before that is posted."""
        self.loaded = False
        """Set for good once the model is loaded, before that is posted."""
        self.failed = False
        """Set for good once the model could not be loaded, before that is posted."""

    def start(self) -> None:
        """Begin to load; ends in `ModelLoaded` or `ModelLoadFailed`."""
        self._thread.start()

    def submit(self, job: Job[ModelT]) -> None:
        """Queue a job behind those already waiting. Never blocks."""
        self._jobs.put(job)

    def stop(self) -> None:
        """Let the thread end after its current job; those waiting are dropped. Idempotent; never blocks."""
        self._stopping = True
        self._jobs.put(None)

    def abandon(self) -> None:
        """Leave the worker to itself: it hangs. Whatever it still says is dropped."""
        self._abandoned = True
        self.stop()

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""
        return self._job is not None

    @property
    def life(self) -> object:
        """Another value whenever the job under way gets on, or is another one."""
        job = self._job
        return (id(job), self._said, job.cancel.asked if job else 0)

    def post(self, message: WorkerMessage) -> None:
        """Say something; for the jobs, on the worker's thread. Never blocks."""
        self._said += 1
        if not self._abandoned:
            self._post(message)

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread to end and return whether it did."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            if self._load():
                while (job := self._jobs.get()) and not (self._stopping or self.broken):
                    if not job.cancel.cancelled:
                        self._do(job)
        finally:
            self._model.close()

    def _load(self) -> bool:
        begun = time.monotonic()
        try:
            placement = self._model.load()
        except CompanionError as error:
            self.failed = True
            self.post(ModelLoadFailed(role=self.role, error=error))
            return False
        except Exception as error:  # noqa: BLE001 - whatever a library raises means that this part is missing
            _log.exception("loading %s failed", self.role.value)
            wrapped = ModelLoadError(
                "model-load-failed",
                f"The {self.role.value} model could not be loaded ({type(error).__name__}).",
                hint="Run: companion models verify",
            )
            self.failed = True
            self.post(ModelLoadFailed(role=self.role, error=wrapped))
            return False
        self.loaded = True
        self.post(ModelLoaded(role=self.role, seconds=time.monotonic() - begun, placement=placement))
        return True

    def _do(self, job: Job[ModelT]) -> None:
        self._job = job
        try:
            job.run(self._model)
            self._worked = True
        except CompanionError as error:
            if isinstance(error, ModelBrokenError) and self._worked:
                self.broken = error
            self.post(JobFailed(draft=job.draft, role=self.role, error=error, kind=job.kind))
        except Exception as error:  # noqa: BLE001 - the worker must outlive any library's surprise
            # The exception's text may quote the user's words: log its type only.
            _log.error("%s job failed: %s", self.role.value, type(error).__name__)
            wrapped = _JOB_ERROR[self.role](
                f"{self.role.value}-failed",
                f"The {self.role.value} stage failed ({type(error).__name__}).",
                hint="Try again; if it happens again, restart Companion.",
            )
            self.post(JobFailed(draft=job.draft, role=self.role, error=wrapped, kind=job.kind))
        finally:
            self._job = None

"""A worker: one thread, one model, one job at a time, and whatever the model does, the worker goes on."""

import queue
import threading
from collections.abc import Iterator

import pytest

from companion.engine.cancel import CancelToken
from companion.engine.errors import ModelMissingError, TranscriptionError
from companion.engine.messages import (
    DraftId,
    JobFailed,
    ModelLoaded,
    ModelLoadFailed,
    Placement,
    Prefilled,
    Role,
    WorkerMessage,
)
from companion.engine.worker import Job, ModelWorker
from tests.conftest import ExpectLog

DRAFT = DraftId(turn=1, revision=1)


class Model:
    """Loads, or not."""

    def __init__(self, load_error: Exception | None = None) -> None:
        self.load_error = load_error
        self.closed = False

    def load(self) -> Placement:
        if self.load_error:
            raise self.load_error
        return Placement(device="cpu")

    def close(self) -> None:
        self.closed = True


class Bench:
    """A worker and what it posts."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.posted: queue.SimpleQueue[WorkerMessage] = queue.SimpleQueue()
        self.worker = ModelWorker(Role.STT, model, self.posted.put)
        self.worker.start()

    def next(self) -> WorkerMessage:
        return self.posted.get(timeout=5)

    def fail(self, error: Exception) -> WorkerMessage:
        def run(model: Model) -> None:
            raise error

        self.worker.submit(Job(DRAFT, CancelToken(), run))
        return self.next()


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench(Model())
    assert isinstance(bench.next(), ModelLoaded)
    yield bench
    bench.worker.stop()
    assert bench.worker.join(5)
    assert bench.model.closed


def done(bench: Bench, number: int) -> Job[Model]:
    message = Prefilled(draft=DRAFT, evaluated_tokens=number, at_s=0.0)
    return Job(DRAFT, CancelToken(), lambda model: bench.posted.put(message))


def test_jobs_run_in_their_order(bench: Bench) -> None:
    for number in range(3):
        bench.worker.submit(done(bench, number))
    messages = [bench.next() for _ in range(3)]
    assert [m.evaluated_tokens for m in messages if isinstance(m, Prefilled)] == [0, 1, 2]


def test_a_job_cancelled_before_its_turn_is_skipped(bench: Bench) -> None:
    skipped = done(bench, 1)
    skipped.cancel.cancel()
    bench.worker.submit(skipped)
    bench.worker.submit(done(bench, 2))
    message = bench.next()
    assert isinstance(message, Prefilled)
    assert message.evaluated_tokens == 2


def test_our_errors_keep_their_code(bench: Bench) -> None:
    error = TranscriptionError("transcription-failed", "No.")
    failed = bench.fail(error)
    assert isinstance(failed, JobFailed)
    assert failed.error is error


def test_a_surprise_becomes_an_error_without_its_words(bench: Bench, expect_log: ExpectLog) -> None:
    expect_log("stt job failed: ValueError")
    failed = bench.fail(ValueError("the user said secret"))
    assert isinstance(failed, JobFailed)
    assert isinstance(failed.error, TranscriptionError)
    assert "secret" not in str(failed.error)
    bench.worker.submit(done(bench, 1))
    assert isinstance(bench.next(), Prefilled), "the worker goes on"


def test_a_model_that_cannot_be_loaded_says_so() -> None:
    error = ModelMissingError("model-missing", "Not there.")
    bench = Bench(Model(load_error=error))
    failed = bench.next()
    assert isinstance(failed, ModelLoadFailed)
    assert failed.error is error
    assert bench.worker.join(5)
    assert bench.model.closed


def test_a_surprise_at_load_is_an_error_too(expect_log: ExpectLog) -> None:
    expect_log("loading stt failed")
    bench = Bench(Model(load_error=MemoryError()))
    failed = bench.next()
    assert isinstance(failed, ModelLoadFailed)
    assert failed.error.code == "model-load-failed"
    assert bench.worker.join(5)


def test_what_waits_when_it_is_stopped_is_dropped() -> None:
    bench = Bench(Model())
    assert isinstance(bench.next(), ModelLoaded)
    begun, gate = threading.Event(), threading.Event()

    def block(model: Model) -> None:
        begun.set()
        assert gate.wait(5)

    bench.worker.submit(Job(DRAFT, CancelToken(), block))
    bench.worker.submit(done(bench, 1))
    assert begun.wait(5)
    bench.worker.stop()
    gate.set()
    assert bench.worker.join(5)
    assert bench.posted.empty()

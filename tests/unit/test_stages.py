"""Which work the stages stop when they are given more, without threads or models."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from companion.engine.messages import Clause, DraftId, WorkerMessage
from companion.engine.parts import real_parts
from companion.engine.stages import Stages
from companion.engine.worker import Job

FIRST, SECOND = DraftId(turn=1, revision=1), DraftId(turn=1, revision=2)
SOUND = np.zeros(10, np.float32)
CLAUSE = Clause(index=0, speech="Yes.", start=0, end=4)


@dataclass
class Desk:
    """A worker that keeps its jobs and does none of them."""

    jobs: list[Job[Any]] = field(default_factory=list)

    def submit(self, job: Job[Any]) -> None:
        self.jobs.append(job)

    def post(self, message: WorkerMessage) -> None:
        """Nothing is ever said."""

    @property
    def cancelled(self) -> list[bool]:
        return [job.cancel.cancelled for job in self.jobs]


def stages() -> tuple[Stages, Desk, Desk]:
    """Return stages with a desk each for hearing and speaking."""
    made, ears, voice = Stages(real_parts(), lambda _: None), Desk(), Desk()
    made._stt, made._tts = ears, voice  # type: ignore[assignment]
    return made, ears, voice


def test_a_later_final_transcription_leaves_the_work_on_an_earlier_draft_alone() -> None:
    """Its reply may be kept, if the words turn out to be the same."""
    made, ears, voice = stages()
    made.transcribe(FIRST, "final", SOUND)
    made.synthesize(FIRST, CLAUSE)
    made.transcribe(SECOND, "final", SOUND)
    assert ears.cancelled == [False, False]
    assert voice.cancelled == [False]
    made.cancel(FIRST)
    assert ears.cancelled == [True, False]
    assert voice.cancelled == [True]


def test_a_partial_under_way_gives_way_to_a_final_transcription_and_to_the_next_partial() -> None:
    made, ears, _ = stages()
    made.transcribe(FIRST, "partial", SOUND)
    made.transcribe(FIRST, "final", SOUND)
    assert ears.cancelled == [True, False]
    made.transcribe(FIRST, "partial", SOUND)
    made.transcribe(FIRST, "partial", SOUND)
    assert ears.cancelled == [True, False, True, False]


def test_the_past_of_a_long_utterance_stops_nothing() -> None:
    made, ears, _ = stages()
    made.transcribe(FIRST, "partial", SOUND)
    made.transcribe(FIRST, "settled", SOUND)
    made.transcribe(FIRST, "final", SOUND)
    assert ears.cancelled == [True, False, False]

"""One clause, from the job to the messages that tell the engine of its sound."""

import contextlib

import numpy as np
import pytest

from companion.engine import jobs
from companion.engine.cancel import CancelToken, Gate
from companion.engine.errors import SynthesisError
from companion.engine.messages import Clause, ClauseSynthesized, DraftId, WorkerMessage
from tests.fakes.synthesizer import FakeSynthesizer

TEXT = "I can help you with that."
CLAUSE = Clause(index=3, speech=TEXT, start=0, end=len(TEXT), text=TEXT)
DRAFT = DraftId(turn=2, revision=1)


class Inbox:
    """Takes what the job posts, and may cancel it on the way."""

    def __init__(self, voice: FakeSynthesizer, cancel_after: int | None = None) -> None:
        self.sounds: list[ClauseSynthesized] = []
        self.made_by_then: list[int] = []
        self.cancel = CancelToken()
        self._voice = voice
        self._cancel_after = cancel_after

    def __call__(self, message: WorkerMessage) -> None:
        assert isinstance(message, ClauseSynthesized)
        self.sounds.append(message)
        self.made_by_then.append(self._voice.words_made)
        if len(self.sounds) == self._cancel_after:
            self.cancel.cancel()


def voice_for(**options: list[str]) -> FakeSynthesizer:
    voice = FakeSynthesizer(**options)  # type: ignore[arg-type]
    voice.load()
    return voice


def speak(voice: FakeSynthesizer, inbox: Inbox, clause: Clause = CLAUSE, gate: Gate | None = None) -> None:
    jobs.synthesize(DRAFT, clause, inbox.cancel, gate or Gate(), inbox).run(voice)


def test_each_part_is_posted_before_the_next_is_computed() -> None:
    voice = voice_for()
    inbox = Inbox(voice)
    speak(voice, inbox)
    assert inbox.made_by_then[:3] == [1, 2, 3]
    assert all((sound.draft, sound.clause, sound.rate_hz) == (DRAFT, CLAUSE, 22_050) for sound in inbox.sounds)


def test_only_the_last_part_ends_the_clause_and_nothing_is_lost() -> None:
    voice = voice_for()
    inbox = Inbox(voice)
    speak(voice, inbox)
    assert [sound.last for sound in inbox.sounds] == [False] * (len(inbox.sounds) - 1) + [True]
    posted = np.concatenate([sound.samples for sound in inbox.sounds])
    assert np.array_equal(posted, np.concatenate(list(voice.stream(TEXT))))


def test_nothing_to_say_is_one_empty_last_part() -> None:
    voice = voice_for()
    inbox = Inbox(voice)
    speak(voice, inbox, Clause(index=0, speech="...", start=0, end=3, text="..."))
    assert [(sound.samples.size, sound.last) for sound in inbox.sounds] == [(0, True)]


def test_a_cancelled_job_makes_no_further_part() -> None:
    voice = voice_for()
    inbox = Inbox(voice, cancel_after=2)
    speak(voice, inbox)
    assert voice.words_made == 2
    assert [sound.last for sound in inbox.sounds] == [False, False]


def test_a_failure_after_some_parts_leaves_as_it_is() -> None:
    voice = voice_for(breaks_on=[TEXT])
    inbox = Inbox(voice)
    with pytest.raises(SynthesisError):
        speak(voice, inbox)
    assert [sound.last for sound in inbox.sounds] == [False]


def test_writing_goes_on_with_the_first_part() -> None:
    voice, gate = voice_for(), Gate()
    gate.close()
    open_by_then: list[bool] = []
    inbox = Inbox(voice)

    def post(message: WorkerMessage) -> None:
        open_by_then.append(gate._open.is_set())
        inbox(message)

    jobs.synthesize(DRAFT, CLAUSE, inbox.cancel, gate, post).run(voice)
    assert open_by_then[:2] == [False, True]


@pytest.mark.parametrize("breaks_on", [[], [TEXT]])
def test_writing_never_waits_for_a_voice_that_has_ended(breaks_on: list[str]) -> None:
    voice, gate = voice_for(breaks_on=breaks_on), Gate()
    gate.close()
    inbox = Inbox(voice)
    silent = Clause(index=0, speech=TEXT if breaks_on else "...", start=0, end=3, text="...")
    with contextlib.suppress(SynthesisError):
        speak(voice, inbox, silent, gate)
    assert gate._open.is_set()

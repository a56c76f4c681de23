"""A reply on its way to the speaker, on a clock that stands still until told."""

import numpy as np
import pytest

from companion.engine.audio.virtual import SilentSpeaker
from companion.engine.messages import Clause, ClauseSynthesized, DraftId
from companion.engine.playback import UNFINISHED_S_PER_CHARACTER, Playback

RATE = 1000
REPLY = "Sure, I can help you with that."
SURE = Clause(index=0, speech="Sure,", start=0, end=5, text="Sure,")
HELP = Clause(index=1, speech="I can help you with that.", start=5, end=31, text=" I can help you with that.")


class Clock:
    now_s = 50.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def playback(clock: Clock) -> Playback:
    speaker = SilentSpeaker(clock)
    speaker.open(RATE)
    playback = Playback(speaker, volume=1.0)
    playback.begin()
    return playback


def part(clause: Clause, seconds: float, *, last: bool = False, level: float = 0.5) -> ClauseSynthesized:
    samples = np.full(round(seconds * RATE), level, np.float32)
    return ClauseSynthesized(
        draft=DraftId(turn=1, revision=1), clause=clause, samples=samples, rate_hz=RATE, at_s=0.0, last=last
    )


def heard_after(playback: Playback, clock: Clock, seconds: float) -> str:
    clock.now_s += seconds
    return REPLY[: playback.heard]


def test_parts_of_a_clause_are_one_stretch_of_sound(playback: Playback, clock: Clock) -> None:
    playback.add(part(HELP, 0.5))
    playback.add(part(HELP, 1.0))
    playback.add(part(HELP, 1.0, last=True))
    assert heard_after(playback, clock, 0.5).endswith("I can")
    assert heard_after(playback, clock, 1.0).endswith("I can help you")
    assert heard_after(playback, clock, 1.0) == REPLY


def test_what_was_heard_never_falls_when_parts_come(playback: Playback, clock: Clock) -> None:
    playback.add(part(SURE, 0.5, last=True))
    playback.add(part(HELP, 0.2))
    before = len(heard_after(playback, clock, 0.65))
    for _ in range(8):
        playback.add(part(HELP, 0.2))
        assert playback.heard >= before
        before = len(heard_after(playback, clock, 0.2))
    playback.add(part(HELP, 0.0, last=True))
    assert heard_after(playback, clock, 1.0) == REPLY


def test_an_unfinished_clause_does_not_count_as_heard_before_it_can_be(playback: Playback, clock: Clock) -> None:
    """Stopped when only the first fifth was made and played: the user did not hear the rest."""
    length_s = UNFINISHED_S_PER_CHARACTER * len(HELP.speech)
    playback.add(part(HELP, length_s / 5))
    clock.now_s += length_s
    assert REPLY[: playback.stop()].endswith("I can")


def test_an_empty_last_part_ends_the_clause(playback: Playback, clock: Clock) -> None:
    playback.add(part(SURE, 0.3))
    assert heard_after(playback, clock, 0.31) == ""
    playback.add(part(SURE, 0.0, last=True))
    assert playback.heard == len("Sure,")


def test_the_first_sound_is_the_first_audible_sample_of_any_part(playback: Playback, clock: Clock) -> None:
    playback.add(part(SURE, 0.1, level=0.0))
    clock.now_s += 0.05
    assert playback.first_sound_s() is None
    playback.add(part(SURE, 0.1, last=True))
    clock.now_s += 0.1
    assert playback.first_sound_s() == pytest.approx(50.1)


def test_running_dry_between_parts_is_an_underrun(playback: Playback, clock: Clock) -> None:
    playback.add(part(HELP, 0.2))
    playback.speaker.expect_more(True)
    clock.now_s += 0.5
    assert playback.underruns == 1
    playback.add(part(HELP, 0.2, last=True))
    playback.speaker.expect_more(False)
    clock.now_s += 0.5
    assert playback.underruns == 1
    assert playback.drained


def test_volume_applies_to_every_part(clock: Clock) -> None:
    speaker = SilentSpeaker(clock)
    speaker.open(RATE)
    playback = Playback(speaker, volume=0.5)
    playback.begin()
    playback.add(part(SURE, 0.1))
    playback.add(part(SURE, 0.1, last=True))
    assert np.allclose(speaker.heard(), 0.25)
    assert len(speaker.heard()) == round(0.2 * RATE)


def test_what_does_not_fit_is_written_later_in_order(playback: Playback, clock: Clock) -> None:
    playback.add(part(SURE, 29.0))
    playback.add(part(SURE, 5.0, level=0.25, last=True))
    assert playback.ahead_s == pytest.approx(34.0)
    clock.now_s += 10.0
    playback.pump()
    clock.now_s += 24.0
    assert playback.drained
    assert playback.underruns == 0

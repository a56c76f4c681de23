"""A reply on its way to the speaker, on a clock that stands still until told."""

from dataclasses import replace

import numpy as np
import pytest

from companion.engine.audio.virtual import SilentSpeaker
from companion.engine.messages import Clause, ClauseSynthesized, DraftId
from companion.engine.playback import LOST_S, UNFINISHED_S_PER_CHARACTER, Playback

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


def ramp(clause: Clause, seconds: float, *, first: float) -> ClauseSynthesized:
    """Sound of which every sample is another, so that none can be missing or twice unseen."""
    count = round(seconds * RATE)
    samples = (first + np.arange(count) * 1e-4).astype(np.float32)
    return replace(part(clause, seconds, last=True), samples=samples)


def another(clock: Clock, written: int = 0) -> SilentSpeaker:
    speaker = SilentSpeaker(clock)
    speaker.open(RATE)
    if written:
        speaker.write(np.zeros(written, np.float32))
        clock.now_s += written / RATE + 1e-6
    return speaker


@pytest.mark.parametrize("written", [0, 300])
@pytest.mark.parametrize("played_s", [0.0, 0.05, 0.4, 1.0, 1.7])
def test_a_reply_goes_on_at_another_speaker_where_the_lost_one_may_have_stopped(
    clock: Clock, played_s: float, written: int
) -> None:
    lost, found = another(clock, 70), another(clock, written)
    playback = Playback(lost, volume=1.0)
    playback.begin()
    playback.add(ramp(SURE, 0.5, first=0.1))
    playback.add(ramp(HELP, 1.5, first=0.2))
    clock.now_s += played_s + 1e-6
    playback.pump()
    before = playback.heard
    lost.close()
    playback.move_to(found)
    whole = np.concatenate((ramp(SURE, 0.5, first=0.1).samples, ramp(HELP, 1.5, first=0.2).samples))
    from_ = round(max(0.0, played_s - LOST_S) * RATE)
    assert np.array_equal(found.heard()[written:], whole[from_:])
    assert playback.ahead_s == pytest.approx(2.0 - from_ / RATE)
    clock.now_s += LOST_S + 1e-6
    assert playback.heard >= before, "what is shown as heard is where it was"
    clock.now_s += 2.0
    assert playback.drained
    assert playback.heard == len(REPLY)


def test_a_reply_lost_before_its_first_sound_begins_at_the_other_speaker(clock: Clock, playback: Playback) -> None:
    playback.add(part(SURE, 0.3, level=0.0))
    playback.add(part(SURE, 0.5, last=True))
    clock.now_s += 0.2
    playback.pump()
    found = another(clock, 50)
    moved_s = clock.now_s
    playback.move_to(found)
    assert playback.first_sound_s() is None
    clock.now_s += 0.4
    assert playback.first_sound_s() == pytest.approx(moved_s + 0.2), "0.1 s of its silence was over"


def test_what_waits_for_room_moves_too_and_what_comes_later_follows_it(clock: Clock, playback: Playback) -> None:
    playback.add(part(SURE, 31.0, last=True))
    clock.now_s += 1.0
    playback.pump()
    found = another(clock)
    playback.move_to(found)
    playback.add(part(HELP, 1.0, last=True))
    clock.now_s += 15.0
    playback.pump()
    clock.now_s += 15.1 + 1e-3
    assert REPLY[: playback.heard] == "Sure,"
    clock.now_s += 1.0
    assert playback.drained
    assert playback.heard == len(REPLY)


def test_a_speaker_that_ran_dry_before_it_was_lost_is_not_forgotten(clock: Clock, playback: Playback) -> None:
    playback.add(part(SURE, 0.2))
    playback.speaker.expect_more(True)
    clock.now_s += 0.5
    playback.move_to(another(clock))
    assert playback.underruns == 1


def test_a_reply_that_was_stopped_does_not_go_on_anywhere(clock: Clock, playback: Playback) -> None:
    playback.add(part(SURE, 2.0, last=True))
    playback.stop()
    found = another(clock)
    playback.move_to(found)
    assert playback.drained
    assert found.written == 0

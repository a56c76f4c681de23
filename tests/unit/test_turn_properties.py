"""Whatever the user does and however slow the models are: no draft leaks, no word is lost, every turn ends once."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from companion.engine.config import TurnConfig
from companion.engine.errors import TranscriptionError
from companion.engine.messages import Role
from tests.unit.turn_world import World

USUAL = [World.rest, *[World.speak, World.pause, World.work] * 8, *[World.let_go] * 6]
USUAL += [World.hear_words, World.write, World.voice_clause, World.wait, World.hear_reply] * 3
NOW_AND_THEN = [World.press, World.release, World.flicker, World.drain] * 2
SELDOM = [World.grow_long, World.stop, World.type_, World.begin_anew, World.lose_microphone]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([TurnConfig().pause_s, 0.15]),
    st.lists(st.tuples(st.sampled_from(USUAL + NOW_AND_THEN + SELDOM), st.integers(0, 9)), min_size=30, max_size=150),
)
def test_no_draft_leaks_and_no_word_is_lost(
    pause_s: float, script: list[tuple[Callable[[World, int], None], int]]
) -> None:
    world = World(pause_s)
    for happen, number in script:
        happen(world, number)
    world.leave_alone()


def test_a_past_that_could_not_be_transcribed_is_not_passed_over() -> None:
    world = World(TurnConfig().pause_s)
    world.speak(9)
    world.grow_long(0)
    world.speak(1)
    [past] = [job.effect for job in world.stt if job.effect.kind == "settled"]
    world.stt.clear()
    world.fail(past.draft, Role.STT, TranscriptionError("stt-failed", "It failed."), "settled")
    world.speak(9)
    world.leave_alone()


def test_a_past_that_failed_before_another_one_is_heard_again_with_that() -> None:
    world = World(TurnConfig().pause_s)
    for _ in range(2):
        world.speak(1)
        world.grow_long(0)
    world.speak(0)
    assert len([job for job in world.stt if job.effect.kind == "settled"]) == 2
    world.hear_words(0)
    world.leave_alone()

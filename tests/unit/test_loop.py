"""A reply that says the same for ever."""

from itertools import chain, repeat

from hypothesis import given
from hypothesis import strategies as st

from companion.engine.llm.loop import LONGEST, TAIL, is_loop


@given(
    st.lists(st.integers(0, 99), max_size=40),
    st.lists(st.integers(0, 99), min_size=1, max_size=LONGEST),
    st.integers(0, LONGEST - 1),
)
def test_any_phrase_said_on_and_on_is_found(before: list[int], phrase: list[int], more: int) -> None:
    on_and_on = list(chain.from_iterable(repeat(phrase, TAIL + 2)))[: TAIL + len(phrase) + more]
    assert is_loop([*before, *on_and_on])


def test_what_people_say_is_no_loop() -> None:
    assert not is_loop([])
    assert not is_loop([7] * TAIL), "one too few"
    assert not is_loop(list(range(100)))
    assert not is_loop([1, 2, 3] * 8), "three words said eight times"
    refrain = [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert not is_loop(refrain * 5), "longer than what is looked for"

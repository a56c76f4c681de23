"""Evaluated tokens are counted as they happen, and no failure leaves a lie about what is held."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.engine.cancel import CancelToken
from companion.engine.llm.prefix import PrefixCache


class Memory:
    """A decoder that remembers; it may be unable to forget a part, like a recurrent model."""

    def __init__(self, *, forgets: bool = True) -> None:
        self.forgets = forgets
        self.held: list[int] = []
        self.calls: list[int] = []
        self.fails_at: int | None = None
        self.cuts_short = False
        self.cancels: CancelToken | None = None

    def truncate(self, length: int) -> bool:
        if self.forgets:
            del self.held[length:]
        return self.forgets

    def cut(self, begin: int, end: int) -> bool:
        if self.forgets:
            del self.held[begin:end]
        return self.forgets

    def clear(self) -> None:
        self.held.clear()

    def decode(self, tokens: Sequence[int], cancel: CancelToken | None = None) -> bool:
        if self.fails_at is not None and len(self.held) >= self.fails_at:
            self.held.append(-1)
            raise RuntimeError
        if self.cuts_short and cancel:
            cancel.cancel()
            return False
        self.held += tokens
        self.calls.append(len(tokens))
        if self.cancels:
            self.cancels.cancel()
        return True


def test_evaluates_in_pieces() -> None:
    memory = Memory()
    assert PrefixCache(memory, 4).hold(range(10), CancelToken()) == 10
    assert memory.calls == [4, 4, 2]


def test_keeps_the_common_prefix() -> None:
    memory = Memory()
    cache = PrefixCache(memory, 4)
    cache.hold([1, 2, 3, 4, 5], CancelToken())
    assert cache.hold([1, 2, 3, 9], CancelToken()) == 1
    assert memory.held == [1, 2, 3, 9]


def test_shorter_prompt_costs_nothing_and_forgets_nothing() -> None:
    memory = Memory()
    cache = PrefixCache(memory, 4)
    cache.hold([1, 2, 3, 4, 5], CancelToken())
    assert cache.hold([1, 2, 3], CancelToken()) == 0
    assert cache.hold([1, 2, 3, 4, 5], CancelToken()) == 0


def test_sampling_needs_one_fresh_token() -> None:
    memory = Memory()
    cache = PrefixCache(memory, 4)
    cache.hold([1, 2, 3, 4, 5], CancelToken())
    assert cache.hold_for_sampling([1, 2, 3], CancelToken()) == 1
    assert memory.held == [1, 2, 3]


def test_failed_removal_is_counted_as_the_whole_evaluation() -> None:
    memory = Memory(forgets=False)
    cache = PrefixCache(memory, 4)
    cache.hold([1, 2, 3, 4, 5], CancelToken())
    assert cache.hold([1, 2, 3, 9], CancelToken()) == 4
    assert memory.held == [1, 2, 3, 9]


def test_cancelled_between_pieces_keeps_what_was_done() -> None:
    memory = Memory()
    cache = PrefixCache(memory, 4)
    memory.cancels = cancel = CancelToken()
    assert cache.hold(range(10), cancel) == 4
    assert cache.hold(range(10), CancelToken()) == 6


def test_failure_forgets_everything() -> None:
    memory = Memory()
    cache = PrefixCache(memory, 4)
    memory.fails_at = 4
    with pytest.raises(RuntimeError):
        cache.hold(range(10), CancelToken())
    assert memory.held == []
    memory.fails_at = None
    assert cache.hold(range(10), CancelToken()) == 10


BEFORE, AFTER = [0, 1, 2, 3, 4, 5, 6, 7], [0, 1, 5, 6, 7]


def test_a_stretch_is_left_out_for_one_token_and_what_is_behind_it_stays() -> None:
    memory = Memory()
    cache = PrefixCache(memory, 4)
    cache.hold([*BEFORE, 8], CancelToken())
    memory.calls.clear()
    assert cache.leave_out(BEFORE, AFTER)
    assert memory.held == [*AFTER, 8]
    assert memory.calls == [1]
    assert cache.hold([*AFTER, 8, 9], CancelToken()) == 1


@pytest.mark.parametrize(
    ("held", "before", "after"),
    [
        (BEFORE, BEFORE, BEFORE),
        (BEFORE, BEFORE, [0, 1]),
        (BEFORE, BEFORE, [0, 1, 5, 6, 9]),
        (BEFORE, AFTER, BEFORE),
        ([0, 1, 2, 9, 4, 5, 6, 7], BEFORE, AFTER),
        (BEFORE[:5], BEFORE, AFTER),
        ([], BEFORE, AFTER),
    ],
)
def test_what_is_not_held_without_one_stretch_is_left_as_it_is(
    held: list[int], before: list[int], after: list[int]
) -> None:
    memory = Memory()
    cache = PrefixCache(memory, 4)
    cache.hold(held, CancelToken())
    memory.calls.clear()
    assert not cache.leave_out(before, after)
    assert memory.held == held
    assert memory.calls == []


def test_a_model_that_cannot_move_what_it_holds_evaluates_it_again() -> None:
    memory = Memory(forgets=False)
    cache = PrefixCache(memory, 4)
    cache.hold(BEFORE, CancelToken())
    assert not cache.leave_out(BEFORE, AFTER)
    assert cache.hold(AFTER, CancelToken()) == len(AFTER)


@given(
    prompts=st.lists(st.tuples(st.lists(st.integers(0, 2), min_size=1, max_size=12), st.booleans()), max_size=20),
    forgets=st.booleans(),
)
def test_holds_what_it_says(prompts: list[tuple[list[int], bool]], forgets: bool) -> None:
    memory = Memory(forgets=forgets)
    cache = PrefixCache(memory, 3)
    for prompt, sampling in prompts:
        memory.calls.clear()
        evaluated = (cache.hold_for_sampling if sampling else cache.hold)(prompt, CancelToken())
        assert evaluated == sum(memory.calls)
        assert memory.held[: len(prompt)] == prompt
        assert len(cache) == len(memory.held)
        assert not sampling or (memory.held == prompt and evaluated >= 1)


@pytest.mark.parametrize("forgets", [True, False])
def test_a_touch_changes_nothing_of_what_is_held(forgets: bool) -> None:
    memory = Memory(forgets=forgets)
    cache = PrefixCache(memory, 4)
    cache.touch()
    assert memory.calls == []
    cache.hold([1, 2, 3, 4, 5], CancelToken())
    cache.touch()
    assert memory.held == [1, 2, 3, 4, 5]
    assert memory.calls == ([4, 1, 1] if forgets else [4, 1, 4, 1])
    assert cache.hold([1, 2, 3, 4, 5], CancelToken()) == 0


def test_an_evaluation_cut_short_counts_for_nothing() -> None:
    memory = Memory()
    cache = PrefixCache(memory, 4)
    cache.hold([1, 2], CancelToken())
    memory.cuts_short = True
    assert cache.hold([1, 2, 3, 4], CancelToken()) == 0
    cache.append(5, CancelToken())
    assert len(cache) == 2
    assert memory.held == [1, 2]

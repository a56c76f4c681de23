"""Row heights against the obvious way to compute them."""

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from companion.ui.row_heights import RowHeights

_height = st.integers(1, 500)
_change = st.one_of(
    st.tuples(st.just("insert"), st.integers(0, 50), st.lists(_height, min_size=1, max_size=4)),
    st.tuples(st.just("remove"), st.integers(0, 50), st.integers(0, 3)),
    st.tuples(st.just("measure"), st.integers(0, 50), _height),
)


@given(st.lists(_height, max_size=20), st.lists(_change, max_size=20))
def test_tops_are_the_sums_of_the_heights(
    start: list[int], changes: list[tuple[str, int, list[int]] | tuple[str, int, int]]
) -> None:
    plain, heights = list(start), RowHeights(start)
    for kind, where, what in changes:
        if kind == "insert":
            assert isinstance(what, list)
            row = min(where, len(plain))
            plain[row:row] = what
            heights.insert(row, what)
        elif plain:
            row = where % len(plain)
            if kind == "measure":
                assert isinstance(what, int)
                plain[row] = what
                heights.measure({row: what})
            else:
                last = min(row + int(what) if not isinstance(what, list) else row, len(plain) - 1)
                del plain[row : last + 1]
                heights.remove(row, last)
    assert len(heights) == len(plain)
    assert [heights.top(i) for i in range(len(plain) + 1)] == list(accumulate(plain, initial=0))
    for i in range(len(plain)):
        assert heights.at(heights.top(i)) == i
        assert heights.at(heights.top(i + 1) - 1) == i


def test_only_measured_rows_are_certain() -> None:
    heights = RowHeights([10, 10, 10])
    heights.measure({1: 30})
    assert heights.unmeasured(range(3)) == [0, 2]
    heights.insert(0, [5])
    assert heights.unmeasured(range(4)) == [0, 1, 3]
    heights.doubt(2, 9)
    assert heights.unmeasured(range(4)) == [0, 1, 2, 3]


def test_nothing_is_nowhere() -> None:
    heights = RowHeights()
    assert heights.total == 0
    assert heights.at(10) == 0
    assert not heights.between(0, 100)

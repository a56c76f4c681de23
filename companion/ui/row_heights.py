"""Heights of the rows of a long column, some measured and some only estimated. Pure; any thread."""

from collections.abc import Iterable, Sequence
from itertools import accumulate


class RowHeights:
    """Knows where each row begins and which row is at a height; rows are numbered from 0, heights are whole pixels.

    Changing a row costs time in the number of rows below it, which for a growing conversation is none.
    """

    def __init__(self, estimates: Iterable[int] = ()) -> None:
        self._heights = list(estimates)
        self._exact = [False] * len(self._heights)
        self._tops = list(accumulate(self._heights, initial=0))

    def __len__(self) -> int:
        return len(self._heights)

    def __getitem__(self, row: int) -> int:
        return self._heights[row]

    @property
    def total(self) -> int:
        """Height of all rows together."""
        return self._tops[-1]

    def top(self, row: int) -> int:
        """Return where a row begins; `len(self)` gives the end of the last."""
        return self._tops[row]

    def at(self, y: float) -> int:
        """Return the row at height `y`, or the nearest; 0 if there are none."""
        low, high = 0, len(self._heights) - 1
        while low < high:
            middle = (low + high) // 2
            if self._tops[middle + 1] <= y:
                low = middle + 1
            else:
                high = middle
        return max(0, low)

    def between(self, top: float, bottom: float) -> range:
        """Return the rows that touch the stretch from `top` to `bottom`."""
        return range(self.at(top), self.at(bottom) + 1) if self._heights else range(0)

    def unmeasured(self, rows: Iterable[int]) -> list[int]:
        """Return those of `rows` whose height is only an estimate."""
        return [row for row in rows if not self._exact[row]]

    def measure(self, heights: dict[int, int]) -> None:
        """Set the true heights of some rows."""
        for row, height in heights.items():
            self._heights[row] = height
            self._exact[row] = True
        if heights:
            self._sum(min(heights))

    def insert(self, row: int, estimates: Sequence[int]) -> None:
        """Make room for new rows before `row`."""
        self._heights[row:row] = estimates
        self._exact[row:row] = [False] * len(estimates)
        self._sum(row)

    def remove(self, first: int, last: int) -> None:
        """Drop the rows from `first` to `last`."""
        del self._heights[first : last + 1]
        del self._exact[first : last + 1]
        self._sum(first)

    def doubt(self, first: int, last: int) -> None:
        """Take the heights of the rows from `first` to `last` for estimates again."""
        for row in range(max(0, first), min(last + 1, len(self._exact))):
            self._exact[row] = False

    def _sum(self, first: int) -> None:
        start = self._tops[first]
        del self._tops[first:]
        self._tops.extend(accumulate(self._heights[first:], initial=start))

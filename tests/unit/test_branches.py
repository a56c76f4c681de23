"""The tree of messages: versions, the path that is shown, and what comes back after a while."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.ui.branches import Branches
from companion.ui.rows import Row, RowKind


def message(text: str, kind: RowKind = RowKind.USER) -> Row:
    return Row(kind=kind, turn_id=0, text=text)


def texts(branches: Branches) -> str:
    return "".join(row.text for row in branches.path())


def grown() -> Branches:
    """A - b - c - d, where b has a second version x with y behind it, which is shown."""
    branches = Branches()
    parent = None
    for text in "abcd":
        parent = branches.add(message(text), parent).message_id
    branches.cut(1)
    x = branches.add(message("x"), 1)
    branches.add(message("y"), x.message_id)
    return branches


def test_messages_follow_each_other() -> None:
    branches = Branches()
    first = branches.add(message("a"), None)
    second = branches.add(message("b"), first.message_id)
    assert (first.message_id, first.parent_id) == (1, None)
    assert (second.message_id, second.parent_id) == (2, 1)
    assert texts(branches) == "ab"


def test_another_version_takes_the_place_of_the_first_and_what_followed() -> None:
    branches = grown()
    assert texts(branches) == "axy"
    assert [(row.version, row.versions) for row in branches.path()] == [(1, 1), (2, 2), (1, 1)]


def test_a_branch_comes_back_as_it_was_left() -> None:
    branches = grown()
    earlier = branches.beside(5, -1)
    assert earlier == 2
    branches.choose(earlier)
    assert texts(branches) == "abcd"
    branches.choose(5)
    assert texts(branches) == "axy"


def test_there_is_nothing_beside_the_ends() -> None:
    branches = grown()
    assert branches.siblings(2) == branches.siblings(5) == (2, 5)
    assert branches.beside(2, -1) is None
    assert branches.beside(5, 1) is None
    assert branches.beside(1, 1) is None


def test_the_first_message_has_versions_too() -> None:
    branches = grown()
    branches.cut(None)
    assert texts(branches) == ""
    branches.add(message("z"), None)
    assert texts(branches) == "z"
    assert branches.path()[0].versions == 2


def test_a_message_that_never_was_is_forgotten() -> None:
    branches = grown()
    branches.remove(6)
    assert texts(branches) == "ax"
    assert len(branches) == 5
    assert branches.newest_child(5) is None
    assert branches.newest_child(1) == 5


def test_its_words_may_grow() -> None:
    branches = grown()
    branches.replace(replace(branches.row(6), text="yes"))
    assert texts(branches) == "axyes"


def test_it_can_be_stored_and_read_back() -> None:
    first = grown()
    stored = [first.row(number) for number in range(1, len(first) + 1)]
    for leaf in (4, 6):
        again = Branches(stored, leaf)
        first.choose(leaf)
        assert again.path() == first.path()
    assert Branches(stored).path()[-1].text == "y", "without a leaf the newest"
    assert Branches(stored).add(message("n"), 6).message_id == 7


@pytest.mark.parametrize(
    "rows",
    [
        [message("a")],
        [replace(message("a"), message_id=1), replace(message("b"), message_id=1)],
        [replace(message("a"), message_id=2, parent_id=1)],
    ],
    ids=["no id", "twice", "no parent"],
)
def test_what_is_no_tree_is_refused(rows: list[Row]) -> None:
    with pytest.raises(ValueError, match="message"):
        Branches(rows)


@given(st.lists(st.tuples(st.sampled_from("acb"), st.integers(0, 30)), max_size=40))
def test_the_path_is_always_one_and_nothing_is_lost(steps: list[tuple[str, int]]) -> None:
    branches = Branches()
    made = 0
    for kind, number in steps:
        path = branches.path()
        if kind == "a":  # a message at the end
            branches.add(message(str(made)), path[-1].message_id if path else None)
            made += 1
        elif path and kind == "c":  # cut somewhere and go on differently
            at = path[number % len(path)]
            branches.cut(at.parent_id)
            branches.add(message(str(made)), at.parent_id)
            made += 1
        elif made:
            branches.choose(1 + number % made)
    path = branches.path()
    assert len(branches) == made
    assert [row.parent_id for row in path] == [None, *(row.message_id for row in path)][: len(path)]
    for row in path:
        assert row.message_id in branches.siblings(row.message_id or 0)
        assert 1 <= row.version <= row.versions
    assert not path or branches.newest_child(path[-1].message_id) is None, "it goes on to the last"

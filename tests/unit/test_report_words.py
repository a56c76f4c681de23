"""What counts as the same word, and as the same reply."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.report.words import alike, edit_distance, loops, normalised, number_words, word_errors


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("go forward ten meters", "Go forward 10 meters."),
        ("mister jones is all right", "Mr. Jones is alright!"),
        ("it's a well known fact", "It\u2019s a well-known fact"),
        ("twelve thousand three hundred forty five", "12,345"),
        ("okay", "OK."),
    ],
)
def test_the_same_words_written_otherwise_are_no_errors(said: str, heard: str) -> None:
    assert word_errors(said, heard) == (0, len(normalised(said)))


def test_words_missed_invented_and_replaced_each_count_once() -> None:
    assert word_errors("what do i here seek", "for do I hear seek")[0] == 2
    assert word_errors("where must i go", "") == (4, 4)
    assert word_errors("go", "go on now") == (2, 1)


@given(st.integers(min_value=0, max_value=999_999))
def test_a_number_is_spoken_as_words_only(number: int) -> None:
    assert normalised(str(number)) == number_words(number).split()


words = st.lists(st.sampled_from("abc"), max_size=8)


@given(words, words, words)
def test_the_edit_distance_is_a_distance(one: list[str], two: list[str], three: list[str]) -> None:
    assert (edit_distance(one, two) == 0) == (one == two)
    assert edit_distance(one, two) == edit_distance(two, one)
    assert edit_distance(one, three) <= edit_distance(one, two) + edit_distance(two, three)


@pytest.mark.parametrize(
    "reply",
    [
        "I am here to help. I am here to help.",
        "and the cat and the cat and the cat",
        "no no no no no no",
        "It is a bridge. It is very long. It is a bridge.",
    ],
)
def test_a_loop_is_seen(reply: str) -> None:
    assert loops(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "No, no, no, I did not mean that.",
        "A lobster is not a crayfish, and a crayfish is not a lobster.",
        "I see. You want to go home. I see.",
    ],
)
def test_emphasis_is_no_loop(reply: str) -> None:
    assert not loops(reply)


def test_a_reply_that_says_the_same_again_is_seen() -> None:
    earlier = ["The bridge was opened in 1883 by the mayor.", "Yes."]
    assert alike("The bridge was opened in 1883 by a mayor!", earlier)
    assert not alike("The tunnel was closed in 1990.", earlier)
    assert not alike("Yes.", earlier), "one word may come again"
    assert not alike("The bridge was opened.", [])

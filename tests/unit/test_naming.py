"""What counts as a title: short, one line, about the conversation, and said to nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.engine.messages import ChatMessage
from companion.engine.naming import LONGEST, MOST_WORDS, judged, title_prompt

TALK = (
    ChatMessage(role="user", text="My dog is afraid of thunder. How can I help him?"),
    ChatMessage(role="assistant", text="Stay calm, close the windows, and give him a safe place to hide."),
)


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Helping a Dog Afraid of Thunder", "Helping a Dog Afraid of Thunder"),
        ('"Calming a Dog in Thunder"', "Calming a Dog in Thunder"),
        ("**Dogs Afraid of Thunder**\n", "Dogs Afraid of Thunder"),
        ("Title: calming a thunder-shy dog.", "Calming a thunder-shy dog"),
        ("\u00abUn chien, thunder, windows\u00bb", "Un chien, thunder, windows"),
    ],
)
def test_a_title_is_taken_without_what_surrounds_it(written: str, title: str) -> None:
    assert judged(written, TALK) == title


@pytest.mark.parametrize(
    "written",
    [
        "",
        "Dog Thunder",
        "How to help a dog that is afraid of thunder at night",
        "Calming a Dog\nThunder and Windows",
        "I am afraid of thunder",
        "Sorry, no thunder dog title",
        "Sure, calming a dog in thunder",
        "As an AI afraid of thunder",
        "Best Restaurants in Northern Italy",
        "Thunder: A Dog Story",
        "My dog is afraid of thunder",
        "Why are dogs afraid of thunder?",
        "Helping a dog afraid of,",
        "<think> dog afraid thunder",
        "Of the in at a",
    ],
)
def test_what_is_no_title_is_not_taken(written: str) -> None:
    assert judged(written, TALK) == ""


@given(st.text(max_size=200))
def test_whatever_is_written_no_title_is_long_or_has_lines(written: str) -> None:
    title = judged(written, (ChatMessage(role="user", text=written), *TALK))
    assert "\n" not in title
    assert len(title) <= LONGEST + 2  # a letter may have two capitals
    assert len(title.split()) <= 2 * MOST_WORDS


def test_a_long_conversation_is_asked_about_by_its_beginning() -> None:
    (prompt,) = title_prompt([ChatMessage(role="user", text=f"{number} " + "word " * 2000) for number in range(50)])
    assert len(prompt.text) < 2000
    assert "0 word" in prompt.text

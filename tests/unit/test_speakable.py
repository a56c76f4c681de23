"""What is read aloud of a text written for the eye."""

# ruff: noqa: RUF001 - typographic characters are what is tested
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.engine.speakable import speakable


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("**Sure**, I can *help*!", "Sure, I can help!"),
        ("This is **bold", "This is bold"),
        ("# Title\nSome text", "Title. Some text"),
        ("- one\n- two", "one. two"),
        ("1. United States\n2. America", "1, United States. 2, America"),
        ("> a quote", "a quote"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a, b. 1, 2"),
        ("one\n---\ntwo", "one. two"),
        ("See [the docs](https://x.com/a_(b)) now", "See the docs now"),
        ("Go to https://www.example.com/a?b=1.", "Go to example.com."),
        ("Go to http://192.168.0.1/x now", "Go to a link now"),
        ("call `foo()` first", "call foo first"),
        ("Look:\n```python\nx = 1\n```", "Look: The code is on the screen."),
        ("```\nnever closed", "The code is on the screen."),
        ("<b>bold</b> and <br/>", "bold and"),
        ("Hello<|im_end|>", "Hello"),
        ("snake_case_name", "snake case name"),
        ("\\*not bold\\*", "not bold"),
    ],
)
def test_markup_is_not_read(text: str, said: str) -> None:
    assert speakable(text) == said


@pytest.mark.parametrize("text", ["👏Hi 👍🏽", "Hi ❤️", "Hi :smile_face:", "🇫🇷 Hi 👨‍👩‍👧", "Hi ✨"])
def test_emoji_are_not_read(text: str) -> None:
    assert speakable(text) == "Hi"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It costs $5.50 and €20.", "It costs 5.50 dollars and 20 euros."),
        ("about $3 million", "about 3 million dollars"),
        ("word - word—word", "word, word, word"),
        ("well-known", "well-known"),
        ("from 1990-1995", "from 1990–1995"),
        ("-5 degrees", "-5 degrees"),
        ("2*3", "2 × 3"),
        ("and/or", "and or"),
        ("Mr. Smith vs. Dr. Jones", "Mr Smith versus Dr Jones"),
        ("J. R. R. Tolkien", "J R R Tolkien"),
        ("No. 5, or #1", "number 5, or number 1"),
        ("No. I do not.", "No. I do not."),
        ("C# and C++", "C# and C++"),
    ],
)
def test_what_espeak_misreads_is_rewritten(text: str, said: str) -> None:
    assert speakable(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "50% of 20°C",
        "Tom & Jerry",
        "3 + 4 = 7",
        "at 10:30 a.m.",
        "3.14 and 1,000",
        "the U.S.A.",
        "e.g. this",
        "I’m naïve",
    ],
)
def test_what_espeak_reads_well_is_left_alone(text: str) -> None:
    assert speakable(text) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Wait... what?!", "Wait... what?"),
        ("well...", "well."),
        ("Wow!!!", "Wow!"),
        ("— yes", "yes"),
        ("?! Sure", "Sure"),
        ("Hello !", "Hello!"),
        ("“Quoted,” she said", "Quoted, she said"),
    ],
)
def test_punctuation_is_reduced_to_what_is_heard(text: str, said: str) -> None:
    assert speakable(text) == said


@pytest.mark.parametrize("text", ["", " \n", "...", "***", "|---|---|", "🙂", "<|im_end|>", "—", "```"[:2]])
def test_nothing_to_say_is_empty(text: str) -> None:
    assert speakable(text) == ""


def test_french_gets_french_words() -> None:
    assert speakable("M. Dupont a $5, n° 2", "fr") == "Monsieur Dupont a 5 dollars, numéro 2"
    assert speakable("```\nx\n```", "fr-FR") == "Le code est à l'écran."


def test_an_unknown_language_still_works() -> None:
    assert speakable("**Hallo** Welt", "de") == "Hallo Welt"


MESSY = st.text(
    alphabet=st.one_of(st.sampled_from(list("aM1 .,!?*_`#-–—[]()<>|$€/\\~:\n'\"“”…&%@👏")), st.characters()),
    max_size=80,
)


@given(MESSY)
def test_any_text_is_one_line_and_needs_no_second_pass(text: str) -> None:
    said = speakable(text)
    assert speakable(said) == said
    assert "\n" not in said
    assert said == "" or any(character.isalnum() for character in said)

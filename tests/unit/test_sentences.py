"""Where a reply is cut into clauses."""

# ruff: noqa: RUF001 - typographic characters are what is tested
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.engine.messages import Clause
from companion.engine.sentences import MAX_CLAUSE_CHARS, ClauseSplitter, Diction, ends_sentence


def split(pieces: list[str], language: str = "en") -> list[Clause]:
    splitter = ClauseSplitter(Diction(language))
    clauses = [clause for piece in pieces for clause in splitter.feed(piece)]
    return clauses + splitter.finish()


def tokens(text: str) -> list[str]:
    """Cut `text` about as a tokenizer does: words with the space before them, marks apart."""
    return re.findall(r"\s*\w+|\s*[^\w\s]+|\s+", text)


def said(text: str) -> list[str]:
    return [clause.speech for clause in split(tokens(text)) if clause.speech]


def first_said_after(pieces: list[str]) -> tuple[str, int]:
    """Return the first clause and the number of pieces that it took."""
    splitter = ClauseSplitter()
    for count, piece in enumerate(pieces, start=1):
        if clauses := splitter.feed(piece):
            return clauses[0].speech, count
    raise AssertionError("no clause before the end")


@pytest.mark.parametrize(
    ("pieces", "clause"),
    [
        (["Sure", ",", " I"], "Sure,"),
        (["Yes", ".", " It"], "Yes."),
        (["Hello", "!", " How"], "Hello!"),
        (["Really", "?", " I"], "Really?"),
        (["I", "'m", " sorry", ",", " but"], "I'm sorry,"),
        (["Well", " done", ";", " that"], "Well done;"),
        (["Here", " goes", ":", " first"], "Here goes:"),
        (["My", " idea", " —", " which"], "My idea,"),
        (["My", " idea", " -", " which"], "My idea,"),
        (["So", ",", " let", " us", " begin", ".", " It"], "So, let us begin."),
        (["“", "Maybe", "”,", " he"], "Maybe,"),
        (["はい", "、", "元気"], "はい、"),
        (["That", "'s", " it", "\n", "More"], "That's it"),
        (["👏", "Thank", " you", "!", " I"], "Thank you!"),
    ],
)
def test_first_clause_is_out_with_its_mark(pieces: list[str], clause: str) -> None:
    assert first_said_after(pieces)[0] == clause


def test_a_safe_mark_is_not_waited_behind() -> None:
    for pieces in (["Sure", ","], ["Of", " course", "."], ["Hello", "!"], ["Is", " it", "?"]):
        assert first_said_after([*pieces, " next"])[1] == len(pieces)


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("The Brooklyn Bridge was built and it stands to this day.", "The Brooklyn Bridge was built"),
        ("You can use a list comprehension to create a tuple.", "You can use a list comprehension"),
        ("Photosynthesis is the process by which plants convert light energy.", "Photosynthesis is the process"),
        ("The quick brown fox jumped lazily over dogs and ran away.", "The quick brown fox jumped lazily"),
        ("A big red old rusty iron heavy train arrived here.", "A big red old rusty iron heavy"),
        ("Le pont de Brooklyn a été construit avec de la pierre.", "Le pont de Brooklyn a été construit"),
    ],
)
def test_without_punctuation_the_first_clause_ends_at_a_natural_place(text: str, clause: str) -> None:
    assert said(text)[0] == clause


@given(
    st.lists(st.sampled_from(["bridge", "river", "stone", "people", "built", "the", "of", "to", "and"]), min_size=20)
)
def test_first_clause_never_takes_more_than_eight_words(words: list[str]) -> None:
    spoken, used = first_said_after([f" {word}" for word in words])
    assert 2 <= len(spoken.split()) <= 8
    assert used <= 9


def test_later_clauses_are_whole_sentences() -> None:
    text = (
        "Of course, I can help you. First, boil the water, then add salt. After that, wait for ten minutes; it is done."
    )
    assert said(text) == [
        "Of course,",
        "I can help you.",
        "First, boil the water, then add salt.",
        "After that, wait for ten minutes; it is done.",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Mr. Smith met Dr. Jones at noon.",
        "It is about 3.14 of them.",
        "It cost 1,000 dollars.",
        "J. R. R. Tolkien wrote it.",
        "The U.S. economy grew.",
        "Use a tool, e.g. a saw, here.",
        "It opens at 9 a.m. and closes late.",
        "It starts at 10:30 sharp.",
        "Go to example.com for more.",
        "See https://example.com/a,b?c=d.html for more.",
        "It has apples, pears, etc. in it.",
        "Is version 2.0.1 out?",
    ],
)
def test_a_stop_inside_a_sentence_does_not_end_it(sentence: str) -> None:
    lead = "Of course. Here you are. "
    spans = [
        (lead + sentence + " Next one.")[c.start : c.end].strip() for c in split(tokens(lead + sentence + " Next one."))
    ]
    assert sentence in spans


@pytest.mark.parametrize(
    "sentence",
    ["It was in 1883.", "So do I.", '"Really?"', "(He did.)", "Wow!!!", "He said “no.”", "It closes at 5 p.m."],
)
def test_a_sentence_ends_with_its_closing_marks(sentence: str) -> None:
    text = f"Of course. Here you are. {sentence} Then more came."
    assert sentence in [text[clause.start : clause.end].strip() for clause in split(tokens(text))]


def test_an_ellipsis_is_a_pause_not_an_end() -> None:
    assert said("Of course. Here you are. Well... I think so.")[-1] == "Well... I think so."


def test_list_items_are_spoken_one_by_one() -> None:
    assert said("Here are some:\n1. Apples\n2. Pears\n- Plums") == ["Here are some:", "1, Apples", "2, Pears", "Plums"]


def test_code_is_announced_at_once_and_not_read() -> None:
    pieces = ["Here it is:", "\n", "``", "`python", "\n", "x = 1. Then,", "\n", "```", "\n", "Done", "."]
    splitter = ClauseSplitter()
    spoken = []
    for count, piece in enumerate(pieces, start=1):
        spoken += [clause.speech for clause in splitter.feed(piece) if clause.speech]
        assert ("The code is on the screen." in spoken) == (count >= 5)
    assert [*spoken, *(clause.speech for clause in splitter.finish())] == [
        "Here it is:",
        "The code is on the screen.",
        "Done.",
    ]


def test_code_that_never_ends_is_not_read() -> None:
    assert said("Here it is:\n```\nx = 1. Then, more") == ["Here it is:", "The code is on the screen."]


def test_french_reply_gets_french_words() -> None:
    clauses = split(["Voilà :\n```\nx\n```\n"], "fr")
    assert [clause.speech for clause in clauses if clause.speech] == ["Voilà:", "Le code est à l'écran."]


def test_cjk_without_spaces_is_cut_too() -> None:
    text = "今日は天気がいいですね散歩に行きましょうか私はとても元気です。はい。"
    clauses = split(list(text))
    assert len(clauses[0].speech) <= 18
    assert clauses[-1].speech == "はい。"


def test_a_long_sentence_is_cut_at_a_phrase() -> None:
    sentence = "we walked along the river, " * 20
    text = f"Of course. Here you are. {sentence}and that was it."
    clauses = split(tokens(text))
    assert max(clause.end - clause.start for clause in clauses) <= MAX_CLAUSE_CHARS + 1
    assert all(clause.speech.endswith(",") for clause in clauses[2:-1])


def test_text_without_any_space_is_bounded() -> None:
    clauses = split(["a" * 50] * 40)
    assert max(clause.end - clause.start for clause in clauses) <= MAX_CLAUSE_CHARS


@pytest.mark.parametrize("text", ["", " ", "\n\n", "...", "**", "🙂", "3", "Yes", "1."])
def test_the_shortest_replies(text: str) -> None:
    clauses = split([text] if text else [])
    assert "".join(text[clause.start : clause.end] for clause in clauses) == text


TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from(list("aM1 .,!?*`-–—()\n'\"”…:;。、日`~")),
        st.characters(),
    ),
    max_size=400,
)


@given(TEXT, st.data())
def test_clauses_cover_the_reply_exactly_once_in_order(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=40)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    at = 0
    for index, clause in enumerate(split(pieces)):
        assert (clause.index, clause.start) == (index, at)
        assert clause.end > clause.start
        assert clause.text == text[clause.start : clause.end]
        at = clause.end
    assert at == len(text)


WORDS = st.sampled_from(
    ["bridge", "I", "river", "and", "the", "of", "because", "Mr", "1883", "3", "U.S", "etc", "you", "was", "which"]
)
PROSE = st.lists(st.tuples(WORDS, st.sampled_from(["", "", "", "", ",", ".", "!", "?", ";"])), max_size=80)


@given(PROSE, st.data())
def test_how_prose_arrives_changes_nothing(words: list[tuple[str, str]], data: st.DataObject) -> None:
    text = "".join(f"{word}{mark} " for word, mark in words)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=40)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert split(pieces) == split([text]) == split(list(text))


@pytest.mark.parametrize(
    "text", ["Yes.", "Is it?", 'He said "go!"', "(It is.)", "**Done.**", "Really?!", "He is 3.", "好。"]
)
def test_a_whole_sentence_ends(text: str) -> None:
    assert ends_sentence(text)


@pytest.mark.parametrize(
    "text", ["", "Yes", "Yes,", "Mr.", "J.", "e.g.", "At 3 p.m.", "Well...", "First:\n1.", "3.5", '"', "so -"]
)
def test_anything_else_does_not_end_a_sentence(text: str) -> None:
    assert not ends_sentence(text)


JOINING = Diction(joins=True)


def opened(text: str) -> list[Clause]:
    splitter = ClauseSplitter(JOINING)
    return [clause for character in text for clause in splitter.feed(character)] + splitter.finish()


def test_the_opening_of_a_breath_goes_ahead_with_the_word_behind_it_known() -> None:
    opening, rest, *_ = opened("It sounds like you want to bake. Do you?")
    assert (opening.speech, opening.behind, opening.ahead) == ("It sounds like", "", "you")
    assert (rest.speech, rest.behind, rest.ahead) == ("you want to bake.", "It sounds like", "")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Sure, I can do that for you.", "Sure,"),
        ("I am a big fan of old tea.", "I am a big fan"),  # hardly any sound before that
        ("That works well!", "That works well!"),
        ("Yes. It is one of those days.", "Yes."),
        ('"No worries at all today", he says.', "No worries at"),
        ("No, he does not like that old biscuit.", "No, he does not"),
        ("**Bold words** are written like this here.", None),  # not plain words: the other rules
        ("You can 3 times do what you want.", None),
    ],
)
def test_an_opening_is_a_few_plain_words(text: str, first: str | None) -> None:
    clauses = opened(text)
    if first is None:
        assert [clause.text for clause in clauses] == [clause.text for clause in split(list(text))]
    else:
        assert clauses[0].speech == first
    assert "".join(clause.text for clause in clauses) == text


def test_the_opening_does_not_wait_for_what_the_other_rules_wait_for() -> None:
    splitter = ClauseSplitter(JOINING)
    assert not splitter.feed("I'd love to hear more")
    assert [clause.speech for clause in splitter.feed(" ")] == ["I'd love to hear"]


@given(st.text(alphabet="ab ,.'\n`1", max_size=80))
def test_with_openings_too_the_clauses_are_the_reply(text: str) -> None:
    clauses = opened(text)
    assert "".join(clause.text for clause in clauses) == text
    assert all(later.behind == earlier.speech for earlier, later in pairwise(clauses) if earlier.ahead)

"""What is taken out of a problem report."""

import json
import unicodedata
from collections.abc import Callable, Iterator

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from companion.redaction import LEFT_OUT, RUN_WORDS, Names, plain_log, without_words, words_of
from tests.cases import cases

KNOWN = frozenset(words_of("the engine could not be made speaker buffer ready turn failed"))


def test_a_line_with_an_unusual_word_that_was_said_is_left_out() -> None:
    lines = ["turn 3 failed", "cannot speak ZANZIBAR now", "ready"]
    assert without_words(lines, ["Tell me about Zanzibar."], KNOWN) == ["turn 3 failed", LEFT_OUT, "ready"]


def test_ordinary_words_stay_unless_they_stand_in_a_row_as_they_were_said() -> None:
    said = ["Is the speaker buffer ready?"]
    assert without_words(["the buffer of the speaker is ready"], said, KNOWN) == ["the buffer of the speaker is ready"]
    assert without_words(["job: is the speaker buffer ready"], said, KNOWN) == [LEFT_OUT]


def test_years_of_conversations_are_not_held_in_memory() -> None:
    drawn = 0

    def said() -> Iterator[str]:
        nonlocal drawn
        for _ in range(1000):
            drawn += 1
            yield "nothing of it " * 10

    assert without_words(["turn failed"], said(), KNOWN) == ["turn failed"]
    assert drawn == 1000


_words = st.lists(st.text("abcdefgé", min_size=1, max_size=8), min_size=RUN_WORDS, max_size=12)


@pytest.mark.reader
@given(_words, st.text(max_size=20), st.text(max_size=20))
def test_no_sentence_that_was_said_stays(words: list[str], before: str, after: str) -> None:
    line = f"{before} {' '.join(words)} {after}".replace("\n", " ")
    assert without_words([line], [" ".join(words).upper()], frozenset(words)) == [LEFT_OUT]


_AS_PUT: dict[str, Callable[[str], str]] = {
    "quoted": repr,
    "in ASCII": ascii,
    "in JSON": json.dumps,
    "in JSON that is quoted": lambda text: repr(json.dumps(text)),
    "as bytes": lambda text: repr(text.encode()),
    "accents apart": lambda text: unicodedata.normalize("NFD", text),
    "with dots": lambda text: ". ".join(text.split()),
    "as a name": lambda text: "_".join(text.split()),
}
_sentences = st.lists(st.text("abcdefgnrtuxéßñΩж", min_size=1, max_size=8), min_size=RUN_WORDS, max_size=12)


@pytest.mark.reader
@given(
    _sentences, st.sampled_from(" \n\t"), st.sampled_from(sorted(_AS_PUT)), st.text(max_size=20), st.text(max_size=20)
)
@example(["dites", "café", "crème", "brûlée"], "\n", "in JSON that is quoted", "", "")
@settings(max_examples=cases(200))
def test_no_sentence_stays_however_a_library_puts_it(
    words: list[str], between: str, way: str, before: str, after: str
) -> None:
    sentence = between.join(words)
    line = f"{before} {_AS_PUT[way](sentence)} {after}".replace("\n", " ")
    assert without_words([line], [sentence], frozenset(words_of(sentence))) == [LEFT_OUT]


@pytest.mark.reader
@given(
    st.lists(st.text("abcdé", min_size=4, max_size=8), min_size=1, max_size=5),
    st.sampled_from(" \n\t"),
    st.sampled_from(sorted(_AS_PUT)),
)
@settings(max_examples=cases(200))
def test_no_unusual_word_stays_however_a_library_puts_it(words: list[str], between: str, way: str) -> None:
    line = _AS_PUT[way](between.join(["", *words])).replace("\n", " ")
    assert without_words([line], [words[-1]], frozenset()) == [LEFT_OUT]


@pytest.mark.reader
@given(st.text("私名前今天気พูดខ្ញ", min_size=RUN_WORDS, max_size=30), st.data())
@settings(max_examples=cases(100))
def test_part_of_a_sentence_without_spaces_does_not_stay(sentence: str, data: st.DataObject) -> None:
    letters = words_of(sentence)
    assume(len(letters) >= RUN_WORDS)
    begin = data.draw(st.integers(0, len(letters) - RUN_WORDS))
    part = "".join(letters[begin : begin + RUN_WORDS])
    assert without_words([f"failed: {part}!"], [sentence], frozenset()) == [LEFT_OUT]


TRACEBACK = """\
2026-01-02 03:04:05.678 ERROR   loader companion.app: the engine could not be made
Traceback (most recent call last):
  File "companion/app.py", line 3, in _load
    engine = self._make_engine(config)
             ^^^^^^^^^^^^^^^^^^^^^^^^^
{raised}
2026-01-02 03:04:06.000 INFO    MainThread companion.app: ready"""


@pytest.mark.parametrize(
    ("raised", "kept"),
    [
        ("ValueError: cannot speak 'a secret'", "ValueError: [left out]"),
        ("jinja2.exceptions.TemplateError: a secret", "jinja2.exceptions.TemplateError: [left out]"),
        ("RuntimeError", "RuntimeError"),
        ("OSError: [Errno 28] No space left on device", "OSError: [Errno 28] No space left on device"),
        ("companion.engine.errors.ModelLoadError: No memory.", "companion.engine.errors.ModelLoadError: No memory."),
        ("a secret on a line of its own", LEFT_OUT),
    ],
)
def test_the_message_of_an_exception_is_left_out_its_place_stays(raised: str, kept: str) -> None:
    lines = TRACEBACK.format(raised=raised).splitlines()
    assert plain_log(lines) == [*lines[:5], kept, lines[6]]


def test_names_and_folders_are_replaced_the_longest_first() -> None:
    names = Names({"/x/anna": "~", "/x/anna/.config/c": "[settings]"}, {"anna": "[user]", "Anna Bell": "[user]"})
    assert names.replaced("/x/anna/.config/c/settings.toml of anna") == "[settings]/settings.toml of [user]"
    assert names.replaced("/x/anna/Music, Anna Bell's, ANNA") == "~/Music, [user]'s, [user]"
    assert names.replaced("/x/annabel savanna annals") == "/x/annabel savanna annals"


def test_a_root_folder_or_no_name_replaces_nothing() -> None:
    assert Names({"/": "~"}, {"": "[user]", "x": "[user]"}).replaced("/usr/x") == "/usr/x"

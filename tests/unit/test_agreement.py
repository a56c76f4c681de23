"""Words on which two partial transcripts agree."""

import pytest

from companion.engine.agreement import agreed_words


@pytest.mark.parametrize(
    ("earlier", "later", "agreed"),
    [
        ("", "How old", ""),
        ("How old", "How old is", "How old"),
        ("How old is", "How old is", "How old"),
        ("how old, is", "How old is the", "How old is"),
        ("How odd", "How old is the bridge", "How"),
        ("What", "How old", ""),
        ("How old.", "How old is the", "How old"),
        ("It's", "It's a dog", "It's"),
        ("one two three", "one", ""),
        ("Yes.", "Yes. I", "Yes"),
    ],
)
def test_agreed_words(earlier: str, later: str, agreed: str) -> None:
    assert agreed_words(earlier, later) == agreed

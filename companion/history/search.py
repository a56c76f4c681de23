"""What a person types into the search field, as an expression of FTS5; and what it found, as text with marks. Pure."""

from collections.abc import Sequence

from companion.history.records import clean

MOST_WORDS = 12
LONGEST_QUERY = 200
MARK_BEGIN, MARK_END = "\x02", "\x03"
"""Around the words that were found in a snippet; texts never have them (`clean`)."""


def match_expression(typed: str) -> str:
    """Return an expression that finds texts with words beginning like every word of `typed`; empty if it has none.

    Each word is quoted, so nothing in it is an operator and no input is a syntax error.
    """
    words = (word for word in clean(typed[:LONGEST_QUERY]).split() if any(map(str.isalnum, word)))
    quoted = ['"' + word.replace('"', '""') + '"*' for word in words]
    return " ".join(quoted[:MOST_WORDS])


def unmarked(snippet: str) -> tuple[str, Sequence[tuple[int, int]]]:
    """Return a snippet on one line without its marks, and where they were."""
    text, marks, begin = "", [], 0
    for piece in " ".join(snippet.split()).replace(MARK_END, MARK_BEGIN).split(MARK_BEGIN):
        begin, text = len(text), text + piece
        marks.append((begin, len(text)))
    return text, [mark for mark in marks[1::2] if mark[0] < mark[1]]

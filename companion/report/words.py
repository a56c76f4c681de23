"""What counts as the same word, how many were heard wrong, and whether a reply repeats. Pure; any thread."""

import re
from collections.abc import Iterable, Sequence
from math import ceil

# fmt: off
_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
         "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
# fmt: on
_SAME = {"mr": "mister", "mrs": "missus", "dr": "doctor", "ok": "okay", "alright": "all right", "u.s": "us"}

LOOP_WORDS = 6
"""So many words, said again right away in the same order, are a loop; fewer may be emphasis ("no, no, no")."""

SENTENCE_WORDS = 4
"""A sentence of so many words that comes twice in one reply is a loop; shorter ones ("I see.") may come again."""

ALIKE = 0.8
"""Two replies that share this part of their words say the same."""


def number_words(number: int) -> str:
    """Return `number` (below a million) as it is spoken, without "and"."""
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens - 2] + (f" {_ONES[ones]}" if ones else "")
    unit, name = (100, "hundred") if number < 1000 else (1000, "thousand")
    many, rest = divmod(number, unit)
    return f"{number_words(many)} {name}" + (f" {number_words(rest)}" if rest else "")


def normalised(text: str) -> list[str]:
    """Return the words of `text` without case, punctuation, hyphens and figures; apostrophes inside words stay."""
    text = text.lower().replace("\u2019", "'")
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    text = re.sub(r"\d{1,6}", lambda digits: f" {number_words(int(digits.group()))} ", text)
    words = [word.strip("'.") for word in re.sub(r"[^\w.' ]|_", " ", text).split()]
    return [part for word in words for part in _SAME.get(word, word.replace(".", " ")).split()]


def edit_distance(reference: Sequence[str], heard: Sequence[str]) -> int:
    """Return the fewest words to insert, delete or replace that turn one sequence into the other."""
    row = list(range(len(heard) + 1))
    for line, word in enumerate(reference, 1):
        corner, row[0] = row[0], line
        for column, other in enumerate(heard, 1):
            corner, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, corner + (word != other))
    return row[-1]


def word_errors(said: str, heard: str) -> tuple[int, int]:
    """Return how many words of `said` were heard wrong, missed or invented, and how many were said."""
    reference = normalised(said)
    return edit_distance(reference, normalised(heard)), len(reference)


def loops(reply: str) -> bool:
    """Whether a reply says some words again right away, or a whole sentence twice."""
    words = normalised(reply)
    for period in range(1, len(words) // 2 + 1):
        again = 0
        for here, there in zip(words, words[period:], strict=False):
            again = again + 1 if here == there else 0
            if again >= period * (max(2, ceil(LOOP_WORDS / period)) - 1):
                return True
    sentences = [tuple(normalised(part)) for part in re.split(r"[.!?\n]+", reply)]
    whole = [words for words in sentences if len(words) >= SENTENCE_WORDS]
    return len(set(whole)) < len(whole)


def alike(reply: str, earlier: Iterable[str]) -> bool:
    """Whether a reply of some words says the same as one of the earlier ones."""
    words = normalised(reply)
    if len(words) < SENTENCE_WORDS:
        return False
    for other in map(normalised, earlier):
        longer = max(len(words), len(other))
        if 1 - edit_distance(words, other) / longer >= ALIKE:
            return True
    return False

"""Cuts a reply into clauses while it is being written.

Pure, any thread; one `ClauseSplitter` belongs to one reply. The first sound waits for the first clause to be written
and synthesised, so that one is short and every word in it is time; the second may still be short, to be ready before
the first has been spoken; later ones are whole sentences, because a voice sounds best on those. The rules and what
they cost are in docs/decisions/0050-first-clause.md.

Where the voice can say one breath in two clauses (`Diction.joins`, ADR 0121), the first two or three words go ahead.

In the first clause a boundary is taken as soon as it is safe, not when the next token proves it: ",", "!" and "?" at
once, "." at once after a word, but not after a digit ("3." may become "3.14"), an initial or an abbreviation. Later
stops wait for the character behind them, which costs nothing while the first clause is sounding.
"""

# ruff: noqa: RUF001 - typographic characters are the subject of this module

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from companion.engine.messages import Clause
from companion.engine.speakable import speakable

MAX_CLAUSE_CHARS = 220
"""Longest clause while a softer place to cut can be found: about 15 s of speech."""

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = re.compile(rf"[{_CJK}]|[^\s{_CJK}]+")
_CJK_CHARACTER = re.compile(rf"[{_CJK}]")
_CLOSERS = "\"'”’»)]}*_`」』）】"
_CLOSER_RUN = re.compile(rf"[{re.escape(_CLOSERS)}]*")
_STOP_RUN = re.compile(r"[.!?…]*")
_MARK = re.compile(r"[.!?…,;:—–\n。！？，、；：]|(?<=\s)-{1,2}(?=\s)|(?<=\w)--")
_WIDE_HARD = "。！？"
_WIDE_SOFT = "，、；："
_FENCE_LINE = re.compile(r"^[ \t]*(?:```|~~~)[^`\n]*\n", re.MULTILINE)
_FENCE_START = re.compile(r"(?:^|\n)[ \t]*(`{1,2}|~{1,2}|```[^`\n]*|~~~[^`\n]*)\Z")
_FENCE_END = re.compile(r"^[ \t]*(?:```|~~~)[ \t]*\n", re.MULTILINE)
_FENCE_END_LAST = re.compile(r"^[ \t]*(?:```|~~~)[ \t]*\Z", re.MULTILINE)
_IN_URL = re.compile(r"(?:https?:|www\.)\S*\Z", re.IGNORECASE)
_LIST_NUMBER = re.compile(r"(?:^|\n)[ \t>]*[*_]{0,2}\d{1,3}\Z")
_INITIAL = re.compile(r"(?:^|[^\w])(?:[^\W\d_]\.)*[^\W\d_]\Z")
_PLAIN_WORD = re.compile(r"[\"“]?[^\W\d_]+(?:['’-][^\W\d_]+)*,?(?=\s)")
_LAST_WORD = re.compile(r"[^\W\d_]+(?:\.[^\W\d_]+)*\Z")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ABBREVIATIONS = _words(
    "mr mrs ms dr prof st mt gen col capt lt sgt rev hon gov sen rep pres vs approx dept est fig vol pp cf viz ca jan "
    "feb apr jun jul aug sept sep oct nov dec mme mlle mgr env av bd janv févr juil déc tél ph.d e.g i.e u.s u.k u.n"
)
_CLOSING_ABBREVIATIONS = _words("etc a.m p.m inc ltd corp jr sr")
"""They often end a sentence: the next word's capital tells."""
_CONJUNCTIONS = _words(
    "and or but so because since although though while when where which who that if unless until before after by with "
    "without from into during through between et ou mais donc car parce puisque quand lorsque comme qui dont où avec "
    "sans pour dans depuis pendant afin"
)
_JOINERS = _CONJUNCTIONS | _words(
    "nor yet whenever whose as than onto about against over under across behind around for to in on at "
    "you he she they we "
    "si que par sur sous entre vers chez vous ils elles nous"
)
_DANGLING = _JOINERS | _words(
    "of the a an my your his her its our their this these those is are was were be been am i it not no "
    "very more most can could will would shall should may might must do does did have has had there "
    "le la les l un une des du de au aux mon ma mes ton ta tes son sa ses notre votre leur ce cet cette ces est sont "
    "était je tu il elle on ne pas très plus en à y"
)
"""Words that no clause should end with."""


@dataclass(frozen=True, slots=True)
class _Limits:
    """How long one clause of a reply may get before a weaker place to cut is taken."""

    soft_letters: int
    """A comma or its like ends the clause from this many letters on; a very large number: never."""
    hard_letters: int
    """A full stop or its like ends the clause from this many letters on."""
    joiner_words: int
    """Without punctuation, cut before a conjunction after this many words, before a preposition after one more."""
    max_words: int
    """Without either, cut here at the latest, at the best place behind."""
    hasty: bool = False
    """Take a stop at the end of what has arrived for what it seems to be."""


@dataclass(frozen=True, slots=True)
class Diction:
    """What a reply's clauses have to know of the voice that will say them."""

    language: str = "en"
    """For `speakable`."""
    joins: bool = False
    """Whether it says one breath in two clauses without a seam."""


OPENING_WORDS = 2
OPENING_LETTERS = 10
"""The opening of a breath has this many words and letters at least: 0.6 s of sound, in which the rest of the
breath is written and made."""

_NEVER = 1_000_000
_LIMITS = (
    _Limits(soft_letters=3, hard_letters=3, joiner_words=4, max_words=7, hasty=True),
    _Limits(soft_letters=16, hard_letters=1, joiner_words=10, max_words=16),
    _Limits(soft_letters=_NEVER, hard_letters=1, joiner_words=_NEVER, max_words=_NEVER),
)
_REST = _Limits(soft_letters=3, hard_letters=1, joiner_words=4, max_words=6)
"""The rest of a breath, which has to be there when its opening has been said."""


def ends_sentence(text: str) -> bool:
    """Whether `text` ends with a whole sentence, closing quotes and brackets included; "..." goes on. Thread: any."""
    bare = text.rstrip().rstrip(_CLOSERS)
    stop = len(bare.rstrip(".!?…。！？"))
    if stop == len(bare):
        return False
    judged = _judge(f"{text.rstrip()} ", stop, bare[stop], last=True, hasty=False)
    return judged is not None and judged[0] and judged[1] > 0


class ClauseSplitter:
    """Takes one reply's text as it is written and yields what can already be spoken.

    The clauses' spans, `reply[start:end]`, cover the reply exactly once and in order. A clause's speech may be empty:
    the inside of a code block, trailing white space.

    Args:
        diction: of the voice.
    """

    def __init__(self, diction: Diction = Diction()) -> None:
        self._diction = diction
        self._pending = ""
        self._start = 0
        self._spoken = 0
        self._index = 0
        self._in_code = False
        self._opening = ""
        """The opening of a breath that goes on with the pending text."""

    def feed(self, piece: str) -> list[Clause]:
        """Add `piece` to the reply and return the clauses that are complete with it, in order.

        Thread: the one that owns the splitter.
        """
        self._pending += piece
        return self._cut(last=False)

    def finish(self) -> list[Clause]:
        """Return what is left when the reply has ended. The splitter is of no further use."""
        clauses = self._cut(last=True)
        if self._pending:
            clauses.append(self._take(len(self._pending)))
        return clauses

    def _cut(self, *, last: bool) -> list[Clause]:
        clauses = []
        while self._pending:
            if opening := self._open_breath():
                clauses.append(opening)
            end = self._code_boundary(last=last) if self._in_code else self._boundary(last=last)
            if end is None:
                break
            clauses.append(self._take(end))
        return clauses

    def _open_breath(self) -> Clause | None:
        """Take the first few words of the reply ahead, when the next one is known and no mark ends them sooner."""
        if not self._diction.joins or self._start or self._boundary(last=False) is not None:
            return None
        for count, (word, following) in enumerate(pairwise(_plain_words(self._pending)), start=1):
            if count >= OPENING_WORDS and _letters(self._pending[: word.end()]) >= OPENING_LETTERS:
                clause = self._take(word.end(), ahead=speakable(following.group(), self._diction.language))
                self._opening = clause.speech
                return clause
        return None

    def _take(self, end: int, *, ahead: str = "") -> Clause:
        raw = self._pending[:end]
        opens_code = not self._in_code and _FENCE_LINE.search(raw) is not None
        speech = "" if self._in_code else speakable(raw, self._diction.language)
        clause = Clause(
            index=self._index,
            speech=speech,
            start=self._start,
            end=self._start + end,
            text=raw,
            behind=self._opening,
            ahead=ahead,
        )
        self._opening = ""
        self._pending = self._pending[end:]
        self._start += end
        self._index += 1
        self._spoken += bool(speech) and not ahead
        self._in_code = opens_code
        return clause

    def _code_boundary(self, *, last: bool) -> int | None:
        found = _FENCE_END.search(self._pending) or (_FENCE_END_LAST.search(self._pending) if last else None)
        return found.end() if found else None

    def _boundary(self, *, last: bool) -> int | None:
        """Return where the first clause of the pending text ends, or None if that cannot be said yet."""
        text = self._pending
        fence = _FENCE_LINE.search(text)
        if fence and not _letters(text[: fence.start()]):
            return fence.end()
        held = None if last else _FENCE_START.search(text)
        visible = text[: fence.start() if fence else held.start(1) if held else len(text)]
        limits = _REST if self._opening else _LIMITS[min(self._spoken, len(_LIMITS) - 1)]
        mark = _at_mark(visible, limits, last=last or fence is not None)
        reached = visible[:mark]
        end = _at_word(reached, limits) or _at_length(reached) or mark
        return fence.start() if end is None and fence else end


def _plain_words(text: str) -> Iterator[re.Match[str]]:
    """Yield the words that `text` begins with, up to anything else than words and commas with one space between."""
    word = _PLAIN_WORD.match(text)
    while word:
        yield word
        word = _PLAIN_WORD.match(text, word.end() + 1) if text[word.end()] == " " else None


def _letters(text: str) -> int:
    """Count letters and digits; a CJK character says about as much as three."""
    return sum(3 if _CJK_CHARACTER.match(character) else 1 for character in text if character.isalnum())


def _at_mark(text: str, limits: _Limits, *, last: bool) -> int | None:
    """Find the first punctuation that ends the clause."""
    for mark in _MARK.finditer(text):
        judged = _judge(text, mark.start(), mark.group(), last=last, hasty=limits.hasty)
        if judged is None:
            return None
        hard, end = judged
        if end and _letters(text[:end]) >= (limits.hard_letters if hard else limits.soft_letters):
            return end
    return None


def _judge(text: str, at: int, mark: str, *, last: bool, hasty: bool) -> tuple[bool, int] | None:
    """Say whether the mark at `at` ends a sentence (True) or a phrase, and where behind it the clause ends.

    The end is 0 if the mark ends nothing. None means that only the next characters can tell.
    """
    before = text[:at]
    if mark == "\n":
        return True, at + 1
    if mark in _WIDE_HARD or mark in _WIDE_SOFT:
        return mark in _WIDE_HARD, _closed(text, at + 1)
    if mark in ".!?…":
        if before[-1:] in tuple(".!?…"):
            return False, 0  # judged with the first of its run
        return _judge_stop(text, at, last=last, hasty=hasty)
    end = at + len(mark)
    following = text[end : end + 1]
    if mark in ",:–" and before[-1:].isdigit():
        if not following and not last:
            return None
        return False, 0 if following.isdigit() else _closed(text, end)
    if mark == ":" and (following == "/" or re.search(r"\b(?:https?|mailto|ftp)\Z", before, re.IGNORECASE)):
        return False, 0
    if _IN_URL.search(before) and not following.isspace():
        return False, 0
    return False, _closed(text, end)


def _judge_stop(text: str, at: int, *, last: bool, hasty: bool) -> tuple[bool, int] | None:
    """`_judge` for the marks that end sentences."""
    run = _STOP_RUN.match(text, at)
    assert run is not None
    end = run.end()
    before, following = text[:at], text[end : end + 1]
    if not following and not last and (not hasty or before[-1:].isdigit() or _IN_URL.search(before)):
        return None
    if following.isalnum() or following in ("/", "@", "-", "&", "=", "\\"):
        return True, 0
    dots = run.group().replace("…", "...")
    if dots == ".":
        if _is_abbreviated(text, at):
            return True, 0
        if following.isspace() and _LIST_NUMBER.search(before):
            return True, 0
    ellipsis = dots.startswith("..") and set(dots) == {"."}
    return not ellipsis, _closed(text, end) if before[-1:] else 0


def _is_abbreviated(text: str, at: int) -> bool:
    """Say whether the full stop at `at` belongs to "Mr.", "J." or "a.m." rather than to the sentence."""
    before, after = text[:at], text[at + 1 :]
    word = _LAST_WORD.search(before)
    if word is None:
        return False
    name = word.group().lower()
    if name in _CLOSING_ABBREVIATIONS:
        return not re.match(r"\s+[A-ZÀ-Þ]", after)
    if name == "no":
        return bool(re.match(r"\s*\d", after))
    return name in _ABBREVIATIONS or bool(name != "i" and _INITIAL.search(before))


def _closed(text: str, end: int) -> int:
    """Include the quotes and brackets that close right behind the mark."""
    run = _CLOSER_RUN.match(text, end)
    assert run is not None
    return run.end()


def _at_word(text: str, limits: _Limits) -> int | None:
    """Find a place to cut between words when there is no punctuation."""
    if limits.max_words >= _NEVER:
        return None
    words = [word for word in _WORD.finditer(text) if _letters(word.group())]
    if words and words[-1].end() == len(text) and not _CJK_CHARACTER.match(words[-1].group()):
        words.pop()  # it may go on
    spoken, natural = 0.0, 0
    for word, following in zip_longest(words, words[1:]):
        spoken += 0.5 if _CJK_CHARACTER.match(word.group()) else 1
        if spoken >= limits.max_words:
            return natural or _last_firm(words, word.end())
        if following and _bare(following) in _JOINERS and _bare(word) not in _DANGLING:
            enough = limits.joiner_words if _bare(following) in _CONJUNCTIONS else limits.joiner_words + 1
            if spoken >= enough:
                return word.end()
            if spoken >= limits.joiner_words - 1:
                natural = word.end()
    return None


def _bare(word: re.Match[str]) -> str:
    return word.group().lower().strip("'\"“”’()[]*_")


def _last_firm(words: list[re.Match[str]], end: int) -> int:
    """Step back from `end` over words that hang in the air ("of", "the"), two at most."""
    near = [word for word in words if word.end() <= end][-3:]
    return next((word.end() for word in reversed(near) if _bare(word) not in _DANGLING), end)


def _at_length(text: str) -> int | None:
    """Cut a clause that has grown too long: at a phrase, between words, or anywhere if it has neither."""
    if len(text) <= MAX_CLAUSE_CHARS:
        return None
    head = text[:MAX_CLAUSE_CHARS]
    for pattern in (r"[,;:—–](?=\s)|[，、；：]", r"\s(?=(?:and|but|or|which|because|et|mais|ou|qui|que)\s)", r"\s"):
        places = [found.end() for found in re.finditer(pattern, head) if found.end() > MAX_CLAUSE_CHARS // 3]
        if places:
            return places[-1]
    return MAX_CLAUSE_CHARS

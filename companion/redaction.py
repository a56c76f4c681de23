"""Takes out of a text what belongs to the user: words that were said, names, paths. Pure; any thread.

The log has none of it to begin with (`companion.log`). This is the second lock, for what a library may have put into an
exception, and the only one for the names that paths have in them.
"""

import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

LEFT_OUT = "[left out: this line may hold words of yours]"
_MESSAGE_LEFT_OUT = "[left out]"

RUN_WORDS = 4
"""So many words in a row, as ordinary as each may be, are somebody's sentence."""
_SHORTEST_WORD = 4
"""Letters; shorter words are in every text."""
_SHORTEST_NAME = 2

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Scripts that put no space between words: Thai, Lao, Burmese, Khmer, and those of China and Japan. There a letter
counts as a word, so that part of a sentence is found as well."""
_WORD = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])[^\W\d_])+")
_ESCAPED = re.compile(
    r"(?:\\+x[0-9A-Fa-f]{2})+|\\+u(?P<short>[0-9A-Fa-f]{4})|\\+U(?P<long>[0-9A-Fa-f]{8})|\\+[abfnrtv0]"
)
"""What Python and JSON write for a letter or a line end inside a quoted text, quoted again perhaps."""
_RECORD = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [A-Z]+ ")
_TRACEBACK = re.compile(r"Traceback |During handling |The above exception |\s*$|\s+(File |\[Previous line|[~^]+\s*$)")
_RAISED = re.compile(r"(?P<type>[A-Za-z_][\w.]*): (?P<message>.*)")
_PLAIN_ERRORS = frozenset(
    {
        *("OSError", "FileNotFoundError", "PermissionError", "FileExistsError", "IsADirectoryError", "TimeoutError"),
        *("ConnectionError", "BrokenPipeError", "ConnectionRefusedError", "MemoryError", "ImportError"),
        "ModuleNotFoundError",
    }
)
"""Exceptions whose message is the system's own."""


def words_of(text: str) -> list[str]:
    """Return the words of a text, case folded; however its accents are stored."""
    return _WORD.findall(unicodedata.normalize("NFC", text.casefold()))


def without_words(lines: Sequence[str], said: Iterable[str], known: frozenset[str]) -> list[str]:
    """Return `lines` with those replaced that hold an unusual word of `said`, or `RUN_WORDS` of its words in a row.

    Memory grows with `lines`, not with `said`, which may be years of conversations.

    Args:
        lines: Any text, line by line.
        said: Everything that was said, typed, answered, imported or written by the user.
        known: Words that tell nothing about what was said: those of the program itself, case folded.
    """
    words: defaultdict[str, set[int]] = defaultdict(set)
    runs: defaultdict[tuple[str, ...], set[int]] = defaultdict(set)
    for number, line in enumerate(lines):
        for reading in {line, _ESCAPED.sub(_unescaped, line)}:
            found = words_of(reading)
            for word in found:
                if len(word) >= _SHORTEST_WORD and word not in known:
                    words[word].add(number)
            for run in _runs(found):
                runs[run].add(number)
    hit: set[int] = set()
    for text in said:
        spoken = words_of(text)
        for word in spoken:
            if word in words:
                hit |= words.pop(word)
        for run in _runs(spoken):
            if run in runs:
                hit |= runs.pop(run)
    return [LEFT_OUT if number in hit else line for number, line in enumerate(lines)]


def _unescaped(found: re.Match[str]) -> str:
    """Return the letters of an escape; a space for a line end and for what is no letter."""
    if bytewise := re.findall(r"x(..)", found[0]):
        content = bytes.fromhex("".join(bytewise))
        try:
            return content.decode()  # quoted bytes
        except UnicodeDecodeError:
            return content.decode("latin-1")
    number = int(found["short"] or found["long"] or "20", 16)
    return chr(number) if number <= sys.maxunicode else " "


def _runs(words: Sequence[str]) -> Iterable[tuple[str, ...]]:
    return (tuple(words[at : at + RUN_WORDS]) for at in range(len(words) - RUN_WORDS + 1))


def plain_log(lines: Iterable[str]) -> list[str]:
    """Return a log without the messages of exceptions, which may quote what they were given.

    Records of the log, stacks and the system's own errors stay; of any other exception its type stays.
    """
    kept = []
    in_traceback = False
    for line in lines:
        if _RECORD.match(line) or _TRACEBACK.match(line):
            in_traceback = line.startswith("Traceback ") or (in_traceback and not _RECORD.match(line))
            kept.append(line)
        elif in_traceback and line.startswith("    "):
            kept.append(line)  # a line of source below its "File"
        elif found := _RAISED.match(line):
            plain = found["type"].rpartition(".")[2] in _PLAIN_ERRORS or found["type"].startswith("companion.")
            kept.append(line if plain else f"{found['type']}: {_MESSAGE_LEFT_OUT}")
        else:
            kept.append(line if re.fullmatch(r"[A-Za-z_][\w.]*", line) else LEFT_OUT)
    return kept


class Names:
    """Puts other words in the place of folders and names.

    Args:
        folders: Path -> what stands for it; the longest that fits is taken.
        names: Name -> what stands for it, where it stands as a word of its own; very short ones are left.
    """

    def __init__(self, folders: Mapping[str, str], names: Mapping[str, str]) -> None:
        self._instead: dict[str, str] = {}
        patterns = []
        for path in sorted(folders, key=len, reverse=True):
            if len(path.strip("/\\")) > 1:
                self._instead[path.casefold()] = folders[path]
                patterns.append(rf"{re.escape(path)}(?![\w-])")
        for name in sorted(names, key=len, reverse=True):
            if len(name) >= _SHORTEST_NAME:
                self._instead.setdefault(name.casefold(), names[name])
                patterns.append(rf"(?<!\w){re.escape(name)}(?!\w)")
        self._pattern = re.compile("|".join(patterns), re.IGNORECASE) if patterns else None

    def replaced(self, text: str) -> str:
        """Return `text` with everything replaced."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: self._instead[found[0].casefold()], text)

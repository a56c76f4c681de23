"""Sentences that are made below the window, with values in them, in the user's language. GUI thread.

Errors, notes and notices are written in English where they happen: the command line prints them, the log keeps their
code. The window knows their templates, "{file} is not a GGUF file.", from a list that `scripts/translations.py` makes
from the source; it finds the one that fits, takes the values out and fills them into the translation (ADR 0101).
"""

import json
import re
from functools import cache

from companion.ui.translation import FOLDER, tr

TEMPLATES_FILE = FOLDER / "engine_sentences.json"

_NAME = re.compile(r"\{(\w+)\}")


@cache
def _templates() -> list[tuple[re.Pattern[str], str]]:
    """Return the templates, those with the most words of their own first: a vague one must not catch a clear one."""
    texts: list[str] = json.loads(TEMPLATES_FILE.read_text(encoding="utf-8"))
    named = [text for text in texts if _NAME.search(text)]
    named.sort(key=lambda text: len(_NAME.sub("", text)), reverse=True)
    return [(pattern_of(text), text) for text in named]


def pattern_of(template: str) -> re.Pattern[str]:
    """Return what finds the values of a template: each on one line, and the same wherever its name comes again."""
    parts, seen, end = [], set[str](), 0
    for found in _NAME.finditer(template):
        parts.append(re.escape(template[end : found.start()]))
        parts.append(f"(?P={found[1]})" if found[1] in seen else f"(?P<{found[1]}>.+?)")
        seen.add(found[1])
        end = found.end()
    return re.compile("".join(parts) + re.escape(template[end:]))


def known_sentence(text: str) -> str:
    """Return a sentence from below the window in its language; the English one if it is not known."""
    translated = tr(text) if text else ""
    if translated != text:
        return translated
    for pattern, template in _templates():
        if found := pattern.fullmatch(text):
            return tr(template, **{name: tr(value) for name, value in found.groupdict().items()})
    lines = text.splitlines()
    return "\n".join(map(known_sentence, lines)) if len(lines) > 1 else text

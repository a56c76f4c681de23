"""Elements of a page, well-formed as HTML and as XML: whatever is not an element is text, and escaped. Pure."""

import re
from collections.abc import Iterable
from html import escape
from typing import TypeAlias

_UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document may hold, not even escaped."""


class Markup(str):
    """Text that is markup already, and is not escaped again. Only this module makes it of plain text."""

    __slots__ = ()


Content: TypeAlias = str | Iterable["Content"] | None
"""Text (escaped), elements, or any nesting of them; None is nothing."""


def text(words: str) -> Markup:
    """Return `words` as text of a page: whatever it says is shown, and nothing of it is obeyed."""
    return words if isinstance(words, Markup) else Markup(escape(_UNPRINTABLE.sub("\ufffd", words), quote=True))


def element(tag: str, /, *content: Content, **attributes: str | float | None) -> Markup:
    """Return an element.

    Args:
        tag: its name.
        content: what is in it.
        attributes: by name; "_" at the end is dropped, "_" inside becomes "-". None leaves the attribute out.
    """
    named = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(_value(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{tag}{named}>{join(content)}</{tag}>" if content else f"<{tag}{named}/>")


def join(content: Content) -> Markup:
    """Return pieces one after the other."""
    if content is None:
        return Markup("")
    if isinstance(content, str):
        return text(content)
    return Markup("".join(map(join, content)))


def verbatim(trusted: str) -> Markup:
    """Return markup that is written in our own source (a style sheet) as it is."""
    return Markup(trusted)


def _value(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")

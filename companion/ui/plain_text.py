"""Text that somebody else wrote, where Qt or the desktop would read it as markup. No state; any thread.

Labels and the conversation show plain text by themselves. Tool tips guess, and a notification goes to another program,
which may read a subset of HTML whether or not it says so.
"""

import html
import re

from PySide6.QtGui import Qt

_WORD_JOINER = "\N{WORD JOINER}"
_MARKUP = re.compile(r"<(?=[A-Za-z/!?])|&(?=#?\w+;)")


def tool_tip(text: str) -> str:
    """Return what a tool tip is to be given so that it shows `text` as it is."""
    return f"<span>{html.escape(text)}</span>" if Qt.mightBeRichText(text) else text


def without_markup(text: str) -> str:
    """Return `text` with everything that begins a tag or an entity made harmless, and looking the same.

    A word joiner stands behind the sign, which takes no room. Escaping would be read as it is by the desktops that know
    no markup. Source of what a body may hold: Desktop Notifications Specification, "Markup".
    """
    return _MARKUP.sub(lambda found: found[0] + _WORD_JOINER, text)

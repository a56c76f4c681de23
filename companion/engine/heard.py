"""Maps a position of the speaker to a position in the reply: how much of it has been heard.

Pure, any thread. Inside a clause the position is in proportion to the characters spoken, which is a word or so off
at worst, and is cut back to a whole word: what the user may not have heard to its end does not count as heard.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from companion.engine.messages import Clause

_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseSpan:
    """A clause and the stretch of sound that says it."""

    clause: Clause
    start_frame: int
    """Frame at which its sound begins."""
    frames: int
    """Length of its sound, the pause behind it included; an estimate while parts of it are still to come; 0 for a
    clause with nothing to say."""


def heard_offset(spans: Sequence[ClauseSpan], played_frame: int) -> int:
    """Return the offset in the reply up to which it has been heard.

    It never falls as `played_frame` grows, and `reply[:offset]` ends with a whole word, or is empty.

    Thread: any.

    Args:
        spans: in order of `start_frame`; those handed to the speaker so far.
        played_frame: frames played, counted from the same zero as `start_frame`.
    """
    offset = 0
    for span in spans:
        if played_frame < span.start_frame:
            break
        if played_frame < span.start_frame + span.frames:
            return max(offset, _inside(span, played_frame - span.start_frame))
        offset = span.clause.end
    return offset


def _inside(span: ClauseSpan, played: int) -> int:
    """Return the end of the last whole word of the clause within its first `played` frames."""
    clause = span.clause
    share = played / span.frames
    written = [word.end() for word in _WORD.finditer(clause.text)]
    said = [word.end() for word in _WORD.finditer(clause.speech)]
    if len(written) == len(said):
        whole = bisect_right(said, share * len(clause.speech))
    else:  # markup, symbols or a link: the words do not match one to one
        whole = bisect_right(written, share * len(clause.text))
    return clause.start + (written[whole - 1] if whole else 0)

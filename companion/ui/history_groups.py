"""Conversations under headings: the pinned ones, today's, yesterday's, then month by month. Pure; any thread."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import TypeAlias

from companion.history.records import Summary
from companion.ui import history_strings as words
from companion.ui.translation import tr


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above some conversations."""

    text: str


Item: TypeAlias = Heading | Summary


def grouped(summaries: Iterable[Summary], now: datetime, month_name: Callable[[int], str]) -> list[Item]:
    """Return the conversations, in their order, with a heading before each group.

    Where the clock was set, dates do not fall from one to the next: a group then begins with the newest date from there
    on, and what is dated in the future belongs to what was said after it.

    Args:
        summaries: Pinned ones first, then newest first.
        now: Local time.
        month_name: Name of month 1 to 12 in the window's language.
    """
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    bounds = [
        (_ms(today), words.TODAY),
        (_ms(today - timedelta(days=1)), words.YESTERDAY),
        (_ms(today.replace(day=1)), words.THIS_MONTH),
    ]
    items: list[Item] = []
    listed, now_ms = tuple(summaries), _ms(now)
    shown, begin_ms = "", 0
    for summary, newest_ms in zip(listed, _newest(listed, now_ms), strict=True):
        if summary.pinned:
            heading = tr(words.PINNED)
        elif begin_ms and (newest_ms >= begin_ms or summary.updated_ms > now_ms):
            heading = shown
        else:
            begin_ms, heading = _group(now_ms if summary.updated_ms > now_ms else newest_ms, bounds, month_name)
        if heading != shown:
            items.append(Heading(heading))
            shown = heading
        items.append(summary)
    return items


def _newest(listed: Sequence[Summary], now_ms: int) -> list[int]:
    """Return for each conversation the newest date from there to the end, but for dates in the future."""
    dates = (summary.updated_ms if summary.updated_ms <= now_ms else 0 for summary in reversed(listed))
    return list(accumulate(dates, max))[::-1]


def _group(at_ms: int, bounds: list[tuple[int, str]], month_name: Callable[[int], str]) -> tuple[int, str]:
    """Return when the group of what was said at a time begins, and its heading."""
    for begin_ms, heading in bounds:
        if at_ms >= begin_ms:
            return begin_ms, tr(heading)
    first = datetime.fromtimestamp(at_ms / 1000).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return _ms(first), tr(words.MONTH, month=month_name(first.month), year=first.year)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)

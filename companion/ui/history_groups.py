"""Conversations under headings: the pinned ones, today's, yesterday's, then month by month. Pure; any thread."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
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
    shown, begin_ms = "", 0
    for summary in summaries:
        if summary.pinned:
            heading = tr(words.PINNED)
        elif shown and begin_ms and summary.updated_ms >= begin_ms:
            heading = shown  # the order is by time: it cannot belong to a later group
        else:
            begin_ms, heading = _group(summary, bounds, month_name)
        if heading != shown:
            items.append(Heading(heading))
            shown = heading
        items.append(summary)
    return items


def _group(summary: Summary, bounds: list[tuple[int, str]], month_name: Callable[[int], str]) -> tuple[int, str]:
    """Return when the group of a conversation begins, and its heading."""
    for begin_ms, heading in bounds:
        if summary.updated_ms >= begin_ms:
            return begin_ms, tr(heading)
    first = datetime.fromtimestamp(summary.updated_ms / 1000).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return _ms(first), tr(words.MONTH, month=month_name(first.month), year=first.year)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)

"""The clock is set while the program runs: the list has the order in which things were said, and their dates."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from pytestqt.qtbot import QtBot

from companion.history.records import Summary
from companion.ui import history_strings as words
from companion.ui.bridge import EngineBridge
from companion.ui.history_groups import Heading, grouped
from companion.ui.history_model import HistoryModel
from companion.ui.history_part import HistoryPart
from companion.ui.main_window import MainWindow
from companion.ui.theme import Theme
from tests.ui.history.scene import Happens, shown, titles, turn

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

NOW = datetime(2026, 11, 23, 12)
DAY = timedelta(days=1)
TODAY = f"[{words.TODAY}]"


class Clock:
    """The system's clock, as the window and the list see it."""

    def __init__(self, window: MainWindow, part: HistoryPart) -> None:
        self.now = NOW
        window.conversation._clock = lambda: self.now.timestamp()
        part.recorder._clock = lambda: self.now.timestamp()
        part.model._now = lambda: self.now


@pytest.fixture
def clock(window: MainWindow, part: HistoryPart) -> Clock:
    return Clock(window, part)


@pytest.fixture
def ask(window: MainWindow, happens: Happens) -> Callable[[int, str], None]:
    """Ask something in a conversation of its own."""

    def ask(number: int, question: str) -> None:
        window.show_conversation()
        happens(*turn(number, question, "So."))

    return ask


@pytest.mark.parametrize("wrong", [-2 * DAY, 730 * DAY], ids=["back", "forward"])
def test_set_wrong_and_right_again(
    qtbot: QtBot,
    part: HistoryPart,
    window: MainWindow,
    bridge: EngineBridge,
    theme: Theme,
    path: Path,
    clock: Clock,
    ask: Callable[[int, str], None],
    wrong: timedelta,
) -> None:
    ask(1, "Before")
    clock.now += wrong
    ask(2, "Wrong")
    assert titles(part) == ["Wrong", "Before"]
    clock.now = NOW + timedelta(minutes=5)
    ask(3, "Right")
    assert shown(part)[:2] == [TODAY, "Right"]
    assert titles(part) == ["Right", "Wrong", "Before"]
    at = part.model.data(part.model.index_of(2), 256)
    locale = QLocale()
    said = (NOW + wrong).date()
    assert part.model.date_words(at) == locale.toString(said, "d MMM" if wrong < 0 * DAY else "d MMM yyyy")  # type: ignore[call-overload]
    again = HistoryPart(window, bridge, theme, path=path)
    again.start()
    qtbot.waitUntil(lambda: titles(again) == ["Right", "Wrong", "Before"])
    assert again.close()


def listed(*at: datetime) -> list[Summary]:
    """Return conversations of these times, the one that was said last first."""
    placed = [(round(one.timestamp() * 1000), len(at) - number) for number, one in enumerate(at)]
    return [
        Summary(id=place, title=f"T{place}", pinned=False, created_ms=ms, updated_ms=ms, listed_ms=2**41 + place)
        for ms, place in placed
    ]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ([NOW, NOW + 730 * DAY, NOW - DAY], [words.TODAY, 3, 2, words.YESTERDAY, 1]),
        ([NOW - DAY, NOW + 730 * DAY, NOW - 2 * DAY], [words.YESTERDAY, 3, 2, words.THIS_MONTH, 1]),
        ([NOW, NOW - 9 * DAY, NOW - DAY, NOW - 2 * DAY], [words.TODAY, 4, words.YESTERDAY, 3, 2, words.THIS_MONTH, 1]),
        ([NOW + DAY, NOW + DAY], [words.TODAY, 2, 1]),
        ([datetime(1970, 1, 2), NOW], [words.TODAY, 2, 1]),
    ],
    ids=["ahead", "ahead, a day later", "back", "all ahead", "a flat battery"],
)
def test_no_heading_comes_twice_and_none_is_forced_by_the_future(at: list[datetime], expected: list[object]) -> None:
    found = grouped(listed(*at), NOW, str)
    assert [item.text if isinstance(item, Heading) else item.id for item in found] == expected


def test_a_date_in_the_future_is_shown_as_one(qtbot: QtBot) -> None:
    model = HistoryModel(now=lambda: NOW)
    (ahead,) = listed(datetime(2028, 11, 22, 12))
    assert "2028" in model.date_words(ahead)
    (yesterday,) = listed(NOW - DAY)
    assert ":" in model.date_words(yesterday)

"""The list: troubles of the file, pages, groups, and rows as messages."""

from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from pytestqt.qtbot import QtBot

from companion.history.records import Conversation, Message, State, Summary
from companion.history.schema import FILE_NAME
from companion.history.store import PAGE, HistoryStore
from companion.ui import history_strings as words
from companion.ui.bridge import EngineBridge
from companion.ui.history_groups import Heading, grouped
from companion.ui.history_model import HistoryModel
from companion.ui.history_part import HistoryPart
from companion.ui.main_window import MainWindow
from companion.ui.theme import Theme
from tests.fakes.engine import FakeEngine
from tests.history.talks import keep
from tests.ui.history.scene import Settle, happen, kept, texts, titles, turn

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_what_keeps_it_from_being_kept_is_said(
    qtbot: QtBot, bridge: EngineBridge, theme: Theme, window: MainWindow, tmp_path: Path, engine: FakeEngine
) -> None:
    part = HistoryPart(window, bridge, theme, path=tmp_path / "missing" / FILE_NAME)
    part.start()
    qtbot.waitUntil(lambda: "history-unusable" in window.banners.banners)
    happen(qtbot, bridge, engine, *turn(1, "Why?", "Because."))
    assert texts(window) == ["Why?", "Because."], "the conversation goes on"
    (tmp_path / "missing").mkdir()
    happen(qtbot, bridge, engine, *turn(2, "And?", "So."))
    qtbot.waitUntil(lambda: window.banners.banners == {})
    (talk,) = kept(qtbot, part)
    assert [m.text for m in talk.messages] == ["Why?", "Because.", "And?", "So."]
    assert part.close()


def test_a_damaged_file_is_said_and_the_conversation_is_kept_in_a_new_one(
    qtbot: QtBot, bridge: EngineBridge, theme: Theme, window: MainWindow, path: Path, engine: FakeEngine
) -> None:
    path.write_bytes(b"nothing" * 1000)
    part = HistoryPart(window, bridge, theme, path=path)
    part.start()
    qtbot.waitUntil(lambda: "history-damaged" in window.banners.banners)
    happen(qtbot, bridge, engine, *turn(1, "Why?", "Because."))
    assert len(kept(qtbot, part)) == 1
    assert part.close()


def test_a_conversation_that_is_gone_says_so(
    qtbot: QtBot, part: HistoryPart, window: MainWindow, settle: Settle
) -> None:
    part._choose(Summary(id=99, title="x", pinned=False, created_ms=0, updated_ms=0, listed_ms=0))
    settle()
    assert "history-not-opened" in window.banners.banners


# -- many


def test_thousands_of_conversations_are_read_page_by_page(
    qtbot: QtBot, bridge: EngineBridge, theme: Theme, window: MainWindow, path: Path
) -> None:
    store = HistoryStore(path)
    with store._transaction():
        for number in range(3 * PAGE):
            keep(store, "Hi", title=f"T{number}", created_ms=1_700_000_000_000 + number * 86_400_000)
    store.close()
    part = HistoryPart(window, bridge, theme, path=path)
    part.start()
    qtbot.waitUntil(lambda: len(titles(part)) == PAGE)
    part.drawer.open()
    assert part.model.canFetchMore(QModelIndex())
    for pages in (2, 3):
        part.panel.list.scrollToBottom()
        part.model.fetchMore(QModelIndex())
        qtbot.waitUntil(lambda pages=pages: len(titles(part)) == pages * PAGE)  # type: ignore[misc]
    assert titles(part) == [f"T{number}" for number in reversed(range(3 * PAGE))]
    part.model.fetchMore(QModelIndex())
    qtbot.waitUntil(lambda: not part.model.canFetchMore(QModelIndex()))
    assert part.close()


NOW = datetime(2026, 11, 23, 12)


def summary(number: int, at: datetime, pinned: bool = False) -> Summary:
    at_ms = round(at.timestamp() * 1000)
    return Summary(id=number, title=f"T{number}", pinned=pinned, created_ms=at_ms, updated_ms=at_ms, listed_ms=at_ms)


def test_conversations_are_grouped_by_day_and_month() -> None:
    listed = [
        summary(1, datetime(2024, 1, 1), pinned=True),
        summary(2, datetime(2026, 11, 24)),  # the clock was set back
        summary(3, datetime(2026, 11, 23, 0)),
        summary(4, datetime(2026, 11, 22, 23, 59)),
        summary(5, datetime(2026, 11, 1)),
        summary(6, datetime(2026, 10, 31, 23)),
        summary(7, datetime(2026, 10, 2)),
        summary(8, datetime(2025, 10, 2)),
    ]
    found = grouped(listed, NOW, str)
    assert [item.text if isinstance(item, Heading) else item.id for item in found] == [
        *(words.PINNED, 1, words.TODAY, 2, 3, words.YESTERDAY, 4, words.THIS_MONTH, 5),
        *("10 2026", 6, 7, "10 2025", 8),
    ]


def test_views_hear_only_of_the_rows_that_changed(qtbot: QtBot) -> None:
    model = HistoryModel(now=lambda: NOW)
    model.add_page(None, [summary(number, datetime(2026, 11, 20, 12, 59 - number)) for number in range(50)])
    inserted: list[tuple[int, int]] = []
    model.rowsInserted.connect(lambda parent, first, last: inserted.append((first, last)))
    model.put(summary(99, NOW))
    assert inserted == [(0, 1)], "a heading and a row"


def test_letters_meant_for_editing_stay_there(part: HistoryPart) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ")
    part.panel.list.keyPressEvent(event)
    assert part.panel.search.text() == ""


def test_messages_and_rows_are_the_same_both_ways() -> None:
    from companion.ui.history_recorder import message_of, rows_of_conversation

    messages = (
        Message(number=1, parent=None, role="user", text="Hi", created_ms=1_000),
        Message(
            number=2,
            parent=1,
            role="assistant",
            text="Hello there",
            heard=5,
            latency_ms=120,
            created_ms=2_000,
            state=State.INTERRUPTED,
        ),
    )
    talk = Conversation(key="k", title="t", created_ms=0, updated_ms=0, messages=messages)
    rows = rows_of_conversation(talk)
    assert tuple(message_of(row, message.state, 0) for row, message in zip(rows, messages, strict=True)) == messages

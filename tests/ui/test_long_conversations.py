"""A conversation of thousands of messages: no more is laid out than is seen."""

import pytest
from PySide6.QtCore import QPoint

from companion.ui import column_layout
from companion.ui.bubble import Bubble
from companion.ui.conversation_view import ConversationView
from companion.ui.rows import Row
from companion.ui.theme import Theme
from tests.bench.figures import Recorder
from tests.bench.window import conversation, measure_window
from tests.ui.conversation import at_end, reply, row_top, say

# The offscreen platform has no window manager to talk to, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

MANY = 10_000
IN_SIGHT = 40
"""More rows than a view of 500 pixels shows."""


@pytest.fixture
def laid_out(monkeypatch: pytest.MonkeyPatch) -> list[Row]:
    """Return the list of rows that are laid out from now on."""
    rows: list[Row] = []

    def bubble(row: Row, width: float, theme: Theme, *, whole: bool = False) -> Bubble:
        rows.append(row)
        return Bubble(row, width, theme, whole=whole)

    monkeypatch.setattr(column_layout, "Bubble", bubble)
    return rows


def test_only_what_is_in_sight_is_laid_out(view: ConversationView, laid_out: list[Row]) -> None:
    view._conversation.show_messages(conversation(MANY))
    view.grab()
    assert at_end(view)
    assert 0 < len(laid_out) < IN_SIGHT
    laid_out.clear()
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 2)
    view.grab()
    assert len(laid_out) < 2 * IN_SIGHT
    laid_out.clear()
    view.jump_to_latest()
    say(view, 1, "One more?")
    reply(view, 1, "Yes.")
    view.grab()
    assert len(laid_out) < IN_SIGHT


def test_scrolling_all_the_way_up_ends_at_the_first_message(view: ConversationView) -> None:
    view._conversation.show_messages(conversation(MANY))
    view.hold()
    bar = view.verticalScrollBar()
    bar.setValue(0)
    assert view.indexAt(QPoint(240, 30)).row() == 0
    assert row_top(view, 0) == 0


def test_the_benchmark_measures_what_it_says(view: ConversationView) -> None:
    recorder = Recorder()
    measure_window(recorder, lambda _: None, messages=60)
    figures = {figure.name: figure for figure in recorder.figures}
    assert set(figures) == {f"window.{name}" for name in ("open", "scroll", "jump", "grow", "memory")}
    assert figures["window.memory"].unit == "MB"
    assert all(min(figure.samples) > 0 for name, figure in figures.items() if name != "window.memory")

"""The column of bubbles: layout, scrolling, following the end, and painting no more than what changed."""

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSlider, QApplication
from pytestqt.qtbot import QtBot

from companion.engine.errors import GenerationError
from companion.engine.events import (
    ReplyToken,
    TurnFailed,
)
from companion.ui.bubble import Bubble, utf16_offset
from companion.ui.conversation_model import NOTIFY_MS
from companion.ui.conversation_view import ConversationView
from companion.ui.palette import LIGHT
from companion.ui.rows import Row, RowKind
from companion.ui.theme import Scheme, Theme
from tests.ui.conversation import at_end, fill, page_up, reply, row_top, say

# The offscreen platform has no window manager to talk to, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_the_newest_words_are_in_sight(view: ConversationView) -> None:
    fill(view, 30)
    assert view.verticalScrollBar().maximum() > 0
    assert at_end(view)
    reply(view, 1, "word " * 200)
    assert at_end(view)


def test_who_reads_further_up_is_left_alone(view: ConversationView) -> None:
    fill(view, 30)
    say(view, 1, "Next")
    page_up(view)
    assert not view.following
    row = view.indexAt(QPoint(240, 5)).row()
    top = row_top(view, row)
    for _ in range(20):
        reply(view, 1, "word " * 20)
    assert row_top(view, row) == top
    assert view._jump.isVisible()


def test_rows_measured_for_the_first_time_do_not_make_the_page_jump(view: ConversationView) -> None:
    fill(view, 200)
    for _ in range(20):
        page_up(view)
        row = view.indexAt(QPoint(240, 250)).row()
        top = row_top(view, row)
        view._settle()
        assert row_top(view, row) == top


def test_one_can_jump_back_to_the_newest(qtbot: QtBot, view: ConversationView) -> None:
    fill(view, 30)
    page_up(view)
    QTest.mouseClick(view._jump, Qt.MouseButton.LeftButton)
    assert view.following
    assert at_end(view)
    assert not view._jump.isVisible()


def test_scrolling_back_down_follows_again(view: ConversationView) -> None:
    fill(view, 30)
    page_up(view)
    view.verticalScrollBar().triggerAction(QAbstractSlider.SliderAction.SliderToMaximum)
    assert view.following


def test_ones_own_words_are_always_shown(view: ConversationView) -> None:
    fill(view, 30)
    page_up(view)
    say(view, 1, "Mine")
    assert view.following
    assert at_end(view)


def test_with_motion_it_slides(qtbot: QtBot, view: ConversationView, theme: Theme) -> None:
    theme.set_reduce_motion(False)
    fill(view, 30)
    say(view, 1, "Next")
    qtbot.waitUntil(lambda: at_end(view))


def test_no_row_overlaps_the_next_at_any_width(view: ConversationView) -> None:
    fill(view, 40)
    for width in (360, 481, 700, 1200):
        view.resize(width, 500)
        view.jump_to_latest()
        first = view.indexAt(QPoint(width // 2, 30)).row()
        for row in range(max(1, first), view._conversation.rowCount()):
            index = view._conversation.index(row)
            assert row_top(view, row) >= view.visualRect(index.siblingAtRow(row - 1)).bottom()
            bubble = view._column.bubble(row)
            assert bubble.height + view._column.gap_above(row) == view._column.heights[row]
            assert bubble.frame.right() <= view._column.width + 0.5


def test_a_long_word_is_broken_rather_than_cut_off(theme: Theme) -> None:
    bubble = Bubble(Row(kind=RowKind.USER, turn_id=1, text="x" * 500), 300, theme)
    assert bubble.frame.left() >= 0
    assert bubble._text.lineCount() > 5


def test_markup_is_shown_and_not_obeyed(theme: Theme) -> None:
    text = "<b>bold</b> & <script>"
    bubble = Bubble(Row(kind=RowKind.USER, turn_id=1, text=text), 600, theme)
    assert bubble._text.text() == text


def test_an_interrupted_reply_is_struck_from_where_it_was_cut(theme: Theme) -> None:
    row = Row(kind=RowKind.ASSISTANT, turn_id=1, text="One 😀. Two.", interrupted=True, heard=6)
    (struck,) = Bubble(row, 600, theme)._text.formats()
    assert struck.start == utf16_offset(row.text, 6) == 7
    assert struck.format.fontStrikeOut()


def test_home_and_end_reach_the_ends(view: ConversationView) -> None:
    fill(view, 50)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.currentIndex().row() == 0
    assert row_top(view, 0) == 0
    QTest.keyClick(view, Qt.Key.Key_PageDown)
    assert 0 < view.currentIndex().row() < 30
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.currentIndex().row() == 99
    assert view.following


def test_bubbles_are_painted_in_their_colours(view: ConversationView) -> None:
    say(view, 1, "Mine")
    reply(view, 1, "Yours")
    error = GenerationError("g", "It broke.", hint="Ask again.")
    view._conversation.apply(TurnFailed(turn_id=1, error=error))
    image = view.viewport().grab().toImage()
    for row, color in enumerate((LIGHT.user_bubble, LIGHT.surface, LIGHT.problem_surface)):
        frame = view._column.bubble(row).frame
        inside = (view._origin(row) + frame.topLeft()).toPoint() + QPoint(int(frame.width() / 2), 4)
        scale = image.devicePixelRatio()
        assert image.pixelColor(inside * scale) == QColor(color)


def test_a_new_look_keeps_the_place(view: ConversationView, theme: Theme) -> None:
    fill(view, 60)
    page_up(view)
    row = view.indexAt(QPoint(240, 0)).row()
    theme.set_scheme(Scheme.DARK)
    assert view.indexAt(QPoint(240, 2)).row() == row


def test_only_what_is_in_sight_is_laid_out(view: ConversationView) -> None:
    fill(view, 3000)
    view.viewport().grab()
    assert len(view._column._bubbles) < 40
    reply(view, 1, "A")
    view._column._bubbles.clear()
    reply(view, 1, "B")
    view.viewport().grab()
    assert len(view._column._bubbles) < 20


def on_screen(view: ConversationView) -> QImage:
    """Return what the window's surface holds, which is what scrolling moved and painting added."""
    for _ in range(3):  # a scroll bar that changes has the layout looked at again, once more behind that
        QApplication.processEvents()
    return view.screen().grabWindow(view.winId()).toImage()


def test_scrolling_moves_pixels_and_leaves_none_behind(view: ConversationView) -> None:
    fill(view, 30)
    bar = view.verticalScrollBar()
    on_screen(view)
    for step in (-7, -130, 40, -600, 1, 333):
        view._following = False
        bar.setValue(bar.value() + step)
        shown = on_screen(view)
        view.viewport().update()
        assert shown == on_screen(view)


def test_words_that_grow_while_it_scrolls_are_painted_where_they_are(view: ConversationView) -> None:
    fill(view, 30)
    for number in range(30):
        reply(view, 1, f"word {number} ")
        shown = on_screen(view)
        view.viewport().update()
        assert shown == on_screen(view)


class Painted(QObject):
    """Keeps the areas that were painted."""

    def __init__(self, view: ConversationView) -> None:
        super().__init__(view)
        self.regions: list[QRect] = []
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.regions.append(event.rect())
        return False


def test_a_token_paints_and_lays_out_its_own_bubble_only(view: ConversationView) -> None:
    fill(view, 30)
    reply(view, 1, "One")
    on_screen(view)
    kept = dict(view._column._bubbles)
    painted = Painted(view)
    reply(view, 1, " two")
    on_screen(view)
    last = view._conversation.rowCount() - 1
    (region,) = painted.regions
    assert region.top() >= row_top(view, last)
    assert [row for row, bubble in view._column._bubbles.items() if kept.get(row) is not bubble] == [last]


def test_words_not_told_of_yet_are_not_laid_out_by_a_paint(view: ConversationView) -> None:
    reply(view, 1, "One")
    bubble = view._column.bubble(0)
    view._conversation.apply(ReplyToken(turn_id=1, text=" two", at_s=0))
    view.viewport().grab()
    assert view._column.bubble(0) is bubble
    view._conversation._notify()
    assert view._column.bubble(0).row.text == "One two"


def test_a_step_of_scrolling_paints_what_came_into_sight(view: ConversationView) -> None:
    fill(view, 30)
    on_screen(view)
    painted = Painted(view)
    view._following = False
    view.verticalScrollBar().setValue(view.verticalScrollBar().value() - 10)
    on_screen(view)
    assert sum(region.height() for region in painted.regions) <= 50, "the strip, and the arrow that appears"


def test_tokens_are_told_twenty_times_a_second_at_most(qtbot: QtBot, view: ConversationView) -> None:
    say(view, 1, "Why?")
    reply(view, 1, "First")
    changes: list[str] = []
    view._conversation.dataChanged.connect(lambda: changes.append(view._conversation.row(1).text))
    for number in range(200):
        view._conversation.apply(ReplyToken(turn_id=1, text=f" {number}", at_s=0))
    assert changes == []
    qtbot.waitUntil(lambda: bool(changes))
    assert changes[0].endswith(" 199")
    assert len(changes) == 1
    assert NOTIFY_MS >= 33

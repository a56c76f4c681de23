"""Scrolling, selecting, copying and painting."""

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSlider, QMenu
from pytestqt.qtbot import QtBot

from companion.engine.errors import GenerationError
from companion.engine.events import ReplyToken, TranscriptFinal, TurnFailed, TurnInterrupted
from companion.engine.messages import ChatMessage
from companion.engine.metrics import TurnMetrics
from companion.ui.bubble import Bubble, utf16_offset
from companion.ui.conversation_model import ConversationModel
from companion.ui.conversation_view import ConversationView
from companion.ui.rows import Row, RowKind
from companion.ui.theme import LIGHT, Scheme, Theme

# The offscreen platform has no window manager to talk to, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> ConversationView:
    model = ConversationModel()
    view = ConversationView(model, theme)
    model.setParent(view)
    qtbot.addWidget(view)
    view.resize(480, 500)
    view.show()
    qtbot.waitExposed(view)
    return view


def fill(view: ConversationView, turns: int) -> None:
    messages = []
    for number in range(turns):
        messages.append(ChatMessage(role="user", text=f"Question number {number}, is it a long one?"))
        messages.append(ChatMessage(role="assistant", text=f"Answer {number}. " * (1 + number % 9)))
    view._conversation.show_messages(messages)


def say(view: ConversationView, turn: int, text: str) -> None:
    view._conversation.apply(TranscriptFinal(turn_id=turn, text=text, language="en", at_s=0))


def reply(view: ConversationView, turn: int, text: str) -> None:
    view._conversation.apply(ReplyToken(turn_id=turn, text=text, at_s=0))
    view._conversation._notify()


def at_end(view: ConversationView) -> bool:
    bar = view.verticalScrollBar()
    return bar.value() == bar.maximum()


def page_up(view: ConversationView) -> None:
    view.verticalScrollBar().triggerAction(QAbstractSlider.SliderAction.SliderPageStepSub)


def row_top(view: ConversationView, row: int) -> int:
    return view.visualRect(view._conversation.index(row)).top()


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
            bubble = view._bubble(row)
            assert bubble.height + view._gap_above(row) == view._heights[row]
            assert bubble.frame.right() <= view._column()[1] + 0.5


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


def test_a_click_makes_no_selection_and_a_drag_selects_words(qtbot: QtBot, view: ConversationView) -> None:
    say(view, 1, "Why is the sky blue?")
    origin, bubble = view._origin(0), view._bubble(0)
    left = (origin + bubble._origin).toPoint() + QPoint(0, 8)
    right = QPoint(int(origin.x() + bubble.frame.right()) - 1, left.y())
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=left)
    assert view.selected_text() == ""
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=left)
    QTest.mouseMove(view.viewport(), pos=right)
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=right)
    assert view.selected_text() == "Why is the sky blue?"
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Why is the sky blue?"


def test_a_double_click_selects_a_word(qtbot: QtBot, view: ConversationView) -> None:
    say(view, 1, "Why not?")
    start = (view._origin(0) + view._bubble(0)._origin).toPoint() + QPoint(4, 8)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=start)
    assert view.selected_text() == "Why"


def test_the_keyboard_selects_and_copies_rows(view: ConversationView) -> None:
    say(view, 1, "Why?")
    reply(view, 1, "One. Two.")
    view._conversation.apply(TurnInterrupted(turn_id=1, heard_text="One.", metrics=TurnMetrics(turn_id=1)))
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert view.selected_text() == "One."
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert view.selected_text() == "Why?"
    QTest.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    view.copy()
    assert QGuiApplication.clipboard().text() == "Why?\n\nOne."


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


def test_the_context_menu_copies_what_is_under_the_mouse(qtbot: QtBot, view: ConversationView) -> None:
    say(view, 1, "Why?")
    point = view.visualRect(view._conversation.index(0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.RightButton, pos=point)
    from PySide6.QtGui import QContextMenuEvent

    view.contextMenuEvent(QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, view.viewport().mapToGlobal(point)))
    menu = view.findChild(QMenu)
    assert isinstance(menu, QMenu)
    next(action for action in menu.actions() if action.text() == "Copy").trigger()
    assert QGuiApplication.clipboard().text() == "Why?"
    menu.close()


def test_selected_words_survive_growth_elsewhere_but_not_their_row(view: ConversationView) -> None:
    say(view, 1, "Why?")
    view._words = (0, 0, 3)
    reply(view, 1, "Because.")
    assert view.selected_text() == "Why"
    view._conversation.clear()
    assert view.selected_text() == ""


def test_bubbles_are_painted_in_their_colours(view: ConversationView) -> None:
    say(view, 1, "Mine")
    reply(view, 1, "Yours")
    error = GenerationError("g", "It broke.", hint="Ask again.")
    view._conversation.apply(TurnFailed(turn_id=1, error=error))
    image = view.viewport().grab().toImage()
    for row, color in enumerate((LIGHT.user_bubble, LIGHT.surface, LIGHT.problem_surface)):
        frame = view._bubble(row).frame
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
    assert len(view._bubbles) < 40
    reply(view, 1, "A")
    view._bubbles.clear()
    reply(view, 1, "B")
    view.viewport().grab()
    assert len(view._bubbles) < 20


def test_rows_can_be_selected_from_outside(view: ConversationView) -> None:
    fill(view, 2)
    index = view._conversation.index(1)
    view.selectionModel().select(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    assert view.selected_text().startswith("Answer 0")

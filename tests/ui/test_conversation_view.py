"""Selecting, copying, and asking how a turn went."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from companion.engine.events import (
    PlaybackStarted,
    TurnCompleted,
    TurnInterrupted,
)
from companion.engine.metrics import TurnMetrics
from companion.ui import strings
from companion.ui.conversation_view import ConversationView
from tests.ui.conversation import double_click, fill, reply, say

# The offscreen platform has no window manager to talk to, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_a_click_makes_no_selection_and_a_drag_selects_words(qtbot: QtBot, view: ConversationView) -> None:
    say(view, 1, "Why is the sky blue?")
    origin, bubble = view._origin(0), view._column.bubble(0)
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
    double_click(view, 0)
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


@contextmanager
def context_menu(view: ConversationView, row: int) -> Iterator[QMenu]:
    point = view.visualRect(view._conversation.index(row)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.RightButton, pos=point)
    view.contextMenuEvent(QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, view.viewport().mapToGlobal(point)))
    menu = view.findChildren(QMenu)[-1]
    yield menu
    menu.close()


def entry(menu: QMenu, text: str) -> QAction:
    return next(action for action in menu.actions() if action.text() == text)


def test_the_context_menu_copies_what_is_under_the_mouse(qtbot: QtBot, view: ConversationView) -> None:
    say(view, 1, "Why?")
    with context_menu(view, 0) as menu:
        entry(menu, "Copy").trigger()
    assert QGuiApplication.clipboard().text() == "Why?"


def one_turn(view: ConversationView, *, complete: bool = True) -> list[int]:
    """Show a turn, and return the list of rows whose story is asked for from now on."""
    asked: list[int] = []
    view.turn_details_requested.connect(asked.append)
    say(view, 1, "Why?")
    reply(view, 1, "Because.")
    view._conversation.apply(PlaybackStarted(turn_id=1, release_latency_s=0.12, at_s=0))
    if complete:
        view._conversation.apply(TurnCompleted(turn_id=1, metrics=TurnMetrics(turn_id=1, release_latency_s=0.12)))
    return asked


def stamp(view: ConversationView) -> QPoint:
    return (view._origin(1) + view._column.bubble(1).stamp_rect.center()).toPoint()


def test_a_click_on_the_latency_asks_how_the_turn_went(view: ConversationView) -> None:
    asked = one_turn(view)
    QTest.mouseMove(view.viewport(), pos=stamp(view))
    assert view.viewport().cursor().shape() is Qt.CursorShape.PointingHandCursor
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=stamp(view))
    assert asked == [1]


def test_only_a_whole_click_on_the_latency_counts(view: ConversationView) -> None:
    asked = one_turn(view)
    words = (view._origin(1) + view._column.bubble(1)._origin).toPoint() + QPoint(4, 8)
    for pressed, released in ((words, words), (stamp(view), words), (words, stamp(view))):
        QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=pressed)
        QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=released)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.RightButton, pos=stamp(view))
    assert asked == []


@pytest.mark.parametrize("which", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_on_a_reply_asks_how_its_turn_went(view: ConversationView, which: Qt.Key) -> None:
    asked = one_turn(view)
    view.setFocus()
    QTest.keyClick(view, which)
    assert asked == [], "no row is current"
    QTest.keyClick(view, Qt.Key.Key_End)
    QTest.keyClick(view, which)
    assert asked == [1]
    QTest.keyClick(view, Qt.Key.Key_Up)
    QTest.keyClick(view, which)
    assert asked == [1], "the question's own row has no figures"


def test_the_context_menu_asks_how_the_turn_went(view: ConversationView) -> None:
    asked = one_turn(view)
    with context_menu(view, 0) as menu:
        assert strings.WATERFALL not in [action.text() for action in menu.actions()]
    with context_menu(view, 1) as menu:
        entry(menu, strings.WATERFALL).trigger()
    assert asked == [1]


def test_a_turn_in_progress_cannot_be_opened(view: ConversationView) -> None:
    asked = one_turn(view, complete=False)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_End)
    QTest.keyClick(view, Qt.Key.Key_Return)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=stamp(view))
    with context_menu(view, 1) as menu:
        assert strings.WATERFALL not in [action.text() for action in menu.actions()]
    assert asked == []


def test_selected_words_survive_growth_elsewhere_but_not_their_row(view: ConversationView) -> None:
    say(view, 1, "Why?")
    double_click(view, 0)
    reply(view, 1, "Because.")
    assert view.selected_text() == "Why"
    view._conversation.clear()
    assert view.selected_text() == ""


def test_rows_can_be_selected_from_outside(view: ConversationView) -> None:
    fill(view, 2)
    index = view._conversation.index(1)
    view.selectionModel().select(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    assert view.selected_text().startswith("Answer 0")

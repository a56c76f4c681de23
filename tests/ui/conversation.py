"""Fills and moves a conversation view, for the tests of every part of it."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSlider

from companion.engine.events import ReplyToken, TranscriptFinal
from companion.engine.messages import ChatMessage
from companion.ui.conversation_view import ConversationView


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


def double_click(view: ConversationView, row: int) -> None:
    """Select the first word of a row."""
    start = (view._origin(row) + view._column.bubble(row)._origin).toPoint() + QPoint(4, 8)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=start)


def at_end(view: ConversationView) -> bool:
    bar = view.verticalScrollBar()
    return bar.value() == bar.maximum()


def page_up(view: ConversationView) -> None:
    view.verticalScrollBar().triggerAction(QAbstractSlider.SliderAction.SliderPageStepSub)


def row_top(view: ConversationView, row: int) -> int:
    return view.visualRect(view._conversation.index(row)).top()

"""The Qt list model over the rows."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from companion.engine.events import (
    ReplyToken,
    TranscriptFinal,
    TranscriptPartial,
    TurnCompleted,
    TurnEmpty,
    TurnInterrupted,
    TurnStarted,
)
from companion.engine.messages import ChatMessage
from companion.engine.metrics import TurnMetrics
from companion.ui.conversation_model import ConversationModel


@pytest.fixture
def model(qapp: QApplication) -> Iterator[ConversationModel]:
    model = ConversationModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield model
    tester.deleteLater()


def final(turn: int, text: str) -> TranscriptFinal:
    return TranscriptFinal(turn_id=turn, text=text, language="en", at_s=0)


def token(turn: int, text: str) -> ReplyToken:
    return ReplyToken(turn_id=turn, text=text, at_s=0)


def texts(model: ConversationModel) -> list[str]:
    return [model.data(model.index(i)) for i in range(model.rowCount())]


def test_rows_come_change_and_go(model: ConversationModel) -> None:
    model.apply(TranscriptPartial(turn_id=1, text="why", at_s=0))
    model.apply(final(1, "Why?"))
    model.apply(token(1, "Because."))
    assert texts(model) == ["Why?", "Because."]
    model.apply(TranscriptPartial(turn_id=2, text="hm", at_s=0))
    model.apply(TurnEmpty(turn_id=2, reason="silence"))
    assert texts(model) == ["Why?", "Because."]


def test_tokens_are_there_at_once_and_told_together(qtbot: QtBot, model: ConversationModel) -> None:
    model.apply(token(1, "A"))
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    with qtbot.waitSignal(model.dataChanged):
        for letter in "BCDEFGH":
            model.apply(token(1, letter))
        assert texts(model) == ["ABCDEFGH"]
        assert told == []
    assert told == [(0, 0)]


def test_what_ends_a_turn_is_told_at_once(model: ConversationModel) -> None:
    model.apply(token(1, "A"))
    told: list[int] = []
    model.dataChanged.connect(lambda first, last: told.append(first.row()))
    model.apply(token(1, "B"))
    model.apply(TurnCompleted(turn_id=1, metrics=TurnMetrics(turn_id=1, release_latency_s=0.1)))
    assert told == [0]


def test_a_forgotten_conversation_stays_forgotten(model: ConversationModel) -> None:
    model.apply(final(3, "Old"))
    model.apply(token(3, "reply"))
    model.clear()
    model.apply(token(3, " still coming"))
    assert texts(model) == []
    model.apply(TurnStarted(turn_id=4, at_s=0))
    model.apply(final(4, "New"))
    assert texts(model) == ["New"]


def test_an_earlier_conversation_can_be_shown_and_gone_on_with(model: ConversationModel) -> None:
    model.show_messages([ChatMessage(role="user", text="Hi"), ChatMessage(role="assistant", text="Hello")])
    model.apply(final(1, "Next"))
    assert texts(model) == ["Hi", "Hello", "Next"]
    assert model.as_text() == "You: Hi\n\nCompanion: Hello\n\nYou: Next"


def test_it_says_when_it_is_empty(model: ConversationModel) -> None:
    said: list[bool] = []
    model.emptied.connect(said.append)
    model.apply(final(1, "A"))
    model.apply(final(2, "B"))
    model.clear()
    assert said == [False, True]


def test_a_screen_reader_hears_who_what_and_how_fast(model: ConversationModel) -> None:
    model.apply(token(1, "One. Two."))
    metrics = TurnMetrics(turn_id=1, release_latency_s=0.25)
    model.apply(TurnInterrupted(turn_id=1, heard_text="One.", metrics=metrics))
    spoken = model.data(model.index(0), Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Companion: One. (stopped) (250 ms, a little late)"


def test_there_is_nothing_outside_the_rows(model: ConversationModel) -> None:
    assert model.data(QModelIndex()) is None
    assert model.data(model.index(0), Qt.ItemDataRole.DecorationRole) is None

"""What the window does with a turn's latency: keeps it, and shows how it came about."""

import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from companion.engine.events import Event, ReplyToken, TranscriptFinal, TurnCompleted, TurnInterrupted
from companion.engine.metrics import TurnMetrics
from companion.latency_history import LatencyHistory
from companion.ui import strings
from companion.ui.bridge import EngineBridge
from companion.ui.main_window import MainWindow
from companion.ui.statistics_view import StatisticsView
from companion.ui.theme import Theme
from companion.ui.turn_window import TurnWindow
from tests.fakes.engine import FakeEngine
from tests.fakes.turn_metrics import GOOD_TURN, SLOW_TURN

# The offscreen platform has no window manager to talk to, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def send(qtbot: QtBot, window: MainWindow, engine: FakeEngine, *events: Event) -> None:
    """Send events and wait until the window has seen the last."""
    with qtbot.waitSignal(window._bridge.event_received, check_params_cb=lambda event: event is events[-1]):
        engine.emit(*events)


def answered(metrics: TurnMetrics) -> list[Event]:
    turn = metrics.turn_id
    return [
        TranscriptFinal(turn_id=turn, text="Why?", language="en", at_s=0),
        ReplyToken(turn_id=turn, text="Because.", at_s=0),
        TurnCompleted(turn_id=turn, metrics=metrics),
    ]


def statistics_action(window: MainWindow) -> QAction:
    (action,) = [action for action in window.menu.actions() if action.text() == strings.STATISTICS]
    return action


def test_enter_on_an_answer_shows_how_it_was_made(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    send(qtbot, window, engine, *answered(SLOW_TURN), *answered(GOOD_TURN))
    window.view.setFocus()
    QTest.keyClick(window.view, Qt.Key.Key_End)
    QTest.keyClick(window.view, Qt.Key.Key_Return)
    beside = window.findChild(TurnWindow)
    assert isinstance(beside, TurnWindow)
    assert beside.isVisible()
    assert beside.reason.isHidden()
    for _ in range(2):
        QTest.keyClick(window.view, Qt.Key.Key_Up)
    QTest.keyClick(window.view, Qt.Key.Key_Return)
    assert window.findChildren(TurnWindow) == [beside]
    assert "because" in beside.reason.message.text()


def test_every_spoken_turn_is_kept_when_it_has_ended(
    qtbot: QtBot, theme: Theme, bridge: EngineBridge, engine: FakeEngine, tmp_path: Path
) -> None:
    path = tmp_path / "latency.jsonl"
    window = MainWindow(bridge, theme, history=LatencyHistory(path, session_s=1.0))
    qtbot.addWidget(window)
    *speaking, completed = answered(GOOD_TURN)
    send(qtbot, window, engine, *speaking)
    assert not path.exists(), "nothing is written before the turn has ended"
    typed = TurnMetrics(turn_id=4)
    interrupted = TurnInterrupted(turn_id=3, heard_text="Bec", metrics=TurnMetrics(turn_id=3, release_latency_s=0.3))
    send(qtbot, window, engine, completed, interrupted, TurnCompleted(turn_id=4, metrics=typed))
    kept = LatencyHistory(path, session_s=2.0).records()
    assert [(record.turn_id, record.release_latency_s) for record in kept] == [(2, 0.118), (3, 0.3)]
    assert abs(kept[0].at_s - time.time()) < 3600
    assert "ecause" not in path.read_text(encoding="utf-8")


def test_the_menu_shows_the_statistics_and_they_follow(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    statistics_action(window).trigger()
    view = window.findChild(StatisticsView)
    assert isinstance(view, StatisticsView)
    qtbot.waitExposed(view)
    assert not view.isModal()
    assert view.empty.isVisible()
    send(qtbot, window, engine, *answered(GOOD_TURN))
    assert len(view.chart.records) == 1
    view.close()
    send(qtbot, window, engine, *answered(SLOW_TURN))
    statistics_action(window).trigger()
    assert window.findChildren(StatisticsView) == [view]
    assert len(view.chart.records) == 2


def test_the_windows_beside_close_with_this_one(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    send(qtbot, window, engine, *answered(GOOD_TURN))
    statistics_action(window).trigger()
    window.view.turn_details_requested.emit(1)
    beside = [window.findChild(StatisticsView), window.findChild(TurnWindow)]
    with qtbot.waitSignal(window.finished):
        window.close()
    assert [widget is not None and widget.isVisible() for widget in beside] == [False, False]

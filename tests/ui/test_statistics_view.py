"""The statistics: figures, picture, export, forgetting."""

import csv
import io
import json
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog
from pytestqt.qtbot import QtBot

from companion.latency_history import LatencyHistory, latency_figures
from companion.ui import strings
from companion.ui.latency_chart import top_of_scale
from companion.ui.question import Question
from companion.ui.statistics_view import StatisticsView
from companion.ui.theme import Scheme, Theme
from tests.fakes.turn_metrics import NOON_S, fill, spoken

# The offscreen platform has no window manager to talk to, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def history(tmp_path: Path) -> LatencyHistory:
    path = tmp_path / "latency.jsonl"
    fill(LatencyHistory(path, session_s=NOON_S), 120)
    history = LatencyHistory(path, session_s=NOON_S + 86_400)
    for turn, latency_s in enumerate((0.25, 0.1, 0.15, 0.5), 1):
        history.add(spoken(turn, latency_s, first=turn == 1), NOON_S + 86_400 + turn)
    return history


def shown(qtbot: QtBot, history: LatencyHistory, theme: Theme) -> StatisticsView:
    view = StatisticsView(history, theme)
    qtbot.addWidget(view)
    view.show()
    qtbot.waitExposed(view)
    return view


@pytest.fixture
def view(qtbot: QtBot, history: LatencyHistory, theme: Theme) -> StatisticsView:
    return shown(qtbot, history, theme)


def row(view: StatisticsView, number: int) -> list[str]:
    items = [view.table.item(number, column) for column in range(view.table.columnCount())]
    return [item.text() for item in items if item is not None]


def test_the_table_has_the_figures_of_each_range(view: StatisticsView) -> None:
    assert row(view, 0) == ["Since the start", "4", "250 ms", "150 ms", "500 ms", "100 ms", "500 ms", "50 %"]
    assert row(view, 1)[:2] == ["Last 100", "100"]
    assert row(view, 2)[:2] == ["All", "124"]


def test_choosing_a_row_shows_its_turns(view: StatisticsView) -> None:
    assert len(view.chart.records) == 100
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_Up)
    assert len(view.chart.records) == 4
    QTest.keyClick(view.table, Qt.Key.Key_Down)
    QTest.keyClick(view.table, Qt.Key.Key_Down)
    assert len(view.chart.records) == 124


def test_the_keyboard_walks_through_the_turns(view: StatisticsView) -> None:
    view.table.selectRow(0)
    chart = view.chart
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_Left)
    assert view.readout.text().startswith("Turn 4 of 4: 500 ms, late")
    QTest.keyClick(chart, Qt.Key.Key_Left)
    assert view.readout.text().startswith("Turn 3 of 4: 150 ms, in time")
    QTest.keyClick(chart, Qt.Key.Key_Home)
    QTest.keyClick(chart, Qt.Key.Key_Left)
    assert view.readout.text().startswith("Turn 1 of 4: 250 ms, a little late, first after a start")
    QTest.keyClick(chart, Qt.Key.Key_End)
    assert view.readout.text().startswith("Turn 4")
    chart.clearFocus()
    assert view.readout.text() == strings.STATISTICS_HINT


def test_the_mouse_finds_the_nearest_turn(view: StatisticsView) -> None:
    view.table.selectRow(0)
    plot = view.chart._plot()
    place = QPoint(round(plot.left() + plot.width() * 0.4), round(plot.center().y()))
    QTest.mouseMove(view.chart, place)
    assert view.readout.text().startswith("Turn 2 of 4: 100 ms")
    assert view.chart.index_at(plot.left() - 1) is None
    assert view.chart.index_at(plot.right()) == 3


def test_what_the_picture_says_to_a_screen_reader(view: StatisticsView) -> None:
    view.table.selectRow(0)
    assert view.chart.accessibleName() == strings.STATISTICS_CHART
    assert view.chart.accessibleDescription() == (
        "Turns: 4. Half of them took 150 ms or less, 95 % took 500 ms or less; 50 % under 200 ms."
    )
    assert view.table.accessibleName()
    cell = view.table.item(0, 3)
    assert cell is not None
    assert cell.data(Qt.ItemDataRole.AccessibleTextRole) == "p50: 150 ms"
    assert all(button.text() for button in view.findChildren(QAbstractButton) if button.isVisible())


def test_a_turn_that_ends_meanwhile_is_added(view: StatisticsView, history: LatencyHistory) -> None:
    history.add(spoken(5, 0.12), NOON_S + 90_000)
    view.refresh()
    assert row(view, 0)[1] == "5"
    assert view.chart.records[-1].release_latency_s == 0.12


def test_out_of_sight_it_does_nothing(qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    history = LatencyHistory()
    view = StatisticsView(history, theme)
    qtbot.addWidget(view)
    monkeypatch.setattr(history, "records", lambda: pytest.fail("the file would be read"))
    view.refresh()


def test_before_the_first_answer_it_says_what_to_do(qtbot: QtBot, theme: Theme) -> None:
    history = LatencyHistory()
    view = shown(qtbot, history, theme)
    assert view.empty.isVisible()
    assert view.empty.accessibleDescription() == strings.STATISTICS_EMPTY_BODY
    assert not view.export_button.isEnabled()
    assert not view.clear_button.isEnabled()
    history.add(spoken(1, 0.1, first=True), NOON_S)
    view.refresh()
    assert view.chart.isVisible()
    assert view.export_button.isEnabled()


@pytest.mark.parametrize(("chosen", "suffix"), [(strings.EXPORT_TABLE, "csv"), (strings.EXPORT_JSON, "json")])
def test_export_through_the_file_dialog(view: StatisticsView, tmp_path: Path, chosen: str, suffix: str) -> None:
    QTest.mouseClick(view.export_button, Qt.MouseButton.LeftButton)
    dialog = view.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    dialog.filterSelected.emit(chosen)
    assert dialog.defaultSuffix() == suffix
    target = tmp_path / f"out.{suffix}"
    dialog.fileSelected.emit(str(target))
    text = target.read_text(encoding="utf-8")
    if suffix == "json":
        found = json.loads(text)
        assert found["figures"]["turns"] == len(found["turns"]) == 124
    else:
        rows = list(csv.DictReader(io.StringIO(text)))
        assert len(rows) == 124
        assert rows[-1]["release_latency_ms"] == "500.0"
    assert view.problem.isHidden()
    dialog.close()


def test_a_file_that_cannot_be_written_is_said_and_the_next_one_takes_it_back(
    view: StatisticsView, tmp_path: Path
) -> None:
    view.export_to(tmp_path / "no-such-folder" / "out.csv")
    assert view.problem.isVisible()
    assert view.problem.message.text() == strings.EXPORT_FAILED
    assert view.problem.hint.text().endswith("Choose another folder.")
    view.export_to(tmp_path / "out.csv")
    assert view.problem.isHidden()


def test_forgetting_asks_first(view: StatisticsView, history: LatencyHistory, tmp_path: Path) -> None:
    for answer, left in ((Question.reject, 124), (Question.accept, 0)):
        QTest.mouseClick(view.clear_button, Qt.MouseButton.LeftButton)
        answer(next(question for question in view.findChildren(Question) if question.isVisible()))
        assert len(history.records()) == left
    assert view.empty.isVisible()
    assert not (tmp_path / "latency.jsonl").exists()


def test_figures_that_could_not_be_saved_are_said(view: StatisticsView, history: LatencyHistory) -> None:
    history.problem = "No space left on device"
    view.refresh()
    assert view.problem.isVisible()
    assert view.problem.hint.text() == "No space left on device"


def test_one_very_slow_turn_does_not_flatten_the_others() -> None:
    history = LatencyHistory()
    fill(history, 99)
    history.add(spoken(100, 9.0), NOON_S)
    figures = latency_figures(history.records(), 0.2)
    assert figures is not None
    assert figures.p95_s < top_of_scale(figures) < 1.0


def test_the_promise_is_always_on_the_picture() -> None:
    history = LatencyHistory()
    history.add(spoken(1, 0.0), NOON_S)
    figures = latency_figures(history.records(), 0.2)
    assert figures is not None
    assert top_of_scale(figures) > 0.2


@pytest.mark.parametrize("turns", [1, 2, 100, 3000])
def test_any_number_of_turns_can_be_drawn(qtbot: QtBot, theme: Theme, turns: int) -> None:
    history = LatencyHistory()
    fill(history, turns)
    view = shown(qtbot, history, theme)
    view.table.selectRow(2)
    for width, height in ((1, 1), (1800, 1200)):
        view.resize(width, height)
        assert not view.grab().isNull()
        assert view.chart.width() >= view.chart.minimumSizeHint().width()
    theme.set_scheme(Scheme.DARK)
    QTest.keyClick(view.chart, Qt.Key.Key_Left)
    assert not view.grab().isNull()

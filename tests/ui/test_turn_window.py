"""The window about one turn: picture, keyboard, words."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from companion.engine.metrics import TurnMetrics
from companion.ui import strings
from companion.ui.palette import DARK, LIGHT, Colors
from companion.ui.theme import Scheme, Theme
from companion.ui.turn_window import TurnWindow
from companion.ui.waterfall import Waterfall
from tests.fakes.turn_metrics import GOOD_TURN, SLOW_TURN

# The offscreen platform has no window manager to talk to, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def turn_window(qtbot: QtBot, theme: Theme) -> TurnWindow:
    window = TurnWindow(theme)
    qtbot.addWidget(window)
    window.show_turn(GOOD_TURN)
    qtbot.waitExposed(window)
    qtbot.waitUntil(window.chart.hasFocus)
    return window


def lane_of(chart: Waterfall) -> str | None:
    return chart.current_lane.kind if chart.current_lane else None


def middle(chart: Waterfall, lane: int, index: int) -> QPointF:
    return chart._bar(chart._plot(), lane, chart._lanes[lane].spans[index]).center()


def test_it_blocks_nothing(turn_window: TurnWindow) -> None:
    assert not turn_window.isModal()


def test_a_turn_in_time_needs_no_reason_and_a_slow_one_has_one(turn_window: TurnWindow) -> None:
    assert turn_window.reason.isHidden()
    turn_window.show_turn(SLOW_TURN, "The answer was slow because.")
    assert turn_window.reason.isVisible()
    assert turn_window.reason.message.text() == "The answer was slow because."
    turn_window.show_turn(GOOD_TURN)
    assert turn_window.reason.isHidden()


def test_the_keyboard_walks_through_the_lanes_and_says_what_is_there(turn_window: TurnWindow) -> None:
    chart = turn_window.chart
    QTest.keyClick(chart, Qt.Key.Key_Down)
    assert lane_of(chart) == "voice"
    for _ in range(20):
        QTest.keyClick(chart, Qt.Key.Key_Down)
    assert lane_of(chart) == "sound"
    assert turn_window.readout.text() == "Sound: 4.2 s, from 118 ms to 4.3 s after you let go"
    QTest.keyClick(chart, Qt.Key.Key_Home)
    assert lane_of(chart) == "voice"
    QTest.keyClick(chart, Qt.Key.Key_Up)
    assert lane_of(chart) == "voice"
    turn_window.close_button.setFocus()
    assert turn_window.readout.text() == strings.WATERFALL_HINT


def test_the_mouse_points_at_a_bar_or_at_a_lane(turn_window: TurnWindow) -> None:
    chart = turn_window.chart
    words = "Final transcript: 68 ms, from 80 ms to 12 ms before you let go"
    QTest.mouseMove(chart, middle(chart, 3, 1).toPoint())
    assert turn_window.readout.text() == words
    assert chart.words_at(middle(chart, 3, 1) + QPointF(0, 4)) == words
    plot = chart._plot()
    name = QPointF(20, middle(chart, 3, 1).y())
    assert chart.words_at(name) == chart._lanes[3].words
    assert chart.words_at(QPointF(plot.center().x(), plot.bottom() + 10)) == ""
    assert chart.words_at(QPointF(plot.center().x(), plot.top() - 10)) == ""


def test_the_whole_turn_can_be_seen(turn_window: TurnWindow) -> None:
    near = turn_window.chart.window_s
    QTest.mouseClick(turn_window.whole, Qt.MouseButton.LeftButton)
    begin_s, end_s = turn_window.chart.window_s
    assert begin_s < -2.9 < near[0]
    assert end_s > 4.35 > near[1]
    turn_window.show_turn(SLOW_TURN)
    assert turn_window.chart.window_s[1] > 6, "the choice stays"


def test_everything_can_be_copied_and_read_aloud(turn_window: TurnWindow) -> None:
    QTest.mouseClick(turn_window.copy_button, Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    assert text.startswith(strings.WATERFALL)
    assert "Drafts: 296 ms, from 1.6 s to 1.3 s before you let go, dropped; 82 ms" in text
    assert turn_window.chart.accessibleDescription() == text
    assert turn_window.chart.accessibleName() == strings.WATERFALL
    assert all(button.text() for button in turn_window.findChildren(QAbstractButton) if button.isVisible())
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in turn_window.findChildren(QLabel))


def test_a_typed_turn_has_figures_but_no_picture(turn_window: TurnWindow) -> None:
    turn_window.show_turn(TurnMetrics(turn_id=1, tokens_per_s=75))
    assert turn_window.whole.isHidden()
    QTest.keyClick(turn_window.chart, Qt.Key.Key_Down)
    assert turn_window.chart.current_lane is None
    assert turn_window.chart.words_at(QPointF(200, 120)) == ""
    assert not turn_window.chart.grab().isNull()


def test_escape_closes_it(turn_window: TurnWindow) -> None:
    QTest.keyClick(turn_window.chart, Qt.Key.Key_Escape)
    assert turn_window.isHidden()


@pytest.mark.parametrize(("scheme", "colors"), [(Scheme.LIGHT, LIGHT), (Scheme.DARK, DARK)])
def test_bars_have_the_colours_of_what_they_are_and_dropped_ones_are_hatched(
    turn_window: TurnWindow, theme: Theme, scheme: Scheme, colors: Colors
) -> None:
    theme.set_scheme(scheme)
    turn_window.whole.setChecked(True)
    chart = turn_window.chart
    chart.resize(900, 400)
    image = chart.grab().toImage()
    scale = image.devicePixelRatio()

    def color(lane: int, index: int, aside: QPoint = QPoint()) -> QColor:  # noqa: B008
        return image.pixelColor((middle(chart, lane, index).toPoint() + aside) * scale)

    assert color(0, 0) == QColor(colors.listening)
    assert color(7, 0) == QColor(colors.speaking)
    dropped = {color(2, 0, QPoint(x, 0)).name() for x in range(-6, 7)}
    assert len(dropped) > 2, "lines on the background"
    assert colors.accent not in dropped


def test_it_can_be_small_and_large(turn_window: TurnWindow) -> None:
    for width, height in ((1, 1), (2000, 1400)):
        turn_window.resize(width, height)
        chart = turn_window.chart
        plot = chart._plot()
        assert plot.left() > chart._name_width
        assert plot.right() < chart.width() - chart._note_width
        assert plot.height() / 8 >= chart._names.height()

"""What became of the turns: the history of their latencies, and the two windows that show it. GUI thread."""

import time

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from companion.engine.metrics import TurnMetrics
from companion.latency_history import LatencyHistory
from companion.slow_words import slow_sentence
from companion.ui.statistics_view import StatisticsView
from companion.ui.theme import Theme
from companion.ui.translation import tr
from companion.ui.turn_window import TurnWindow


class LatencyWindows(QObject):
    """Owns the window of one turn and the statistics; each is made when it is first wanted.

    Args:
        history: The latencies since the program started and before.
        theme: The look.
        window: The main window, to which they belong.
    """

    def __init__(self, history: LatencyHistory, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._history = history
        self._theme = theme
        self._window = window
        self._turn: TurnWindow | None = None
        self._statistics: StatisticsView | None = None

    def keep(self, metrics: TurnMetrics) -> None:
        """Add an ended turn to the history: one short line on disk, at a moment when nobody waits for a sound."""
        self._history.add(metrics, time.time())
        if self._statistics is not None:
            self._statistics.refresh()

    def show_turn(self, metrics: TurnMetrics) -> None:
        """Show what was done when in a turn."""
        if self._turn is None:
            self._turn = TurnWindow(self._theme, self._window)
        self._turn.show_turn(metrics, slow_sentence(metrics, tr))

    @Slot()
    def show_statistics(self) -> None:
        """Show how fast the answers came."""
        if self._statistics is None:
            self._statistics = StatisticsView(self._history, self._theme, self._window)
        self._statistics.show()
        self._statistics.raise_()
        self._statistics.activateWindow()

    def close(self) -> None:
        """Close what is open."""
        for window in (self._turn, self._statistics):
            if window is not None:
                window.close()

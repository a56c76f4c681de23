"""The window with the latencies since the program started and before: picture, figures, export. GUI thread.

It looks at the history when it is opened and when a turn has ended while it is open; otherwise it does nothing.
"""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from companion.engine.metrics import PROMISE_S
from companion.latency_history import (
    LatencyFigures,
    LatencyHistory,
    LatencyRecord,
    latency_csv,
    latency_figures,
    latency_json,
)
from companion.ui import strings
from companion.ui.banner import Banner
from companion.ui.empty_page import EmptyPage
from companion.ui.known_sentences import known_sentence
from companion.ui.latency_chart import LatencyChart
from companion.ui.question import ask
from companion.ui.theme import UNIT, Text, Theme
from companion.ui.translation import tr
from companion.ui.turn_strings import NAMED
from companion.ui.turn_window import quiet_button

LAST_TURNS = 100
_WIDTH, _HEIGHT = 720, 600
_EXPORT_NAME = "companion-latency"
_ROWS = (strings.SESSION_TURNS, strings.LAST_TURNS, strings.ALL_TURNS)
_FIRST_ROW = 1
"""The row that is chosen at the start: the last hundred turns."""
_NAME = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_FIGURE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class StatisticsView(QDialog):
    """How fast the answers came; it stands beside the conversation and blocks nothing.

    Args:
        history: The turns.
        theme: Fonts and colours.
        parent: The window it belongs to.
    """

    def __init__(self, history: LatencyHistory, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._theme = theme
        self.problem = Banner(theme, "", "", problem=True, retry=False, dismissable=False)
        self.chart = LatencyChart(theme)
        self.readout = QLabel(tr(strings.STATISTICS_HINT))
        self.readout.setTextFormat(Qt.TextFormat.PlainText)
        self.table = _Table(theme)
        self.empty = EmptyPage(theme, tr(strings.STATISTICS_EMPTY_TITLE), tr(strings.STATISTICS_EMPTY_BODY))
        self.export_button = quiet_button(tr(strings.EXPORT))
        self.export_button.setToolTip(tr(strings.EXPORT_WHY))
        self.export_button.setAccessibleDescription(tr(strings.EXPORT_WHY))
        self.clear_button = quiet_button(tr(strings.CLEAR))
        self.close_button = quiet_button(tr(strings.CLOSE))
        self.setWindowTitle(tr(strings.STATISTICS))
        self.resize(_WIDTH, _HEIGHT)
        self._lay_out()
        self.chart.pointed.connect(self._on_pointed)
        self.table.itemSelectionChanged.connect(self._show_chosen)
        self.export_button.clicked.connect(self._ask_where_to)
        self.clear_button.clicked.connect(self._ask_to_clear)
        self.close_button.clicked.connect(self.close)
        theme.changed.connect(self._restyle)
        self._restyle()

    @Slot()
    def refresh(self) -> None:
        """Show what the history has now, if the window is in sight."""
        if not self.isVisible():
            return
        ranges = self._ranges()
        self.table.show_figures([latency_figures(records, PROMISE_S) for records in ranges])
        self._show_chosen()
        anything = bool(ranges[-1])
        self._pages.setCurrentIndex(1 if anything else 0)
        self.export_button.setEnabled(anything)
        self.clear_button.setEnabled(anything)
        if self._history.problem:
            self._tell(tr(strings.STATISTICS_UNSAVED), known_sentence(self._history.problem))

    def export_to(self, path: Path) -> None:
        """Write every turn to a file: JSON if it is called so, otherwise a table."""
        records = self._history.records()
        as_json = path.suffix.lower() == ".json"
        text = latency_json(records, PROMISE_S) if as_json else latency_csv(records)
        try:
            path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self._tell(tr(strings.EXPORT_FAILED), tr(strings.CHOOSE_ELSEWHERE, reason=reason))
        else:
            self.problem.hide()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Look at the history."""
        super().showEvent(event)
        self.refresh()

    def _lay_out(self) -> None:
        figures = QWidget()
        inner = QVBoxLayout(figures)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(2 * UNIT)
        inner.addWidget(self.chart, 1)
        inner.addWidget(self.readout)
        inner.addSpacing(UNIT)
        inner.addWidget(self.table)
        middle = QWidget()
        self._pages = QStackedLayout(middle)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(figures)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * UNIT)
        buttons.addWidget(self.export_button)
        buttons.addWidget(self.clear_button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        self._title = QLabel(tr(strings.STATISTICS_CHART))
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * UNIT, 4 * UNIT, 5 * UNIT, 4 * UNIT)
        column.setSpacing(3 * UNIT)
        column.addWidget(self._title)
        column.addWidget(self.problem)
        column.addWidget(middle, 1)
        column.addLayout(buttons)
        self.problem.hide()

    def _ranges(self) -> tuple[Sequence[LatencyRecord], ...]:
        records = self._history.records()
        return self._history.session, records[-LAST_TURNS:], records

    @Slot()
    def _show_chosen(self) -> None:
        self.chart.show_records(self._ranges()[self.table.currentRow()])
        self.readout.setText(tr(strings.STATISTICS_HINT))

    @Slot(str)
    def _on_pointed(self, words: str) -> None:
        self.readout.setText(words or tr(strings.STATISTICS_HINT))

    def _tell(self, message: str, hint: str) -> None:
        self.problem.message.setText(message)
        self.problem.hint.setText(hint)
        self.problem.hint.setVisible(bool(hint))
        self.problem.setAccessibleName(f"{message} {hint}")
        self.problem.show()

    @Slot()
    def _ask_where_to(self) -> None:
        dialog = QFileDialog(self, tr(strings.EXPORT), _EXPORT_NAME)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([tr(strings.EXPORT_TABLE), tr(strings.EXPORT_JSON)])
        dialog.setDefaultSuffix("csv")
        dialog.filterSelected.connect(
            lambda chosen: dialog.setDefaultSuffix("json" if chosen == tr(strings.EXPORT_JSON) else "csv")
        )
        dialog.selectFile(_EXPORT_NAME)
        dialog.fileSelected.connect(lambda name: self.export_to(Path(name)))
        dialog.open()

    @Slot()
    def _ask_to_clear(self) -> None:
        title, body, confirm = tr(strings.CLEAR_TITLE), tr(strings.CLEAR_BODY), tr(strings.CLEAR_CONFIRM)
        ask(self._theme, title, body, confirm, self, self._clear)

    @Slot()
    def _clear(self) -> None:
        self._history.clear()
        self.problem.hide()
        self.refresh()

    @Slot()
    def _restyle(self) -> None:
        self._theme.dress(self._title, Text.TITLE)
        self._theme.dress(self.readout, Text.LABEL, "text_secondary")


class _Table(QTableWidget):
    """One row for each range of turns, one column for each figure; the chosen row is on the picture."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(len(_ROWS), len(strings.STATISTICS_COLUMNS))
        self._theme = theme
        self.setAccessibleName(tr(strings.STATISTICS_TABLE))
        self.setToolTip(tr(strings.STATISTICS_TABLE))
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setFrameShape(QTableWidget.Shape.NoFrame)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for column in (0, len(strings.STATISTICS_COLUMNS) - 1):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        for column, words in enumerate(strings.STATISTICS_COLUMNS):
            title = QTableWidgetItem(tr(words))
            title.setTextAlignment(_FIGURE if column else _NAME)
            self.setHorizontalHeaderItem(column, title)
        self.show_figures([None] * len(_ROWS))
        self.selectRow(_FIRST_ROW)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_figures(self, figures: Sequence[LatencyFigures | None]) -> None:
        """Show one row of figures for each range; None for a range without turns."""
        for row, found in enumerate(figures):
            for column, words in enumerate((tr(_ROWS[row]), *_words(found))):
                item = self.item(row, column)
                if item is None:
                    item = QTableWidgetItem()
                    item.setTextAlignment(_FIGURE if column else _NAME)
                    self.setItem(row, column, item)
                item.setText(words)
                item.setData(
                    Qt.ItemDataRole.AccessibleTextRole,
                    tr(NAMED, name=tr(strings.STATISTICS_COLUMNS[column]), value=words),
                )
        self._fit()

    def _fit(self) -> None:
        """Be as wide as the figures need."""
        header = self.horizontalHeader()
        wanted = (max(header.sectionSizeHint(i), self.sizeHintForColumn(i)) for i in range(self.columnCount()))
        self.setMinimumWidth(sum(wanted))

    @Slot()
    def _restyle(self) -> None:
        c = self._theme.colors
        self.setFont(self._theme.font(Text.LABEL))
        self.setStyleSheet(f"""
            QTableWidget {{ background: transparent; color: {c.text}; outline: none;
                selection-background-color: {c.info_surface}; selection-color: {c.text}; }}
            QTableWidget::item {{ padding: 0 6px; border: none; }}
            QTableWidget::item:selected {{ background: {c.info_surface}; color: {c.text}; }}
            QTableWidget::item:selected:focus {{ border-top: 2px solid {c.accent};
                border-bottom: 2px solid {c.accent}; }}
            QHeaderView, QHeaderView::section {{ background: transparent; border: none; }}
            QHeaderView::section {{ color: {c.text_secondary}; padding: 0 9px;
                font-size: {self._theme.font(Text.SMALL).pointSizeF()}pt; }}
            """)
        height = self.fontMetrics().height() + 3 * UNIT
        self.verticalHeader().setDefaultSectionSize(height)
        self.horizontalHeader().setFixedHeight(height)
        self.setFixedHeight(height * (len(_ROWS) + 1))
        self._fit()


def _words(figures: LatencyFigures | None) -> list[str]:
    if figures is None:
        return ["0", *[strings.NOTHING] * (len(strings.STATISTICS_COLUMNS) - 2)]
    times = (figures.mean_s, figures.p50_s, figures.p95_s, figures.min_s, figures.max_s)
    return [str(figures.turns), *map(strings.latency_words, times), strings.share_words(figures.kept_share)]

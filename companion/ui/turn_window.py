"""The small window about one turn: its picture, the reason if it was slow, its figures. GUI thread."""

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from companion.engine.metrics import TurnMetrics, grade
from companion.ui import strings
from companion.ui.banner import Banner
from companion.ui.bubble import GRADE_GLYPHS
from companion.ui.icons import paint_glyph
from companion.ui.theme import UNIT, Text, Theme
from companion.ui.translation import tr
from companion.ui.turn_picture import heard_words, turn_facts, turn_text
from companion.ui.turn_strings import NAMED
from companion.ui.waterfall import Waterfall

_COLUMNS = 3
_WIDTH, _HEIGHT = 640, 600


class TurnWindow(QDialog):
    """Shows how one answer was made; it stands beside the conversation and blocks nothing.

    Args:
        theme: Fonts and colours.
        parent: The window it belongs to.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = ""
        self._headline = _Headline(theme)
        self.chart = Waterfall(theme)
        self.readout = QLabel(tr(strings.WATERFALL_HINT))
        self.readout.setTextFormat(Qt.TextFormat.PlainText)
        self.readout.setWordWrap(True)
        self.whole = quiet_button(tr(strings.WATERFALL_WHOLE))
        self.whole.setCheckable(True)
        self.whole.setToolTip(tr(strings.WATERFALL_WHOLE_WHY))
        self.whole.setAccessibleDescription(tr(strings.WATERFALL_WHOLE_WHY))
        self.reason = Banner(theme, "", "", problem=False, retry=False, dismissable=False)
        self.facts = _Facts(theme)
        self.copy_button = quiet_button(tr(strings.COPY_AS_TEXT))
        self.close_button = quiet_button(tr(strings.CLOSE))
        self.setWindowTitle(tr(strings.WATERFALL))
        self.resize(_WIDTH, _HEIGHT)
        self._lay_out()
        self.chart.pointed.connect(self._on_pointed)
        self.whole.toggled.connect(self.chart.set_whole)
        self.copy_button.clicked.connect(self.copy)
        self.close_button.clicked.connect(self.close)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_turn(self, metrics: TurnMetrics, reason: str = "") -> None:
        """Show a turn, in front of the conversation.

        Args:
            metrics: The turn's figures.
            reason: Why it was slow, one sentence; empty if it was not.
        """
        self._text = turn_text(metrics, reason)
        self._headline.show_turn(metrics)
        self.chart.show_turn(metrics, self._text)
        self.reason.message.setText(reason)
        self.reason.setAccessibleName(reason)
        self.reason.setVisible(bool(reason))
        self.facts.show_facts(turn_facts(metrics))
        self.readout.setVisible(bool(metrics.spans))
        self.whole.setVisible(bool(metrics.spans))
        self.show()
        self.raise_()
        self.activateWindow()
        self.chart.setFocus()

    @Slot()
    def copy(self) -> None:
        """Put the whole picture, in words, on the clipboard."""
        QGuiApplication.clipboard().setText(self._text)

    def _lay_out(self) -> None:
        below = QHBoxLayout()
        below.setSpacing(4 * UNIT)
        below.addWidget(self.readout, 1)
        below.addWidget(self.whole, 0, Qt.AlignmentFlag.AlignTop)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * UNIT)
        buttons.addStretch(1)
        buttons.addWidget(self.copy_button)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * UNIT, 4 * UNIT, 5 * UNIT, 4 * UNIT)
        column.setSpacing(3 * UNIT)
        column.addWidget(self._headline)
        column.addWidget(self.chart, 1)
        column.addLayout(below)
        column.addWidget(self.reason)
        column.addWidget(self.facts)
        column.addSpacing(UNIT)
        column.addLayout(buttons)

    @Slot(str)
    def _on_pointed(self, words: str) -> None:
        self.readout.setText(words or tr(strings.WATERFALL_HINT))

    @Slot()
    def _restyle(self) -> None:
        self._theme.dress(self.readout, Text.LABEL, "text_secondary")
        # Room for two lines, so that what is pointed at moves nothing.
        self.readout.setMinimumHeight(2 * self.readout.fontMetrics().lineSpacing())
        self.readout.setAlignment(Qt.AlignmentFlag.AlignTop)


class _Headline(QLabel):
    """When the answer was heard, behind the mark of its latency."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._latency_s: float | None = None
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_turn(self, metrics: TurnMetrics) -> None:
        self._latency_s = metrics.release_latency_s
        self.setText(heard_words(metrics))
        self._restyle()

    @Slot()
    def _restyle(self) -> None:
        self._theme.dress(self, Text.TITLE)
        mark = 0 if self._latency_s is None else self.fontMetrics().height() + UNIT
        self.setContentsMargins(mark, 0, 0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        if self._latency_s is None:
            return
        level = grade(self._latency_s)
        painter = QPainter(self)
        side = self.fontMetrics().capHeight() * 1.35
        box = QRectF(0, (self.height() - side) / 2, side, side)
        paint_glyph(painter, GRADE_GLYPHS[level], box, QColor(getattr(self._theme.colors, level)))
        painter.end()


class _Facts(QWidget):
    """Figures with their names, three in a row."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._labels: list[tuple[QLabel, QLabel]] = []
        self._cells: list[QWidget] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(UNIT, 0, UNIT, 0)
        self._grid.setHorizontalSpacing(4 * UNIT)
        self._grid.setVerticalSpacing(2 * UNIT)
        for column in range(_COLUMNS):
            self._grid.setColumnStretch(column, 1)
        theme.changed.connect(self._restyle)

    def show_facts(self, facts: list[tuple[str, str]]) -> None:
        for cell in self._cells:
            self._grid.removeWidget(cell)
            cell.deleteLater()
        self._labels = [(_plain(value), _plain(name)) for name, value in facts]
        self._cells = [_stacked(value, name) for value, name in self._labels]
        for index, cell in enumerate(self._cells):
            self._grid.addWidget(cell, *divmod(index, _COLUMNS))
        self._restyle()

    @Slot()
    def _restyle(self) -> None:
        for value, name in self._labels:
            self._theme.dress(value, Text.STRONG)
            self._theme.dress(name, Text.SMALL, "text_secondary")


def _stacked(value: QLabel, name: QLabel) -> QWidget:
    value.setAccessibleName(tr(NAMED, name=name.text(), value=value.text()))
    cell = QWidget()
    column = QVBoxLayout(cell)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(value)
    column.addWidget(name)
    return cell


def _plain(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def quiet_button(text: str) -> QPushButton:
    """Return a button that does not call for attention, nor for Enter pressed elsewhere in its window."""
    button = QPushButton(text)
    button.setProperty("quiet", True)
    button.setAutoDefault(False)
    return button

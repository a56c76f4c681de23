"""The guide itself: one step at a time over the whole window, back and forth, and out. GUI thread."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from companion.ui import guide_strings as words
from companion.ui import strings
from companion.ui.download import DownloadState
from companion.ui.guide.step import Step
from companion.ui.icons import Glyph
from companion.ui.model_store import ModelStore
from companion.ui.panel_style import panel_style
from companion.ui.theme import COLUMN_WIDTH, UNIT, Text, Theme, mix
from companion.ui.translation import tr
from companion.ui.widgets import Mark, Words, button, set_primary

_DOT, _LONG_DOT, _DOT_GAP = 2.0 * UNIT, 6.0 * UNIT, 1.5 * UNIT
"""Widths."""


class Guide(QWidget):
    """Shows steps in order.

    Signals:
        entered(int): another step is on the screen, by its index.
        ended(bool): the user is through (True) or skipped the rest.

    Args:
        theme: The look.
        steps: The pages, in order.
        store: The models, for the line that tells how the download goes.
        models_step: Index of the step that has the download's buttons.
    """

    entered = Signal(int)
    ended = Signal(bool)

    def __init__(
        self, theme: Theme, steps: Sequence[Step], store: ModelStore, models_step: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._store = store
        self._models_step = models_step
        self.steps = tuple(steps)
        self.setAccessibleName(tr(words.GUIDE))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._dots = _Dots(theme, len(self.steps))
        self._where = Words(theme, "", Text.SMALL, "text_secondary")
        self._where.setWordWrap(False)
        self.leave = button(tr(words.SKIP_ALL), "plain")
        self.back = button(tr(words.BACK), "plain")
        self.next = button(tr(words.CONTINUE), "primary")
        self.download = Mark(theme)
        self._pages = QStackedLayout()
        for step in self.steps:
            self._pages.addWidget(_scrolled(step))
            step.progressed.connect(self._show)
            step.finished.connect(self.go_on)
        self._lay_out()
        self.leave.clicked.connect(lambda: self.ended.emit(False))
        self.back.clicked.connect(self._go_back)
        self.next.clicked.connect(self.go_on)
        store.changed.connect(self._show_download)
        theme.changed.connect(self._restyle)
        self._restyle()
        self._show()

    @property
    def index(self) -> int:
        """Which step is on the screen."""
        return self._pages.currentIndex()

    @property
    def step(self) -> Step:
        """The step on the screen."""
        return self.steps[self.index]

    def go_to(self, index: int) -> None:
        """Show a step."""
        self._pages.setCurrentIndex(index)
        self._show()
        self.next.setFocus()
        self.entered.emit(index)

    @Slot()
    def go_on(self) -> None:
        """Show the next step, or end behind the last."""
        if self.index + 1 < len(self.steps):
            self.go_to(self.index + 1)
        else:
            self.ended.emit(True)

    @Slot()
    def _go_back(self) -> None:
        if self.index:
            self.go_to(self.index - 1)

    # -- building

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(3 * UNIT)
        head.addWidget(self._dots)
        head.addWidget(self._where, 1)
        head.addWidget(self.leave)
        foot = QHBoxLayout()
        foot.addWidget(self.back)
        foot.addStretch(1)
        foot.addWidget(self.next)
        inner = QVBoxLayout()
        inner.setSpacing(2 * UNIT)
        head.setContentsMargins(6 * UNIT, 4 * UNIT, 4 * UNIT, 0)
        foot.setContentsMargins(4 * UNIT, UNIT, 6 * UNIT, 5 * UNIT)
        inner.addLayout(head)
        inner.addLayout(self._pages, 1)
        line = QHBoxLayout()
        line.setContentsMargins(6 * UNIT, 0, 6 * UNIT, 0)
        line.addWidget(self.download)
        inner.addLayout(line)
        inner.addLayout(foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        column = QWidget()
        column.setObjectName("column")
        column.setLayout(inner)
        column.setMaximumWidth(COLUMN_WIDTH)
        row.addWidget(column, 1000)
        row.addStretch(1)

    @Slot()
    def _restyle(self) -> None:
        self.setStyleSheet(panel_style(self._theme.colors))
        self.next.setFont(self._theme.font(Text.STRONG))

    @Slot()
    def _show(self) -> None:
        """Show where this is, and what the button does."""
        step, last = self.step, self.index + 1 == len(self.steps)
        self._dots.show_at(self.index)
        self._where.setText(tr(words.STEP_OF, number=self.index + 1, count=len(self.steps)))
        self.back.setVisible(self.index > 0)
        if self.index == 0:
            text = words.BEGIN
        elif last and step.done:
            text = words.FINISH
        else:
            text = words.CONTINUE if step.done else words.SKIP
        self.next.setText(tr(text))
        set_primary(self.next, step.done)
        self.next.setAccessibleDescription(step.title)
        self._show_download()

    @Slot()
    def _show_download(self) -> None:
        """Tell how the download goes on the steps that do not show it anyway."""
        download = self._store.download
        text, glyph, color = "", Glyph.DOWN, "accent"
        if self.index != self._models_step:
            share = strings.share_words(download.progress.share)
            match download.state:
                case DownloadState.RUNNING | DownloadState.PAUSING:
                    text = tr(words.DOWNLOADING, progress=share)
                case DownloadState.PAUSED:
                    text = tr(words.DOWNLOAD_PAUSED)
                case DownloadState.FAILED:
                    text = tr(words.DOWNLOAD_FAILED, number=self._models_step + 1)
                    glyph, color = Glyph.WARNING, "slow"
                case DownloadState.DONE:
                    text, glyph, color = tr(words.DOWNLOADED), Glyph.DISC, "good"
        self.download.show_state(glyph, color, text)

    # -- keys, focus, ground

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter presses the button that has the focus, and goes on where none has."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            focused = self.window().focusWidget()
            (focused if isinstance(focused, QPushButton) else self.next).click()
            return
        super().keyPressEvent(event)

    def focusNextPrevChild(self, next_: bool) -> bool:  # noqa: N802
        """Keep Tab inside: what lies behind the guide cannot be seen."""
        stops = self._stops()
        if not stops:
            return False
        here = self.window().focusWidget()
        at = stops.index(here) if here in stops else -1 if next_ else 0
        reason = Qt.FocusReason.TabFocusReason if next_ else Qt.FocusReason.BacktabFocusReason
        stops[(at + (1 if next_ else -1)) % len(stops)].setFocus(reason)
        return True

    def _stops(self) -> list[QWidget]:
        """Return where Tab stops: what is on the step, then the buttons below and above it."""
        found = [*self.step.findChildren(QWidget), self.next, self.back, self.leave]
        return [
            each
            for each in found
            if each.focusPolicy() & Qt.FocusPolicy.TabFocus
            and each.isVisible()
            and each.isEnabled()
            and each.focusProxy() is None
        ]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Stay as large as the window."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Cover the window."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.colors.window))
        painter.end()


class _Dots(QWidget):
    """A dot for each step; the one that is shown is long, those behind are filled."""

    def __init__(self, theme: Theme, count: int) -> None:
        super().__init__()
        self._theme = theme
        self._count = count
        self._at = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_at(self, index: int) -> None:
        """Show which step this is."""
        self._at = index
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the room of all dots and no more: large words beside them need the rest."""
        return QSize(math.ceil(_LONG_DOT + (self._count - 1) * (_DOT + _DOT_GAP)), 4 * UNIT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the dots."""
        c = self._theme.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        left = 0.0
        for index in range(self._count):
            width = _LONG_DOT if index == self._at else _DOT
            painter.setBrush(QColor(c.accent) if index <= self._at else mix(c.window, c.outline, 0.5))
            painter.drawRoundedRect(QRectF(left, (self.height() - _DOT) / 2, width, _DOT), _DOT / 2, _DOT / 2)
            left += width + _DOT_GAP
        painter.end()


def _scrolled(step: Step) -> QScrollArea:
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.viewport().setAutoFillBackground(False)
    area.setWidget(step)
    step.setAutoFillBackground(False)
    return area

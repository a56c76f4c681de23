"""The window that shows every connection of this program, live, and says in one line that none leaves. GUI thread.

Looking takes well under a millisecond, and is done only while the window is in sight.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QDateTime, QLocale, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QGuiApplication,
    QHideEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from companion.offline import refused_attempts
from companion.sockets import OpenSocket, Reach, open_sockets
from companion.ui import trust_strings as words
from companion.ui.icons import Glyph, paint_glyph
from companion.ui.layouts import scrolled
from companion.ui.theme import UNIT, Text, Theme
from companion.ui.translation import tr
from companion.ui.turn_window import quiet_button
from companion.ui.widgets import Words

EVERY_MS = 1000
_WIDTH, _HEIGHT = 560, 620
_GLYPH = 8 * UNIT
_MARK = 5 * UNIT


@dataclass(frozen=True, slots=True)
class Line:
    """What is said of one socket, or of several that are the same."""

    name: str
    why: str
    where: str
    outside: bool

    @property
    def text(self) -> str:
        """All of it, for a screen reader and for the clipboard."""
        return tr(words.CONNECTION, name=self.name, why=self.why, where=self.where)


def lines_of(sockets: Sequence[OpenSocket]) -> list[Line]:
    """Return what is said of the sockets, those that leave the computer first; the same ones are told once."""
    counted = Counter(map(_line, sockets))
    told = [
        replace(one, where=tr(words.AND_TIMES, where=one.where, count=count)) if count > 1 else one
        for one, count in counted.items()
    ]
    return sorted(told, key=lambda one: not one.outside)


def _line(one: OpenSocket) -> Line:
    if one.reach is Reach.LOCAL:
        name, why = words.PURPOSES[one.purpose]
    elif one.reach is Reach.LOOPBACK:
        name, why = words.LOOPBACK
    else:
        name, why = words.NETWORK if one.far or one.listening else words.NETWORK_IDLE
    if one.far:
        where = tr(words.LEADS_TO, kind=one.kind, far=one.far)
    elif one.near:
        where = tr(words.LISTENS_AT, kind=one.kind, near=one.near)
    else:
        where = tr(words.UNCONNECTED, kind=one.kind)
    return Line(tr(name), tr(why), where, one.reach is Reach.NETWORK)


class ProofWindow(QDialog):
    """Shows the connections; it stands beside the conversation and blocks nothing.

    Args:
        theme: Fonts and colours.
        parent: The window it belongs to.
        look: Lists the sockets; by default those of this process.
    """

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        look: Callable[[], list[OpenSocket] | None] = open_sockets,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._look = look
        self._shown: list[Line] | None = None
        self.verdict = _Verdict(theme)
        self.when = Words(theme, "", Text.SMALL, "text_secondary")
        self.guard = Words(theme, "", Text.SMALL, "text_secondary", selectable=True)
        self.copy_button = quiet_button(tr(words.COPY_AS_TEXT))
        self.close_button = quiet_button(tr(words.CLOSE))
        self.rows: list[_Row] = []
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._timer = QTimer(self, interval=EVERY_MS)
        self.setWindowTitle(tr(words.PROOF))
        self.resize(theme.widened(_WIDTH), theme.widened(_HEIGHT))
        self._lay_out()
        self._timer.timeout.connect(self.refresh)
        self.copy_button.clicked.connect(self.copy)
        self.close_button.clicked.connect(self.close)

    @Slot()
    def refresh(self) -> None:
        """Look now."""
        found = self._look()
        now = QLocale().toString(QDateTime.currentDateTime().time())
        self.when.setText("" if found is None else tr(words.LOOKED_AT, time=now))
        self.guard.setText(f"{tr(words.GUARD, count=refused_attempts())} {tr(words.DOWNLOADS)}")
        lines = None if found is None else lines_of(found)
        if lines == self._shown and self.verdict.text:
            return
        self._shown = lines
        self.verdict.show_lines(lines)
        self._fill(lines or [])

    def come_forward(self) -> None:
        """Show the window above the others."""
        self.show()
        self.raise_()
        self.activateWindow()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Look, and go on looking."""
        super().showEvent(event)
        self.refresh()
        self._timer.start()
        self.close_button.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Stop looking."""
        self._timer.stop()
        super().hideEvent(event)

    @Slot()
    def copy(self) -> None:
        """Put everything that is shown on the clipboard."""
        lines = [self.verdict.text, "", *(f"- {line.text}" for line in self._shown or ()), "", self.guard.text()]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _lay_out(self) -> None:
        self._column.setContentsMargins(0, 0, 2 * UNIT, 0)
        self._column.setSpacing(2 * UNIT)
        self._column.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * UNIT)
        buttons.addWidget(self.when, 1)
        buttons.addWidget(self.copy_button)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * UNIT, 5 * UNIT, 5 * UNIT, 4 * UNIT)
        column.setSpacing(3 * UNIT)
        column.addWidget(self.verdict)
        column.addWidget(scrolled(self._list, tr(words.PROOF)), 1)
        column.addWidget(self.guard)
        column.addLayout(buttons)

    def _fill(self, lines: Sequence[Line]) -> None:
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [_Row(self._theme, line) for line in lines]
        for number, row in enumerate(self.rows):
            self._column.insertWidget(number, row)


class _Verdict(QWidget):
    """The one line that counts, with a shape beside it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._glyph, self._color = Glyph.LOCK, "good"
        self.headline = Words(theme, "", Text.TITLE)
        self.why = Words(theme, "", Text.LABEL, "text_secondary")
        column = QVBoxLayout(self)
        column.setContentsMargins(_GLYPH + 3 * UNIT, 0, 0, 0)
        column.setSpacing(UNIT)
        column.addWidget(self.headline)
        column.addWidget(self.why)
        theme.changed.connect(self.update)

    @property
    def text(self) -> str:
        """What it says."""
        return self.headline.text()

    def show_lines(self, lines: Sequence[Line] | None) -> None:
        """Say what the lines amount to; None if the system does not tell."""
        before = self.text
        outside = lines is not None and any(line.outside for line in lines)
        if lines is None:
            self._glyph, self._color, said = Glyph.INFO, "accent", (words.NOT_TOLD, words.NOT_TOLD_WHY)
        elif outside:
            self._glyph, self._color, said = Glyph.WARNING, "slow", (words.SOME_OUTSIDE, words.SOME_OUTSIDE_WHY)
        else:
            self._glyph, self._color, said = Glyph.LOCK, "good", (words.NONE_OUTSIDE, words.NONE_OUTSIDE_WHY)
        self.headline.setText(tr(said[0]))
        self.why.setText(tr(said[1]))
        self.setAccessibleName(self.text)
        self.setAccessibleDescription(self.why.text())
        self.update()
        if before and before != self.text:
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the shape beside the first line."""
        painter = QPainter(self)
        side = min(_GLYPH, self.height())
        middle = self.headline.geometry().top() + self.headline.fontMetrics().height() / 2
        box = QRectF(0, max(0.0, middle - side / 2), side, side)
        paint_glyph(painter, self._glyph, box, QColor(getattr(self._theme.colors, self._color)))
        painter.end()


class _Row(QWidget):
    """One connection."""

    def __init__(self, theme: Theme, line: Line) -> None:
        super().__init__()
        self._theme = theme
        self.line = line
        self.setAccessibleName(line.text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._name = Words(theme, line.name, Text.STRONG)
        column = QVBoxLayout(self)
        left = _MARK + 5 * UNIT if line.outside else 4 * UNIT
        column.setContentsMargins(left, 3 * UNIT, 4 * UNIT, 3 * UNIT)
        column.setSpacing(UNIT // 2)
        column.addWidget(self._name)
        column.addWidget(Words(theme, line.why, Text.LABEL, "text_secondary"))
        column.addWidget(Words(theme, line.where, Text.SMALL, "text_secondary"))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the surface; what leaves the computer has another one, and a shape."""
        c = self._theme.colors
        outside, focused = self.line.outside, self.hasFocus()
        edge = c.accent if focused else c.slow if outside else c.border
        width = 2.0 if focused else 1.0
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(edge), width))
        painter.setBrush(QColor(c.problem_surface if outside else c.surface))
        surface = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(surface, 3 * UNIT, 3 * UNIT)
        if outside:
            top = self._name.geometry().top()
            box = QRectF(3 * UNIT, top, _MARK, self._name.fontMetrics().height())
            paint_glyph(painter, Glyph.WARNING, box, QColor(c.slow))
        painter.end()

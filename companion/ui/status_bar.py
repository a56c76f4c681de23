"""The top of the window: name, state in words, where the model runs, the offline mark, loading. GUI thread."""

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QSpacerItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from companion.ui import strings
from companion.ui.history_strings import SHOW_CONVERSATIONS
from companion.ui.icons import Glyph, glyph_icon, paint_glyph
from companion.ui.plain_text import tool_tip
from companion.ui.theme import UNIT, Text, Theme
from companion.ui.translation import tr
from companion.ui.trust_strings import OFFLINE_CLICK

_ICON = 5 * UNIT
_PROGRESS_HEIGHT = 3


class ElidedLabel(QLabel):
    """One line of plain text that gives way when there is no room; the whole of it is in the tool tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_whole_text(self, text: str) -> None:
        """Show `text`, as much of it as fits."""
        self._whole = text
        self.setAccessibleName(text)
        self.setToolTip(tool_tip(text))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Fit anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideMiddle, self.width()))


class OfflineMark(QAbstractButton):
    """A small pill: nothing leaves this computer. Clicked, it is to show so."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        why = f"{tr(strings.OFFLINE_WHY)} {tr(OFFLINE_CLICK)}"
        self.setAccessibleName(tr(strings.OFFLINE))
        self.setAccessibleDescription(why)
        self.setToolTip(why)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)
        self._restyle()

    @Slot()
    def _restyle(self) -> None:
        self.setFont(self._theme.font(Text.SMALL))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the room for lock, word and padding."""
        metrics = self.fontMetrics()
        return QSize(
            metrics.horizontalAdvance(tr(strings.OFFLINE)) + metrics.height() + 5 * UNIT, metrics.height() + 2 * UNIT
        )

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the pill."""
        c = self._theme.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(c.accent), 2.0) if self.hasFocus() else QColor(c.border))
        painter.setBrush(QColor(c.window if self.underMouse() else c.surface))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        side = self.fontMetrics().height() * 0.85
        lock = QRectF(2 * UNIT, (self.height() - side) / 2, side, side)
        paint_glyph(painter, Glyph.LOCK, lock, QColor(c.good))
        painter.setPen(QColor(c.text_secondary))
        words = QRectF(lock.right() + 1.5 * UNIT, 0, self.width(), self.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, tr(strings.OFFLINE))
        painter.end()


class StatusBar(QWidget):
    """The header.

    Attributes:
        menu: The menu behind the dots; the program adds its own entries.
        new_button: Starts a new conversation.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._glyph = Glyph.RING
        self._color = "text_secondary"
        self._progress: float | None = None
        self._title = QLabel(strings.APP_NAME)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self.state = QLabel()
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.place = ElidedLabel()
        self.offline = OfflineMark(theme)
        self.history_button = self._icon_button(tr(SHOW_CONVERSATIONS))
        self.history_button.hide()  # until there is a history to show
        self.new_button = self._icon_button(tr(strings.NEW_CONVERSATION))
        self.menu_button = self._icon_button(tr(strings.MENU))
        self.menu = QMenu(self)
        self.menu_button.setMenu(self.menu)
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._top = top = QHBoxLayout()
        top.setSpacing(2 * UNIT)
        top.addWidget(self.history_button)
        top.addWidget(self._title)
        top.addWidget(self.offline, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addStretch(1)
        top.addWidget(self.new_button)
        top.addWidget(self.menu_button)
        self._before_state = QSpacerItem(0, 0)
        self._bottom = bottom = QHBoxLayout()
        bottom.setSpacing(int(1.5 * UNIT))
        bottom.addSpacerItem(self._before_state)
        bottom.addWidget(self.state)
        bottom.addWidget(self.place, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * UNIT, 3 * UNIT, 4 * UNIT, 3 * UNIT)
        column.setSpacing(0)
        column.addLayout(top)
        column.addLayout(bottom)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _icon_button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("quiet", True)
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def add_control(self, control: QWidget) -> None:
        """Put a control before the buttons at the end."""
        self._top.insertWidget(self._top.indexOf(self.new_button), control)

    def set_state(self, words: str, glyph: Glyph, color: str) -> None:
        """Show the state: words, a shape and the name of one of the theme's colours."""
        self._glyph, self._color = glyph, color
        self.state.setText(words)
        self.state.setAccessibleName(words)
        self.update()

    def set_place(self, words: str) -> None:
        """Show which model answers and where it runs."""
        self.place.set_whole_text(f"·  {words}" if words else "")

    def set_progress(self, share: float | None) -> None:
        """Show how much is loaded, 0 to 1; None takes the line away."""
        self._progress = share
        self.update()

    @Slot()
    def _restyle(self) -> None:
        c = self._theme.colors
        self._theme.dress(self._title, Text.TITLE)
        self._theme.dress(self.state, Text.LABEL, "text_secondary")
        self._theme.dress(self.place, Text.LABEL, "text_secondary")
        self.history_button.setIcon(glyph_icon(Glyph.SIDEBAR, QColor(c.text_secondary)))
        side = self._theme.scaled(_ICON)
        for button in (self.history_button, self.new_button, self.menu_button):
            button.setIconSize(QSize(side, side))
        self._before_state.changeSize(side, 0)
        self._bottom.invalidate()
        self.new_button.setIcon(glyph_icon(Glyph.NEW, QColor(c.text_secondary)))
        self.menu_button.setIcon(glyph_icon(Glyph.MENU, QColor(c.text_secondary)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the state's shape and the line below, which fills while loading."""
        c = self._theme.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = self._theme.scaled(3.5 * UNIT)
        middle = self.state.geometry().center().y() + 1
        box = QRectF(5 * UNIT, middle - side / 2, side, side)
        paint_glyph(painter, self._glyph, box, QColor(getattr(c, self._color)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.border))
        painter.drawRect(QRectF(0, self.height() - 1, self.width(), 1))
        if self._color == "listening":  # from edge to edge: that the microphone is open must not be missed
            painter.setBrush(QColor(c.listening))
            painter.drawRect(QRectF(0, self.height() - _PROGRESS_HEIGHT, self.width(), _PROGRESS_HEIGHT))
        if self._progress is not None:
            painter.setBrush(QColor(c.accent))
            width = self.width() * max(0.04, self._progress)
            painter.drawRect(QRectF(0, self.height() - _PROGRESS_HEIGHT, width, _PROGRESS_HEIGHT))
        painter.end()

"""The text field and its send button: a message can be typed as well as spoken. GUI thread."""

from PySide6.QtCore import QEvent, QLocale, QMimeData, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QTextOption
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QSizePolicy, QToolButton, QWidget

from companion.ui import conversation_strings as words
from companion.ui import strings
from companion.ui.icons import Glyph, glyph_icon
from companion.ui.theme import UNIT, Text, Theme
from companion.ui.translation import tr

_MOST_LINES = 5
_SEND_SIZE = 9 * UNIT
_LONGEST = 8000
"""Characters: more than any context of the starter models holds."""


class MessageField(QPlainTextEdit):
    """Grows with its text; Enter sends, Shift+Enter breaks the line.

    Signals:
        submitted: Enter was pressed.
        cancelled: Escape was pressed; only a field that `cancels` takes that key.
        focus_changed: the field got or lost the focus.
        fitted: the field took another height.
        shortened(str): not all of a pasted text had room; says so.

    Args:
        name: Accessible name.
        placeholder: Shown while it is empty.
        lines: Most lines it grows to.
        cancels: Whether Escape is for the field, not for the window around it.
    """

    submitted = Signal()
    cancelled = Signal()
    focus_changed = Signal()
    fitted = Signal()
    shortened = Signal(str)

    def __init__(
        self, parent: QWidget, *, name: str, placeholder: str = "", lines: int = _MOST_LINES, cancels: bool = False
    ) -> None:
        super().__init__(parent)
        self._lines = lines
        self._cancels = cancels
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name)
        self.document().setDocumentMargin(UNIT)
        self.viewport().setAutoFillBackground(False)
        self.textChanged.connect(self.fit)

    @Slot()
    def fit(self) -> None:
        """Take as many lines as the text needs."""
        line = self.fontMetrics().lineSpacing()
        lines = max(1, min(self._lines, round(self.document().size().height())))
        height = round(lines * line + 2 * self.document().documentMargin()) + 2
        if height != self.minimumHeight():
            self.setFixedHeight(height)
            self.fitted.emit()

    def event(self, event: QEvent) -> bool:
        """Keep Escape from the window's shortcut."""
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if self._cancels and escape and event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Send on Enter."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            if not event.isAutoRepeat():
                self.submitted.emit()
            return
        if self._cancels and event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
            return
        super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802
        """Paste plain text, as much as a message may hold; if that is not all, say so."""
        text = source.text()
        room = max(0, _LONGEST - len(self.toPlainText()) + len(self.textCursor().selectedText()))
        self.insertPlainText(text[:room])
        if len(text) > room:
            self.shortened.emit(tr(words.PASTE_SHORTENED, count=QLocale().toString(_LONGEST)))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Wrap anew."""
        super().resizeEvent(event)
        self.fit()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show the focus on the frame around."""
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Hide it again."""
        super().focusOutEvent(event)
        self.focus_changed.emit()


class Composer(QWidget):
    """A rounded field with a send button.

    Signals:
        submitted(str): the user sent a message; the field is empty again.
        shortened(str): as the field's.
    """

    submitted = Signal(str)
    shortened = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ready = False
        self.field = MessageField(self, name=tr(strings.WRITE_INSTEAD), placeholder=tr(strings.PLACEHOLDER))
        self.send = QToolButton(self)
        self.send.setAccessibleName(tr(strings.SEND))
        self.send.setToolTip(tr(strings.SEND))
        self.send.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * UNIT, int(1.5 * UNIT), int(1.5 * UNIT), int(1.5 * UNIT))
        row.setSpacing(2 * UNIT)
        row.addWidget(self.field, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.send, 0, Qt.AlignmentFlag.AlignBottom)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self.field)
        self.field.submitted.connect(self._submit)
        self.field.shortened.connect(self.shortened)
        self.field.textChanged.connect(self._refresh)
        self.field.focus_changed.connect(self.update)
        self.send.clicked.connect(self._submit)
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_ready(self, ready: bool) -> None:
        """Whether messages can be sent; they can be written at any time."""
        self._ready = ready
        self._refresh()

    @Slot()
    def _submit(self) -> None:
        text = self.field.toPlainText().strip()
        if text and self._ready:
            self.field.clear()
            self.submitted.emit(text)

    @Slot()
    def _refresh(self) -> None:
        self.send.setEnabled(self._ready and bool(self.field.toPlainText().strip()))

    @Slot()
    def _restyle(self) -> None:
        c = self._theme.colors
        self.field.setFont(self._theme.font(Text.BODY))
        self.field.setStyleSheet("QPlainTextEdit { background: transparent; }")
        self.send.setIcon(glyph_icon(Glyph.SEND, QColor(c.on_accent), QColor(c.on_disabled)))
        side, icon = self._theme.scaled(_SEND_SIZE), self._theme.scaled(5 * UNIT)
        self.send.setFixedSize(side, side)
        self.send.setIconSize(QSize(icon, icon))
        radius = side // 2
        self.send.setStyleSheet(
            f"QToolButton {{ background: {c.accent}; border: 2px solid {c.accent}; border-radius: {radius}px; }}"
            f"QToolButton:disabled {{ background: {c.disabled}; border-color: {c.disabled}; }}"
            f"QToolButton:focus {{ border-color: {c.text}; }}"
        )
        self.field.fit()
        self._refresh()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the frame, stronger while the field has the focus."""
        c = self._theme.colors
        focused = self.field.hasFocus()
        width = 2.0 if focused else 1.0
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(c.accent if focused else c.outline), width))
        painter.setBrush(QColor(c.surface))
        box = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(box, 6 * UNIT, 6 * UNIT)
        painter.end()

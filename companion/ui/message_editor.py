"""The field in which one's own message is changed, in the place of its bubble. GUI thread."""

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from companion.ui import conversation_strings as words
from companion.ui.composer import MessageField
from companion.ui.theme import UNIT, Text, Theme
from companion.ui.translation import tr


class MessageEditor(QWidget):
    """Enter sends, Shift+Enter breaks the line, Escape cancels.

    Signals:
        sent(str): the user sent the message with these words, not blank.
        cancelled: the user wants the message as it was.
        resized: it needs another height.
    """

    sent = Signal(str)
    cancelled = Signal()
    resized = Signal()

    def __init__(self, theme: Theme, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.field = MessageField(self, name=tr(words.EDIT_MESSAGE), lines=12, cancels=True)
        self._hint = QLabel(tr(words.EDIT_HINT), self)
        self._hint.setWordWrap(True)
        self._hint.setContentsMargins(UNIT, 0, 0, 0)
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self.cancel = QPushButton(tr(words.CANCEL_EDIT), self)
        self.send = QPushButton(tr(words.SEND_EDIT), self)
        for button in (self.cancel, self.send):
            button.setProperty("quiet", True)
            button.setAutoDefault(False)
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        foot = QHBoxLayout()
        foot.setSpacing(2 * UNIT)
        foot.addWidget(self._hint, 1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.send)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 3 * UNIT)
        column.setSpacing(2 * UNIT)
        column.addWidget(self.field)
        column.addLayout(foot)
        self.setFocusProxy(self.field)
        self.field.submitted.connect(self._send)
        self.field.cancelled.connect(self.cancelled)
        self.field.shortened.connect(self._hint.setText)
        self.field.fitted.connect(self.resized)
        self.field.focus_changed.connect(self.update)
        self.field.textChanged.connect(self._refresh)
        self.send.clicked.connect(self._send)
        self.cancel.clicked.connect(self.cancelled)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.field.setPlainText(text)
        self.field.moveCursor(QTextCursor.MoveOperation.End)

    @Slot()
    def _send(self) -> None:
        text = self.field.toPlainText().strip()
        if text:
            self.sent.emit(text)

    @Slot()
    def _refresh(self) -> None:
        self.send.setEnabled(bool(self.field.toPlainText().strip()))

    @Slot()
    def _restyle(self) -> None:
        self.field.setFont(self._theme.font(Text.BODY))
        self.field.setStyleSheet("QPlainTextEdit { background: transparent; }")
        self._theme.dress(self._hint, Text.SMALL, "text_secondary")
        self.field.fit()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the frame."""
        c = self._theme.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(c.accent if self.field.hasFocus() else c.outline), 2.0))
        painter.setBrush(QColor(c.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4.5 * UNIT, 4.5 * UNIT)
        painter.end()

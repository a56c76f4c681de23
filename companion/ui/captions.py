"""The words of the turn under way, a few lines of them, for the compact mode. GUI thread."""

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from companion.engine.events import (
    EngineFailed,
    Event,
    PlaybackAdvanced,
    ProblemReported,
    ReplyToken,
    TranscriptFinal,
    TranscriptPartial,
    TurnCompleted,
    TurnEmpty,
    TurnFailed,
    TurnInterrupted,
    TurnStarted,
)
from companion.ui import strings
from companion.ui.theme import UNIT, Text, Theme, mix
from companion.ui.translation import tr

_WIDTH = 72 * UNIT
_LINES = 3
_REFRESH_MS = 100
"""Tokens come up to a hundred times a second; nobody reads faster than this."""
_LINGER_MS = 8000
_PADDING = 3 * UNIT
_ENDS = (". ", "! ", "? ", "… ", ".\n", "!\n", "?\n", ": ")


def current_part(reply: str, heard: int) -> str:
    """Return the reply from the sentence that sounds at offset `heard`."""
    begin = max((reply.rfind(end, 0, heard) + len(end) for end in _ENDS if reply.rfind(end, 0, heard) >= 0), default=0)
    return reply[begin:].strip() or reply.strip()


def fitted(text: str, metrics: QFontMetrics, width: int, *, tail: bool) -> str:
    """Return as many words of `text` as fit in `_LINES` lines of `width` pixels, the last ones if `tail`."""
    words = text.split()

    def cut(count: int) -> str:
        if count >= len(words):
            return " ".join(words)
        return "… " + " ".join(words[len(words) - count :]) if tail else " ".join(words[:count]) + " …"

    def fits(count: int) -> bool:
        box = metrics.boundingRect(0, 0, width, 10_000, int(Qt.TextFlag.TextWordWrap), cut(count))
        return box.height() < (_LINES + 1) * metrics.height() and box.width() <= width

    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    if words and not low:  # one word as long as a line
        return metrics.elidedText(words[-1 if tail else 0], Qt.TextElideMode.ElideRight, width)
    return cut(low)


class Captions(QWidget):
    """A bubble with what is being said; hidden when there is nothing to read.

    Signals:
        changed: it came, went or has another size.
    """

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = ""
        self._mine = False
        """Whether the words are the user's."""
        self._reply = ""
        self._heard = 0
        self._linger = QTimer(self, singleShot=True, interval=_LINGER_MS)
        self._linger.timeout.connect(self.clear)
        self._refresh = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._refresh.timeout.connect(self._show_reply)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    @property
    def text(self) -> str:
        """The words shown."""
        return self._text

    def apply(self, event: Event) -> None:
        """Take an event of the engine."""
        match event:
            case TurnStarted():
                self.clear()
            case TranscriptPartial(text=text) | TranscriptFinal(text=text):
                self._show(text, mine=True)
            case ReplyToken(text=text):
                self._reply += text
                self._soon()
            case PlaybackAdvanced(heard=heard):
                self._heard = heard
                self._soon()
            case TurnCompleted() | TurnInterrupted():
                self._linger.start()
            case TurnEmpty(reason=reason):
                self.say(tr(strings.EMPTY_TURNS.get(reason, "")) if reason != "dropped" else "")
            case TurnFailed(error=error) | ProblemReported(error=error) | EngineFailed(error=error):
                self.say(" ".join(strings.error_sentences(error)))

    def say(self, sentence: str) -> None:
        """Show a sentence of the program for a while."""
        self._show(sentence, mine=False)
        self._linger.start()

    @Slot()
    def clear(self) -> None:
        """There is nothing to read."""
        self._refresh.stop()
        self._linger.stop()
        self._reply, self._heard = "", 0
        self._show("", mine=False)

    def _soon(self) -> None:
        if not self._refresh.isActive():
            self._refresh.start()

    @Slot()
    def _show_reply(self) -> None:
        if self._reply.strip():
            self._show(current_part(self._reply, self._heard), mine=False)

    def _show(self, text: str, *, mine: bool) -> None:
        self._linger.stop()
        shown = fitted(text, self.fontMetrics(), _WIDTH - 2 * _PADDING, tail=mine)
        if (shown, mine) == (self._text, self._mine):
            return
        size = self.sizeHint()
        visible = bool(self._text)
        self._text, self._mine = shown, mine
        self.setAccessibleName(shown)
        self.setVisible(bool(shown))
        self.update()
        if bool(shown) is not visible or self.sizeHint() != size:
            self.changed.emit()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the room of the words and the bubble around them."""
        flags = int(Qt.TextFlag.TextWordWrap)
        box = self.fontMetrics().boundingRect(0, 0, _WIDTH - 2 * _PADDING, 10_000, flags, self._text)
        return QSize(box.width() + 2 * _PADDING + 2, box.height() + 2 * _PADDING)

    @Slot()
    def _restyle(self) -> None:
        self.setFont(self._theme.font(Text.LABEL))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the bubble: the user's words in the user's colour, as in the window."""
        c = self._theme.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(mix(c.surface, c.outline, 0.6), 1))
        painter.setBrush(QColor(c.user_bubble if self._mine else c.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3.5 * UNIT, 3.5 * UNIT)
        painter.setPen(QColor(c.text))
        words = self.rect().adjusted(_PADDING, _PADDING, -_PADDING, -_PADDING)
        painter.drawText(words, int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter), self._text)
        painter.end()

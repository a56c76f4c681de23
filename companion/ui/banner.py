"""Problems and notes above the conversation: what happened, what to do next, and a button for it. GUI thread."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from companion.engine.errors import AudioDeviceError, CompanionError
from companion.ui import strings
from companion.ui.icons import Glyph, glyph_icon, paint_glyph
from companion.ui.theme import UNIT, Text, Theme
from companion.ui.translation import tr

_ICON = 5 * UNIT


class Banner(QWidget):
    """One problem or note.

    Signals:
        retry: the user asked to try again.
        dismissed: the user put it away.
    """

    retry = Signal()
    dismissed = Signal()

    def __init__(
        self,
        theme: Theme,
        message: str,
        hint: str,
        *,
        problem: bool,
        retry: bool,
        dismissable: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._problem = problem
        self.message = _label(message)
        self.hint = _label(hint)
        self.hint.setVisible(bool(hint))
        self.try_again = QPushButton(tr(strings.TRY_AGAIN))
        self.try_again.setProperty("quiet", True)
        self.try_again.setAccessibleDescription(message)
        self.try_again.setVisible(retry)
        self.try_again.clicked.connect(self.retry)
        self.close_button = QToolButton()
        self.close_button.setProperty("quiet", True)
        self.close_button.setAccessibleName(tr(strings.DISMISS))
        self.close_button.setAccessibleDescription(message)
        self.close_button.setToolTip(tr(strings.DISMISS))
        self.close_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.close_button.setVisible(dismissable)
        self.close_button.clicked.connect(self.dismissed)
        words = QVBoxLayout()
        words.setSpacing(UNIT // 2)
        words.addWidget(self.message)
        words.addWidget(self.hint)
        row = QHBoxLayout(self)
        self._row = row
        row.setSpacing(2 * UNIT)
        row.addLayout(words, 1)
        row.addWidget(self.try_again, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setAccessibleName(f"{message} {hint}".strip())
        theme.changed.connect(self._restyle)
        self._restyle()

    @Slot()
    def _restyle(self) -> None:
        c = self._theme.colors
        self._theme.dress(self.message, Text.STRONG)
        self._theme.dress(self.hint, Text.LABEL, "text_secondary")
        self.try_again.setFont(self._theme.font(Text.STRONG))
        side = self._theme.scaled(_ICON)
        self._row.setContentsMargins(5 * UNIT + side, 3 * UNIT, 2 * UNIT, 3 * UNIT)
        self.close_button.setIconSize(QSize(side, side))
        self.close_button.setIcon(glyph_icon(Glyph.CLOSE, QColor(c.text_secondary)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the card and its glyph."""
        c = self._theme.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(c.border) if self._theme.high_contrast else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.problem_surface if self._problem else c.info_surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3 * UNIT, 3 * UNIT)
        glyph, color = (Glyph.WARNING, c.slow) if self._problem else (Glyph.INFO, c.accent)
        top = self.message.mapTo(self, self.message.rect().topLeft()).y()
        line = self.message.fontMetrics().height()
        paint_glyph(painter, glyph, QRectF(3.5 * UNIT, top, self._theme.scaled(_ICON), line), QColor(color))
        painter.end()


def _label(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


class Banners(QWidget):
    """The banners in use, one for each code.

    Signals:
        reopen_audio: the user wants the sound devices looked for again.
        load_again: the user wants the models loaded again.
    """

    reopen_audio = Signal()
    load_again = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._banners: dict[str, Banner] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(4 * UNIT, 3 * UNIT, 4 * UNIT, 2 * UNIT)
        self._column.setSpacing(2 * UNIT)
        self.hide()

    @property
    def banners(self) -> dict[str, Banner]:
        """Those on the screen, by code."""
        return dict(self._banners)

    def show_problem(self, error: CompanionError, *, dismissable: bool = True, loading: bool = False) -> None:
        """Show an error, in place of an earlier one with the same code; `loading` if it kept the models from it."""
        message, hint = strings.error_sentences(error)
        retry = self.load_again if loading else self.reopen_audio if isinstance(error, AudioDeviceError) else None
        self._put(error.code, message, hint, problem=True, retry=retry, dismissable=dismissable)

    def show_note(self, code: str, message: str) -> None:
        """Show something worth knowing that stops nobody."""
        self._put(code, message, "", problem=False, retry=None, dismissable=True)

    def resolve(self, code: str) -> None:
        """Take the banner with this code away, if there is one."""
        banner = self._banners.pop(code, None)
        if banner is not None:
            self._column.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
        self.setVisible(bool(self._banners))

    def _put(
        self, code: str, message: str, hint: str, *, problem: bool, retry: SignalInstance | None, dismissable: bool
    ) -> None:
        self.resolve(code)
        again = retry is not None
        banner = Banner(self._theme, message, hint, problem=problem, retry=again, dismissable=dismissable, parent=self)
        if retry is not None:
            banner.retry.connect(retry)
        banner.dismissed.connect(lambda: self.resolve(code))
        self._banners[code] = banner
        self._column.addWidget(banner)
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(banner, QAccessible.Event.Alert))

"""The talk button with what belongs to it: mute on its left, typing on its right, the voice in between. GUI thread."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from companion.ui import desktop_strings as words
from companion.ui.icons import Glyph, glyph_icon
from companion.ui.talk_button import TalkButton
from companion.ui.talk_face import Face
from companion.ui.theme import UNIT, Theme
from companion.ui.translation import tr
from companion.ui.waveform import Side, Waveform

_BUTTON = 11 * UNIT


class TalkPanel(QWidget):
    """The row that talking happens in.

    Signals:
        mute_toggled(bool): the user wants the microphone closed, or open again.
        typing_asked: the user would rather type.

    Args:
        theme: The look.
        talk: The talk button, which moves in.
    """

    mute_toggled = Signal(bool)
    typing_asked = Signal()

    def __init__(self, theme: Theme, talk: TalkButton, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.mute = _round_button()
        self.mute.setCheckable(True)
        self.type_instead = _round_button()
        self.type_instead.setAccessibleName(tr(words.TYPE_INSTEAD))
        self.type_instead.setToolTip(tr(words.TYPE_INSTEAD_KEYS, keys="Ctrl+L"))
        self.waves = (Waveform(theme, Side.LEFT), Waveform(theme, Side.RIGHT))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(UNIT)
        middle = Qt.AlignmentFlag.AlignVCenter
        row.addWidget(self.mute, 0, middle)
        row.addWidget(self.waves[0], 1)
        row.addWidget(talk, 0, middle)
        row.addWidget(self.waves[1], 1)
        row.addWidget(self.type_instead, 0, middle)
        for wave in self.waves:
            talk.level_drawn.connect(wave.add)
        self.mute.clicked.connect(self.mute_toggled)
        self.type_instead.clicked.connect(self.typing_asked)
        theme.changed.connect(self._restyle)
        self.show_muted(False)

    @property
    def buttons(self) -> tuple[QToolButton, QToolButton]:
        """Mute and type instead, in the keyboard's order."""
        return self.mute, self.type_instead

    def show_muted(self, muted: bool) -> None:
        """Show whether the microphone is closed."""
        self.mute.setChecked(muted)
        self.mute.setAccessibleName(tr(words.UNMUTE if muted else words.MUTE))
        self.mute.setToolTip(tr(words.UNMUTE_KEYS if muted else words.MUTE_KEYS, keys="Ctrl+M"))
        self._restyle()

    def show_face(self, face: Face) -> None:
        """Take the waveform away when nobody listens."""
        if face is not Face.LISTENING:
            for wave in self.waves:
                wave.clear()

    @Slot()
    def _restyle(self) -> None:
        c = self._theme.colors
        muted = self.mute.isChecked()
        self.mute.setIcon(
            glyph_icon(
                Glyph.MICROPHONE_OFF if muted else Glyph.MICROPHONE,
                QColor(c.on_listening if muted else c.text_secondary),
            )
        )
        self.type_instead.setIcon(glyph_icon(Glyph.KEYBOARD, QColor(c.text_secondary)))
        radius = _BUTTON // 2
        self.setStyleSheet(
            f"QToolButton {{ background: {c.surface}; border: 1px solid {c.outline}; border-radius: {radius}px; }}"
            f"QToolButton:hover {{ border-color: {c.text_secondary}; }}"
            f"QToolButton:checked {{ background: {c.listening}; border-color: {c.listening}; }}"
            f"QToolButton:focus {{ border: 2px solid {c.text}; }}"
        )


def _round_button() -> QToolButton:
    button = QToolButton()
    button.setFixedSize(_BUTTON, _BUTTON)
    button.setIconSize(QSize(5 * UNIT, 5 * UNIT))
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button

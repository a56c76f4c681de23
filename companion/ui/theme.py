"""Type, spacing, motion and the choice of colours for the whole window, in one place. GUI thread.

What the colours are is in `companion.ui.palette`, what Qt's own widgets are told in `companion.ui.style_sheet`.
"""

from enum import Enum

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QStyle, QWidget

from companion.settings import AppearanceSettings
from companion.ui.palette import PALETTES, Colors, mix
from companion.ui.style_sheet import qt_palette, style_sheet

__all__ = ["BUBBLE_SHARE", "COLUMN_WIDTH", "UNIT", "Colors", "Contrast", "Scheme", "Text", "Theme", "mix"]

UNIT = 4
"""Every distance is a multiple of this many logical pixels."""

COLUMN_WIDTH = 720
"""Widest the conversation grows: about 85 characters a line."""

BUBBLE_SHARE = 0.82
"""Share of the column that a bubble may fill."""


class Scheme(Enum):
    """Which palette to use."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Contrast(Enum):
    """How far words and edges stand out."""

    SYSTEM = "system"
    NORMAL = "normal"
    HIGH = "high"


class Text(Enum):
    """The type scale: (factor on the desktop's font size, weight)."""

    TITLE = (1.3, QFont.Weight.DemiBold)
    GREETING = (1.75, QFont.Weight.DemiBold)
    BODY = (1.1, QFont.Weight.Normal)
    LABEL = (1.0, QFont.Weight.Normal)
    STRONG = (1.0, QFont.Weight.DemiBold)
    SMALL = (0.88, QFont.Weight.Normal)


_SMALLEST_BASE_PT = 10.0
"""Desktops without a font setting answer 9 pt, which is small for a conversation."""

_DESKTOP_FONT = "desktopFont"
"""Property of the application that keeps its font as the desktop gave it, before any theme scaled it."""

_EFFECTS = (
    Qt.UIEffect.UI_AnimateMenu,
    Qt.UIEffect.UI_FadeMenu,
    Qt.UIEffect.UI_AnimateCombo,
    Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeTooltip,
)


class Theme(QObject):
    """The look in use; follows the desktop unless told otherwise.

    Signals:
        changed: the colours, the fonts or the motion changed; repaint.

    Args:
        app: The application whose style, palette, font and style sheet this sets.
        scheme: Follow the desktop, or stay light or dark.
        contrast: Follow the desktop, or stay with one.
        reduce_motion: True stops every animation; None follows the desktop's animation setting.
        text_scale: Size of all words, and of the icons beside them, against the desktop's: 0.8 to 2.
    """

    changed = Signal()

    def __init__(
        self,
        app: QApplication,
        *,
        scheme: Scheme = Scheme.SYSTEM,
        contrast: Contrast = Contrast.SYSTEM,
        reduce_motion: bool | None = None,
        text_scale: float = 1.0,
    ) -> None:
        super().__init__(app)
        self._app = app
        self._scheme = scheme
        self._contrast = contrast
        self._wanted_reduce_motion = reduce_motion
        self._text_scale = text_scale
        if app.property(_DESKTOP_FONT) is None:
            app.setProperty(_DESKTOP_FONT, app.font())
            app.setStyle("Fusion")  # once: it dresses every widget there is again
        self._desktop_font = QFont(app.property(_DESKTOP_FONT))
        hints = app.styleHints()
        hints.colorSchemeChanged.connect(self._refresh)
        hints.accessibility().contrastPreferenceChanged.connect(self._refresh)
        self._refresh()

    @property
    def dark(self) -> bool:
        """Whether a dark palette is in use."""
        return self._dark

    @property
    def high_contrast(self) -> bool:
        """Whether a palette of high contrast is in use: every card has an edge then."""
        return self._high_contrast

    @property
    def colors(self) -> Colors:
        """The palette in use."""
        return self._colors

    @property
    def reduce_motion(self) -> bool:
        """Whether things should move as little as possible."""
        return self._reduce_motion

    def apply(self, appearance: AppearanceSettings) -> None:
        """Look as the user chose, from now on."""
        self._scheme = Scheme(appearance.theme)
        self._contrast = Contrast(appearance.contrast)
        self._wanted_reduce_motion = appearance.reduce_motion
        self._text_scale = appearance.text_scale
        self._refresh()

    def set_scheme(self, scheme: Scheme) -> None:
        """Use another palette from now on."""
        self._scheme = scheme
        self._refresh()

    def set_reduce_motion(self, reduce: bool | None) -> None:
        """Use another motion setting from now on; None follows the desktop."""
        self._wanted_reduce_motion = reduce
        self._refresh()

    def font(self, text: Text) -> QFont:
        """Return the desktop's own font at the given step of the type scale."""
        return QFont(self._fonts[text])

    def scaled(self, pixels: float) -> int:
        """Return the size of something that grows with the words: an icon, a button around one."""
        return round(pixels * self._text_scale)

    def widened(self, pixels: float) -> int:
        """Return the width of a field or a column of words: it grows half as fast as they do, and they wrap."""
        return round(pixels * (1 + self._text_scale) / 2)

    def dress(self, widget: QWidget, text: Text, color: str = "text") -> None:
        """Give `widget` a step of the type scale and one of the theme's colours for its words."""
        palette = QPalette(self._app.palette())
        palette.setColor(QPalette.ColorRole.WindowText, QColor(getattr(self.colors, color)))
        widget.setPalette(palette)
        widget.setFont(self.font(text))

    def _look(self) -> None:
        """Find out how things should look: every paint asks, so that it must not be found out each time."""
        hints = self._app.styleHints()
        system_dark = hints.colorScheme() == Qt.ColorScheme.Dark
        system_high = hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast
        self._dark = system_dark if self._scheme is Scheme.SYSTEM else self._scheme is Scheme.DARK
        self._high_contrast = system_high if self._contrast is Contrast.SYSTEM else self._contrast is Contrast.HIGH
        self._colors = PALETTES[self._dark, self._high_contrast]
        still = self._app.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) == 0
        self._reduce_motion = still if self._wanted_reduce_motion is None else self._wanted_reduce_motion
        self._fonts = {text: _scaled(self._desktop_font, text, self._text_scale) for text in Text}

    @Slot()
    def _refresh(self) -> None:
        self._look()
        for effect in _EFFECTS:
            self._app.setEffectEnabled(effect, not self._reduce_motion)
        if self._app.font() != self._fonts[Text.LABEL]:
            self._app.setFont(self._fonts[Text.LABEL])
        rules = style_sheet(self.colors)
        if self._app.styleSheet() != rules:
            self._app.setPalette(qt_palette(self.colors))
            self._app.setStyleSheet(rules)
        self.changed.emit()


def _scaled(font: QFont, text: Text, scale: float) -> QFont:
    factor, weight = text.value
    scaled = QFont(font)
    scaled.setPointSizeF(max(font.pointSizeF(), _SMALLEST_BASE_PT) * factor * scale)
    scaled.setWeight(weight)
    return scaled

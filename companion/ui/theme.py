"""Colours, type and spacing of the whole window, in one place. GUI thread.

Both palettes meet WCAG 2.2 level AA: 4.5:1 for text, 3:1 for the parts of a control that carry meaning; a test
computes every pair in `TEXT_PAIRS` and `CONTROL_PAIRS`.
"""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QStyle, QWidget

UNIT = 4
"""Every distance is a multiple of this many logical pixels."""

COLUMN_WIDTH = 720
"""Widest the conversation grows: about 85 characters a line."""

BUBBLE_SHARE = 0.82
"""Share of the column that a bubble may fill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Colors:
    """One colour per meaning, as #rrggbb."""

    window: str
    surface: str
    user_bubble: str
    border: str
    outline: str
    """Edge of a control; 3:1 against what is around it."""
    text: str
    text_secondary: str
    accent: str
    on_accent: str
    listening: str
    on_listening: str
    speaking: str
    on_speaking: str
    disabled: str
    on_disabled: str
    good: str
    fair: str
    slow: str
    problem_surface: str
    info_surface: str


LIGHT = Colors(
    window="#f6f6f9",
    surface="#ffffff",
    user_bubble="#e3e5fb",
    border="#e4e5ec",
    outline="#868b9b",
    text="#191b22",
    text_secondary="#575c6b",
    accent="#4751c4",
    on_accent="#ffffff",
    listening="#c42b4c",
    on_listening="#ffffff",
    speaking="#0a7570",
    on_speaking="#ffffff",
    disabled="#dfe0e7",
    on_disabled="#565b6a",
    good="#17703c",
    fair="#855600",
    slow="#b3261e",
    problem_surface="#fdeceb",
    info_surface="#eaecfd",
)

DARK = Colors(
    window="#131419",
    surface="#1f2129",
    user_bubble="#30356a",
    border="#2b2e38",
    outline="#737a8c",
    text="#eeeff4",
    text_secondary="#aeb3c2",
    accent="#929bff",
    on_accent="#10122a",
    listening="#ff7a8e",
    on_listening="#2c0610",
    speaking="#4fd1c5",
    on_speaking="#03211f",
    disabled="#2b2e38",
    on_disabled="#9aa0b0",
    good="#63d491",
    fair="#ebbb5a",
    slow="#ff9087",
    problem_surface="#3a1f22",
    info_surface="#23264a",
)

TEXT_PAIRS = (
    ("text", "window"),
    ("text", "surface"),
    ("text", "user_bubble"),
    ("text", "problem_surface"),
    ("text", "info_surface"),
    ("text_secondary", "window"),
    ("text_secondary", "surface"),
    ("text_secondary", "user_bubble"),
    ("text_secondary", "problem_surface"),
    ("text_secondary", "info_surface"),
    ("good", "window"),
    ("fair", "window"),
    ("slow", "window"),
    ("good", "surface"),
    ("fair", "surface"),
    ("slow", "surface"),
    ("slow", "problem_surface"),
    ("accent", "window"),
    ("accent", "surface"),
    ("accent", "user_bubble"),
    ("accent", "info_surface"),
    ("on_accent", "accent"),
    ("on_listening", "listening"),
    ("on_speaking", "speaking"),
    ("on_disabled", "disabled"),
)
"""(foreground, background) pairs that text is drawn in: at least 4.5:1."""

CONTROL_PAIRS = (
    ("outline", "window"),
    ("outline", "surface"),
    ("accent", "window"),
    ("listening", "window"),
    ("listening", "surface"),
    ("speaking", "window"),
    ("speaking", "surface"),
    ("slow", "problem_surface"),
)
"""Pairs whose edge or shape carries meaning: at least 3:1."""


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21.

    Source: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
    """

    def luminance(name: str) -> float:
        color = QColor(name)
        channels = (color.redF(), color.greenF(), color.blueF())
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def mix(first: str, second: str, share: float) -> QColor:
    """Return `first` with `share` (0 to 1) of `second` in it."""
    a, b = QColor(first), QColor(second)
    return QColor.fromRgbF(
        a.redF() + (b.redF() - a.redF()) * share,
        a.greenF() + (b.greenF() - a.greenF()) * share,
        a.blueF() + (b.blueF() - a.blueF()) * share,
    )


class Scheme(Enum):
    """Which palette to use."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


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


class Theme(QObject):
    """The look in use; follows the desktop unless told otherwise.

    Signals:
        changed: the colours, the fonts or the motion changed; repaint.

    Args:
        app: The application whose style, palette and style sheet this sets.
        scheme: Follow the desktop, or stay light or dark.
        reduce_motion: True stops every animation; None follows the desktop's animation setting.
    """

    changed = Signal()

    def __init__(self, app: QApplication, *, scheme: Scheme = Scheme.SYSTEM, reduce_motion: bool | None = None) -> None:
        super().__init__(app)
        self._app = app
        self._scheme = scheme
        self._wanted_reduce_motion = reduce_motion
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._refresh)
        self._refresh()

    @property
    def dark(self) -> bool:
        """Whether the dark palette is in use."""
        return self._dark

    @property
    def colors(self) -> Colors:
        """The palette in use."""
        return self._colors

    @property
    def reduce_motion(self) -> bool:
        """Whether things should move as little as possible."""
        return self._reduce_motion

    def set_scheme(self, scheme: Scheme) -> None:
        """Use another palette from now on."""
        self._scheme = scheme
        self._refresh()

    def set_reduce_motion(self, reduce: bool | None) -> None:
        """Use another motion setting from now on; None follows the desktop."""
        self._wanted_reduce_motion = reduce
        self._look()
        self.changed.emit()

    def font(self, text: Text) -> QFont:
        """Return the desktop's own font at the given step of the type scale."""
        return QFont(self._fonts[text])

    def dress(self, widget: QWidget, text: Text, color: str = "text") -> None:
        """Give `widget` a step of the type scale and one of the theme's colours for its words."""
        palette = QPalette(self._app.palette())
        palette.setColor(QPalette.ColorRole.WindowText, QColor(getattr(self.colors, color)))
        widget.setPalette(palette)
        widget.setFont(self.font(text))

    def _look(self) -> None:
        """Find out how things should look: every paint asks, so that it must not be found out each time."""
        system_dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        self._dark = system_dark if self._scheme is Scheme.SYSTEM else self._scheme is Scheme.DARK
        self._colors = DARK if self._dark else LIGHT
        still = self._app.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) == 0
        self._reduce_motion = still if self._wanted_reduce_motion is None else self._wanted_reduce_motion
        self._fonts = {text: _scaled(self._app.font(), text) for text in Text}

    @Slot()
    def _refresh(self) -> None:
        self._look()
        self._app.setPalette(_qt_palette(self.colors))
        self._app.setStyleSheet(_style_sheet(self.colors))
        self.changed.emit()


def _scaled(font: QFont, text: Text) -> QFont:
    factor, weight = text.value
    scaled = QFont(font)
    scaled.setPointSizeF(max(font.pointSizeF(), _SMALLEST_BASE_PT) * factor)
    scaled.setWeight(weight)
    return scaled


def _qt_palette(c: Colors) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for where, name in (
        (role.Window, c.window),
        (role.Base, c.surface),
        (role.AlternateBase, c.window),
        (role.Button, c.surface),
        (role.ToolTipBase, c.text),
        (role.WindowText, c.text),
        (role.Text, c.text),
        (role.ButtonText, c.text),
        (role.ToolTipText, c.window),
        (role.PlaceholderText, c.text_secondary),
        (role.Highlight, c.accent),
        (role.HighlightedText, c.on_accent),
        (role.Accent, c.accent),
        (role.Link, c.accent),
    ):
        palette.setColor(where, QColor(name))
    for where in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, QColor(c.on_disabled))
    return palette


def _style_sheet(c: Colors) -> str:
    thumb = mix(c.window, c.outline, 0.55).name()
    hover = mix(c.window, c.text, 0.07).name()
    return f"""
    QToolTip {{ background: {c.text}; color: {c.window}; border: none; padding: 6px 8px; }}
    QMenu {{ background: {c.surface}; color: {c.text}; border: 1px solid {c.border}; padding: 6px; }}
    QMenu::item {{ padding: 7px 28px 7px 14px; border-radius: 6px; }}
    QMenu::item:selected {{ background: {c.accent}; color: {c.on_accent}; }}
    QMenu::item:disabled {{ color: {c.on_disabled}; }}
    QMenu::separator {{ height: 1px; background: {c.border}; margin: 6px 8px; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 2px; }}
    QScrollBar::handle:vertical {{ background: {thumb}; border-radius: 3px; min-height: 36px; }}
    QScrollBar::handle:vertical:hover {{ background: {c.outline}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QPushButton[quiet="true"] {{ background: transparent; color: {c.accent}; border: 1px solid {c.accent};
        border-radius: 8px; padding: 5px 14px; }}
    QPushButton[quiet="true"]:hover {{ background: {c.accent}; color: {c.on_accent}; }}
    QPushButton[quiet="true"]:checked {{ background: {c.accent}; color: {c.on_accent}; }}
    QPushButton[quiet="true"]:disabled {{ color: {c.on_disabled}; border-color: {c.on_disabled}; }}
    QPushButton[quiet="true"]:focus {{ border: 2px solid {c.accent}; padding: 4px 13px; }}
    QToolButton[quiet="true"] {{ background: transparent; border: 2px solid transparent; border-radius: 10px;
        padding: 4px; }}
    QToolButton[quiet="true"]:hover {{ background: {hover}; }}
    QToolButton[quiet="true"]:focus {{ border-color: {c.accent}; }}
    QToolButton[quiet="true"]::menu-indicator {{ image: none; }}
    """

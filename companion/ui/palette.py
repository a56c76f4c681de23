"""The colours of the window: four palettes, and the pairs that must stay apart. Pure; any thread.

The light and the dark palette meet WCAG 2.2 level AA: 4.5:1 for text, 3:1 for the parts of a control that carry
meaning; those of high contrast level AAA. A test computes every pair.
"""

from dataclasses import dataclass

from PySide6.QtGui import QColor


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

HIGH_LIGHT = Colors(
    window="#ffffff",
    surface="#ffffff",
    user_bubble="#e7e9ff",
    border="#45484f",
    outline="#3c3f46",
    text="#000000",
    text_secondary="#24262c",
    accent="#252ea0",
    on_accent="#ffffff",
    listening="#98002a",
    on_listening="#ffffff",
    speaking="#004f4b",
    on_speaking="#ffffff",
    disabled="#e3e4ea",
    on_disabled="#3c3f46",
    good="#00512a",
    fair="#5c3a00",
    slow="#8c0009",
    problem_surface="#fff0ef",
    info_surface="#eef0ff",
)

HIGH_DARK = Colors(
    window="#000000",
    surface="#0a0a0d",
    user_bubble="#1a1d4a",
    border="#a9adb8",
    outline="#c3c7d2",
    text="#ffffff",
    text_secondary="#e4e6ee",
    accent="#bcc2ff",
    on_accent="#05061c",
    listening="#ffb0bb",
    on_listening="#2a0009",
    speaking="#7ff0e4",
    on_speaking="#001f1c",
    disabled="#2b2e38",
    on_disabled="#d0d4df",
    good="#8cf0b2",
    fair="#ffd98a",
    slow="#ffb8b1",
    problem_surface="#2b0a0d",
    info_surface="#0f1236",
)

PALETTES = {(False, False): LIGHT, (True, False): DARK, (False, True): HIGH_LIGHT, (True, True): HIGH_DARK}
"""The palette by (dark, high contrast)."""

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
    ("on_disabled", "window"),
    ("on_disabled", "surface"),
    ("accent", "user_bubble"),
)
"""(foreground, background) pairs that text is drawn in: at least `AA_TEXT`."""

CONTROL_PAIRS = (
    ("outline", "window"),
    ("outline", "surface"),
    ("accent", "window"),
    ("listening", "window"),
    ("listening", "surface"),
    ("speaking", "window"),
    ("speaking", "surface"),
    ("slow", "problem_surface"),
    ("good", "window"),
    ("good", "surface"),
    ("fair", "surface"),
    ("slow", "surface"),
    ("accent", "surface"),
    ("accent", "user_bubble"),
    ("accent", "info_surface"),
)
"""Pairs whose edge or shape carries meaning: at least `AA_SHAPE`."""

EDGE_PAIRS = (("border", "window"), ("border", "surface"), ("border", "user_bubble"), ("border", "problem_surface"))
"""With high contrast the edge of every card carries meaning, too, as the surfaces hardly differ."""

AA_TEXT, AA_SHAPE = 4.5, 3.0
AAA_TEXT, AAA_SHAPE = 7.0, 4.5
"""Least contrast of text, and of shapes and edges: the usual palettes, and those of high contrast.

Source: https://www.w3.org/TR/WCAG22/#contrast-minimum, #contrast-enhanced and #non-text-contrast
"""


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

"""Contrast, type and the choice of palette."""

from dataclasses import fields, replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from companion.settings import AppearanceSettings
from companion.ui.palette import (
    AA_SHAPE,
    AA_TEXT,
    AAA_SHAPE,
    AAA_TEXT,
    CONTROL_PAIRS,
    DARK,
    EDGE_PAIRS,
    HIGH_DARK,
    HIGH_LIGHT,
    LIGHT,
    TEXT_PAIRS,
    Colors,
    contrast,
    mix,
)
from companion.ui.theme import Contrast, Scheme, Text, Theme

PALETTES = pytest.mark.parametrize(
    "colors", [LIGHT, DARK, HIGH_LIGHT, HIGH_DARK], ids=["light", "dark", "high-light", "high-dark"]
)


def faint_pairs(colors: Colors) -> list[str]:
    """Return a line for each pair that is closer than its palette promises."""
    high = colors in (HIGH_LIGHT, HIGH_DARK)
    promised = [*((pair, AAA_TEXT if high else AA_TEXT) for pair in TEXT_PAIRS)]
    promised += [(pair, AAA_SHAPE if high else AA_SHAPE) for pair in CONTROL_PAIRS]
    promised += [(pair, AAA_SHAPE) for pair in EDGE_PAIRS] if high else []
    found = [(pair, contrast(getattr(colors, pair[0]), getattr(colors, pair[1])), least) for pair, least in promised]
    return [f"{pair[0]} on {pair[1]}: {ratio:.2f} < {least}" for pair, ratio, least in found if ratio < least]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#123456", "#123456", 1.0)],
)
def test_contrast_is_the_one_of_wcag(first: str, second: str, expected: float) -> None:
    assert contrast(first, second) == pytest.approx(expected, abs=0.01)
    assert contrast(first, second) == contrast(second, first)


@PALETTES
def test_words_can_be_read_and_controls_seen(colors: Colors) -> None:
    assert faint_pairs(colors) == []


def test_a_faint_pair_would_be_seen() -> None:
    assert faint_pairs(replace(LIGHT, text_secondary="#777777")) == [
        "text_secondary on window: 4.15 < 4.5",
        "text_secondary on surface: 4.48 < 4.5",
        "text_secondary on user_bubble: 3.60 < 4.5",
        "text_secondary on problem_surface: 3.92 < 4.5",
        "text_secondary on info_surface: 3.82 < 4.5",
    ]
    assert faint_pairs(replace(DARK, outline="#444444")) == [
        "outline on window: 1.89 < 3.0",
        "outline on surface: 1.65 < 3.0",
    ]


def test_every_pair_of_colours_that_is_used_is_measured() -> None:
    measured = {name for pair in (*TEXT_PAIRS, *CONTROL_PAIRS, *EDGE_PAIRS) for name in pair}
    assert measured == {field.name for field in fields(Colors)}


@PALETTES
def test_every_colour_is_a_colour(colors: Colors) -> None:
    assert all(QColor.isValidColorName(getattr(colors, field.name)) for field in fields(colors))


def test_the_scheme_decides_the_palette(theme: Theme, qtbot: QtBot, qapp: QApplication) -> None:
    assert theme.colors is LIGHT
    with qtbot.waitSignal(theme.changed):
        theme.set_scheme(Scheme.DARK)
    assert theme.colors is DARK
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.window)


def test_without_a_wish_of_its_own_it_follows_the_desktop(theme: Theme, qapp: QApplication) -> None:
    theme.set_scheme(Scheme.SYSTEM)
    assert theme.dark == (qapp.styleHints().colorScheme().name == "Dark")


@pytest.mark.parametrize(("scheme", "colors"), [("light", HIGH_LIGHT), ("dark", HIGH_DARK)])
def test_high_contrast_can_be_chosen(theme: Theme, scheme: str, colors: Colors) -> None:
    theme.apply(AppearanceSettings(theme=scheme, contrast="high"))
    assert theme.high_contrast
    assert theme.colors is colors


def test_without_a_wish_of_its_own_contrast_follows_the_desktop(
    theme: Theme, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not theme.high_contrast
    wish = SimpleNamespace(contrastPreference=lambda: Qt.ContrastPreference.HighContrast)
    hints = SimpleNamespace(colorScheme=lambda: Qt.ColorScheme.Light, accessibility=lambda: wish)
    monkeypatch.setattr(theme, "_app", SimpleNamespace(styleHints=lambda: hints, style=qapp.style))
    theme._look()
    assert theme.colors is HIGH_LIGHT
    theme._contrast = Contrast.NORMAL
    theme._look()
    assert theme.colors is LIGHT


@pytest.mark.parametrize("scale", [0.8, 1.0, 1.5, 2.0])
def test_words_and_icons_grow_together_however_often_the_size_is_chosen(
    theme: Theme, qapp: QApplication, scale: float
) -> None:
    usual = {text: theme.font(text).pointSizeF() for text in Text}
    for _ in range(2):
        theme.apply(AppearanceSettings(theme="light", text_scale=scale))
    assert {text: theme.font(text).pointSizeF() for text in Text} == pytest.approx(
        {text: size * scale for text, size in usual.items()}, rel=0.01
    )
    assert qapp.font().pointSizeF() == pytest.approx(theme.font(Text.LABEL).pointSizeF())
    assert theme.scaled(20) == round(20 * scale)
    theme.apply(AppearanceSettings(theme="light"))


def test_the_type_scale_grows_in_order(theme: Theme) -> None:
    sizes = [theme.font(text).pointSizeF() for text in (Text.SMALL, Text.LABEL, Text.BODY, Text.TITLE, Text.GREETING)]
    assert sizes == sorted(sizes)
    assert sizes[0] >= 8.5


def test_motion_can_be_reduced(theme: Theme, qtbot: QtBot) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.set_reduce_motion(False)
    assert not theme.reduce_motion


def test_what_moves_by_qts_own_will_stops_too(theme: Theme) -> None:
    QApplication.setEffectEnabled(Qt.UIEffect.UI_General)  # which this platform has not
    theme.apply(AppearanceSettings(theme="light", reduce_motion=False))
    assert QApplication.isEffectEnabled(Qt.UIEffect.UI_AnimateMenu)
    theme.apply(AppearanceSettings(theme="light", reduce_motion=True))
    assert theme.reduce_motion
    assert not QApplication.isEffectEnabled(Qt.UIEffect.UI_AnimateMenu)
    QApplication.setEffectEnabled(Qt.UIEffect.UI_General, False)


def test_mixing() -> None:
    assert mix("#000000", "#ffffff", 0).name() == "#000000"
    assert mix("#000000", "#ffffff", 1).name() == "#ffffff"


def test_a_paint_asks_the_desktop_nothing(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theme, "_app", None)
    assert theme.colors is LIGHT
    assert not theme.dark
    assert theme.reduce_motion
    assert theme.font(Text.BODY).pointSizeF() > 0


def test_a_font_that_was_changed_is_not_everybodys(theme: Theme) -> None:
    theme.font(Text.BODY).setStrikeOut(True)
    assert not theme.font(Text.BODY).strikeOut()

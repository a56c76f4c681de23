"""Contrast, type and the choice of palette."""

from dataclasses import fields

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from companion.ui.theme import CONTROL_PAIRS, DARK, LIGHT, TEXT_PAIRS, Colors, Scheme, Text, Theme, contrast, mix

AA_TEXT, AA_CONTROL = 4.5, 3.0
PALETTES = pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#123456", "#123456", 1.0)],
)
def test_contrast_is_the_one_of_wcag(first: str, second: str, expected: float) -> None:
    assert contrast(first, second) == pytest.approx(expected, abs=0.01)
    assert contrast(first, second) == contrast(second, first)


@PALETTES
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_can_be_read(colors: Colors, ink: str, ground: str) -> None:
    assert contrast(getattr(colors, ink), getattr(colors, ground)) >= AA_TEXT


@PALETTES
@pytest.mark.parametrize(("shape", "ground"), CONTROL_PAIRS)
def test_controls_can_be_seen(colors: Colors, shape: str, ground: str) -> None:
    assert contrast(getattr(colors, shape), getattr(colors, ground)) >= AA_CONTROL


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


def test_the_type_scale_grows_in_order(theme: Theme) -> None:
    sizes = [theme.font(text).pointSizeF() for text in (Text.SMALL, Text.LABEL, Text.BODY, Text.TITLE, Text.GREETING)]
    assert sizes == sorted(sizes)
    assert sizes[0] >= 8.5


def test_motion_can_be_reduced(theme: Theme, qtbot: QtBot) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.set_reduce_motion(False)
    assert not theme.reduce_motion


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

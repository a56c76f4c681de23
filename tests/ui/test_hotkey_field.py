"""The talk key as a field: shown, captured, refused with a reason, lit."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from companion.ui import device_strings as words
from companion.ui.hotkey_field import HotkeyField
from companion.ui.theme import Theme

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


@pytest.fixture
def field(qtbot: QtBot, theme: Theme) -> Iterator[HotkeyField]:
    holder = QWidget()
    column = QVBoxLayout(holder)
    field = HotkeyField(theme, "ctrl+space")
    column.addWidget(field)
    column.addWidget(QLineEdit())
    qtbot.addWidget(holder)
    holder.show()
    holder.activateWindow()
    qtbot.waitUntil(holder.isActiveWindow)
    field.change.setFocus()
    yield field
    holder.close()


def begin(qtbot: QtBot, field: HotkeyField) -> None:
    with qtbot.waitSignal(field.capturing) as told:
        QTest.keyClick(field.change, Qt.Key.Key_Space)
    assert told.args == [True]


@pytest.mark.parametrize(
    ("key", "modifiers", "expected"),
    [
        (Qt.Key.Key_F9, Qt.KeyboardModifier.NoModifier, "f9"),
        (Qt.Key.Key_K, ALT | SHIFT, "alt+shift+k"),
        (Qt.Key.Key_Space, CTRL, "ctrl+space"),
        (Qt.Key.Key_Backtab, CTRL | SHIFT, "ctrl+shift+tab"),
        (Qt.Key.Key_PageUp, CTRL, "ctrl+page_up"),
        (Qt.Key.Key_5, CTRL, "ctrl+5"),
        (Qt.Key.Key_Escape, CTRL, None),
    ],
)
def test_a_combination_is_captured(
    qtbot: QtBot, field: HotkeyField, key: Qt.Key, modifiers: Qt.KeyboardModifier, expected: str | None
) -> None:
    begin(qtbot, field)
    told: list[str] = []
    field.changed.connect(told.append)
    QTest.keyPress(field.change, key, modifiers)
    QTest.keyRelease(field.change, key, modifiers)
    assert told == ([expected] if expected else [])
    assert field.is_capturing is (expected is None)


def test_what_would_get_in_the_way_of_typing_is_refused_with_the_reason(qtbot: QtBot, field: HotkeyField) -> None:
    begin(qtbot, field)
    QTest.keyPress(field.change, Qt.Key.Key_K)
    assert "typing" in field.mark.text
    assert field.is_capturing
    assert field.keys == "ctrl+space"


def test_a_key_nobody_knows_is_refused_with_what_could_be_taken(qtbot: QtBot, field: HotkeyField) -> None:
    begin(qtbot, field)
    QTest.keyPress(field.change, Qt.Key.Key_Exclam, CTRL)
    assert words.KEY_UNKNOWN in field.mark.text


def test_escape_keeps_the_old_keys(qtbot: QtBot, field: HotkeyField) -> None:
    begin(qtbot, field)
    QTest.keyPress(field.change, Qt.Key.Key_Escape)
    assert not field.is_capturing
    assert field.keys == "ctrl+space"
    assert field.mark.text == ""


def test_leaving_the_field_keeps_the_old_keys(qtbot: QtBot, field: HotkeyField) -> None:
    begin(qtbot, field)
    other = field.window().findChild(QLineEdit)
    assert isinstance(other, QLineEdit)
    other.setFocus()
    assert not field.is_capturing


def test_modifiers_are_shown_as_they_are_held(qtbot: QtBot, field: HotkeyField) -> None:
    begin(qtbot, field)
    QTest.keyPress(field.change, Qt.Key.Key_Shift, CTRL)
    assert field.caps._keys == ("Ctrl", "Shift")
    QTest.keyRelease(field.change, Qt.Key.Key_Shift, CTRL)
    assert field.is_capturing


def test_it_lights_up_in_words_too(field: HotkeyField) -> None:
    field.set_received(True)
    assert (field.caps.lit, field.mark.text) == (True, words.RECEIVED)
    field.set_received(False)
    assert (field.caps.lit, field.mark.text) == (False, "")


def test_keys_chosen_elsewhere_are_shown_and_named(field: HotkeyField, qapp: QApplication) -> None:
    field.set_keys("super+f5")
    assert field.caps.accessibleName() == "Talk key: Meta+F5"
    assert not field.caps.grab().isNull()

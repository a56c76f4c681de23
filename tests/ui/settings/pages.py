"""What the tests of the settings' pages share."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from companion.ui.question import Question
from companion.ui.settings_pages.page import SettingsPage
from companion.ui.settings_pages.persona_editor import Installed
from companion.ui.settings_window import SettingsWindow

INSTALLED = Installed(
    voices={
        "joe": ("Joe", ("en",), Path("joe.onnx")),
        "amy": ("Amy", ("en",), Path("amy.onnx")),
        "siwis": ("Siwis", ("fr",), Path("siwis.onnx")),
    },
    languages={"en": True, "fr": False},
)


def shown(window: SettingsWindow, name: str) -> SettingsPage:
    window.show_page(name)
    return window.pages[name]


def enter(field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def question(window: SettingsWindow) -> Question:
    (asked,) = (child for child in window.findChildren(Question) if child.isVisible())
    return asked

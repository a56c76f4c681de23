"""Typing a message."""

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from companion.ui.composer import Composer
from companion.ui.theme import Theme

# The offscreen platform has no window manager to talk to, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def composer(qtbot: QtBot, theme: Theme) -> Composer:
    composer = Composer(theme)
    qtbot.addWidget(composer)
    composer.resize(400, composer.sizeHint().height())
    composer.set_ready(True)
    composer.show()
    qtbot.waitExposed(composer)
    return composer


@pytest.fixture
def sent(composer: Composer) -> list[str]:
    sent: list[str] = []
    composer.submitted.connect(sent.append)
    return sent


def test_enter_sends_and_empties(composer: Composer, sent: list[str]) -> None:
    QTest.keyClicks(composer.field, "Hello")
    QTest.keyClick(composer.field, Qt.Key.Key_Return)
    assert sent == ["Hello"]
    assert composer.field.toPlainText() == ""


def test_shift_enter_breaks_the_line(composer: Composer, sent: list[str]) -> None:
    QTest.keyClicks(composer.field, "a")
    QTest.keyClick(composer.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(composer.field, "b")
    assert sent == []
    QTest.keyClick(composer.field, Qt.Key.Key_Enter)
    assert sent == ["a\nb"]


def test_the_button_sends(qtbot: QtBot, composer: Composer, sent: list[str]) -> None:
    assert not composer.send.isEnabled()
    composer.field.setPlainText("Hi")
    QTest.mouseClick(composer.send, Qt.MouseButton.LeftButton)
    assert sent == ["Hi"]


def test_blank_is_not_sent(composer: Composer, sent: list[str]) -> None:
    composer.field.setPlainText("  \n ")
    QTest.keyClick(composer.field, Qt.Key.Key_Return)
    assert sent == []
    assert not composer.send.isEnabled()


def test_before_it_is_ready_words_are_kept(composer: Composer, sent: list[str]) -> None:
    composer.set_ready(False)
    composer.field.setPlainText("Hi")
    QTest.keyClick(composer.field, Qt.Key.Key_Return)
    assert sent == []
    assert composer.field.toPlainText() == "Hi"
    composer.set_ready(True)
    assert composer.send.isEnabled()


def test_it_grows_with_its_text_up_to_a_limit(composer: Composer) -> None:
    heights = []
    for lines in (1, 2, 4, 5, 30):
        composer.field.setPlainText("\n".join("x" * lines))
        heights.append(composer.field.height())
    assert heights[0] < heights[1] < heights[2] < heights[3] == heights[4]


def test_pasted_markup_is_only_text(composer: Composer) -> None:
    data = QMimeData()
    data.setHtml("<b>bold</b>")
    data.setText("bold")
    composer.field.insertFromMimeData(data)
    assert composer.field.toPlainText() == "bold"


def test_a_megabyte_pasted_is_cut_and_said_to_be(composer: Composer) -> None:
    told: list[str] = []
    composer.shortened.connect(told.append)
    data = QMimeData()
    data.setText("bold" * 2000)
    composer.field.insertFromMimeData(data)
    assert not told, "all of it had room"
    composer.field.selectAll()
    data.setText("bold" * 250_000)
    composer.field.insertFromMimeData(data)
    assert composer.field.toPlainText() == "bold" * 2000
    assert [words.replace(",", "") for words in told] == ["The pasted text was cut: a message holds 8000 characters."]


def test_what_was_typed_is_sent_whole(composer: Composer, sent: list[str]) -> None:
    composer.field.setPlainText("word " * 2000)
    QTest.keyClick(composer.field, Qt.Key.Key_Return)
    assert sent == [("word " * 2000).strip()]


def test_tab_leaves_the_field(composer: Composer) -> None:
    assert composer.field.tabChangesFocus()

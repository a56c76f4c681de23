"""What a person, a model, a file or a device wrote is shown as it is: never as markup, never turning words about."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import Qt, QTextDocument
from PySide6.QtWidgets import QLabel, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from companion.engine.errors import AudioDeviceError
from companion.engine.events import ProblemReported, ReplyToken, TranscriptFinal
from companion.history.records import TitleSource
from companion.history.store import HistoryStore
from companion.settings import PersonaSettings, Settings
from companion.ui.bubble import Bubble
from companion.ui.main_window import MainWindow
from companion.ui.persona_button import PersonaButton
from companion.ui.plain_text import tool_tip, without_markup
from companion.ui.preferences import Preferences
from companion.ui.theme import Theme
from scripts.gallery import VIEWS
from scripts.stage import Stage
from tests.fakes.engine import FakeEngine
from tests.history.talks import keep, whole

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

EVIL = '<b>bold</b> <img src="/etc/passwd"> & &lt; <a href="http://example.org">link</a>'
TURNED = "\u202egnorts\u202c \u2066x\u2069 \x07\x1b[31m"


WINDOWS = (
    *("problem", "compact", "turn-slow", "statistics-few", "proof", "report"),
    *(name for name in VIEWS if name.startswith("settings-")),
)
"""One of each kind, with as many labels as it can have."""


@pytest.fixture
def show(theme: Theme, tmp_path: Path, qtbot: QtBot) -> Iterator[Callable[[str], QWidget]]:
    stages: list[Stage] = []

    def show(name: str) -> QWidget:
        stages.append(Stage(theme, tmp_path))
        window = VIEWS[name](stages[-1])
        qtbot.addWidget(window)
        return window

    yield show
    for stage in stages:
        stage.close()


@pytest.mark.parametrize("name", WINDOWS)
def test_no_label_of_any_window_guesses_whether_its_text_is_markup(name: str, show: Callable[[str], QWidget]) -> None:
    window = show(name)
    guessing = [label.text() for label in window.findChildren(QLabel) if label.textFormat() is Qt.TextFormat.AutoText]
    assert guessing == []
    assert window.findChildren(QTextEdit) == []


def shown_by_tip(text: str) -> str:
    """Return the words that Qt's tool tip shows of a text."""
    if not Qt.mightBeRichText(text):
        return text
    document = QTextDocument()
    document.setHtml(text)
    return document.toPlainText()


@pytest.mark.parametrize("text", [EVIL, "a < b & c > d", "plain", "<img src=x>", "&amp;"])
def test_a_tool_tip_shows_the_text_itself(text: str, qapp: object) -> None:
    assert shown_by_tip(tool_tip(text)) == text


@pytest.mark.parametrize("text", ["a < b", "AT&T", "1 <2", "plain", "R&D; more"])
def test_a_notification_without_markup_is_left_alone_or_looks_the_same(text: str) -> None:
    assert without_markup(text).replace("\u2060", "") == text


def test_a_notification_holds_no_tag_and_no_entity() -> None:
    told = without_markup(EVIL)
    assert told.replace("\u2060", "") == EVIL
    for part in ("<b", "</", "<img", "<a ", "&lt;"):
        assert part not in told


def test_a_reply_and_a_question_are_shown_sign_by_sign(window: MainWindow, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.emit(TranscriptFinal(turn_id=1, text=EVIL, language="en", at_s=0), ReplyToken(turn_id=1, text=EVIL, at_s=0))
    qtbot.waitUntil(lambda: window.conversation.rowCount() == 2)
    for number in range(2):
        row = window.conversation.row(number)
        assert row.text == EVIL
        assert Bubble(row, 4000, window._theme)._text.text() == EVIL


def test_a_device_with_markup_for_a_name_is_named_by_its_signs(
    window: MainWindow, engine: FakeEngine, qtbot: QtBot
) -> None:
    error = AudioDeviceError("microphone-lost", f"The microphone “{EVIL}” was unplugged.", hint=EVIL)
    engine.emit(ProblemReported(error=error))
    qtbot.waitUntil(lambda: "microphone-lost" in window.banners.banners)
    banner = window.banners.banners["microphone-lost"]
    assert banner.message.textFormat() is Qt.TextFormat.PlainText
    assert EVIL in banner.message.text()
    assert banner.hint.text() == EVIL


def test_a_persona_with_markup_for_a_name_is_named_by_its_signs(
    window: MainWindow, theme: Theme, stage: Stage, qtbot: QtBot
) -> None:
    name = "<b>x</b> & <img src=y>"
    made = replace(Settings(), personas=(PersonaSettings(name=name),))
    preferences = stage.preferences
    assert isinstance(preferences, Preferences)
    preferences.put(made)
    button = PersonaButton(preferences, theme, window)
    assert shown_by_tip(button.toolTip()).startswith(f"{name}. ")
    assert button.choices[0].text() == name.replace("&", "&&")


@pytest.fixture
def stage(theme: Theme, tmp_path: Path, qtbot: QtBot) -> Iterator[Stage]:
    stage = Stage(theme, tmp_path)
    settings = VIEWS["settings-personas"](stage)
    qtbot.addWidget(settings)
    yield stage
    stage.close()


def test_a_persona_cannot_turn_the_words_around_its_name_about() -> None:
    with pytest.raises(Exception, match=r"personas\.name"):
        PersonaSettings(name=f"x{TURNED}")


def test_a_title_cannot_turn_the_words_around_it_about(tmp_path: Path) -> None:
    store = HistoryStore(tmp_path / "c.sqlite3")
    first = keep(store, f"Hello {TURNED} there")
    store.rename(first, f"{EVIL}{TURNED}", TitleSource.USER)
    store.insert(whole(f"Imported {TURNED}", "Hi"))
    titles = [summary.title for summary in store.list()]
    store.close()
    assert len(titles) == 2
    for title in titles:
        assert title.isprintable()
        assert not set(title) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert any(title.startswith(EVIL) for title in titles)


def test_hebrew_and_arabic_titles_stay_as_they_are(tmp_path: Path) -> None:
    store = HistoryStore(tmp_path / "c.sqlite3")
    for title in ("שלום עולם", "مرحبا بالعالم"):
        store.rename(keep(store, "x"), title)
    assert {summary.title for summary in store.list()} == {"שלום עולם", "مرحبا بالعالم"}
    store.close()

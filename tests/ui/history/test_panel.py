"""The sidebar: searching, walking, naming, deleting."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from companion.engine.commands import StopSpeaking
from companion.engine.events import (
    EngineState,
)
from companion.history.schema import FILE_NAME
from companion.ui import history_strings as words
from companion.ui.bridge import EngineBridge
from companion.ui.history_drawer import BESIDE_FROM
from companion.ui.history_part import HistoryPart
from companion.ui.main_window import MainWindow
from companion.ui.question import Question
from companion.ui.theme import Theme
from companion.ui.window_state import WindowState
from tests.fakes.engine import FakeEngine
from tests.ui.history.scene import Happens, Settle, kept, shown, texts, titles, turn, type_search

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_a_search_finds_the_words_and_opening_a_hit_shows_their_branch(
    qtbot: QtBot, part: HistoryPart, window: MainWindow, happens: Happens, settle: Settle
) -> None:
    happens(*turn(1, "Which bird?", "A heron."))
    window.conversation.ask_again(0)
    happens(*turn(2, "Which bird?", "A stork.", typed=True))
    window.show_conversation()
    type_search(qtbot, part, "heron", settle)
    assert shown(part) == ["Which bird?"]
    QTest.keyClick(part.panel.search, Qt.Key.Key_Return)
    settle()
    assert texts(window) == ["Which bird?", "A heron."]
    part.panel.search.clear()
    assert shown(part) == [f"[{words.TODAY}]", "Which bird?"]


def test_only_the_newest_search_is_shown(qtbot: QtBot, part: HistoryPart, happens: Happens, settle: Settle) -> None:
    happens(*turn(1, "One heron", "A"))
    part._look_for("heron")
    part._look_for("stork")
    settle()
    assert shown(part) == []
    part._look_for("heron")
    part._look_for("")
    settle()
    assert titles(part) == ["One heron"]
    assert not part.model.searching


def test_nothing_found_says_so(qtbot: QtBot, part: HistoryPart, settle: Settle) -> None:
    settle()
    assert part.panel._empty.text() == words.NOTHING_YET
    type_search(qtbot, part, "heron", settle)
    assert part.panel._empty.text() == "Nothing found for “heron”"


def test_the_shortcuts_open_it_and_escape_clears_then_leaves_and_always_stops_the_voice(
    qtbot: QtBot, part: HistoryPart, window: MainWindow, engine: FakeEngine, enter: Callable[[EngineState], None]
) -> None:
    enter(EngineState.IDLE)
    window.activateWindow()
    window.talk.setFocus()
    qtbot.waitUntil(window.talk.hasFocus)
    QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert not part.panel.isHidden()
    assert part.panel.search.hasFocus()
    part.panel.search.setText("heron")
    QTest.keyClick(part.panel.search, Qt.Key.Key_Escape)
    assert part.panel.search.text() == ""
    assert not part.panel.isHidden()
    QTest.keyClick(part.panel.search, Qt.Key.Key_Escape)
    assert part.panel.isHidden()
    assert window.talk.hasFocus()
    assert len(engine.posted(StopSpeaking)) == 2
    QTest.keyClick(window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    assert not part.panel.isHidden()
    QTest.keyClick(window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    assert part.panel.isHidden()


def test_it_stands_beside_the_conversation_if_there_is_room_and_over_it_otherwise(
    part: HistoryPart, window: MainWindow
) -> None:
    layout = window.layout()
    assert layout is not None
    window.resize(BESIDE_FROM + 100, 700)
    part.drawer.open()
    assert layout.contentsMargins().left() == part.panel.width()
    assert part.drawer._scrim.isHidden()
    window.resize(500, 700)
    assert layout.contentsMargins().left() == 0
    assert part.drawer._scrim.isVisible()
    assert part.panel.width() < 500
    QTest.mouseClick(part.drawer._scrim, Qt.MouseButton.LeftButton)
    assert not part.drawer.is_open


def test_the_button_says_what_it_does(part: HistoryPart, window: MainWindow) -> None:
    button = window.status.history_button
    assert button.isVisible()
    assert button.accessibleName() == words.SHOW_CONVERSATIONS
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert part.drawer.is_open
    assert button.accessibleName() == words.HIDE_CONVERSATIONS


def test_the_list_is_walked_and_opened_by_keys(
    qtbot: QtBot, part: HistoryPart, window: MainWindow, happens: Happens, settle: Settle
) -> None:
    for number, question in enumerate(("First", "Second"), 1):
        happens(*turn(number, question, "A"))
        window.show_conversation()
    part.search()
    QTest.keyClick(part.panel.search, Qt.Key.Key_Down)
    assert part.panel.list.hasFocus()
    assert part.panel.list.currentIndex().data() == "Second", "headings are passed over"
    QTest.keyClick(part.panel.list, Qt.Key.Key_Down)
    QTest.keyClick(part.panel.list, Qt.Key.Key_Return)
    settle()
    assert texts(window) == ["First", "A"]
    QTest.keyClicks(part.panel.list, "z")
    assert part.panel.search.text() == "z"


def test_a_title_can_be_changed_in_its_place(
    qtbot: QtBot, part: HistoryPart, window: MainWindow, happens: Happens, settle: Settle
) -> None:
    happens(*turn(1, "First", "A"))
    part.toggle()
    listed = part.panel.list
    listed.choose_first()
    QTest.keyClick(listed, Qt.Key.Key_F2)
    editor = listed.findChild(QLineEdit)
    assert editor is not None
    editor.setText("  Of <b>birds</b> ")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    settle()
    assert titles(part) == ["Of <b>birds</b>"]
    assert kept(qtbot, part)[0].title == "Of <b>birds</b>"


def test_a_pinned_conversation_is_on_top(
    part: HistoryPart, window: MainWindow, happens: Happens, settle: Settle
) -> None:
    for number, question in enumerate(("First", "Second"), 1):
        happens(*turn(number, question, "A"))
        window.show_conversation()
    first = part.model.index(2).data(256)
    menu = QMenu()
    actions = {action.text(): action for action in part.panel.list.actions_for(first, menu)}
    actions[words.PIN].trigger()
    settle()
    assert shown(part) == [f"[{words.PINNED}]", "First", f"[{words.TODAY}]", "Second"]
    part._pin(first.id, False)
    settle()
    assert titles(part) == ["Second", "First"]


# -- deleting


def test_a_deletion_can_be_taken_back(
    qtbot: QtBot, part: HistoryPart, window: MainWindow, happens: Happens, settle: Settle
) -> None:
    for number, question in enumerate(("First", "Second"), 1):
        happens(*turn(number, question, "A"))
        window.show_conversation()
    part.drawer.open()
    part.panel.list.choose_first()
    for left in (["First"], []):
        QTest.keyClick(part.panel.list, Qt.Key.Key_Delete)
        settle()
        assert titles(part) == left
        part.panel.list.choose_first()
    assert part.panel.undo_words.text() == "2 conversations deleted."
    QTest.mouseClick(part.panel.undo_button, Qt.MouseButton.LeftButton)
    settle()
    assert titles(part) == ["Second", "First"]
    assert part.panel._undo_bar.isHidden()


def test_when_the_bar_has_gone_it_is_for_good(
    qtbot: QtBot, part: HistoryPart, happens: Happens, settle: Settle, path: Path
) -> None:
    happens(*turn(1, "The quokka smiles", "A"))
    part._delete(part.recorder.current or 0)
    settle()
    assert part.panel.undo_words.text() == words.DELETED_ONE
    part.panel._undo_timer.setInterval(0)
    part.panel._undo_timer.start()
    with qtbot.waitSignal(part.panel.undo_over):
        pass
    settle()
    assert b"quokka" not in b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def test_deleting_the_conversation_on_the_screen_begins_another(
    qtbot: QtBot, part: HistoryPart, window: MainWindow, happens: Happens, settle: Settle
) -> None:
    happens(*turn(1, "First", "A"))
    part._delete(part.recorder.current or 0)
    assert texts(window) == []
    happens(*turn(2, "Second", "B"))
    assert [m.text for talk in kept(qtbot, part) for m in talk.messages] == ["Second", "B"]


def test_all_are_deleted_only_when_the_user_says_yes(
    qtbot: QtBot, part: HistoryPart, window: MainWindow, happens: Happens, settle: Settle
) -> None:
    happens(*turn(1, "First", "A"))
    for answer, left in (("cancel", ["First"]), ("confirm", [])):
        part.panel.delete_all_requested.emit()
        question = window.findChild(Question)
        assert question is not None
        getattr(question, answer).click()
        settle()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert titles(part) == left


def test_the_sidebar_stands_as_it_did_the_last_time(
    qtbot: QtBot, window: MainWindow, bridge: EngineBridge, theme: Theme, tmp_path: Path
) -> None:
    state, file = WindowState(), tmp_path / FILE_NAME

    def stands(*, change: bool = False) -> bool:
        """Start with a window, say whether the sidebar stands in it, and perhaps change that."""
        part = HistoryPart(window, bridge, theme, path=file, state=state)
        part.start()
        was_open = part.drawer.is_open
        if change:
            part.toggle()
        assert part.close()
        return was_open

    window.resize(BESIDE_FROM, 700)
    assert not stands(change=True)
    assert stands()
    window.resize(BESIDE_FROM - 1, 700)
    assert not stands(change=True), "it would cover the conversation"
    window.resize(BESIDE_FROM, 700)
    assert stands(change=True), "what covers is there for a moment only, and not remembered"
    assert not stands()

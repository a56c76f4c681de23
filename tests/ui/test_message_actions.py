"""What can be done with a message, by button, by key and by menu; and the field to change one's own words in."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from companion.engine.errors import GenerationError
from companion.engine.events import PlaybackAdvanced, PlaybackStarted, TurnCompleted, TurnFailed
from companion.engine.metrics import TurnMetrics
from companion.ui.bubble import LONGEST_CHARACTERS, TARGET, MarkKind
from companion.ui.conversation_view import ConversationView
from companion.ui.message_actions import Action, actions_of
from companion.ui.rows import Row, RowKind
from tests.ui.conversation import fill, reply, say

# The offscreen platform has no window manager to talk to, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def a_turn(view: ConversationView, turn: int = 1) -> None:
    say(view, turn, "Why?")
    reply(view, turn, "Because.")
    view._conversation.apply(TurnCompleted(turn_id=turn, metrics=TurnMetrics(turn_id=turn)))


@pytest.fixture
def talk(qtbot: QtBot, view: ConversationView) -> ConversationView:
    """One turn, and an engine that is ready; the keyboard is elsewhere."""
    qtbot.waitUntil(view.hasFocus)
    view.clearFocus()
    view.setCurrentIndex(view._conversation.index(-1))
    a_turn(view)
    view.set_ready(ready=True, quiet=True)
    return view


def hover(view: ConversationView, row: int) -> None:
    """Move the mouse over a row; not the cursor, which the offscreen platform takes away again."""
    at = QPointF(view.visualRect(view._conversation.index(row)).center())
    none, button = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.NoButton
    moved = QMouseEvent(QEvent.Type.MouseMove, at, view.viewport().mapToGlobal(at), button, button, none)
    QApplication.sendEvent(view.viewport(), moved)


def asked(view: ConversationView) -> list[tuple[object, ...]]:
    """Return the list of what is asked for from now on."""
    found: list[tuple[object, ...]] = []
    view.replay_requested.connect(lambda row: found.append(("replay", row)))
    view.replay_stopped.connect(lambda: found.append(("stop",)))
    view.again_requested.connect(lambda row: found.append(("again", row)))
    view.edited.connect(lambda row, text: found.append(("edit", row, text)))
    view.version_requested.connect(lambda row, step: found.append(("version", row, step)))
    view.turn_details_requested.connect(lambda row: found.append(("details", row)))
    return found


A, U, F = RowKind.ASSISTANT, RowKind.USER, RowKind.FAILURE


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (Row(kind=U, turn_id=1, text="Hi", words_turn=1), {Action.COPY, Action.REPLAY, Action.EDIT}),
        (Row(kind=U, turn_id=1, text="Hi"), {Action.COPY, Action.EDIT}),
        (Row(kind=U, turn_id=1, text="Hi", provisional=True), {Action.COPY}),
        (Row(kind=A, turn_id=1, text="Yes."), {Action.COPY, Action.REPLAY, Action.AGAIN}),
        (Row(kind=A, turn_id=1, text="Yes.", heard=2), {Action.COPY, Action.AGAIN}),
        (Row(kind=A, turn_id=1, text="Yes.", heard=2, interrupted=True), {Action.COPY, Action.REPLAY, Action.AGAIN}),
        (Row(kind=A, turn_id=1, text="Yes.", heard=0, interrupted=True), {Action.AGAIN}),
        (Row(kind=A, turn_id=1, text="Yes.", replay=0), {Action.COPY, Action.STOP, Action.AGAIN}),
        (Row(kind=F, turn_id=1, text="It broke."), {Action.COPY, Action.AGAIN}),
        (
            Row(kind=A, turn_id=1, text="Yes.", version=2, versions=3, metrics=TurnMetrics(turn_id=1)),
            {Action.COPY, Action.REPLAY, Action.AGAIN, Action.DETAILS, Action.PREVIOUS, Action.NEXT},
        ),
    ],
)
def test_what_can_be_done_with_a_row(row: Row, expected: set[Action]) -> None:
    assert set(actions_of(row, ready=True, quiet=True, folded=False)) == expected
    dormant = {Action.COPY, Action.DETAILS, Action.STOP}
    assert set(actions_of(row, ready=False, quiet=False, folded=False)) == expected & dormant


def test_the_buttons_come_with_the_mouse_and_go_with_it(talk: ConversationView) -> None:
    assert not talk.bar.isVisible()
    hover(talk, 1)
    assert talk.bar.isVisible()
    frame = talk._column.bubble(1).frame.translated(talk._origin(1))
    assert talk.bar.geometry().top() >= frame.bottom() - 1, "they cover no word"
    assert all(button.width() >= TARGET and button.height() >= TARGET for button in talk.bar.shown)
    hover(talk, 0)
    assert talk.bar.geometry().bottom() < frame.top()
    QApplication.sendEvent(talk.viewport(), QEvent(QEvent.Type.Leave))
    assert not talk.bar.isVisible()


def test_the_buttons_stay_inside_a_narrow_column(talk: ConversationView) -> None:
    talk.resize(260, 500)
    for row in (0, 1):
        hover(talk, row)
        assert talk.bar.isVisible()
        assert talk.viewport().rect().contains(talk.bar.geometry())


def test_no_row_moves_for_the_buttons(talk: ConversationView) -> None:
    before = [talk.visualRect(talk._conversation.index(row)) for row in (0, 1)]
    hover(talk, 0)
    assert [talk.visualRect(talk._conversation.index(row)) for row in (0, 1)] == before


def test_the_buttons_follow_the_row_while_it_scrolls(view: ConversationView) -> None:
    fill(view, 30)
    view.set_ready(ready=True, quiet=True)
    view._mouse = QPointF(240, 250)
    for _ in range(10):
        view.verticalScrollBar().setValue(view.verticalScrollBar().value() - 37)
        row = view.indexAt(QPoint(240, 250)).row()
        place = view._column.bubble(row).room_for(view.bar.width()).translated(view._origin(row)).toRect()
        assert view.bar.geometry() == place


@pytest.mark.parametrize(
    ("row", "action", "expected"),
    [
        (0, Action.REPLAY, ("replay", 0)),
        (1, Action.REPLAY, ("replay", 1)),
        (1, Action.AGAIN, ("again", 1)),
        (1, Action.DETAILS, ("details", 1)),
    ],
)
def test_a_button_asks_for_what_it_says(
    talk: ConversationView, row: int, action: Action, expected: tuple[object, ...]
) -> None:
    found = asked(talk)
    hover(talk, row)
    talk.bar.button(action).click()
    assert found == [expected]


def test_the_copy_button_copies_the_whole_message(talk: ConversationView) -> None:
    hover(talk, 1)
    talk.bar.button(Action.COPY).click()
    assert QGuiApplication.clipboard().text() == "Because."


@pytest.mark.parametrize(
    ("key", "row", "expected"),
    [
        (Qt.Key.Key_Space, 1, [("replay", 1)]),
        (Qt.Key.Key_R, 1, [("again", 1)]),
        (Qt.Key.Key_R, 0, []),
        (Qt.Key.Key_Return, 1, [("details", 1)]),
        (Qt.Key.Key_Left, 1, []),
        (Qt.Key.Key_X, 1, []),
    ],
)
def test_a_key_does_it_with_the_current_row(
    talk: ConversationView, key: Qt.Key, row: int, expected: list[tuple[object, ...]]
) -> None:
    found = asked(talk)
    talk.setFocus()
    talk.setCurrentIndex(talk._conversation.index(row))
    QTest.keyClick(talk, key)
    assert found == expected


def test_the_keyboard_sees_the_buttons_of_the_current_row(qtbot: QtBot, talk: ConversationView) -> None:
    talk.activateWindow()
    talk.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(talk.hasFocus)
    assert talk.currentIndex().row() == 1, "it begins with the newest"
    assert talk.bar.isVisible()
    for button in talk.bar.shown:
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is button
        assert talk.bar.isVisible()
        assert button.accessibleName()
    QTest.keyClick(talk.bar.shown[-1], Qt.Key.Key_Backtab)
    assert QApplication.focusWidget() is talk.bar.shown[-2]
    talk.bar.shown[0].setFocus()
    QTest.keyClick(talk.bar.shown[0], Qt.Key.Key_Backtab)
    assert QApplication.focusWidget() is talk


def test_the_menu_offers_the_same_and_names_the_keys(talk: ConversationView) -> None:
    found = asked(talk)
    talk.setFocus()
    talk.setCurrentIndex(talk._conversation.index(1))
    centre = talk.viewport().rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, centre, talk.viewport().mapToGlobal(centre))
    talk.contextMenuEvent(event)
    menu = talk.findChildren(QMenu)[-1]
    entries = {entry.text(): entry for entry in menu.actions()}
    assert entries["Play again"].shortcut().toString() == "Space"
    assert "Edit" not in entries, "an answer is not edited"
    entries["Answer again"].trigger()
    menu.close()
    assert found == [("again", 1)]


def test_versions_are_gone_through_by_click_and_by_key(talk: ConversationView) -> None:
    model, found = talk._conversation, asked(talk)
    model.ask_again(0)
    reply(talk, 2, "Since it is so.")
    assert talk._column.bubble(1).row.versions == 2
    bubble = talk._column.bubble(1)
    for kind in (MarkKind.PREVIOUS, MarkKind.NEXT):
        rect = bubble.mark_rect(kind)
        assert min(rect.width(), rect.height()) >= TARGET
        QTest.mouseClick(talk.viewport(), Qt.MouseButton.LeftButton, pos=(talk._origin(1) + rect.center()).toPoint())
    assert found == [("version", 1, -1)], "there is no next one"
    talk.setFocus()
    talk.setCurrentIndex(model.index(1))
    QTest.keyClick(talk, Qt.Key.Key_Left)
    assert found == [("version", 1, -1)] * 2


def test_a_failure_offers_to_try_again(talk: ConversationView) -> None:
    say(talk, 2, "And now?")
    talk._conversation.apply(TurnFailed(turn_id=2, error=GenerationError("g", "It broke.", hint="Ask again.")))
    found = asked(talk)
    hover(talk, 3)
    button = talk.bar.button(Action.AGAIN)
    assert button.isVisible()
    assert button.accessibleName() == "Try again"
    button.click()
    assert found == [("again", 3)]


# -- the field


def test_the_field_stands_in_the_place_of_the_message(qtbot: QtBot, talk: ConversationView) -> None:
    found = asked(talk)
    top = talk.visualRect(talk._conversation.index(1)).top()
    talk.perform(Action.EDIT, 0)
    editor = talk.editor
    assert editor is not None
    qtbot.waitUntil(lambda: editor.geometry().top() == int(talk._origin(0).y()))
    assert editor.field.toPlainText() == "Why?"
    assert editor.geometry().bottom() < talk.visualRect(talk._conversation.index(1)).top() + talk._column.gap_above(1)
    editor.field.setPlainText("Why not?\nReally, why?")
    grown = talk.visualRect(talk._conversation.index(1)).top()
    assert grown > top
    assert editor.geometry().bottom() < grown + talk._column.gap_above(1)
    QTest.keyClick(editor.field, Qt.Key.Key_Return)
    assert found == [("edit", 0, "Why not?\nReally, why?")]
    assert talk.editor is None


def test_escape_gives_the_message_back_and_stays_in_the_conversation(qtbot: QtBot, talk: ConversationView) -> None:
    found = asked(talk)
    talk.activateWindow()
    before = talk.visualRect(talk._conversation.index(1))
    talk.perform(Action.EDIT, 0)
    editor = talk.editor
    assert editor is not None
    editor.field.setPlainText("Never mind")
    QTest.keyClick(editor.field, Qt.Key.Key_Escape)
    assert talk.editor is None
    assert found == []
    assert talk.visualRect(talk._conversation.index(1)) == before
    assert talk.currentIndex().row() == 0
    qtbot.waitUntil(talk.hasFocus)


def test_blank_words_are_not_sent(talk: ConversationView) -> None:
    found = asked(talk)
    talk.perform(Action.EDIT, 0)
    editor = talk.editor
    assert editor is not None
    editor.field.setPlainText("  \n ")
    assert not editor.send.isEnabled()
    QTest.keyClick(editor.field, Qt.Key.Key_Return)
    assert talk.editor is editor
    assert found == []


def test_words_being_written_survive_a_reply_but_not_their_message(talk: ConversationView) -> None:
    talk.perform(Action.EDIT, 0)
    assert talk.editor is not None
    talk.editor.field.setPlainText("Half a thought")
    a_turn(talk, 2)
    assert talk.editor is not None
    assert talk.editor.field.toPlainText() == "Half a thought"
    talk._conversation.clear()
    assert talk.editor is None


# -- captions, long texts, odd texts


def format_of(view: ConversationView, row: int) -> list[tuple[str, bool, bool]]:
    """Return (words, underlined, struck) of each stretch of a row that is not plain."""
    bubble = view._column.bubble(row)
    return [
        (
            bubble.text_between(part.start, part.start + part.length),
            part.format.fontUnderline(),
            part.format.fontStrikeOut(),
        )
        for part in bubble._text.formats()
    ]


def test_the_word_being_said_is_underlined_and_what_is_to_come_is_lighter(view: ConversationView) -> None:
    say(view, 1, "Why?")
    reply(view, 1, "It is 😀 so.")
    assert format_of(view, 1) == []
    view._conversation.apply(PlaybackStarted(turn_id=1, release_latency_s=0.1, at_s=0))
    assert format_of(view, 1) == [("It", True, False), (" is 😀 so.", False, False)]
    view._conversation.apply(PlaybackAdvanced(turn_id=1, heard=5))
    view._conversation._notify()
    assert format_of(view, 1) == [("😀", True, False), (" so.", False, False)]
    view._conversation.apply(TurnCompleted(turn_id=1, metrics=TurnMetrics(turn_id=1)))
    assert format_of(view, 1) == []


def test_words_said_again_are_followed_too(talk: ConversationView) -> None:
    message_id = talk._conversation.row(1).message_id
    assert message_id is not None
    talk._conversation.follow_speech(message_id, 0)
    talk._conversation._notify()
    assert format_of(talk, 1)[0] == ("Because.", True, False)
    talk._conversation.follow_speech(message_id, None)
    assert format_of(talk, 1) == []


def test_a_very_long_message_is_folded_until_it_is_asked_for(view: ConversationView) -> None:
    text = "A line of it.\n" * 8000
    assert len(text) > 100_000 > LONGEST_CHARACTERS
    say(view, 1, text)
    view.set_ready(ready=True, quiet=True)
    folded = view._column.heights[0]
    assert Action.SHOW_ALL in view.actions_of(0)
    view.perform(Action.COPY, 0)
    assert QGuiApplication.clipboard().text() == text
    view.perform(Action.SHOW_ALL, 0)
    assert view._column.heights[0] > 20 * folded
    assert Action.SHOW_ALL not in view.actions_of(0)
    view.grab()


@pytest.mark.parametrize(
    "text",
    [
        "مرحبا",
        "שלום\nשלום",  # noqa: RUF001
        "<b>bold</b> <a href='https://example.org'>x</a>",
        "https://example.org/?q=1&amp;x=<y>",
        "👩‍👩‍👧‍👦 🇫🇷 é",
        "\u202eturned\u202c \u0000 \x1b[31m",
        "- [ ] *a* `b`\n```\ncode\n```",
        "x" * 5000,
    ],
    ids=["arabic", "hebrew", "html", "url", "emoji", "controls", "markdown", "one word"],
)
def test_any_text_is_shown_as_it_is_inside_its_bubble(view: ConversationView, text: str) -> None:
    say(view, 1, text)
    bubble = view._column.bubble(0)
    assert bubble._text.text().replace("\u2028", "\n") == text
    assert not bubble._text.formats(), "nothing in it is markup"
    for number in range(bubble._text.lineCount()):
        drawn = bubble._text.lineAt(number).naturalTextRect().translated(bubble._origin)
        assert bubble.frame.left() <= drawn.left() + 0.5
        assert drawn.right() - 1 <= bubble.frame.right()
    view.grab()

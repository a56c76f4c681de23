"""What can be done with a row of the conversation, and the bar of buttons that offers it. GUI thread."""

from enum import Enum

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from companion.ui import conversation_strings as words
from companion.ui.bubble import target
from companion.ui.icons import Glyph, glyph_icon
from companion.ui.rows import Row, RowKind
from companion.ui.strings import COPY, TRY_AGAIN, WATERFALL
from companion.ui.theme import UNIT, Theme
from companion.ui.translation import tr


class Action(Enum):
    """One thing to do with a row; the order is that of the bar and of the menu."""

    COPY = "copy"
    REPLAY = "replay"
    STOP = "stop"
    AGAIN = "again"
    EDIT = "edit"
    DETAILS = "details"
    SHOW_ALL = "show-all"
    PREVIOUS = "previous"
    NEXT = "next"


KEYS: dict[Action, tuple[Qt.Key, ...]] = {
    Action.REPLAY: (Qt.Key.Key_Space,),
    Action.STOP: (Qt.Key.Key_Space,),
    Action.AGAIN: (Qt.Key.Key_R,),
    Action.EDIT: (Qt.Key.Key_F2, Qt.Key.Key_E),
    Action.DETAILS: (Qt.Key.Key_Return, Qt.Key.Key_Enter),
    Action.SHOW_ALL: (Qt.Key.Key_Plus, Qt.Key.Key_Equal),
    Action.PREVIOUS: (Qt.Key.Key_Left,),
    Action.NEXT: (Qt.Key.Key_Right,),
}
"""The keys that do it with the current row while the conversation has the focus; menus name the first."""

GLYPHS: dict[Action, Glyph] = {
    Action.COPY: Glyph.COPY,
    Action.REPLAY: Glyph.SOUND,
    Action.STOP: Glyph.STOP,
    Action.AGAIN: Glyph.AGAIN,
    Action.EDIT: Glyph.EDIT,
    Action.DETAILS: Glyph.INFO,
    Action.SHOW_ALL: Glyph.DOWN,
}
"""Those of the bar; the versions have their place among the marks of a bubble."""


def actions_of(row: Row, *, ready: bool, quiet: bool, folded: bool) -> list[Action]:
    """Return what can be done with a row now.

    Args:
        row: The row.
        ready: A turn can begin.
        quiet: Something can be said aloud: no turn is under way, or its answer sounds already.
        folded: The bubble shows only the beginning of it.
    """
    reply, mine = row.kind is RowKind.ASSISTANT, row.kind is RowKind.USER and not row.provisional
    written = reply and (row.heard is None or row.interrupted) and bool(row.spoken_text.strip())
    offered = {
        Action.COPY: bool(row.spoken_text),
        Action.REPLAY: quiet and row.replay is None and (written or (mine and row.words_turn is not None)),
        Action.STOP: row.replay is not None,
        Action.AGAIN: ready and (reply or row.kind is RowKind.FAILURE),
        Action.EDIT: ready and mine,
        Action.DETAILS: row.metrics is not None,
        Action.SHOW_ALL: folded,
        Action.PREVIOUS: ready and row.version > 1,
        Action.NEXT: ready and row.version < row.versions,
    }
    return [action for action in Action if offered[action]]


def action_words(action: Action, row: Row) -> str:
    """Return what an action is called for this row."""
    if action is Action.REPLAY and row.kind is RowKind.USER:
        return tr(words.REPLAY_WORDS)
    if action is Action.AGAIN and row.kind is RowKind.FAILURE:
        return tr(TRY_AGAIN)
    return tr(
        {
            Action.COPY: COPY,
            Action.REPLAY: words.REPLAY,
            Action.STOP: words.STOP_REPLAY,
            Action.AGAIN: words.ANSWER_AGAIN,
            Action.EDIT: words.EDIT,
            Action.DETAILS: WATERFALL,
            Action.SHOW_ALL: words.SHOW_ALL,
            Action.PREVIOUS: words.PREVIOUS_VERSION,
            Action.NEXT: words.NEXT_VERSION,
        }[action]
    )


class ActionBar(QWidget):
    """The buttons under one bubble.

    Signals:
        triggered(Action): a button was pressed.
    """

    triggered = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._row: Row | None = None
        self._buttons: dict[Action, QToolButton] = {}
        self.setAccessibleName(tr(words.ACTIONS))
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Window)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        for action in GLYPHS:
            button = QToolButton(self)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(action_words(action, Row(kind=RowKind.ASSISTANT, turn_id=0)))
            button.clicked.connect(lambda _=False, action=action: self.triggered.emit(action))
            line.addWidget(button)
            self._buttons[action] = button
        theme.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def offer(self, row: Row, actions: list[Action]) -> None:
        """Show the buttons for these actions of a row."""
        self._row = row
        for action, button in self._buttons.items():
            name = action_words(action, row)
            if button.accessibleName() != name:
                button.setAccessibleName(name)
                button.setToolTip(name)
            button.setVisible(action in actions)
        shown = sum(action in actions for action in self._buttons)
        side = target(self._theme)
        self.resize(shown * (side + UNIT), side)

    @property
    def shown(self) -> list[QToolButton]:
        """The buttons on offer, from left to right."""
        return [button for button in self._buttons.values() if not button.isHidden()]

    def button(self, action: Action) -> QToolButton:
        """Return the button of an action, on offer or not."""
        return self._buttons[action]

    def step(self, by: int) -> bool:
        """Move the focus to the next button (-1: the one before); False if there is none that way."""
        shown = self.shown
        held = [index for index, button in enumerate(shown) if button.hasFocus()]
        at = held[0] + by if held else 0
        if not 0 <= at < len(shown):
            return False
        shown[at].setFocus(Qt.FocusReason.TabFocusReason if by > 0 else Qt.FocusReason.BacktabFocusReason)
        return True

    @property
    def focused(self) -> bool:
        """Whether one of the buttons has the focus."""
        return any(button.hasFocus() for button in self._buttons.values())

    @Slot()
    def _restyle(self) -> None:
        color = QColor(self._theme.colors.text_secondary)
        c = self._theme.colors
        side, icon = target(self._theme), self._theme.scaled(4 * UNIT)
        for action, button in self._buttons.items():
            button.setFixedSize(side + UNIT, side)
            button.setIconSize(QSize(icon, icon))
            button.setIcon(glyph_icon(GLYPHS[action], color))
        self.setStyleSheet(
            f"QToolButton {{ background: transparent; border: 2px solid transparent; border-radius: {UNIT * 1.5}px; }}"
            f"QToolButton:hover {{ background: {c.user_bubble}; }}"
            f"QToolButton:focus {{ border-color: {c.accent}; }}"
        )

"""The conversation's rows with what can be done with them: a bar of buttons, keys, and a field to edit in. GUI thread.

What is asked for leaves as a signal, but for copying and unfolding, which are done here.
"""

from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QWidget

from companion.ui.bubble_column import BubbleColumn
from companion.ui.conversation_model import ConversationModel
from companion.ui.message_actions import KEYS, Action, ActionBar, actions_of
from companion.ui.message_editor import MessageEditor
from companion.ui.theme import BUBBLE_SHARE, UNIT, Theme

_Select = QItemSelectionModel.SelectionFlag


class ActionColumn(BubbleColumn):
    """Rows with buttons.

    The buttons of a row stand under its bubble while the mouse is on it, or while it is current and the keyboard is
    here; Tab leads into them, and the keys of `companion.ui.message_actions` do the same.

    Args:
        model: The rows.
        theme: Fonts and colours.
    """

    turn_details_requested = Signal(int)
    """The user wants to see how the turn of this row went; the row has metrics."""
    replay_requested = Signal(int)
    """The words of this row are to be heard again."""
    replay_stopped = Signal()
    """What is being said again is to stop."""
    again_requested = Signal(int)
    """Another answer is wanted in the place of this row: a reply, or a failure."""
    edited = Signal(int, str)
    """The user's message of this row is to have these words instead."""
    version_requested = Signal(int, int)
    """The version of this row that is so many further on is to be shown."""

    def __init__(self, model: ConversationModel, theme: Theme, parent: QWidget | None = None) -> None:
        self._bar: ActionBar | None = None  # Qt lays out from within its constructor
        self._bar_on: QPersistentModelIndex | None = None
        self._editor: MessageEditor | None = None
        self._edited: QPersistentModelIndex | None = None
        self._mouse: QPointF | None = None
        self._ready = self._quiet = False
        super().__init__(model, theme, parent)
        self._bar = ActionBar(theme, self.viewport())
        self._bar.triggered.connect(self._on_bar)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        model.modelAboutToBeReset.connect(self.cancel_edit)
        model.rowsRemoved.connect(self._on_removed)

    @property
    def bar(self) -> ActionBar:
        """The buttons, shown or not."""
        assert self._bar is not None
        return self._bar

    def set_ready(self, *, ready: bool, quiet: bool) -> None:
        """Say what the engine can do now.

        Args:
            ready: A turn can begin.
            quiet: Something can be said aloud: no turn is under way, or its answer sounds already.
        """
        self._ready, self._quiet = ready, quiet
        self._place_bar()

    def actions_of(self, row: int) -> list[Action]:
        """Return what can be done with a row now."""
        folded = self._column.bubble(row).folded
        return actions_of(self._conversation.row(row), ready=self._ready, quiet=self._quiet, folded=folded)

    def perform(self, action: Action, row: int) -> None:
        """Do something with a row, if it can be done now."""
        if action not in self.actions_of(row):
            return
        match action:
            case Action.COPY:
                QGuiApplication.clipboard().setText(self._conversation.row(row).spoken_text)
            case Action.REPLAY:
                self.replay_requested.emit(row)
            case Action.STOP:
                self.replay_stopped.emit()
            case Action.AGAIN:
                self.again_requested.emit(row)
            case Action.EDIT:
                self.edit_message(row)
            case Action.DETAILS:
                self.turn_details_requested.emit(row)
            case Action.SHOW_ALL:
                self.hold()
                self._column.unfold(row)
                self._settle()
                self.viewport().update()
            case Action.PREVIOUS | Action.NEXT:
                self.version_requested.emit(row, -1 if action is Action.PREVIOUS else 1)

    # -- keys

    def _act_on(self, event: QKeyEvent) -> bool:
        """Do what a key stands for with the current row; False if it stands for nothing there."""
        index = self.currentIndex()
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        if not index.isValid() or not plain:
            return False
        for action in self.actions_of(index.row()):
            if event.key() in KEYS.get(action, ()):
                if not event.isAutoRepeat():
                    self.perform(action, index.row())
                return True
        return False

    # -- the bar of buttons

    def _bar_row(self) -> int | None:
        """Return the row that the bar belongs to: the one under the mouse, or else the current one."""
        row: int | None = None
        if self._mouse is not None and not self._bar_focused:
            hit = self._hit(self._mouse)
            row = hit[0] if hit is not None else None
        if row is None and self._has_keyboard() and self.currentIndex().isValid():
            row = self.currentIndex().row()
        return None if row is None or self._covered(row) else row

    def _place_bar(self) -> None:
        if self._bar is None:
            return
        row = self._bar_row()
        self._bar_on = None if row is None else QPersistentModelIndex(self._conversation.index(row))
        if row is None:
            self._bar.hide()
            return
        self._bar.offer(self._conversation.row(row), self.actions_of(row))
        place = self._column.bubble(row).room_for(self._bar.width()).translated(self._origin(row))
        self._bar.setGeometry(place.toRect())
        self._bar.setVisible(bool(self._bar.shown))

    def _settled(self) -> None:
        self._place_bar()
        self._place_editor()

    def _has_keyboard(self) -> bool:
        return self.hasFocus() or self._bar_focused

    @property
    def _bar_focused(self) -> bool:
        return self._bar is not None and self._bar.focused

    @Slot(object)
    def _on_bar(self, action: Action) -> None:
        if self._bar_on is not None and self._bar_on.isValid():
            self.perform(action, self._bar_on.row())

    @Slot()
    def _on_current_changed(self) -> None:
        self._mouse = None
        self._settled()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show the bar of the current row: whoever comes by keyboard begins at the last."""
        super().focusInEvent(event)
        by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_key and not self.currentIndex().isValid() and self._conversation.rowCount():
            last = self._conversation.index(self._conversation.rowCount() - 1)
            self.selectionModel().setCurrentIndex(last, _Select.NoUpdate)
        self._place_bar()
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Hide it again."""
        super().focusOutEvent(event)
        self._place_bar()
        self.viewport().update()

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: N802
        """Lead Tab from the current row through its buttons, and on to what is behind the conversation."""
        bar = self._bar
        if bar is None or not bar.focused:
            into = bar is not None and next and self.hasFocus() and bar.isVisible() and bar.step(0)
            return into or super().focusNextPrevChild(next)
        if bar.step(1 if next else -1):
            return True
        if not next:
            self.setFocus(Qt.FocusReason.BacktabFocusReason)
            return True
        behind = self.nextInFocusChain()
        while behind is not None and behind is not self and (self.isAncestorOf(behind) or not _takes_tab(behind)):
            behind = behind.nextInFocusChain()
        if behind is not None:
            behind.setFocus(Qt.FocusReason.TabFocusReason)
        self._place_bar()
        return True

    # -- changing one's own words

    def edit_message(self, row: int) -> None:
        """Open the field in the place of a message of the user's."""
        self.cancel_edit()
        self.hold()
        self._edited = QPersistentModelIndex(self._conversation.index(row))
        self._editor = MessageEditor(self._theme, self._conversation.row(row).text, self.viewport())
        self._editor.sent.connect(self._on_sent)
        self._editor.cancelled.connect(self.cancel_edit)
        self._editor.resized.connect(self._fit_editor)
        self._editor.show()
        self._editor.setFocus()
        self._fit_editor()
        self.scrollTo(self._conversation.index(row))

    @property
    def editor(self) -> MessageEditor | None:
        """The open field, if there is one."""
        return self._editor

    @Slot()
    def cancel_edit(self) -> None:
        """Close the field and show the message as it was."""
        editor, edited = self._editor, self._edited
        if editor is None:
            return
        self._editor = self._edited = None
        editor.hide()
        editor.deleteLater()
        self._column.make_room(edited.row() if edited is not None and edited.isValid() else 0, 0)
        if edited is not None and edited.isValid():
            self.selectionModel().setCurrentIndex(self._conversation.index(edited.row()), _Select.NoUpdate)
        self.setFocus()
        self._settle()
        self.viewport().update()

    @Slot(str)
    def _on_sent(self, text: str) -> None:
        edited = self._edited
        row = edited.row() if edited is not None and edited.isValid() else None
        self.cancel_edit()
        if row is not None and self._ready:
            self.edited.emit(row, text)

    @Slot()
    def _fit_editor(self) -> None:
        if self._editor is None or self._edited is None or not self._edited.isValid():
            return
        width = int(self._column.width * BUBBLE_SHARE)
        self._editor.resize(width, max(self._editor.heightForWidth(width), self._editor.sizeHint().height()))
        self._column.make_room(self._edited.row(), self._editor.height() + 2 * UNIT)
        self._settle()
        self.viewport().update()

    def _place_editor(self) -> None:
        if self._editor is not None and self._edited is not None and self._edited.isValid():
            origin = self._origin(self._edited.row())
            self._editor.move(int(origin.x() + self._column.width - self._editor.width()), int(origin.y()))

    @Slot()
    def _on_removed(self) -> None:
        if self._edited is not None and not self._edited.isValid():
            self.cancel_edit()

    def _covered(self, row: int) -> bool:
        return self._edited is not None and self._edited.isValid() and self._edited.row() == row


def _takes_tab(widget: QWidget) -> bool:
    tab = Qt.FocusPolicy.TabFocus
    return widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & tab == tab

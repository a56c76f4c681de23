"""The kept conversations in the main window: sidebar, recording, search, and what is done with them. GUI thread."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QKeySequence

from companion.engine.errors import CompanionError
from companion.history.problems import DAMAGED
from companion.history.records import Conversation, Hit, Summary
from companion.history.store import HistoryStore
from companion.settings import Settings
from companion.ui import history_strings as words
from companion.ui.bridge import EngineBridge
from companion.ui.history_drawer import HistoryDrawer
from companion.ui.history_files import HistoryFiles
from companion.ui.history_link import HistoryLink
from companion.ui.history_model import HistoryModel, summary_of
from companion.ui.history_panel import HistoryPanel
from companion.ui.history_recorder import HistoryRecorder, rows_of_conversation
from companion.ui.history_titles import HistoryTitles
from companion.ui.main_window import MainWindow
from companion.ui.question import ask
from companion.ui.settings_window import SettingsWindow
from companion.ui.theme import Theme
from companion.ui.translation import tr
from companion.ui.window_state import WindowState

_SIDEBAR, _OPEN = "history.sidebar", "open"


class HistoryPart(QObject):
    """Brings the kept conversations into a main window.

    Args:
        window: Where they go.
        bridge: The engine's events.
        theme: The look.
        path: The file of the conversations.
        keeping: Whether what is said is kept.
        state: Remembers whether the sidebar stood beside the conversation; None for nobody.
    """

    def __init__(
        self,
        window: MainWindow,
        bridge: EngineBridge,
        theme: Theme,
        *,
        path: Path,
        keeping: bool = True,
        state: WindowState | None = None,
    ) -> None:
        super().__init__(window)
        self._state = state or WindowState()
        self._window = window
        self._bridge = bridge
        self._theme = theme
        self.link = HistoryLink(path, self)
        self.recorder = HistoryRecorder(self.link, window.conversation, self)
        self.model = HistoryModel(self)
        self.panel = HistoryPanel(self.model, theme)
        self.drawer = HistoryDrawer(self.panel, window, theme)
        self.files = HistoryFiles(self.link, window.banners, window, self._refresh)
        self.titles = HistoryTitles(bridge, self.recorder, window.conversation, self.link, self.model.put, self)
        self._search = 0
        """Number of the newest search: the result of an older one is nobody's any more."""
        self._deleted: list[int] = []
        """What can still be brought back."""
        self._opening: int | None = None
        self._connect(bridge)
        self._add_actions()
        self.set_keeping(keeping)

    def start(self) -> None:
        """Open the file and list what is in it; returns at once. The sidebar stands as it did the last time."""
        self.link.start()
        self.model.reload()
        if self._state.get(_SIDEBAR) == _OPEN and not self.drawer.covers:
            self.drawer.open()

    def close(self) -> bool:
        """Write everything and end the thread; returns whether all of it is on the disk."""
        self.files.close()
        return self.link.close()

    def set_keeping(self, keeping: bool) -> None:
        """Keep what is said from now on, or no longer (`PrivacySettings.keep_history`)."""
        self.recorder.set_keeping(keeping)
        self.panel.show_note("" if keeping else tr(words.NOT_KEPT))

    @Slot(object)
    def apply(self, settings: Settings) -> None:
        """Follow the settings."""
        self.recorder.persona = settings.chosen_persona.name
        self.set_keeping(settings.privacy.keep_history)

    @Slot(object)
    def serve(self, opened: SettingsWindow) -> None:
        """Carry out what the privacy page of the settings window asks for."""
        opened.privacy.export_requested.connect(self.files.ask_export_all)
        opened.privacy.delete_requested.connect(self.forget_all)

    # -- building

    def _connect(self, bridge: EngineBridge) -> None:
        window, panel, listed = self._window, self.panel, self.panel.list
        bridge.event_received.connect(self.recorder.apply)
        window.begun.connect(self._on_begun)
        self.link.problem.connect(self._on_problem)
        self.link.solved.connect(window.banners.resolve)
        self.recorder.kept.connect(self.model.put)
        self.recorder.current_changed.connect(self._on_current_changed)
        self.model.wanted.connect(self._read_page)
        self.model.renamed.connect(self._rename)
        listed.chosen.connect(self._choose)
        listed.pin_requested.connect(self._pin)
        listed.delete_requested.connect(self._delete)
        panel.search_requested.connect(self._look_for)
        listed.export_requested.connect(self.files.ask_export)
        panel.export_all_requested.connect(self.files.ask_export_all)
        panel.import_requested.connect(self.files.ask_import)
        panel.undo_requested.connect(self._undo)
        panel.undo_over.connect(self._purge)
        panel.delete_all_requested.connect(self._ask_to_delete_all)
        panel.escaped.connect(bridge.stop)
        panel.left.connect(self.drawer.close)
        self.drawer.toggled.connect(self._on_toggled)

    def _add_actions(self) -> None:
        window = self._window
        show = QAction(tr(words.CONVERSATIONS), window)
        show.setShortcut(QKeySequence("Ctrl+H"))
        show.triggered.connect(self.toggle)
        find = QAction(tr(words.SEARCH), window)
        find.setShortcut(QKeySequence("Ctrl+F"))
        find.triggered.connect(self.search)
        for action in (show, find):
            window.addAction(action)
            window.menu.addAction(action)
        window.menu.addSeparator()
        button = window.status.history_button
        button.clicked.connect(self.toggle)
        button.show()

    # -- the sidebar

    @Slot()
    def toggle(self) -> None:
        """Show or hide the sidebar."""
        if self.drawer.is_open:
            self.drawer.close()
        else:
            self.drawer.open()
            self.panel.list.setFocus()

    @Slot()
    def search(self) -> None:
        """Show the sidebar with the cursor in its search field."""
        self.drawer.open()
        self.panel.focus_search()

    @Slot(bool)
    def _on_toggled(self, shown: bool) -> None:
        if not self.drawer.covers:  # over the conversation it is there for a moment only
            self._state.put(_SIDEBAR, _OPEN if shown else "")
        name = tr(words.HIDE_CONVERSATIONS if shown else words.SHOW_CONVERSATIONS)
        self._window.status.history_button.setToolTip(name)
        self._window.status.history_button.setAccessibleName(name)
        if not shown:
            self._window.talk.setFocus()

    @Slot(object)
    def _read_page(self, after: Summary | None) -> None:
        self.link.read(lambda store: store.list(after), partial(self.model.add_page, after))

    @Slot(str)
    def _look_for(self, typed: str) -> None:
        self._search += 1
        if not typed:
            self.model.show_hits(None)
            return
        number = self._search
        self.link.read(
            lambda store: store.search(typed, lambda: number != self._search),
            lambda hits: self.model.show_hits(hits or ()) if number == self._search else None,
        )

    # -- the conversation on the screen

    @Slot()
    def _on_begun(self) -> None:
        self._opening = None
        self.recorder.begin()

    @Slot()
    def _on_current_changed(self) -> None:
        self.model.set_current(self.recorder.current)

    @Slot(object)
    def _choose(self, item: Summary | Hit) -> None:
        conversation = summary_of(item).id
        self._opening = conversation
        number = item.number if isinstance(item, Hit) else None
        self.link.read(lambda store: store.load(conversation), partial(self._open, conversation, number))

    def open_last(self) -> None:
        """Open the conversation in which something was said last, unless another one is begun meanwhile."""
        self.link.read(lambda store: store.last(), self._go_on)

    def _go_on(self, last: Summary | None) -> None:
        if last is not None and self.recorder.current is None and not self._window.conversation.rowCount():
            self._choose(last)

    def _open(self, conversation: int, number: int | None, found: Conversation | None) -> None:
        if conversation != self._opening:
            return  # something else was chosen meanwhile
        self._opening = None
        if found is None:
            self._window.banners.show_problem(CompanionError("history-not-opened", tr(words.COULD_NOT_OPEN)))
            return
        if conversation != self.recorder.current or number is not None:
            shown = found if number is None else found.through(number)
            leaf = shown.leaf if shown.leaf is None or shown.messages else None
            self._window.conversation.show_branches(rows_of_conversation(shown), leaf)
            self._bridge.new_conversation(self._window.conversation.messages())
            self.recorder.resume(conversation)
        row = None if number is None else self._window.conversation.index_of(number)
        if row is not None:
            self._window.view.scrollTo(self._window.conversation.index(row))
        if self.drawer.covers:
            self.drawer.close()

    # -- what is done with conversations

    def _change(self, job: Callable[[HistoryStore], object], conversation: int) -> None:
        """Have something changed in a conversation, and show what became of it."""

        def changed(store: HistoryStore) -> Summary | None:
            job(store)
            return store.summary(conversation)

        self.link.write(changed, lambda summary: self.model.put(summary) if summary is not None else None)

    @Slot(object, str)
    def _rename(self, conversation: int, title: str) -> None:
        self._change(lambda store: store.rename(conversation, title), conversation)

    @Slot(object, bool)
    def _pin(self, conversation: int, pinned: bool) -> None:
        self._change(lambda store: store.pin(conversation, pinned), conversation)

    @Slot(object)
    def _delete(self, conversation: int) -> None:
        self.link.write(lambda store: store.delete([conversation]), self._on_deleted)
        self.model.remove(conversation)
        if conversation == self.recorder.current:
            self._window.show_conversation()

    @Slot()
    def delete_all(self) -> None:
        """Delete every conversation, also the one on the screen; the user has agreed."""
        self.link.write(lambda store: store.delete(), self._on_deleted_all)
        self._window.show_conversation()

    @Slot()
    def forget_all(self) -> None:
        """Delete every conversation for good, at once; the user has agreed."""
        self.panel.hide_undo()
        self._deleted = []
        self.link.write(_forget_all, lambda _: self._refresh())
        self._window.show_conversation()

    @Slot()
    def _ask_to_delete_all(self) -> None:
        title, body = tr(words.DELETE_ALL_TITLE), tr(words.DELETE_ALL_BODY)
        ask(self._theme, title, body, tr(words.DELETE), self._window, self.delete_all)

    def _on_deleted(self, conversations: Sequence[int]) -> None:
        self._deleted += conversations
        count = len(self._deleted)
        if count:
            self.panel.show_undo(tr(words.DELETED_ONE) if count == 1 else tr(words.DELETED_MANY, count=count))

    def _on_deleted_all(self, conversations: Sequence[int]) -> None:
        self._on_deleted(conversations)
        self.model.reload()

    @Slot()
    def _undo(self) -> None:
        back, self._deleted = self._deleted, []
        self.panel.hide_undo()
        self.link.write(lambda store: store.restore(back), lambda _: self._refresh())

    @Slot()
    def _purge(self) -> None:
        self._deleted = []
        self.link.write(lambda store: store.purge())

    def _refresh(self) -> None:
        """Show what is in the file now: the list and, if one is on, the search."""
        self.model.reload()
        if self.model.searching:
            self._look_for(self.panel.search.text().strip())

    @Slot(object)
    def _on_problem(self, error: CompanionError) -> None:
        self._window.banners.show_problem(error)
        if error.code == DAMAGED:
            self._refresh()


def _forget_all(store: HistoryStore) -> None:
    """Thread: the history's."""
    store.delete()
    store.purge()

"""Conversations to files and back: the dialogs, and what is said when it is done. GUI thread.

Reading and writing happen on the history's threads.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from companion.engine.errors import CompanionError
from companion.history.exchange import Labels, json_of, markdown_of
from companion.history.importing import Import, Imported
from companion.history.records import Conversation, Summary
from companion.history.store import HistoryStore
from companion.private_file import write_private
from companion.ui import history_strings as words
from companion.ui.banner import Banners
from companion.ui.history_link import HistoryLink
from companion.ui.translation import tr

NOTE = "history-files"
"""Code of the banner that says what became of an export or import."""
CLOSE_S = 3.0
_LONGEST_NAME = 60
_UNWANTED = str.maketrans(dict.fromkeys('\\/:*?"<>|.', " "))
"""In the name of a file, on any system."""


class HistoryFiles(QObject):
    """Asks where to, or from where, and has it done.

    Args:
        link: The way to the conversations.
        banners: Say what came of it.
        window: The dialogs stand before it.
        imported: Called when conversations were added.
    """

    def __init__(self, link: HistoryLink, banners: Banners, window: QWidget, imported: Callable[[], object]) -> None:
        super().__init__(window)
        self._link = link
        self._banners = banners
        self._window = window
        self._imported = imported
        self._import: Import | None = None

    def ask_export(self, summary: Summary) -> None:
        """Ask where one conversation is to be written."""
        name = " ".join(summary.title.translate(_UNWANTED).split())[:_LONGEST_NAME].strip()
        self._ask_where_to(name or words.EXPORT_NAME, [summary.id])

    @Slot()
    def ask_export_all(self) -> None:
        """Ask where all conversations are to be written."""
        self._ask_where_to(words.EXPORT_NAME, None)

    @Slot()
    def ask_import(self) -> None:
        """Ask for a file to import."""
        dialog = self._dialog(tr(words.IMPORT))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([tr(words.IMPORT_FILES), tr(words.ALL_FILES)])
        dialog.fileSelected.connect(lambda name: self.import_from(Path(name)))
        dialog.open()

    def export_to(self, path: Path, conversations: Sequence[int] | None) -> None:
        """Write conversations (None: all) to a file: JSON if it is called so, otherwise Markdown."""
        labels = Labels(user=tr(words.YOU), assistant=tr(words.COMPANION), stopped=tr(words.STOPPED))
        self._link.read(lambda store: _export(store, path, conversations, labels), partial(self._on_exported, path))

    def import_from(self, path: Path) -> None:
        """Add the conversations of a file; one import at a time."""
        if self._import is None:
            self._banners.show_note(NOTE, tr(words.IMPORTING, file=path.name))
            self._import = self._link.importing(path, self._on_imported)
            self._import.start()

    def close(self) -> None:
        """Give up an import that is under way."""
        if self._import is not None:
            self._import.close(CLOSE_S)

    # -- inside

    def _dialog(self, title: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title)
        dialog.finished.connect(dialog.deleteLater)
        return dialog

    def _ask_where_to(self, name: str, conversations: Sequence[int] | None) -> None:
        kinds = {tr(words.MARKDOWN_FILES): "md", tr(words.JSON_FILES): "json"}
        if conversations is None:
            kinds = dict(reversed(kinds.items()))  # a copy of everything is there to be imported again
        dialog = self._dialog(tr(words.EXPORT))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(list(kinds))
        dialog.setDefaultSuffix(next(iter(kinds.values())))
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(kinds.get(chosen, "md")))
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda chosen: self.export_to(Path(chosen), conversations))
        dialog.open()

    def _on_exported(self, path: Path, result: CompanionError | bool | None) -> None:
        if isinstance(result, CompanionError):
            self._banners.show_problem(result)
        elif result is None:
            self._banners.show_problem(CompanionError(NOTE, tr(words.NOTHING_READ)))
        else:
            self._banners.show_note(NOTE, tr(words.EXPORTED, file=str(path)))

    def _on_imported(self, result: Imported) -> None:
        self._import = None
        self._banners.resolve(NOTE)
        if result.error is not None:
            self._banners.show_problem(result.error)
        if result.added or result.error is None:
            text = words.IMPORTED_SKIPPED if result.skipped else words.IMPORTED
            shown = tr(text, added=result.added, already=result.already, skipped=result.skipped)
            self._banners.show_note(NOTE, shown)
        self._imported()


def _export(
    store: HistoryStore, path: Path, conversations: Sequence[int] | None, labels: Labels
) -> CompanionError | bool:
    """Write the file. Thread: the history's."""
    ids = store.ids() if conversations is None else conversations
    found: Iterable[Conversation] = filter(None, map(store.load, ids))
    pieces = json_of(found) if path.suffix.lower() == ".json" else markdown_of(found, labels)
    try:
        write_private(path, "".join(pieces))
    except CompanionError as error:
        return error
    return True

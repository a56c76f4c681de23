"""Settings: what is kept of what was said, where it lies, taking it along and forgetting it. GUI thread."""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from companion.ui import settings_strings as words
from companion.ui import trust_strings
from companion.ui.preferences import Preferences
from companion.ui.question import ask
from companion.ui.settings_pages.page import SettingsPage, plain_label
from companion.ui.theme import Text, Theme
from companion.ui.translation import tr


class PrivacyPage(SettingsPage):
    """What is kept.

    Signals:
        export_requested: write every conversation into files; whoever owns them asks where to.
        delete_requested: delete every conversation; the user was asked and said yes.
        proof_requested: show every connection of this program.
        report_requested: make a problem report and show it.

    Args:
        theme: The look.
        preferences: What the page changes.
        folder: Where the conversations lie.
    """

    export_requested = Signal()
    delete_requested = Signal()
    proof_requested = Signal()
    report_requested = Signal()

    def __init__(self, theme: Theme, preferences: Preferences, folder: Path) -> None:
        super().__init__(theme, preferences, words.PRIVACY, words.PRIVACY_WHY)
        self._folder = folder
        card = self.card(words.HISTORY_CARD)
        self.keep = self.switch(card, "privacy.keep_history", words.KEEP_HISTORY)
        self.show_folder = self.button(card, "folder", words.WHERE_IT_LIES, words.SHOW_FOLDER)
        path = plain_label(str(folder))
        path.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        path.setAccessibleName(f"{tr(words.WHERE_IT_LIES[0])}: {folder}")
        self._titles.append((path, Text.SMALL, "text"))
        theme.dress(path, Text.SMALL)
        self.rows["folder"].add_below(path)
        self.export = self.button(card, "export", words.EXPORT_ALL, words.EXPORT)
        self.delete = self.button(card, "delete", words.DELETE_ALL, words.DELETE, danger=True)
        card = self.card(trust_strings.PROOF_CARD)
        self.prove = self.button(card, "proof", trust_strings.PROOF_ROW, trust_strings.PROVE)
        self.report = self.button(card, "report", trust_strings.REPORT_ROW, trust_strings.REPORT_SHOW)
        self.prove.clicked.connect(self.proof_requested)
        self.report.clicked.connect(self.report_requested)
        self.show_folder.clicked.connect(self._show_folder)
        self.export.clicked.connect(self.export_requested)
        self.delete.clicked.connect(self._ask_to_delete)

    @Slot()
    def _show_folder(self) -> None:
        shown = QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))
        self.rows["folder"].show_problem("" if shown else tr(words.FOLDER_NOT_SHOWN))

    @Slot()
    def _ask_to_delete(self) -> None:
        ask(
            self.theme,
            tr(words.DELETE_TITLE),
            tr(words.DELETE_BODY),
            tr(words.DELETE_CONFIRM),
            self.window(),
            self.delete_requested.emit,
        )

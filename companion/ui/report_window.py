"""The window that shows a problem report before it is saved: every file, what is in it, and its text. GUI thread.

A child process makes the report (`companion report`): it looks at devices and files for seconds, and works when
something in this process does not. What it made lies in the data folder until this window is closed. Only the copy to
where the user wants it has a thread of its own.
"""

import json
import sys
import threading
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from companion.engine.errors import CompanionError
from companion.private_file import replace_file
from companion.problem_words import contents_sentence
from companion.ui import trust_strings as words
from companion.ui.banner import Banners
from companion.ui.child_process import ChildProcess
from companion.ui.layouts import fitting
from companion.ui.panel_style import panel_style
from companion.ui.settings_style import field_style
from companion.ui.theme import UNIT, Text, Theme
from companion.ui.translation import tr
from companion.ui.turn_window import quiet_button
from companion.ui.widgets import Words, button

DRAFT = "problem-report.zip"
SHOWN_CHARACTERS = 200_000
"""Of one file; a text field with more of it is slow."""
_JOIN_S = 5.0
_SIZE = QSize(820, 620)
_FILES_WIDTH = 55 * UNIT
_NOTE = "report"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the report."""

    name: str
    size: int


def report_command(path: Path) -> list[str]:
    """Return the command line that makes a report at `path`."""
    return [sys.executable, "-P", "-m", "companion", "report", "--json", str(path)]


class ReportWindow(QDialog):
    """Shows the report; it stands beside the conversation and blocks nothing.

    Args:
        theme: Fonts and colours.
        folder: Where the report lies until it is saved.
        parent: The window it belongs to.
        command: Makes the command line for a path.
    """

    _written = Signal(object)

    def __init__(
        self,
        theme: Theme,
        folder: Path,
        parent: QWidget | None = None,
        *,
        command: Callable[[Path], list[str]] = report_command,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._draft = folder / DRAFT
        self._command = command
        self._child: ChildProcess | None = None
        self._entries: list[Entry] = []
        self._writing: threading.Thread | None = None
        self.banners = Banners(theme)
        self.headline = Words(theme, tr(words.REPORT_TITLE), Text.TITLE)
        self.why = Words(theme, tr(words.REPORT_WHY), Text.LABEL, "text_secondary")
        self.files = QListWidget()
        self.sentence = Words(theme, "", Text.LABEL)
        self.text = QPlainTextEdit()
        self.status = Words(theme, "", Text.SMALL, "text_secondary", selectable=True)
        self.save_button = button(tr(words.REPORT_SAVE), "primary")
        self.close_button = quiet_button(tr(words.CLOSE))
        self.setWindowTitle(tr(words.REPORT))
        self.resize(fitting(QSize(theme.widened(_SIZE.width()), theme.widened(_SIZE.height())), self))
        self._lay_out()
        self.files.currentItemChanged.connect(self._on_chosen)
        self.save_button.clicked.connect(self._ask_where_to)
        self.close_button.clicked.connect(self.close)
        self._written.connect(self._on_written, Qt.ConnectionType.QueuedConnection)
        theme.changed.connect(self._restyle)
        self._restyle()

    def come_forward(self) -> None:
        """Show the window above the others, with a new report."""
        self.show()
        self.raise_()
        self.activateWindow()

    def show_entries(self, entries: list[Entry]) -> None:
        """Show what the report at the draft's place holds."""
        self.files.clear()
        for entry in entries:
            item = QListWidgetItem(entry.name)
            sentence = tr(contents_sentence(entry.name))
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, sentence)
            self.files.addItem(item)
        self.files.setCurrentRow(0)
        self.status.setText("")
        self.save_button.setEnabled(True)
        self.files.setFocus()

    def save_to(self, path: Path) -> None:
        """Write the report to a place of the user's choice, for the user alone."""
        if self._writing is None:
            self.save_button.setEnabled(False)
            self._writing = threading.Thread(target=self._write, args=(path,), name="report")
            self._writing.start()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Make a report."""
        super().showEvent(event)
        if not event.spontaneous() and self._child is None:
            self._make()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Give up what is not done, and leave nothing behind."""
        super().hideEvent(event)
        if event.spontaneous():  # minimised
            return
        if self._child is not None:
            self._child.leave()
            self._child = None
        if self._writing is not None:
            self._writing.join(_JOIN_S)
            self._writing = None
        self._draft.unlink(missing_ok=True)

    # -- inside

    def _lay_out(self) -> None:
        self.files.setAccessibleName(tr(words.REPORT_FILES))
        self.text.setAccessibleName(tr(words.REPORT_TEXT))
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        right = QVBoxLayout()
        right.setSpacing(2 * UNIT)
        right.addWidget(self.sentence)
        right.addWidget(self.text, 1)
        middle = QHBoxLayout()
        middle.setSpacing(3 * UNIT)
        middle.addWidget(self.files)
        middle.addLayout(right, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * UNIT)
        buttons.addWidget(self.status, 1)
        buttons.addWidget(self.save_button)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * UNIT, 5 * UNIT, 5 * UNIT, 4 * UNIT)
        column.setSpacing(2 * UNIT)
        column.addWidget(self.headline)
        column.addWidget(self.why)
        column.addWidget(self.banners)
        column.addSpacing(UNIT)
        column.addLayout(middle, 1)
        column.addLayout(buttons)

    def _make(self) -> None:
        self.banners.resolve(_NOTE)
        self.files.clear()
        self.text.clear()
        self.sentence.setText("")
        self.save_button.setEnabled(False)
        self.status.setText(tr(words.REPORT_MAKING))
        self._entries = []
        self._child = ChildProcess(self._command(self._draft), self)
        self._child.line.connect(self._on_line)
        self._child.ended.connect(self._on_made)

    @Slot(str)
    def _on_line(self, line: str) -> None:
        self._entries += _entry(line)

    @Slot(int)
    def _on_made(self, code: int) -> None:
        self._child, entries = None, self._entries
        if code or not entries:
            self.status.setText("")
            error = CompanionError("report", tr(words.REPORT_FAILED), hint=tr(words.REPORT_FAILED_WHY))
            self.banners.show_problem(error)
        else:
            self.show_entries(entries)

    @Slot()
    def _on_chosen(self) -> None:
        if self.files.currentRow() < 0:
            return
        name = self.files.currentItem().text()
        self.sentence.setText(tr(contents_sentence(name)))
        try:
            with zipfile.ZipFile(self._draft) as archive:
                text = archive.read(name).decode("utf-8", "replace")
        except (OSError, KeyError, zipfile.BadZipFile):
            text = ""
        if len(text) > SHOWN_CHARACTERS:
            text = text[-SHOWN_CHARACTERS:]
            self.sentence.setText(f"{self.sentence.text()} {tr(words.REPORT_CUT)}")
        self.text.setPlainText(text)

    @Slot()
    def _ask_where_to(self) -> None:
        dialog = QFileDialog(self, tr(words.REPORT))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(tr(words.REPORT_KIND))
        dialog.setDefaultSuffix("zip")
        dialog.selectFile(f"{words.REPORT_NAME}-{datetime.now():%Y%m%d}.zip")
        dialog.finished.connect(dialog.deleteLater)
        dialog.fileSelected.connect(lambda name: self.save_to(Path(name)))
        dialog.open()

    def _write(self, path: Path) -> None:
        """Thread: report."""
        try:
            replace_file(path.resolve(), self._draft.read_bytes())
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self._written.emit(
                CompanionError("report", f"{path} cannot be written: {reason}.", hint="Choose another folder.")
            )
        else:
            self._written.emit(path)

    @Slot(object)
    def _on_written(self, result: Path | CompanionError) -> None:
        if self._writing is not None:
            self._writing.join(_JOIN_S)
            self._writing = None
        self.save_button.setEnabled(True)
        if isinstance(result, CompanionError):
            self.banners.show_problem(result)
        else:
            self.banners.resolve(_NOTE)
            self.status.setText(tr(words.REPORT_SAVED, file=str(result)))

    @Slot()
    def _restyle(self) -> None:
        self.setStyleSheet(field_style(self._theme.colors) + panel_style(self._theme.colors))
        self.files.setFixedWidth(self._theme.widened(_FILES_WIDTH))
        self.files.setFont(self._theme.font(Text.LABEL))
        self.text.setFont(self._theme.font(Text.SMALL))


def _entry(line: str) -> list[Entry]:
    """Return the file that a line of the child tells of; none if it is something else."""
    try:
        found = json.loads(line)
        return [Entry(str(found["name"]), int(found["size"]))]
    except (ValueError, KeyError, TypeError):
        return []

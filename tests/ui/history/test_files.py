"""Exports and imports from the window."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from companion.settings import PersonaSettings, PrivacySettings, Settings
from companion.ui import history_strings as words
from companion.ui.history_files import NOTE
from companion.ui.history_part import HistoryPart
from companion.ui.main_window import MainWindow
from tests.ui.history.scene import Happens, Settle, kept, titles, turn

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def note(window: MainWindow) -> str:
    return window.banners.banners[NOTE].message.text()


def test_one_conversation_is_written_to_read(
    part: HistoryPart, window: MainWindow, happens: Happens, settle: Settle, tmp_path: Path
) -> None:
    happens(*turn(1, "Why: is/it?", "Because."))
    window.show_conversation()
    happens(*turn(2, "Other", "B"))
    first = part.model.index(2).data(256)
    menu = QMenu()
    actions = {action.text(): action for action in part.panel.list.actions_for(first, menu)}
    actions[words.EXPORT].trigger()
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    assert Path(dialog.selectedFiles()[0]).stem == "Why is it?".rstrip("?")
    file = tmp_path / "one.md"
    dialog.fileSelected.emit(str(file))
    dialog.reject()
    settle()
    assert "# Why: is/it?" in file.read_text(encoding="utf-8")
    assert "Other" not in file.read_text(encoding="utf-8")
    assert str(file) in note(window)


def test_all_are_written_deleted_and_imported_again(
    qtbot: QtBot, part: HistoryPart, window: MainWindow, happens: Happens, settle: Settle, tmp_path: Path
) -> None:
    for number in (1, 2):
        happens(*turn(number, f"Question {number}", "Answer"))
        window.show_conversation()
    before = kept(qtbot, part)
    file = tmp_path / "all.json"
    part.files.export_to(file, None)
    part.delete_all()
    settle()
    part._purge()
    settle()
    assert titles(part) == []
    part.files.import_from(file)
    qtbot.waitUntil(lambda: note(window).startswith("Imported"), timeout=20_000)
    settle()
    assert note(window) == "Imported: 2. Here before: 0."
    assert titles(part) == ["Question 2", "Question 1"]
    assert kept(qtbot, part) == before


def test_what_cannot_be_imported_or_written_is_said(
    qtbot: QtBot, part: HistoryPart, window: MainWindow, settle: Callable[[], None], tmp_path: Path
) -> None:
    part.files.import_from(tmp_path / "missing.json")
    qtbot.waitUntil(lambda: "import-unreadable" in window.banners.banners, timeout=20_000)
    part.files.export_to(tmp_path / "missing" / "all.json", None)
    settle()
    assert "report-unwritable" in window.banners.banners


def test_the_settings_decide_whether_anything_is_kept_and_delete_for_good(
    qtbot: QtBot, part: HistoryPart, happens: Happens, settle: Settle, path: Path
) -> None:
    settings = Settings(personas=(PersonaSettings(name="Ada"),))
    part.apply(settings)
    happens(*turn(1, "The quokka smiles", "Yes"))
    assert kept(qtbot, part)[0].persona == "Ada"
    part.apply(replace(settings, privacy=PrivacySettings(keep_history=False)))
    happens(*turn(2, "The wombat too", "Yes"))
    assert titles(part) == ["The quokka smiles"]
    part.forget_all()
    settle()
    assert titles(part) == []
    assert part.panel._undo_bar.isHidden()
    left = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    assert b"quokka" not in left
    assert b"wombat" not in left


class Page(QObject):
    """What the privacy page of the settings says."""

    export_requested = Signal()
    delete_requested = Signal()


class Opened:
    """The settings window, as far as it matters here."""

    def __init__(self) -> None:
        self.privacy = Page()


def test_the_privacy_page_is_served(part: HistoryPart, window: MainWindow, happens: Happens, settle: Settle) -> None:
    opened = Opened()
    part.serve(opened)  # type: ignore[arg-type]
    opened.privacy.export_requested.emit()
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    dialog.reject()
    happens(*turn(1, "Hi", "Hello"))
    opened.privacy.delete_requested.emit()
    settle()
    assert titles(part) == []

"""The problem report is seen before it is saved."""

import stat
import sys
import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from companion import problem_words
from companion.ui import report_window
from companion.ui import trust_strings as words
from companion.ui.report_window import DRAFT, ReportWindow
from companion.ui.theme import Theme

# The offscreen platform has no window manager to talk to, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def made(qtbot: QtBot, theme: Theme, folder: Path, code: str) -> ReportWindow:
    window = ReportWindow(theme, folder, command=lambda path: [sys.executable, "-c", code, str(path)])
    qtbot.addWidget(window)
    window.show()
    return window


MAKE = """
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as file:
    for name, text in {"README.txt": "hello", "log/companion.log": "<b>line</b> " * 40000}.items():
        file.writestr(name, text)
        print(json.dumps({"name": name, "size": len(text)}), flush=True)
print("something else")
"""


def test_the_real_command_makes_it_and_the_user_sees_every_file(qtbot: QtBot, theme: Theme, tmp_path: Path) -> None:
    window = ReportWindow(theme, tmp_path)
    qtbot.addWidget(window)
    window.show()
    assert window.status.text() == words.REPORT_MAKING
    assert not window.save_button.isEnabled()
    qtbot.waitUntil(lambda: window.files.count() > 0, timeout=60_000)
    with zipfile.ZipFile(tmp_path / DRAFT) as archive:
        assert [window.files.item(row).text() for row in range(window.files.count())] == archive.namelist()
        for row in range(window.files.count()):
            window.files.setCurrentRow(row)
            shown = window.text.toPlainText()
            assert shown == archive.read(window.files.item(row).text()).decode()
            assert window.sentence.text()


@pytest.mark.skipif(sys.platform == "win32", reason="modes of Unix")
def test_it_is_saved_for_the_user_alone_and_the_draft_goes(qtbot: QtBot, theme: Theme, tmp_path: Path) -> None:
    window = made(qtbot, theme, tmp_path, MAKE)
    qtbot.waitUntil(lambda: window.files.count() == 2, timeout=20_000)
    target = tmp_path / "mine.zip"
    window.save_to(target)
    qtbot.waitUntil(lambda: str(target) in window.status.text())
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert zipfile.ZipFile(target).namelist() == ["README.txt", "log/companion.log"]
    window.close()
    assert not (tmp_path / DRAFT).exists()
    assert target.exists()


def test_text_is_shown_as_text_and_a_long_file_by_its_end(qtbot: QtBot, theme: Theme, tmp_path: Path) -> None:
    window = made(qtbot, theme, tmp_path, MAKE)
    qtbot.waitUntil(lambda: window.files.count() == 2, timeout=20_000)
    window.files.setCurrentRow(1)
    assert window.text.toPlainText().endswith("<b>line</b> ")
    assert len(window.text.toPlainText()) == report_window.SHOWN_CHARACTERS
    assert words.REPORT_CUT in window.sentence.text()


def test_a_folder_that_cannot_be_written_is_a_sentence_and_the_report_stays(
    qtbot: QtBot, theme: Theme, tmp_path: Path
) -> None:
    window = made(qtbot, theme, tmp_path, MAKE)
    qtbot.waitUntil(lambda: window.files.count() == 2, timeout=20_000)
    window.save_to(tmp_path / "no folder" / "r.zip")
    qtbot.waitUntil(lambda: "report" in window.banners.banners)
    assert "Choose another folder." in window.banners.banners["report"].hint.text()
    assert window.save_button.isEnabled()


@pytest.mark.parametrize("code", ["raise SystemExit(3)", "print('nothing of it')", "import os; os.abort()"])
def test_a_report_that_could_not_be_made_is_said(code: str, qtbot: QtBot, theme: Theme, tmp_path: Path) -> None:
    window = made(qtbot, theme, tmp_path, code)
    qtbot.waitUntil(lambda: "report" in window.banners.banners, timeout=20_000)
    assert window.banners.banners["report"].message.text() == words.REPORT_FAILED
    assert not window.save_button.isEnabled()


def test_closing_while_it_is_made_leaves_nothing(qtbot: QtBot, theme: Theme, tmp_path: Path) -> None:
    window = made(qtbot, theme, tmp_path, "import threading; threading.Event().wait(60)")
    child = window._child
    assert child is not None
    window.close()
    assert window._child is None
    with qtbot.waitSignal(child.destroyed):
        pass
    assert list(tmp_path.glob("*.zip")) == []


def test_each_file_is_heard_with_its_sentence(qtbot: QtBot, theme: Theme, tmp_path: Path) -> None:
    window = made(qtbot, theme, tmp_path, MAKE)
    qtbot.waitUntil(lambda: window.files.count() == 2, timeout=20_000)
    first = window.files.item(0)
    assert first.text() == "README.txt"
    assert first.data(Qt.ItemDataRole.AccessibleDescriptionRole) == problem_words.CONTENTS["README.txt"]
    assert window.files.accessibleName() == words.REPORT_FILES

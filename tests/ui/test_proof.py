"""The window that proves that nothing leaves: on real sockets, opened and closed while it is shown."""

import socket
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from companion.sockets import OpenSocket, Purpose, Reach
from companion.ui import proof
from companion.ui import trust_strings as words
from companion.ui.main_window import MainWindow
from companion.ui.proof import ProofWindow, lines_of
from companion.ui.theme import Theme
from companion.ui.trust_part import TrustPart

# The offscreen platform has no window manager to talk to, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

BUS = OpenSocket(reach=Reach.LOCAL, purpose=Purpose.DESKTOP, kind="Unix", near="", far="/run/user/7/bus")


@pytest.fixture
def shown(qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch) -> ProofWindow:
    monkeypatch.setattr(proof, "EVERY_MS", 20)
    window = ProofWindow(theme)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


@pytest.mark.loopback
def test_a_real_socket_to_a_network_turns_it_red_and_its_end_turns_it_back(shown: ProofWindow, qtbot: QtBot) -> None:
    assert shown.verdict.headline.text() == words.NONE_OUTSIDE
    with socket.create_server(("", 0)) as server:
        port = server.getsockname()[1]
        qtbot.waitUntil(lambda: shown.verdict.headline.text() == words.SOME_OUTSIDE)
        first = shown.rows[0].line
        assert first.outside
        assert f"0.0.0.0:{port}" in first.where
        assert shown.verdict.accessibleName() == words.SOME_OUTSIDE
    qtbot.waitUntil(lambda: shown.verdict.headline.text() == words.NONE_OUTSIDE)
    assert not any(row.line.outside for row in shown.rows)


@pytest.mark.loopback
def test_a_connection_within_the_computer_is_told_but_is_no_network(shown: ProofWindow, qtbot: QtBot) -> None:
    with socket.create_server(("127.0.0.1", 0)):
        qtbot.waitUntil(lambda: any(row.line.name == words.LOOPBACK[0] for row in shown.rows))
        assert shown.verdict.headline.text() == words.NONE_OUTSIDE


def test_a_new_local_connection_shows_by_itself(shown: ProofWindow, qtbot: QtBot) -> None:
    before = sum(row.line.name == words.PURPOSES[Purpose.INSIDE][0] for row in shown.rows)
    first, second = socket.socketpair()
    with first, second:
        qtbot.waitUntil(lambda: any(row.line.name == words.PURPOSES[Purpose.INSIDE][0] for row in shown.rows))
    assert before <= 1


def test_nothing_is_looked_at_while_the_window_is_out_of_sight(theme: Theme, qtbot: QtBot) -> None:
    looks: list[int] = []

    def look() -> list[OpenSocket]:
        looks.append(1)
        return []

    window = ProofWindow(theme, look=look)
    qtbot.addWidget(window)
    window.show()
    assert len(looks) == 1
    assert window._timer.isActive()
    window.hide()
    assert not window._timer.isActive()


def test_the_same_connections_are_not_drawn_again(shown: ProofWindow, qtbot: QtBot) -> None:
    shown._look = lambda: [BUS]
    shown.refresh()
    rows = list(shown.rows)
    shown.refresh()
    assert shown.rows == rows


def test_a_system_that_does_not_tell_is_no_proof(theme: Theme, qtbot: QtBot) -> None:
    window = ProofWindow(theme, look=lambda: None)
    qtbot.addWidget(window)
    window.show()
    assert window.verdict.headline.text() == words.NOT_TOLD
    assert words.NONE_OUTSIDE not in window.verdict.why.text()
    assert window.when.text() == ""


def test_same_sockets_are_told_once_and_what_leaves_comes_first() -> None:
    out = OpenSocket(reach=Reach.NETWORK, purpose=Purpose.OTHER, kind="UDP", near="0.0.0.0:68", far="")
    lines = lines_of([BUS, BUS, out])
    assert [(line.name, line.outside) for line in lines] == [
        (words.NETWORK_IDLE[0], True),
        (words.PURPOSES[Purpose.DESKTOP][0], False),
    ]
    assert lines[1].where == "Unix, to /run/user/7/bus · 2 times"


def test_every_purpose_has_its_words() -> None:
    assert set(words.PURPOSES) == set(Purpose)


def test_every_line_can_be_reached_and_heard_and_copied(shown: ProofWindow) -> None:
    shown._look = lambda: [BUS]
    shown.refresh()
    (row,) = shown.rows
    assert row.accessibleName() == row.line.text
    assert "/run/user/7/bus" in row.line.text
    assert row.focusPolicy() & Qt.FocusPolicy.TabFocus
    shown.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith(words.NONE_OUTSIDE)
    assert row.line.text in copied


def test_mark_and_menu_open_it_and_the_main_window_closes_it(window: MainWindow, theme: Theme, tmp_path: Path) -> None:
    part = TrustPart(window, theme, folder=tmp_path)
    window.status.offline.setFocus()
    QTest.keyClick(window.status.offline, Qt.Key.Key_Space)
    opened = window.findChild(ProofWindow)
    assert opened is not None
    assert opened.isVisible()
    assert {words.PROOF_OPEN, words.REPORT_OPEN} <= {action.text() for action in window.menu.actions()}
    window.close()
    assert not opened.isVisible()
    assert part.parent() is window

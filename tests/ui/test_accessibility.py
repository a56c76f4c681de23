"""What holds for every window: each control has a name, the keyboard reaches it, and twice as large words still fit.

The windows are those of `scripts.gallery`: a new one is tested by being drawn.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollBar,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from companion.settings import AppearanceSettings
from companion.ui.guide.guide import Guide
from companion.ui.picture import Picture
from companion.ui.theme import Theme
from scripts.gallery import VIEWS
from scripts.stage import Stage

# The offscreen platform has no window manager to talk to, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    Picture,
)
INSIDE = (QComboBox, QAbstractSpinBox, QAbstractItemView, QLineEdit)
"""What belongs to one of these (a list behind a combo box, a header) is part of that control."""
MOST_STOPS = 400

Show = Callable[[str], QWidget]
EVERY_WINDOW = pytest.mark.parametrize("name", list(VIEWS))


@pytest.fixture
def show(theme: Theme, tmp_path: Path, qtbot: QtBot) -> Iterator[Show]:
    stages: list[Stage] = []

    def show(name: str) -> QWidget:
        stage = Stage(theme, tmp_path)
        stages.append(stage)
        window = VIEWS[name](stage)
        qtbot.addWidget(window)
        to_front(window)
        return window

    yield show
    for stage in stages:
        stage.close()


def to_front(window: QWidget) -> None:
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)


def controls(window: QWidget) -> list[QWidget]:
    """Return what can be used in a window now, parts of other controls left out, and what the guide covers."""
    guide = window.findChild(Guide)
    usable = guide if guide is not None and guide.isVisibleTo(window) else window
    found = [child for child in usable.findChildren(QWidget) if isinstance(child, CONTROLS)]
    return [
        control
        for control in found
        if control.isVisibleTo(window) and control.isEnabled() and control.window() is window and not is_part(control)
    ]


def is_part(control: QWidget) -> bool:
    parent = control.parentWidget()
    while parent is not None:
        if isinstance(parent, INSIDE) and not isinstance(control, QAbstractButton):
            return True
        if isinstance(control, QAbstractButton) and isinstance(parent, QLineEdit | QComboBox | QAbstractSpinBox):
            return True
        parent = parent.parentWidget()
    return isinstance(control, QScrollBar)


def name_of(control: QWidget) -> str:
    text = control.text() if isinstance(control, QAbstractButton) else ""
    return control.accessibleName() or text


def reached(window: QWidget) -> set[QWidget]:
    """Return what Tab goes through, from where the focus is until it is there again."""
    found: set[QWidget] = set()
    window.setFocus()
    for _ in range(MOST_STOPS):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        at = QApplication.focusWidget()
        if at is None or at in found:
            break
        found.add(at)
    return found


def unreached(window: QWidget) -> list[str]:
    """Return the controls that the keyboard does not reach; of a group of choices one is enough."""
    stops = reached(window)
    groups = {id(stop.group()) for stop in stops if isinstance(stop, QAbstractButton) and stop.group() is not None}
    missed = []
    for control in controls(window):
        group = control.group() if isinstance(control, QAbstractButton) else None
        proxy = control.focusProxy() or control
        if proxy not in stops and not (group is not None and id(group) in groups):
            missed.append(f"{type(control).__name__} “{name_of(control)}”")
    return missed


def clipped(window: QWidget) -> list[str]:
    """Return the words that are shown in less room than they need."""
    found = []
    for label in window.findChildren(QLabel):
        if not label.isVisibleTo(window) or not label.text() or label.window() is not window:
            continue
        room = label.contentsRect()
        metrics = label.fontMetrics()
        if "…" in label.text() and label.toolTip().replace("…", "") != label.text().replace("…", ""):
            continue  # tells its whole text otherwise
        if label.wordWrap():
            flags = int(Qt.TextFlag.TextWordWrap)
            needed = metrics.boundingRect(0, 0, room.width(), 10_000, flags, label.text())
            fits = needed.height() <= room.height() + 1 and needed.width() <= room.width() + 1
        else:
            fits = metrics.horizontalAdvance(label.text()) <= room.width() + 1 and metrics.height() <= room.height() + 1
        if not fits:
            found.append(f"“{label.text()}” in {room.width()}x{room.height()}")
    for button in window.findChildren(QPushButton):
        needs = button.fontMetrics().size(0, button.text())
        if button.isVisibleTo(window) and (needs.width() > button.width() or needs.height() > button.height()):
            found.append(f"“{button.text()}” on a button of {button.width()}x{button.height()}")
    return found


@EVERY_WINDOW
def test_every_control_has_a_name(show: Show, name: str) -> None:
    window = show(name)
    assert [type(control).__name__ for control in controls(window) if not name_of(control)] == []


@EVERY_WINDOW
def test_the_keyboard_reaches_every_control(show: Show, name: str) -> None:
    window = show(name)
    assert controls(window)
    assert unreached(window) == []


@EVERY_WINDOW
def test_words_twice_as_large_still_fit(show: Show, theme: Theme, qtbot: QtBot, name: str) -> None:
    theme.apply(AppearanceSettings(theme="light", text_scale=2.0, reduce_motion=True))
    window = show(name)
    QApplication.processEvents()
    try:
        assert clipped(window) == []
    finally:
        theme.apply(AppearanceSettings(theme="light", reduce_motion=True))


def test_a_control_without_a_name_or_out_of_reach_would_be_seen(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    for button in (QPushButton("One"), QPushButton("Two"), QPushButton()):
        column.addWidget(button)
    _, two, nameless = window.findChildren(QPushButton)
    two.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    window.show()
    to_front(window)
    assert [control for control in controls(window) if not name_of(control)] == [nameless]
    assert unreached(window) == ["QPushButton “Two”"]


def test_clipped_words_would_be_seen(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    for place, wraps in enumerate((False, True)):
        label = QLabel("Far too many words for so little room", window)
        label.setWordWrap(wraps)
        label.setGeometry(0, 30 * place, 60, 20)
    window.show()
    assert len(clipped(window)) == 2

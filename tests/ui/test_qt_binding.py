"""The Qt binding itself: see docs/decisions/0007-pyside-below-6.12.md."""

import sys

from PySide6.QtGui import QPainter, QPixmap
from pytestqt.qtbot import QtBot

CALLS = 500


def test_calls_that_return_nothing_keep_the_references_to_none(qtbot: QtBot) -> None:
    pixmap = QPixmap(10, 10)
    painter = QPainter(pixmap)
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        painter.save()
        painter.restore()
    after = sys.getrefcount(None)
    painter.end()
    assert before - after < CALLS / 10

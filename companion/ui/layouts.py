"""Ways to lay out that several windows have in common. GUI thread."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QScrollArea, QWidget


def scrolled(page: QWidget, name: str) -> QScrollArea:
    """Return a page of words that can be scrolled where they need more room than there is; `name` is its title."""
    area = QScrollArea()
    area.setAccessibleName(name)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(page)
    return area


def fitting(size: QSize, window: QWidget) -> QSize:
    """Return a size for a window that is no larger than its screen: words may be twice as large as usual."""
    return size.boundedTo(window.screen().availableSize())

"""A widget in the middle of a row. GUI thread; no state."""

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget


def centred(widget: QWidget, width: int) -> QBoxLayout:
    """Return a row that keeps `widget` in the middle, `width` wide at most."""
    widget.setMaximumWidth(width)
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(widget, 1000)
    row.addStretch(1)
    return row

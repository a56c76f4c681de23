"""The controls of the settings: a switch, a choice, a number, a slider. GUI thread."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QLocale, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QLineEdit, QSlider, QWidget

from companion.ui.icons import Glyph, paint_glyph
from companion.ui.theme import UNIT, Text, Theme, mix

FIELD_WIDTH = 58 * UNIT
_TRACK = QSize(10 * UNIT, 6 * UNIT)
_RING = 3


class Switch(QCheckBox):
    """On or off, as a track with a knob; on also has a tick, so that colour does not tell it alone."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the room for the track and the ring around it."""
        return QSize(_TRACK.width() + 2 * _RING, _TRACK.height() + 2 * _RING)

    def hitButton(self, pos: Any) -> bool:  # noqa: N802
        """Take a click anywhere on it."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw track, knob and focus ring."""
        c = self._theme.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(_RING, (self.height() - _TRACK.height()) / 2, _TRACK.width(), _TRACK.height())
        if self.hasFocus():
            painter.setPen(QPen(QColor(c.accent), 2))
            painter.drawRoundedRect(track.adjusted(-2, -2, 2, 2), track.height() / 2 + 2, track.height() / 2 + 2)
        on = self.isChecked()
        painter.setPen(QPen(QColor(c.accent if on else c.outline), 1.5))
        painter.setBrush(QColor(c.accent) if on else QColor(c.window))
        inner = track.adjusted(0.75, 0.75, -0.75, -0.75)
        painter.drawRoundedRect(inner, inner.height() / 2, inner.height() / 2)
        side = track.height() - 8
        left = track.right() - side - 4 if on else track.left() + 4
        knob = QRectF(left, track.top() + 4, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.on_accent if on else c.outline))
        painter.drawEllipse(knob)
        if on:
            paint_glyph(painter, Glyph.TICK, knob.adjusted(2, 2, -2, -2), QColor(c.accent))
        painter.end()


class Choice(QComboBox):
    """One of several. The wheel turns the page under it, not the choice.

    Signals:
        chosen: the user took another entry; its value.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))
        theme.changed.connect(self._restyle)
        self._restyle()

    @Slot()
    def _restyle(self) -> None:
        self.setFixedWidth(self._theme.widened(FIELD_WIDTH))
        self.update()

    def offer(self, entries: Mapping[Any, str]) -> None:
        """Offer these values under their names."""
        self.clear()
        for value, name in entries.items():
            self.addItem(name, value)

    def show_value(self, value: object) -> None:
        """Show this value as the chosen one; nothing if it is not offered."""
        self.setCurrentIndex(self.findData(value))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Leave it to the page."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the arrow, which style sheets can only have as a picture."""
        super().paintEvent(event)
        painter = QPainter(self)
        box = QRectF(self.width() - 6 * UNIT, 0, 3.5 * UNIT, self.height())
        paint_glyph(painter, Glyph.CHEVRON, box, QColor(self._theme.colors.text_secondary))
        painter.end()


class NumberField(QLineEdit):
    """A number that is typed; what is no number is left to whoever listens to say. Up and Down take a step.

    Signals:
        entered: the user typed something else and left the field or pressed Enter.

    Args:
        step: What Up and Down add.
    """

    entered = Signal(str)

    def __init__(self, step: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step = step
        self._shown = ""
        self.setFixedWidth(24 * UNIT)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.editingFinished.connect(self._finish)

    def show_number(self, number: float | None) -> None:
        """Show a number, or nothing."""
        self._shown = "" if number is None else QLocale().toString(number, "g", 6) if number % 1 else f"{number:.0f}"
        self.setText(self._shown)

    def number(self) -> float | None:
        """Return what is typed as a number; None if the field is empty.

        Raises:
            ValueError: it is no number.
        """
        text = self.text().strip().replace("\N{MINUS SIGN}", "-")
        if not text:
            return None
        number, right = QLocale().toDouble(text)
        return number if right else float(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Take steps; Escape puts back what was there."""
        steps = {int(Qt.Key.Key_Up): self._step, int(Qt.Key.Key_Down): -self._step}
        if event.key() == Qt.Key.Key_Escape and self.text() != self._shown:
            self.setText(self._shown)
            self.entered.emit(self._shown)
        elif event.key() in steps:
            try:
                number = self.number()
            except ValueError:
                return
            moved = (number or 0) + steps[event.key()]
            self.setText(QLocale().toString(moved, "g", 6) if moved % 1 else f"{moved:.0f}")
            self._finish()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _finish(self) -> None:
        if self.text() != self._shown:
            self.entered.emit(self.text())


class Slider(QWidget):
    """A slider with its value in words beside it.

    Signals:
        moved: the user moved it; its value.

    Args:
        theme: The look.
        low: Least value.
        high: Largest value.
        step: What an arrow key adds.
    """

    moved = Signal(float)

    def __init__(self, theme: Theme, low: float, high: float, step: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._step = step
        self._words = str
        self.slider = _StillSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(round(low / step), round(high / step))
        self.slider.setPageStep(max(1, self.slider.maximum() // 10))
        self.value = QLabel()
        self.value.setTextFormat(Qt.TextFormat.PlainText)
        self.value.setMinimumWidth(12 * UNIT)
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * UNIT)
        row.addWidget(self.slider, 1)
        row.addWidget(self.value)
        self.setFocusProxy(self.slider)
        self.slider.valueChanged.connect(self._on_moved)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_value(self, value: float, words: str) -> None:
        """Show a value and what it is called."""
        self.slider.blockSignals(True)
        self.slider.setValue(round(value / self._step))
        self.slider.blockSignals(False)
        self.value.setText(words)

    @Slot(int)
    def _on_moved(self, position: int) -> None:
        self.moved.emit(round(position * self._step, 6))

    @Slot()
    def _restyle(self) -> None:
        self._theme.dress(self.value, Text.LABEL, "text_secondary")
        self.setFixedWidth(self._theme.widened(FIELD_WIDTH))


class _StillSlider(QSlider):
    """A slider that the wheel does not move."""

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Leave it to the page."""
        event.ignore()


def blend(theme: Theme, share: float) -> QColor:
    """Return the surface with a share of the accent in it, to flash a row that was found."""
    return mix(theme.colors.surface, theme.colors.accent, share)

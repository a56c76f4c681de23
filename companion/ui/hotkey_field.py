"""The talk key: shown as keys, captured anew, lit while it is really received. GUI thread."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from companion import keys as combinations
from companion.engine.errors import SettingsError
from companion.ui import device_strings as words
from companion.ui.icons import Glyph
from companion.ui.theme import UNIT, Text, Theme
from companion.ui.translation import tr
from companion.ui.widgets import Mark, button

_NAMED = {
    Qt.Key.Key_Space: "space",
    Qt.Key.Key_Tab: "tab",
    Qt.Key.Key_Backtab: "tab",
    Qt.Key.Key_Insert: "insert",
    Qt.Key.Key_Delete: "delete",
    Qt.Key.Key_Home: "home",
    Qt.Key.Key_End: "end",
    Qt.Key.Key_PageUp: "page_up",
    Qt.Key.Key_PageDown: "page_down",
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
    Qt.Key.Key_Pause: "pause",
    Qt.Key.Key_ScrollLock: "scroll_lock",
    Qt.Key.Key_Menu: "menu",
}
_MODIFIERS = {
    Qt.Key.Key_Control: "ctrl",
    Qt.Key.Key_Alt: "alt",
    Qt.Key.Key_AltGr: "alt",
    Qt.Key.Key_Shift: "shift",
    Qt.Key.Key_Meta: "super",
    Qt.Key.Key_Super_L: "super",
    Qt.Key.Key_Super_R: "super",
}
_MASKS = (
    (Qt.KeyboardModifier.ControlModifier, "ctrl"),
    (Qt.KeyboardModifier.AltModifier, "alt"),
    (Qt.KeyboardModifier.ShiftModifier, "shift"),
    (Qt.KeyboardModifier.MetaModifier, "super"),
)


class KeyCaps(QWidget):
    """Keys, drawn as the caps of a keyboard."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._keys: tuple[str, ...] = ()
        self._lit = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def lit(self) -> bool:
        """Whether the keys are drawn as held."""
        return self._lit

    def show_keys(self, keys: tuple[str, ...], *, lit: bool = False) -> None:
        """Draw these keys, pressed down if `lit`."""
        self._keys, self._lit = keys, lit
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the room of all caps."""
        metrics = self.fontMetrics()
        width = sum(self._width(key) for key in self._keys) + 2 * UNIT * max(0, len(self._keys) - 1)
        return QSize(max(width, 10 * UNIT), metrics.height() + 5 * UNIT)

    @Slot()
    def _restyle(self) -> None:
        self.setFont(self._theme.font(Text.STRONG))
        self.updateGeometry()
        self.update()

    def _width(self, key: str) -> int:
        metrics = self.fontMetrics()
        return max(metrics.horizontalAdvance(key) + 6 * UNIT, metrics.height() + 4 * UNIT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the caps; held ones are filled and lie lower."""
        c = self._theme.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, lift = 0.0, 0.0 if self._lit else 3.0
        for key in self._keys:
            width = self._width(key)
            cap = QRectF(left + 1, 1 + (3.0 - lift), width - 2, self.height() - 5)
            painter.setPen(QPen(QColor(c.accent if self._lit else c.outline), 1.4))
            if lift:
                painter.setBrush(QColor(c.border))
                painter.drawRoundedRect(cap.translated(0, lift), 2 * UNIT, 2 * UNIT)
            painter.setBrush(QColor(c.accent if self._lit else c.surface))
            painter.drawRoundedRect(cap, 2 * UNIT, 2 * UNIT)
            painter.setPen(QColor(c.on_accent if self._lit else c.text))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)
            left += width + 2 * UNIT
        painter.end()


class HotkeyField(QWidget):
    """Shows the talk key and takes another one.

    Signals:
        changed(str): the user pressed another combination that can be used, as `companion.keys.parse` reads it.
        capturing(bool): the next keys are meant for this field, or no longer; a global hotkey should rest meanwhile.

    Args:
        theme: The look.
        keys: The combination in use, as `companion.keys.parse` reads it.
    """

    changed = Signal(str)
    capturing = Signal(bool)

    def __init__(self, theme: Theme, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = combinations.parse(keys)
        self._capturing = False
        self._received = False
        self.caps = KeyCaps(theme)
        self.change = button(tr(words.CHANGE))
        self.change.clicked.connect(self._on_change)
        self.mark = Mark(theme)
        row = QHBoxLayout()
        row.setSpacing(4 * UNIT)
        row.addWidget(self.caps)
        row.addWidget(self.change)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * UNIT)
        column.addLayout(row)
        column.addWidget(self.mark)
        self.setFocusProxy(self.change)
        self.change.installEventFilter(self)
        self._show()

    @property
    def keys(self) -> str:
        """The combination in use."""
        return str(self._keys)

    @property
    def is_capturing(self) -> bool:
        """Whether the next keys are taken."""
        return self._capturing

    def set_keys(self, keys: str) -> None:
        """Show another combination, chosen elsewhere."""
        self._keys = combinations.parse(keys)
        self._show()

    def set_received(self, received: bool) -> None:
        """Light up while the global hook says that the key is down."""
        self._received = received
        self._show()

    @Slot(float)
    def on_pressed(self, _at_s: float) -> None:
        """The global hook heard the key go down; to be connected to `Hotkey.pressed`."""
        self.set_received(True)

    @Slot(float)
    def on_released(self, _at_s: float) -> None:
        """The global hook heard it go up."""
        self.set_received(False)

    def eventFilter(self, watched: QEvent | object, event: QEvent) -> bool:  # noqa: N802
        """Take the keys of the button that has the focus, while capturing."""
        if not self._capturing:
            return False
        if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut:
            self._capture(False)
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # Escape, Tab and the like come here and do nothing else
            return True
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress and not event.isAutoRepeat():
                self._press(event)
            elif event.type() == QEvent.Type.KeyRelease:
                self._show()
            return True
        return False

    @Slot()
    def _on_change(self) -> None:
        self._capture(not self._capturing)

    def _capture(self, capturing: bool) -> None:
        if capturing == self._capturing:
            return
        self._capturing = capturing
        if capturing:
            self.change.setFocus()
            self.mark.show_state(Glyph.INFO, "accent", tr(words.PRESS_NOW))
        else:
            self.mark.show_state(Glyph.INFO, "accent", "")
        self.capturing.emit(capturing)
        self._show()

    def _press(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        held = [name for mask, name in _MASKS if event.modifiers() & mask]
        if key == Qt.Key.Key_Escape and not held:
            self._capture(False)
            return
        if key in _MODIFIERS:
            names = dict.fromkeys([*held, _MODIFIERS[key]])
            self.caps.show_keys(tuple(name.capitalize() for name in names))
            return
        text = "+".join([*held, key_name(event)])
        try:
            self._keys = combinations.parse(text)
        except SettingsError as error:
            self.mark.show_state(Glyph.WARNING, "slow", _sentence(error, event))
            return
        self._capture(False)
        self.changed.emit(self.keys)

    def _show(self) -> None:
        self.change.setText(tr(words.CANCEL if self._capturing else words.CHANGE))
        shown = ("…",) if self._capturing else tuple(self._keys.qt_text.split("+"))
        self.caps.show_keys(shown, lit=self._received and not self._capturing)
        name = tr(words.TALK_KEY, keys=self._keys.qt_text)
        self.caps.setAccessibleName(name)
        self.change.setAccessibleDescription(name)
        if not self._capturing:
            received = self._received
            self.mark.show_state(Glyph.DISC, "good", tr(words.RECEIVED) if received else "")


def key_name(event: QKeyEvent) -> str:
    """Return the name of a key as `companion.keys.parse` reads it; for a key it does not know, what Qt calls it."""
    key = Qt.Key(event.key())
    if key in _NAMED:
        return _NAMED[key]
    if Qt.Key.Key_F1 <= key <= Qt.Key.Key_F35:
        return f"f{key - Qt.Key.Key_F1 + 1}"
    return QKeySequence(int(key)).toString().lower().replace("+", "plus") or "key"


def _sentence(error: SettingsError, event: QKeyEvent) -> str:
    name = key_name(event)
    known = name in _NAMED.values() or (len(name) == 1 and name.isascii() and name.isalnum())
    return str(error) if known else f"{tr(words.KEY_UNKNOWN)} {tr(words.KEY_UNKNOWN_HINT)}"

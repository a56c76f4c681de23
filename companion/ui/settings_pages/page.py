"""What every page of the settings is made of: cards with rows, each bound to one setting. GUI thread.

A value that its range check refuses stays out: the check's own sentence stands beside the field, and what was in force
before stays in force.
"""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from companion.engine.errors import SettingsError
from companion.settings import Settings
from companion.ui import settings_strings as words
from companion.ui.preferences import Preferences
from companion.ui.settings_pages.fields import Choice, NumberField, Slider, Switch, blend
from companion.ui.theme import UNIT, Text, Theme
from companion.ui.translation import tr
from companion.ui.turn_window import quiet_button

PAGE_WIDTH = 150 * UNIT
_FLASH_MS = 1400

Words = tuple[str, str]
"""What a setting is called, and a sentence on what it does."""


def plain_label(text: str = "", *, wrap: bool = True) -> QLabel:
    """Return a label that shows its text as it is."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    return label


class Row(QWidget):
    """One setting: name, sentence and control; below them what is wrong with the value, if anything.

    Args:
        theme: The look.
        name: Label and sentence, not yet translated.
        control: The field. It stands at the right, or below if `wide`.
        wide: Whether the field needs the whole width.
    """

    def __init__(self, theme: Theme, name: Words, control: QWidget, *, wide: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self.control = control
        self.field = control
        """What has the focus when the setting is looked for: the control, or a part of it."""
        self.label = plain_label(tr(name[0]))
        self.why = plain_label(tr(name[1]) if name[1] else "")
        if not name[1]:
            self.why.hide()
        self.problem = plain_label()
        self.problem.hide()
        control.setAccessibleName(self.label.text())
        control.setAccessibleDescription(self.why.text())
        if (inner := control.focusProxy()) is not None:
            inner.setAccessibleName(self.label.text())
            inner.setAccessibleDescription(self.why.text())
        self.label.setBuddy(control)
        self._text = QVBoxLayout()
        self._text.setSpacing(UNIT // 2)
        self._text.addWidget(self.label)
        self._text.addWidget(self.why)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(4 * UNIT, 3 * UNIT, 4 * UNIT, 3 * UNIT)
        self._column.setSpacing(2 * UNIT)
        if wide:
            self._column.addLayout(self._text)
            self._column.addWidget(control)
        else:
            top = QHBoxLayout()
            top.setSpacing(4 * UNIT)
            top.addLayout(self._text, 1)
            top.addWidget(control, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._column.addLayout(top)
        self._column.addWidget(self.problem)
        self._flash = QTimer(self, singleShot=True, interval=_FLASH_MS)
        self._flash.timeout.connect(self.update)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def text(self) -> str:
        """What a search looks through."""
        return f"{self.label.text()} {self.why.text()}"

    def show_problem(self, sentence: str) -> None:
        """Say what is wrong with the value; nothing if empty."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        self.control.setProperty("refused", bool(sentence))
        self.control.setAccessibleDescription(sentence or self.why.text())
        self.control.style().unpolish(self.control)
        self.control.style().polish(self.control)

    def add_below(self, widget: QWidget) -> None:
        """Put something below the name and the field."""
        self._column.addWidget(widget)

    def point_out(self) -> None:
        """Call attention: focus the field and light the row up for a moment."""
        self._flash.start()
        self.update()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Light up while found."""
        if self._flash.isActive():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(blend(self._theme, 0.14))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(4, 4, -4, -4), 8, 8)
            painter.end()

    @Slot()
    def _restyle(self) -> None:
        self._theme.dress(self.label, Text.LABEL)
        self._theme.dress(self.why, Text.SMALL, "text_secondary")
        self._theme.dress(self.problem, Text.SMALL, "slow")
        self.control.setFont(self._theme.font(Text.LABEL))


class Card(QFrame):
    """Rows that belong together, with thin lines between them."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, UNIT, 0, UNIT)
        self._column.setSpacing(0)

    def add(self, widget: QWidget) -> None:
        """Put a row below the others."""
        if self._column.count():
            line = QWidget()
            line.setObjectName("line")
            line.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            line.setFixedHeight(1)
            self._column.addWidget(line)
        self._column.addWidget(widget)


class SettingsPage(QWidget):
    """One page.

    Signals:
        restart_wanted: the user asked for a restart, so that a change takes effect.

    Args:
        theme: The look.
        preferences: What the page changes.
        title: Its name.
        why: A sentence on what it is for.
    """

    restart_wanted = Signal()

    def __init__(self, theme: Theme, preferences: Preferences, title: str, why: str) -> None:
        super().__init__()
        self.theme = theme
        self.preferences = preferences
        self.rows: dict[str, Row] = {}
        """The row of each setting, by its full name."""
        self._showing: list[Callable[[Settings], None]] = []
        self._titles: list[tuple[QLabel, Text, str]] = []
        self.setObjectName("page")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(7 * UNIT, 6 * UNIT, 7 * UNIT, 7 * UNIT)
        self.column.setSpacing(2 * UNIT)
        self._end = 0
        self._add_words(title, Text.TITLE, "text")
        self._add_words(why, Text.LABEL, "text_secondary").setContentsMargins(0, 0, 0, 3 * UNIT)
        self.column.addStretch(1)
        self.setMaximumWidth(PAGE_WIDTH)
        theme.changed.connect(self._restyle)
        preferences.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show what is in force now."""
        settings = self.preferences.settings
        for show in self._showing:
            show(settings)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Show what is in force now; what was refused earlier is forgotten."""
        super().showEvent(event)
        for row in self.rows.values():
            row.show_problem("")
        self.refresh()

    # -- building

    def add(self, widget: QWidget) -> None:
        """Put something below the rest of the page."""
        self.column.insertWidget(self._end, widget)
        self._end += 1

    def card(self, title: str = "") -> Card:
        """Begin a card."""
        if title:
            label = self._add_words(title, Text.STRONG, "text")
            label.setContentsMargins(UNIT, 3 * UNIT, 0, 0)
        card = Card()
        self.add(card)
        return card

    def row(self, card: Card, key: str, name: Words, control: QWidget, *, wide: bool = False) -> Row:
        """Add a row for the setting or the deed called `key`."""
        row = self.rows[key] = Row(self.theme, name, control, wide=wide)
        card.add(row)
        return row

    def switch(self, card: Card, key: str, name: Words) -> Switch:
        """Add a setting that is on or off."""
        control = Switch(self.theme)
        self.row(card, key, name, control)
        control.clicked.connect(lambda on: self.set_value(key, on))
        self._showing.append(lambda settings: control.setChecked(_value(settings, key)))
        return control

    def choice(self, card: Card, key: str, name: Words, entries: Mapping[Any, str]) -> Choice:
        """Add a setting that is one of several values."""
        control = Choice(self.theme)
        control.offer({value: tr(entry) for value, entry in entries.items()})
        self.row(card, key, name, control)
        control.chosen.connect(lambda value: self.set_value(key, value))
        self._showing.append(lambda settings: control.show_value(_value(settings, key)))
        return control

    def number(self, card: Card, key: str, name: Words, *, step: float, whole: bool = False) -> NumberField:
        """Add a setting that is a number; an empty field means the default where there is None to be."""
        control = NumberField(step)
        self.row(card, key, name, control)
        control.entered.connect(lambda text: self._on_number(key, control, text, whole=whole))

        def show(settings: Settings) -> None:
            if not control.property("refused"):
                control.show_number(_value(settings, key))

        self._showing.append(show)
        return control

    def slider(
        self, card: Card, key: str, name: Words, *, low: float, high: float, step: float, say: Callable[[float], str]
    ) -> Slider:
        """Add a setting that is moved; `say` puts its value into words."""
        control = Slider(self.theme, low, high, step)
        self.row(card, key, name, control)
        control.moved.connect(lambda value: self.set_value(key, value))
        self._showing.append(lambda settings: control.show_value(_value(settings, key), say(_value(settings, key))))
        return control

    def button(self, card: Card, key: str, name: Words, text: str, *, danger: bool = False) -> QPushButton:
        """Add a row with something to do."""
        control = quiet_button(tr(text))
        if danger:
            control.setProperty("quiet", False)
            control.setProperty("danger", True)
        row = self.row(card, key, name, control)
        control.setAccessibleName(control.text())
        control.setAccessibleDescription(row.text)
        return control

    def needs_restart(self, key: str) -> None:
        """Say beside a setting, once it was changed, that it takes effect after a restart."""
        note = QWidget()
        label = plain_label(tr(words.RESTART_NEEDED))
        button = quiet_button(tr(words.RESTART_NOW))
        button.clicked.connect(self.restart_wanted)
        line = QHBoxLayout(note)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(label, 1)
        line.addWidget(button)
        self.rows[key].add_below(note)
        self._titles.append((label, Text.SMALL, "text_secondary"))
        begun = _value(self.preferences.settings, key)
        self._showing.append(lambda settings: note.setVisible(_value(settings, key) != begun))
        self._restyle()

    # -- changing

    def set_value(self, key: str, value: object) -> bool:
        """Put a value into force; if it is refused, say so beside its field and return False."""
        section, _, name = key.partition(".")
        return self.attempt(key, lambda: self.preferences.change(section, **{name: value}))

    def attempt(self, key: str, change: Callable[[], None]) -> bool:
        """Do what may be refused, and show the refusal's sentence in the row of `key`."""
        row = self.rows[key]
        try:
            change()
        except SettingsError as error:
            row.show_problem(error.message.replace(key, f"“{row.label.text()}”"))
            return False
        row.show_problem("")
        self.refresh()
        return True

    def _on_number(self, key: str, control: NumberField, text: str, *, whole: bool) -> None:
        try:
            number = control.number()
        except ValueError:
            self.rows[key].show_problem(tr(words.NOT_A_NUMBER, typed=text))
            return
        if whole and number is not None and number % 1 == 0:
            number = int(number)
        default = _value(Settings(), key)
        if number is None and default is not None:
            number = default
        if whole and isinstance(number, float):
            self.rows[key].show_problem(tr(words.NOT_WHOLE, typed=text))
            return
        self.set_value(key, number)

    def _add_words(self, text: str, step: Text, color: str) -> QLabel:
        label = plain_label(tr(text))
        self._titles.append((label, step, color))
        self.add(label)
        self.theme.dress(label, step, color)
        return label

    @Slot()
    def _restyle(self) -> None:
        for label, step, color in self._titles:
            self.theme.dress(label, step, color)


def _value(settings: Settings, key: str) -> Any:
    section, _, name = key.partition(".")
    return getattr(getattr(settings, section), name)

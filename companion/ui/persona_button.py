"""The persona in the main window's header: its name, a menu of the others, Ctrl+1 to Ctrl+9. GUI thread."""

from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QColor, QKeySequence, QPaintEvent
from PySide6.QtWidgets import (
    QMenu,
    QSizePolicy,
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QWidget,
)

from companion.settings import Settings
from companion.ui import settings_strings as words
from companion.ui.icons import Glyph, glyph_icon
from companion.ui.plain_text import tool_tip
from companion.ui.preferences import Preferences
from companion.ui.theme import UNIT, Text, Theme
from companion.ui.translation import tr

SHORTCUTS = 9
"""Personas that a key chooses: Ctrl+1 to Ctrl+9."""
_WIDEST_NAME = 36 * UNIT
_LEAST = 6 * UNIT
_AROUND_NAME = 8 * UNIT
"""The arrow, and the room around it and the name."""


class PersonaButton(QToolButton):
    """Names the persona that answers, and chooses another between two turns. The conversation goes on.

    Signals:
        fresh_wanted: the user wants to begin a new conversation with this persona.
        edit_wanted: the user wants to change the personas.

    Args:
        preferences: Owner of the personas.
        theme: The look.
        window: Where the keys work.
    """

    fresh_wanted = Signal()
    edit_wanted = Signal()

    def __init__(self, preferences: Preferences, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._preferences = preferences
        self._theme = theme
        self._window = window
        self._choices: list[QAction] = []
        self._names: tuple[str, ...] = ()
        self._menu = QMenu(self)
        self._group = QActionGroup(self)
        self._fresh = QAction(self)
        self._fresh.triggered.connect(self.fresh_wanted)
        self._edit = QAction(tr(words.PERSONA_EDIT), self)
        self._edit.triggered.connect(self.edit_wanted)
        self.setProperty("quiet", True)
        self.setMenu(self._menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow stands behind the name
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAccessibleDescription(tr(words.PERSONA_BUTTON_WHY))
        preferences.changed.connect(self._show)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def choices(self) -> list[QAction]:
        """One action for each persona."""
        return list(self._choices)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Return the room for the arrow: the name gives way in a narrow window."""
        return QSize(self._theme.scaled(_LEAST), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw as much of the name as fits."""
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        room = self.width() - self._theme.scaled(_AROUND_NAME)
        option.text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        painter.end()

    @Slot(object)
    def _show(self, settings: Settings) -> None:
        chosen = settings.chosen_persona.name
        names = tuple(persona.name for persona in settings.personas)
        if names != self._names:
            self._names = names
            self._fill(names)
        self._choices[names.index(chosen)].setChecked(True)
        self._fresh.setText(tr(words.PERSONA_FRESH, name=_plain(chosen)))
        self.setText(
            _plain(self.fontMetrics().elidedText(chosen, Qt.TextElideMode.ElideRight, self._theme.scaled(_WIDEST_NAME)))
        )
        self.setToolTip(tool_tip(f"{chosen}. {tr(words.PERSONA_BUTTON_WHY)}"))
        self.setAccessibleName(tr(words.PERSONA_BUTTON, name=chosen))

    def _fill(self, names: tuple[str, ...]) -> None:
        for action in self._choices:
            self._window.removeAction(action)
            self._group.removeAction(action)
            action.deleteLater()
        self._menu.clear()
        self._choices = []
        for number, name in enumerate(names, 1):
            action = QAction(_plain(name), self)
            action.setCheckable(True)
            if number <= SHORTCUTS:
                action.setShortcut(QKeySequence(f"Ctrl+{number}"))
                self._window.addAction(action)
            action.triggered.connect(lambda _=False, name=name: self._choose(name))
            self._group.addAction(action)
            self._menu.addAction(action)
            self._choices.append(action)
        self._menu.addSeparator()
        self._menu.addAction(self._fresh)
        self._menu.addAction(self._edit)

    def _choose(self, name: str) -> None:
        self._preferences.put(replace(self._preferences.settings, persona=name))

    @Slot()
    def _restyle(self) -> None:
        side = self._theme.scaled(3 * UNIT)
        self.setIconSize(QSize(side, side))
        self.setFont(self._theme.font(Text.LABEL))
        self.setIcon(glyph_icon(Glyph.CHEVRON, QColor(self._theme.colors.text_secondary)))
        self._show(self._preferences.settings)


def _plain(name: str) -> str:
    """Return a name in which Qt sees no shortcut."""
    return name.replace("&", "&&")

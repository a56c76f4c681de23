"""Settings: the personas, and the one that is edited. GUI thread."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPixmap, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from companion.engine.errors import SettingsError
from companion.settings import PersonaSettings, Settings, free_name
from companion.ui import settings_strings as words
from companion.ui.icons import Glyph, glyph_icon
from companion.ui.preferences import Preferences
from companion.ui.question import ask
from companion.ui.settings_pages.page import SettingsPage
from companion.ui.settings_pages.persona_editor import Installed, PersonaEditor, Speak, look_up
from companion.ui.theme import UNIT, Text, Theme
from companion.ui.translation import tr
from companion.ui.turn_window import quiet_button

_LONGEST_LIST = 6
"""Rows that are shown before the list scrolls."""


class PersonasPage(SettingsPage):
    """Who there is to talk to.

    Signals:
        models_wanted: the user wants to download models for a persona's language.

    Args:
        theme: The look.
        preferences: What the page changes.
        speak: Speaks a sample; see `PersonaEditor`.
    """

    models_wanted = Signal()

    def __init__(self, theme: Theme, preferences: Preferences, speak: Speak | None = None) -> None:
        super().__init__(theme, preferences, words.PERSONAS, words.PERSONAS_WHY)
        self._installed = Installed()
        self._shown = preferences.settings.chosen_persona.name
        self.list = QListWidget()
        self.list.setAccessibleName(tr(words.PERSONA_LIST))
        self.list.setIconSize(QSize(4 * UNIT, 4 * UNIT))
        self.use = quiet_button(tr(words.PERSONA_USE))
        self.add_button = quiet_button(tr(words.PERSONA_ADD))
        self.duplicate = quiet_button(tr(words.PERSONA_DUPLICATE))
        self.remove = quiet_button(tr(words.PERSONA_REMOVE))
        self.editor = PersonaEditor(theme, speak)
        self.rows |= {f"personas.{key}": row for key, row in self.editor.rows.items()}
        card = self.card()
        card.add(self._list_box())
        self.add(self.editor)
        self.list.currentItemChanged.connect(self._on_chosen)
        self.list.itemActivated.connect(self._use)
        self.use.clicked.connect(self._use)
        self.add_button.clicked.connect(self._add)
        self.duplicate.clicked.connect(self._duplicate)
        self.remove.clicked.connect(self._ask_to_remove)
        self.editor.edited.connect(self._on_edited)
        self.editor.models_wanted.connect(self.models_wanted)
        theme.changed.connect(self.refresh)
        self._showing.append(self._show)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Look at what is installed now."""
        self._installed = look_up()
        super().showEvent(event)

    def _list_box(self) -> QWidget:
        box = QWidget()
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * UNIT)
        for button in (self.add_button, self.duplicate, self.remove):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(box)
        column.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
        column.setSpacing(2 * UNIT)
        column.addWidget(self.list)
        column.addLayout(buttons)
        column.addWidget(self.use, 0, Qt.AlignmentFlag.AlignLeft)
        return box

    def _show(self, settings: Settings) -> None:
        names = [persona.name for persona in settings.personas]
        if self._shown not in names:
            self._shown = settings.chosen_persona.name
        colors = self.theme.colors
        self.list.blockSignals(True)
        self.list.clear()
        self.list.setFont(self.theme.font(Text.LABEL))
        none = QPixmap(self.list.iconSize())  # so that all names begin at the same place
        none.fill(Qt.GlobalColor.transparent)
        blank = QIcon(none)
        tick = glyph_icon(Glyph.TICK, QColor(colors.accent))
        for name in names:
            chosen = name == settings.chosen_persona.name
            item = QListWidgetItem(tick if chosen else blank, name)
            used = f"{name}. {tr(words.PERSONA_USED)}" if chosen else name
            item.setData(Qt.ItemDataRole.AccessibleTextRole, used)
            self.list.addItem(item)
        self.list.setCurrentRow(names.index(self._shown))
        self.list.blockSignals(False)
        height = self.list.sizeHintForRow(0) + 2
        self.list.setFixedHeight(height * min(_LONGEST_LIST, max(2, len(names))) + 2)
        in_use = self._shown == settings.chosen_persona.name
        self.use.setText(tr(words.PERSONA_USED) if in_use else tr(words.PERSONA_USE))
        self.use.setEnabled(not in_use)
        self.remove.setEnabled(len(names) > 1)
        self.editor.show_persona(self._persona(settings), self._installed, settings.models.language)

    def _persona(self, settings: Settings) -> PersonaSettings:
        return next(persona for persona in settings.personas if persona.name == self._shown)

    @Slot()
    def _on_chosen(self) -> None:
        item = self.list.currentItem()
        if item is None or item.text() == self._shown:
            return
        chosen = item.text()
        self.editor.flush()
        self._shown = chosen
        self.refresh()

    @Slot()
    def _use(self) -> None:
        self.editor.flush()
        self.preferences.put(replace(self.preferences.settings, persona=self._shown))
        self.refresh()

    @Slot()
    def _add(self) -> None:
        self._append(PersonaSettings(name=tr(words.PERSONA_NEW)))
        self.editor.name.setFocus()
        self.editor.name.selectAll()

    @Slot()
    def _duplicate(self) -> None:
        self.editor.flush()
        self._append(self._persona(self.preferences.settings))

    def _append(self, persona: PersonaSettings) -> None:
        settings = self.preferences.settings
        taken = {other.name.casefold() for other in settings.personas}
        own = replace(persona, name=free_name(persona.name, taken))
        self._shown = own.name
        # The first is the one in use where none is named, and stays so.
        self.preferences.put(replace(settings, personas=(*settings.personas, own)))
        self.refresh()

    @Slot()
    def _ask_to_remove(self) -> None:
        name = self._shown
        ask(
            self.theme,
            tr(words.PERSONA_REMOVE_TITLE, name=name),
            tr(words.PERSONA_REMOVE_BODY),
            tr(words.PERSONA_REMOVE),
            self.window(),
            lambda: self._remove(name),
        )

    def _remove(self, name: str) -> None:
        settings = self.preferences.settings
        left = tuple(persona for persona in settings.personas if persona.name != name)
        if left and len(left) < len(settings.personas):
            used = settings.chosen_persona.name
            self._shown = left[0].name if used == name else used
            self.preferences.put(replace(settings, personas=left, persona="" if used == name else used))
            self.refresh()

    @Slot(str, object)
    def _on_edited(self, key: str, value: Any) -> None:
        settings, shown = self.preferences.settings, self._shown
        row = self.editor.rows[key]
        try:
            edited = replace(self._persona(settings), **{key: value})
            personas = tuple(edited if persona.name == shown else persona for persona in settings.personas)
            used = settings.chosen_persona.name
            named = edited.name if used == shown else used
            changed = replace(settings, personas=personas, persona=named if settings.persona else "")
        except SettingsError as error:
            row.show_problem(error.message.replace(f"personas.{key}", f"“{row.label.text()}”"))
            return
        row.show_problem("")
        self._shown = edited.name
        self.preferences.put(changed)
        self.refresh()

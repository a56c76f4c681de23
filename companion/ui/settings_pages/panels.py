"""Settings: the pages that are one panel: the talk key, and models and voices. GUI thread."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from companion.ui import settings_strings as words
from companion.ui.preferences import Preferences
from companion.ui.settings_pages.page import SettingsPage
from companion.ui.theme import Theme


class TalkKeyPage(SettingsPage):
    """Which key is held to talk.

    Args:
        theme: The look.
        preferences: What the page changes.
        make_field: Makes the field that shows and captures a combination; it has a signal `changed(str)`.
    """

    def __init__(self, theme: Theme, preferences: Preferences, make_field: Callable[[str], QWidget]) -> None:
        super().__init__(theme, preferences, words.TALK_KEY, words.TALK_KEY_WHY)
        self.field = make_field(preferences.settings.hotkey.keys)
        self.row(self.card(), "hotkey.keys", (words.TALK_KEY, ""), self.field, wide=True)
        self.field.changed.connect(lambda keys: self.set_value("hotkey.keys", keys))  # type: ignore[attr-defined]


class ModelsPage(SettingsPage):
    """Which models hear, think and speak.

    Args:
        theme: The look.
        preferences: What the page changes.
        make_panel: Makes the panel for the name and the language of the set in use; it has a signal `chosen(str, str)`.
    """

    def __init__(self, theme: Theme, preferences: Preferences, make_panel: Callable[[str, str], QWidget]) -> None:
        super().__init__(theme, preferences, words.MODELS, words.MODELS_WHY)
        models = preferences.settings.models
        self.panel = make_panel(models.set, models.language)
        self.add(self.panel)
        self.panel.chosen.connect(self._on_chosen)  # type: ignore[attr-defined]

    def _on_chosen(self, name: str, language: str) -> None:
        self.preferences.change("models", set=name, language=language)

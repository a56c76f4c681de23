"""Settings: how the window looks. GUI thread."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QLocale

from companion.settings import Settings
from companion.ui import settings_strings as words
from companion.ui.preferences import Preferences
from companion.ui.settings_pages.fields import Choice
from companion.ui.settings_pages.page import SettingsPage
from companion.ui.settings_pages.sound import percent
from companion.ui.theme import Theme
from companion.ui.translation import tr

_MOTIONS: Mapping[str, bool | None] = {"system": None, "full": False, "reduced": True}


class AppearancePage(SettingsPage):
    """Colours, contrast, motion, size and language.

    Args:
        theme: The look.
        preferences: What the page changes.
        languages: The languages that the window's words exist in, as ISO 639 codes.
    """

    def __init__(self, theme: Theme, preferences: Preferences, languages: Sequence[str] = ("en",)) -> None:
        super().__init__(theme, preferences, words.APPEARANCE, words.APPEARANCE_WHY)
        card = self.card()
        self.scheme = self.choice(card, "appearance.theme", words.THEME, words.THEMES)
        self.contrast = self.choice(card, "appearance.contrast", words.CONTRAST, words.CONTRASTS)
        self.motion = Choice(theme)
        self.motion.offer({name: tr(entry) for name, entry in words.MOTIONS.items()})
        self.row(card, "appearance.reduce_motion", words.MOTION, self.motion)
        self.motion.chosen.connect(lambda name: self.set_value("appearance.reduce_motion", _MOTIONS[name]))
        self._showing.append(self._show_motion)
        self.size_slider = self.slider(
            card, "appearance.text_scale", words.TEXT_SIZE, low=0.8, high=2, step=0.1, say=percent
        )
        names = {"": words.WINDOW_LANGUAGE_SYSTEM} | {code: language_name(code) for code in languages}
        self.language = self.choice(card, "appearance.language", words.WINDOW_LANGUAGE, names)
        self.needs_restart("appearance.language")

    def _show_motion(self, settings: Settings) -> None:
        wanted = settings.appearance.reduce_motion
        self.motion.show_value(next(name for name, value in _MOTIONS.items() if value is wanted))


def language_name(code: str) -> str:
    """Return what a language is called by those who speak it."""
    name = QLocale(code).nativeLanguageName() if QLocale(code).language() != QLocale.Language.C else ""
    return name[:1].upper() + name[1:] if name else code

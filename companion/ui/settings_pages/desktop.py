"""Settings: how the program lives among the others. GUI thread."""

from companion.ui import settings_strings as words
from companion.ui.preferences import Preferences
from companion.ui.settings_pages.page import SettingsPage
from companion.ui.theme import Theme


class DesktopPage(SettingsPage):
    """Start, close, notifications, what a tap does."""

    def __init__(self, theme: Theme, preferences: Preferences) -> None:
        super().__init__(theme, preferences, words.DESKTOP, words.DESKTOP_WHY)
        card = self.card()
        self.start_at_login = self.switch(card, "desktop.start_at_login", words.START_AT_LOGIN)
        self.close_to_tray = self.switch(card, "desktop.close_to_tray", words.CLOSE_TO_TRAY)
        card = self.card()
        self.notifications = self.switch(card, "desktop.notifications", words.NOTIFICATIONS)
        self.notification_words = self.switch(card, "desktop.notification_words", words.NOTIFICATION_WORDS)
        card = self.card()
        self.latch = self.choice(card, "talk.latch", words.LATCH, words.LATCHES)

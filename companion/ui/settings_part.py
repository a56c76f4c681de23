"""The settings in the main window: menu entry, persona button, the window itself, and what a change does here.

GUI thread. Owns the settings window, which is made when it is first opened.
"""

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence

from companion.settings import Settings
from companion.ui import settings_strings as words
from companion.ui.main_window import MainWindow
from companion.ui.persona_button import PersonaButton
from companion.ui.preferences import Preferences
from companion.ui.settings_window import Panels, SettingsWindow
from companion.ui.theme import Theme
from companion.ui.translation import tr
from companion.ui.window_state import WindowState

_PAGE = "settings.page"


class SettingsPart(QObject):
    """Brings the settings into a main window.

    Signals:
        opened(SettingsWindow): the settings window was made; its privacy page has signals for the conversations' owner.
        restart_wanted: the user asked for a restart, so that a change takes effect.

    Args:
        window: Where they go.
        preferences: The settings in force.
        theme: The look; follows the settings from now on.
        folder: Where the conversations lie.
        state: Remembers the page.
        panels: What other parts put into the pages.
    """

    opened = Signal(object)
    restart_wanted = Signal()

    def __init__(
        self,
        window: MainWindow,
        preferences: Preferences,
        theme: Theme,
        *,
        folder: Path,
        state: WindowState,
        panels: Panels | None = None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._preferences = preferences
        self._theme = theme
        self._folder = folder
        self._state = state
        self._panels = panels or Panels()
        self._settings_window: SettingsWindow | None = None
        self._appearance = preferences.settings.appearance
        self.persona = PersonaButton(preferences, theme, window)
        window.status.add_control(self.persona)
        self.action = QAction(tr(words.SETTINGS), window)
        self.action.setShortcut(QKeySequence("Ctrl+,"))
        self.action.triggered.connect(lambda: self.open())
        window.addAction(self.action)
        window.menu.addAction(self.action)
        window.installEventFilter(self)
        self.persona.fresh_wanted.connect(window.show_conversation)
        self.persona.edit_wanted.connect(lambda: self.open("personas"))
        preferences.changed.connect(self._on_changed)
        preferences.refused.connect(window.banners.show_problem)
        preferences.not_saved.connect(window.banners.show_problem)
        preferences.saved.connect(lambda: window.banners.resolve("settings-not-saved"))

    def open(self, page: str = "") -> SettingsWindow:
        """Show the settings at a page, by default where they were left, and return their window."""
        opened = self._settings_window
        if opened is None:
            opened = SettingsWindow(self._preferences, self._theme, self._folder, self._panels, self._window)
            self._settings_window = opened
            opened.show_page(self._state.get(_PAGE))
            opened.page_chosen.connect(lambda name: self._state.put(_PAGE, name))
            opened.restart_wanted.connect(self.restart_wanted)
            self.opened.emit(opened)
        opened.show_page(page)
        opened.come_forward()
        return opened

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Close with the main window."""
        if event.type() == QEvent.Type.Close and self._settings_window is not None:
            self._settings_window.close()
        return False

    @Slot(object)
    def _on_changed(self, settings: Settings) -> None:
        old, self._appearance = self._appearance, settings.appearance
        if old != self._appearance:
            self._theme.apply(self._appearance)

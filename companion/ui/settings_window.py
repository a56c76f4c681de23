"""The settings window: pages at the side, a search, and what became of the last change. GUI thread.

There is nothing to confirm: each change is in force and saved at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from companion.engine.config import AudioConfig
from companion.engine.errors import CompanionError
from companion.ui import settings_strings as words
from companion.ui.banner import Banners
from companion.ui.icons import Glyph, glyph_icon
from companion.ui.layouts import fitting
from companion.ui.preferences import Preferences
from companion.ui.settings_pages.advanced import AdvancedPage
from companion.ui.settings_pages.appearance import AppearancePage
from companion.ui.settings_pages.desktop import DesktopPage
from companion.ui.settings_pages.page import SettingsPage, plain_label
from companion.ui.settings_pages.panels import ModelsPage, TalkKeyPage
from companion.ui.settings_pages.persona_editor import Speak
from companion.ui.settings_pages.personas import PersonasPage
from companion.ui.settings_pages.privacy import PrivacyPage
from companion.ui.settings_pages.sound import SoundPage
from companion.ui.settings_style import field_style
from companion.ui.theme import UNIT, Text, Theme
from companion.ui.translation import languages, tr

SAVED_MS = 2000
"""How long "Saved" stays."""
_SIDE = 55 * UNIT
_SIZE = QSize(860, 680)
_ICON = 5 * UNIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Panels:
    """What other parts of the window put into the pages; a page whose panel is missing is left out."""

    devices: Callable[[AudioConfig], QWidget] | None = None
    """Microphone and speaker; has a signal `changed(AudioConfig)`."""
    hotkey: Callable[[str], QWidget] | None = None
    """The talk key; has a signal `changed(str)`."""
    models: Callable[[str, str], QWidget] | None = None
    """The sets, for the name and language of the one in use; has a signal `chosen(str, str)`."""
    speak: Speak | None = None
    """Speaks a sample: text, id, voice file or None for the one in use."""


class SettingsWindow(QDialog):
    """Everything that can be chosen; it stands beside the conversation and blocks nothing.

    Signals:
        restart_wanted: the user asked for a restart, so that a change takes effect.
        page_chosen(str): the page that is looked at, to be remembered.

    Attributes:
        privacy: its signals `export_requested` and `delete_requested` are for whoever owns the conversations.

    Args:
        preferences: What the pages change.
        theme: The look.
        folder: Where the conversations lie.
        panels: What other parts put into the pages.
        parent: The window it belongs to.
    """

    restart_wanted = Signal()
    page_chosen = Signal(str)

    def __init__(
        self, preferences: Preferences, theme: Theme, folder: Path, panels: Panels, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._preferences = preferences
        self.banners = Banners(theme)
        self.search = QLineEdit()
        self.side = QListWidget()
        self.status = plain_label(wrap=False)
        self.privacy = PrivacyPage(theme, preferences, folder)
        self.personas = PersonasPage(theme, preferences, panels.speak)
        self.pages: dict[str, SettingsPage] = {}
        self._icons: list[Glyph] = []
        self._stack = QStackedWidget()
        self._saved = QTimer(self, singleShot=True, interval=SAVED_MS)
        # Before the pages: a style sheet that comes later undoes the fonts and colours of what is there already.
        theme.changed.connect(self._restyle_fields)
        self._restyle_fields()
        self._add_pages(panels)
        self._lay_out()
        self._connect()
        self.setWindowTitle(tr(words.SETTINGS))
        self.resize(fitting(QSize(theme.widened(_SIZE.width()), theme.widened(_SIZE.height())), self))
        self.setMinimumSize(560, 420)
        self.side.setCurrentRow(0)
        self._restyle()

    @property
    def page(self) -> str:
        """The page that is looked at."""
        return list(self.pages)[self.side.currentRow()]

    @Slot(str)
    def show_page(self, name: str) -> None:
        """Look at a page; at the one before if there is none of this name."""
        if name in self.pages:
            self.side.setCurrentRow(list(self.pages).index(name))

    def come_forward(self) -> None:
        """Show the window above the others."""
        self.show()
        self.raise_()
        self.activateWindow()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Take what is typed and not taken yet."""
        self.personas.editor.flush()
        super().hideEvent(event)

    # -- building

    def _add_pages(self, panels: Panels) -> None:
        theme, preferences = self._theme, self._preferences
        self._add("sound", Glyph.SOUND, words.SOUND, SoundPage(theme, preferences, panels.devices))
        if panels.hotkey is not None:
            self._add("talk-key", Glyph.KEYBOARD, words.TALK_KEY, TalkKeyPage(theme, preferences, panels.hotkey))
        if panels.models is not None:
            self._add("models", Glyph.LAYERS, words.MODELS, ModelsPage(theme, preferences, panels.models))
        self._add("personas", Glyph.PERSON, words.PERSONAS, self.personas)
        self._add("privacy", Glyph.LOCK, words.PRIVACY, self.privacy)
        self._add("appearance", Glyph.BRUSH, words.APPEARANCE, AppearancePage(theme, preferences, languages()))
        self._add("desktop", Glyph.SCREEN, words.DESKTOP, DesktopPage(theme, preferences))
        self._add("advanced", Glyph.SLIDERS, words.ADVANCED, AdvancedPage(theme, preferences))

    def _add(self, name: str, glyph: Glyph, title: str, page: SettingsPage) -> None:
        self.pages[name] = page
        self._icons.append(glyph)
        self.side.addItem(QListWidgetItem(tr(title)))
        middle = QWidget()
        middle.setObjectName("page")
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(page, 1000)
        row.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(middle)
        self._stack.addWidget(scroll)

    def _lay_out(self) -> None:
        self.search.setPlaceholderText(tr(words.SEARCH))
        self.search.setAccessibleName(tr(words.SEARCH))
        self.search.setClearButtonEnabled(True)
        self.side.setAccessibleName(tr(words.PAGES))
        self.side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        side = QWidget()
        side.setObjectName("side")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._side_column = side
        inner = QVBoxLayout(side)
        inner.setContentsMargins(3 * UNIT, 4 * UNIT, 3 * UNIT, 3 * UNIT)
        inner.setSpacing(3 * UNIT)
        inner.addWidget(self.search)
        inner.addWidget(self.side, 1)
        inner.addWidget(self.status)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.banners)
        right.addWidget(self._stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        row.addLayout(right, 1)

    def _connect(self) -> None:
        self.side.currentRowChanged.connect(self._on_page)
        self.search.textEdited.connect(self._on_search)
        self.search.returnPressed.connect(self._find)
        self.personas.models_wanted.connect(lambda: self.show_page("models"))
        for page in self.pages.values():
            page.restart_wanted.connect(self.restart_wanted)
        preferences = self._preferences
        preferences.saved.connect(self._on_saved)
        preferences.not_saved.connect(self.banners.show_problem)
        preferences.preparing.connect(self._on_preparing)
        preferences.refused.connect(self._on_refused)
        self._saved.timeout.connect(lambda: self._say(""))
        self._theme.changed.connect(self._restyle)
        QShortcut(QKeySequence.StandardKey.Find, self, self._begin_search)
        QShortcut(QKeySequence("Ctrl+W"), self, self.close)

    # -- what happens

    @Slot(int)
    def _on_page(self, row: int) -> None:
        if row < 0:
            return
        self._stack.setCurrentIndex(row)
        self.page_chosen.emit(self.page)

    @Slot()
    def _begin_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    @Slot(str)
    def _on_search(self, text: str) -> None:
        """Leave only the pages where something is called that."""
        for row, page in enumerate(self.pages.values()):
            item = self.side.item(row)
            item.setHidden(bool(text.strip()) and not self._matches(text, item.text(), page))
        hits = [row for row in range(self.side.count()) if not self.side.item(row).isHidden()]
        self._say("" if hits else tr(words.NO_MATCH))
        if hits and self.side.item(self.side.currentRow()).isHidden():
            self.side.setCurrentRow(hits[0])

    @Slot()
    def _find(self) -> None:
        """Go to the first setting that is called what was searched for."""
        text = self.search.text()
        found = [row for row in self.pages[self.page].rows.values() if _holds(row.text, text)]
        named = [row for row in found if _holds(row.label.text(), text)]
        for row in (named or found)[:1]:
            scroll = self._stack.currentWidget()
            assert isinstance(scroll, QScrollArea)
            scroll.ensureWidgetVisible(row)
            row.point_out()

    def _matches(self, text: str, title: str, page: SettingsPage) -> bool:
        return _holds(title, text) or any(_holds(row.text, text) for row in page.rows.values())

    @Slot()
    def _on_saved(self) -> None:
        self.banners.resolve("settings-not-saved")
        if not self._preferences.is_preparing:
            self._pass(tr(words.SAVED))

    @Slot(bool)
    def _on_preparing(self, preparing: bool) -> None:
        if preparing:
            self._saved.stop()
            self.banners.resolve("change-refused")
            self._say(tr(words.PREPARING))
        else:
            self._pass(tr(words.READY_AGAIN))

    @Slot(object)
    def _on_refused(self, error: CompanionError) -> None:
        self.banners.show_problem(error)
        self._say("")

    def _pass(self, text: str) -> None:
        self._say(text)
        self._saved.start()

    def _say(self, text: str) -> None:
        self.status.setText(text)
        self.status.setAccessibleName(text)

    @Slot()
    def _restyle_fields(self) -> None:
        self.setStyleSheet(field_style(self._theme.colors))

    @Slot()
    def _restyle(self) -> None:
        c = self._theme.colors
        icon = self._theme.scaled(_ICON)
        self._side_column.setFixedWidth(self._theme.widened(_SIDE))
        self.side.setIconSize(QSize(icon, icon))
        self.side.setFont(self._theme.font(Text.LABEL))
        self.search.setFont(self._theme.font(Text.LABEL))
        self._theme.dress(self.status, Text.SMALL, "text_secondary")
        for row, glyph in enumerate(self._icons):
            self.side.item(row).setIcon(glyph_icon(glyph, QColor(c.text_secondary)))


def _holds(text: str, wanted: str) -> bool:
    return all(word in text.casefold() for word in wanted.casefold().split())

"""Settings: latency against quality, and how much of the machine is used. GUI thread."""

from dataclasses import replace

from PySide6.QtCore import Slot

from companion.settings import Settings
from companion.ui import settings_strings as words
from companion.ui.preferences import Preferences
from companion.ui.question import ask
from companion.ui.settings_pages.page import SettingsPage
from companion.ui.theme import Theme
from companion.ui.translation import tr
from companion.ui.turn_window import quiet_button


class AdvancedPage(SettingsPage):
    """What nearly nobody needs to change, each with a sentence on what it does."""

    def __init__(self, theme: Theme, preferences: Preferences) -> None:
        super().__init__(theme, preferences, words.ADVANCED, words.ADVANCED_WHY)
        card = self.card(words.THINKING_CARD)
        self.number(card, "llm.reply_tokens", words.REPLY_TOKENS, step=10, whole=True)
        self.number(card, "llm.max_reply_tokens", words.MAX_REPLY_TOKENS, step=10, whole=True)
        self.number(card, "llm.temperature", words.TEMPERATURE, step=0.1)
        self.number(card, "llm.top_p", words.TOP_P, step=0.05)
        self.number(card, "llm.repeat_penalty", words.REPEAT_PENALTY, step=0.05)
        self.number(card, "llm.context_tokens", words.CONTEXT_TOKENS, step=1024, whole=True)
        card = self.card(words.HEARING_CARD)
        self.number(card, "stt.window_s", words.WINDOW_S, step=1)
        self.number(card, "audio.pre_roll_s", words.PRE_ROLL_S, step=0.1)
        card = self.card(words.TURN_CARD)
        self.number(card, "turn.pause_s", words.PAUSE_S, step=0.032)
        self.number(card, "turn.release_tail_s", words.RELEASE_TAIL_S, step=0.1)
        card = self.card(words.MACHINE_CARD)
        self.number(card, "performance.cores", words.CORES, step=1, whole=True)
        self.number(card, "llm.gpu_layers", words.GPU_LAYERS, step=1, whole=True)
        self.reset = quiet_button(tr(words.RESET))
        self.reset.clicked.connect(self._ask_to_reset)
        self.add(self.reset)

    @Slot()
    def _ask_to_reset(self) -> None:
        ask(
            self.theme,
            tr(words.RESET_TITLE),
            tr(words.RESET_BODY),
            tr(words.RESET_CONFIRM),
            self.window(),
            self._reset,
        )

    @Slot()
    def _reset(self) -> None:
        settings, defaults = self.preferences.settings, Settings()
        sections: dict[str, dict[str, object]] = {}
        for key in self.rows:
            section, _, name = key.partition(".")
            sections.setdefault(section, {})[name] = getattr(getattr(defaults, section), name)
            self.rows[key].show_problem("")
        changed = {section: replace(getattr(settings, section), **values) for section, values in sections.items()}
        self.preferences.put(replace(settings, **changed))
        self.refresh()

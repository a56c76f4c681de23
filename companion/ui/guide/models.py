"""Guide: which models answer, what fits this machine, and their download. GUI thread."""

from PySide6.QtCore import Slot

from companion.ui import guide_strings as words
from companion.ui.bridge import EngineBridge
from companion.ui.guide.step import Step
from companion.ui.model_store import ModelStore
from companion.ui.models_panel import ModelsPanel
from companion.ui.theme import Theme
from companion.ui.translation import tr


class ModelsStep(Step):
    """The catalogue; done when the chosen set is here.

    Args:
        theme: The look.
        bridge: The way to the engine.
        set_name: Name of the chosen set.
        language: Its language.
        store: The models on this machine.
    """

    def __init__(self, theme: Theme, bridge: EngineBridge, set_name: str, language: str, store: ModelStore) -> None:
        super().__init__(theme, tr(words.MODELS_TITLE), tr(words.MODELS_BODY))
        self._store = store
        self._chosen = (set_name, language)
        self.panel = ModelsPanel(theme, bridge, set_name, language, store=store)
        self.column.addWidget(self.panel)
        self.column.addStretch(1)
        self.panel.chosen.connect(self.set_chosen)
        store.changed.connect(self._refresh)
        self._refresh()

    @Slot(str, str)
    def set_chosen(self, set_name: str, language: str) -> None:
        """Another set is in use."""
        self._chosen = (set_name, language)
        self.panel.set_chosen(set_name, language)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        models = self._store.find(*self._chosen)
        under_way = models is not None and self._store.fetching == models and self._store.download.busy
        self.set_done(models is not None and (under_way or self._store.is_installed(models)))
        self.say(tr(words.MODELS_GO_ON) if under_way else tr(words.MODELS_BODY))

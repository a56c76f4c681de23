"""Sets of models to choose from: fetched, checked, heard, removed. GUI thread."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from companion.catalog import ModelSet
from companion.engine.events import Event, SpeechEnded
from companion.model_advice import recommend
from companion.ui import models_strings as words
from companion.ui.bridge import EngineBridge
from companion.ui.model_card import ModelCard
from companion.ui.model_store import ModelStore
from companion.ui.panel_style import panel_style
from companion.ui.theme import UNIT, Text, Theme
from companion.ui.translation import tr
from companion.ui.widgets import Words

_FIRST_SPEECH = 91_000
"""Ids of the voices heard from here; other parts of the window use other numbers."""


class ModelsPanel(QWidget):
    """The catalogue of models.

    Signals:
        chosen(str, str): the user chose an installed set, by name and language; it is checked before it is used.

    Args:
        theme: The look.
        bridge: Through it voices are heard.
        set_name: Name of the set in use.
        language: Its language.
        store: The models on this machine; by default the program's one store.
    """

    chosen = Signal(str, str)

    def __init__(
        self,
        theme: Theme,
        bridge: EngineBridge,
        set_name: str,
        language: str,
        parent: QWidget | None = None,
        *,
        store: ModelStore | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bridge = bridge
        self.store = store or ModelStore.of_program()
        self._chosen = self.store.find(set_name, language)
        self._language = language
        self._speech: int | None = None
        self._next_speech = _FIRST_SPEECH
        self._heard: ModelCard | None = None
        self.cards: list[ModelCard] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(3 * UNIT)
        for models in sorted(self.store.sets, key=lambda each: each.language != language):
            self._add(models)
        self._column.addWidget(Words(theme, tr(words.ELSEWHERE_OFFLINE), Text.SMALL, "text_secondary"))
        bridge.event_received.connect(self._on_event)
        theme.changed.connect(self._restyle)
        self._restyle()
        self._refresh()

    def set_chosen(self, set_name: str, language: str) -> None:
        """Show another set as the one in use."""
        self._chosen = self.store.find(set_name, language)
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Nobody listens to a voice whose button is gone."""
        self._silence()
        super().hideEvent(event)

    def _add(self, models: ModelSet) -> None:
        card = ModelCard(self._theme, self.store, models)
        card.use.connect(lambda: self._use(models))
        card.hear.connect(lambda: self._hear(card))
        self.cards.append(card)
        self._column.addWidget(card)

    def _use(self, models: ModelSet) -> None:
        self._chosen = models
        self._refresh()
        self.chosen.emit(models.name, models.language)

    @Slot()
    def _refresh(self) -> None:
        best = recommend([each for each in self.store.sets if each.language == self._language], self.store.hardware)
        for card in self.cards:
            card.set_place(chosen=self._chosen, recommended=card.models == best, heard=card is self._heard)

    @Slot()
    def _restyle(self) -> None:
        self.setStyleSheet(panel_style(self._theme.colors))

    # -- hearing a voice before it is chosen

    def _hear(self, card: ModelCard) -> None:
        again = card is self._heard
        self._silence()
        if not again:
            self._next_speech += 1
            self._heard, self._speech = card, self._next_speech
            sample = words.VOICE_SAMPLES.get(card.models.language, words.VOICE_SAMPLES["en"])
            self._bridge.speak(sample, self._speech, voice_file=card.models.tts_file)
        self._refresh()

    def _silence(self) -> None:
        if self._speech is not None:
            self._speech = self._heard = None
            self._bridge.stop()
            self._refresh()

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        if isinstance(event, SpeechEnded) and event.id == self._speech:
            card, self._speech, self._heard = self._heard, None, None
            self._refresh()
            if card is not None and event.error is not None:
                card.show_problem(str(event.error))

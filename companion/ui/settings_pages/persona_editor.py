"""Settings: one persona's name, what it is told, how it sounds. GUI thread.

What is typed is taken when the typing rests, and when the field is left; nothing is lost by choosing another persona.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from companion.catalog import Catalog
from companion.engine.errors import CompanionError
from companion.settings import FASTEST_SPEECH, SLOWEST_SPEECH, PersonaSettings
from companion.ui import settings_strings as words
from companion.ui.settings_pages.appearance import language_name
from companion.ui.settings_pages.fields import FIELD_WIDTH, Choice, Slider
from companion.ui.settings_pages.page import Card, Row
from companion.ui.theme import UNIT, Theme
from companion.ui.translation import tr
from companion.ui.turn_window import quiet_button

REST_MS = 600
"""Typing that rests this long is taken."""
SAMPLE_ID = 0
"""What a spoken sample is called by the engine: turns count from 1."""
_RATE_STEP = 0.05
_PROMPT_LINES = 7

Speak = Callable[[str, int, Path | None, float | None], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What there is to choose from on this machine."""

    voices: Mapping[str, tuple[str, tuple[str, ...], Path]] = field(default_factory=dict)
    """By id: title, language codes ("*" for any), file."""
    languages: Mapping[str, bool] = field(default_factory=dict)
    """Every language that has models, and whether they are here."""


def look_up() -> Installed:
    """Return what is installed. Reads one small file and looks at the sizes of others."""
    try:
        catalog = Catalog.load()
    except CompanionError:
        return Installed()
    voices = {
        model.id: (model.title, model.languages, catalog.path(model, model.main_file))
        for model in catalog.models.values()
        if model.role == "tts" and catalog.is_installed(model)
    }
    languages: dict[str, bool] = {}
    for one in catalog.sets:
        here = all(map(catalog.is_installed, one.models))
        languages[one.language] = languages.get(one.language, False) or here
    return Installed(voices=voices, languages=languages)


class PersonaEditor(Card):
    """The fields of one persona.

    Signals:
        edited(str, object): a field has a new value: its name and the value.
        models_wanted: the user wants to download models for the language.

    Args:
        theme: The look.
        speak: Speaks a sample: text, id, voice file or None, speed. None for an editor without "Hear it".
    """

    edited = Signal(str, object)
    models_wanted = Signal()

    def __init__(self, theme: Theme, speak: Speak | None = None) -> None:
        super().__init__()
        self._theme = theme
        self._speak = speak
        self._installed = Installed()
        self._set_language = "en"
        self._persona = PersonaSettings()
        self.rows: dict[str, Row] = {}
        self.name = QLineEdit()
        self.prompt = QPlainTextEdit()
        self.prompt.setTabChangesFocus(True)
        self.prompt.installEventFilter(self)
        self.voice, self.language = Choice(theme), Choice(theme)
        self.rate = Slider(theme, SLOWEST_SPEECH, FASTEST_SPEECH, _RATE_STEP)
        self.hear = quiet_button(tr(words.PERSONA_HEAR))
        if speak is None:
            self.hear.hide()
        self.to_models = quiet_button(tr(words.PERSONA_TO_MODELS))
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._lay_out()
        self.name.editingFinished.connect(self._take_name)
        self.prompt.textChanged.connect(self._rest.start)
        self._rest.timeout.connect(self._take_prompt)
        self.voice.chosen.connect(lambda voice: self.edited.emit("voice", voice))
        self.language.chosen.connect(lambda language: self.edited.emit("language", language))
        self.rate.moved.connect(lambda rate: self.edited.emit("speech_rate", rate))
        self.hear.clicked.connect(self._hear)
        self.to_models.clicked.connect(self.models_wanted)
        theme.changed.connect(self._fit)
        self._fit()

    def show_persona(self, persona: PersonaSettings, installed: Installed, set_language: str) -> None:
        """Show a persona, and what can be chosen for it."""
        other = persona.name != self._persona.name
        self._persona, self._installed, self._set_language = persona, installed, set_language
        if other or not self.rows["name"].problem.text():
            self.name.setText(persona.name)
        if other or not (self.rows["system_prompt"].problem.text() or self._rest.isActive()):
            self._show_prompt(persona.system_prompt)
        if other:
            for row in self.rows.values():
                row.show_problem("")
        self._show_voices()
        self._show_languages()
        self.rate.show_value(persona.speech_rate, tr(words.TIMES, factor=f"{persona.speech_rate:.2f}"))

    def flush(self) -> None:
        """Take what is typed and not taken yet."""
        self._take_name()
        self._take_prompt()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Take the prompt when its field is left."""
        if event.type() == QEvent.Type.FocusOut:
            self._take_prompt()
        return False

    def _lay_out(self) -> None:
        sound = QWidget()
        line = QHBoxLayout(sound)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2 * UNIT)
        line.addWidget(self.hear)
        line.addWidget(self.rate)
        QWidget.setTabOrder(self.hear, self.rate.slider)
        fields: tuple[tuple[str, tuple[str, str], QWidget, bool], ...] = (
            ("name", words.PERSONA_NAME, self.name, False),
            ("system_prompt", words.PERSONA_PROMPT, self.prompt, True),
            ("language", words.PERSONA_LANGUAGE, self.language, False),
            ("voice", words.PERSONA_VOICE, self.voice, False),
            ("speech_rate", words.PERSONA_RATE, sound, False),
        )
        for key, name, control, wide in fields:
            self.rows[key] = Row(self._theme, name, control, wide=wide)
            self.add(self.rows[key])
        self.rows["speech_rate"].field = self.rate
        self.rate.slider.setAccessibleName(tr(words.PERSONA_RATE[0]))
        self.rows["language"].add_below(self.to_models)

    def _show_prompt(self, text: str) -> None:
        if self.prompt.toPlainText() != text:
            self.prompt.blockSignals(True)
            self.prompt.setPlainText(text)
            self.prompt.blockSignals(False)
        self._rest.stop()

    def _show_voices(self) -> None:
        language = self._persona.language or self._set_language
        fitting = {
            voice: title
            for voice, (title, languages, _) in self._installed.voices.items()
            if language in languages or "*" in languages
        }
        entries: dict[Any, str] = {"": tr(words.PERSONA_VOICE_SET)} | fitting
        wanted = self._persona.voice
        gone = wanted not in self._installed.voices and bool(wanted)
        if wanted and wanted not in entries:
            known = self._installed.voices.get(wanted)
            entries[wanted] = known[0] if known else tr(words.PERSONA_VOICE_GONE, voice=wanted)
        self.voice.offer(entries)
        self.voice.show_value(wanted)
        self.rows["voice"].show_problem(tr(words.PERSONA_VOICE_GONE_WHY) if gone else "")

    def _show_languages(self) -> None:
        entries: dict[Any, str] = {"": tr(words.PERSONA_LANGUAGE_SET)}
        wanted = self._persona.language
        for code in dict.fromkeys((*self._installed.languages, *((wanted,) if wanted else ()))):
            entries[code] = language_name(code)
        self.language.offer(entries)
        self.language.show_value(wanted)
        missing = bool(wanted) and not self._installed.languages.get(wanted, False)
        self.rows["language"].show_problem(tr(words.PERSONA_LANGUAGE_GONE) if missing else "")
        self.to_models.setVisible(missing)

    @Slot()
    def _take_name(self) -> None:
        name = self.name.text().strip()
        if name != self._persona.name:
            self.edited.emit("name", name)

    @Slot()
    def _take_prompt(self) -> None:
        self._rest.stop()
        if (text := self.prompt.toPlainText()) != self._persona.system_prompt:
            self.edited.emit("system_prompt", text)

    @Slot()
    def _hear(self) -> None:
        assert self._speak
        language = self._persona.language or self._set_language
        known = self._installed.voices.get(self._persona.voice)
        sample = words.SAMPLES.get(language, words.SAMPLES["en"])
        self._speak(sample, SAMPLE_ID, known[2] if known else None, self._persona.speech_rate)

    @Slot()
    def _fit(self) -> None:
        self.name.setFixedWidth(self._theme.widened(FIELD_WIDTH))
        self.prompt.setFixedHeight(self.prompt.fontMetrics().lineSpacing() * _PROMPT_LINES + 5 * UNIT)

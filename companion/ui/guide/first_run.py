"""When the guide comes up and what its steps do to the program. GUI thread.

It comes up when it was never finished or skipped, when the models are missing (then at their step), and from the
menu. The steps know the bridge and the models only; what they choose goes through `change`, like any setting.

Nobody who already talks is held up by it: a question asked on an earlier step brings up the last one, which shows it,
and the next question finds the conversation.
"""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from companion.engine.config import AudioConfig
from companion.engine.errors import CompanionError, ModelMissingError
from companion.engine.events import EngineFailed, EngineReady, EngineState, EngineStateChanged, Event, TurnStarted
from companion.settings import Settings
from companion.ui import guide_strings as words
from companion.ui.bridge import EngineBridge
from companion.ui.device_list import DeviceList
from companion.ui.guide.ask import AskStep
from companion.ui.guide.guide import Guide
from companion.ui.guide.microphone import MicrophoneStep
from companion.ui.guide.models import ModelsStep
from companion.ui.guide.speaker import SpeakerStep
from companion.ui.guide.talk_key import TalkKeyStep
from companion.ui.guide.welcome import WelcomeStep
from companion.ui.hotkey import Hotkey
from companion.ui.main_window import MainWindow
from companion.ui.model_store import ModelStore
from companion.ui.panels import rest_while_capturing
from companion.ui.theme import Theme
from companion.ui.translation import tr
from companion.ui.window_state import WindowState

STATE = "guide"
"""Name in `WindowState`; "finished" or "skipped" once it was."""

WELCOME, MICROPHONE, SPEAKER, TALK_KEY, MODELS, ASK = range(6)


class Change(Protocol):
    """Puts fields of one section of the settings into force and keeps them."""

    def __call__(self, section: str, **values: object) -> None:
        """E.g. `change("audio", volume=0.5)`."""


class FirstRun(QObject):
    """Brings the guide up and carries out what is chosen in it.

    Args:
        window: Where it comes up.
        bridge: The way to the engine.
        theme: The look.
        hotkey: The global talk key.
        state: Remembers that the guide was seen.
        settings: Returns the settings in force.
        change: Changes them.
        load: Makes the engine load, or load again.
        store: The models on this machine; by default the program's one store.
        devices: Makes what looks for sound devices.
    """

    def __init__(
        self,
        window: MainWindow,
        bridge: EngineBridge,
        theme: Theme,
        hotkey: Hotkey,
        state: WindowState,
        *,
        settings: Callable[[], Settings],
        change: Change,
        load: Callable[[], None],
        store: ModelStore | None = None,
        devices: Callable[[QObject], DeviceList] = DeviceList,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._bridge = bridge
        self._theme = theme
        self._state = state
        self._settings = settings
        self._change = change
        self._load = load
        self._devices = devices(self)
        self._engine_state = EngineState.INITIALIZING
        self._ready = self._missing = False
        self._key: str | None = None
        self._key_problem: CompanionError | None = None
        self._hidden: list[QWidget] = []
        self._hotkey = hotkey
        self.store = store or ModelStore.of_program()
        self.guide: Guide | None = None
        self.store.installed.connect(self._on_installed)
        bridge.event_received.connect(self._on_event)
        hotkey.pressed.connect(self._on_pressed)
        hotkey.released.connect(self._on_released)
        hotkey.available.connect(self._on_key_available)
        hotkey.unavailable.connect(self._on_key_unavailable)
        again = QAction(tr(words.SET_UP_AGAIN), window)
        again.triggered.connect(lambda: self.show())
        window.menu.addAction(again)

    def begin(self) -> None:
        """Bring the guide up if it was never finished or skipped."""
        if not self._state.get(STATE):
            self.show()

    def show(self, step: int = WELCOME) -> None:
        """Bring the guide up at a step."""
        if self.guide is None:
            self.guide = self._make()
            self._cover(self.guide)
        self.guide.go_to(step)

    def close(self) -> None:
        """End downloads and the like; what has arrived stays."""
        self.store.close()

    # -- the guide

    def _make(self) -> Guide:
        settings, bridge, theme = self._settings(), self._bridge, self._theme
        models = self.store.find(settings.models.set, settings.models.language)
        steps = (
            WelcomeStep(theme, self.store.to_fetch(models) if models else 0),
            MicrophoneStep(theme, bridge, settings.audio, self._devices, ready=self._ready),
            SpeakerStep(theme, bridge, settings.audio, self._devices, ready=self._ready),
            TalkKeyStep(theme, settings.hotkey.keys),
            ModelsStep(theme, bridge, settings.models.set, settings.models.language, self.store),
            AskStep(theme, bridge, self.store, self._key, self._engine_state, ready=self._ready),
        )
        _, microphone, speaker, key, chosen, _ = steps
        guide = Guide(theme, steps, self.store, MODELS, self._window)
        microphone.picker.changed.connect(speaker.picker.set_audio)
        speaker.picker.changed.connect(microphone.picker.set_audio)
        for picker in (microphone.picker, speaker.picker):
            picker.changed.connect(self._on_audio)
        key.set_problem(self._key_problem)
        key.field.changed.connect(lambda keys: self._change("hotkey", keys=keys))
        rest_while_capturing(key.field, self._hotkey, lambda: self._settings().hotkey.keys)
        chosen.panel.chosen.connect(self._on_chosen)
        guide.entered.connect(self._on_entered)
        guide.ended.connect(self._on_ended)
        return guide

    def _cover(self, guide: Guide) -> None:
        """Lay the guide over the window; what is behind it can be neither seen nor reached."""
        window = self._window
        self._hidden = [
            child
            for child in window.children()
            if isinstance(child, QWidget) and child is not guide and not child.isWindow() and not child.isHidden()
        ]
        for child in self._hidden:
            child.hide()
        window.installEventFilter(guide)
        guide.setGeometry(window.rect())
        guide.show()
        guide.raise_()

    @Slot(bool)
    def _on_ended(self, finished: bool) -> None:
        guide, self.guide = self.guide, None
        if guide is None:
            return
        self._state.put(STATE, "finished" if finished else "skipped")
        self._window.removeEventFilter(guide)
        for child in self._hidden:
            child.show()
        self._window.banners.setVisible(bool(self._window.banners.banners))
        self._window.talk.setFocus()  # before the guide goes: Qt would look for a place inside it
        guide.hide()
        guide.deleteLater()

    @Slot(int)
    def _on_entered(self, index: int) -> None:
        """Leaving the greeting begins the download that it announced; models that came another way are loaded."""
        models = self._settings().models
        wanted = self.store.find(models.set, models.language)
        if wanted is None:
            return
        if self.store.is_installed(wanted):
            if self._missing:
                self._missing = False
                self._load()
        elif index == MICROPHONE and not self.store.download.busy:
            self.store.fetch(wanted)

    # -- what is chosen

    @Slot(object)
    def _on_audio(self, audio: AudioConfig) -> None:
        self._change("audio", microphone=audio.microphone, speaker=audio.speaker)

    @Slot(str, str)
    def _on_chosen(self, name: str, language: str) -> None:
        self._change("models", set=name, language=language)

    @Slot(str, str)
    def _on_installed(self, name: str, language: str) -> None:
        """Load what was missing; what else was fetched waits to be chosen."""
        models = self._settings().models
        if not self._ready and (name, language) == (models.set, models.language):
            self._load()

    # -- engine and key

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        match event:
            case EngineStateChanged(new=state):
                self._engine_state = state
            case EngineReady():
                self._ready, self._missing = True, False
            case EngineFailed(error=error):
                self._ready, self._missing = False, isinstance(error, ModelMissingError)
                if self._missing and self.guide is None:
                    self.show(MODELS)
            case TurnStarted():
                self._make_way()

    def _make_way(self) -> None:
        """A question is being asked: show it where it can be seen."""
        if self.guide is None or self.guide.index == TALK_KEY:
            return
        step = self.guide.step
        if not isinstance(step, AskStep):
            self.guide.go_to(ASK)
        elif step.done and not step.talk.held:
            self._on_ended(True)

    @Slot(float)
    def _on_pressed(self, _at_s: float) -> None:
        if (step := self._talk_key_step()) is not None:
            step.set_held(True)
            self._bridge.stop()  # this press is a test and no question

    @Slot(float)
    def _on_released(self, _at_s: float) -> None:
        if (step := self._talk_key_step()) is not None:
            step.set_held(False)

    def _talk_key_step(self) -> TalkKeyStep | None:
        if self.guide is None or self.guide.index != TALK_KEY:
            return None
        step = self.guide.step
        return step if isinstance(step, TalkKeyStep) else None

    @Slot(str)
    def _on_key_available(self, name: str) -> None:
        self._tell_key(name, None)

    @Slot(object)
    def _on_key_unavailable(self, error: CompanionError) -> None:
        self._tell_key(None, error)

    def _tell_key(self, name: str | None, problem: CompanionError | None) -> None:
        self._key, self._key_problem = name, problem
        for step in self.guide.steps if self.guide else ():
            if isinstance(step, TalkKeyStep):
                step.set_problem(problem)
            elif isinstance(step, AskStep):
                step.set_key(name)

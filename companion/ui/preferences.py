"""The settings in force: what the pages change is checked, saved, and given to the running engine.

GUI thread, with a thread of its own for what may take long: writing the file to the disk, and finding and checking
the models. Of several changes at once only the last is saved and applied.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from companion.engine.config import EngineConfig, needs_loading
from companion.engine.errors import CompanionError, SettingsError
from companion.engine.events import EngineFailed, EngineReady, EngineState, EngineStateChanged, Event, ModelLoadStarted
from companion.settings import Settings, in_own_language, save_settings
from companion.ui import settings_strings as words
from companion.ui.bridge import EngineBridge
from companion.ui.translation import tr

_log = logging.getLogger(__name__)

CLOSE_S = 5.0
"""Longest wait for a disk at the end."""

Build = Callable[[Settings], EngineConfig]
Save = Callable[[Path, Settings], None]


class Preferences(QObject):
    """Owns the settings while the program runs.

    A change that the engine cannot use (a model that does not load, a language without models) is taken back: what
    worked before is in force again, in the engine and in the file.

    Signals:
        changed(Settings): these are in force now.
        saved(): the file holds them.
        not_saved(SettingsError): it could not be written; they are in force all the same.
        preparing(bool): models are being loaded for a change, or no longer.
        refused(CompanionError): a change was taken back, and why.

    Args:
        bridge: What the engine says comes from here.
        settings: What was read at the start.
        file: Where they are kept.
        build: Makes the engine's configuration. Called on the thread of its own; raises CompanionError.
        apply: Gives a configuration to the engine, or starts it.
        save: Writes the file. Called on the thread of its own; raises SettingsError.
    """

    changed = Signal(object)
    saved = Signal()
    not_saved = Signal(object)
    preparing = Signal(bool)
    refused = Signal(object)
    _built = Signal(object, object)
    _save_ended = Signal(object)

    def __init__(
        self,
        bridge: EngineBridge,
        settings: Settings,
        *,
        file: Path,
        build: Build,
        apply: Callable[[EngineConfig], None],
        save: Save = save_settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = self._asked = self._applied = settings
        self._worked: Settings | None = None
        self._config: EngineConfig | None = None
        self._waiting: tuple[Settings, EngineConfig] | None = None
        self._state = EngineState.INITIALIZING
        self._is_preparing = False
        self._going_back = False
        self._apply = apply
        self._worker = _Worker(
            lambda wanted: save(file, wanted), build, on_saved=self._save_ended.emit, on_built=self._built.emit
        )
        queued = Qt.ConnectionType.QueuedConnection
        self._built.connect(self._on_built, queued)
        self._save_ended.connect(self._on_save_ended, queued)
        bridge.event_received.connect(self._on_event)

    @property
    def settings(self) -> Settings:
        """Those in force."""
        return self._settings

    @property
    def is_preparing(self) -> bool:
        """Whether models are being loaded for a change."""
        return self._is_preparing

    def started_with(self, config: EngineConfig) -> None:
        """Say what the engine was started with. Thread: any, before the engine starts."""
        self._config = config

    def change(self, section: str, **values: Any) -> None:
        """Change fields of one section, e.g. `change("audio", volume=0.5)`.

        Raises:
            SettingsError: a value is out of range; nothing is changed.
        """
        self.put(replace(self._settings, **{section: replace(getattr(self._settings, section), **values)}))

    def put(self, settings: Settings) -> None:
        """Put other settings into force: at once in the window, between two turns in the engine.

        A persona whose prompt is the default is told the same in the language it is to speak.
        """
        settings = in_own_language(settings)
        if settings == self._settings:
            return
        self._settings = settings
        self._worker.save(settings)
        if _of_the_engine(settings) != _of_the_engine(self._asked):
            self._asked = settings
            self._worker.build(settings)
        self.changed.emit(settings)

    def close(self) -> bool:
        """Save what is not saved yet and end the thread; returns whether it ended in time."""
        return self._worker.close(CLOSE_S)

    # -- what comes of it

    @Slot(object)
    def _on_save_ended(self, error: SettingsError | None) -> None:
        if error is None:
            self.saved.emit()
        else:
            self.not_saved.emit(error)

    @Slot(object, object)
    def _on_built(self, settings: Settings, built: EngineConfig | CompanionError) -> None:
        if settings is not self._asked:
            return  # a later change is on its way
        if isinstance(built, CompanionError):
            self._take_back(built)
        else:
            self._waiting = (settings, built)
            self._apply_when_idle()

    def _apply_when_idle(self) -> None:
        """Give the engine what waits, unless that would cut a turn off."""
        if self._waiting is None:
            return
        settings, config = self._waiting
        loads = self._config is None or needs_loading(self._config, config)
        if loads and self._state not in (EngineState.INITIALIZING, EngineState.IDLE):
            return
        self._waiting = None
        self._applied, self._config = settings, config
        if loads:
            self._prepare(True)
        elif not self._is_preparing and self._worked is not None:
            self._worked = settings
        self._apply(config)

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        match event:
            case EngineStateChanged(new=state):
                self._state = state
                self._apply_when_idle()
            case ModelLoadStarted():
                self._going_back = False
            case EngineReady():
                self._going_back = False
                self._worked = self._applied
                self._prepare(False)
            case EngineFailed(error=error) if not self._going_back:
                self._prepare(False)
                if self._worked is not None and self._worked is not self._applied:
                    self._going_back = True
                    self._take_back(error)

    def _take_back(self, error: CompanionError) -> None:
        """Return to what worked before; other changes made meanwhile stay."""
        if self._worked is None:
            self.refused.emit(error)
            return
        hint = tr(words.TAKEN_BACK_AFTER, hint=error.hint) if error.hint else tr(words.TAKEN_BACK)
        self.put(_gone_back(self._settings, self._worked))
        self.refused.emit(CompanionError("change-refused", error.message, hint=hint))

    def _prepare(self, preparing: bool) -> None:
        if preparing != self._is_preparing:
            self._is_preparing = preparing
            self.preparing.emit(preparing)


def _of_the_engine(settings: Settings) -> tuple[object, ...]:
    return (
        settings.models,
        settings.audio,
        settings.turn,
        settings.stt,
        settings.llm,
        settings.tts,
        settings.performance,
        replace(settings.chosen_persona, name="-"),
    )


def _gone_back(settings: Settings, worked: Settings) -> Settings:
    """Return `settings` with everything that decides which models are loaded as in `worked`."""
    before = worked.chosen_persona
    names = [one.name for one in settings.personas]
    persona = settings.persona
    if settings.chosen_persona.name != before.name:
        persona = before.name if before.name in names else ""
    personas = tuple(
        replace(one, voice=before.voice, language=before.language) if one.name == before.name else one
        for one in settings.personas
    )
    return replace(
        settings,
        models=worked.models,
        stt=worked.stt,
        llm=worked.llm,
        tts=worked.tts,
        performance=worked.performance,
        personas=personas,
        persona=persona,
    )


class _Worker:
    """A thread that saves and builds the last of what it is given. It starts with the first.

    Thread: GUI, but `_run` and what it calls.
    """

    def __init__(
        self,
        save: Callable[[Settings], None],
        build: Build,
        *,
        on_saved: Callable[[SettingsError | None], None],
        on_built: Callable[[Settings, EngineConfig | CompanionError], None],
    ) -> None:
        self._save = save
        self._build = build
        self._on_saved = on_saved
        self._on_built = on_built
        self._changed = threading.Condition()
        self._to_save: Settings | None = None
        self._to_build: Settings | None = None
        self._closing = False
        self._thread: threading.Thread | None = None

    def save(self, settings: Settings) -> None:
        """Write these, and not what waits to be written."""
        with self._changed:
            self._to_save = settings
            self._wake()

    def build(self, settings: Settings) -> None:
        """Make the configuration of these, and not of what waits."""
        with self._changed:
            self._to_build = settings
            self._wake()

    def close(self, timeout_s: float) -> bool:
        """Write what is not written yet, and end."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _wake(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="preferences")
            self._thread.start()
        self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._to_save or self._to_build or self._closing)
                save, self._to_save = self._to_save, None
                build, self._to_build = self._to_build, None
                closing = self._closing
            if save is not None:
                self._save_one(save)
            if build is not None and not closing:
                self._on_built(build, self._built(build))
            if closing:
                return

    def _save_one(self, settings: Settings) -> None:
        try:
            self._save(settings)
        except SettingsError as error:
            self._on_saved(error)
        else:
            self._on_saved(None)

    def _built(self, settings: Settings) -> EngineConfig | CompanionError:
        try:
            return self._build(settings)
        except CompanionError as error:
            return error
        except Exception as error:  # noqa: BLE001 - the window would wait for ever
            _log.exception("the configuration could not be made")
            return CompanionError("change-failed", tr(words.CHANGE_FAILED, reason=type(error).__name__))

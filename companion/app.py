"""The window program, put together: process, settings, engine, window, keys, control socket. Thread: GUI."""

import logging
import os
import signal
import sys
import threading
from time import monotonic, time
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Qt, Signal, Slot
from PySide6.QtWidgets import QApplication

import companion
from companion import control
from companion.compose import engine_config, prepare_process, settings_file
from companion.desktop_entry import APP_ID, HIDDEN
from companion.engine.config import EngineConfig
from companion.engine.engine import Engine
from companion.engine.errors import CompanionError, ModelMissingError
from companion.engine.events import EngineFailed, EngineReady, Event
from companion.engine.messages import Role
from companion.engine.parts import real_parts
from companion.engine.sound_check import SoundCheck
from companion.history.schema import FILE_NAME as HISTORY_FILE
from companion.keys import parse
from companion.latency_history import FILE_NAME, LatencyHistory
from companion.log import CRASH_FILE, forget_crash, log_stacks, take_crash
from companion.paths import data_dir
from companion.settings import LoadedSettings, Settings, settings_problem
from companion.ui import display, translation
from companion.ui.bridge import EngineBridge
from companion.ui.control_server import ControlServer
from companion.ui.desktop import Desktop
from companion.ui.guide.first_run import FirstRun
from companion.ui.history_part import HistoryPart
from companion.ui.hotkey import Hotkey
from companion.ui.main_window import MainWindow
from companion.ui.panels import settings_panels
from companion.ui.preferences import Preferences
from companion.ui.settings_part import SettingsPart
from companion.ui.theme import Theme
from companion.ui.trust_part import TrustPart
from companion.ui.window_state import FILE_NAME as STATE_FILE
from companion.ui.window_state import StateSaver, WindowState

_log = logging.getLogger(__name__)

CLOSE_S = 5.0
"""After this a native call is stuck: say where, and end the process."""


def run(*, verbose: bool = False, hidden: bool = False) -> int:
    """Open the window, or only the tray if `hidden`, and return the exit code when the program was quit."""
    begun_s = monotonic()
    loaded = prepare_process(verbose=verbose, crash_file_name=CRASH_FILE)
    if control.is_running():
        return 0 if hidden else _raise_other()
    with display.held():
        application = QApplication(sys.argv[:1])
    application.setApplicationName("companion")
    application.setApplicationDisplayName("Companion")
    application.setApplicationVersion(companion.__version__)
    application.setDesktopFileName(APP_ID)
    application.setQuitOnLastWindowClosed(False)
    translation.install(application, loaded.settings.appearance.language)
    program = Program(application, loaded, begun_s)
    if not program.claim():
        return 0 if hidden else _raise_other()
    program.start(hidden=hidden)
    application.exec()
    code = program.close()
    forget_crash()
    if program.restarts:
        shown = [word for word in sys.argv[1:] if word != HIDDEN]
        os.execv(sys.executable, [sys.executable, "-m", "companion", *shown])
    return code


def _raise_other() -> int:
    """Bring the running instance's window forward."""
    reply = control.send("raise")
    if not reply.ok:
        sys.stderr.write(f"companion: {reply.message}\n")
    return 0 if reply.ok else 1


class Program(QObject):
    """Everything that lives as long as the window.

    Args:
        application: the Qt application.
        loaded: the settings as read at the start.
        begun_s: monotonic time of the program's start.
    """

    _loaded = Signal()

    def __init__(self, application: QApplication, loaded: LoadedSettings, begun_s: float) -> None:
        super().__init__()
        self._application = application
        settings = loaded.settings
        self._begun_s = begun_s
        self._engine: Engine | None = None
        self._sound_check: SoundCheck | None = None
        self._next: EngineConfig | None = None
        """What was chosen, and not given to an engine yet."""
        self._failed = False
        self._closed = False
        self.restarts = False
        """Whether the program is to begin again once it has ended."""
        self._theme = Theme(application)
        self._theme.apply(settings.appearance)
        self._bridge = EngineBridge()
        self._keys = parse(settings.hotkey.keys)
        history = LatencyHistory(data_dir() / FILE_NAME, session_s=time())
        self._window = MainWindow(self._bridge, self._theme, hotkey=self._keys.qt_text, history=history)
        self._preferences = Preferences(
            self._bridge, settings, file=settings_file(), build=engine_config, apply=self._use, parent=self
        )
        self._state = WindowState(data_dir() / STATE_FILE)
        self._state_saver = StateSaver(self._state, self)
        self._hotkey = Hotkey()
        self._settings_part = SettingsPart(
            self._window,
            self._preferences,
            self._theme,
            folder=data_dir(),
            state=self._state,
            panels=settings_panels(
                self._theme, self._bridge, self._hotkey, lambda: self._preferences.settings.hotkey.keys
            ),
        )
        self._desktop = Desktop(
            self._window, self._bridge, self._theme, self._state, settings, settings_action=self._settings_part.action
        )
        self._desktop.watch_session(application)
        self._history = HistoryPart(
            self._window, self._bridge, self._theme, path=data_dir() / HISTORY_FILE, state=self._state
        )
        self._history.apply(settings)
        self._settings_part.opened.connect(self._history.serve)
        self._trust = TrustPart(self._window, self._theme, folder=data_dir())
        self._settings_part.opened.connect(self._trust.serve)
        self._control = ControlServer()
        self._first_run = FirstRun(
            self._window,
            self._bridge,
            self._theme,
            self._hotkey,
            self._state,
            settings=lambda: self._preferences.settings,
            change=self._preferences.change,
            load=self.load,
            parent=self,
        )
        self._loader = threading.Thread(target=self._load, name="loader")
        self._load_again = False
        self._hotkey_problem = ""
        self._connect()
        if problem := settings_problem(settings_file(), loaded.notices):
            self._window.banners.show_problem(problem)

    def _connect(self) -> None:
        direct = Qt.ConnectionType.DirectConnection
        # The hook's own thread hands the press to the engine: it never waits behind a repaint.
        self._hotkey.pressed.connect(self._window.latch.press, direct)
        self._hotkey.released.connect(self._window.latch.release_key, direct)
        self._hotkey.available.connect(self._on_hotkey_available)
        self._hotkey.unavailable.connect(self._on_hotkey_unavailable)
        self._hotkey.noticed.connect(self._window.banners.show_problem)
        self._control.pressed.connect(self._bridge.press)
        self._control.released.connect(self._bridge.release)
        self._control.toggled.connect(self._bridge.toggle)
        self._control.raise_requested.connect(self._desktop.come_forward)
        self._control.deaf = self._why_deaf
        self._bridge.event_received.connect(self._on_event)
        self._window.finished.connect(self._application.quit)
        self._window.banners.load_again.connect(self.load)
        self._loaded.connect(self._on_loaded)
        self._preferences.changed.connect(self._on_settings)
        self._settings_part.restart_wanted.connect(self._restart)
        self._application.aboutToQuit.connect(self._hotkey.stop)

    def _why_deaf(self) -> tuple[str, str] | None:
        """Return why a press by a script begins no turn: a code and a sentence, or None."""
        if self._failed:
            return "not-listening", "Companion cannot listen yet. Its window says why."
        if self._bridge.muted:
            return "microphone-muted", "The microphone is muted. Open it in Companion's window or tray, then try again."
        return None

    def claim(self) -> bool:
        """Become the one running instance; False if another was quicker."""
        try:
            return self._control.start()
        except OSError as error:
            # Scripts cannot drive the program, but everything else works.
            _log.warning("no control socket: %s", error)
            return True

    def start(self, *, hidden: bool = False) -> None:
        """Show the window, or only the tray if `hidden`, and begin to load."""
        self._quit_on_signals()  # before there is a window that could be asked to close
        self._hotkey.shield(self._application)
        self._first_run.begin()
        self._desktop.start(hidden=hidden)
        self._history.start()
        if take_crash():
            self._tell_of_crash()
        self._loader.start()
        self._hotkey.start(self._keys)

    def _tell_of_crash(self) -> None:
        """Say that the last run ended by itself, and show again what it was about."""
        _log.warning("native code crashed the last run; its stacks are kept beside this log")
        problem = CompanionError(
            "crashed-before",
            "Companion stopped by itself the last time.",
            hint="If it happens again, please save a problem report: it is in the menu.",
        )
        self._window.banners.show_problem(problem)
        self._history.open_last()

    def close(self) -> int:
        """End what is left and return the exit code."""
        self._closed = True
        self._desktop.close()
        self._hotkey.stop()
        self._control.close()
        self._first_run.close()
        self._state_saver.close()
        if not self._preferences.close():
            _log.error("the settings were not saved in %.0f s", CLOSE_S)
        if not self._history.close():
            _log.error("not all of the conversation could be kept")
        self._loader.join(CLOSE_S)
        if self._sound_check is not None and not self._sound_check.close(CLOSE_S):
            _log.error("the sound check did not end in %.0f s", CLOSE_S)
        if self._engine is not None and not self._engine.close(CLOSE_S):
            _log.error("the engine did not end in %.0f s", CLOSE_S)
            log_stacks()
            # A native call cannot be stopped from outside; everything worth keeping is on disk already.
            os._exit(1)
        return 1 if self._failed else 0

    @Slot()
    def load(self) -> None:
        """Load what the settings say: for the first time, or again after a failure."""
        if self._loader.is_alive():
            self._load_again = True
        elif not self._closed:
            self._window.forget_failure()
            self._loader = threading.Thread(target=self._load, name="loader")
            self._loader.start()

    @Slot()
    def _on_loaded(self) -> None:
        if self._load_again:
            self._load_again = False
            self._loader.join(CLOSE_S)  # it has said its last word
            self.load()

    def _load(self) -> None:
        """Check the models and start the engine. Thread: loader, so that the window shows at once."""
        try:
            self._start_engine()
        finally:
            self._loaded.emit()

    def _start_engine(self) -> None:
        try:
            config, self._next = self._next or engine_config(self._preferences.settings), None
            if self._engine is not None:
                self._bridge.apply_config(config)
                return
            engine = self._make_engine(config)
        except CompanionError as error:
            self._bridge.receive(EngineFailed(role=Role.LLM, error=error))
            return
        except Exception as error:  # noqa: BLE001 - the window would wait for ever
            _log.exception("the engine could not be made")
            wrapped = CompanionError(
                "start-failed",
                f"Companion could not start ({type(error).__name__}).",
                hint="Run: companion doctor",
            )
            self._bridge.receive(EngineFailed(role=Role.LLM, error=wrapped))
            return
        if self._closed:
            return
        engine.start()

    def _make_engine(self, config: EngineConfig) -> Engine:
        """Make the one engine. Thread: loader."""
        if self._sound_check is not None:
            self._sound_check.close(CLOSE_S)  # it has the devices that the engine wants
        self._preferences.started_with(config)
        self._engine = engine = Engine(config, real_parts(), self._bridge.receive)
        self._bridge.attach(engine)
        return engine

    def _use(self, config: EngineConfig) -> None:
        """Use another configuration: with the engine that there is, or with a new one if none could be made."""
        if self._engine is not None:
            self._bridge.apply_config(config)
        else:
            self._next = config
            self.load()

    def _check_sound(self) -> None:
        """Let microphone and loudspeaker be tried as long as there are no models.

        To be called when everything is said: PortAudio's wrapper turns stderr off while it begins.
        """
        if self._engine is None and self._sound_check is None and not self._closed:
            self._sound_check = SoundCheck(self._preferences.settings.audio, real_parts(), self._bridge.receive)
            self._sound_check.start()
            self._bridge.attach(self._sound_check)

    @Slot(object)
    def _on_settings(self, settings: Settings) -> None:
        self._desktop.apply(settings)
        self._history.apply(settings)
        if self._engine is None and self._sound_check is not None:
            self._sound_check.use(settings.audio)
        if (wanted := parse(settings.hotkey.keys)) != self._keys:
            self._keys = wanted
            self._hotkey.start(wanted)

    @Slot()
    def _restart(self) -> None:
        """Close, and begin again when everything has ended."""
        self.restarts = True
        self._window.quit()

    @Slot(str)
    def _on_hotkey_available(self, name: str) -> None:
        self._window.set_hotkey(name)
        self._window.banners.resolve(self._hotkey_problem)

    @Slot(object)
    def _on_hotkey_unavailable(self, error: CompanionError) -> None:
        self._hotkey_problem = error.code
        self._window.set_hotkey(None)
        self._window.banners.show_problem(error)

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        if isinstance(event, EngineReady):
            self._failed = False
            sys.stdout.write(f"ready in {monotonic() - self._begun_s:.2f} s\n")
            sys.stdout.flush()
        elif isinstance(event, EngineFailed):
            self._failed = True
            if self._engine is None and self._next is not None:
                self.load()
            sys.stderr.write(f"companion: {event.error}\n")
            sys.stderr.flush()
            if isinstance(event.error, ModelMissingError):
                self._check_sound()

    def _quit_on_signals(self) -> None:
        """Close the window on SIGINT and SIGTERM. Python runs handlers only between bytecodes, hence the pipe."""
        read, write = os.pipe()
        os.set_blocking(write, False)
        os.set_blocking(read, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _ignore)
        self._signals = QSocketNotifier(read, QSocketNotifier.Type.Read, self)
        self._signals.activated.connect(self._window.quit)


def _ignore(number: int, frame: FrameType | None) -> None:
    """Only the wake-up counts."""

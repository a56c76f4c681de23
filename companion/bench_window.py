"""The window beside the benchmark, so that its turns cost what they cost in daily use. Thread: main, which is Qt's.

It shows everything that the engine tells, on the screen and with the renderer of the user, and is asked nothing: it
has no engine to command. Closing it, like Ctrl+C, ends the benchmark.
"""

import signal
import sys
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from companion.headless import Abandoned, EventLog
from companion.settings import AppearanceSettings
from companion.ui import translation
from companion.ui.bridge import EngineBridge
from companion.ui.main_window import MainWindow
from companion.ui.theme import Theme

ResultT = TypeVar("ResultT")

_LOOK_MS = 100
"""So often the loop hands over to Python, which only then notices Ctrl+C."""


class _Work(QObject, Generic[ResultT]):
    """Runs a function on a thread of its own.

    Signals:
        ended: there is a result or a failure.
    """

    ended = Signal()

    def __init__(self, work: Callable[[], ResultT]) -> None:
        super().__init__()
        self._work = work
        self._result: ResultT
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="questions")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def result(self) -> ResultT:
        """Wait for the end and return what the function returned, or raise what it raised."""
        self._thread.join()
        if self._failure is not None:
            raise self._failure
        return self._result

    def _run(self) -> None:
        try:
            self._result = self._work()
        except BaseException as error:  # noqa: BLE001 - raised again on the main thread
            self._failure = error
        finally:
            self.ended.emit()


def beside_window(appearance: AppearanceSettings, work: Callable[[EventLog], ResultT]) -> ResultT:
    """Run `work` on another thread while the window shows the events of the log it is given; return its result.

    Args:
        appearance: The user's look and language.
        work: Waits on nothing that does not end when the log is abandoned.

    Raises:
        KeyboardInterrupt: the window was closed, or Ctrl+C pressed.
        Exception: whatever `work` raised.
    """
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    translation.install(application, appearance.language)
    theme = Theme(application)
    theme.apply(appearance)
    bridge = EngineBridge()
    log = EventLog(also=bridge.receive)
    window = MainWindow(bridge, theme, hotkey=None)
    working = _Work(lambda: work(log))
    working.ended.connect(application.quit)
    window.finished.connect(log.abandon)
    before = signal.signal(signal.SIGINT, lambda number, frame: log.abandon())
    look = QTimer(interval=_LOOK_MS)
    look.timeout.connect(lambda: None)
    look.start()
    try:
        window.show()
        working.start()
        application.exec()
        log.abandon()  # nothing waits any more, unless the program was told to quit
        return working.result()
    except Abandoned:
        raise KeyboardInterrupt from None
    finally:
        signal.signal(signal.SIGINT, before or signal.default_int_handler)
        look.stop()
        window.hide()

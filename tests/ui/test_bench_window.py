"""The window beside the benchmark: it shows what is measured, and closing it ends the measuring."""

import os
import signal
import sys
import threading
from time import monotonic

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from companion.bench_window import beside_window
from companion.engine.events import EngineState, EngineStateChanged
from companion.headless import EventLog
from companion.settings import AppearanceSettings
from companion.ui.main_window import MainWindow

LONG_S = 30.0


def the_window() -> MainWindow:
    """Return the window that is shown."""
    return next(one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow) and one.isVisible())


def test_the_window_shows_what_the_engine_tells_and_the_result_comes_back(qapp: QApplication) -> None:
    shown: list[EngineState] = []
    looked = threading.Event()

    def look() -> None:
        shown.append(the_window().state)
        looked.set()

    def work(log: EventLog) -> str:
        log.receive(EngineStateChanged(old=EngineState.INITIALIZING, new=EngineState.IDLE, at_s=monotonic()))
        QTimer.singleShot(0, qapp, look)  # queued behind the event
        assert looked.wait(LONG_S)
        return "measured"

    assert beside_window(AppearanceSettings(), work) == "measured"
    assert shown == [EngineState.IDLE]


def test_a_failure_of_the_work_is_raised(qapp: QApplication) -> None:
    def work(log: EventLog) -> None:
        raise ValueError("no models")

    with pytest.raises(ValueError, match="no models"):
        beside_window(AppearanceSettings(), work)


def test_closing_the_window_ends_the_waiting(qapp: QApplication) -> None:
    begun_s = monotonic()

    def work(log: EventLog) -> str:
        QTimer.singleShot(0, qapp, lambda: the_window().close())
        log.wait_until(begun_s + LONG_S)
        return "not reached"

    with pytest.raises(KeyboardInterrupt):
        beside_window(AppearanceSettings(), work)
    assert monotonic() - begun_s < LONG_S


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal to oneself")
def test_an_interrupt_ends_the_waiting_and_the_handler_is_given_back(qapp: QApplication) -> None:
    before = signal.getsignal(signal.SIGINT)
    begun_s = monotonic()

    def work(log: EventLog) -> str:
        os.kill(os.getpid(), signal.SIGINT)
        log.wait_for(EngineStateChanged, timeout_s=LONG_S)
        return "not reached"

    with pytest.raises(KeyboardInterrupt):
        beside_window(AppearanceSettings(), work)
    assert monotonic() - begun_s < LONG_S
    assert signal.getsignal(signal.SIGINT) is before

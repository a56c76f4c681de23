"""A guide in a window on a fake engine, and what it asks of the program."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from companion.engine.events import (
    EngineReady,
    EngineState,
    EngineStateChanged,
)
from companion.settings import Settings
from companion.ui.bridge import EngineBridge
from companion.ui.guide.first_run import FirstRun
from companion.ui.guide.guide import Guide
from companion.ui.hotkey import Hotkey
from companion.ui.main_window import MainWindow
from companion.ui.theme import Theme
from companion.ui.window_state import WindowState
from tests.fakes.devices import FakeDevices
from tests.fakes.engine import FakeEngine
from tests.fakes.model_store import FakeModelStore

READY = (EngineReady(seconds=1), EngineStateChanged(old=EngineState.INITIALIZING, new=EngineState.IDLE, at_s=0))


class Rig:
    """The guide in its window, and what it asked of the program."""

    def __init__(self, window: MainWindow, bridge: EngineBridge, engine: FakeEngine, theme: Theme, path: Path) -> None:
        self.window, self.engine = window, engine
        self.store = FakeModelStore(path / "models")
        self.state = WindowState(path / "window.json")
        self.hotkey = Hotkey(window)
        self.devices = FakeDevices()
        self.changes: list[tuple[str, dict[str, object]]] = []
        self.loads = 0
        self.run = FirstRun(
            window,
            bridge,
            theme,
            self.hotkey,
            self.state,
            settings=Settings,
            change=lambda section, **values: self.changes.append((section, values)),
            load=self._load,
            store=self.store,
            devices=lambda _: self.devices,
        )

    def _load(self) -> None:
        self.loads += 1

    @property
    def guide(self) -> Guide:
        assert self.run.guide is not None
        return self.run.guide

    def tell(self, qtbot: QtBot, *events: object) -> None:
        """Send events and let them arrive."""
        arrived: list[object] = []
        self.run._bridge.event_received.connect(arrived.append)
        self.engine.emit(*events)  # type: ignore[arg-type]
        qtbot.waitUntil(lambda: len(arrived) == len(events))
        self.run._bridge.event_received.disconnect(arrived.append)


@pytest.fixture
def rig(qtbot: QtBot, theme: Theme, bridge: EngineBridge, engine: FakeEngine, tmp_path: Path) -> Iterator[Rig]:
    window = MainWindow(bridge, theme)
    rig = Rig(window, bridge, engine, theme, tmp_path)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield rig
    window.hide()
    window.deleteLater()


def key(qtbot: QtBot, rig: Rig, *keys: Qt.Key) -> None:
    """Press keys where the focus is."""
    for each in keys:
        focused = rig.window.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, each)

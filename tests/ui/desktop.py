"""A main window with everything around it, on a fake engine, with or without a tray."""

from pathlib import Path

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from companion.engine.events import Event
from companion.settings import DesktopSettings, Settings
from companion.ui.bridge import EngineBridge
from companion.ui.desktop import Desktop
from companion.ui.main_window import MainWindow
from companion.ui.theme import Theme
from companion.ui.window_state import WindowState
from tests.fakes.engine import FakeEngine


class Around:
    """The window, its `Desktop`, and what was notified."""

    def __init__(
        self,
        qtbot: QtBot,
        theme: Theme,
        bridge: EngineBridge,
        engine: FakeEngine,
        path: Path,
        settings: DesktopSettings,
    ) -> None:
        self.qtbot, self.engine, self.bridge = qtbot, engine, bridge
        self.has_tray = True
        self.notified: list[tuple[str, str]] = []
        self.state = WindowState(path)
        self.window = MainWindow(bridge, theme)
        self.settings_action = QAction("Settings", self.window)
        self.desktop = Desktop(
            self.window,
            bridge,
            theme,
            self.state,
            Settings(desktop=settings),
            settings_action=self.settings_action,
            has_tray=lambda: self.has_tray,
        )
        self.desktop._notifier._notify = self._notify
        self.desktop.tray.notify = self._notify  # type: ignore[method-assign]
        qtbot.addWidget(self.window)

    def _notify(self, title: str, body: str) -> None:
        self.notified.append((title, body))

    def start(self, *, hidden: bool = False) -> "Around":
        self.desktop.start(hidden=hidden)
        if not hidden:
            shown = self.desktop.compact if self.desktop.compact.isVisible() else self.window
            self.qtbot.waitExposed(shown)
        return self

    def send(self, *events: Event) -> None:
        """Send events and wait until the window has seen the last."""
        with self.qtbot.waitSignal(self.bridge.event_received, check_params_cb=lambda event: event is events[-1]):
            self.engine.emit(*events)
        QApplication.processEvents()

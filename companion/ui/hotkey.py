"""The global hold-to-talk key, whatever the desktop: chooses the way to hear it and turns it into Qt signals.

Thread: `Hotkey` lives on the GUI thread; its signals may be emitted on a back end's thread, so connect them to
slots of QObjects (Qt queues them).
"""

import os
import sys
from collections.abc import Callable, Mapping
from typing import TypeAlias

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QWindow

from companion.keys import KeyCombination
from companion.ui.hotkey_base import HotkeyBackend, HotkeyListener, unavailable

BackendFactory: TypeAlias = Callable[[KeyCombination, HotkeyListener], HotkeyBackend]


def choose_backend(platform: str, environment: Mapping[str, str]) -> BackendFactory | None:
    """Return the way to hear a hotkey on this desktop, or None if there is none.

    Under Wayland an X server may answer too (XWayland), but it sees keys only while an X program has the focus.
    """
    desktop = platform in ("win32", "darwin")
    if not desktop and (environment.get("XDG_SESSION_TYPE") == "wayland" or environment.get("WAYLAND_DISPLAY")):
        from companion.ui.hotkey_portal import PortalBackend  # its library is installed on Linux only

        return PortalBackend
    if desktop or environment.get("DISPLAY"):
        from companion.ui.hotkey_pynput import PynputBackend

        return PynputBackend
    return None


class Hotkey(QObject):
    """The hold-to-talk key.

    Signals:
        pressed: the hotkey went down, at this monotonic time (taken on the listening thread).
        released: the hotkey came up, at this monotonic time; follows every `pressed`, also when a key-up is lost.
        available: the hotkey works from now on; the text is the combination for people, e.g. "Ctrl+Space".
        unavailable: a `CompanionError` says why the hotkey does not work (or no longer), and what does; `available` may
            follow, for example when the desktop's portal is back.
        noticed: a `CompanionError` the user should know of although the hotkey works, e.g. "hotkey-taken".
    """

    pressed = Signal(float)
    released = Signal(float)
    available = Signal(str)
    unavailable = Signal(object)
    noticed = Signal(object)

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        platform: str = sys.platform,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(parent)
        self._platform = platform
        self._environment = os.environ if environment is None else environment
        self._backend: HotkeyBackend | None = None
        self._combination: KeyCombination | None = None
        self._sequence = QKeySequence()
        self._swallowing = 0
        self.available.connect(self._on_available, Qt.ConnectionType.QueuedConnection)
        self.unavailable.connect(self._on_unavailable, Qt.ConnectionType.QueuedConnection)

    def start(self, combination: KeyCombination) -> None:
        """Listen for `combination` instead of any other; returns at once, `available` or `unavailable` follows.

        Thread: GUI.
        """
        self.stop()
        factory = choose_backend(self._platform, self._environment)
        if factory is None:
            self.unavailable.emit(unavailable("hotkey-no-display", "There is no desktop to hear a hotkey from."))
            return
        listener = HotkeyListener(
            pressed=self.pressed.emit,
            released=self.released.emit,
            available=self.available.emit,
            unavailable=self.unavailable.emit,
            noticed=self.noticed.emit,
        )
        self._combination = combination
        self._sequence = QKeySequence(combination.qt_text)
        self._backend = factory(combination, listener)
        self._backend.start()

    def stop(self) -> None:
        """Stop listening; a held hotkey is released first. Idempotent; at most 2 s.

        Thread: GUI.
        """
        backend, self._backend = self._backend, None
        self._combination = None
        self._sequence = QKeySequence()
        if backend is not None:
            backend.stop()

    def shield(self, application: QGuiApplication) -> None:
        """Keep the hotkey from the widgets of every window, where Ctrl+Space would also click the focused button.

        Thread: GUI.
        """
        application.focusWindowChanged.connect(self._shield_window)

    @Slot(QWindow)
    def _shield_window(self, window: QWindow | None) -> None:
        """Watch the keys of the window that gets them: dialogs come and go."""
        if window is not None:
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Swallow the key events of the hotkey: its presses, their auto-repeat and the release that follows."""
        if not isinstance(event, QKeyEvent):
            return False
        key = event.key()
        if event.type() == QEvent.Type.KeyRelease:
            if key != self._swallowing:
                return False
            if not event.isAutoRepeat():
                self._swallowing = 0
            return True
        modifiers = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier)
        if self._sequence.isEmpty() or QKeySequence(int(key) | modifiers.value) != self._sequence:
            return False
        self._swallowing = key
        return True

    @Slot(str)
    def _on_available(self, _text: str) -> None:
        if self._combination is not None:
            self._sequence = QKeySequence(self._combination.qt_text)

    @Slot(object)
    def _on_unavailable(self, _error: object) -> None:
        self._sequence = QKeySequence()

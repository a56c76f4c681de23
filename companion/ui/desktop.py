"""The program among the others: tray, compact mode, notifications, closing, the window's place. GUI thread."""

import base64
import threading
from collections.abc import Callable

from PySide6.QtCore import QByteArray, QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QSessionManager
from PySide6.QtWidgets import QApplication

from companion.autostart import set_start_at_login
from companion.engine.errors import CompanionError
from companion.settings import Settings
from companion.ui import desktop_strings as words
from companion.ui import strings
from companion.ui.bridge import EngineBridge
from companion.ui.compact import CompactWindow
from companion.ui.main_window import MainWindow
from companion.ui.notifier import Notifier
from companion.ui.state_look import MUTE_KEYS
from companion.ui.talk_face import Face
from companion.ui.talk_latch import LatchOn
from companion.ui.theme import Theme
from companion.ui.translation import tr
from companion.ui.tray import Tray
from companion.ui.window_state import WindowState

_GEOMETRY = "window.geometry"
_SAID_STAYS = "said.stays"
_COMPACT = "compact.on"
_YES = "yes"
_SETTLED_MS = 400
_WRITE_S = 5.0
_TRAY_EVERY_MS = 1000
_TRAY_TRIES = 20
"""At login the program may be there before the panel is."""


class Desktop(QObject):
    """Everything around the main window.

    Attributes:
        tray: The icon in the tray.
        compact: The orb.

    Args:
        window: The main window.
        bridge: The way to the engine.
        theme: The look.
        state: Remembers places, and what was said once.
        settings: What the user chose.
        settings_action: Opens the settings; not in the tray's menu if None.
        has_tray: Whether there is a tray now; asked whenever it matters.
    """

    _failed = Signal(object)

    def __init__(
        self,
        window: MainWindow,
        bridge: EngineBridge,
        theme: Theme,
        state: WindowState,
        settings: Settings,
        *,
        settings_action: QAction | None = None,
        has_tray: Callable[[], bool] = Tray.available,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._bridge = bridge
        self._state = state
        self._has_tray = has_tray
        self._session_ends = False
        self._writer: threading.Thread | None = None
        self._desktop = settings.desktop
        self.mute_action = self._action(words.MUTE, MUTE_KEYS)
        self.mute_action.setCheckable(True)
        self.compact_action = self._action(words.COMPACT_MODE, "Ctrl+Shift+Space")
        self.compact_action.setCheckable(True)
        self.quit_action = self._action(words.QUIT, "Ctrl+Q")
        self._new_action = QAction(tr(strings.NEW_CONVERSATION), self)
        actions = [self.mute_action, self.compact_action, self.quit_action]
        self.tray = Tray(
            mute=self.mute_action,
            compact=self.compact_action,
            new=self._new_action,
            settings=settings_action,
            leave=self.quit_action,
            parent=window,
        )
        self.compact = CompactWindow(theme, bridge, window.latch, state, actions, window)
        self._notifier = Notifier(self.tray.notify, self._unseen)
        self._settled = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._tray_waits = 0
        self._tray_timer = QTimer(self, interval=_TRAY_EVERY_MS)
        window.addActions(actions)
        window.menu.addActions(actions)
        self._restore()
        self._use(settings)
        self._connect()
        self._on_face()

    def _action(self, text: str, keys: str) -> QAction:
        action = QAction(tr(text), self)
        action.setShortcut(QKeySequence(keys))
        return action

    def _connect(self) -> None:
        window, tray = self._window, self.tray
        window.stays = self._stays
        window.put_away.connect(self._on_put_away)
        window.face_changed.connect(self._on_face)
        window.finished.connect(self.close)
        window.installEventFilter(self)
        self.mute_action.triggered.connect(window.mute)
        self.compact_action.triggered.connect(self.set_compact)
        self.quit_action.triggered.connect(window.quit)
        self._new_action.triggered.connect(lambda: window.show_conversation())
        tray.toggle_window.connect(self._toggle_window)
        tray.talk.connect(self._on_talk)
        tray.opened.connect(self.come_forward)
        self.compact.left.connect(self.come_forward)
        self._bridge.event_received.connect(self._notifier.on_event)
        self._bridge.unheard.connect(self._notifier.on_unheard)
        self._settled.timeout.connect(self._remember_geometry)
        self._failed.connect(window.banners.show_problem)
        self._tray_timer.timeout.connect(self._look_for_tray)

    # -- starting and ending

    def start(self, *, hidden: bool) -> None:
        """Show the tray icon and the window, or the orb if that was there last; at a start at login only the tray."""
        self.tray.icon.show()
        if hidden:
            if not self._has_tray():
                self._tray_timer.start()
        elif self._state.get(_COMPACT) == _YES:
            self.set_compact(True)
        else:
            self._window.show()

    @Slot()
    def close(self) -> None:
        """Take everything off the screen. Idempotent."""
        self._tray_timer.stop()
        if self._settled.isActive():
            self._settled.stop()
            self._remember_geometry()
        self.compact.hide()
        self.tray.close()
        if self._writer is not None:
            self._writer.join(_WRITE_S)

    def watch_session(self, application: QApplication) -> None:
        """Never be the reason why the user cannot log out."""
        application.commitDataRequest.connect(self._on_session_ends)

    @Slot(QSessionManager)
    def _on_session_ends(self, manager: QSessionManager) -> None:
        manager.setRestartHint(QSessionManager.RestartHint.RestartNever)  # the start at login is a setting of its own
        self._session_ends = True
        self._remember_geometry()
        self._state.save()  # the desktop may end the program without another word

    @Slot()
    def _look_for_tray(self) -> None:
        """Started into a tray that is not there (yet): nobody could reach a program without any window."""
        self._tray_waits += 1
        if self._has_tray() or self._window.isVisible() or self.compact.isVisible():
            self._tray_timer.stop()
        elif self._tray_waits >= _TRAY_TRIES:
            self._tray_timer.stop()
            self._window.showMinimized()

    # -- the window

    def _stays(self) -> bool:
        """Return whether closing the window only hides it."""
        return self._desktop.close_to_tray and not self._session_ends and self._has_tray()

    @Slot()
    def _on_put_away(self) -> None:
        if not self._state.get(_SAID_STAYS):
            self._state.put(_SAID_STAYS, _YES)
            self.tray.notify(tr(words.STAYS_TITLE), tr(words.STAYS_BODY))

    @Slot()
    def come_forward(self) -> None:
        """Show the window above the others, in place of the orb."""
        self._session_ends = False  # whoever asks for the window did not log out after all
        self._leave_compact()
        self._window.come_forward()

    @Slot()
    def _toggle_window(self) -> None:
        if self._shown() and self._has_tray():
            self._window.hide()
        else:
            self.come_forward()

    def _shown(self) -> bool:
        return self._window.isVisible() and not self._window.isMinimized()

    def _unseen(self) -> bool:
        """Return whether nothing on the screen shows what happens, and the user wants to be told."""
        return self._desktop.notifications and not self._shown() and not self.compact.isVisible()

    @Slot(bool)
    def set_compact(self, on: bool) -> None:
        """Show the orb instead of the window, or the window again."""
        if not on:
            self.come_forward()
            return
        self.compact_action.setChecked(True)
        self._state.put(_COMPACT, _YES)
        self.compact.show_face(self._window.talk.face)
        self.compact.show()
        self._window.hide()

    def _leave_compact(self) -> None:
        self.compact_action.setChecked(False)
        self._state.put(_COMPACT, "")
        self.compact.hide()

    # -- what is shown

    @Slot()
    def _on_face(self) -> None:
        face = self._window.talk.face
        self.tray.show_face(face)
        self.compact.show_face(face)
        self.mute_action.setChecked(self._bridge.muted)
        self.mute_action.setText(tr(words.UNMUTE if self._bridge.muted else words.MUTE))

    @Slot()
    def _on_talk(self) -> None:
        if self._window.talk.face is Face.SPEAKING:
            self._bridge.stop()
        else:
            self._window.latch.toggle()

    def apply(self, settings: Settings) -> None:
        """Use other settings from now on."""
        before, self._desktop = self._desktop, settings.desktop
        self._use(settings)
        if settings.desktop.start_at_login is not before.start_at_login:
            arguments = (settings.desktop.start_at_login, self._writer)
            self._writer = threading.Thread(target=self._set_start_at_login, args=arguments, name="autostart")
            self._writer.start()

    def _use(self, settings: Settings) -> None:
        self._notifier.words = settings.desktop.notification_words
        self._window.latch.tap_s = settings.turn.tap_s
        self._window.latch.latch_on = LatchOn(settings.talk.latch)

    def _set_start_at_login(self, on: bool, before: threading.Thread | None) -> None:
        """Tell the desktop, after what it was told before. Thread: its own, for it waits for the disk."""
        if before is not None:
            before.join(_WRITE_S)
        try:
            set_start_at_login(on)
        except CompanionError as error:
            self._failed.emit(error)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow the window's size and place, and whether it is there."""
        kind = event.type()
        if kind in (QEvent.Type.Move, QEvent.Type.Resize):
            if self._window.isVisible():
                self._settled.start()
        elif kind in (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.WindowStateChange):
            self.tray.show_window_shown(self._shown())
        return False

    @Slot()
    def _remember_geometry(self) -> None:
        encoded = base64.b64encode(bytes(self._window.saveGeometry().data())).decode()
        self._state.put(_GEOMETRY, encoded)

    def _restore(self) -> None:
        """Put the window where it was; Qt keeps it on a screen that there is."""
        if kept := self._state.get(_GEOMETRY):
            self._window.restoreGeometry(QByteArray.fromBase64(kept.encode()))

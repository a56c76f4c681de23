"""The icon in the desktop's tray: state as shape and colour, a menu, notifications. GUI thread.

On a desktop without a tray nothing appears, and the icon comes by itself once there is one (Qt watches for it).
"""

from PySide6.QtCore import QObject, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from companion.ui import desktop_strings as words
from companion.ui import strings
from companion.ui.icons import Glyph, app_icon, paint_glyph
from companion.ui.palette import LIGHT
from companion.ui.plain_text import without_markup
from companion.ui.talk_face import Face
from companion.ui.translation import tr

_SIDES = (16, 22, 24, 32, 48, 64)
"""What trays ask for, in pixels; a bitmap icon goes over D-Bus."""
_GREY = "#6b7080"
INK = "#ffffff"

_FACES = {
    Face.LOADING: (Glyph.RING, _GREY),
    Face.UNAVAILABLE: (Glyph.WARNING, LIGHT.slow),
    Face.MUTED: (Glyph.MICROPHONE_OFF, _GREY),
    Face.IDLE: (Glyph.MICROPHONE, LIGHT.accent),
    Face.LISTENING: (Glyph.BARS, LIGHT.listening),
    Face.THINKING: (Glyph.DOTS, LIGHT.accent),
    Face.SPEAKING: (Glyph.SOUND, LIGHT.speaking),
}
FILLS = tuple(sorted({fill for _, fill in _FACES.values()}))
"""A panel may be light or dark and does not say which: each of these has 3:1 against white and against black, and its
glyph 3:1 against it."""
_NOTIFICATION_MS = 6000


def tray_icon(face: Face) -> QIcon:
    """Return the icon of a state, which is told by its glyph as well as by its colour."""
    glyph, fill = _FACES[face]
    icon = QIcon()
    for side in _SIDES:
        pixmap = QPixmap(side, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(0, 0, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(fill))
        if face is Face.LISTENING:  # the one round icon, with a ring: an open microphone must not be missed
            painter.drawEllipse(box)
            painter.setPen(QPen(QColor(INK), side / 20))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(box.adjusted(side / 13, side / 13, -side / 13, -side / 13))
        else:
            painter.drawRoundedRect(box, side * 0.27, side * 0.27)
        margin = side * (0.25 if face is Face.LISTENING else 0.16)
        paint_glyph(painter, glyph, box.adjusted(margin, margin, -margin, -margin), QColor(INK))
        painter.end()
        icon.addPixmap(pixmap)
    return icon


class Tray(QObject):
    """The tray icon and its menu.

    Signals:
        toggle_window: show the window, or hide it.
        talk: begin to listen or end the turn; while a reply sounds, stop it.
        opened: the user clicked a notification.

    Args:
        mute: Closes the microphone; like the three below, an action that the window has too.
        compact: Shows the orb instead of the window.
        new: Begins a new conversation.
        settings: Opens the settings, if there is a window for them.
        leave: Ends the program.
    """

    toggle_window = Signal()
    talk = Signal()
    opened = Signal()

    def __init__(
        self,
        *,
        mute: QAction,
        compact: QAction,
        new: QAction,
        settings: QAction | None,
        leave: QAction,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._icons: dict[Face, QIcon] = {}
        self._menu = QMenu(parent)
        self._window_action = self._menu.addAction(tr(words.HIDE_WINDOW))
        self._window_action.triggered.connect(self.toggle_window)
        self._talk_action = self._menu.addAction(tr(words.TALK))
        self._talk_action.triggered.connect(self.talk)
        self._menu.addAction(mute)
        self._menu.addAction(compact)
        self._menu.addSeparator()
        self._menu.addAction(new)
        if settings is not None:
            self._menu.addAction(settings)
        self._menu.addSeparator()
        self._menu.addAction(leave)
        self.icon = QSystemTrayIcon(app_icon(), self)
        self.icon.setContextMenu(self._menu)
        self.icon.activated.connect(self._on_activated)
        self.icon.messageClicked.connect(self.opened)

    @property
    def menu(self) -> QMenu:
        """The menu."""
        return self._menu

    @staticmethod
    def available() -> bool:
        """Return whether this desktop has a tray now."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def show_face(self, face: Face) -> None:
        """Show a state."""
        if face not in self._icons:
            self._icons[face] = tray_icon(face)
        self.icon.setIcon(self._icons[face])
        self.icon.setToolTip(tr(words.TRAY_TIP, name=strings.APP_NAME, state=tr(words.FACES[face])))
        text = {Face.LISTENING: words.DONE_TALKING, Face.SPEAKING: strings.STOP_SPEAKING}.get(face, words.TALK)
        self._talk_action.setText(tr(text))
        self._talk_action.setEnabled(face not in (Face.LOADING, Face.UNAVAILABLE, Face.MUTED))

    def show_window_shown(self, shown: bool) -> None:
        """Offer to hide the window, or to show it."""
        self._window_action.setText(tr(words.HIDE_WINDOW if shown else words.SHOW_WINDOW))

    def notify(self, title: str, body: str) -> None:
        """Have the desktop show a notification; a click on it opens the window."""
        self.icon.showMessage(title, without_markup(body), app_icon(), _NOTIFICATION_MS)

    def close(self) -> None:
        """Take the icon away. Idempotent."""
        self.icon.hide()

    @Slot(QSystemTrayIcon.ActivationReason)
    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            self.toggle_window.emit()

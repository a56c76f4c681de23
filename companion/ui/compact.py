"""The compact mode: a small orb above all windows, with captions beside it. GUI thread.

It never takes the focus by itself, neither when it appears nor when a turn runs; a click or the desktop's window
switching gives it the keyboard. Where a program may not place its windows (Wayland), the desktop does.
"""

import re

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication, QKeyEvent, QMoveEvent, QScreen, QShowEvent
from PySide6.QtWidgets import QMenu, QWidget

from companion.engine.events import EngineState, EngineStateChanged, Event, InputLevelChanged
from companion.ui import desktop_strings as words
from companion.ui import strings
from companion.ui.bridge import EngineBridge
from companion.ui.captions import Captions
from companion.ui.icons import app_icon
from companion.ui.on_screen import kept_inside, nearest_area
from companion.ui.orb import Orb
from companion.ui.state_look import MUTE_KEYS
from companion.ui.talk_face import SIDE, Face
from companion.ui.talk_latch import TalkLatch
from companion.ui.theme import UNIT, Theme
from companion.ui.translation import tr
from companion.ui.window_state import WindowState

_MARGIN = 4 * UNIT
_GAP = UNIT
_STEP = 6 * UNIT
_ARROWS = {
    Qt.Key.Key_Left: QPoint(-_STEP, 0),
    Qt.Key.Key_Right: QPoint(_STEP, 0),
    Qt.Key.Key_Up: QPoint(0, -_STEP),
    Qt.Key.Key_Down: QPoint(0, _STEP),
}
_PLACE = "compact.place.{screen}"
_SCREEN = "compact.screen"
_BUSY = (EngineState.LISTENING, EngineState.TRANSCRIBING, EngineState.THINKING, EngineState.SPEAKING)


class CompactWindow(QWidget):
    """The orb and its captions.

    Signals:
        left: the user wants the window back.

    Args:
        theme: The look.
        bridge: The way to the engine.
        latch: Turns clicks and holds into turns.
        state: Remembers the place on each screen.
        actions: Entries of its menu, besides the way back.
        parent: Its owner; on the screen the two have nothing to do with each other.
    """

    left = Signal()

    def __init__(
        self,
        theme: Theme,
        bridge: EngineBridge,
        latch: TalkLatch,
        state: WindowState,
        actions: list[QAction],
        parent: QWidget,
    ) -> None:
        super().__init__(
            parent, Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        )
        self._bridge = bridge
        self._latch = latch
        self._state = state
        self._engine_state = EngineState.INITIALIZING
        self._anchor = QPoint()
        """Of the orb, on the desktop."""
        self._placing = False
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        self.setWindowTitle(strings.APP_NAME)
        self.setWindowIcon(app_icon())
        self.orb = Orb(theme, self)
        self.orb.resize(SIDE, SIDE)
        self.setFocusProxy(self.orb)
        self.captions = Captions(theme, self)
        self._menu = QMenu(self)
        back = self._menu.addAction(tr(words.COMPACT_LEAVE))
        back.triggered.connect(self.left)
        self._menu.addSeparator()
        self._menu.addActions(actions)
        self.addActions(actions)
        self._connect()

    def _connect(self) -> None:
        orb = self.orb
        orb.talk_pressed.connect(self._on_held)
        orb.talk_released.connect(self._latch.release_button)
        orb.tapped.connect(self._on_tapped)
        orb.opened.connect(self._on_opened)
        orb.drag_begun.connect(self._on_drag_begun)
        orb.dragged.connect(self._on_dragged)
        orb.drag_ended.connect(self._remember)
        self._latch.latched_changed.connect(orb.set_latched)
        self._bridge.event_received.connect(self._on_event)
        self._bridge.muted_press.connect(self._on_muted_press)
        self._bridge.unheard.connect(self._on_unheard)
        self.captions.changed.connect(self._lay_out)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.screenAdded.connect(self._watch)
        application.screenRemoved.connect(self._keep_on_screen)
        for screen in QGuiApplication.screens():
            self._watch(screen)

    @property
    def anchor(self) -> QPoint:
        """Where the orb's square begins, on the desktop."""
        return self._anchor

    def show_face(self, face: Face) -> None:
        """Show a state."""
        self.orb.set_face(face)
        self.setWindowTitle(tr(words.TRAY_TIP, name=strings.APP_NAME, state=tr(words.FACES[face])))

    # -- events

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        if isinstance(event, EngineStateChanged):
            self._engine_state = event.new
        if not self.isVisible():
            return
        if isinstance(event, InputLevelChanged):
            self.orb.set_level(event.dbfs, voice=event.voice)
        else:
            self.captions.apply(event)

    @Slot()
    def _on_held(self) -> None:
        self._latch.press(self.orb.begun_s)

    @Slot()
    def _on_tapped(self) -> None:
        if self._engine_state in _BUSY[1:]:
            self._bridge.stop()
        else:
            self._latch.toggle()

    @Slot()
    def _on_opened(self) -> None:
        self._bridge.stop()  # the first click of the two began to listen
        self.left.emit()

    @Slot()
    def _on_muted_press(self) -> None:
        if self.isVisible():
            self.captions.say(tr(words.MUTED_HINT, keys=MUTE_KEYS))

    @Slot()
    def _on_unheard(self) -> None:
        if self.isVisible():
            self.captions.say(tr(strings.NOT_READY))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Move with the arrows; Escape stops what goes on, or else goes back to the window."""
        key = Qt.Key(event.key())
        if key in _ARROWS:
            self._move_by(_ARROWS[key])
            self._remember()
        elif key == Qt.Key.Key_Escape and self._engine_state in _BUSY:
            self._bridge.stop()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Show the menu, for the mouse and the menu key."""
        self._menu.popup(event.globalPos())

    # -- its place

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Appear where it was last."""
        super().showEvent(event)
        # It stays when the window it belongs to is hidden or minimized. The stub forgets that None is allowed.
        self.windowHandle().setTransientParent(None)  # type: ignore[arg-type]
        self.captions.clear()
        self._anchor = self._remembered()
        self._lay_out()

    def moveEvent(self, event: QMoveEvent) -> None:  # noqa: N802
        """Follow the desktop, which may have moved the window on the user's wish."""
        super().moveEvent(event)
        if not self._placing and not self.orb.dragging and self.isVisible():
            self._anchor = self.pos() + self.orb.pos()
            self._remember()

    @Slot()
    def _on_drag_begun(self) -> None:
        handle = self.windowHandle()
        if handle is not None and handle.startSystemMove():
            self.orb.end_drag()

    @Slot(QPoint)
    def _on_dragged(self, by: QPoint) -> None:
        self._move_by(by)

    def _move_by(self, by: QPoint) -> None:
        areas = _areas()
        wanted = self._anchor + by
        middle = wanted + QPoint(SIDE // 2, SIDE // 2)
        self._anchor = kept_inside(wanted, QSize(SIDE, SIDE), areas[nearest_area(middle, areas)])
        self._lay_out()

    @Slot()
    def _lay_out(self) -> None:
        """Put the captions beside the orb, towards the middle of the screen, and the window around both."""
        area = self._area()
        orb = QRect(self._anchor, QSize(SIDE, SIDE))
        whole = QRect(orb)
        if self.captions.text:
            size = self.captions.sizeHint()
            at_right = orb.center().x() < area.center().x()
            x = orb.right() + _GAP if at_right else orb.left() - _GAP - size.width()
            y = orb.center().y() - size.height() // 2
            caption = QRect(kept_inside(QPoint(x, y), size, area), size)
            if caption.intersects(orb):  # a screen too narrow for both
                at_top = orb.center().y() > area.center().y()
                y = orb.top() - _GAP - size.height() if at_top else orb.bottom() + _GAP
                caption = QRect(kept_inside(QPoint(x, y), size, area), size)
            whole = orb.united(caption)
            self.captions.setGeometry(caption.translated(-whole.topLeft()))
        self.orb.move(self._anchor - whole.topLeft())
        self._placing = True
        self.setGeometry(whole)
        self._placing = False

    def _area(self) -> QRect:
        areas = _areas()
        return areas[nearest_area(self._anchor + QPoint(SIDE // 2, SIDE // 2), areas)]

    @Slot(QScreen)
    def _watch(self, screen: QScreen) -> None:
        screen.availableGeometryChanged.connect(self._keep_on_screen)
        self._keep_on_screen()

    @Slot()
    def _keep_on_screen(self) -> None:
        """Come back from a screen that is gone or smaller than it was."""
        if self.isVisible() and QGuiApplication.screens():
            self._move_by(QPoint())

    @Slot()
    def _remember(self) -> None:
        screens = QGuiApplication.screens()
        screen = screens[nearest_area(self._anchor + QPoint(SIDE // 2, SIDE // 2), _areas())]
        corner = self._anchor - screen.availableGeometry().topLeft()
        self._state.put(_SCREEN, _name(screen))
        self._state.put(_PLACE.format(screen=_name(screen)), f"{corner.x()},{corner.y()}")

    def _remembered(self) -> QPoint:
        """Return the place on the last screen, or if that is gone on the first; at first it is at the bottom right."""
        screens = QGuiApplication.screens()
        screen = next((one for one in screens if _name(one) == self._state.get(_SCREEN)), screens[0])
        area = screen.availableGeometry()
        size = QSize(SIDE, SIDE)
        place = re.fullmatch(r"(-?\d{1,6}),(-?\d{1,6})", self._state.get(_PLACE.format(screen=_name(screen))))
        if place is None:
            return area.bottomRight() - QPoint(SIDE + _MARGIN, SIDE + _MARGIN)
        return kept_inside(area.topLeft() + QPoint(int(place[1]), int(place[2])), size, area)


def _areas() -> list[QRect]:
    return [screen.availableGeometry() for screen in QGuiApplication.screens()]


def _name(screen: QScreen) -> str:
    """Return what tells a screen from others, also after it was unplugged."""
    return "/".join(filter(None, (screen.name(), screen.model(), screen.serialNumber())))

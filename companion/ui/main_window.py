"""The window: header, banners, conversation, talk button and text field. GUI thread.

It knows the engine only through the bridge: events in, commands out.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QMenu, QStackedLayout, QVBoxLayout, QWidget

from companion.engine.events import (
    EngineClosed,
    EngineFailed,
    EngineReady,
    EngineState,
    EngineStateChanged,
    Event,
    InputLevelChanged,
    ModelLoadFinished,
    ModelLoadStarted,
    ProblemReported,
    ProblemResolved,
    TurnCompleted,
    TurnEmpty,
    TurnInterrupted,
    TurnStarted,
)
from companion.engine.messages import ChatMessage, Role
from companion.latency_history import LatencyHistory
from companion.ui import strings
from companion.ui.banner import Banners
from companion.ui.bridge import EngineBridge
from companion.ui.centred import centred
from companion.ui.composer import Composer
from companion.ui.conversation_flow import ConversationFlow
from companion.ui.conversation_model import ConversationModel
from companion.ui.conversation_view import ConversationView
from companion.ui.greeting import Greeting
from companion.ui.icons import app_icon
from companion.ui.known_sentences import known_sentence
from companion.ui.latency_windows import LatencyWindows
from companion.ui.layouts import fitting, scrolled
from companion.ui.state_look import state_hint, state_look, window_title
from companion.ui.status_bar import StatusBar
from companion.ui.talk_button import TalkButton
from companion.ui.talk_face import Face
from companion.ui.talk_latch import TalkLatch
from companion.ui.talk_panel import TalkPanel
from companion.ui.theme import COLUMN_WIDTH, UNIT, Text, Theme
from companion.ui.translation import tr

CLOSE_LIMIT_MS = 2000
"""How long a closed window waits for the engine before the program ends without it."""

_PASSING_HINT_MS = 6000
_WIDTH, _HEIGHT = 520, 780
_LEAST = QSize(360, 480)


class MainWindow(QWidget):
    """The one window.

    Signals:
        begun: a conversation begins that is not one of those kept.
        finished: the window is closed and the engine has ended, or had its time; the program quits.
        face_changed: the state is shown anew, in `talk.face` and `status`.
        put_away: the window was closed but the program goes on, as `stays` said.

    Args:
        bridge: The way to the engine.
        theme: The look.
        hotkey: Name of the global talk key as printed on the keys, None if there is none.
        history: The latencies since the program started and before; by default none from before.
    """

    begun = Signal()
    finished = Signal()
    face_changed = Signal()
    put_away = Signal()

    def __init__(
        self,
        bridge: EngineBridge,
        theme: Theme,
        *,
        hotkey: str | None = "Ctrl+Space",
        history: LatencyHistory | None = None,
    ) -> None:
        super().__init__()
        self._bridge = bridge
        self._theme = theme
        self._hotkey = hotkey
        self._latencies = LatencyWindows(history or LatencyHistory(), theme, self)
        self._state = EngineState.INITIALIZING
        self._failed = False
        self._failure = ""
        self._quitting = self._closing = False
        self._ended = False
        self._loading: dict[Role, bool] = {}
        self._model_name = ""
        self._passing_hint = ""
        self.stays: Callable[[], bool] = lambda: False
        self.latch = TalkLatch(bridge, parent=self)
        self.conversation = ConversationModel(self)
        self.view = ConversationView(self.conversation, theme)
        self.status = StatusBar(theme)
        self.banners = Banners(theme)
        self._flow = ConversationFlow(self.conversation, self.view, bridge, self.banners.show_problem)
        self.talk = TalkButton(theme)
        self.panel = TalkPanel(theme, self.talk)
        self.composer = Composer(theme)
        self._greeting = Greeting(theme, hotkey)
        self._hint = QLabel()
        self._hint_timer = QTimer(self, singleShot=True, interval=_PASSING_HINT_MS)
        self._close_timer = QTimer(self, singleShot=True, interval=CLOSE_LIMIT_MS)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setWindowIcon(app_icon())
        self._lay_out()
        self._connect()
        self._fill_menu()
        self._restyle()
        self._show_state()
        self.resize(fitting(QSize(theme.scaled(_WIDTH), theme.scaled(_HEIGHT)), self))

    @property
    def menu(self) -> QMenu:
        """The window's menu, to which the program adds settings and the like."""
        return self.status.menu

    @property
    def state(self) -> EngineState:
        """What the engine was last heard to do."""
        return self._state

    @property
    def hint_text(self) -> str:
        """The sentence under the talk button."""
        return self._hint.text()

    def set_hotkey(self, hotkey: str | None) -> None:
        """Name another talk key; None if none works."""
        self._hotkey = hotkey
        self._greeting.set_hotkey(hotkey)
        self._show_hint()

    def show_conversation(self, messages: Sequence[ChatMessage] = ()) -> None:
        """Go on with an earlier conversation, or begin a new one."""
        self.conversation.show_messages(messages)
        self._bridge.new_conversation(messages)
        self.begun.emit()

    def forget_failure(self) -> None:
        """Take away what kept the engine from being ready: it is tried again."""
        if self._failed:
            self._failed = False
            self.banners.resolve(self._failure)
            self._show_state()

    # -- building

    def _lay_out(self) -> None:
        self._hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setWordWrap(True)
        middle = QWidget()
        self._pages = QStackedLayout(middle)
        self._pages.addWidget(scrolled(self._greeting, tr(strings.EMPTY_TITLE)))
        self._pages.addWidget(self.view)
        foot = QVBoxLayout()
        foot.setContentsMargins(4 * UNIT, 0, 4 * UNIT, 4 * UNIT)
        foot.setSpacing(UNIT)
        foot.addLayout(centred(self.panel, COLUMN_WIDTH))
        foot.addWidget(self._hint)
        foot.addSpacing(2 * UNIT)
        foot.addLayout(centred(self.composer, COLUMN_WIDTH))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.status)
        column.addLayout(centred(self.banners, COLUMN_WIDTH + 8 * UNIT))
        column.addWidget(middle, 1)
        column.addLayout(foot)
        talking, typing = (self.talk, *self.panel.buttons), (self.composer.field, self.composer.send)
        order = (*talking, *typing, self.view, self.status.offline, self.status.new_button)
        for first, second in zip(order, (*order[1:], self.status.menu_button), strict=True):
            QWidget.setTabOrder(first, second)
        self.talk.setFocus()

    def _connect(self) -> None:
        bridge = self._bridge
        bridge.event_received.connect(self._on_event)
        self.talk.talk_pressed.connect(self.latch.press_button)
        self.talk.talk_released.connect(self.latch.release_button)
        self.latch.latched_changed.connect(self.talk.set_latched)
        self.latch.latched_changed.connect(self._show_hint)
        bridge.muted_press.connect(self._show_hint)
        bridge.unheard.connect(self._on_unheard)
        self.panel.mute_toggled.connect(self.mute)
        self.panel.typing_asked.connect(self.composer.field.setFocus)
        self.composer.submitted.connect(bridge.send_text)
        self.composer.shortened.connect(self._pass_hint)
        self.banners.reopen_audio.connect(bridge.reopen_audio)
        self.status.new_button.clicked.connect(self._on_new_conversation)
        self.conversation.emptied.connect(self._on_emptied)
        self.view.turn_details_requested.connect(self._show_turn)
        self._hint_timer.timeout.connect(self._on_hint_passed)
        self._close_timer.timeout.connect(self._finish)
        self._theme.changed.connect(self._restyle)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, bridge.stop)
        QShortcut(QKeySequence("Ctrl+L"), self, self.composer.field.setFocus)

    def _fill_menu(self) -> None:
        new = QAction(tr(strings.NEW_CONVERSATION), self)
        new.setShortcut(QKeySequence("Ctrl+N"))
        new.triggered.connect(self._on_new_conversation)
        copy = QAction(tr(strings.COPY_ALL), self)
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(self.conversation.as_text()))
        stop = QAction(tr(strings.STOP_SPEAKING), self)
        stop.triggered.connect(self._bridge.stop)
        statistics = QAction(tr(strings.STATISTICS), self)
        statistics.triggered.connect(self._latencies.show_statistics)
        for action in (new, copy, stop, statistics):
            self.addAction(action)
            self.menu.addAction(action)
        self.menu.addSeparator()

    @Slot()
    def _restyle(self) -> None:
        self._theme.dress(self._hint, Text.LABEL, "text_secondary")
        self.setMinimumSize(fitting(self.minimumSizeHint().expandedTo(_LEAST), self))

    # -- events

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        if isinstance(event, InputLevelChanged):
            self.talk.set_level(event.dbfs, voice=event.voice)
            return
        self.conversation.apply(event)
        self._flow.apply(event)
        match event:
            case EngineStateChanged(new=state):
                self._state = state
                self._show_state()
            case ModelLoadStarted() | ModelLoadFinished():
                self._on_model(event)
            case EngineReady():
                self._loading.clear()
                self._show_state()
            case EngineFailed(error=error):
                self._failed, self._failure = True, error.code
                self.banners.show_problem(error, dismissable=False, loading=True)
                self._show_state()
            case ProblemReported(error=error):
                self.banners.show_problem(error)
            case ProblemResolved(code=code):
                self.banners.resolve(code)
            case TurnStarted():
                self._pass_hint("")
            case TurnEmpty(reason=reason):
                self._pass_hint(tr(strings.EMPTY_TURNS[reason]) if reason in strings.EMPTY_TURNS else "")
            case TurnCompleted(metrics=metrics) | TurnInterrupted(metrics=metrics):
                self._latencies.keep(metrics)
            case EngineClosed():
                self._state = EngineState.CLOSED
                self._show_state()
                self._finish()

    def _on_model(self, event: ModelLoadStarted | ModelLoadFinished) -> None:
        self.forget_failure()  # something else is tried
        self._loading[event.role] = isinstance(event, ModelLoadFinished)
        if isinstance(event, ModelLoadStarted):
            self._model_name = event.name if event.role is Role.LLM else self._model_name
        else:
            if event.role is Role.LLM:
                self.status.set_place(strings.placement_words(self._model_name, event.placement))
            if event.placement.note:
                self.banners.show_note(f"placement-{event.role.value}", known_sentence(event.placement.note))
        self._show_state()

    def _show_state(self) -> None:
        look = state_look(self._state, failed=self._failed, muted=self._bridge.muted)
        face, words = look.face, look.words
        loading = face is Face.LOADING
        if loading and self._loading:
            waiting = [role for role, done in self._loading.items() if not done]
            words = strings.loading_words(waiting) if waiting else words
            self.status.set_progress(sum(self._loading.values()) / len(self._loading))
        else:
            self.status.set_progress(0.0 if loading else None)
        self.status.set_state(words, look.glyph, look.color)
        self.talk.set_face(face)
        self.panel.show_face(face)
        self.setWindowTitle(window_title(face))
        self.composer.set_ready(face not in (Face.LOADING, Face.UNAVAILABLE))
        self._flow.follow(self._state, usable=face not in (Face.LOADING, Face.UNAVAILABLE))
        self._show_hint()
        self.face_changed.emit()

    @Slot()
    def _show_hint(self) -> None:
        if self._passing_hint and self._state in (EngineState.INITIALIZING, EngineState.IDLE):
            self._hint.setText(self._passing_hint)
            return
        latched = self.latch.latched
        hint = state_hint(self.talk.face, failed=self._failed, latched=latched, hotkey=self._hotkey)
        self._hint.setText(hint)

    @Slot(bool)
    def mute(self, on: bool) -> None:
        """Close the microphone, or open it again."""
        self._bridge.mute(on)
        self.panel.show_muted(on)
        self._show_state()

    def _pass_hint(self, text: str) -> None:
        self._passing_hint = text
        if text:
            self._hint_timer.start()
        self._show_hint()

    @Slot()
    def _on_unheard(self) -> None:
        self._pass_hint(tr(strings.NOT_READY))

    @Slot()
    def _on_hint_passed(self) -> None:
        self._pass_hint("")

    @Slot(bool)
    def _on_emptied(self, empty: bool) -> None:
        self._pages.setCurrentIndex(0 if empty else 1)

    @Slot()
    def _on_new_conversation(self) -> None:
        self.show_conversation()

    @Slot(int)
    def _show_turn(self, row: int) -> None:
        if metrics := self.conversation.row(row).metrics:
            self._latencies.show_turn(metrics)

    @Slot()
    def come_forward(self) -> None:
        """Show the window above the others."""
        if self._closing:
            return
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    # -- closing

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Hide at once; unless it `stays`, `finished` follows after `CLOSE_LIMIT_MS` at the latest."""
        staying = not (self._quitting or self._closing) and self.stays()
        event.setAccepted(not staying)
        self._latencies.close()
        self.hide()
        if staying:
            self.put_away.emit()
        elif not self._closing:
            self._closing = True
            self._bridge.shut_down()
            if self._state is EngineState.CLOSED:
                QTimer.singleShot(0, self, self._finish)
            else:
                self._close_timer.start()

    @Slot()
    def quit(self) -> None:
        """End the program, even if closing the window would not."""
        self._quitting = True
        self.close()

    @Slot()
    def _finish(self) -> None:
        self._close_timer.stop()
        if self._closing and not self._ended:
            self._ended = True
            self.finished.emit()

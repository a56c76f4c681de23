"""The one door between the window and the engine.

Commands go out at once, on the thread that asks; events come in on the engine thread and leave as one queued
signal on the GUI thread, in order.
"""

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal, Slot

from companion.engine.commands import (
    ApplyConfig,
    Command,
    MakeTitle,
    MonitorMicrophone,
    MuteMicrophone,
    NewConversation,
    PressToTalk,
    ReleaseToTalk,
    ReopenAudio,
    ReplayWords,
    SendText,
    Shutdown,
    Speak,
    StopSpeaking,
)
from companion.engine.config import EngineConfig
from companion.engine.events import EngineFailed, EngineState, EngineStateChanged, Event, ModelLoadStarted
from companion.engine.messages import ChatMessage


class EnginePort(Protocol):
    """What the window needs of an engine."""

    def post(self, command: Command) -> None:
        """Hand over a command. Thread: any; never blocks."""


class EngineBridge(QObject):
    """Turns calls into commands, and events into a signal on the GUI thread.

    Signals:
        event_received(Event): one engine event, in order, on the GUI thread.
        muted_press: the talk key went down while the microphone is muted; emitted on the thread of the press.
        unheard: the talk key went down and up while everything was still loading; emitted on the thread of the release.

    Every method may be called from any thread. A source of talk keys that has its own thread (the hotkey hook)
    connects with `Qt.ConnectionType.DirectConnection`, so that its press never waits behind a repaint, and passes the
    monotonic time of the key event.
    """

    event_received = Signal(object)
    muted_press = Signal()
    unheard = Signal()
    _received = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine: EnginePort | None = None
        self._lock = threading.Lock()
        self._down = False
        self._muted = False
        self._begun: NewConversation | None = None
        """The conversation that was begun last, for an engine that is not there yet."""
        self._answered = False
        """Whether the engine listens for the last press, as far as its events tell."""
        self._loading = True
        self._received.connect(self._dispatch, Qt.ConnectionType.QueuedConnection)

    def attach(self, engine: EnginePort) -> None:
        """Name the engine that commands go to; before this they are dropped, but for the mute and the conversation."""
        with self._lock:
            self._engine = engine
            if self._begun is not None:
                self._post(self._begun)
            if self._muted:
                self._post(MuteMicrophone(on=True))

    def receive(self, event: Event) -> None:
        """Take one event of the engine.

        Thread: any, usually the engine's. Does not block.
        """
        match event:
            case EngineStateChanged():
                self._follow(event)
            case EngineFailed() | ModelLoadStarted():
                self._loading = isinstance(event, ModelLoadStarted)
        self._received.emit(event)

    def _follow(self, change: EngineStateChanged) -> None:
        """Take the key for up when the engine ended a hold by itself (it has a longest time, and may lose its ears).

        The end of an earlier hold may arrive after the next press, and says nothing about that. Whoever holds the key
        already when everything is loaded is listened to from then on.
        """
        with self._lock:
            self._loading = change.new is EngineState.INITIALIZING
            ready = change.old is EngineState.INITIALIZING and change.new is EngineState.IDLE
            if ready and self._down and not self._muted:
                self._post(PressToTalk(at_s=time.monotonic()))
            if change.new is EngineState.LISTENING:
                self._answered = True
            elif change.old is EngineState.LISTENING and self._answered:
                self._down = self._answered = False

    @Slot()
    @Slot(float)
    def press(self, at_s: float | None = None) -> None:
        """The talk key went down.

        A second press before the release (auto-repeat, or key and button together) is ignored, unless the engine has
        ended the hold by itself meanwhile. While the microphone is muted a press only stops the reply.
        """
        with self._lock:
            if muted := self._muted:
                self._post(StopSpeaking())
            elif not self._down:
                self._down, self._answered = True, False
                self._post(PressToTalk(at_s=time.monotonic() if at_s is None else at_s))
        if muted:
            self.muted_press.emit()

    @Slot()
    @Slot(float)
    def release(self, at_s: float | None = None) -> None:
        """The talk key came up. Always passed on: a lost release would leave the microphone listening."""
        with self._lock:
            unheard = self._down and self._loading and not self._muted
            self._down = self._answered = False
            self._post(ReleaseToTalk(at_s=time.monotonic() if at_s is None else at_s))
        if unheard:
            self.unheard.emit()

    @Slot()
    @Slot(float)
    def toggle(self, at_s: float | None = None) -> None:
        """Press if the key is up, release if it is down."""
        if self._down:
            self.release(at_s)
        else:
            self.press(at_s)

    @Slot(str)
    def send_text(self, text: str) -> None:
        """Send a typed message; blank text is ignored."""
        if text.strip():
            self._post(SendText(text=text.strip(), at_s=time.monotonic()))

    @Slot()
    def stop(self) -> None:
        """Stop the reply."""
        self._post(StopSpeaking())

    def speak(self, text: str, id: int, voice_file: Path | None = None, rate: float | None = None) -> None:
        """Have a text said outside of any turn; `SpeechEnded` with this id follows, whatever happens."""
        self._post(Speak(text=text, id=id, voice_file=voice_file, rate=rate))

    def replay_words(self, turn_id: int) -> None:
        """Have the user's words of a turn played as recorded; the events' id is `-turn_id`."""
        self._post(ReplayWords(turn_id=turn_id))

    def monitor_microphone(self, on: bool, *, words: bool = False) -> None:
        """Have the microphone's level told between turns; to be asked for again every few seconds, or it ends."""
        self._post(MonitorMicrophone(on=on, words=words))

    @property
    def down(self) -> bool:
        """Whether the talk key is held, by whoever holds it."""
        return self._down

    @property
    def muted(self) -> bool:
        """Whether the user wants the microphone closed."""
        return self._muted

    def mute(self, on: bool) -> None:
        """Close the microphone, or open it again; remembered until the program ends."""
        with self._lock:
            self._muted = on
            self._post(MuteMicrophone(on=on))

    def make_title(self, id: int, messages: Sequence[ChatMessage]) -> None:
        """Have a conversation named while nothing else happens; `TitleMade` with this id may follow."""
        self._post(MakeTitle(id=id, messages=tuple(messages)))

    def new_conversation(self, messages: Sequence[ChatMessage] = ()) -> None:
        """Forget the conversation, or go on with an earlier one."""
        with self._lock:
            self._begun = NewConversation(messages=tuple(messages))
            self._post(self._begun)

    @Slot()
    def reopen_audio(self) -> None:
        """Look for the sound devices again."""
        self._post(ReopenAudio())

    def apply_config(self, config: EngineConfig) -> None:
        """Use another configuration from the next turn on."""
        self._post(ApplyConfig(config=config))

    @Slot()
    def shut_down(self) -> None:
        """Ask the engine to end; `EngineClosed` follows."""
        self._post(Shutdown())

    def _post(self, command: Command) -> None:
        if self._engine is not None:
            self._engine.post(command)

    @Slot(object)
    def _dispatch(self, event: Event) -> None:
        self.event_received.emit(event)

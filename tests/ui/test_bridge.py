"""Commands go out at once, events come in on the GUI thread."""

import threading
from collections.abc import Callable
from time import monotonic

import pytest
from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from companion.engine.commands import (
    Command,
    MuteMicrophone,
    NewConversation,
    PressToTalk,
    ReleaseToTalk,
    ReopenAudio,
    SendText,
    Shutdown,
    StopSpeaking,
)
from companion.engine.errors import CompanionError
from companion.engine.events import EngineFailed, EngineReady, EngineState, EngineStateChanged, Event, ReplyToken
from companion.engine.messages import ChatMessage, Role
from companion.ui.bridge import EngineBridge
from tests.fakes.engine import FakeEngine


class Listener(QObject):
    def __init__(self, bridge: EngineBridge) -> None:
        super().__init__()
        self.events: list[Event] = []
        self.threads: set[bool] = set()
        bridge.event_received.connect(self.take)

    @Slot(object)
    def take(self, event: Event) -> None:
        self.events.append(event)
        self.threads.add(QThread.currentThread() is QApplication.instance().thread())  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda bridge: bridge.stop(), StopSpeaking()),
        (lambda bridge: bridge.reopen_audio(), ReopenAudio()),
        (lambda bridge: bridge.shut_down(), Shutdown()),
        (lambda bridge: bridge.new_conversation(), NewConversation()),
        (
            lambda bridge: bridge.new_conversation([ChatMessage(role="user", text="Hi")]),
            NewConversation(messages=(ChatMessage(role="user", text="Hi"),)),
        ),
    ],
)
def test_each_call_is_one_command(
    bridge: EngineBridge, engine: FakeEngine, call: Callable[[EngineBridge], None], expected: Command
) -> None:
    call(bridge)
    assert engine.commands == [expected]


def test_a_key_event_carries_its_time(bridge: EngineBridge, engine: FakeEngine) -> None:
    bridge.press(12.5)
    bridge.release(13.5)
    assert engine.commands == [PressToTalk(at_s=12.5), ReleaseToTalk(at_s=13.5)]


def test_without_a_time_it_is_now(bridge: EngineBridge, engine: FakeEngine) -> None:
    before_s = monotonic()
    bridge.press()
    (command,) = engine.commands
    assert isinstance(command, PressToTalk)
    assert before_s <= command.at_s <= monotonic()


def test_a_second_press_is_ignored_but_no_release_is(bridge: EngineBridge, engine: FakeEngine) -> None:
    for call in (bridge.press, bridge.press, bridge.release, bridge.release, bridge.press):
        call()
    kinds = [type(command) for command in engine.commands]
    assert kinds == [PressToTalk, ReleaseToTalk, ReleaseToTalk, PressToTalk]


def test_toggle_alternates(bridge: EngineBridge, engine: FakeEngine) -> None:
    bridge.toggle(1)
    bridge.toggle(2)
    assert engine.commands == [PressToTalk(at_s=1), ReleaseToTalk(at_s=2)]


def test_toggle_ends_what_a_key_began(bridge: EngineBridge, engine: FakeEngine) -> None:
    bridge.press(1)
    bridge.toggle(2)
    assert engine.commands == [PressToTalk(at_s=1), ReleaseToTalk(at_s=2)]


def change(old: EngineState, new: EngineState) -> EngineStateChanged:
    return EngineStateChanged(old=old, new=new, at_s=0)


LISTENS = change(EngineState.IDLE, EngineState.LISTENING)
ENDS = change(EngineState.LISTENING, EngineState.TRANSCRIBING)


@pytest.mark.parametrize("again", [EngineBridge.press, EngineBridge.toggle])
def test_after_the_engine_ended_a_hold_the_next_press_counts(
    bridge: EngineBridge, engine: FakeEngine, again: Callable[[EngineBridge, float], None]
) -> None:
    bridge.press(1)
    engine.emit(LISTENS, ENDS)
    again(bridge, 2)
    assert engine.commands == [PressToTalk(at_s=1), PressToTalk(at_s=2)]


def test_the_end_of_the_hold_before_is_not_the_end_of_this_one(bridge: EngineBridge, engine: FakeEngine) -> None:
    bridge.press(1)
    engine.emit(LISTENS)
    bridge.release(2)
    bridge.press(3)
    engine.emit(ENDS)
    bridge.press(4)
    assert engine.commands == [PressToTalk(at_s=1), ReleaseToTalk(at_s=2), PressToTalk(at_s=3)]
    engine.emit(change(EngineState.TRANSCRIBING, EngineState.LISTENING), ENDS)
    bridge.press(5)
    assert engine.commands[-1] == PressToTalk(at_s=5)


READY = change(EngineState.INITIALIZING, EngineState.IDLE)


def test_whoever_holds_the_key_when_everything_is_loaded_is_heard_from_then_on(
    bridge: EngineBridge, engine: FakeEngine
) -> None:
    bridge.press(1)
    before_s = monotonic()
    engine.emit(READY)
    bridge.press(2)
    _, again = engine.commands
    assert isinstance(again, PressToTalk)
    assert again.at_s >= before_s, "the engine did not hear the first one, and a tap is counted from this"
    engine.emit(LISTENS)
    bridge.release(3)
    assert engine.commands[2:] == [ReleaseToTalk(at_s=3)]


def test_a_key_let_go_before_everything_is_loaded_begins_nothing_later_and_is_told(
    qtbot: QtBot, bridge: EngineBridge, engine: FakeEngine
) -> None:
    bridge.press(1)
    with qtbot.waitSignal(bridge.unheard):
        bridge.release(2)
    engine.emit(READY)
    assert engine.commands == [PressToTalk(at_s=1), ReleaseToTalk(at_s=2)]


@pytest.mark.parametrize("why", ["ready", "failed", "muted"])
def test_a_key_let_go_at_another_time_is_not_told_to_be_too_early(
    qtbot: QtBot, bridge: EngineBridge, engine: FakeEngine, why: str
) -> None:
    if why == "ready":
        engine.emit(READY)
    elif why == "failed":  # the banner says so already
        engine.emit(EngineFailed(role=Role.LLM, error=CompanionError("model-missing", "It is missing.")))
    else:
        bridge.mute(True)
    with qtbot.assertNotEmitted(bridge.unheard):
        bridge.press(1)
        bridge.release(2)


def test_a_muted_microphone_stays_closed_when_everything_is_loaded(bridge: EngineBridge, engine: FakeEngine) -> None:
    bridge.press(1)
    bridge.mute(True)
    engine.emit(READY)
    assert engine.posted(PressToTalk) == [PressToTalk(at_s=1)]


@pytest.mark.parametrize(("text", "sent"), [(" Hi \n", ["Hi"]), ("", []), (" \n", [])])
def test_blank_text_is_not_sent(bridge: EngineBridge, engine: FakeEngine, text: str, sent: list[str]) -> None:
    bridge.send_text(text)
    assert [command.text for command in engine.commands if isinstance(command, SendText)] == sent


def test_before_an_engine_is_there_nothing_happens(qapp: QApplication) -> None:
    bridge = EngineBridge()
    bridge.press()
    bridge.release()
    bridge.shut_down()


def test_events_of_a_plain_thread_arrive_in_order_on_the_gui_thread(
    qtbot: QtBot, bridge: EngineBridge, engine: FakeEngine
) -> None:
    listener = Listener(bridge)
    sent: list[Event] = [ReplyToken(turn_id=1, text=str(number), at_s=number) for number in range(500)]
    engine.emit_from_thread(sent)
    qtbot.waitUntil(lambda: len(listener.events) == len(sent))
    assert listener.events == sent
    assert listener.threads == {True}


def test_events_wait_for_the_event_loop(qtbot: QtBot, bridge: EngineBridge, engine: FakeEngine) -> None:
    listener = Listener(bridge)
    engine.emit(EngineReady(seconds=1))
    assert listener.events == []
    qtbot.waitUntil(lambda: len(listener.events) == 1)


class Hook(QObject):
    pressed = Signal(float)


def test_a_press_of_another_thread_does_not_wait_for_the_gui_thread(bridge: EngineBridge, engine: FakeEngine) -> None:
    hook = Hook()
    hook.pressed.connect(bridge.press, Qt.ConnectionType.DirectConnection)
    thread = threading.Thread(target=hook.pressed.emit, args=(7.0,))
    thread.start()
    thread.join(2)  # the GUI thread waits here and runs no event loop
    assert engine.commands == [PressToTalk(at_s=7.0)]


def test_while_muted_a_press_only_stops_the_reply_and_is_told(
    qtbot: QtBot, bridge: EngineBridge, engine: FakeEngine
) -> None:
    bridge.mute(True)
    with qtbot.waitSignal(bridge.muted_press):
        bridge.press(1)
    bridge.release(2)
    bridge.mute(False)
    bridge.press(3)
    assert engine.commands == [
        MuteMicrophone(on=True),
        StopSpeaking(),
        ReleaseToTalk(at_s=2),
        MuteMicrophone(on=False),
        PressToTalk(at_s=3),
    ]


def test_an_engine_that_comes_later_learns_of_the_mute_first(qapp: QApplication) -> None:
    bridge = EngineBridge()
    bridge.mute(True)
    engine = FakeEngine(bridge.receive)
    bridge.attach(engine)
    bridge.stop()
    assert engine.commands == [MuteMicrophone(on=True), StopSpeaking()]


def test_a_conversation_opened_before_there_is_an_engine_is_the_engine_s_too(qapp: QApplication) -> None:
    bridge = EngineBridge()
    bridge.new_conversation([ChatMessage(role="user", text="Earlier")])
    bridge.new_conversation([ChatMessage(role="user", text="Hi")])
    for engine in (FakeEngine(bridge.receive), FakeEngine(bridge.receive)):  # a sound check, before there are models
        bridge.attach(engine)
        assert engine.commands == [NewConversation(messages=(ChatMessage(role="user", text="Hi"),))]

"""A tap keeps listening until the next one; a hold is a hold."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from companion.engine.commands import Command, PressToTalk, ReleaseToTalk
from companion.engine.events import EngineState, EngineStateChanged
from companion.ui.bridge import EngineBridge
from companion.ui.talk_latch import LatchOn, TalkLatch
from tests.fakes.engine import FakeEngine

State = Callable[[EngineState], None]


@pytest.fixture
def latch(bridge: EngineBridge, engine: FakeEngine) -> TalkLatch:
    return TalkLatch(bridge, latch_on=LatchOn.EVERYTHING)


@pytest.fixture
def become(qtbot: QtBot, latch: TalkLatch, engine: FakeEngine) -> State:
    """Bring the engine into a state, and the latch to know of it."""

    def become(state: EngineState) -> None:
        with qtbot.waitSignal(latch._bridge.event_received):
            engine.emit(EngineStateChanged(old=latch._state, new=state, at_s=0))

    become(EngineState.IDLE)
    return become


def kinds(engine: FakeEngine) -> list[type[Command]]:
    return [type(command) for command in engine.commands]


def latched(latch: TalkLatch) -> bool:
    return latch.latched


def tap(latch: TalkLatch, at_s: float) -> None:
    latch.press(at_s)
    latch.release_key(at_s + 0.1)


def test_a_hold_is_passed_on_as_it_is(latch: TalkLatch, engine: FakeEngine, become: State) -> None:
    latch.press(1.0)
    latch.release_key(1.4)
    assert engine.commands == [PressToTalk(at_s=1.0), ReleaseToTalk(at_s=1.4)]
    assert not latched(latch)


def test_a_tap_listens_until_the_next_tap(latch: TalkLatch, engine: FakeEngine, become: State) -> None:
    tap(latch, 1.0)
    assert latched(latch)
    become(EngineState.LISTENING)
    assert kinds(engine) == [PressToTalk]
    tap(latch, 5.0)
    assert not latched(latch)
    assert kinds(engine) == [PressToTalk, ReleaseToTalk]


def test_holding_while_latched_ends_with_the_hold(latch: TalkLatch, engine: FakeEngine, become: State) -> None:
    tap(latch, 1.0)
    become(EngineState.LISTENING)
    latch.press(5.0)
    assert kinds(engine) == [PressToTalk], "what is said while held belongs to the same turn"
    latch.release_key(9.0)
    assert engine.commands[-1] == ReleaseToTalk(at_s=9.0)


@pytest.mark.parametrize("state", [EngineState.THINKING, EngineState.SPEAKING, EngineState.TRANSCRIBING])
def test_a_tap_that_stops_something_does_not_latch(
    latch: TalkLatch, engine: FakeEngine, become: State, state: EngineState
) -> None:
    become(state)
    tap(latch, 1.0)
    assert not latched(latch)
    assert kinds(engine) == [PressToTalk, ReleaseToTalk]


@pytest.mark.parametrize(
    ("latch_on", "by_button", "by_key"),
    [(LatchOn.NOTHING, False, False), (LatchOn.BUTTON, True, False), (LatchOn.EVERYTHING, True, True)],
)
def test_the_setting_says_what_latches(
    latch: TalkLatch, become: State, latch_on: LatchOn, by_button: bool, by_key: bool
) -> None:
    latch.latch_on = latch_on
    latch.press_button()
    latch.release_button(True)
    assert latched(latch) is by_button
    become(EngineState.LISTENING)
    become(EngineState.IDLE)
    tap(latch, 1.0)
    assert latched(latch) is by_key


def test_a_button_that_lost_the_mouse_was_not_tapped(latch: TalkLatch, engine: FakeEngine, become: State) -> None:
    latch.press_button()
    latch.release_button(False)
    assert not latched(latch)
    assert kinds(engine) == [PressToTalk, ReleaseToTalk]


def test_it_ends_with_the_listening(qtbot: QtBot, latch: TalkLatch, become: State) -> None:
    tap(latch, 1.0)
    become(EngineState.LISTENING)
    with qtbot.waitSignal(latch.latched_changed, check_params_cb=lambda latched: not latched):
        become(EngineState.IDLE)
    assert not latched(latch)


def test_while_muted_nothing_latches(latch: TalkLatch, bridge: EngineBridge, become: State) -> None:
    bridge.mute(True)
    tap(latch, 1.0)
    assert not latched(latch)


def test_toggle_begins_and_ends(latch: TalkLatch, engine: FakeEngine, become: State) -> None:
    latch.latch_on = LatchOn.NOTHING  # the tray's click is no tap of a key
    latch.toggle()
    assert latched(latch)
    become(EngineState.LISTENING)
    latch.toggle()
    assert kinds(engine) == [PressToTalk, ReleaseToTalk]


def test_toggle_ends_a_hold(latch: TalkLatch, engine: FakeEngine, become: State) -> None:
    latch.press(1.0)
    latch.toggle()
    assert kinds(engine) == [PressToTalk, ReleaseToTalk]

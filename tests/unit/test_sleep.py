"""Sleep told by two clocks, and the inbox that says so."""

import sys
import time

import pytest

from companion.engine.commands import StopSpeaking, Wake
from companion.engine.inbox import Inbox
from companion.engine.sleep import SLEPT_S, SleepWatch


class Clocks:
    def __init__(self) -> None:
        self.continuous_s = 1_000_000.0
        self.monotonic_s = 50.0
        self.watch = SleepWatch(lambda: self.continuous_s, lambda: self.monotonic_s)

    def run(self, seconds: float) -> None:
        self.continuous_s += seconds
        self.monotonic_s += seconds

    def sleep(self, seconds: float, *, windows: bool = False) -> None:
        self.continuous_s += seconds
        self.monotonic_s += seconds if windows else 0

    def wait(self, seconds: float) -> bool:
        self.watch.begin_wait()
        self.run(seconds)
        return self.watch.end_wait()


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.mark.parametrize("windows", [False, True])
def test_sleep_in_a_wait_is_noticed_once(clocks: Clocks, windows: bool) -> None:
    assert not clocks.wait(0.5)
    clocks.watch.begin_wait()
    clocks.sleep(3600, windows=windows)
    assert clocks.watch.end_wait()
    assert not clocks.wait(0.5)


def test_sleep_between_two_waits_is_noticed_where_the_monotonic_clock_stops(clocks: Clocks) -> None:
    assert not clocks.wait(0.5)
    clocks.sleep(3600)
    assert clocks.wait(0.0)


def test_work_that_takes_long_is_not_sleep(clocks: Clocks) -> None:
    assert not clocks.wait(0.5)
    clocks.run(60)
    assert not clocks.wait(0.5)


def test_a_nap_is_nothing(clocks: Clocks) -> None:
    clocks.watch.begin_wait()
    clocks.sleep(SLEPT_S - 1)
    assert not clocks.watch.end_wait()
    assert not clocks.wait(0.5)


@pytest.mark.parametrize("step_s", [-86_400, 86_400])
def test_a_wall_clock_that_is_set_is_nothing(monkeypatch: pytest.MonkeyPatch, step_s: float) -> None:
    watch = SleepWatch()
    watch.begin_wait()
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + step_s)
    assert not watch.end_wait()


@pytest.mark.skipif(sys.platform != "linux", reason="the clock of Linux")
def test_linux_counts_the_time_asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = SleepWatch()
    now = time.clock_gettime
    monkeypatch.setattr(time, "clock_gettime", lambda id_: now(id_) + 3600 * (id_ == time.CLOCK_BOOTTIME))
    watch.begin_wait()
    assert watch.end_wait(), "it slept before the wait began"


def test_the_inbox_says_so_before_the_message_that_came_first(clocks: Clocks) -> None:
    inbox = Inbox(clocks.watch)
    inbox.put(StopSpeaking())
    clocks.sleep(3600)
    assert [inbox.get(1), inbox.get(1)] == [Wake(), StopSpeaking()]
    clocks.sleep(3600)
    assert inbox.get(0.01) == Wake()
    assert inbox.get(0.01) is None


def test_the_inbox_keeps_the_order(clocks: Clocks) -> None:
    inbox = Inbox(clocks.watch)
    for number in range(3):
        inbox.put(Wake() if number == 1 else StopSpeaking())
    assert [type(inbox.get(1)) for _ in range(3)] == [StopSpeaking, Wake, StopSpeaking]

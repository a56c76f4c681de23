"""The engine without a window: turns spoken by recordings, for `ask`, `bench` and the tests.

Thread: the caller's; events arrive on the engine thread and are waited for on a condition.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from time import monotonic
from typing import TypeAlias, TypeVar

import numpy as np

from companion.engine.audio.base import Microphone, Speaker
from companion.engine.audio.virtual import RecordedMicrophone, SilentSpeaker
from companion.engine.commands import PressToTalk, ReleaseToTalk
from companion.engine.config import AudioConfig, EngineConfig
from companion.engine.engine import Engine
from companion.engine.errors import CompanionError
from companion.engine.events import (
    EngineFailed,
    EngineReady,
    Event,
    TurnCompleted,
    TurnEmpty,
    TurnFailed,
    TurnInterrupted,
)
from companion.engine.parts import Parts, real_parts
from companion.engine.samples import EAR_RATE_HZ, Float32Mono

TAP_S = 0.1
"""A press this short only stops a reply; see `TurnConfig.tap_s`."""

EventT = TypeVar("EventT")

TurnEnd: TypeAlias = TurnCompleted | TurnInterrupted | TurnEmpty | TurnFailed
TURN_ENDS: tuple[type[TurnEnd], ...] = (TurnCompleted, TurnInterrupted, TurnEmpty, TurnFailed)


class Abandoned(Exception):  # noqa: N818 - nothing went wrong
    """Nobody wants what is waited for any more; see `EventLog.abandon`."""


class EventLog:
    """Every event so far, and a way to wait for the next of a kind. Thread-safe.

    Args:
        also: Hears every event first, on the engine thread.
    """

    def __init__(self, also: Callable[[Event], None] = lambda event: None) -> None:
        self.events: list[Event] = []
        self._also = also
        self._changed = threading.Condition()
        self._abandoned = False

    def receive(self, event: Event) -> None:
        """Take an event from the engine thread."""
        self._also(event)
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait_for(self, *kinds: type[EventT], after: int = 0, timeout_s: float) -> EventT:
        """Return the first event of one of `kinds` at or behind index `after`.

        Raises:
            TimeoutError: none came within `timeout_s`.
            Abandoned: nobody wants it any more.
        """
        deadline = monotonic() + timeout_s
        with self._changed:
            while True:
                self._check_wanted()
                for event in self.events[after:]:
                    if isinstance(event, kinds):
                        return event
                if not self._changed.wait(deadline - monotonic()) and monotonic() >= deadline:
                    raise TimeoutError(f"no {', '.join(kind.__name__ for kind in kinds)} within {timeout_s} s")

    def wait_until(self, deadline_s: float) -> None:
        """Let events come in until a monotonic time. Raises `Abandoned` like `wait_for`."""
        with self._changed:
            self._check_wanted()
            while (left := deadline_s - monotonic()) > 0:
                self._changed.wait(left)
                self._check_wanted()

    def abandon(self) -> None:
        """End every wait, those to come too, with `Abandoned`. Thread: any."""
        with self._changed:
            self._abandoned = True
            self._changed.notify_all()

    def _check_wanted(self) -> None:
        if self._abandoned:
            raise Abandoned


class Session:
    """A running engine whose microphone plays recordings."""

    def __init__(
        self, engine: Engine, log: EventLog, microphone: RecordedMicrophone, ready: EngineReady, pre_roll_s: float
    ) -> None:
        self.engine = engine
        self.log = log
        self.ready = ready
        self._microphone = microphone
        self._pre_roll = round(pre_roll_s * EAR_RATE_HZ)

    def say(self, samples: Float32Mono, *, speech_end_s: float, release_after_s: float, timeout_s: float = 60) -> int:
        """Hold the key while `samples` sound, in real time, and let go `release_after_s` after `speech_end_s`.

        Returns the index in the log of the turn's first event.
        """
        begin = len(self.log.events)
        # What the microphone kept from before the press is a silent room.
        self._microphone.load(np.concatenate((np.zeros(self._pre_roll, np.float32), samples)))
        pressed_s = monotonic()
        self.engine.post(PressToTalk(at_s=pressed_s))
        released_s = pressed_s + speech_end_s + release_after_s
        self.log.wait_until(released_s)
        self.engine.post(ReleaseToTalk(at_s=monotonic()))
        return begin

    def tap(self, *, timeout_s: float = 10) -> float:
        """Press the key and let go at once, in a silent room: it ends the reply that sounds and says nothing.

        Returns the monotonic time of the press, when the turn that the press began is over again.

        Raises:
            TimeoutError: that turn did not end within `timeout_s`.
        """
        begin = len(self.log.events)
        self._microphone.load(np.zeros(0, np.float32))
        pressed_s = monotonic()
        self.engine.post(PressToTalk(at_s=pressed_s))
        self.log.wait_until(pressed_s + TAP_S)
        self.engine.post(ReleaseToTalk(at_s=monotonic()))
        self.log.wait_for(TurnEmpty, after=begin, timeout_s=timeout_s)
        return pressed_s


@contextmanager
def running_session(
    config: EngineConfig,
    *,
    speaker: Callable[[AudioConfig], Speaker] | None = None,
    parts: Parts | None = None,
    real_time: bool = True,
    load_timeout_s: float = 120,
    log: EventLog | None = None,
    delay_s: float = 0.0,
) -> Iterator[Session]:
    """Run an engine with a recorded microphone and, unless another is given, a silent speaker.

    `delay_s` is what the microphone takes to hear a sample.

    Raises:
        Abandoned: `log`, if the caller gave one, was abandoned while the models were loaded.
        CompanionError: a part could not be loaded, or loading took longer than `load_timeout_s` ("load-timeout").
    """
    log = log or EventLog()
    microphone = RecordedMicrophone(np.zeros(0, np.float32), monotonic, real_time=real_time, delay_s=delay_s)

    def recorded(_: AudioConfig) -> Microphone:
        return microphone

    parts = replace(parts or real_parts(), microphone=recorded, speaker=speaker or (lambda _: SilentSpeaker(monotonic)))
    engine = Engine(config, parts, log.receive)
    engine.start()
    try:
        try:
            ready = log.wait_for(EngineReady, EngineFailed, timeout_s=load_timeout_s)
        except TimeoutError:
            raise CompanionError(
                "load-timeout",
                f"The models were not loaded within {load_timeout_s:.0f} s.",
                hint="Run: companion doctor",
            ) from None
        if isinstance(ready, EngineFailed):
            raise ready.error
        assert isinstance(ready, EngineReady)
        yield Session(engine, log, microphone, ready, config.audio.pre_roll_s)
    finally:
        engine.close(10)

"""An engine on a clock that a test moves by hand: real threads, any parts, and the same order of events every time.

Between two steps the world stands still. A test lets the microphone hear a little more (`hear`), and by default waits
until every worker has done what that caused: a machine of endless speed. `Hold` makes one as slow as a test likes.
"""

import queue
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any, TypeVar

import numpy as np

from companion.engine import effects as fx
from companion.engine.audio.virtual import RecordedMicrophone, SilentSpeaker
from companion.engine.cancel import CancelToken
from companion.engine.commands import Command, NewConversation, PressToTalk, ReleaseToTalk, StopSpeaking
from companion.engine.config import EngineConfig
from companion.engine.engine import Engine
from companion.engine.events import EngineFailed, EngineReady, EngineState, EngineStateChanged, TranscriptFinal
from companion.engine.messages import DraftId, Transcript
from companion.engine.parts import Parts
from companion.engine.samples import EAR_RATE_HZ, VAD_FRAME, Float32Mono
from companion.engine.stt.whisper import WhisperTranscriber
from companion.engine.worker import Job
from companion.headless import TURN_ENDS, EventLog, TurnEnd

FoundT = TypeVar("FoundT")

WAIT_S = 30.0
FRAME_S = VAD_FRAME / EAR_RATE_HZ
PLAYING_STEP_S = 0.1
LONGEST_REPLY_S = 60.0


class StepClock:
    """Monotonic seconds that pass only when told to."""

    def __init__(self) -> None:
        self._now_s = monotonic()

    def __call__(self) -> float:
        return self._now_s

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now_s += seconds


class Hold:
    """Keeps a worker from delivering what it made, until it is let go."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self._open.set()
        self._waiting = threading.Semaphore(0)

    def hold(self) -> None:
        """From now on nothing is delivered."""
        self._open.clear()

    def let_go(self) -> None:
        """Deliver what was held, and everything to come."""
        self._open.set()

    def wait_for_work(self) -> None:
        """Wait until there is something to deliver."""
        assert self._waiting.acquire(timeout=WAIT_S), "nothing came to be held"

    def pass_through(self) -> None:
        """Thread: the worker's."""
        if not self._open.is_set():
            self._waiting.release()
            assert self._open.wait(WAIT_S), "held for too long"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One call of the transcriber."""

    samples: int
    quick: bool
    cancelled: bool
    text: str


class WatchedWhisper(WhisperTranscriber):
    """The real one, keeping what it was asked and what it heard; may be held."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.calls: list[Heard] = []
        self.gate = Hold()

    def transcribe(self, samples: Float32Mono, *, quick: bool, cancel: CancelToken) -> Transcript:
        """Return what the real one hears."""
        transcript = super().transcribe(samples, quick=quick, cancel=cancel)
        self.gate.pass_through()
        heard = Heard(samples=samples.size, quick=quick, cancelled=cancel.cancelled, text=transcript.text.strip())
        self.calls.append(heard)
        return transcript


@dataclass(slots=True)
class _Look:
    """A message that makes the engine look at its devices and say when it has done so."""

    done: threading.Event = field(default_factory=threading.Event)
    ask_workers: bool = False
    answers: "queue.SimpleQueue[None]" = field(default_factory=queue.SimpleQueue)
    asked: int = 0


class SteppedEngine(Engine):
    """Looks at its devices only when asked to, and remembers what it was asked to carry out."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.effects: list[fx.Effect] = []
        """Everything carried out, in order."""
        self.received = 0
        """Commands and messages from workers so far."""
        self._looking = False

    def look(self, *, ask_workers: bool = False) -> _Look:
        """Have the engine look at its devices now, and wait until it has. Thread: the test's."""
        look = _Look(ask_workers=ask_workers)
        self._inbox.put(look)  # type: ignore[arg-type]
        assert look.done.wait(WAIT_S), "the engine does not answer"
        return look

    def _receive(self, message: Any) -> None:
        if not isinstance(message, _Look):
            self.received += 1
            super()._receive(message)
            return
        self._looking = True
        self._tick(self._clock())
        self._looking = False
        if message.ask_workers:
            for worker in self._stages.workers:
                job: Job[Any] = Job(DraftId(turn=0, revision=0), CancelToken(), lambda _: message.answers.put(None))
                worker.submit(job)
                message.asked += 1
        message.done.set()

    def _tick(self, now_s: float) -> None:
        if self._looking:
            super()._tick(now_s)

    def _do(self, effects: Iterable[fx.Effect]) -> None:
        effects = list(effects)
        self.effects += effects
        super()._do(effects)


class Stepped:
    """A test's hands on the engine: the key, the room, and time.

    Args:
        config: of the engine.
        parts: everything but the devices.
    """

    def __init__(self, config: EngineConfig, parts: Parts) -> None:
        self.clock = StepClock()
        self.log = EventLog()
        self.config = config
        self._pre_roll = np.zeros(round(config.audio.pre_roll_s * EAR_RATE_HZ), np.float32)
        self.microphone = RecordedMicrophone(np.zeros(0, np.float32), self.clock)
        self.speaker = SilentSpeaker(self.clock)
        parts = replace(
            parts, microphone=lambda _: self.microphone, speaker=lambda _: self.speaker, rescan=lambda: None
        )
        self.engine = SteppedEngine(config, parts, self.log.receive, self.clock)

    # -- the user

    def press(self, sound: Float32Mono | None = None) -> None:
        """The key goes down; from now on the microphone hears `sound`, if that is given, and then the quiet room."""
        if sound is not None:
            self.microphone.load(np.concatenate((self._pre_roll, sound)))
        self.post(PressToTalk(at_s=self.clock()))

    def release(self) -> None:
        """The key comes up."""
        self.post(ReleaseToTalk(at_s=self.clock()))

    def post(self, command: Command) -> None:
        """Give the engine a command, and wait until it has carried it out."""
        self.engine.post(command)
        self.engine.look()

    def hear(self, seconds: float, *, settle: bool = True) -> None:
        """Let time pass, one frame of the voice detector after the other.

        Args:
            seconds: how long.
            settle: whether the workers keep up: each frame waits for all that it caused.
        """
        while seconds > 1e-6:
            step_s = min(FRAME_S, seconds)
            seconds -= step_s
            self.clock.advance(step_s)
            self.engine.look()
            if settle:
                self.settle()

    def settle(self) -> None:
        """Wait until no worker has anything to do and the engine knows of all they did."""
        while True:
            received = self.engine.received
            look = self.engine.look(ask_workers=True)
            for _ in range(look.asked):
                look.answers.get(timeout=WAIT_S)
            self.engine.look()
            if self.engine.received == received:
                return

    def wait_for(self, *kinds: type[FoundT], after: int = 0) -> FoundT:
        """Let time pass until there is such an event at or behind index `after`, and return it."""
        waited_s = 0.0
        while True:
            self.settle()
            for event in self.log.events[after:]:
                if isinstance(event, kinds):
                    return event
            assert waited_s < LONGEST_REPLY_S, f"no {kinds}"
            waited_s += PLAYING_STEP_S
            self.clock.advance(PLAYING_STEP_S)
            self.engine.look()

    def end(self, after: int = 0) -> TurnEnd:
        """Let the reply be heard, and return the end of the turn."""
        return self.wait_for(*TURN_ENDS, after=after)

    def final_text(self, after: int = 0) -> str:
        """Return the text that the turn was answered for."""
        return self.wait_for(TranscriptFinal, after=after).text

    # -- what happened

    @property
    def now(self) -> "Mark":
        """This moment, to ask later for what came after it."""
        return Mark(events=len(self.log.events), effects=len(self.engine.effects))

    def events(self, kind: type[FoundT], after: "Mark") -> list[FoundT]:
        """Return the events of this kind since `after`."""
        return [event for event in self.log.events[after.events :] if isinstance(event, kind)]

    def effects(self, kind: type[FoundT], after: "Mark") -> list[FoundT]:
        """Return the effects of this kind since `after`."""
        return [effect for effect in self.engine.effects[after.effects :] if isinstance(effect, kind)]

    def forget(self) -> None:
        """End what is under way and begin a new conversation."""
        self.post(StopSpeaking())
        self.settle()
        self.post(NewConversation())
        self.settle()
        states = [event for event in self.log.events if isinstance(event, EngineStateChanged)]
        assert states[-1].new is EngineState.IDLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A moment: how many events and effects there had been."""

    events: int
    effects: int


RigT = TypeVar("RigT", bound=Stepped)


@contextmanager
def stepped(rig: RigT) -> Iterator[RigT]:
    """Run an engine until it is ready, and close it behind the tests."""
    rig.engine.start()
    try:
        ready = rig.log.wait_for(EngineReady, EngineFailed, timeout_s=WAIT_S)
        assert isinstance(ready, EngineReady), ready
        yield rig
    finally:
        assert rig.engine.close(WAIT_S)

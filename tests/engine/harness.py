"""A running engine on scripted models and devices without hardware."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TypeVar

import numpy as np

from companion.engine.audio.virtual import RecordedMicrophone, SilentSpeaker
from companion.engine.commands import Command, PressToTalk, ReleaseToTalk
from companion.engine.config import EngineConfig, LlmConfig, SttConfig, TtsConfig, TurnConfig
from companion.engine.engine import Engine
from companion.engine.events import EngineFailed, EngineReady, Event
from companion.engine.parts import Parts
from companion.engine.samples import EAR_RATE_HZ, Float32Mono
from companion.headless import EventLog
from tests.fakes.chat_model import FakeChatModel
from tests.fakes.synthesizer import FakeSynthesizer
from tests.fakes.transcriber import FakeTranscriber, FakeVoiceDetector

EventT = TypeVar("EventT", bound=Event)
WAIT_S = 10.0


class FastClock:
    """Runs faster than the wall, so that a spoken reply does not take its time."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._begun_s = monotonic()

    def __call__(self) -> float:
        return self._begun_s + (monotonic() - self._begun_s) * self._speed


def tone(seconds: float, *, silence_s: float = 0.0) -> Float32Mono:
    """Return what the fake detector takes for voice, with silence behind it."""
    count = int(seconds * EAR_RATE_HZ)
    voice = 0.5 * np.sin(np.arange(count) * 0.2)
    return np.concatenate((voice, np.zeros(int(silence_s * EAR_RATE_HZ)))).astype(np.float32)


class Rig:
    """The engine, its parts, and what it said.

    Times that the workers take are the wall's: compare them with the engine's at a `speed` of 1 only.
    """

    def __init__(
        self,
        transcriber: FakeTranscriber | None = None,
        chat_model: FakeChatModel | None = None,
        synthesizer: FakeSynthesizer | None = None,
        *,
        turn: TurnConfig | None = None,
        speaker: Callable[[], SilentSpeaker] | None = None,
        speed: float = 8,
    ) -> None:
        self.clock = FastClock(speed)
        self.transcriber = transcriber or FakeTranscriber(["how are you"])
        self.chat_model = chat_model or FakeChatModel()
        self.synthesizer = synthesizer or FakeSynthesizer()
        self.microphone = RecordedMicrophone(tone(1.0, silence_s=0.5), self.clock, real_time=False, noise_dbfs=None)
        self.log = EventLog()
        self.config = EngineConfig(
            stt=SttConfig(model_dir=Path("stt"), vad_model=Path("vad")),
            llm=LlmConfig(model_file=Path("llm")),
            tts=TtsConfig(voice_file=Path("tts")),
            turn=turn or TurnConfig(),
        )
        parts = Parts(
            detector=lambda _: FakeVoiceDetector(),
            transcriber=lambda _: self.transcriber,
            chat_model=lambda _: self.chat_model,
            synthesizer=lambda _: self.synthesizer,
            microphone=lambda _: self.microphone,
            speaker=lambda _: speaker() if speaker else SilentSpeaker(self.clock),
            rescan=lambda: None,
        )
        self.engine = Engine(self.config, parts, self.log.receive, self.clock)

    @property
    def now(self) -> int:
        """Index of the next event."""
        return len(self.log.events)

    def wait(self, kind: type[EventT], after: int = 0) -> EventT:
        """Return the first event of this kind at or behind index `after`."""
        return self.log.wait_for(kind, after=after, timeout_s=WAIT_S)

    def post(self, command: Command) -> int:
        """Post a command and return the index of the first event it can cause."""
        begin = self.now
        self.engine.post(command)
        return begin

    def press(self) -> int:
        """The key goes down."""
        return self.post(PressToTalk(at_s=self.clock()))

    def release(self, held_s: float = 1.0) -> int:
        """The key comes up, `held_s` after the press as far as the engine is told."""
        return self.post(ReleaseToTalk(at_s=self.clock() + held_s))

    def all_of(self, kind: type[EventT], after: int = 0) -> list[EventT]:
        """Return every event of this kind so far."""
        return [event for event in self.log.events[after:] if isinstance(event, kind)]


@contextmanager
def running(rig: Rig) -> Iterator[Rig]:
    """Run the engine until it is ready, and close it behind the test."""
    rig.engine.start()
    try:
        ready = rig.log.wait_for(EngineReady, EngineFailed, timeout_s=WAIT_S)
        assert isinstance(ready, EngineReady), ready
        yield rig
    finally:
        assert rig.engine.close(WAIT_S)

"""An engine in a room: real devices on a virtual card, the real ear, and a reply that is known beforehand."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import TypeVar

import pytest

from companion.engine.audio import devices
from companion.engine.commands import Command, PressToTalk, ReleaseToTalk, ReopenAudio, SendText, StopSpeaking
from companion.engine.config import AudioConfig, EngineConfig, LlmConfig, SttConfig, TtsConfig
from companion.engine.engine import Engine
from companion.engine.events import (
    AudioDeviceChanged,
    EngineReady,
    EngineState,
    EngineStateChanged,
    Event,
    ProblemReported,
    ProblemResolved,
    TranscriptFinal,
)
from companion.engine.parts import Parts, real_parts
from companion.engine.samples import EAR_RATE_HZ
from companion.headless import TURN_ENDS, EventLog, TurnEnd
from tests.e2e.virtual_desktop import VirtualDesktop, wait_until
from tests.fakes.chat_model import FakeChatModel
from tests.fakes.synthesizer import FakeSynthesizer
from tests.fakes.transcriber import FakeTranscriber, FakeVoiceDetector
from tests.recordings import Recording

EventT = TypeVar("EventT", bound=Event)

WAIT_S = 20.0
REPLY = " ".join(f"This is sentence number {number} of a long reply." for number in range(1, 4))
"""27 words, 5 s."""


HELD = """
pcm_type.held {{ lib "{library}" }}
pcm.tee {{ type pulse }}
pcm.default {{ type held }}
"""
"""The only device is "default"; PortAudio takes "tee" for one of ALSA's plugins and does not list it."""


def parts(*, ear: bool = False) -> Parts:
    """Return parts with real devices; with a real ear, or one that hears tones."""
    real = real_parts()
    return replace(
        real,
        detector=real.detector if ear else lambda _: FakeVoiceDetector(),
        transcriber=real.transcriber if ear else lambda _: FakeTranscriber(),
        chat_model=lambda _: FakeChatModel([REPLY]),
        synthesizer=lambda _: FakeSynthesizer(),
    )


def config(*, audio: AudioConfig | None = None, whisper: Path | None = None, vad: Path | None = None) -> EngineConfig:
    """Return a configuration for `parts`."""
    return EngineConfig(
        audio=audio or AudioConfig(),
        stt=SttConfig(model_dir=whisper or Path("stt"), vad_model=vad or Path("vad")),
        llm=LlmConfig(model_file=Path("llm")),
        tts=TtsConfig(voice_file=Path("tts")),
    )


class Room:
    """The user's side of an engine with devices on `card`."""

    def __init__(self, card: VirtualDesktop, settings: EngineConfig, made_of: Parts) -> None:
        self.card = card
        self.log = EventLog()
        self.engine = Engine(settings, made_of, self.log.receive)

    @property
    def now(self) -> int:
        """Index of the next event."""
        return len(self.log.events)

    @property
    def open_problems(self) -> dict[str, str]:
        """What the window would show: sentences by code."""
        shown: dict[str, str] = {}
        for event in list(self.log.events):
            if isinstance(event, ProblemReported):
                shown[event.error.code] = f"{event.error}"
            elif isinstance(event, ProblemResolved):
                shown.pop(event.code, None)
        return shown

    @property
    def open_devices(self) -> set[str]:
        """The kinds of device that the engine last said it has."""
        names = {event.kind: event.name for event in list(self.log.events) if isinstance(event, AudioDeviceChanged)}
        return {kind for kind, name in names.items() if name}

    @property
    def state(self) -> EngineState:
        """What the engine last said it does."""
        states = [event.new for event in list(self.log.events) if isinstance(event, EngineStateChanged)]
        return states[-1]

    def post(self, command: Command) -> int:
        """Post a command and return the index of the first event it can cause."""
        begin = self.now
        self.engine.post(command)
        return begin

    def ask(self, text: str = "count") -> int:
        """Type a question; what comes of it begins at the index that is returned."""
        return self.post(SendText(text=text, at_s=monotonic()))

    def press(self) -> int:
        """The key goes down."""
        return self.post(PressToTalk(at_s=monotonic()))

    def release(self) -> int:
        """The key comes up."""
        return self.post(ReleaseToTalk(at_s=monotonic()))

    def say(self, question: Recording, *, sink: str = VirtualDesktop.MIC_SINK) -> int:
        """Hold the key while a recording sounds; what comes of it begins at the index that is returned."""
        begin = self.press()
        with self.card.say(question.samples, EAR_RATE_HZ, sink=sink):
            passes(0.2 + question.voiced_end_s + 0.2)
            self.release()
        return begin

    def wait(self, *kinds: type[EventT], after: int) -> EventT:
        """Return the first event of these kinds at or behind index `after`."""
        return self.log.wait_for(*kinds, after=after, timeout_s=WAIT_S)

    def words(self, after: int) -> str:
        """Return what the turn was answered for, in lower case without marks."""
        text = self.wait(TranscriptFinal, after=after).text.lower()
        return " ".join("".join(c for c in text if c.isalpha() or c in " '").split())

    def end(self, after: int) -> TurnEnd:
        """Return the end of the turn."""
        return self.wait(*TURN_ENDS, after=after)

    def sounds_at(self, monitor: str, timeout_s: float = WAIT_S) -> None:
        """Wait until something sounds at a monitor from now on."""
        with self.card.listen(monitor) as recorder:
            recorder.audible_at(monotonic(), timeout_s)

    def conversation(self) -> list[str]:
        """Return what the model knows to have been said."""
        return [message.text for message in self.engine._conversation.messages[1:]]

    def whole(self) -> bool:
        """Whether both devices are open and nothing is wrong."""
        return not self.open_problems and self.open_devices == {"microphone", "speaker"}

    def wait_for_devices(self, *kinds: str, after: int) -> None:
        """Wait until these kinds of device were opened, at or behind index `after`."""

        def opened() -> set[str]:
            events = self.log.events[after:]
            return {event.kind for event in events if isinstance(event, AudioDeviceChanged) and event.name}

        wait_until(lambda: opened() >= set(kinds), WAIT_S, f"opened: {', '.join(kinds)}")

    def recover(self) -> None:
        """End what goes on and wait until everything is as at the start."""
        self.post(ReleaseToTalk(at_s=monotonic()))
        self.post(StopSpeaking())
        self.wait_for_devices("speaker", "microphone", after=self.post(ReopenAudio()))
        wait_until(lambda: self.state is EngineState.IDLE and self.whole(), WAIT_S, f"whole: {self.open_problems}")


@contextmanager
def room(card: VirtualDesktop, settings: EngineConfig, made_of: Parts) -> Iterator[Room]:
    """Run an engine until it is ready, and close it behind the tests."""
    it = Room(card, settings, made_of)
    it.engine.start()
    try:
        it.log.wait_for(EngineReady, timeout_s=60)
        yield it
    finally:
        assert it.engine.close(10)


def use_card(card: VirtualDesktop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point this process's sound at the card."""
    for name in ("PULSE_SERVER", "ALSA_CONFIG_PATH"):
        monkeypatch.setenv(name, card.env[name])


def list_anew() -> None:
    """Have PortAudio see this card; nothing may be open."""
    assert devices.rescan()


def passes(seconds: float) -> None:
    """Let a real recording play."""
    threading.Event().wait(seconds)


def hold_devices(card: VirtualDesktop, folder: Path) -> Path:
    """Let another program hold the default devices as long as there is a file, which is returned."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler: apt-get install gcc")
    held, library = folder / "held", folder / "libheld.so"
    source = Path(__file__).with_name("native") / "held_pcm.c"
    subprocess.run(
        [compiler, "-shared", "-fPIC", f'-DHELD_FILE="{held}"', source, "-o", library, "-l:libasound.so.2"], check=True
    )
    Path(card.env["ALSA_CONFIG_PATH"]).write_text(HELD.format(library=library), encoding="utf-8")
    held.touch()
    return held

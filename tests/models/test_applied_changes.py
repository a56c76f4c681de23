"""Changes to the real engine while it runs: each takes effect, loads no more than it must, or is taken back."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from companion.catalog import Catalog
from companion.engine.audio.virtual import RecordedMicrophone, SilentSpeaker
from companion.engine.commands import NewConversation, SendText, Shutdown
from companion.engine.config import EngineConfig
from companion.engine.engine import Engine
from companion.engine.errors import CompanionError
from companion.engine.events import (
    EngineClosed,
    EngineReady,
    Event,
    ModelLoadStarted,
    PlaybackStarted,
    TurnCompleted,
)
from companion.engine.messages import Role
from companion.engine.parts import real_parts
from companion.engine.threads import plan_threads
from companion.headless import EventLog
from companion.settings import PersonaSettings, Settings, build_engine_config
from companion.ui.bridge import EngineBridge
from companion.ui.preferences import Preferences

pytestmark = pytest.mark.models

WAIT_MS = 60_000
SENTENCE = "The lighthouse stands at the end of the long pier and can be seen from far away."


class Running:
    """The real engine behind preferences; the room is silent and nobody hears the voice."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.log = EventLog()
        self.speaker = SilentSpeaker(monotonic)
        self.bridge = EngineBridge()
        self.models = Catalog.load().set("starter")
        settings = Settings()
        self.preferences = Preferences(
            self.bridge, settings, file=folder / "settings.toml", build=self.build, apply=self.bridge.apply_config
        )
        config = self.build(settings)
        self.preferences.started_with(config)
        parts = replace(
            real_parts(),
            microphone=lambda _: RecordedMicrophone(np.zeros(0, np.float32), monotonic),
            speaker=lambda _: self.speaker,
        )
        self.engine = Engine(config, parts, self.receive)
        self.bridge.attach(self.engine)

    def build(self, settings: Settings) -> EngineConfig:
        if settings.models.set == "nowhere":
            raise CompanionError("set-unknown", "There is no such set.")
        voice = settings.chosen_persona.voice
        config = build_engine_config(settings, self.models, plan_threads(2), Path(voice) if voice else None)
        return replace(config, llm=replace(config.llm, seed=7), tts=replace(config.tts, device="cpu"))

    def receive(self, event: Event) -> None:
        self.log.receive(event)
        self.bridge.receive(event)

    @property
    def now(self) -> int:
        return len(self.log.events)

    def loaded(self, after: int) -> list[Role]:
        return [event.role for event in self.log.events[after:] if isinstance(event, ModelLoadStarted)]

    def until(self, ready: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(ready, timeout=WAIT_MS)

    def change_persona(self, **values: object) -> None:
        settings = self.preferences.settings
        (persona,) = settings.personas
        self.preferences.put(replace(settings, personas=(replace(persona, **values),)))  # type: ignore[arg-type]

    def change_quietly(self, change: Callable[[], None], arrived: Callable[[EngineConfig], bool]) -> None:
        """Make a change that loads nothing, and wait until the engine has it."""
        begin = self.now
        change()
        self.until(lambda: arrived(self.engine._config))
        assert self.loaded(begin) == []
        assert not self.preferences.is_preparing

    def answer(self) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        """Ask the same afresh, and return the sound of the answer."""
        self.engine.post(NewConversation())
        begin, before = self.now, len(self.speaker.heard())
        self.engine.post(SendText(text="Say one sentence about a lighthouse.", at_s=monotonic()))
        self.until(lambda: any(isinstance(event, PlaybackStarted) for event in self.log.events[begin:]))
        self.until(lambda: any(isinstance(event, TurnCompleted) for event in self.log.events[begin:]))
        return self.speaker.heard()[before:]


@pytest.fixture
def running(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Running]:
    running = Running(qtbot, tmp_path)
    running.engine.start()
    try:
        running.until(lambda: running.preferences._worked is not None)
        yield running
    finally:
        assert running.preferences.close()
        running.engine.post(Shutdown())
        assert running.engine.close(10)
        assert isinstance(running.log.events[-1], EngineClosed)


def test_each_change_takes_effect_and_loads_no_more_than_it_must(running: Running) -> None:
    reference = running.answer()

    running.change_quietly(lambda: running.change_persona(speech_rate=0.7), lambda config: config.tts.rate == 0.7)
    slow = running.answer()
    assert len(slow) > 1.2 * len(reference)

    running.change_quietly(lambda: running.change_persona(speech_rate=1.0), lambda config: config.tts.rate == 1.0)
    running.change_quietly(
        lambda: running.preferences.change("audio", volume=0.25), lambda config: config.audio.volume == 0.25
    )
    quiet = running.answer()
    assert np.abs(quiet).max() == pytest.approx(np.abs(reference).max() / 4, rel=0.2)

    pirate = "You are a pirate. " + SENTENCE
    running.change_quietly(
        lambda: running.change_persona(system_prompt=pirate), lambda config: config.llm.system_prompt == pirate
    )
    assert running.engine._conversation.messages[0].text == pirate
    assert len(running.answer()) > 0

    begin = running.now
    running.preferences.change("models", language="fr")  # the starter set hears English alone, and says so in a note
    running.until(lambda: running.engine._config.stt.language == "fr" and not running.preferences.is_preparing)
    assert running.loaded(begin) == [Role.STT]
    assert len(running.answer()) > 0


def test_what_does_not_load_is_taken_back_and_the_next_answer_comes(running: Running) -> None:
    reasons: list[CompanionError] = []
    running.preferences.refused.connect(reasons.append)
    before = running.preferences.settings

    begin = running.now
    running.change_persona(voice="no-such-voice")
    running.until(lambda: len(reasons) == 1)
    running.until(lambda: any(isinstance(event, EngineReady) for event in running.log.events[begin:]))
    assert set(running.loaded(begin)) == {Role.TTS}
    assert running.preferences.settings == before
    assert "What worked before is in use again." in reasons[0].hint
    running.until(lambda: not running.preferences._going_back and not running.preferences.is_preparing)
    assert len(running.answer()) > 0

    begin = running.now
    running.preferences.change("stt", model_dir=Path("nowhere"))
    running.until(lambda: len(reasons) == 2)
    running.until(lambda: not running.preferences._going_back and not running.preferences.is_preparing)
    assert set(running.loaded(begin)) == {Role.STT}
    assert running.preferences.settings == before
    assert running.preferences.settings.personas == (PersonaSettings(),)
    assert len(running.answer()) > 0

    running.preferences.change("models", set="nowhere")
    running.until(lambda: len(reasons) == 3)
    assert running.preferences.settings == before
    assert len(running.answer()) > 0

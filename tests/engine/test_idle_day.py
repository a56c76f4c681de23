"""A day in which nobody says anything: nothing happens, nothing grows, and the first turn after it finds all awake."""

import threading
import tracemalloc
from dataclasses import replace
from pathlib import Path

from companion.engine.config import EngineConfig, LlmConfig, SttConfig, TtsConfig
from companion.engine.events import PlaybackStarted, TurnCompleted
from companion.engine.parts import real_parts
from companion.engine.samples import Float32Mono
from tests.engine.harness import tone
from tests.engine.stepped import Stepped, stepped
from tests.fakes.chat_model import FakeChatModel
from tests.fakes.synthesizer import FakeSynthesizer
from tests.fakes.transcriber import FakeTranscriber, FakeVoiceDetector

DAY_S = 24 * 3600
STEP_S = 10.0
MOST_BYTES = 20_000
"""May be new after a day: a few small objects that the interpreter keeps."""

QUESTION: Float32Mono = tone(1.0, silence_s=0.6)


def test_a_day_of_silence_costs_nothing_and_cools_nothing() -> None:
    model = FakeChatModel()
    parts = replace(
        real_parts(),
        detector=lambda _: FakeVoiceDetector(),
        transcriber=lambda _: FakeTranscriber(["how are you"]),
        chat_model=lambda _: model,
        synthesizer=lambda _: FakeSynthesizer(),
    )
    config = EngineConfig(
        stt=SttConfig(model_dir=Path("stt"), vad_model=Path("vad")),
        llm=LlmConfig(model_file=Path("llm")),
        tts=TtsConfig(voice_file=Path("tts")),
    )
    with stepped(Stepped(config, parts)) as room:
        first = ask(room)
        room.settle()
        begin, received, prompts = room.now, room.engine.received, len(model.prefills)
        threads = threading.active_count()
        tracemalloc.start()
        idle(room, STEP_S * 100)
        before, _ = tracemalloc.get_traced_memory()
        idle(room, DAY_S)
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert after - before < MOST_BYTES
        assert threading.active_count() == threads
        assert room.log.events[begin.events :] == [], "the window is told of nothing"
        assert room.engine.received == received, "no stage has worked"
        assert len(model.prefills) == prompts
        last = ask(room)
        assert model.wakes == 1
        assert last.metrics.evaluated_tokens <= first.metrics.evaluated_tokens, "the cache is as warm as before"


def idle(room: Stepped, seconds: float) -> None:
    """Let time pass, the engine looking at its devices."""
    for _ in range(round(seconds / STEP_S)):
        room.clock.advance(STEP_S)
        room.engine.look()


def ask(room: Stepped) -> TurnCompleted:
    """Ask a question with the key, and hear the answer to its end."""
    begin = room.now.events
    room.press(QUESTION)
    room.hear(1.4)
    room.release()
    room.wait_for(PlaybackStarted, after=begin)
    return room.wait_for(TurnCompleted, after=begin)

"""Where in the microphone's past an utterance begins, and goes on."""

from pathlib import Path

import numpy as np
import pytest

from companion.engine.audio.virtual import RecordedMicrophone
from companion.engine.config import EngineConfig, LlmConfig, SttConfig, TtsConfig
from companion.engine.hearing import Hearing
from tests.fakes.transcriber import FakeVoiceDetector

PRE_ROLL_S = 0.3


class Microphone(RecordedMicrophone):
    """Keeps how far back it was asked to go."""

    def __init__(self) -> None:
        super().__init__(np.zeros(0, np.float32), lambda: 0.0)
        self.backs: list[float] = []

    def begin(self, pre_roll_s: float) -> None:
        self.backs.append(pre_roll_s)
        super().begin(pre_roll_s)


@pytest.fixture
def config() -> EngineConfig:
    return EngineConfig(
        stt=SttConfig(model_dir=Path("stt"), vad_model=Path("vad")),
        llm=LlmConfig(model_file=Path("llm")),
        tts=TtsConfig(voice_file=Path("tts")),
    )


@pytest.mark.parametrize(("away_s", "back_s"), [(0.1, 0.1), (0.3, PRE_ROLL_S), (20.0, PRE_ROLL_S)])
def test_a_second_press_hears_what_was_said_just_before_it_but_nothing_twice(
    config: EngineConfig, away_s: float, back_s: float
) -> None:
    assert config.audio.pre_roll_s == PRE_ROLL_S
    hearing, microphone = Hearing(lambda _: FakeVoiceDetector()), Microphone()
    assert hearing.load(config) is None
    hearing.begin(microphone, config, 100.0, resume=False)
    first = hearing.utterance
    hearing.end(105.0)
    assert microphone.read().size == 0
    hearing.begin(microphone, config, 105.0 + away_s, resume=True)
    assert microphone.backs == [PRE_ROLL_S, pytest.approx(back_s)]
    assert hearing.utterance is first, "the same utterance goes on"
    hearing.begin(microphone, config, 200.0, resume=False)
    assert hearing.utterance is not first


def hearing_with(config: EngineConfig) -> Hearing:
    hearing = Hearing(lambda _: FakeVoiceDetector())
    assert hearing.load(config) is None
    return hearing


def test_an_utterance_goes_on_at_another_microphone_from_its_beginning(config: EngineConfig) -> None:
    hearing, now_s = hearing_with(config), 0.0
    first, second = (
        RecordedMicrophone(np.full(16_000, level, np.float32), lambda: now_s, noise_dbfs=None) for level in (0.25, 0.5)
    )
    hearing.begin(first, config, now_s, resume=False)
    utterance = hearing.utterance
    now_s = 0.5
    assert set(hearing.hear(first, now_s)) == {0.25}
    assert hearing.hear(None, now_s).size == 0, "none, while the next one is opened"
    now_s = 0.6
    hearing.hear(second, now_s)
    now_s = 0.8
    assert set(hearing.hear(second, now_s)) == {0.5}
    assert hearing.utterance is utterance


@pytest.mark.parametrize(("level", "reason"), [(0.0, "no-sound"), (0.001, "silence")])
def test_digital_silence_is_told_from_a_quiet_room(config: EngineConfig, level: float, reason: str) -> None:
    hearing = hearing_with(config)
    room = RecordedMicrophone(np.full(16_000, level, np.float32), lambda: 0.0, real_time=False)
    hearing.begin(room, config, 0.0, resume=False)
    assert hearing.silence == "not-ready"
    for _ in hearing.utterance.feed(hearing.hear(room, 0.0)) if hearing.utterance else ():
        pass
    assert hearing.silence == reason

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
    hearing.end(microphone, 105.0)
    assert microphone.read().size == 0
    hearing.begin(microphone, config, 105.0 + away_s, resume=True)
    assert microphone.backs == [PRE_ROLL_S, pytest.approx(back_s)]
    assert hearing.utterance is first, "the same utterance goes on"
    hearing.begin(microphone, config, 200.0, resume=False)
    assert hearing.utterance is not first

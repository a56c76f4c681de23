"""A speech at a speed of its own: the voice in use is given its own speed back."""

from dataclasses import replace
from pathlib import Path

from companion.engine.commands import Speak
from companion.engine.config import EngineConfig
from companion.engine.events import SpeechEnded
from tests.engine.harness import Rig, running
from tests.fakes.synthesizer import FakeSynthesizer

TEXT = "One two three. Four five six."


def test_the_voice_in_use_is_tuned_for_each_clause_and_back() -> None:
    with running(Rig()) as rig:
        assert rig.wait(SpeechEnded, rig.post(Speak(text=TEXT, id=1, rate=1.5))).error is None
        rates = [config.rate for config in rig.synthesizer.tuned]
        assert rates == [1.5, 1.0] * 2
        rig.wait(SpeechEnded, rig.post(Speak(text=TEXT, id=2)))
        assert len(rig.synthesizer.tuned) == len(rates)


def test_another_voice_is_loaded_at_it() -> None:
    asked: list[EngineConfig] = []
    rig = Rig()

    def make(config: EngineConfig) -> FakeSynthesizer:
        asked.append(config)
        return FakeSynthesizer()

    with running(rig):
        rig.engine._stages._parts = replace(rig.engine._stages._parts, synthesizer=make)
        for number, rate in enumerate((0.8, None)):
            begin = rig.post(Speak(text=TEXT, id=number, voice_file=Path("en_US-amy.onnx"), rate=rate))
            assert rig.wait(SpeechEnded, begin).error is None
        assert [config.tts.rate for config in asked] == [0.8, 1.0]
        assert not rig.synthesizer.tuned

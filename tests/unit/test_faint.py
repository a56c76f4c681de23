"""The second look at an utterance without a voice: what is amplified, how much is looked at, and what comes back."""

import numpy as np
import pytest

from companion.engine.samples import EAR_RATE_HZ, Float32Mono
from companion.engine.stt import faint
from companion.engine.stt.faint import faint_voice
from tests.fakes.transcriber import FakeVoiceDetector


def tone(seconds: float, peak: float) -> Float32Mono:
    return np.asarray(peak * np.sin(np.arange(round(seconds * EAR_RATE_HZ)) * 0.2), np.float32)


def silence(seconds: float) -> Float32Mono:
    return np.zeros(round(seconds * EAR_RATE_HZ), np.float32)


@pytest.mark.parametrize("peak", [0.5, 0.01, 0.0002])
@pytest.mark.parametrize("offset", [0.0, 0.2])
def test_a_faint_voice_comes_back_as_loud_as_any_and_cut_to_itself(peak: float, offset: float) -> None:
    sound = np.concatenate((silence(3.0), tone(1.0, peak), silence(3.0))) + np.float32(offset)
    before = sound.copy()
    voice = faint_voice(FakeVoiceDetector(), sound)
    assert voice.size / EAR_RATE_HZ == pytest.approx(2.3, abs=0.1), "with its lead and tail"
    assert 0.05 < np.abs(voice).max() <= 1.0
    assert np.array_equal(sound, before)


@pytest.mark.parametrize(
    "sound",
    [silence(0.0), silence(3.0), tone(0.1, 0.5), np.concatenate((silence(1.0), tone(0.1, 0.5), silence(1.0)))],
    ids=["nothing", "digital silence", "too short a hold", "too short a voice"],
)
def test_what_holds_no_voice_gives_nothing(sound: Float32Mono) -> None:
    assert faint_voice(FakeVoiceDetector(), sound).size == 0


def test_a_click_louder_than_the_voice_does_not_keep_it_faint() -> None:
    sound = tone(2.0, 0.002)
    sound[EAR_RATE_HZ : EAR_RATE_HZ + 100] = 1.0
    assert faint_voice(FakeVoiceDetector(), sound).size > EAR_RATE_HZ


def test_only_the_end_of_a_long_hold_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faint, "LONGEST_S", 2.0)
    assert faint_voice(FakeVoiceDetector(), np.concatenate((tone(1.0, 0.1), silence(2.5)))).size == 0

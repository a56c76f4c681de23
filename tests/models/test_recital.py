"""Speech outside of a turn with the real voice and ears: another voice, one's own words, a press in between."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from companion.engine.commands import ReplayWords, Speak
from companion.engine.config import EngineConfig
from companion.engine.events import SpeechAdvanced, SpeechEnded, SpeechStarted, TranscriptFinal, TurnCompleted
from companion.engine.parts import real_parts
from companion.engine.samples import AUDIBLE_PEAK
from tests.engine.stepped import Stepped, stepped
from tests.fakes.chat_model import FakeChatModel
from tests.models.talk import QUESTION, plain, quiet, seconds, spliced
from tests.recordings import Recordings

TEXT = "The light comes from every side. In the evening it is red, and then it is gone."


@pytest.fixture(scope="module")
def room(spoken_config: EngineConfig) -> Iterator[Stepped]:
    parts = replace(real_parts(), chat_model=lambda _: FakeChatModel(["It is so."] * 20))
    with stepped(Stepped(spoken_config, parts)) as room:
        yield room


def test_another_voice_says_a_text_and_a_press_silences_it(
    room: Stepped, recordings: Recordings, voice_file: Path
) -> None:
    begin = room.now
    room.post(Speak(text=TEXT, id=5, voice_file=voice_file.with_name("missing.onnx")))
    ended = room.wait_for(SpeechEnded, after=begin.events)
    assert ended.error is not None
    assert ended.error.code == "model-missing"

    begin = room.now
    room.post(Speak(text=TEXT, id=6, voice_file=voice_file))
    assert room.wait_for(SpeechEnded, after=begin.events).error is None
    assert room.events(SpeechAdvanced, begin)[-1].heard == len(TEXT)
    assert np.abs(room.speaker.heard()).max() > AUDIBLE_PEAK

    begin = room.now
    room.post(Speak(text=TEXT, id=7))
    room.wait_for(SpeechStarted, after=begin.events)
    sound = recordings[QUESTION].samples
    room.press(spliced(sound, quiet(1.0)))
    assert room.speaker.played == room.speaker.written, "silent at once"
    room.hear(seconds(sound) + 0.4)
    room.release()
    turn = room.end(begin.events)
    assert isinstance(turn, TurnCompleted)
    words = room.events(TranscriptFinal, begin)[-1].text
    assert "remember" in plain(words), "the ears heard the user, not the voice"

    begin = room.now
    before = len(room.speaker.heard())
    room.post(ReplayWords(turn_id=turn.turn_id))
    assert room.wait_for(SpeechEnded, after=begin.events).error is None
    assert room.events(SpeechAdvanced, begin)[-1].heard == len(words)
    played_s = (len(room.speaker.heard()) - before) / room.speaker.rate_hz
    assert played_s == pytest.approx(seconds(sound), abs=0.8)

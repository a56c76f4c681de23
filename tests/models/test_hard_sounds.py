"""The key is held and something else than clear speech is heard: nothing is invented, and real words are understood.

Each sound goes through the real engine with the real voice detector and Whisper, as a press, sound, and a release.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from companion.engine.audio.resample import StreamResampler
from companion.engine.config import EngineConfig, TtsConfig
from companion.engine.events import TurnEmpty
from companion.engine.samples import EAR_RATE_HZ, Float32Mono
from companion.engine.tts.piper import PiperSynthesizer
from tests.engine.stepped import stepped
from tests.models import hard_sounds as sounds
from tests.models.talk import LATE_S, Echo, Talk, error_rate, part, plain, quiet, seconds, spliced
from tests.recordings import Recordings

pytestmark = pytest.mark.models

Sound = Callable[[Recordings], Float32Mono]
"""Makes a sound of the recordings that there are."""

QUESTION = "google_brooklyn_bridge"
"""How old is the brooklyn bridge."""

OTHER_VOICE = "pico_02_cdc0c27a"


@pytest.fixture(scope="module")
def talking(spoken_config: EngineConfig) -> Iterator[Talk]:
    with stepped(Talk(spoken_config, Echo())) as talk:
        yield talk


@pytest.fixture
def talk(talking: Talk) -> Iterator[Talk]:
    yield talking
    talking.forget()


def hold(talk: Talk, sound: Float32Mono) -> None:
    """Press, let the microphone hear all of `sound`, and let go."""
    talk.press(sound)
    talk.hear(seconds(sound) + LATE_S)
    talk.release()


def recorded(name: str, change: Callable[[Float32Mono], Float32Mono] = lambda sound: sound) -> Sound:
    return lambda recordings: change(recordings[name].samples[: 5 * EAR_RATE_HZ])


def loud(sound: Float32Mono) -> Float32Mono:
    return sounds.driven(sound, 20)


def coughing(recordings: Recordings, *, times: int, gap_s: float = 0.0) -> Float32Mono:
    return spliced(*[recordings["noise_cough"].samples, quiet(gap_s)] * times)


NOISES: dict[str, Sound] = {
    "digital silence": lambda _: np.zeros(3 * EAR_RATE_HZ, np.float32),
    "a quiet room": lambda _: sounds.coloured_noise(3, -60, exponent=1),
    "a constant offset": lambda _: np.full(3 * EAR_RATE_HZ, 0.3, np.float32),
    "white noise": lambda _: sounds.coloured_noise(3, -10),
    "pink noise": lambda _: sounds.coloured_noise(3, -10, exponent=1),
    "brown noise": lambda _: sounds.coloured_noise(3, -10, exponent=2),
    "mains hum": lambda _: sounds.hum(3, -25),
    "music": lambda _: sounds.music(4, -10),
    "laughter": lambda _: sounds.laughter(2.4, -10),
    "mouse clicks": lambda _: sounds.clicks(3, 0),
    "breath": lambda _: sounds.breathing(3, -6),
    "an alarm": lambda _: sounds.beeps(3, -6),
    "typing": recorded("noise_keyboard"),
    "typing, clipped": recorded("noise_keyboard", loud),
    "a clock": recorded("noise_clock"),
    "rain, clipped": recorded("noise_rain", loud),
    "a tap, far away": recorded("noise_running_tap", lambda sound: sound * np.float32(0.01)),
    "a barking dog": recorded("noise_dog_bark"),
    "a barking dog, clipped": recorded("noise_dog_bark", loud),
    "a sneeze": recorded("noise_sneeze_a"),
    "a cough": lambda recordings: coughing(recordings, times=1),
    "a fit of coughing": lambda recordings: coughing(recordings, times=3),
    "a fit of coughing, with breaths": lambda recordings: coughing(recordings, times=3, gap_s=1.0),
    "a fit of coughing, clipped": lambda recordings: loud(coughing(recordings, times=3)),
}


@pytest.mark.parametrize("name", NOISES)
def test_nobody_said_anything_and_nothing_is_answered(talk: Talk, recordings: Recordings, name: str) -> None:
    begin = talk.now
    hold(talk, NOISES[name](recordings))
    end = talk.end(begin.events)
    assert isinstance(end, TurnEmpty), end
    assert end.reason in ("silence", "no-words"), "the window has a sentence for these"
    talk.assert_nothing_shows(begin)


def spoiled(change: Callable[[Float32Mono], Float32Mono]) -> Sound:
    return lambda recordings: change(recordings[QUESTION].samples)


SPOILED: dict[str, Sound] = {
    "as it is": spoiled(lambda question: question),
    "clipped, 20 dB over": spoiled(loud),
    "very quiet": spoiled(
        lambda question: sounds.at_peak(question, -50) + sounds.coloured_noise(2, -75)[: question.size]
    ),
    "almost inaudible": spoiled(lambda question: sounds.at_peak(question, -65)),
    "on an offset": spoiled(lambda question: sounds.with_offset(0.6 * question, 0.3)),
    "music beneath": spoiled(lambda question: sounds.mixed(question, sounds.music(4, 0), 3)),
    "noise beneath": spoiled(lambda question: sounds.mixed(question, sounds.coloured_noise(4, 0), 10)),
    "hum as loud as the voice": spoiled(lambda question: sounds.mixed(question, sounds.hum(4, 0), 0)),
    "typing beneath": lambda recordings: sounds.mixed(
        recordings[QUESTION].samples, recordings["noise_keyboard"].samples, 10
    ),
    "behind a cough": lambda recordings: spliced(
        coughing(recordings, times=2), quiet(0.3), recordings[QUESTION].samples
    ),
    "before a cough": lambda recordings: spliced(
        recordings[QUESTION].samples, quiet(0.3), coughing(recordings, times=2)
    ),
    "before long silence": spoiled(lambda question: spliced(question, quiet(6.0))),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_question_is_understood(talk: Talk, recordings: Recordings, name: str) -> None:
    begin = talk.now
    hold(talk, SPOILED[name](recordings))
    assert error_rate(talk.answer(begin), recordings[QUESTION].transcript) <= 1 / 6, "one word of six"


def test_a_whispered_sentence_is_understood(talk: Talk, recordings: Recordings) -> None:
    """The voice detector takes it for no voice: a second look does."""
    whisper = recordings["mfa_whisper"]
    begin = talk.now
    hold(talk, sounds.at_peak(whisper.samples, -20))
    assert error_rate(talk.answer(begin), whisper.transcript) <= 1 / 5


@pytest.mark.parametrize(
    ("name", "spellings"), [("digit_one_6f1ffef6", {"1", "one"}), ("digit_eight_0b09edd3", {"8", "eight"})]
)
def test_a_word_of_200_ms_is_understood(talk: Talk, recordings: Recordings, name: str, spellings: set[str]) -> None:
    """Whether a number is written in figures or letters differs from one kind of processor to another."""
    whole = recordings[name].samples
    size = sounds.frames(0.2)
    loudest = int(np.convolve(np.square(whole), np.ones(size), "valid").argmax())
    begin = talk.now
    hold(talk, spliced(quiet(0.25), whole[loudest : loudest + size], quiet(0.5)))
    assert plain(talk.answer(begin)) in spellings


def test_a_cut_first_syllable_costs_no_more_than_its_word(talk: Talk, recordings: Recordings) -> None:
    question = recordings["so_2016_0245"]
    onset_s = int(np.flatnonzero(np.abs(question.samples) > 0.05)[0]) / EAR_RATE_HZ
    begin = talk.now
    hold(talk, part(question.samples, onset_s + 0.15))
    assert talk.answer(begin) == question.transcript.removeprefix("what ")


def test_somebody_quieter_beside_the_user_is_not_answered(talk: Talk, recordings: Recordings) -> None:
    question = recordings["so_2016_0245"]
    begin = talk.now
    hold(talk, sounds.mixed(question.samples, recordings[OTHER_VOICE].samples[: 3 * EAR_RATE_HZ], 10))
    assert error_rate(talk.answer(begin), question.transcript) <= 1 / 8


def test_two_at_once_end_in_words_or_in_nothing_but_never_in_a_failure(talk: Talk, recordings: Recordings) -> None:
    """Nobody could say which of two equally loud people was meant; the engine goes on."""
    begin = talk.now
    hold(talk, sounds.mixed(recordings[QUESTION].samples, recordings[OTHER_VOICE].samples[: 3 * EAR_RATE_HZ], 0))
    if not isinstance(talk.end(begin.events), TurnEmpty):
        talk.answer(begin)


MOST_SYLLABLES_A_SECOND = 8
"""Nobody says more; Whisper's inventions, which repeat themselves, have many more. 97 answers had 7.3 at
most. Words tell less: some answers to Finnish sounds have a word of English for each of its syllables."""


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "Können Sie mir bitte sagen, wie spät es ist?"),
        ("fr", "Pouvez-vous me dire quelle heure il est ?"),
        ("fi", "Voisitteko kertoa minulle, paljonko kello on?"),
        ("cmn", "请问现在几点了"),
    ],
)
def test_another_language_ends_in_what_was_made_out_or_in_nothing(
    talk: Talk, recordings: Recordings, spoken_config: EngineConfig, tmp_path: Path, language: str, sentence: str
) -> None:
    """The starter's recogniser knows English only: it may take sounds for words, but adds none, and goes on."""
    foreign = said_in(language, sentence, spoken_config.tts.voice_file, tmp_path)
    begin = talk.now
    hold(talk, foreign)
    if isinstance(talk.end(begin.events), TurnEmpty):
        talk.assert_nothing_shows(begin)
    else:
        assert syllables(talk.answer(begin)) <= MOST_SYLLABLES_A_SECOND * seconds(foreign)
    talk.forget()
    begin = talk.now
    hold(talk, recordings[QUESTION].samples)
    assert error_rate(talk.answer(begin), recordings[QUESTION].transcript) <= 1 / 6


def syllables(text: str) -> int:
    """Count runs of vowels, the silent e included: not fewer than the syllables of English words."""
    return len(re.findall("[aeiouy]+", text.lower()))


def said_in(language: str, sentence: str, voice_file: Path, folder: Path) -> Float32Mono:
    """Return the voice saying `sentence` with the sounds of another language, which espeak-ng knows."""
    voice = folder / voice_file.name
    voice.symlink_to(voice_file.resolve())
    settings = json.loads(voice_file.with_name(f"{voice_file.name}.json").read_text())
    settings["espeak"]["voice"] = language
    voice.with_name(f"{voice.name}.json").write_text(json.dumps(settings))
    with closing(PiperSynthesizer(TtsConfig(voice_file=voice), threads=1)) as synthesizer:
        synthesizer.load()
        resampler = StreamResampler(synthesizer.rate_hz, EAR_RATE_HZ)
        return np.concatenate([resampler.feed(sound) for sound in synthesizer.stream(sentence)])

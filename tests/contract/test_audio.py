"""What microphones and speakers do: the virtual ones on a hand-turned clock, the real ones on a virtual card.

A `Rig` knows how to let time pass and how to make sound arrive; the suite knows only the protocols.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from companion.engine.audio import devices
from companion.engine.audio.base import Microphone, Speaker
from companion.engine.audio.microphone import PortAudioMicrophone
from companion.engine.audio.speaker import PortAudioSpeaker
from companion.engine.audio.virtual import RecordedMicrophone, SilentSpeaker
from companion.engine.samples import EAR_RATE_HZ, Float32Mono
from tests.e2e.virtual_desktop import MICROPHONE, SPEAKER, VirtualDesktop, sound_card_missing, wait_until
from tests.e2e.virtual_sound import CARD_RATE_HZ, Player

VOICE_HZ = 22_050


def tone(seconds: float, rate_hz: int, hz: float = 440, level: float = 0.3) -> Float32Mono:
    return (level * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz)).astype(np.float32)


def strength(samples: Float32Mono, rate_hz: int, hz: float) -> float:
    """Amplitude of the tone `hz` in `samples`."""
    turn = np.exp(-2j * np.pi * hz * np.arange(len(samples)) / rate_hz)
    return float(2 * np.abs(np.mean(samples * turn)))


class Rig(ABC):
    """A microphone or a speaker, and the world around it."""

    @abstractmethod
    def now(self) -> float: ...

    @abstractmethod
    def until(self, condition: Callable[[], bool], timeout_s: float = 5.0) -> None:
        """Let time pass until `condition` holds."""

    def later(self, seconds: float) -> None:
        """Let this much time pass."""
        due_s = self.now() + seconds
        self.until(lambda: self.now() >= due_s)


class TurnedClock(Rig):
    """Time passes in ticks of 5 ms, when told."""

    _ticks = 20_000

    def now(self) -> float:
        return self._ticks / 200

    def until(self, condition: Callable[[], bool], timeout_s: float = 5.0) -> None:
        last = self._ticks + round(timeout_s * 200)
        while not condition():
            self._ticks += 1
            if self._ticks > last:
                raise TimeoutError


class RealClock(Rig):
    def now(self) -> float:
        return time.monotonic()

    def until(self, condition: Callable[[], bool], timeout_s: float = 5.0) -> None:
        wait_until(condition, timeout_s, "the device")


class MicrophoneRig:
    def __init__(self, rig: Rig, microphone: Microphone, hear: Callable[[Float32Mono], None]) -> None:
        self.rig = rig
        self.microphone = microphone
        self.hear = hear
        """Lets a recording, at `EAR_RATE_HZ`, sound from now on."""


@pytest.fixture(scope="module")
def desktop() -> Iterator[VirtualDesktop]:
    if reason := sound_card_missing():
        pytest.skip(reason)
    with VirtualDesktop(display=False) as desktop:
        yield desktop


@pytest.fixture
def card(desktop: VirtualDesktop, monkeypatch: pytest.MonkeyPatch) -> VirtualDesktop:
    """A virtual sound card that this process's PortAudio talks to."""
    for name in ("PULSE_SERVER", "ALSA_CONFIG_PATH"):
        monkeypatch.setenv(name, desktop.env[name])
    assert devices.rescan()
    return desktop


REAL = pytest.param("real", marks=pytest.mark.e2e)


@pytest.fixture(params=["virtual", REAL])
def ear(request: pytest.FixtureRequest) -> Iterator[MicrophoneRig]:
    if request.param == "virtual":
        rig = TurnedClock()
        recorded = RecordedMicrophone(np.zeros(0, np.float32), rig.now)
        recorded.open()
        yield MicrophoneRig(rig, recorded, recorded.load)
        recorded.close()
        return
    desktop: VirtualDesktop = request.getfixturevalue("card")
    players: list[Player] = []
    microphone = PortAudioMicrophone()
    microphone.open()
    yield MicrophoneRig(RealClock(), microphone, lambda x: players.append(desktop.say(x, EAR_RATE_HZ)))
    microphone.close()
    for player in players:
        player.stop()


@pytest.fixture(params=["virtual", REAL])
def mouth(request: pytest.FixtureRequest) -> Iterator[tuple[Rig, Speaker]]:
    if request.param == "virtual":
        rig: Rig = TurnedClock()
        speaker: Speaker = SilentSpeaker(rig.now)
    else:
        request.getfixturevalue("card")
        rig, speaker = RealClock(), PortAudioSpeaker()
    speaker.open(VOICE_HZ)
    yield rig, speaker
    speaker.close()


class TestMicrophone:
    def test_hears_what_sounds_after_begin(self, ear: MicrophoneRig) -> None:
        ear.hear(tone(3, EAR_RATE_HZ))
        ear.microphone.begin(0)
        heard: list[Float32Mono] = []

        def audible() -> bool:
            heard.append(ear.microphone.read())
            return (
                sum(map(len, heard)) > EAR_RATE_HZ and strength(np.concatenate(heard)[-8000:], EAR_RATE_HZ, 440) > 0.2
            )

        ear.rig.until(audible)
        sound = np.concatenate(heard)
        assert sound.dtype == np.float32
        assert strength(sound[-8000:], EAR_RATE_HZ, 440) == pytest.approx(0.3, abs=0.03)
        assert ear.microphone.overruns == 0
        assert ear.microphone.alive
        assert ear.microphone.name

    def test_arrives_at_the_pace_of_the_clock(self, ear: MicrophoneRig) -> None:
        ear.microphone.begin(0)
        ear.rig.until(lambda: len(ear.microphone.read()) > 0)
        begun_s = ear.rig.now()
        frames = 0

        def one_second() -> bool:
            nonlocal frames
            frames += len(ear.microphone.read())
            return frames >= EAR_RATE_HZ

        ear.rig.until(one_second)
        assert ear.rig.now() - begun_s == pytest.approx(1.0, abs=0.15)

    def test_begins_in_the_past(self, ear: MicrophoneRig) -> None:
        ear.microphone.begin(0)
        ear.rig.until(lambda: len(ear.microphone.read()) > 0)
        ear.rig.later(0.6)
        ear.microphone.end()
        ear.microphone.begin(0.5)
        assert len(ear.microphone.read()) == pytest.approx(EAR_RATE_HZ // 2, abs=EAR_RATE_HZ // 20)

    def test_returns_nothing_outside_an_utterance(self, ear: MicrophoneRig) -> None:
        assert len(ear.microphone.read()) == 0
        ear.microphone.begin(0)
        ear.rig.later(0.1)
        ear.microphone.end()
        assert len(ear.microphone.read()) == 0

    def test_each_sample_is_returned_once_and_belongs_to_the_reader(self, ear: MicrophoneRig) -> None:
        ear.microphone.begin(0)
        ear.rig.later(0.3)
        first = ear.microphone.read()
        assert len(ear.microphone.read()) < len(first) / 4
        kept = first.copy()
        ear.rig.later(0.2)
        ear.microphone.read()
        np.testing.assert_array_equal(first, kept)

    def test_closes_twice(self, ear: MicrophoneRig) -> None:
        ear.microphone.close()
        ear.microphone.close()


class TestSpeaker:
    def test_plays_what_is_written_at_the_pace_of_the_clock(self, mouth: tuple[Rig, Speaker]) -> None:
        rig, speaker = mouth
        assert speaker.rate_hz == VOICE_HZ
        assert speaker.write(tone(0.5, VOICE_HZ)) == VOICE_HZ // 2
        begun_s = rig.now()
        assert speaker.written == VOICE_HZ // 2
        assert speaker.played < speaker.written
        rig.until(lambda: speaker.played == speaker.written)
        # A device takes a buffer full at once, so the last frame is handed over early by up to its latency.
        assert -speaker.latency_s - 0.03 < rig.now() - begun_s - 0.5 < 0.2
        assert speaker.underruns == 0
        assert speaker.alive
        assert speaker.name

    def test_refuses_what_does_not_fit(self, mouth: tuple[Rig, Speaker]) -> None:
        _, speaker = mouth
        room = speaker.room()
        assert room >= 10 * VOICE_HZ
        fitted = speaker.write(np.zeros(room + 20 * VOICE_HZ, np.float32))
        assert room <= fitted < room + VOICE_HZ
        assert speaker.written == fitted

    def test_knows_when_a_frame_was_handed_out(self, mouth: tuple[Rig, Speaker]) -> None:
        rig, speaker = mouth
        assert speaker.time_of(0) is None
        before_s = rig.now()
        speaker.write(tone(0.3, VOICE_HZ))
        last = speaker.written - 1
        rig.until(lambda: speaker.time_of(last) is not None)
        first_s, last_s = speaker.time_of(0), speaker.time_of(last)
        assert first_s is not None
        assert last_s is not None
        assert before_s <= first_s < before_s + 0.3
        assert last_s - first_s == pytest.approx(last / VOICE_HZ, abs=0.1)
        assert speaker.time_of(speaker.written) is None

    def test_a_flush_stops_and_says_how_much_was_played(self, mouth: tuple[Rig, Speaker]) -> None:
        rig, speaker = mouth
        speaker.write(tone(5, VOICE_HZ))
        rig.until(lambda: speaker.played > VOICE_HZ // 5)
        before = speaker.played
        played = speaker.flush()
        assert before <= played < VOICE_HZ
        assert speaker.played == speaker.written == 5 * VOICE_HZ
        assert speaker.time_of(played + VOICE_HZ) is None
        rig.until(lambda: speaker.room() > 25 * VOICE_HZ)
        speaker.write(tone(0.1, VOICE_HZ))
        rig.until(lambda: speaker.played == speaker.written)
        assert speaker.time_of(5 * VOICE_HZ) is not None
        assert speaker.time_of(5 * VOICE_HZ - 1) is None, "it was flushed unheard"

    def test_running_dry_counts_only_while_more_is_expected(self, mouth: tuple[Rig, Speaker]) -> None:
        rig, speaker = mouth
        speaker.write(tone(0.1, VOICE_HZ))
        rig.later(0.3)
        assert speaker.underruns == 0, "nothing more was expected"
        speaker.expect_more(True)
        rig.later(0.1)
        assert speaker.underruns == 0, "nothing has sounded since"
        speaker.write(tone(0.1, VOICE_HZ))
        rig.until(lambda: speaker.underruns == 1)
        rig.later(0.2)
        assert speaker.underruns == 1, "one gap is one underrun"
        speaker.write(tone(0.1, VOICE_HZ))
        speaker.expect_more(False)
        rig.later(0.3)
        assert speaker.underruns == 1

    def test_a_flush_is_no_underrun(self, mouth: tuple[Rig, Speaker]) -> None:
        rig, speaker = mouth
        speaker.expect_more(True)
        speaker.write(tone(1, VOICE_HZ))
        rig.until(lambda: speaker.played > 0)
        speaker.flush()
        rig.later(0.2)
        assert speaker.underruns == 0

    def test_opening_again_starts_from_nothing(self, mouth: tuple[Rig, Speaker]) -> None:
        _, speaker = mouth
        speaker.write(tone(1, VOICE_HZ))
        speaker.close()
        speaker.close()
        assert not speaker.alive
        assert speaker.room() == 0
        speaker.open(16_000)
        assert (speaker.rate_hz, speaker.written, speaker.played, speaker.underruns) == (16_000, 0, 0, 0)
        assert speaker.alive


class TestRecordedMicrophone:
    def test_the_pre_roll_is_the_recordings_start(self) -> None:
        rig = TurnedClock()
        recording = tone(1, EAR_RATE_HZ)
        microphone = RecordedMicrophone(recording, rig.now)
        microphone.begin(0.25)
        np.testing.assert_array_equal(microphone.read(), recording[:4000])
        rig.later(0.5)
        assert len(microphone.read()) == pytest.approx(8000, abs=1)

    def test_what_is_spoken_arrives_as_late_as_the_device_hears_it(self) -> None:
        rig = TurnedClock()
        recording = tone(1, EAR_RATE_HZ)
        microphone = RecordedMicrophone(recording, rig.now, delay_s=0.1)
        microphone.begin(0.0)
        rig.later(0.05)
        assert not len(microphone.read())
        rig.later(0.25)
        assert len(microphone.read()) == pytest.approx(3200, abs=1)

    def test_all_at_once_and_then_a_quiet_room(self) -> None:
        rig = TurnedClock()
        recording = tone(1, EAR_RATE_HZ)
        microphone = RecordedMicrophone(recording, rig.now, real_time=False)
        microphone.begin(0.3)
        np.testing.assert_array_equal(microphone.read(), recording)
        rig.later(2.5)
        quiet = microphone.read()
        assert len(quiet) == pytest.approx(2.5 * EAR_RATE_HZ, abs=100)
        assert 0 < np.abs(quiet).max() <= 0.001

    def test_every_utterance_hears_it_anew(self) -> None:
        rig = TurnedClock()
        microphone = RecordedMicrophone(tone(1, EAR_RATE_HZ), rig.now, real_time=False, noise_dbfs=None)
        for recording in (tone(1, EAR_RATE_HZ), tone(0.5, EAR_RATE_HZ, hz=880)):
            microphone.load(recording)
            microphone.begin(0)
            np.testing.assert_array_equal(microphone.read(), recording)
            rig.later(0.1)
            assert not microphone.read().any()
            microphone.end()


class TestSilentSpeaker:
    def test_keeps_what_was_heard_without_what_was_flushed(self) -> None:
        rig = TurnedClock()
        speaker = SilentSpeaker(rig.now)
        speaker.open(VOICE_HZ)
        first, second = tone(1, VOICE_HZ), tone(0.2, VOICE_HZ, hz=880)
        speaker.write(first)
        rig.later(0.4)
        played = speaker.flush()
        speaker.write(second)
        rig.later(1)
        np.testing.assert_array_equal(speaker.heard(), np.concatenate((first[:played], second)))

    def test_a_frame_behind_a_pause_is_dated_behind_it(self) -> None:
        rig = TurnedClock()
        speaker = SilentSpeaker(rig.now)
        speaker.open(VOICE_HZ)
        speaker.write(tone(0.1, VOICE_HZ))
        rig.later(1)
        speaker.write(tone(0.1, VOICE_HZ))
        rig.later(0.05)
        assert speaker.time_of(VOICE_HZ // 10) == pytest.approx(rig.now() - 0.05, abs=1e-6)

    def test_plays_faster_and_keeps_nothing_if_told_so(self) -> None:
        rig = TurnedClock()
        speaker = SilentSpeaker(rig.now, keep=False, speed=8)
        speaker.open(VOICE_HZ)
        speaker.write(tone(2, VOICE_HZ))
        begun_s = rig.now()
        rig.later(0.1)
        assert speaker.played == pytest.approx(0.8 * VOICE_HZ, abs=1)
        assert speaker.time_of(VOICE_HZ // 2) == pytest.approx(begun_s + 0.5 / 8, abs=1e-6)
        assert speaker.flush() == pytest.approx(0.8 * VOICE_HZ, abs=1)
        assert not speaker.heard().size


@pytest.mark.e2e
class TestOnTheCard:
    """What only a device can show, judged by a recorder at the sink or a player at the source."""

    def test_a_written_tone_sounds_whole(self, card: VirtualDesktop) -> None:
        speaker = PortAudioSpeaker()
        speaker.open(VOICE_HZ)
        with card.listen() as recorder:
            begun_s = time.monotonic()
            speaker.write(tone(1, VOICE_HZ))
            wait_until(lambda: speaker.played == speaker.written, 5, "played")
            wait_until(lambda: time.monotonic() > begun_s + 1.5, 5, "sounded")
            sound = recorder.samples(begun_s)
        speaker.close()
        # By its energy, so that a gap on a busy machine does not count; and it is one tone all along.
        seconds = float(np.sum(np.square(sound, dtype=np.float64))) / (0.3**2 / 2) / CARD_RATE_HZ
        assert seconds == pytest.approx(1.0, abs=0.02)
        spectrum = np.abs(np.fft.rfft(sound))
        loudest_hz = int(spectrum.argmax()) * CARD_RATE_HZ / len(sound)
        assert loudest_hz == pytest.approx(440, abs=3)

    def test_a_flush_fades_instead_of_clicking(self, card: VirtualDesktop) -> None:
        speaker = PortAudioSpeaker()
        speaker.open(VOICE_HZ)
        with card.listen() as recorder:
            begun_s = time.monotonic()
            speaker.write(tone(5, VOICE_HZ))
            wait_until(lambda: speaker.played > VOICE_HZ // 2, 5, "half a second")
            speaker.flush()
            flushed_s = time.monotonic()
            wait_until(lambda: time.monotonic() > flushed_s + 0.5, 5, "silence")
            sound = recorder.samples(begun_s)
        speaker.close()
        assert recorder.silent_from(flushed_s) - flushed_s < 1, "5 s were queued"
        loud = np.flatnonzero(np.abs(sound) > 0.002)
        tail = sound[loud[-1] - 2400 : loud[-1] + 1200]
        steepest = 0.3 * 2 * np.pi * 440 / CARD_RATE_HZ
        assert np.abs(np.diff(tail)).max() < 1.5 * steepest

    def test_a_stalled_reader_loses_the_oldest_and_says_so(self, card: VirtualDesktop) -> None:
        microphone = PortAudioMicrophone(history_s=0.2)
        microphone.open()
        microphone.begin(0)
        begun_s = time.monotonic()
        wait_until(lambda: time.monotonic() > begun_s + 0.8, 5, "longer than the history")
        assert 0 < len(microphone.read()) <= 0.2 * EAR_RATE_HZ
        assert microphone.overruns == 1
        microphone.close()

    def test_a_device_is_found_by_name_and_a_lost_name_falls_back(self, card: VirtualDesktop) -> None:
        names = [device.name for device in devices.list_devices()]
        assert MICROPHONE in names
        assert SPEAKER in names
        speaker = PortAudioSpeaker(SPEAKER)
        speaker.open(VOICE_HZ)
        assert (speaker.name, speaker.fell_back) == (SPEAKER, False)
        speaker.close()
        microphone = PortAudioMicrophone("a microphone that was sold")
        microphone.open()
        assert (microphone.name, microphone.fell_back) == ("default", True)
        microphone.close()

    def test_looking_again_is_refused_while_a_stream_is_open(self, card: VirtualDesktop) -> None:
        microphone = PortAudioMicrophone()
        microphone.open()
        assert not devices.rescan()
        assert microphone.alive
        microphone.close()
        assert devices.rescan()

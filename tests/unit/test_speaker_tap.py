"""The tap on a speaker: what was heard, the silences in it, and when it fell silent."""

from collections.abc import Callable

import numpy as np
import pytest

from companion.engine.audio.base import Speaker
from companion.engine.audio.ring import PlaybackRing
from companion.engine.audio.virtual import SilentSpeaker
from companion.engine.samples import Float32Mono
from companion.speaker_tap import SpeakerTap, tapped

RATE = 20_000
BLOCK = 100  # 5 ms
FADE = 100


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Device(SilentSpeaker):
    """A device that takes blocks when its clock says so, and fades out as the real one does."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.clock = clock
        self.ring = PlaybackRing(RATE * 10, FADE, clock)

    @property
    def rate_hz(self) -> int:
        return RATE

    @property
    def written(self) -> int:
        return self.ring.written

    @property
    def played(self) -> int:
        return self.ring.played

    def write(self, samples: Float32Mono) -> int:
        return self.ring.write(samples)

    def expect_more(self, more: bool) -> None:
        self.ring.expect_more(more)

    def time_of(self, frame: int) -> float | None:
        found = self.ring.handed_out(frame)
        return None if found is None else found[0] + found[1] / RATE

    def flush(self) -> int:
        return self.ring.flush()

    def play(self, seconds: float, each: Callable[[], object] = lambda: None) -> None:
        """Let time pass block by block, and do `each` after every block, as the engine's tick would."""
        for _ in range(round(seconds * RATE / BLOCK)):
            self.ring.render(np.zeros(BLOCK, np.float32))
            self.clock.now_s += BLOCK / RATE
            each()


def sound(seconds: float, level: float = 0.5) -> Float32Mono:
    return np.full(round(seconds * RATE), level, np.float32)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def device(clock: Clock) -> Device:
    return Device(clock)


@pytest.fixture
def tap(device: Device, clock: Clock) -> SpeakerTap:
    return tapped(device, clock)[1]


def test_it_is_the_speaker_it_wraps(clock: Clock) -> None:
    inner = SilentSpeaker(clock)
    speaker, _ = tapped(inner, clock)
    speaker.open(RATE)
    speaker.cushion = 2
    assert (speaker.name, speaker.rate_hz, speaker.alive) == (inner.name, RATE, True)
    assert inner.cushion == 2
    assert speaker.write(sound(0.5)) == round(0.5 * RATE)
    clock.now_s += 0.25
    assert speaker.played == inner.played == round(0.25 * RATE)
    speaker.close()
    assert not speaker.alive


def test_nothing_played_is_nothing(tap: SpeakerTap) -> None:
    tap.flush()
    assert tap.take() is None


def test_speech_is_counted_from_its_first_audible_sample_to_its_last(tap: SpeakerTap, device: Device) -> None:
    for samples in (sound(0.2, 0.001), sound(1.0), sound(0.3, 0.0), sound(0.5), sound(0.4, 0.001)):
        tap.write(samples)
    device.play(3.0)
    played = tap.take()
    assert played is not None
    assert played.speech_s == pytest.approx(1.8, abs=0.011)
    assert played.pauses_s == pytest.approx((0.3,), abs=0.011)
    assert played.silent_s is None, "it was not cut"
    assert tap.take() is None, "and is forgotten"


def test_a_stop_inside_a_word_is_no_pause(tap: SpeakerTap) -> None:
    for samples in (sound(0.5), sound(0.06, 0.0), sound(0.5)):
        tap.write(samples)
    played = tap.take()
    assert played is not None
    assert played.pauses_s == ()


def test_running_dry_is_a_pause(tap: SpeakerTap, device: Device) -> None:
    tap.expect_more(True)
    tap.write(sound(0.5))
    device.play(0.9, lambda: tap.played)
    tap.write(sound(0.5))
    tap.expect_more(False)
    device.play(0.8, lambda: tap.played)
    played = tap.take()
    assert played is not None
    assert played.pauses_s == pytest.approx((0.4,), abs=0.011)
    assert played.speech_s == pytest.approx(1.4, abs=0.011)


def test_running_dry_in_a_silence_makes_it_longer(tap: SpeakerTap, device: Device) -> None:
    tap.expect_more(True)
    tap.write(np.concatenate((sound(0.5), sound(0.2, 0.0))))
    device.play(1.0, lambda: tap.played)
    tap.write(np.concatenate((sound(0.1, 0.0), sound(0.5))))
    played = tap.take()
    assert played is not None
    assert played.pauses_s == pytest.approx((0.6,), abs=0.011)


def test_the_end_of_a_reply_is_no_pause(tap: SpeakerTap, device: Device) -> None:
    tap.expect_more(True)
    tap.write(sound(0.5))
    tap.expect_more(False)
    device.play(2.0, lambda: tap.played)
    played = tap.take()
    assert played is not None
    assert played.pauses_s == ()
    assert played.speech_s == pytest.approx(0.5, abs=0.006)


@pytest.mark.parametrize("ticking", [True, False], ids=["while the engine ticks", "when it rests already"])
def test_silence_begins_behind_the_fade(tap: SpeakerTap, device: Device, clock: Clock, ticking: bool) -> None:
    tap.write(sound(5.0))
    device.play(1.0)
    pressed_s = clock.now_s
    assert tap.flush() == RATE
    tap.flush()  # the next turn's end flushes again
    device.play(0.3, (lambda: tap.played) if ticking else (lambda: None))
    played = tap.take()
    assert played is not None
    assert played.silent_s == pytest.approx(pressed_s + FADE / RATE, abs=2 / RATE)
    assert played.speech_s == pytest.approx(1.0, abs=0.006), "what was dropped was not heard"


def test_a_speaker_without_blocks_is_silent_at_once(clock: Clock) -> None:
    inner: Speaker = SilentSpeaker(clock)
    speaker, tap = tapped(inner, clock)
    speaker.open(RATE)
    speaker.write(sound(5.0))
    clock.now_s += 1.0
    speaker.flush()
    clock.now_s += 0.2
    played = tap.take()
    assert played is not None
    assert played.silent_s == pytest.approx(101.0, abs=2 / RATE)


def test_opening_again_forgets(tap: SpeakerTap) -> None:
    tap.write(sound(0.5))
    tap.open(RATE)
    assert tap.take() is None

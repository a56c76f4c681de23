"""Cables pulled and sound daemons lost: the microphone and the speaker notice, end in time, and come back.

What a lost device means for a turn is the engine's business; here only the devices are tried, in this process, on a
sound card of their own.
"""

import time
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from companion.engine.audio import devices
from companion.engine.audio.base import CUSHIONS
from companion.engine.audio.microphone import PortAudioMicrophone
from companion.engine.audio.speaker import PortAudioSpeaker
from companion.engine.errors import AudioDeviceError
from companion.engine.samples import EAR_RATE_HZ, Float32Mono
from tests.e2e.virtual_desktop import SPARE_SPEAKER, SPEAKER, VirtualDesktop, sound_card_missing, wait_until

pytestmark = pytest.mark.e2e

VOICE_HZ = 22_050
NOTICED_S = 5.0


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualDesktop]:
    if reason := sound_card_missing():
        pytest.skip(reason)
    with VirtualDesktop(display=False, spare_devices=True) as desktop:
        for name in ("PULSE_SERVER", "ALSA_CONFIG_PATH"):
            monkeypatch.setenv(name, desktop.env[name])
        assert devices.rescan()
        yield desktop


@pytest.fixture
def microphone(card: VirtualDesktop) -> Iterator[PortAudioMicrophone]:
    microphone = PortAudioMicrophone()
    microphone.open()
    yield microphone
    microphone.close()


@pytest.fixture
def speaker(card: VirtualDesktop) -> Iterator[PortAudioSpeaker]:
    speaker = PortAudioSpeaker()
    speaker.open(VOICE_HZ)
    yield speaker
    speaker.close()


def tone(seconds: float, rate_hz: int) -> Float32Mono:
    return (0.3 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate_hz)) / rate_hz)).astype(np.float32)


def wait_until_heard(card: VirtualDesktop, microphone: PortAudioMicrophone) -> None:
    microphone.begin(0)
    with card.say(tone(3, EAR_RATE_HZ), EAR_RATE_HZ):
        wait_until(lambda: np.abs(microphone.read()).max(initial=0) > 0.2, 5, "the tone is heard")
    microphone.end()


def wait_until_sounding(card: VirtualDesktop, speaker: PortAudioSpeaker, monitor: str = "speaker.monitor") -> None:
    with card.listen(monitor) as recorder:
        begun_s = time.monotonic()
        speaker.write(tone(0.5, speaker.rate_hz))
        recorder.audible_at(begun_s, 5)


def stays_alive(device: PortAudioMicrophone | PortAudioSpeaker, seconds: float) -> bool:
    due_s = time.monotonic() + seconds
    wait_until(lambda: not device.alive or time.monotonic() > due_s, seconds + 5, "watched")
    return device.alive


def test_a_microphone_that_stops_delivering_is_lost_and_comes_back(
    card: VirtualDesktop, microphone: PortAudioMicrophone
) -> None:
    wait_until_heard(card, microphone)
    microphone.begin(0.2)
    card.pactl("suspend-source", "mic", "1")
    wait_until(lambda: not microphone.alive, NOTICED_S, "the loss is noticed")
    microphone.read()
    microphone.close()
    card.pactl("suspend-source", "mic", "0")
    assert devices.rescan()
    microphone.open()
    assert stays_alive(microphone, 0.7)
    wait_until_heard(card, microphone)


def test_an_unplugged_microphone_is_replaced_and_comes_back(
    card: VirtualDesktop, microphone: PortAudioMicrophone
) -> None:
    wait_until_heard(card, microphone)
    card.unplug("microphone")
    # The daemon may hand the stream over to the spare one; if it does not, the loss must be noticed.
    if not stays_alive(microphone, 1):
        microphone.close()
        assert devices.rescan()
        card.pactl("set-default-source", "mic2")
        microphone.open()
    assert stays_alive(microphone, 0.7)
    microphone.close()
    card.plug("microphone")
    assert devices.rescan()
    microphone.open()
    wait_until_heard(card, microphone)


def test_an_unplugged_speaker_is_replaced_and_comes_back(card: VirtualDesktop, speaker: PortAudioSpeaker) -> None:
    wait_until_sounding(card, speaker)
    speaker.write(tone(3, VOICE_HZ))
    card.pactl("set-default-sink", "speaker2")
    card.unplug("speaker")
    if not stays_alive(speaker, 1):
        speaker.close()
        assert devices.rescan()
        speaker.open(VOICE_HZ)
    wait_until_sounding(card, speaker, "speaker2.monitor")
    speaker.close()
    card.plug("speaker")
    assert devices.rescan()
    speaker.open(VOICE_HZ)
    wait_until_sounding(card, speaker)


def test_a_chosen_speaker_that_is_gone_cannot_be_opened_until_it_is_back(card: VirtualDesktop) -> None:
    card.unplug("speaker")
    speaker = PortAudioSpeaker(SPEAKER)
    with pytest.raises(AudioDeviceError) as caught:
        speaker.open(VOICE_HZ)
    assert caught.value.code in ("speaker-missing", "speaker-failed")
    assert caught.value.hint
    assert not speaker.alive
    card.plug("speaker")
    speaker.open(VOICE_HZ)
    wait_until_sounding(card, speaker)
    speaker.close()


def test_each_cushion_is_longer_than_the_one_before(card: VirtualDesktop) -> None:
    speaker = PortAudioSpeaker()
    latencies_s = []
    for speaker.cushion in range(len(CUSHIONS)):
        speaker.open(VOICE_HZ)
        latencies_s.append(speaker.latency_s)
    speaker.close()
    assert latencies_s[0] < 0.015
    assert all(later > 1.5 * before for before, later in pairwise(latencies_s))


def test_the_spare_speaker_is_used_when_chosen(card: VirtualDesktop) -> None:
    speaker = PortAudioSpeaker(SPARE_SPEAKER)
    speaker.open(VOICE_HZ)
    wait_until_sounding(card, speaker, "speaker2.monitor")
    speaker.close()


def test_both_notice_a_killed_daemon_and_work_with_the_next(
    card: VirtualDesktop, microphone: PortAudioMicrophone, speaker: PortAudioSpeaker
) -> None:
    microphone.begin(0.2)
    speaker.write(tone(5, VOICE_HZ))
    card.kill_sound()
    wait_until(lambda: not microphone.alive and not speaker.alive, NOTICED_S, "the loss is noticed")
    microphone.read()
    speaker.flush()
    assert speaker.played == speaker.written
    for device in (microphone, speaker):
        begun_s = time.monotonic()
        device.close()
        assert time.monotonic() - begun_s < 3
    for reopen, kind in ((microphone.open, "microphone"), (lambda: speaker.open(VOICE_HZ), "speaker")):
        with pytest.raises(AudioDeviceError) as caught:
            reopen()
        assert caught.value.code == "audio-gone", kind
    card.start_sound()
    assert devices.rescan()
    microphone.open()
    speaker.open(VOICE_HZ)
    wait_until_heard(card, microphone)
    wait_until_sounding(card, speaker)


def test_a_late_callback_is_counted_in_sound_and_in_silence(card: VirtualDesktop, speaker: PortAudioSpeaker) -> None:
    def hold_up() -> None:
        card.freeze_sound(True)
        begun_s = time.monotonic()
        wait_until(lambda: time.monotonic() > begun_s + 0.2, 5, "shorter than a loss")
        card.freeze_sound(False)

    wait_until_sounding(card, speaker)
    wait_until(lambda: speaker.played == speaker.written, 5, "the tone has ended")
    stalls, xruns = speaker.stalls, speaker.xruns
    hold_up()
    wait_until(lambda: speaker.stalls > stalls, 5, "the stall is counted")
    assert speaker.xruns == xruns, "nobody heard it"
    speaker.write(tone(3, VOICE_HZ))
    wait_until(lambda: speaker.played > speaker.written - 2 * VOICE_HZ, 5, "a second of it")
    hold_up()
    wait_until(lambda: speaker.xruns > xruns, 5, "the xrun is counted")
    assert speaker.alive
    assert speaker.underruns == 0


def test_no_daemon_at_first(card: VirtualDesktop) -> None:
    card.kill_sound()
    devices.rescan()
    speaker = PortAudioSpeaker()
    with pytest.raises(AudioDeviceError) as caught:
        speaker.open(VOICE_HZ)
    assert caught.value.code == "audio-gone"
    card.start_sound()
    assert devices.rescan()
    speaker.open(VOICE_HZ)
    wait_until_sounding(card, speaker)
    speaker.close()


def test_a_daemon_that_hangs_holds_nobody_up(
    card: VirtualDesktop, microphone: PortAudioMicrophone, speaker: PortAudioSpeaker
) -> None:
    speaker.write(tone(5, VOICE_HZ))
    card.freeze_sound(True)
    wait_until(lambda: not microphone.alive and not speaker.alive, NOTICED_S, "the loss is noticed")
    begun_s = time.monotonic()
    microphone.close()
    speaker.close()
    with pytest.raises(AudioDeviceError, match="does not answer") as caught:
        speaker.open(VOICE_HZ)
    assert caught.value.code == "audio-failed"
    assert time.monotonic() - begun_s < 12
    card.freeze_sound(False)
    wait_until(devices.rescan, 10, "the streams are closed")
    microphone.open()
    speaker.open(VOICE_HZ)
    wait_until_heard(card, microphone)
    wait_until_sounding(card, speaker)

"""What there is of sound when an engine starts: no server, no device, one that another program holds, odd ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from companion.engine import sound
from companion.engine.config import AudioConfig
from companion.engine.events import AudioDeviceChanged, PlaybackAdvanced
from tests.e2e.sound_room import Room, config, hold_devices, list_anew, parts, room, use_card
from tests.e2e.virtual_desktop import VirtualDesktop, sound_card_missing, wait_until

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sound_card_missing() is not None, reason=str(sound_card_missing())),
]

BACK_S = 10.0


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualDesktop]:
    with VirtualDesktop(display=False) as card:
        use_card(card, monkeypatch)
        list_anew()
        yield card


def names(it: Room) -> set[str | None]:
    """Return the devices that were opened so far."""
    return {event.name for event in it.log.events if isinstance(event, AudioDeviceChanged)}


def test_no_sound_server_at_the_start_and_one_later(card: VirtualDesktop) -> None:
    card.kill_sound()
    try:
        with room(card, config(), parts()) as it:
            assert list(it.open_problems) == ["audio-gone"], "said once, not for each device"
            begin = it.ask()
            it.wait(PlaybackAdvanced, after=begin)
            card.start_sound()
            it.sounds_at(card.SPEAKER_MONITOR)
            wait_until(it.whole, BACK_S, "both are there")
    finally:
        if card._pulse is None:
            card.start_sound()


def test_devices_that_another_program_holds_are_told_and_taken_when_it_lets_go(
    card: VirtualDesktop, tmp_path: Path
) -> None:
    held = hold_devices(card, tmp_path)
    list_anew()
    with room(card, config(), parts()) as it:
        assert set(it.open_problems) == {"microphone-busy", "speaker-busy"}
        held.unlink()
        wait_until(it.whole, BACK_S, "both are there")


def test_a_chosen_device_that_is_missing_is_replaced(card: VirtualDesktop) -> None:
    with room(card, config(audio=AudioConfig(microphone="sold", speaker="sold too")), parts()) as it:
        assert it.whole()
        assert names(it) == {"default"}


def test_a_chosen_device_is_used_again_when_it_is_plugged_in(
    card: VirtualDesktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound, "LOOK_BACK_S", 1.0)
    monkeypatch.setattr(sound, "plugged_in", lambda: None)  # no card comes or goes here
    with room(card, config(audio=AudioConfig(speaker="headset")), parts()) as it:
        assert names(it) == {"default"}
        with Path(card.env["ALSA_CONFIG_PATH"]).open("a", encoding="utf-8") as alsa:
            alsa.write('pcm.headset { type pulse device "speaker" hint.show on }\n')
        wait_until(lambda: "headset" in names(it), BACK_S, "it is used")
        assert it.whole()

"""Devices that are missing, lost and found again, on virtual time."""

from collections.abc import Iterator

import numpy as np
import pytest

from companion.engine.audio.base import CUSHIONS
from companion.engine.audio.virtual import SilentSpeaker
from companion.engine.config import AudioConfig
from companion.engine.dryness import DRY_WINDOW_S
from companion.engine.events import AudioDeviceChanged, MicrophoneMuted, ProblemReported, ProblemResolved
from companion.engine.sound import (
    FIRST_RETRY_S,
    LAST_FREE_RETRY_S,
    LAST_RETRY_S,
    LOOK_BACK_S,
    PLUGGED_S,
    REST_S,
)
from tests.conftest import ExpectLog
from tests.unit.sound_desk import Desk


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.sound.close()


def test_both_devices_are_opened_and_named(desk: Desk) -> None:
    desk.sound.open(22_050)
    opened = [event for event in desk.events if isinstance(event, AudioDeviceChanged)]
    assert {event.kind for event in opened} == {"microphone", "speaker"}
    assert all(event.name for event in opened)


def test_a_missing_device_is_said_once_and_found_when_plugged_in(desk: Desk) -> None:
    desk.plugged = desk.known = {"speaker"}
    desk.sound.open(22_050)
    assert desk.codes(ProblemReported) == ["microphone-missing"]
    desk.pass_time(60)
    assert desk.codes(ProblemReported) == ["microphone-missing"], "not again at every try"
    desk.plugged.add("microphone")
    desk.pass_time(LAST_RETRY_S + 1)
    assert desk.codes(ProblemResolved) == ["microphone-missing"]
    assert desk.sound.microphone is not None


def test_attempts_become_rarer_where_they_cut_another_device_off(desk: Desk) -> None:
    desk.plugged = desk.known = {"speaker"}
    desk.sound.open(22_050)
    desk.pass_time(FIRST_RETRY_S + 0.2)
    assert desk.scans == 1
    desk.pass_time(120)
    assert desk.scans <= 4 + 120 / LAST_RETRY_S + 1


def test_with_no_device_at_all_one_that_comes_is_found_soon(desk: Desk) -> None:
    desk.plugged = desk.known = set()
    desk.sound.open(22_050)
    desk.pass_time(120)
    assert desk.scans <= 4 + 120 / LAST_FREE_RETRY_S + 1
    desk.plugged = {"microphone", "speaker"}
    desk.pass_time(LAST_FREE_RETRY_S + 0.2)
    assert len(desk.codes(ProblemResolved)) == 2


def test_a_lost_microphone_is_noticed_and_comes_back(desk: Desk) -> None:
    desk.sound.open(22_050)
    desk.plugged.discard("microphone")
    desk.sound.poll(idle=False, capturing=True)
    assert desk.sound.microphone is None
    assert desk.sound.microphone_problem is not None
    assert desk.codes(ProblemReported) == ["microphone-lost"]
    desk.plugged.add("microphone")
    desk.pass_time(10)
    assert desk.codes(ProblemResolved)[-1] == desk.codes(ProblemReported)[-1]
    assert desk.sound.microphone is not None


def test_a_sound_system_that_hangs_is_tried_again(desk: Desk) -> None:
    desk.sound.open(22_050)
    desk.hangs = True
    desk.plugged.clear()
    desk.sound.reopen(AudioConfig())
    assert sorted(desk.codes(ProblemReported)) == ["microphone-missing", "speaker-missing"]
    desk.pass_time(30)
    assert desk.scans > 2
    desk.hangs = False
    desk.plugged |= {"microphone", "speaker"}
    desk.pass_time(LAST_RETRY_S + 1)
    assert len(desk.codes(ProblemResolved)) == 2


def test_no_device_is_looked_for_while_the_user_speaks(desk: Desk) -> None:
    desk.sound.open(22_050)
    desk.plugged.discard("speaker")
    desk.pass_time(30, idle=False, capturing=True)
    assert desk.scans == 0


def test_without_a_speaker_sound_goes_to_a_silent_one(desk: Desk) -> None:
    desk.plugged = desk.known = {"microphone"}
    desk.sound.open(22_050)
    assert desk.sound.speaker.write(np.ones(100, np.float32)) == 100


def test_a_microphone_looked_for_between_turns_does_not_stay_open() -> None:
    desk = Desk()
    desk.plugged.discard("microphone")
    desk.sound.reopen(AudioConfig(keep_microphone_open=False))
    assert not desk.sound.open_microphone()
    desk.plugged.add("microphone")
    desk.pass_time(LAST_RETRY_S + 1)
    assert desk.codes(ProblemResolved) == ["microphone-missing"]
    assert desk.sound.microphone is None
    desk.sound.close()


def test_one_speaker_is_closed_before_the_next_is_opened(desk: Desk) -> None:
    desk.sound.open(22_050)
    first = desk.sound.speaker
    open_before: list[bool] = []

    class Next(SilentSpeaker):
        def open(self, rate_hz: int) -> None:
            open_before.append(bool(first.room()))
            super().open(rate_hz)

    desk.sound._make_speaker = lambda _: Next(desk.clock)
    desk.sound.open(16_000)
    assert open_before == [False]


def test_another_voice_opens_the_speaker_anew_and_leaves_the_microphone(desk: Desk) -> None:
    desk.sound.open(22_050)
    microphone, speaker = desk.sound.microphone, desk.sound.speaker
    desk.sound.open(16_000)
    assert desk.sound.microphone is microphone
    assert desk.sound.speaker is not speaker


class TestAChosenDeviceThatIsGone:
    """Its place is taken by the default until it is back."""

    @pytest.fixture
    def replaced(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
        self.cards: str | None = None
        monkeypatch.setattr("companion.engine.sound.plugged_in", lambda: self.cards)
        desk.sound.reopen(AudioConfig(speaker="headset"))
        desk.pass_time(REST_S + 0.2)
        desk.scans = 0
        return desk

    def test_it_is_looked_for_when_a_card_was_plugged_in_and_not_before(self, replaced: Desk) -> None:
        self.cards = "onboard"
        replaced.pass_time(PLUGGED_S + 1)
        replaced.scans = 0
        replaced.pass_time(3 * LOOK_BACK_S)
        assert replaced.scans == 0, "what sounds in its place is not cut off for nothing"
        self.cards = "onboard, headset"
        replaced.pass_time(PLUGGED_S + 1)
        assert replaced.scans == 1

    def test_it_is_looked_for_now_and_then_where_nothing_tells(self, replaced: Desk) -> None:
        replaced.pass_time(3 * LOOK_BACK_S + 1)
        assert replaced.scans in (2, 3)

    def test_never_in_a_turn(self, replaced: Desk) -> None:
        replaced.pass_time(3 * LOOK_BACK_S, idle=False)
        assert replaced.scans == 0

    def test_once_it_is_back_nothing_is_looked_for(self, replaced: Desk) -> None:
        replaced.sound.speaker.name = "headset"  # type: ignore[misc]
        replaced.pass_time(3 * LOOK_BACK_S)
        assert replaced.scans == 0


def test_a_closed_microphone_is_opened_for_the_turn_only() -> None:
    desk = Desk()
    desk.sound.reopen(AudioConfig(keep_microphone_open=False))
    assert desk.opened == 0
    assert desk.sound.open_microphone()
    assert desk.sound.open_microphone()
    assert desk.opened == 1
    desk.sound.release_microphone()
    assert desk.sound.microphone is None
    desk.sound.close()


@pytest.fixture
def calm(desk: Desk) -> Desk:
    """Both devices open, and no turn yet."""
    desk.sound.open(22_050)
    desk.pass_time(1)
    return desk


def test_a_speaker_that_runs_dry_gets_the_next_larger_buffer_between_turns(calm: Desk) -> None:
    calm.pass_time(1, idle=False)
    calm.stalls, calm.xruns = 2, 2
    calm.pass_time(5, idle=False)
    assert calm.sound.speaker.cushion == 0, "never in mid-turn"
    calm.pass_time(REST_S - 0.2)
    assert calm.sound.speaker.cushion == 0, "the end of the reply is heard first"
    calm.pass_time(0.4)
    assert calm.sound.speaker.cushion == 1
    changed = [event for event in calm.events if isinstance(event, AudioDeviceChanged)][-1]
    assert changed.latency_s == CUSHIONS[1].latency_s


def test_one_dry_spell_is_chance_and_two_within_minutes_are_not(calm: Desk) -> None:
    calm.turn(xruns=1)
    assert calm.sound.speaker.cushion == 0
    calm.pass_time(DRY_WINDOW_S)
    calm.turn(xruns=1)
    assert calm.sound.speaker.cushion == 0
    calm.turn(xruns=1)
    assert calm.sound.speaker.cushion == 1


def test_the_smallest_buffer_is_tried_on_silence_and_the_others_on_sound(calm: Desk) -> None:
    calm.turn(stalls=2)
    assert calm.sound.speaker.cushion == 1, "before a word was spoilt"
    calm.turn(stalls=20)
    assert calm.sound.speaker.cushion == 1
    calm.turn(xruns=2)
    assert calm.sound.speaker.cushion == 2


def test_what_happens_between_turns_or_while_loading_is_no_measure(desk: Desk) -> None:
    desk.sound.open(22_050)
    desk.turn(stalls=5)
    assert desk.sound.speaker.cushion == 0, "models were loading: no turn has been before"
    desk.stalls += 5
    desk.pass_time(5)
    assert desk.sound.speaker.cushion == 0


def test_the_ladder_ends(calm: Desk) -> None:
    for _ in range(2 * len(CUSHIONS)):
        calm.turn(xruns=3)
    opened = [event for event in calm.events if isinstance(event, AudioDeviceChanged) and event.kind == "speaker"]
    assert calm.sound.speaker.cushion == len(CUSHIONS) - 1
    assert len(opened) == len(CUSHIONS)


def test_a_device_keeps_its_buffer_for_the_session_and_another_begins_with_the_smallest(calm: Desk) -> None:
    calm.turn(xruns=2)
    calm.plugged.discard("speaker")
    calm.pass_time(1)
    calm.plugged.add("speaker")
    calm.pass_time(LAST_RETRY_S + 1)
    assert calm.sound.speaker.cushion == 1
    calm.sound.reopen(AudioConfig(speaker="another"))
    assert calm.sound.speaker.cushion == 0
    calm.sound.reopen(AudioConfig())
    assert calm.sound.speaker.cushion == 1


def test_a_surprise_in_opening_is_a_device_that_is_missing_and_tried_again(desk: Desk, expect_log: ExpectLog) -> None:
    expect_log("opening the speaker: ZeroDivisionError")
    make = desk.sound._make_speaker

    class Odd(SilentSpeaker):
        def open(self, rate_hz: int) -> None:
            raise ZeroDivisionError

    desk.sound._make_speaker = lambda _: Odd(desk.clock)
    desk.sound.open(22_050)
    assert desk.codes(ProblemReported) == ["speaker-failed"]
    desk.sound._make_speaker = make
    desk.pass_time(LAST_RETRY_S + 1)
    assert desk.codes(ProblemResolved) == ["speaker-failed"]


def test_attempts_become_rarer_whatever_a_try_ends_in(desk: Desk, expect_log: ExpectLog) -> None:
    expect_log("listing the devices: ZeroDivisionError")
    desk.plugged = desk.known = set()
    desk.sound.open(22_050)
    tries = 0

    def surprise() -> None:
        nonlocal tries
        tries += 1
        raise ZeroDivisionError

    desk.sound._rescan = surprise
    desk.pass_time(50)
    assert 1 < tries < 25


# -- muted


def test_a_muted_microphone_is_closed_and_opened_by_nothing_but_the_user(desk: Desk) -> None:
    desk.sound.open(22_050)
    desk.events.clear()
    desk.sound.mute(True)
    opened = desk.opened
    assert not desk.sound.open_microphone()
    desk.sound.reopen(AudioConfig())
    desk.now_s += 100
    desk.sound.poll(idle=True)
    assert (desk.opened, desk.sound.microphone) == (opened, None)
    problem = desk.sound.microphone_problem
    assert problem is not None
    assert problem.code == "microphone-muted"
    assert not [event for event in desk.events if isinstance(event, ProblemReported)]

    desk.sound.mute(False)
    assert desk.opened == opened + 1
    assert [event.on for event in desk.events if isinstance(event, MicrophoneMuted)] == [True, False]


def test_muting_takes_the_complaint_about_a_missing_microphone_away(desk: Desk) -> None:
    desk.plugged.discard("microphone")
    desk.sound.open(22_050)
    scans = desk.scans
    desk.sound.mute(True)
    assert isinstance(desk.events[-2], ProblemResolved)
    for _ in range(10):
        desk.now_s += LAST_RETRY_S
        desk.sound.poll(idle=True)
    assert desk.scans == scans, "nobody looks for a microphone that nobody wants"
    desk.sound.mute(False)
    assert [type(event) for event in desk.events[-3:]] == [AudioDeviceChanged, ProblemReported, MicrophoneMuted]


def test_a_microphone_muted_before_the_models_are_loaded_is_never_opened(desk: Desk) -> None:
    desk.sound.mute(True)
    desk.sound.open(22_050)
    assert desk.opened == 0


def test_a_microphone_that_is_only_open_in_a_turn_stays_closed_when_unmuted() -> None:
    desk = Desk()
    desk.sound.reopen(AudioConfig(keep_microphone_open=False))
    desk.sound.mute(True)
    desk.sound.mute(False)
    assert desk.opened == 0
    desk.sound.close()

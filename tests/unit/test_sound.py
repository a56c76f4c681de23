"""Devices that are missing, lost and found again, on virtual time."""

from collections.abc import Iterator
from contextlib import suppress

import numpy as np
import pytest

from companion.engine.audio.base import CUSHIONS
from companion.engine.audio.virtual import RecordedMicrophone, SilentSpeaker
from companion.engine.config import AudioConfig
from companion.engine.errors import AudioDeviceError
from companion.engine.events import AudioDeviceChanged, Event, MicrophoneMuted, ProblemReported, ProblemResolved
from companion.engine.sound import DRY_WINDOW_S, FIRST_RETRY_S, LAST_RETRY_S, REST_S, Sound
from tests.conftest import ExpectLog


class Desk:
    """A microphone and a loudspeaker with cables to pull, and a clock."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.plugged = {"microphone", "speaker"}
        self.known = set(self.plugged)
        """What the sound system listed at its last scan."""
        self.scans = 0
        self.hangs = False
        self.opened = 0
        self.stalls = self.xruns = 0
        """What the speaker counts, since it was opened."""
        self.events: list[Event] = []
        desk = self

        class Microphone(RecordedMicrophone):
            def open(self) -> None:
                desk.opened += 1
                if "microphone" not in desk.plugged & desk.known:
                    raise AudioDeviceError("microphone-missing", "None.")

            @property
            def alive(self) -> bool:  # type: ignore[override]
                return "microphone" in desk.plugged

        class Speaker(SilentSpeaker):
            def open(self, rate_hz: int) -> None:
                if "speaker" not in desk.plugged & desk.known:
                    raise AudioDeviceError("speaker-missing", "None.")
                desk.stalls = desk.xruns = 0
                super().open(rate_hz)

            @property
            def latency_s(self) -> float:  # type: ignore[override]
                return CUSHIONS[self.cushion].latency_s

            @property
            def stalls(self) -> int:  # type: ignore[override]
                return desk.stalls

            @property
            def xruns(self) -> int:  # type: ignore[override]
                return desk.xruns

            @property
            def alive(self) -> bool:
                return "speaker" in desk.plugged

        self.sound = Sound(
            AudioConfig(),
            make_microphone=lambda _: Microphone(np.zeros(0, np.float32), self.clock),
            make_speaker=lambda _: Speaker(self.clock),
            rescan=self.scan,
            publish=self.events.append,
            clock=self.clock,
        )

    def clock(self) -> float:
        return self.now_s

    def scan(self) -> None:
        self.scans += 1
        if self.hangs:
            raise AudioDeviceError("audio-failed", "The sound system does not answer.")
        self.known = set(self.plugged)

    def pass_time(self, seconds: float, *, idle: bool = True) -> None:
        end = self.now_s + seconds
        while self.now_s < end:
            self.now_s += 0.1
            self.sound.poll(idle=idle)

    def turn(self, *, stalls: int = 0, xruns: int = 0) -> None:
        """A turn with this many dry spells, and the rest behind it."""
        self.pass_time(1, idle=False)
        self.stalls += stalls + xruns
        self.xruns += xruns
        self.pass_time(1, idle=False)
        self.pass_time(REST_S + 0.2)

    def codes(self, kind: type[ProblemReported | ProblemResolved]) -> list[str]:
        return [
            event.error.code if isinstance(event, ProblemReported) else event.code
            for event in self.events
            if isinstance(event, kind) and isinstance(event, ProblemReported | ProblemResolved)
        ]


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


def test_attempts_become_rarer(desk: Desk) -> None:
    desk.plugged = desk.known = set()
    desk.sound.open(22_050)
    desk.pass_time(FIRST_RETRY_S + 0.2)
    assert desk.scans == 1
    desk.pass_time(120)
    assert desk.scans <= 4 + 120 / LAST_RETRY_S + 1


def test_a_lost_microphone_is_noticed_and_comes_back(desk: Desk) -> None:
    desk.sound.open(22_050)
    desk.plugged.discard("microphone")
    assert not desk.sound.poll(idle=False)
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


def test_no_device_is_looked_for_in_mid_turn(desk: Desk) -> None:
    desk.sound.open(22_050)
    desk.plugged.discard("speaker")
    desk.pass_time(30, idle=False)
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

    def make(_: AudioConfig) -> SilentSpeaker:
        open_before.append(bool(first.room()))
        return SilentSpeaker(desk.clock)

    desk.sound._make_speaker = make
    desk.sound.open(16_000)
    assert open_before == [False]


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


def test_attempts_become_rarer_whatever_a_try_ends_in(desk: Desk) -> None:
    desk.plugged = desk.known = set()
    desk.sound.open(22_050)
    tries = 0

    def surprise() -> None:
        nonlocal tries
        tries += 1
        raise ZeroDivisionError

    desk.sound._rescan = surprise
    for _ in range(100):
        with suppress(ZeroDivisionError):
            desk.pass_time(0.5)
    assert 1 < tries < 8


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

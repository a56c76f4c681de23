"""A microphone and a loudspeaker with cables to pull, for the unit tests of `Sound`. One thread's."""

import numpy as np

from companion.engine.audio.base import CUSHIONS
from companion.engine.audio.virtual import RecordedMicrophone, SilentSpeaker
from companion.engine.config import AudioConfig
from companion.engine.errors import AudioDeviceError
from companion.engine.events import Event, ProblemReported, ProblemResolved
from companion.engine.sound import REST_S, Sound


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

    def pass_time(self, seconds: float, *, idle: bool = True, capturing: bool = False) -> None:
        end = self.now_s + seconds
        while self.now_s < end:
            self.now_s += 0.1
            self.sound.poll(idle=idle, capturing=capturing)

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

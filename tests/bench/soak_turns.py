"""A day of talking, run through in half an hour: `python -m tests.bench.soak_turns [--turns 1000]`.

The whole program with its window on Qt's offscreen platform, its history, its real models and its engine; only the
devices are exchanged: a question's recording arrives at once instead of in real time, and the loudspeaker plays eight
times as fast. Every tenth reply is cut off, every twentieth question typed. After each turn it counts
what a leak would show in: memory, threads, open files. `soak_report.py` judges and draws it. Thread: main; the
questions are asked by one of their own.
"""

import argparse
import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING
from unittest.mock import patch

from companion.engine.threads import prepare_environment

prepare_environment()  # before anything imports NumPy or a native library

import numpy as np  # noqa: E402

from companion.engine.audio.virtual import RecordedMicrophone, SilentSpeaker  # noqa: E402
from companion.engine.events import (  # noqa: E402
    EngineFailed,
    EngineReady,
    EngineState,
    EngineStateChanged,
    Event,
    PlaybackStarted,
    TurnCompleted,
    TurnInterrupted,
)
from companion.engine.parts import Parts, real_parts  # noqa: E402
from companion.headless import TURN_ENDS, TurnEnd  # noqa: E402
from companion.recording import spoken_questions  # noqa: E402
from tests.bench import soak_report  # noqa: E402
from tests.bench.soak_report import Sample  # noqa: E402

if TYPE_CHECKING:
    from companion.ui.bridge import EngineBridge

HOLD_S = 0.4
"""The key stays down this long: more than a tap, enough to detect the pause behind the recording."""
SPEED = 8.0
"""Times as fast as people listen."""
CUT = 10
"""Every so many replies one is cut off, `LISTEN_S` after its beginning."""
LISTEN_S = 0.15
TYPED = 20
"""Every so many questions one is typed."""
TIMEOUT_S = 60.0

TYPED_QUESTIONS = ("What is the capital of France?", "Name a colour of the rainbow.", "How many legs has a spider?")


def count_self() -> tuple[float, int, int]:
    """Return this process's resident memory in MB, its native threads and its open files. Linux only."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    resident_mb = pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    return resident_mb, len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd"))  # noqa: PTH208


def _answer_ms(end: TurnEnd | None) -> float | None:
    """Return the time from the beginning of the draft to its first sound; None for a typed or lost turn."""
    metrics = end.metrics if isinstance(end, TurnCompleted | TurnInterrupted) else None
    if metrics is None or metrics.first_sound_s is None or metrics.draft_s is None:
        return None
    return round((metrics.first_sound_s - metrics.draft_s) * 1000, 1)


class Day:
    """Asks the questions of a day, one after the other, as somebody at the keyboard would.

    Args:
        bridge: The running program's.
        microphone: What its engine was given.
    """

    def __init__(self, bridge: "EngineBridge", microphone: RecordedMicrophone) -> None:
        self._bridge = bridge
        self._microphone = microphone
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._questions = spoken_questions()
        self.samples: list[Sample] = []
        self._begun_s = 0.0

    def receive(self, event: Event) -> None:
        """Take an event. Thread: GUI."""
        self._events.put(event)

    def live(self, turns: int, say: Callable[[str], None]) -> None:
        """Ask `turns` questions. Thread: its own."""
        if not isinstance(self._wait(EngineReady, EngineFailed), EngineReady):
            say("The models could not be loaded.")
            return
        self._begun_s = monotonic()
        for number in range(1, turns + 1):
            end = self._turn(number)
            resident_mb, threads, files = count_self()
            self.samples.append(
                Sample(
                    turn=number,
                    at_s=round(monotonic() - self._begun_s, 1),
                    outcome=type(end).__name__ if end else "lost",
                    answer_ms=_answer_ms(end),
                    resident_mb=round(resident_mb, 1),
                    threads=threads,
                    files=files,
                )
            )
            if number % 50 == 0:
                say(f"  {number} turns, {self.samples[-1].at_s:.0f} s, {resident_mb:.0f} MB")

    def _turn(self, number: int) -> TurnEnd | None:
        self._forget()
        typed = number % TYPED == 0
        if typed:
            self._bridge.send_text(TYPED_QUESTIONS[number // TYPED % len(TYPED_QUESTIONS)])
        else:
            question = self._questions[number % len(self._questions)]
            self._microphone.load(np.concatenate((np.zeros(4_800, np.float32), question.samples)))
            self._bridge.press(monotonic())
            self._pause(HOLD_S)
            self._bridge.release(monotonic())
        first = self._wait(PlaybackStarted, *TURN_ENDS)
        if isinstance(first, PlaybackStarted):
            if number % CUT == CUT // 2:
                self._pause(LISTEN_S)
                self._bridge.stop()
            first = self._wait(*TURN_ENDS)
        self._wait_idle()
        return first if isinstance(first, TURN_ENDS) else None

    def _forget(self) -> None:
        while not self._events.empty():
            self._events.get_nowait()

    def _wait(self, *kinds: type[Event]) -> Event | None:
        """Return the next event of one of `kinds`; None if none comes in time."""
        deadline = monotonic() + TIMEOUT_S
        while (left := deadline - monotonic()) > 0:
            try:
                event = self._events.get(timeout=left)
            except Empty:
                break
            if isinstance(event, kinds):
                return event
        return None

    def _wait_idle(self) -> None:
        """Wait until the turn's last event has come; it may have come already."""
        deadline = monotonic() + 0.5
        while (left := deadline - monotonic()) > 0:
            try:
                event = self._events.get(timeout=left)
            except Empty:
                return
            if isinstance(event, EngineStateChanged) and event.new is EngineState.IDLE:
                return

    @staticmethod
    def _pause(seconds: float) -> None:
        threading.Event().wait(seconds)


def run(
    home: Path, turns: int, say: Callable[[str], None], also: Callable[[Event], None] = lambda _: None
) -> list[Sample]:
    """Run the program in this process through `turns` turns, and return what was counted.

    Args:
        home: Where it keeps its files.
        turns: How many questions are asked.
        say: Takes a line now and then.
        also: Hears every event, too, on the GUI thread.
    """
    os.environ.update(COMPANION_HOME=str(home), XDG_RUNTIME_DIR=str(home), QT_QPA_PLATFORM="offscreen")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        os.environ.pop(name, None)
    from PySide6.QtCore import QTimer

    from companion import app

    microphone = RecordedMicrophone(np.zeros(0, np.float32), monotonic, real_time=False)
    days: list[Day] = []
    asking: list[threading.Thread] = []
    start = app.Program.start

    def start_asking(program: app.Program, *, hidden: bool = False) -> None:
        day = Day(program._bridge, microphone)
        days.append(day)
        program._bridge.event_received.connect(day.receive)
        program._bridge.event_received.connect(also)
        thread = threading.Thread(target=day.live, args=(turns, say), name="asking")
        asking.append(thread)
        ended = QTimer(program, interval=200)
        ended.timeout.connect(lambda: None if thread.is_alive() else program._window.quit())
        start(program, hidden=hidden)
        thread.start()
        ended.start()

    with (
        patch.object(app, "real_parts", lambda: without_devices(microphone)),
        patch.object(app.Program, "start", start_asking),
    ):
        app.run()
    for thread in asking:
        thread.join()
    return days[0].samples if days else []


def without_devices(microphone: RecordedMicrophone) -> Parts:
    """Return the real parts but for the devices."""
    return replace(
        real_parts(),
        microphone=lambda _: microphone,
        speaker=lambda _: SilentSpeaker(monotonic, keep=False, speed=SPEED),
        rescan=lambda: None,
    )


def main() -> int:
    """Run the day, write what was counted, judge it; 1 if something leaked, slowed down or was lost."""
    parser = argparse.ArgumentParser(prog="soak_turns", description="A thousand turns on end.")
    parser.add_argument("--turns", type=int, default=1000)
    parser.add_argument("--folder", type=Path, default=Path("build") / "soak", help="where the report is written")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        samples = run(Path(home), options.turns, _say)
    options.folder.mkdir(parents=True, exist_ok=True)
    rows = ",\n".join(json.dumps(asdict(sample)) for sample in samples)
    (options.folder / "soak.json").write_text(f"[\n{rows}\n]\n", encoding="utf-8")
    verdicts = soak_report.judge(samples, options.turns)
    (options.folder / "soak.svg").write_text(soak_report.svg(samples), encoding="utf-8")
    for verdict in verdicts:
        _say(verdict.line)
    return 0 if all(verdict.kept for verdict in verdicts) else 1


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

"""The real program on the virtual desktop: started, driven by real keys, ended."""

import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from companion.engine.samples import EAR_RATE_HZ, Float32Mono
from tests.e2e.virtual_desktop import VirtualDesktop, wait_until
from tests.e2e.virtual_sound import Recorder

READY_S = 60.0
REPLY_S = 30.0
QUIET_S = 0.7
"""Longer than any pause inside a reply."""
COMPANION = Path(sys.executable).with_name("companion")


class Program:
    """A running `companion` and what it printed.

    Args:
        desktop: Where it runs.
        arguments: Of the command.
        extra: Variables besides the desktop's.
        within: A command that runs it and becomes it, such as `unshare`.
    """

    def __init__(
        self,
        desktop: VirtualDesktop,
        *arguments: str,
        extra: Mapping[str, str] | None = None,
        within: Sequence[str] = (),
    ) -> None:
        self.desktop = desktop
        env = {**desktop.env, **(extra or {})}
        self.process = subprocess.Popen(
            [*within, COMPANION, *arguments], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.output: list[str] = []
        self._reader = threading.Thread(target=self._read, name="program output")
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as pipe:
            for line in pipe:
                self._lines.put(line.rstrip())

    def wait_for_line(self, pattern: str, timeout_s: float = READY_S) -> str:
        """Wait for a line of output that matches and return it."""
        deadline_s = monotonic() + timeout_s
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline_s - monotonic()))
            except queue.Empty:
                raise TimeoutError(f"no {pattern!r} in {self.output}") from None
            self.output.append(line)
            if re.search(pattern, line):
                return line

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another `companion` command on the same desktop."""
        return subprocess.run(
            [COMPANION, *arguments], env=self.desktop.env, capture_output=True, text=True, timeout=30, check=False
        )

    def end(self) -> int:
        """Close it as a session manager would and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait_end()

    def wait_end(self, timeout_s: float = 10.0) -> int:
        """Wait for it to end by itself and return its exit code."""
        code = self.process.wait(timeout_s)
        self._reader.join(5)
        while not self._lines.empty():
            self.output.append(self._lines.get())
        return code

    def kill(self) -> None:
        """End it whatever it does. Idempotent."""
        if self.process.poll() is None:
            self.process.kill()
        self.wait_end()


@contextmanager
def program(desktop: VirtualDesktop) -> Iterator[Program]:
    """Run the window program until it is ready, and end it behind the test."""
    running = Program(desktop)
    try:
        running.wait_for_line("ready in")
        yield running
    finally:
        running.kill()


def speak(desktop: VirtualDesktop, samples: Float32Mono, voiced_end_s: float, release_after_s: float = 0.2) -> float:
    """Hold the hotkey, play `samples` into the microphone, let go after the voice, and return when that was."""
    desktop.xdotool("keydown", "ctrl", "space")
    with desktop.say(samples, EAR_RATE_HZ):
        _pause(0.1 + voiced_end_s + release_after_s)  # the player needs about 0.1 s to start
        desktop.xdotool("keyup", "space", "ctrl")
        return monotonic()


def audible(recorder: Recorder, since_s: float, timeout_s: float = REPLY_S) -> float:
    """Return when the loudspeaker was first heard."""
    return recorder.audible_at(since_s, timeout_s)


def hush(desktop: VirtualDesktop, recorder: Recorder) -> None:
    """Tap the hotkey, which stops any reply, and wait until it is quiet."""
    desktop.xdotool("keydown", "ctrl", "space", "keyup", "space", "ctrl")
    begun_s = monotonic()
    wait_until(lambda: monotonic() - recorder.silent_from(begun_s) > QUIET_S, 10, "it is quiet")


def _pause(seconds: float) -> None:
    """Let a real recording play."""
    threading.Event().wait(seconds)

"""Playing into the virtual sound card and recording from it, in real time and with dated samples."""

import subprocess
import threading
import time
from typing import Self

import numpy as np

from companion.engine.samples import AUDIBLE_PEAK, Float32Mono

CARD_RATE_HZ = 48_000
"""Rate of every virtual device."""

_RECORDER_BLOCK = CARD_RATE_HZ // 200


class Player:
    """Plays samples into a sink in real time; a context manager that stops it."""

    def __init__(self, env: dict[str, str], samples: Float32Mono, rate_hz: int, sink: str) -> None:
        self._process = subprocess.Popen(
            [
                *("pacat", "--playback", f"--device={sink}", "--raw", "--format=float32le"),
                *(f"--rate={rate_hz}", "--channels=1", "--latency-msec=20"),
            ],
            env=env,
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._feeder = threading.Thread(target=self._feed, args=(samples.astype("<f4").tobytes(),), name="player")
        self._feeder.start()

    def _feed(self, raw: bytes) -> None:
        assert self._process.stdin is not None
        try:
            with self._process.stdin as pipe:
                pipe.write(raw)
        except BrokenPipeError:
            pass  # stopped before its end

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait(self, timeout_s: float) -> None:
        """Wait until everything was played."""
        self._process.wait(timeout_s)
        self._feeder.join(timeout_s)

    def stop(self) -> None:
        """Stop playing now. Idempotent."""
        self._process.terminate()
        self._process.wait(5)
        self._feeder.join(5)


class Recorder:
    """Records one source and dates every sample on `time.monotonic`; a context manager that stops it.

    Dates follow the sample clock, anchored at the earliest arrival seen, so that the scheduling of this process does
    not move them. What remains is the recorder's own constant delay (`--latency-msec=5` and a pipe: 5 to 15 ms).
    """

    def __init__(self, env: dict[str, str], source: str) -> None:
        self._changed = threading.Condition()
        self._blocks: list[Float32Mono] = []
        self._frames = 0
        self._origin_s = float("inf")
        self._process = subprocess.Popen(
            [
                *("parec", f"--device={source}", "--raw", "--format=float32le"),
                *(f"--rate={CARD_RATE_HZ}", "--channels=1", "--latency-msec=5"),
            ],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._thread = threading.Thread(target=self._run, name="recorder")
        self._thread.start()
        with self._changed:
            if not self._changed.wait_for(lambda: self._frames > 0, 10):
                raise TimeoutError(f"nothing arrived from {source}")

    def _run(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None
        with pipe:
            while len(data := pipe.read(4 * _RECORDER_BLOCK)) == 4 * _RECORDER_BLOCK:
                block = np.frombuffer(data, "<f4").astype(np.float32)
                with self._changed:
                    self._blocks.append(block)
                    self._frames += len(block)
                    self._origin_s = min(self._origin_s, time.monotonic() - self._frames / CARD_RATE_HZ)
                    self._changed.notify_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop recording. Idempotent."""
        self._process.terminate()
        self._process.wait(5)
        self._thread.join(5)

    def samples(self, since_s: float = 0.0) -> Float32Mono:
        """Return what sounded since the monotonic time `since_s`, at `CARD_RATE_HZ`."""
        with self._changed:
            return self._since(since_s)[0]

    def audible_at(self, since_s: float, timeout_s: float, peak: float = AUDIBLE_PEAK) -> float:
        """Wait for a sample above `peak` at or after `since_s` and return its monotonic time.

        Raises:
            TimeoutError: it stayed silent for `timeout_s`.
        """
        deadline_s = time.monotonic() + timeout_s
        with self._changed:
            while True:
                samples, start_s = self._since(since_s)
                loud = np.flatnonzero(np.abs(samples) > peak)
                if loud.size:
                    return start_s + int(loud[0]) / CARD_RATE_HZ
                if not self._changed.wait(max(0.0, deadline_s - time.monotonic())):
                    raise TimeoutError(f"silent for {timeout_s:g} s")

    def silent_from(self, since_s: float, peak: float = AUDIBLE_PEAK) -> float:
        """Return when the last sample above `peak` at or after `since_s` sounded; `since_s` if there is none."""
        with self._changed:
            samples, start_s = self._since(since_s)
        loud = np.flatnonzero(np.abs(samples) > peak)
        return start_s + int(loud[-1]) / CARD_RATE_HZ if loud.size else since_s

    def _since(self, since_s: float) -> tuple[Float32Mono, float]:
        everything = self._joined()
        first = min(len(everything), max(0, round((since_s - self._origin_s) * CARD_RATE_HZ)))
        return everything[first:], self._origin_s + first / CARD_RATE_HZ

    def _joined(self) -> Float32Mono:
        if len(self._blocks) > 1:
            self._blocks[:] = [np.concatenate(self._blocks)]
        return self._blocks[0]

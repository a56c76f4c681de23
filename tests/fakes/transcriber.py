"""A transcriber and a voice detector whose answers are known beforehand. As the protocols say; no model, no clock."""

import threading
from collections.abc import Mapping, Sequence

import numpy as np

from companion.engine.cancel import CancelToken
from companion.engine.errors import CompanionError
from companion.engine.messages import Placement, Transcript
from companion.engine.samples import EAR_RATE_HZ, Float32Mono


class FakeTranscriber:
    """Hears one word of its script for each `seconds_per_word` of sound that is not silence.

    Thread: as `Transcriber`. So a longer stretch of the same utterance has more of the same words, as with a real
    one, whatever the blocks it arrived in.

    Args:
        script: the words of one utterance.
        seconds_per_word: sound per word.
        level: amplitude from which a sample is sound.
        failures: errors to raise, by the number of the call, the first call being 0.
        gate: if given, each call waits for it (5 s at most) before it answers; for tests of the order of things.
    """

    def __init__(
        self,
        script: str | Sequence[str] = "what is the time",
        *,
        seconds_per_word: float = 0.25,
        level: float = 0.05,
        failures: Mapping[int, CompanionError] | None = None,
        gate: threading.Event | None = None,
    ) -> None:
        self._words = script.split() if isinstance(script, str) else list(script)
        self._frames_per_word = max(1, int(seconds_per_word * EAR_RATE_HZ))
        self._level = level
        self._failures = dict(failures or {})
        self._gate = gate
        self.calls: list[tuple[int, bool]] = []
        """Samples and `quick` of each call."""
        self.loaded = False

    def load(self) -> Placement:
        self.loaded = True
        return Placement(device="cpu")

    def transcribe(self, samples: Float32Mono, *, quick: bool, cancel: CancelToken) -> Transcript:
        assert self.loaded, "transcribe before load"
        number = len(self.calls)
        self.calls.append((samples.size, quick))
        if self._gate is not None:
            self._gate.wait(5)
        if cancel.cancelled:
            return Transcript(text="")
        if number in self._failures:
            raise self._failures[number]
        heard = self._words[: round(int((np.abs(samples) >= self._level).sum()) / self._frames_per_word)]
        return Transcript(text=" ".join(heard))

    def close(self) -> None:
        self.loaded = False


class FakeVoiceDetector:
    """Hears speech in every frame whose loudest sample reaches `level`."""

    def __init__(self, level: float = 0.05) -> None:
        self._level = level
        self.resets = 0

    def load(self) -> Placement:
        return Placement(device="cpu")

    def reset(self) -> None:
        self.resets += 1

    def process(self, frame: Float32Mono) -> float:
        return 0.98 if float(np.abs(frame).max(initial=0.0)) >= self._level else 0.02

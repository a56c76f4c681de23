"""What the user said in one turn, as sound: captured samples, where the voice is, and what is transcribed for good.

Thread: engine.
"""

from collections.abc import Iterator

import numpy as np

from companion.engine.config import TurnConfig
from companion.engine.samples import EAR_RATE_HZ, VAD_FRAME, Float32Mono
from companion.engine.signals import VoiceHeard
from companion.engine.stt.base import VoiceDetector
from companion.engine.stt.faint import faint_voice
from companion.engine.stt.voice import VoiceActivity

_NOTHING: Float32Mono = np.zeros(0, np.float32)


class Utterance:
    """Grows while the key is held.

    Args:
        detector: loaded; reset here.
        config: pause length.
    """

    def __init__(self, detector: VoiceDetector, config: TurnConfig) -> None:
        self._detector = detector
        self._voice = VoiceActivity(config.pause_s)
        self._samples = np.zeros(30 * EAR_RATE_HZ, np.float32)
        self._length = 0
        self._settled = 0
        """Samples transcribed for good."""
        self._settled_before: list[int] = []
        """What `_settled` was before each part."""
        self._faint = _NOTHING
        detector.reset()

    @property
    def seconds(self) -> float:
        """Length of the captured sound."""
        return self._length / EAR_RATE_HZ

    @property
    def silence_s(self) -> float:
        """Time since the last voiced sample, to the last sample captured."""
        return (self._length - self._voice.voiced_end) / EAR_RATE_HZ

    @property
    def voicing(self) -> bool:
        """Whether voice is heard right now."""
        return self._voice.voicing

    def feed(self, samples: Float32Mono) -> Iterator[VoiceHeard]:
        """Append captured samples and yield the news about the voice after each whole VAD frame.

        Act on each before asking for the next: `rest` and `settle` see the utterance up to that frame.
        """
        self._append(samples)
        while self._length - self._voice.position >= VAD_FRAME:
            begin = self._voice.position
            frame = self._samples[begin : begin + VAD_FRAME]
            kind = self._voice.update(self._detector.process(frame))
            yield VoiceHeard(
                kind=kind,
                voiced_s=self._voice.voiced_s,
                silence_s=(self._voice.position - self._voice.voiced_end) / EAR_RATE_HZ,
                settle=self._cut_point() is not None,
            )

    def rest(self) -> Float32Mono:
        """Return a copy of what is not settled yet, cut to the voice with a margin. Empty if there is no voice.

        Where no voice was heard at all a faint one is looked for; see `companion.engine.stt.faint`.
        """
        if self._voice.voiced_s == 0:
            self._faint = faint_voice(self._detector, self._samples[: self._length])
            return self._faint.copy()
        span = self._voice.speech_span(self._settled)
        return self._samples[span[0] : span[1]].copy() if span else _NOTHING

    def spoken(self) -> Float32Mono:
        """Return a copy of all that was said, settled or not, cut to the voice with a margin."""
        span = self._voice.speech_span()
        return self._samples[span[0] : span[1]].copy() if span else self._faint.copy()

    def settle(self) -> Float32Mono:
        """Return a copy of the past part of a long utterance, to be transcribed for good; `rest` starts behind it."""
        cut = self._cut_point()
        if cut is None:
            return _NOTHING
        span = self._voice.speech_span(self._settled, cut)
        self._settled_before.append(self._settled)
        self._settled = cut
        return self._samples[span[0] : span[1]].copy() if span else _NOTHING

    def unsettle(self, parts: int) -> None:
        """The last `parts` that `settle` gave could not be transcribed: they belong to `rest` again."""
        self._settled = self._settled_before[-parts]
        del self._settled_before[-parts:]

    def _cut_point(self) -> int | None:
        return self._voice.cut_point(self._samples[: self._voice.position], self._settled)

    def _append(self, samples: Float32Mono) -> None:
        needed = self._length + len(samples)
        if needed > len(self._samples):
            grown = np.zeros(max(needed, 2 * len(self._samples)), np.float32)
            grown[: self._length] = self._samples[: self._length]
            self._samples = grown
        self._samples[self._length : needed] = samples
        self._length = needed

"""A voice for tests: a tone per word, instantly, and failures on request."""

from collections.abc import Collection, Iterator

import numpy as np

from companion.engine.config import TtsConfig
from companion.engine.errors import CompanionError, SynthesisError
from companion.engine.messages import Placement
from companion.engine.samples import Float32Mono
from companion.engine.tts.trim import Trimmer, pause_after

WORD_S = 0.2
PITCH_HZ = 220.0


class FakeSynthesizer:
    """Says each word as `WORD_S` of a tone, a part at a time, and then the pause that its last mark asks for.

    Args:
        rate_hz: sample rate.
        load_error: raised by `load`.
        fails_on: texts on which `stream` raises SynthesisError before its first part.
        breaks_on: texts on which it does so after its first part.
    """

    def __init__(
        self,
        rate_hz: int = 22_050,
        *,
        load_error: CompanionError | None = None,
        fails_on: Collection[str] = (),
        breaks_on: Collection[str] = (),
    ) -> None:
        self._rate_hz = rate_hz
        self._load_error = load_error
        self._fails_on = fails_on
        self._breaks_on = breaks_on
        self._loaded = False
        self.spoken: list[str] = []
        """Every text it was given, in order."""
        self.words_made = 0
        """Words whose sound was computed."""
        self.tuned: list[TtsConfig] = []
        """What it was tuned to since it was made, in order."""
        self.closed = False

    @property
    def rate_hz(self) -> int:
        return self._rate_hz if self._loaded else 0

    @property
    def language(self) -> str:
        return "en" if self._loaded else ""

    def load(self) -> Placement:
        if self._load_error is not None:
            raise self._load_error
        self._loaded = True
        return Placement(device="cpu")

    @property
    def joins(self) -> bool:
        return False

    def stream(self, text: str, *, behind: str = "", ahead: str = "") -> Iterator[Float32Mono]:
        self.spoken.append(text)
        if not self._loaded or text in self._fails_on:
            raise SynthesisError("synthesis-failed", "The fake voice was told to fail.")
        edges = Trimmer(self._rate_hz, pause_after(text))
        seconds = np.arange(round(WORD_S * self._rate_hz)) / self._rate_hz
        tone = (0.5 * np.sin(2 * np.pi * PITCH_HZ * seconds)).astype(np.float32)
        for word in text.split():
            if any(character.isalnum() for character in word):
                self.words_made += 1
                yield edges.feed(tone)
                if text in self._breaks_on:
                    raise SynthesisError("synthesis-failed", "The fake voice was told to break off.")
        if (end := edges.finish()).size:
            yield end

    def retune(self, config: TtsConfig) -> None:
        self.tuned.append(config)

    def close(self) -> None:
        self._loaded = False
        self.closed = True

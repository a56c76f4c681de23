"""What is heard of the user: the voice detector, and the utterance under way.

The detector is exchanged when another model file is chosen or the last attempt failed. Thread: engine.
"""

from collections.abc import Callable
from math import inf

import numpy as np

from companion.engine.audio.base import Microphone
from companion.engine.config import EngineConfig
from companion.engine.errors import CompanionError, ModelLoadError
from companion.engine.messages import TranscriptionKind
from companion.engine.samples import Float32Mono
from companion.engine.stt.base import VoiceDetector
from companion.engine.surprise import log_surprise
from companion.engine.utterance import Utterance


class Hearing:
    """Owns the detector and the utterance.

    Args:
        make: makes a detector, not yet loaded.
    """

    def __init__(self, make: Callable[[EngineConfig], VoiceDetector]) -> None:
        self._make = make
        self._loaded: VoiceDetector | None = None
        self._config: EngineConfig | None = None
        self._microphone: Microphone | None = None
        self._pre_roll_s = 0.0
        self._ended_s = 0.0
        self._peak = 0.0
        self.utterance: Utterance | None = None
        """What the user said in this turn so far; None if nothing was heard in it yet, or it is typed."""

    def begin(self, microphone: Microphone | None, config: EngineConfig, now_s: float, *, resume: bool) -> None:
        """Hear an utterance, or go on with the one that `end` broke off.

        Either way it begins a pre-roll ago: people begin to speak with the key, not behind it. But nothing is heard
        twice. A microphone that is only being opened is None, and begins with the first `hear` that has it.
        """
        self._pre_roll_s = config.audio.pre_roll_s
        if not resume or self.utterance is None:
            assert self._loaded
            self.utterance = Utterance(self._loaded, config.turn)
            self._ended_s = -inf
            self._peak = 0.0
        self._microphone = None
        self._listen_with(microphone, now_s)

    def hear(self, microphone: Microphone | None, now_s: float) -> Float32Mono:
        """Return what was said since the last time; another microphone takes over where the one before was lost."""
        if self.utterance is None:
            return np.zeros(0, np.float32)
        self._listen_with(microphone, now_s)
        samples = microphone.read() if microphone is not None else np.zeros(0, np.float32)
        self._peak = max(self._peak, float(np.abs(samples).max(initial=0)))
        return samples

    def end(self, now_s: float) -> None:
        """Hear no more."""
        self._ended_s = now_s
        if self._microphone is not None:
            self._microphone.end()

    @property
    def silence(self) -> str:
        """Why no voice was heard, as `TurnEmpty` has it: what a microphone gives is never zero all along."""
        if self.utterance is None or self.utterance.seconds == 0:
            return "not-ready"
        return "silence" if self._peak > 0 else "no-sound"

    def _listen_with(self, microphone: Microphone | None, now_s: float) -> None:
        if microphone is self._microphone:
            return
        if self._microphone is not None:
            self._ended_s = now_s
        self._microphone = microphone
        if microphone is not None:
            microphone.begin(min(self._pre_roll_s, now_s - self._ended_s))

    def words(self, kind: TranscriptionKind) -> Float32Mono:
        """Return a copy of the sound to be transcribed: the past of a long utterance, or what is not settled yet."""
        assert self.utterance
        return self.utterance.settle() if kind == "settled" else self.utterance.rest()

    @property
    def found(self) -> VoiceDetector | None:
        """The loaded one, if there is one."""
        return self._loaded

    def to_load(self, config: EngineConfig) -> bool:
        """Return whether `load` would load anything."""
        return self._config is None or self._config.stt.vad_model != config.stt.vad_model

    def load(self, config: EngineConfig) -> CompanionError | None:
        """Load the detector of `config` unless that is the loaded one; returns why it could not be."""
        if not self.to_load(config):
            return None
        self._config = None
        detector = self._make(config)
        try:
            detector.load()
        except CompanionError as error:
            return error
        except Exception as error:  # noqa: BLE001 - whatever a library raises means that this part is missing
            log_surprise("loading vad", error)
            return ModelLoadError(
                "model-load-failed",
                f"The vad model could not be loaded ({type(error).__name__}).",
                hint="Run: companion models verify",
            )
        self._loaded, self._config = detector, config
        return None

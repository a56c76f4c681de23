"""What is heard of the user: the voice detector, and the utterance under way.

The detector is exchanged when another model file is chosen or the last attempt failed. Thread: engine.
"""

from collections.abc import Callable

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
        self._ended_s = 0.0
        self.utterance: Utterance | None = None
        """What the user said in this turn so far; None if nothing was heard in it yet, or it is typed."""

    def begin(self, microphone: Microphone, config: EngineConfig, now_s: float, *, resume: bool) -> None:
        """Hear an utterance, or go on with the one that `end` broke off.

        Either way it begins a pre-roll ago: people begin to speak with the key, not behind it. But nothing is heard
        twice.
        """
        pre_roll_s = config.audio.pre_roll_s
        if resume and self.utterance is not None:
            microphone.begin(min(pre_roll_s, now_s - self._ended_s))
            return
        assert self._loaded
        self.utterance = Utterance(self._loaded, config.turn)
        microphone.begin(pre_roll_s)

    def end(self, microphone: Microphone, now_s: float) -> None:
        """Hear no more."""
        self._ended_s = now_s
        microphone.end()

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

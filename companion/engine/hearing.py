"""The voice detector: loaded, and exchanged when another model file is chosen or the last attempt failed.

Thread: engine.
"""

from collections.abc import Callable

from companion.engine.config import EngineConfig
from companion.engine.errors import CompanionError, ModelLoadError
from companion.engine.stt.base import VoiceDetector
from companion.engine.surprise import log_surprise


class Hearing:
    """Owns the detector.

    Args:
        make: makes one, not yet loaded.
    """

    def __init__(self, make: Callable[[EngineConfig], VoiceDetector]) -> None:
        self._make = make
        self._loaded: VoiceDetector | None = None
        self._config: EngineConfig | None = None

    @property
    def detector(self) -> VoiceDetector:
        """The loaded one."""
        assert self._loaded
        return self._loaded

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

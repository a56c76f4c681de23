"""What the engine needs of speech to text and of voice detection."""

from typing import Protocol

from companion.engine.cancel import CancelToken
from companion.engine.messages import Placement, Transcript
from companion.engine.samples import Float32Mono


class Transcriber(Protocol):
    """Turns one stretch of speech into words. Owned by the `stt` worker thread after construction."""

    def load(self) -> Placement:
        """Load the model and run it once on its real shapes, so that the first call is like every other.

        Raises:
            ModelMissingError: a file is not there.
            ModelLoadError: the library refused the files, or ran out of memory.
        """
        ...

    def transcribe(self, samples: Float32Mono, *, quick: bool, cancel: CancelToken) -> Transcript:
        """Return the words in `samples`.

        Args:
            samples: at `EAR_RATE_HZ`, at most 28 s; not modified.
            quick: True for a partial: fewer hypotheses, no second pass on a longer window.
            cancel: polled between passes; a cancelled call returns an empty transcript.

        Raises:
            TranscriptionError: the library failed on this audio (code "transcription-failed").
        """
        ...

    def close(self) -> None:
        """Free the model. Idempotent."""
        ...


class VoiceDetector(Protocol):
    """Streaming voice activity detection, one 32 ms frame at a time. Owned by the engine thread."""

    def load(self) -> Placement:
        """Load the model and run it once. Raises like `Transcriber.load`."""
        ...

    def reset(self) -> None:
        """Forget the past: a new utterance begins."""
        ...

    def process(self, frame: Float32Mono) -> float:
        """Return the probability that `frame` (`VAD_FRAME` samples at `EAR_RATE_HZ`) is speech. Well under 1 ms."""
        ...

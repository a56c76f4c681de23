"""What the engine needs of a voice."""

from typing import Protocol

from companion.engine.messages import Placement
from companion.engine.samples import Float32Mono


class Synthesizer(Protocol):
    """Speaks one clause at a time. Owned by the `tts` worker thread after construction."""

    @property
    def rate_hz(self) -> int:
        """Sample rate of the voice; known after `load`."""
        ...

    def load(self) -> Placement:
        """Load the voice and speak a short and a long clause, so that the first call is like every other.

        Raises:
            ModelMissingError: the voice or its .json is not there.
            ModelLoadError: the library refused the files.
        """
        ...

    def synthesize(self, text: str) -> Float32Mono:
        """Return the sound of `text` at `rate_hz`, leading silence trimmed, faded in over a few ms.

        An empty result means that there is nothing to say (e.g. only punctuation).

        Raises:
            SynthesisError: the library failed on this text (code "synthesis-failed").
        """
        ...

    def close(self) -> None:
        """Free the voice. Idempotent."""
        ...

"""What the engine needs of a voice."""

from collections.abc import Iterator
from typing import Protocol

from companion.engine.config import TtsConfig
from companion.engine.messages import Placement
from companion.engine.samples import Float32Mono


class Synthesizer(Protocol):
    """Speaks one clause at a time. Owned by the `tts` worker thread after construction."""

    @property
    def rate_hz(self) -> int:
        """Sample rate of the voice; known after `load`."""
        ...

    @property
    def language(self) -> str:
        """Language code of the voice, e.g. "en", for `speakable`; known after `load`."""
        ...

    @property
    def joins(self) -> bool:
        """Whether it can say one breath in two clauses, see `stream`; known after `load`."""
        ...

    def load(self) -> Placement:
        """Load the voice and speak a short and a long clause, so that the first call is like every other.

        Raises:
            ModelMissingError: the voice or its .json is not there.
            ModelLoadError: the library refused the files.
        """
        ...

    def stream(self, text: str, *, behind: str = "", ahead: str = "") -> Iterator[Float32Mono]:
        """Yield the sound of `text` at `rate_hz` part by part, each as soon as it is made.

        The parts follow each other without a seam. Leading silence is trimmed, the first part is faded in over a few
        ms, and the last ends in the pause that belongs behind the text. No part is empty; no parts at all means that
        there is nothing to say (e.g. only punctuation). To stop early, ask for no more.

        A voice that `joins` speaks `text` as it sounds behind the words `behind` and before the words `ahead`: where
        these are given the sound goes on in one breath, without a pause or a fade.

        Raises:
            SynthesisError: the library failed on this text (code "synthesis-failed"); parts may have come before.
        """
        ...

    def retune(self, config: TtsConfig) -> None:
        """Speak at the speed of `config` from the next clause on; the rest of it is what was loaded."""
        ...

    def close(self) -> None:
        """Free the voice. Idempotent."""
        ...

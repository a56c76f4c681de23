"""Whether there is memory for a context before llama.cpp asks for it. Thread: llm; no state."""

import mmap
from pathlib import Path

from companion.engine.errors import ModelLoadError


def has_room(size: int) -> bool:
    """Return whether so many bytes can be had now: llama.cpp ends the whole process where a small piece is refused."""
    try:
        mmap.mmap(-1, size).close()
    except (OSError, OverflowError):
        return False
    return True


def no_memory(file: Path) -> ModelLoadError:
    """Return the problem of a model that does not fit."""
    return ModelLoadError(
        "model-out-of-memory",
        f"There is not enough memory for {file.name}.",
        hint="Choose a smaller model or a shorter context in the settings, or close other programs.",
    )

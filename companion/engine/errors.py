"""Every error the engine raises or reports.

    CompanionError
    ├── AudioDeviceError     microphone or speaker: missing, busy, lost
    ├── ModelMissingError    a model file is absent or does not match the manifest
    ├── ModelLoadError       a model file is there but its library refused it
    ├── TranscriptionError   speech to text failed on one utterance
    ├── GenerationError      the language model failed on one reply
    ├── SynthesisError       the voice failed on one clause
    ├── SettingsError        a setting is out of range
    └── DownloadError        a model could not be fetched (raised in the download process only)

`code` is stable: tests, translations and the window's banner key on it. `message` says what happened and
`hint` what to do next, each one sentence for a person.
"""


class CompanionError(Exception):
    """An error with a stable code and a sentence that says what to do.

    Args:
        code: Stable, lower-case, hyphenated, e.g. "microphone-lost".
        message: What happened, one sentence.
        hint: What the person can do next, one sentence; empty if nothing.
        permanent: True if trying again without a change cannot help.
    """

    def __init__(self, code: str, message: str, *, hint: str = "", permanent: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.permanent = permanent

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class AudioDeviceError(CompanionError):
    """The microphone or the speaker is missing, busy or lost."""


class ModelMissingError(CompanionError):
    """A model file is absent or does not match the manifest."""


class ModelLoadError(CompanionError):
    """A model file is there but its library refused it."""


class TranscriptionError(CompanionError):
    """Speech to text failed on one utterance."""


class GenerationError(CompanionError):
    """The language model failed on one reply."""


class ModelBrokenError(GenerationError):
    """The library of the language model cannot go on: no memory, or a device that is gone. It is loaded again."""


class SynthesisError(CompanionError):
    """The voice failed on one clause."""


class SettingsError(CompanionError):
    """A setting is unknown or out of range."""


class DownloadError(CompanionError):
    """A model could not be fetched."""


def out_of_memory(name: str) -> ModelLoadError:
    """Return the error for the model called `name`, for which there is not enough memory ("model-out-of-memory")."""
    return ModelLoadError(
        "model-out-of-memory",
        f"There is not enough memory for {name}.",
        hint="Choose a smaller model in the settings, or close other programs.",
    )


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether a library failed for want of memory: Python's own error, or the words of a C++ one."""
    words = str(error).lower()
    return isinstance(error, MemoryError) or any(
        sign in words for sign in ("bad_alloc", "allocate", "out of memory", "not enough memory")
    )

"""Notices a stage that hangs: it has work, and shows no sign of life. Pure; engine thread.

A native call cannot be ended from outside, and a thread not be killed. What can be done is to leave the stage to itself
and load another in its place (`Stages.replace`); this only decides when.
"""

from collections.abc import Iterable
from typing import Protocol

from companion.engine.errors import CompanionError, GenerationError, SynthesisError, TranscriptionError
from companion.engine.messages import Role

LIMIT_S = 60.0
"""Silence of a stage that has work, from which it hangs. Signs of life come with every token, clause, batch of prompt
tokens and transcription; the longest native call between two of them, 512 prompt tokens of a model with 8 billion
parameters on a processor that is busy with something else, takes half of it."""

LOOK_S = 1.0
"""The most that counts between two looks: while the program was stopped or the machine asleep nobody could work."""


class Watched(Protocol):
    """What a watchdog sees of a worker."""

    role: Role

    @property
    def busy(self) -> bool:
        """Whether there is a job under way."""
        ...

    @property
    def life(self) -> object:
        """Another value each time the worker gets on."""
        ...

    @property
    def broken(self) -> CompanionError | None:
        """Why its model cannot go on; None if it can."""
        ...


class Watchdog:
    """Looks at the workers, again and again.

    Args:
        limit_s: Silence from which a stage hangs.
    """

    def __init__(self, limit_s: float = LIMIT_S) -> None:
        self._limit_s = limit_s
        self._looked_s: float | None = None
        self._silent: dict[Role, tuple[object, float]] = {}
        """Last sign of life of each busy stage, and the seconds since."""

    def look(self, workers: Iterable[Watched], now_s: float) -> tuple[Role, CompanionError] | None:
        """Return the stage that has to be exchanged, if any, and what the user is told.

        A stage that hangs is named once, and watched anew from then on.
        """
        passed_s = 0.0 if self._looked_s is None else min(now_s - self._looked_s, LOOK_S)
        self._looked_s = now_s
        for worker in workers:
            if worker.broken:
                return worker.role, worker.broken
            life, silent_s = self._silent.pop(worker.role, (None, 0.0))
            if not worker.busy:
                continue
            silent_s = silent_s + passed_s if life == worker.life else 0.0
            if silent_s >= self._limit_s:
                return worker.role, hanging(worker.role)
            self._silent[worker.role] = (worker.life, silent_s)
        return None


EXCHANGED = ("stt-hangs", "llm-hangs", "tts-hangs", "llm-broken")
"""Codes of what the user is told of a stage that is exchanged; over when everything is ready again."""


def hanging(role: Role) -> CompanionError:
    """Return what the user is told of a stage that hangs and is exchanged."""
    hint = "Ask again in a moment; the conversation is kept. If it happens again, restart Companion."
    match role:
        case Role.LLM:
            return GenerationError("llm-hangs", "The language model stopped answering and is loaded again.", hint=hint)
        case Role.TTS:
            return SynthesisError("tts-hangs", "The voice stopped answering and is loaded again.", hint=hint)
        case _:
            return TranscriptionError(
                "stt-hangs", "Speech recognition stopped answering and is loaded again.", hint=hint
            )

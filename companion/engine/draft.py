"""One attempt at a reply: its words as they are written, its clauses as they are spoken, held back until the commit.

Thread: engine. Pure: what to do comes back as effects.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from companion.engine.effects import Effect, Mark, Play, Synthesize
from companion.engine.messages import Clause, ClauseSynthesized, DraftId, FinishReason, GenerationStats
from companion.engine.metrics import Moment
from companion.engine.samples import Float32Mono
from companion.engine.sentences import ClauseSplitter

HELD_CLAUSES = 2
"""Clauses synthesised ahead for a draft that may still be dropped."""

MAX_AHEAD_S = 10.0
"""Seconds of sound kept ready ahead of the speaker; more would be work for nothing when the user interrupts."""

_NOTHING: Float32Mono = np.zeros(0, np.float32)


@dataclass(slots=True)
class Draft:
    """A reply in the making.

    Args:
        id: whose work this is.
        splitter: cuts the reply into clauses.
        voiced_s: voice that its transcript covers.
    """

    id: DraftId
    splitter: ClauseSplitter
    voiced_s: float = 0.0
    user_text: str | None = None
    """The transcript; None until it is there, empty if there were no words."""
    reply: str = ""
    finish: FinishReason | None = None
    stats: GenerationStats | None = None
    committed: bool = False
    guessed: bool = False
    """Whether `user_text` is a guess, while the transcript is being made."""
    reached: list[Mark] = field(default_factory=list)
    """The moments of the reply so far."""
    _waiting: deque[Clause] = field(default_factory=deque)
    _synthesizing: Clause | None = None
    _held: list[ClauseSynthesized] = field(default_factory=list)
    """Sound made before the commit; the last clause in it may still lack parts."""
    _sounded: bool = False

    @property
    def can_sound(self) -> bool:
        """Whether there is sound to begin with, or never will be."""
        return bool(self._held) or self.finish is not None

    @property
    def spoken_out(self) -> bool:
        """Whether every clause was handed on as sound."""
        return self.finish is not None and not self._waiting and self._synthesizing is None

    def write(self, text: str, at_s: float) -> list[Effect]:
        """The model wrote `text`."""
        effects: list[Effect] = [] if self.reply else [self._mark("first_token", at_s)]
        self.reply += text
        return [*effects, *self._queue(self.splitter.feed(text), at_s)]

    def finish_writing(self, reason: FinishReason, at_s: float) -> list[Effect]:
        """The model wrote its last word."""
        self.finish = reason
        return self._queue(self.splitter.finish(), at_s)

    def next_clause(self, ahead_s: float) -> list[Effect]:
        """Have the next clause spoken, unless one is, or enough is ready: `ahead_s` seconds at the speaker."""
        if not self._waiting or self._synthesizing is not None or ahead_s > MAX_AHEAD_S:
            return []
        if sum(sound.last for sound in self._held) >= HELD_CLAUSES:
            return []
        self._synthesizing = self._waiting.popleft()
        return [Synthesize(draft=self.id, clause=self._synthesizing)]

    def sound(self, sound: ClauseSynthesized) -> list[Effect]:
        """A part of a clause was spoken into memory: play it, or hold it until the commit."""
        effects: list[Effect] = [] if self._sounded else [self._mark("first_sound", sound.at_s)]
        self._sounded = True
        if sound.last:
            self._synthesizing = None
        if self.committed:
            return [*effects, Play(sound=sound)]
        self._held.append(sound)
        return effects

    def skip_clause(self, at_s: float) -> list[Effect]:
        """The clause being spoken failed: it stays on the screen, the voice goes on with the next."""
        if self._synthesizing is None:
            return []
        clause = self._synthesizing
        return self.sound(ClauseSynthesized(draft=self.id, clause=clause, samples=_NOTHING, rate_hz=1, at_s=at_s))

    def commit(self) -> list[Effect]:
        """Nothing can change any more: let it sound."""
        self.committed = True
        effects: list[Effect] = [Play(sound=sound) for sound in self._held]
        self._held.clear()
        return effects

    def _mark(self, moment: Moment, at_s: float) -> Mark:
        self.reached.append(Mark(moment=moment, at_s=at_s))
        return self.reached[-1]

    def _queue(self, clauses: Iterable[Clause], at_s: float) -> list[Effect]:
        effects: list[Effect] = []
        for clause in clauses:
            if clause.index == 0:
                effects.append(self._mark("first_clause", at_s))
            self._waiting.append(clause)
        return effects

"""Whether a speaker's buffer is too small for this machine (ADR 0084). Thread: engine."""

from collections import deque

from companion.engine.audio.base import Speaker

DRY_WINDOW_S = 300.0
"""Running dry once in this time is chance (the machine had something else to do); twice is a buffer too small."""


class Dryness:
    """How often one speaker ran dry in the turns of late.

    Between turns nothing counts: a window that is painted or a model that loads is no measure of a reply. In a turn the
    first buffer is judged by its silence too (while the user speaks, say), so that most machines that need a larger one
    have it before a word is spoilt; a larger one is judged only by what was heard.
    """

    def __init__(self) -> None:
        self._seen: int | None = None
        self._in_turn = False
        self._turns: deque[tuple[float, int]] = deque()

    def watch(self, speaker: Speaker, now_s: float, *, idle: bool) -> None:
        """Look at the speaker's counters; to be called between turns and in them."""
        count = speaker.stalls if speaker.cushion == 0 else speaker.xruns
        if idle:
            if self._in_turn and self._seen is not None and count > self._seen:
                self._turns.append((now_s, count - self._seen))
            self._seen = count
            while self._turns and now_s - self._turns[0][0] > DRY_WINDOW_S:
                self._turns.popleft()
        self._in_turn = not idle

    @property
    def too_often(self) -> bool:
        """Whether a larger buffer is called for."""
        return sum(count for _, count in self._turns) >= 2

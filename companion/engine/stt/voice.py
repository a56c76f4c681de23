"""Where the user's voice begins, pauses and goes on, and where a long utterance can be cut.

Pure: probabilities in, sample positions out. No clock, no library; owned by the engine thread.
"""

from typing import Literal, TypeAlias

import numpy as np

from companion.engine.samples import EAR_RATE_HZ, VAD_FRAME, Float32Mono

THRESHOLD = 0.5
"""Probability from which a frame is voice (silero-vad's default).

Silero-vad lets voice go on down to 0.35. A pause is then seen 21 ms later, and all that does is to begin a draft, which
a wrong one does not spoil: a fifth more of them begin.
"""

START_FRAMES = 3
"""Frames (96 ms) that must hold before the first voice counts: keys and clicks are shorter, "two" is not."""

RESUME_FRAMES = 2
"""Frames (64 ms) that must hold before voice after a pause counts; a dropped draft costs less than a lost word."""

LEAD_S = 1.0
TAIL_S = 0.3
"""Sound kept before the first and behind the last voiced frame: soft onsets, breath and final consonants.

A lead of 0.5 s instead of 0.3 saved Whisper one error in twenty; a longer tail none.
"""

SETTLE_S = 15.0
"""From this much unsettled speech on, everything before the last good pause is settled."""

SETTLE_PAUSE_S = 0.3
"""Shortest pause that a long utterance is cut in; shorter ones are stops inside words."""

LONGEST_S = 26.0
"""Unsettled speech is cut here even without a pause: Whisper hears 30 s at most."""

CUT_SEARCH_S = 4.0
"""How far back the quietest place is looked for when there is no pause."""

VoiceChange: TypeAlias = Literal["started", "paused"]


class VoiceActivity:
    """Follows one utterance, one VAD frame after the other.

    Thread: engine. Positions are sample indices in the utterance: frame `n` covers `n * VAD_FRAME` up to, not
    including, `(n + 1) * VAD_FRAME`.

    Args:
        pause_s: unvoiced time after voice from which `paused` is reported (`TurnConfig.pause_s`).
        threshold: probability from which a frame is voice.
    """

    def __init__(self, pause_s: float, threshold: float = THRESHOLD) -> None:
        self._threshold = threshold
        self._pause_frames = max(1, round(pause_s * EAR_RATE_HZ / VAD_FRAME))
        self.reset()

    def reset(self) -> None:
        """Forget everything: a new utterance begins at position 0."""
        self._voiced = bytearray()
        self._candidate = 0
        self._inside = False
        self._paused = False
        self._first: int | None = None
        self._last = -1

    def update(self, probability: float) -> VoiceChange | None:
        """Take the next frame and return what changed with it, if anything.

        "started": voice began, or went on after a pause. "paused": `pause_s` without voice behind
        `voiced_end`. The two alternate.

        Args:
            probability: that the frame is speech, 0 to 1.
        """
        index = len(self._voiced)
        self._voiced.append(0)
        if self._inside:
            if probability >= self._threshold:
                self._mark(index, index)
                return None
            self._inside = False
        return self._begin(probability, index) or self._pause(index)

    def _begin(self, probability: float, index: int) -> VoiceChange | None:
        self._candidate = self._candidate + 1 if probability >= self._threshold else 0
        if self._candidate < (START_FRAMES if self._first is None else RESUME_FRAMES):
            return None
        begin = index - self._candidate + 1
        self._candidate = 0
        self._inside = True
        self._mark(begin, index)
        if self._first is not None and not self._paused:
            return None
        self._paused = False
        self._first = begin if self._first is None else self._first
        return "started"

    def _pause(self, index: int) -> VoiceChange | None:
        # A candidate may yet turn out to be voice: no pause is called in the middle of one.
        if self._first is None or self._paused or self._candidate or index - self._last < self._pause_frames:
            return None
        self._paused = True
        return "paused"

    def _mark(self, first: int, last: int) -> None:
        self._voiced[first : last + 1] = b"\1" * (last + 1 - first)
        self._last = last

    @property
    def position(self) -> int:
        """Samples seen so far."""
        return len(self._voiced) * VAD_FRAME

    @property
    def voicing(self) -> bool:
        """Whether the last frame was voice, or may be the beginning of it."""
        return self._inside or self._candidate > 0

    @property
    def voiced_end(self) -> int:
        """Position just behind the last voiced sample; 0 if there is none."""
        return (self._last + 1) * VAD_FRAME

    @property
    def voiced_s(self) -> float:
        """Seconds of voice so far."""
        return self._voiced.count(1) * VAD_FRAME / EAR_RATE_HZ

    def speech_span(self, since: int = 0, until: int | None = None) -> tuple[int, int] | None:
        """Return the range of samples between `since` and `until` worth transcribing; None without voice.

        It reaches from `LEAD_S` before the first voiced frame to `TAIL_S` behind the last one, inside the bounds
        (`until`: what was seen so far). Frames at the very end that may yet be voice are kept.
        """
        end = self.position if until is None else until
        frames = since // VAD_FRAME, -(-end // VAD_FRAME)
        first = self._voiced.find(1, *frames)
        if first < 0:
            return None
        last = self._voiced.rfind(1, *frames)
        if self._candidate and until is None:
            last = len(self._voiced) - 1
        begin = max(since, first * VAD_FRAME - int(LEAD_S * EAR_RATE_HZ))
        return begin, min(end, (last + 1) * VAD_FRAME + int(TAIL_S * EAR_RATE_HZ))

    def cut_point(self, samples: Float32Mono, since: int) -> int | None:
        """Return where to end the past part of a long utterance; None if there is no need yet.

        Speech counts from the first voiced frame behind `since`. From `SETTLE_S` on the answer is the middle of
        the last pause of `SETTLE_PAUSE_S` or more, from `LONGEST_S` on the quietest frame of the last
        `CUT_SEARCH_S`. Silence alone is never cut.

        Args:
            samples: the utterance up to `position`; only read for the quietest frame.
            since: end of what is settled already.
        """
        first = self._voiced.find(1, since // VAD_FRAME)
        if first < 0 or self.position - first * VAD_FRAME < SETTLE_S * EAR_RATE_HZ:
            return None
        middle = self._last_pause(first)
        if middle is not None:
            return middle
        if self.position - first * VAD_FRAME < LONGEST_S * EAR_RATE_HZ:
            return None
        searched = int(CUT_SEARCH_S * EAR_RATE_HZ / VAD_FRAME)
        frames = samples[self.position - searched * VAD_FRAME : self.position].reshape(searched, VAD_FRAME)
        quietest = int(np.square(frames).sum(axis=1).argmin())
        return self.position - (searched - quietest) * VAD_FRAME + VAD_FRAME // 2

    def _last_pause(self, first: int) -> int | None:
        """Return the middle of the last long enough pause behind frame `first`, as a position."""
        shortest = -(-int(SETTLE_PAUSE_S * EAR_RATE_HZ) // VAD_FRAME)
        end = len(self._voiced)
        while True:
            voice = self._voiced.rfind(1, first, end)
            if end - voice > shortest:
                return (voice + 1 + end) * VAD_FRAME // 2
            end = self._voiced.rfind(0, first, voice) + 1
            if end <= first:
                return None

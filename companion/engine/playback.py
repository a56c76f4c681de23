"""The reply on its way to the speaker: what is queued, what was heard of it, and when it began to sound.

Thread: engine.
"""

from collections import deque
from dataclasses import replace

from companion.engine.audio.base import Speaker
from companion.engine.heard import ClauseSpan, heard_offset
from companion.engine.messages import ClauseSynthesized
from companion.engine.metrics import PlaybackFigures
from companion.engine.samples import Float32Mono, first_audible

UNFINISHED_S_PER_CHARACTER = 0.1
"""Length assumed of a clause while parts of it are still to come: slow speech, so that too little counts as heard
rather than too much. The starter voice takes 0.05 to 0.07 s. It holds for a moment only, since the last part is made
long before the first has been played.
"""


LOST_S = 0.1
"""A device that goes takes the last of what it was given with it: its buffer, 80 ms at most (`CUSHIONS`). As much is
said again."""


class Playback:
    """One reply at a time through one speaker; another may take its place in mid-reply (`move_to`).

    Args:
        volume: gain applied to every sample, 0 to 1.
    """

    def __init__(self, speaker: Speaker, *, volume: float) -> None:
        self.speaker = speaker
        self.volume = volume
        self._queue: deque[Float32Mono] = deque()
        self._queued = 0
        self._given: deque[tuple[int, Float32Mono]] = deque()
        """What the speaker may not have played yet: where it begins, and the samples."""
        self._played = 0
        """Frames that the speaker had played at the last `pump`."""
        self._spans: list[ClauseSpan] = []
        self._told = 0
        self._first_frame: int | None = None
        self._underruns_before = 0
        self._xruns_before = 0

    def begin(self) -> None:
        """Forget the reply before this one."""
        self._drop()
        self._spans.clear()
        self._told = 0
        self._first_frame = None
        self._underruns_before = self.speaker.underruns
        self._xruns_before = self.speaker.xruns

    def add(self, sound: ClauseSynthesized) -> None:
        """Queue the next part of a clause behind what is queued already, and start writing it."""
        start = self.speaker.written + self._queued
        self._extend(sound, start)
        if self._first_frame is None:
            audible = first_audible(sound.samples)
            self._first_frame = None if audible is None else start + audible
            if self._first_frame is not None:
                self.speaker.time_of(self._first_frame)  # arm it before the sound is written
        if len(sound.samples):
            self._queue.append(sound.samples if self.volume == 1 else sound.samples * self.volume)
            self._queued += len(sound.samples)
        self.pump()

    def pump(self) -> None:
        """Move queued sound into the speaker's ring as far as it has room."""
        while self._queue and (room := self.speaker.room()) > 0:
            block, start = self._queue[0], self.speaker.written
            taken = self.speaker.write(block[:room])
            if taken <= 0:
                break
            self._queued -= taken
            self._given.append((start, block[:taken]))
            if taken == len(block):
                self._queue.popleft()
            else:
                self._queue[0] = block[taken:]
        self._played = self.speaker.played
        while self._given and _end(self._given[0]) <= self._surely_played:
            self._given.popleft()

    def move_to(self, speaker: Speaker) -> None:
        """Go on at another speaker of the same rate, in the place of one that was lost.

        What the lost one may not have played, as far as the last `pump` tells, is said by the other one.
        """
        resume = self._surely_played
        again = [block[max(0, resume - start) :] for start, block in self._given]
        given_end = _end(self._given[-1]) if self._given else self.speaker.written
        self._queue.extendleft(reversed(again))
        self._queued += sum(map(len, again))
        self._given.clear()
        shift = speaker.written - (given_end - sum(map(len, again)))
        self._spans = [replace(span, start_frame=span.start_frame + shift) for span in self._spans]
        self._underruns_before = speaker.underruns - self.underruns
        self._xruns_before = speaker.xruns - self.xruns
        self.speaker = speaker
        if self._first_frame is not None:
            self._first_frame += shift
            speaker.time_of(self._first_frame)  # arm it before the sound is written
        self.pump()

    @property
    def ahead_s(self) -> float:
        """Seconds of sound ready but not yet played."""
        return (self._queued + self.speaker.written - self.speaker.played) / self.speaker.rate_hz

    @property
    def drained(self) -> bool:
        """Whether everything queued was handed to the device."""
        return not self._queue and self.speaker.played >= self.speaker.written

    @property
    def underruns(self) -> int:
        """Times this reply's sound ran dry: the voice came too late."""
        return self.speaker.underruns - self._underruns_before

    @property
    def xruns(self) -> int:
        """Times the device ran dry during this reply: its callback came too late."""
        return self.speaker.xruns - self._xruns_before

    @property
    def figures(self) -> PlaybackFigures:
        """How the device coped with this reply so far."""
        return PlaybackFigures(underruns=self.underruns, xruns=self.xruns, output_latency_s=self.speaker.latency_s)

    @property
    def heard(self) -> int:
        """Offset in the reply's text up to which it was spoken, `told` at least."""
        return max(self._told, heard_offset(self._spans, self.speaker.played))

    @property
    def told(self) -> int:
        """What `advanced` said last."""
        return self._told

    def advanced(self) -> int | None:
        """Return `heard` if it is further than the last time."""
        before, self._told = self._told, self.heard
        return self._told if self._told > before else None

    def first_sound_s(self) -> float | None:
        """Monotonic time at which the first audible sample was handed to the device; None if not yet."""
        return None if self._first_frame is None else self.speaker.time_of(self._first_frame)

    def stop(self) -> int:
        """Fade out at once, drop the rest, and return the heard offset."""
        self._drop()
        played = self.speaker.flush()
        return max(self._told, heard_offset(self._spans, played))

    @property
    def _surely_played(self) -> int:
        return self._played - round(LOST_S * self.speaker.rate_hz)

    def _drop(self) -> None:
        self._queue.clear()
        self._queued = 0
        self._given.clear()

    def _extend(self, sound: ClauseSynthesized, start: int) -> None:
        """Note that the sound of a clause, or the next part of it, begins at frame `start`."""
        if self._spans and self._spans[-1].clause.index == sound.clause.index:
            begun = self._spans.pop().start_frame
        else:
            begun = start
        frames = start + len(sound.samples) - begun
        if not sound.last:
            frames = max(frames, round(len(sound.clause.speech) * UNFINISHED_S_PER_CHARACTER * sound.rate_hz))
        self._spans.append(ClauseSpan(clause=sound.clause, start_frame=begun, frames=frames))


def _end(given: tuple[int, Float32Mono]) -> int:
    start, block = given
    return start + len(block)

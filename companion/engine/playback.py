"""The reply on its way to the speaker: what is queued, what was heard of it, and when it began to sound.

Thread: engine.
"""

from collections import deque

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


class Playback:
    """One reply at a time through one speaker, which may be exchanged between replies.

    Args:
        volume: gain applied to every sample, 0 to 1.
    """

    def __init__(self, speaker: Speaker, *, volume: float) -> None:
        self.speaker = speaker
        self.volume = volume
        self._queue: deque[Float32Mono] = deque()
        self._queued = 0
        self._spans: list[ClauseSpan] = []
        self._first_frame: int | None = None
        self._underruns_before = 0
        self._xruns_before = 0

    def begin(self) -> None:
        """Forget the reply before this one."""
        self._queue.clear()
        self._queued = 0
        self._spans.clear()
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
            block = self._queue[0]
            taken = self.speaker.write(block[:room])
            if taken <= 0:
                return
            self._queued -= taken
            if taken == len(block):
                self._queue.popleft()
            else:
                self._queue[0] = block[taken:]

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
        """Offset in the reply's text up to which it was spoken."""
        return heard_offset(self._spans, self.speaker.played)

    def first_sound_s(self) -> float | None:
        """Monotonic time at which the first audible sample was handed to the device; None if not yet."""
        return None if self._first_frame is None else self.speaker.time_of(self._first_frame)

    def stop(self) -> int:
        """Fade out at once, drop the rest, and return the heard offset."""
        self._queue.clear()
        self._queued = 0
        played = self.speaker.flush()
        return heard_offset(self._spans, played)

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

"""Speech outside of a turn: a reply said again, another voice heard before it is chosen, one's own words played back.

It goes through the playback and the voice's worker that turns use, and gives way to them: a key press silences it
within a block, and what its worker still makes is dropped on arrival. Nothing of it is part of the conversation.

Thread: engine; the jobs run on the voice's worker.
"""

import re
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from companion.engine import jobs
from companion.engine.audio.base import Speaker
from companion.engine.audio.resample import StreamResampler
from companion.engine.cancel import CancelToken, Gate
from companion.engine.commands import (
    ApplyConfig,
    NewConversation,
    PressToTalk,
    ReopenAudio,
    ReplayWords,
    SendText,
    Shutdown,
    Speak,
    StopSpeaking,
    Wake,
)
from companion.engine.config import TtsConfig
from companion.engine.errors import AudioDeviceError, CompanionError
from companion.engine.events import EngineState, Event, SpeechAdvanced, SpeechEnded, SpeechStarted
from companion.engine.messages import Clause, ClauseSynthesized, DraftId, JobFailed
from companion.engine.playback import Playback
from companion.engine.samples import EAR_RATE_HZ, Float32Mono
from companion.engine.sentences import ClauseSplitter, Diction
from companion.engine.stages import Stages
from companion.engine.tts.base import Synthesizer
from companion.engine.worker import Job

AHEAD_S = 3.0
"""Sound kept ready: more would be made for nothing when the user stops it, and would occupy the voice for longer."""

PIECE_CHARACTERS = 1000
"""A long text is cut into clauses a piece at a time, so that no press waits for it."""

KEPT_TURNS = 20
"""Utterances kept to be played back; in memory only."""

KEPT_S = 600.0
"""Seconds of them altogether: 19 MB."""

SPEECH = (Speak, ReplayWords)
"""Commands that are carried out here."""

_ENDING = (PressToTalk, SendText, StopSpeaking, NewConversation, ApplyConfig, ReopenAudio, Wake, Shutdown)
"""Commands that end any speech before they are carried out."""

_LANGUAGE = re.compile(r"([a-z]{2,3})_[A-Z]{2}-")
"""How the file of a Piper voice begins, e.g. "fr_FR-siwis-medium.onnx"."""

_BUSY = CompanionError(
    "speech-busy", "Companion is listening or about to answer.", hint="Try again when the answer is over."
)
_LOADING = CompanionError("speech-not-ready", "The voice is not loaded yet.", hint="Try again in a moment.")
_GONE = CompanionError(
    "words-gone",
    "This recording is no longer there.",
    hint=f"The sound of your last {KEPT_TURNS} turns is kept in memory until Companion is closed.",
    permanent=True,
)
_LOST = AudioDeviceError("speaker-lost", "The speaker was disconnected.", hint="Play it again.")


class SpokenWords:
    """What the user said in the last turns, as sound: in memory only, at most `KEPT_TURNS` and `KEPT_S`."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[npt.NDArray[np.int16], str]] = OrderedDict()

    def keep(self, turn_id: int, samples: Float32Mono, text: str) -> None:
        """Keep an utterance at `EAR_RATE_HZ`; the oldest ones go."""
        self._kept[turn_id] = (samples * 32767).astype(np.int16), text
        while len(self._kept) > 1 and (len(self._kept) > KEPT_TURNS or self._seconds > KEPT_S):
            self._kept.popitem(last=False)

    def find(self, turn_id: int) -> tuple[Float32Mono, str] | None:
        """Return the utterance of a turn and its transcript; None if it is not kept (any more)."""
        found = self._kept.get(turn_id)
        return None if found is None else ((found[0] / np.float32(32767)).astype(np.float32), found[1])

    @property
    def _seconds(self) -> float:
        return sum(samples.size for samples, _ in self._kept.values()) / EAR_RATE_HZ


class _Guest:
    """A voice that is loaded for one speech only.

    Thread: made on the engine's; everything else on the voice's worker, because espeak-ng allows one thread.
    """

    def __init__(self, voice: Synthesizer) -> None:
        self._voice = voice
        self._loaded = False

    def voice(self) -> Synthesizer:
        """Return it, loaded.

        Raises:
            ModelMissingError: its files are not there.
            ModelLoadError: the library refused them.
        """
        if not self._loaded:
            self._voice.load()
            self._loaded = True
        return self._voice

    def close(self) -> None:
        """Free it."""
        self._voice.close()


@dataclass(slots=True)
class _Speech:
    """One text or recording on its way to the speaker."""

    id: int
    draft: DraftId
    playback: Playback
    speaker: Speaker
    """Where it is said: it does not move to another one."""
    text: str = ""
    """What is not yet cut into clauses."""
    splitter: ClauseSplitter | None = None
    waiting: deque[Clause] = field(default_factory=deque)
    synthesizing: Clause | None = None
    guest: _Guest | None = None
    tunings: tuple[TtsConfig, TtsConfig] | None = None
    """What the engine's own voice is tuned to for each clause, and back to behind it; None to leave it."""
    words: Float32Mono | None = None
    """What is left of a recording, at `EAR_RATE_HZ`."""
    said: Clause | None = None
    """The transcript of a recording."""
    resampler: StreamResampler | None = None
    cancel: CancelToken = field(default_factory=CancelToken)
    started: bool = False

    @property
    def spoken_out(self) -> bool:
        """Whether all of it was handed to the playback."""
        return not self.text and not self.waiting and self.synthesizing is None and self.words is None


class Recital:
    """Says one thing at a time while no turn is under way.

    Args:
        stages: have the voice's worker.
        post: takes what the jobs have to say; thread-safe.
        publish: takes events.
    """

    def __init__(
        self,
        stages: Stages,
        post: Callable[[ClauseSynthesized], None],
        publish: Callable[[Event], None],
    ) -> None:
        self._stages = stages
        self._post = post
        self._publish = publish
        self._speech: _Speech | None = None
        self._count = 0
        self.language = "en"
        """Of the engine's voice."""
        self.words = SpokenWords()

    @property
    def active(self) -> bool:
        """Whether something is being said; `tick` wants to be called then."""
        return self._speech is not None

    def take(self, message: object, state: EngineState, playback: Playback) -> bool:
        """Look at a message of the inbox first; returns whether it was for here alone.

        Args:
            message: any.
            state: of the turn machine, a reply that was sounding already stopped.
            playback: on the speaker there is now.
        """
        match message:
            case Speak() | ReplayWords():
                self.stop()
                self._begin(message, state, playback)
            case ClauseSynthesized(draft=draft) if draft.turn < 0:
                self._sounded(message)
            case JobFailed(draft=draft) if draft.turn < 0:
                if self._speech is not None and self._speech.draft == draft:
                    self.stop(message.error)
            case _:
                if isinstance(message, _ENDING):
                    self.stop()
                return False
        return True

    def tick(self, playback: Playback) -> None:
        """Keep the speaker fed, tell what was heard, and end with the last sample."""
        speech = self._speech
        if speech is None:
            return
        if playback.speaker is not speech.speaker:
            self.stop(_LOST)
            return
        self._feed(speech)
        playback.pump()
        if not speech.started and playback.first_sound_s() is not None:
            speech.started = True
            self._publish(SpeechStarted(id=speech.id))
        over = speech.spoken_out and playback.drained  # looked at first: the last caption comes before the end
        if speech.started and (heard := playback.advanced()):
            self._publish(SpeechAdvanced(id=speech.id, heard=heard))
        if over:
            self.stop()

    def stop(self, error: CompanionError | None = None) -> None:
        """Fall silent within a block; nothing if nothing is said."""
        speech, self._speech = self._speech, None
        if speech is None:
            return
        speech.cancel.cancel()
        speech.playback.stop()
        if speech.guest is not None:
            guest = speech.guest
            self._stages.recite(Job(speech.draft, CancelToken(), lambda _: guest.close()))
        self._publish(SpeechEnded(id=speech.id, error=error))

    def _begin(self, command: Speak | ReplayWords, state: EngineState, playback: Playback) -> None:
        number = command.id if isinstance(command, Speak) else -command.turn_id
        kept = self.words.find(command.turn_id) if isinstance(command, ReplayWords) else None
        if state is not EngineState.IDLE:
            loading = state in (EngineState.INITIALIZING, EngineState.CLOSED)
            self._publish(SpeechEnded(id=number, error=_LOADING if loading else _BUSY))
            return
        if kept is None and isinstance(command, ReplayWords):
            self._publish(SpeechEnded(id=number, error=_GONE))
            return
        self._count += 1
        speech = _Speech(number, DraftId(turn=-self._count, revision=0), playback, playback.speaker)
        if isinstance(command, Speak):
            self._prepare_text(speech, command)
        elif kept is not None:
            speech.words, text = kept
            speech.said = Clause(index=0, speech=text, start=0, end=len(text), text=text)
            speech.resampler = StreamResampler(EAR_RATE_HZ, playback.speaker.rate_hz)
        self._speech = speech
        playback.begin()
        self.tick(playback)

    def _prepare_text(self, speech: _Speech, command: Speak) -> None:
        language = self.language
        if command.voice_file is not None:
            speech.guest = _Guest(self._stages.guest_voice(command.voice_file, command.rate))
            named = _LANGUAGE.match(command.voice_file.name)
            language = named[1] if named else language
        elif command.rate is not None:
            speech.tunings = replace(self._stages.tuning, rate=command.rate), self._stages.tuning
        speech.text = command.text
        speech.splitter = ClauseSplitter(Diction(language))

    def _feed(self, speech: _Speech) -> None:
        """Have the next clause made, or play the next second of a recording, unless enough is ready."""
        if speech.playback.ahead_s > AHEAD_S:
            return
        if speech.words is not None:
            self._play_words(speech, speech.words)
            return
        while speech.splitter is not None and speech.text and not speech.waiting:
            piece, speech.text = speech.text[:PIECE_CHARACTERS], speech.text[PIECE_CHARACTERS:]
            speech.waiting.extend(speech.splitter.feed(piece))
            if not speech.text:
                speech.waiting.extend(speech.splitter.finish())
        if speech.waiting and speech.synthesizing is None:
            speech.synthesizing = speech.waiting.popleft()
            self._stages.recite(_job(speech, speech.synthesizing, self._post))

    def _play_words(self, speech: _Speech, words: Float32Mono) -> None:
        assert speech.said is not None
        assert speech.resampler is not None
        now, later = words[:EAR_RATE_HZ], words[EAR_RATE_HZ:]
        speech.words = later if later.size else None
        speech.playback.add(
            ClauseSynthesized(
                draft=speech.draft,
                clause=speech.said,
                samples=speech.resampler.feed(now),
                rate_hz=speech.speaker.rate_hz,
                at_s=0.0,
                last=speech.words is None,
            )
        )

    def _sounded(self, sound: ClauseSynthesized) -> None:
        speech = self._speech
        if speech is None or sound.draft != speech.draft:
            return
        if sound.last:
            speech.synthesizing = None
        speech.playback.add(sound)
        self.tick(speech.playback)


def _job(speech: _Speech, clause: Clause, post: Callable[[ClauseSynthesized], None]) -> Job[Synthesizer]:
    """Return the job that makes the sound of `clause`, at the speaker's rate whatever the voice's."""
    guest, cancel, draft, rate_hz = speech.guest, speech.cancel, speech.draft, speech.speaker.rate_hz
    tunings = speech.tunings

    def run(model: Synthesizer) -> None:
        voice = guest.voice() if guest is not None else model
        resampler = StreamResampler(voice.rate_hz, rate_hz) if voice.rate_hz != rate_hz else None

        def deliver(sound: object) -> None:
            assert isinstance(sound, ClauseSynthesized)
            if resampler is not None:
                sound = replace(sound, samples=resampler.feed(sound.samples), rate_hz=rate_hz)
            post(sound)

        if tunings is not None:
            voice.retune(tunings[0])
        try:
            jobs.synthesize(draft, clause, cancel, Gate(), deliver).run(voice)
        finally:
            if tunings is not None:
                voice.retune(tunings[1])

    return Job(draft, cancel, run)

"""The microphone between turns: its level, whether it hears a voice, and on request the words. Nothing is kept.

For whoever chooses a microphone, or wants to see that it works. It gives way to turns: a press takes the microphone
over as it is, and whatever was heard here is dropped.

Thread: engine; what is transcribed runs on the worker of speech to text.
"""

from collections.abc import Callable

from companion.engine.audio.base import Microphone
from companion.engine.commands import MonitorMicrophone, NewConversation, PressToTalk, SendText, Wake
from companion.engine.config import TurnConfig
from companion.engine.events import EngineState, Event, MicrophoneLevel, MicrophoneWords
from companion.engine.hearing import Hearing
from companion.engine.messages import DraftId, JobFailed, Transcribed
from companion.engine.pace import LEVEL_EVERY_S
from companion.engine.samples import EAR_RATE_HZ, SILENCE_DBFS, Float32Mono, peak_dbfs
from companion.engine.sound import Sound
from companion.engine.stages import Stages
from companion.engine.utterance import Utterance

MONITOR_S = 30.0
"""It ends by itself when nobody asked for it again for this long: a window that crashed must not leave it on."""

LOUD_DBFS = -35.0
"""From this peak a sound is taken for a voice while there is no VAD: speech at arm's length peaks at -30 to -10."""

SENTENCE_PAUSE_S = 1.0
"""Silence after which what was said is a sentence of its own."""

WORDS_EVERY_S = 0.5
"""New voice between two transcripts."""

FORGET_S = 10.0
"""Sound without any voice is forgotten in pieces of this length."""

_TURN = -(1 << 40)
"""Stands for a turn in the drafts of what is transcribed here; no turn has it."""


class MicrophoneMonitor:
    """Listens while no turn does.

    Args:
        sound: owns the microphone.
        hearing: owns the voice detector, if there is one yet.
        publish: takes events for the user interface.
        stages: transcribe; None where there are no models.
    """

    def __init__(
        self, sound: Sound, hearing: Hearing | None, publish: Callable[[Event], None], stages: Stages | None = None
    ) -> None:
        self._sound = sound
        self._hearing = hearing
        self._publish = publish
        self._stages = stages
        self._until_s: float | None = None
        self._with_words = False
        self._microphone: Microphone | None = None
        self._utterance: Utterance | None = None
        self._peak_dbfs = SILENCE_DBFS
        self._voice = False
        self._next_level_s = 0.0
        self._asked = self._final = 0
        """Numbers of the last transcript asked for, and of the last that ends a sentence."""
        self._transcribed_s = 0.0

    @property
    def active(self) -> bool:
        """Whether it listens, so that the engine should look at it often."""
        return self._until_s is not None

    def take(self, message: object, state: EngineState, now_s: float) -> bool:
        """Look at a message before the turn machine does; returns whether it was for nobody else."""
        match message:
            case MonitorMicrophone(on=True):
                if state in (EngineState.INITIALIZING, EngineState.IDLE):
                    self._until_s, self._with_words = now_s + MONITOR_S, message.words
            case MonitorMicrophone():
                self.stop()
            case Transcribed(draft=DraftId(turn=turn)) | JobFailed(draft=DraftId(turn=turn)) if turn == _TURN:
                self._transcribed(message)
            case PressToTalk():
                self._forget()  # the turn goes on with the microphone as it is
                return False
            case SendText() | NewConversation() | Wake():
                self.stop()
                return False
            case _:
                return False
        return True

    def tick(self, state: EngineState, now_s: float) -> None:
        """Read the microphone and tell what there is to tell; to be called often while `active`."""
        if self._until_s is None:
            return
        if now_s > self._until_s or state not in (EngineState.INITIALIZING, EngineState.IDLE):
            self.stop()
            return
        if self._sound.microphone is None and self._sound.microphone_problem is None:
            self._sound.open_microphone()
        if (microphone := self._sound.microphone) is None:
            self._microphone = None
            return
        if microphone is not self._microphone:
            self._microphone = microphone
            self._utterance = None
            microphone.begin(0.0)
        samples = microphone.read()
        if len(samples):
            self._hear(samples, words=self._with_words and state is EngineState.IDLE)
        if now_s >= self._next_level_s:
            self._next_level_s = now_s + LEVEL_EVERY_S
            self._publish(MicrophoneLevel(dbfs=self._peak_dbfs, voice=self._voice))
            self._peak_dbfs, self._voice = SILENCE_DBFS, False

    def stop(self) -> None:
        """Listen no longer; the microphone closes if it is to be open only while the key is held. Idempotent."""
        if self.active:
            if self._microphone is not None:
                self._microphone.end()
            self._sound.release_microphone()
            self._forget()

    def _forget(self) -> None:
        self._until_s = self._microphone = self._utterance = None
        self._final = self._asked = self._asked + 1  # what is still being transcribed is of no interest

    # -- voice and words

    def _hear(self, samples: Float32Mono, *, words: bool) -> None:
        self._peak_dbfs = max(self._peak_dbfs, peak_dbfs(samples))
        detector = self._hearing.found if self._hearing else None
        if detector is None:
            self._voice = self._peak_dbfs >= LOUD_DBFS
            return
        if self._utterance is None:
            self._utterance = Utterance(detector, TurnConfig(pause_s=SENTENCE_PAUSE_S))
            self._transcribed_s = 0.0
        utterance, voiced_s, ended = self._utterance, 0.0, False
        for news in utterance.feed(samples):
            voiced_s, ended = news.voiced_s, ended or news.kind == "paused" or news.settle
            self._voice = self._voice or utterance.voicing
        if words and (ended or voiced_s - self._transcribed_s >= WORDS_EVERY_S):
            self._transcribed_s = voiced_s
            self._transcribe(utterance.rest(), final=ended)
        if ended or (utterance.seconds > FORGET_S and not utterance.rest().size):
            self._utterance = None

    def _transcribe(self, samples: Float32Mono, *, final: bool) -> None:
        if self._stages is not None and samples.size > EAR_RATE_HZ // 10:
            self._asked += 1
            self._final = self._asked if final else self._final
            self._stages.transcribe(DraftId(turn=_TURN, revision=self._asked), "partial", samples)

    def _transcribed(self, message: Transcribed | JobFailed) -> None:
        """Tell the words, unless newer ones are on their way or nobody listens any more."""
        number = message.draft.revision
        if self.active and isinstance(message, Transcribed) and number == self._asked:
            text = message.transcript.text.strip()
            self._publish(MicrophoneWords(text=text, final=number == self._final))

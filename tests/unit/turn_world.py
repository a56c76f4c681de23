"""A turn machine in a world of random voices, keys and workers.

The workers keep the promises of the real ones (one job at a time, in order; a cancelled job may be skipped or may still
deliver), and every effect is checked as it comes.
"""

from collections import Counter, deque
from dataclasses import dataclass
from typing import Any

import numpy as np

from companion.engine import effects as fx
from companion.engine.commands import NewConversation, PressToTalk, ReleaseToTalk, SendText, StopSpeaking
from companion.engine.config import TurnConfig
from companion.engine.errors import GenerationError, SynthesisError, TranscriptionError
from companion.engine.events import EngineState, Event, ReplyFinished, ReplyToken, TranscriptFinal, TurnStarted
from companion.engine.messages import (
    ClauseSynthesized,
    DraftId,
    FinishReason,
    GenerationFinished,
    JobFailed,
    Role,
    TokenGenerated,
    Transcribed,
    Transcript,
    TranscriptionKind,
)
from companion.engine.samples import EAR_RATE_HZ, VAD_FRAME
from companion.engine.signals import CaptureLost, PlaybackDrained, PlaybackHeard, Tick, TurnMessage, VoiceHeard
from companion.engine.stt.voice import VoiceActivity
from companion.engine.turn import NEW_VOICE_S, TurnMachine
from tests.unit.turn_script import STATS

FRAME_S = VAD_FRAME / EAR_RATE_HZ
SOUND = np.full(100, 0.5, np.float32)
PIECES = (" word", ", and", " it", " is", " so.", " Yes!")
FLICKERS = ("#.", "##.", ".#", ".#.", "..#", "..##.", ".#.#", "..#.#", "...#", "#")
SLUR = 4
"""Voiced frames to a word."""

LONGEST_END = 500
"""Steps after which a turn that was left alone must have ended."""


@dataclass(slots=True)
class Job:
    """Work that a worker was given."""

    effect: Any
    text: str = ""
    cancelled: bool = False
    pieces: int = 0


class World:
    """The engine, its workers and the user, as far as the turn machine can tell; `pause_s` as in `TurnConfig`."""

    def __init__(self, pause_s: float) -> None:
        self.config = TurnConfig(pause_s=pause_s)
        self.machine = TurnMachine(self.config)
        self.now_s = 100.0
        self.machine.ready(self.now_s)
        # What the world knows to be true of the user and the devices.
        self.voice = VoiceActivity(self.config.pause_s)
        self.long = False
        self.settled = 0
        self.settled_before: list[int] = []
        self.stt: deque[Job] = deque()
        self.llm: deque[Job] = deque()
        self.tts: deque[Job] = deque()
        # What the effects so far have said.
        self.turn: int | None = None
        self.typed = False
        self.released = False
        self.capturing = False
        self.draft: DraftId | None = None
        self.drafts, self.dead, self.generated = set[DraftId](), set[DraftId](), set[DraftId]()
        self.clauses = Counter[DraftId]()
        self.final: str | None = None
        self.played = False
        self.ended: set[int] = set()

    # -- what may happen; `number` is from 0 to 9

    def rest(self, number: int) -> None:
        """Nothing happens."""

    def press(self, number: int) -> None:
        # A press takes the release back, unless the turn was committed and ends here.
        if self.turn is not None and self.final is None:
            self.released = False
        self.do(PressToTalk(at_s=self.now_s))

    def release(self, number: int) -> None:
        self.do(ReleaseToTalk(at_s=self.now_s))

    def let_go(self, number: int) -> None:
        """The key comes up during the voice, or shortly after it."""
        self.listen(0.05, number % 5)
        self.release(number)

    def speak(self, number: int) -> None:
        if self.turn is None:
            self.press(number)
        self.listen(0.9, 1 + 3 * number)

    def pause(self, number: int) -> None:
        self.listen(0.05, 1 + number)

    def flicker(self, number: int) -> None:
        for voiced in FLICKERS[number]:
            self.listen(0.9 if voiced == "#" else 0.05, 1)

    def grow_long(self, number: int) -> None:
        self.long = self.voice.voiced_s > 0

    def stop(self, number: int) -> None:
        self.do(StopSpeaking())

    def type_(self, number: int) -> None:
        self.do(SendText(text="hello" if number else " ", at_s=self.now_s))

    def begin_anew(self, number: int) -> None:
        self.do(NewConversation())

    def wait(self, number: int) -> None:
        self.now_s += 0.01 + 0.05 * number
        self.do(Tick())

    def hear_reply(self, number: int) -> None:
        if self.played:
            self.do(PlaybackHeard())

    def drain(self, number: int) -> None:
        if self.final is not None:
            self.do(PlaybackDrained())

    def lose_microphone(self, number: int) -> None:
        if self.machine.capturing:
            self.do(CaptureLost())

    def work(self, number: int) -> None:
        """Every worker does something."""
        self.hear_words(number)
        self.write(number)
        self.voice_clause(number)

    def hear_words(self, number: int) -> None:
        if not self.stt:
            return
        job = self.stt.popleft()
        effect = job.effect
        if job.cancelled and number % 2:
            return  # before it began
        if number == 0:
            self.fail(effect.draft, Role.STT, TranscriptionError("stt-failed", "It failed."), effect.kind)
            return
        # Only what is not speech at all has no words.
        nothing = job.cancelled or (number == 1 and job.text.startswith("v0") and effect.kind != "settled")
        transcript = Transcript(text="" if nothing and number < 8 else job.text)
        self.do(Transcribed(draft=effect.draft, kind=effect.kind, transcript=transcript, at_s=self.now_s))

    def write(self, number: int) -> None:
        if not self.llm:
            return
        effect = (job := self.llm[0]).effect
        if not isinstance(effect, fx.Generate) or (job.cancelled and number % 2 and not job.pieces):
            self.llm.popleft()
        elif number == 0:
            self.llm.popleft()
            self.fail(effect.draft, Role.LLM, GenerationError("llm-failed", "It failed."))
        elif number == 1 or job.pieces > 9 or (job.cancelled and job.pieces):
            self.llm.popleft()
            reason: FinishReason = "cancelled" if job.cancelled else "stop"
            self.do(GenerationFinished(draft=effect.draft, reason=reason, stats=STATS, at_s=self.now_s))
        else:
            job.pieces += 1
            self.do(TokenGenerated(draft=effect.draft, text=PIECES[number % len(PIECES)], at_s=self.now_s))

    def voice_clause(self, number: int) -> None:
        if not self.tts:
            return
        job, last = self.tts[0], number > 4
        effect = job.effect
        skipped = job.cancelled and number % 2 == 1
        if last or skipped or number == 0:
            self.tts.popleft()
        if skipped:
            return
        if number == 0:
            self.fail(effect.draft, Role.TTS, SynthesisError("tts-failed", "It failed."))
            return
        made = ClauseSynthesized(
            draft=effect.draft, clause=effect.clause, samples=SOUND, rate_hz=22_050, at_s=self.now_s, last=last
        )
        self.do(made)

    # -- the end

    def leave_alone(self) -> None:
        """The key comes up, the workers work, the reply is heard, and the turn ends."""
        if self.machine.state is EngineState.LISTENING:
            self.now_s += self.config.tap_s
            self.release(0)
        for step in range(LONGEST_END):
            self.work(9 if step % 4 else 1)
            self.hear_reply(0)
            self.drain(0)
            self.wait(2)
            if self.turn is None:
                break
        assert (self.machine.state, self.turn) == (EngineState.IDLE, None)

    # -- carrying out

    def listen(self, probability: float, frames: int) -> None:
        for _ in range(frames):
            if not self.machine.capturing:
                return
            self.now_s += FRAME_S
            kind = self.voice.update(probability)
            silence_s = (self.voice.position - self.voice.voiced_end) / EAR_RATE_HZ
            self.do(VoiceHeard(kind=kind, voiced_s=self.voice.voiced_s, silence_s=silence_s, settle=self.long))

    def fail(self, draft: DraftId, role: Role, error: Any, kind: TranscriptionKind | None = None) -> None:
        self.do(JobFailed(draft=draft, role=role, error=error, kind=kind))

    def do(self, message: TurnMessage) -> None:
        for effect in self.machine.handle(message, self.now_s):
            self.carry_out(effect)
        if self.turn is None:
            assert not self.capturing
            assert not self.drafts - self.dead, "every draft was cancelled by the end of its turn"
        assert self.machine.capturing == self.capturing

    def carry_out(self, effect: fx.Effect) -> None:
        match effect:
            case fx.Publish():
                self.publish(effect.event)
            case fx.BeginTyped():
                self.begin(effect.turn_id, typed=True)
            case fx.BeginCapture():
                self.begin_capture(effect)
            case fx.EndCapture():
                assert self.capturing
                self.capturing = False
            case fx.Mark():
                self.released |= effect.moment == "released"
            case fx.Transcribe():
                self.transcribe(effect)
            case fx.Unsettle():
                self.settled, self.long = self.settled_before[-effect.parts], True
                del self.settled_before[-effect.parts :]
            case fx.Prefill() | fx.TidyUp():
                self.llm.append(Job(effect))
            case fx.Play():
                assert effect.sound.draft == self.draft
                assert effect.sound.draft not in self.dead
                assert self.released, "nothing sounds before the release"
                self.played = True
            case fx.FinishTurn():
                self.finish(effect)
            case fx.Generate() | fx.Synthesize() | fx.CancelDraft() | fx.KeepReply():
                self.draft_work(effect)

    def publish(self, event: Event) -> None:
        match event:
            case TurnStarted():
                assert event.turn_id == self.turn
            case TranscriptFinal():
                self.commit(event.text)
            case ReplyToken() | ReplyFinished():
                assert self.final is not None, "a reply is seen only once its turn is committed"

    def begin_capture(self, effect: fx.BeginCapture) -> None:
        assert not self.capturing
        if not effect.resume:
            self.begin(effect.turn_id, typed=False)
            self.voice, self.long, self.settled = VoiceActivity(self.config.pause_s), False, 0
        assert effect.turn_id == self.turn
        self.capturing = True

    def draft_work(self, effect: fx.Generate | fx.Synthesize | fx.CancelDraft | fx.KeepReply) -> None:
        if isinstance(effect, fx.KeepReply):
            assert effect.again == self.draft
            assert effect.of in self.generated - self.dead
            self.dead.add(effect.again)
            self.draft = effect.of
            return
        assert effect.draft not in self.dead, "nothing happens for a dropped draft"
        match effect:
            case fx.Generate():
                if effect.draft not in self.drafts:
                    assert self.final is None
                    assert self.draft not in self.generated, "a guess is made while the words are awaited"
                    self.drafts.add(effect.draft)
                else:
                    assert effect.draft == self.draft
                assert not (self.generated & self.drafts) - self.dead, "one reply at a time"
                self.generated.add(effect.draft)
                self.llm.append(Job(effect))
            case fx.Synthesize():
                assert effect.clause.index == self.clauses[effect.draft], "clause after clause"
                self.clauses[effect.draft] += 1
                self.tts.append(Job(effect))
            case fx.CancelDraft():
                self.dead.add(effect.draft)
                for job in (*self.stt, *self.llm, *self.tts):
                    if job.effect.draft == effect.draft and not for_the_turn(job.effect):
                        job.cancelled = True

    def begin(self, turn_id: int, *, typed: bool) -> None:
        assert self.turn is None, "one turn at a time"
        assert turn_id > max(self.ended, default=0)
        self.turn, self.typed, self.released = turn_id, typed, typed
        self.draft, self.final, self.played = None, None, False
        if typed:
            # Its words need no transcription: its only draft begins here.
            self.draft = DraftId(turn=turn_id, revision=1)
            self.drafts.add(self.draft)

    def transcribe(self, effect: fx.Transcribe) -> None:
        """What is heard is what was said and is not settled yet."""
        heard = self.frames_voiced
        words = " ".join(said(self.settled, heard))
        if effect.kind == "settled":
            assert effect.draft not in self.drafts - self.dead - self.generated, "a draft covers all of it already"
            self.settled_before.append(self.settled)
            self.settled, self.long = heard, False
        else:
            for job in self.stt:
                job.cancelled |= job.effect.kind == "partial"
        if effect.kind == "partial":
            assert not self.released
        if effect.kind == "final":
            assert effect.draft not in self.drafts
            assert self.drafts - self.dead <= self.generated, "the draft before it was dropped, or may be kept"
            assert len(self.drafts - self.dead) <= 1
            self.draft = effect.draft
            self.drafts.add(effect.draft)
        self.stt.append(Job(effect, words))

    def commit(self, text: str) -> None:
        assert self.released, "nothing is final before the release"
        assert self.final is None, "once"
        assert self.draft is not None
        assert self.draft not in self.dead
        self.final = text
        if self.typed:
            return
        heard = text.split()
        wanted = said(0, self.frames_voiced)
        assert heard == wanted[: len(heard)], "no word is missing, none is there twice"
        assert len(heard) >= len(said(0, self.frames_voiced - int(NEW_VOICE_S / FRAME_S))), "up to the last one"

    def finish(self, finish: fx.FinishTurn) -> None:
        assert finish.turn_id == self.turn
        assert finish.turn_id not in self.ended, "once"
        assert finish.recorded == (self.final is not None)
        if finish.recorded:
            assert finish.user_text == self.final
        else:
            assert not self.played
            assert finish.outcome in ("empty", "failed")
        self.ended.add(finish.turn_id)
        self.turn, self.final, self.played = None, None, False

    @property
    def frames_voiced(self) -> int:
        return round(self.voice.voiced_s / FRAME_S)


def said(begin: int, end: int) -> list[str]:
    """Return the words of these voiced frames: one begins every few frames, so more voice need not be more words."""
    return [f"v{number}" for number in range(begin, end) if number % SLUR == 0]


def for_the_turn(effect: fx.Effect) -> bool:
    """Whether this work is for the turn as a whole and outlives its drafts."""
    if isinstance(effect, fx.Transcribe):
        return effect.kind != "final"
    return isinstance(effect, (fx.Prefill, fx.TidyUp))

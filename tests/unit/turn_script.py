"""A turn machine driven by hand, one message at a time, on virtual time."""

from collections.abc import Iterable
from typing import TypeVar

import numpy as np

from companion.engine import effects as fx
from companion.engine.commands import PressToTalk, ReleaseToTalk
from companion.engine.config import TurnConfig
from companion.engine.events import (
    EngineState,
    Event,
)
from companion.engine.messages import (
    ClauseSynthesized,
    DraftId,
    FinishReason,
    GenerationFinished,
    GenerationStats,
    TokenGenerated,
    Transcribed,
    Transcript,
    TranscriptionKind,
)
from companion.engine.signals import (
    TurnMessage,
    VoiceHeard,
)
from companion.engine.turn import TurnMachine

EffectT = TypeVar("EffectT")
STATS = GenerationStats(prompt_tokens=30, evaluated_tokens=10, reply_tokens=5, prefill_s=0.01, decode_s=0.05)


class Script:
    """Drives a machine by hand, one message at a time, and keeps every effect."""

    def __init__(self, config: TurnConfig | None = None) -> None:
        self.machine = TurnMachine(config or TurnConfig())
        self.now_s = 100.0
        self.voiced_s = 0.0
        self.effects: list[fx.Effect] = []
        self.machine.ready(self.now_s)

    def do(self, message: TurnMessage, after_s: float = 0.0) -> list[fx.Effect]:
        self.now_s += after_s
        done = self.machine.handle(message, self.now_s)
        self.effects += done
        return done

    def press(self, after_s: float = 0.0) -> list[fx.Effect]:
        return self.do(PressToTalk(at_s=self.now_s + after_s), after_s)

    def release(self, after_s: float = 0.0) -> list[fx.Effect]:
        return self.do(ReleaseToTalk(at_s=self.now_s + after_s), after_s)

    def speak(self, seconds: float) -> list[fx.Effect]:
        """The user speaks on, from silence or not."""
        done: list[fx.Effect] = []
        kind = "started" if not self.machine._turn or not self.machine._turn.voicing else None
        while seconds > 0:
            step = min(0.032, seconds)
            seconds -= step
            self.voiced_s += step
            done += self.do(VoiceHeard(kind=kind, voiced_s=self.voiced_s, silence_s=0.0), step)  # type: ignore[arg-type]
            kind = None
        return done

    def pause(self, after_s: float = 0.16) -> list[fx.Effect]:
        return self.do(VoiceHeard(kind="paused", voiced_s=self.voiced_s, silence_s=after_s), after_s)

    def hush(self, seconds: float) -> list[fx.Effect]:
        """Silence too short for a pause."""
        return self.do(VoiceHeard(kind=None, voiced_s=self.voiced_s, silence_s=seconds), seconds)

    def is_(self, state: EngineState) -> bool:
        return self.machine.state is state

    @property
    def draft(self) -> DraftId:
        """The draft whose transcription was asked for last."""
        return [e for e in self.effects if isinstance(e, fx.Transcribe) and e.kind == "final"][-1].draft

    def transcribed(
        self, text: str, kind: TranscriptionKind = "final", draft: DraftId | None = None
    ) -> list[fx.Effect]:
        transcript = Transcript(text=text)
        return self.do(Transcribed(draft=draft or self.draft, kind=kind, transcript=transcript, at_s=self.now_s), 0.1)

    def token(self, text: str, draft: DraftId | None = None) -> list[fx.Effect]:
        return self.do(TokenGenerated(draft=draft or self.draft, text=text, at_s=self.now_s), 0.01)

    def generated(self, reason: FinishReason = "stop", draft: DraftId | None = None) -> list[fx.Effect]:
        return self.do(GenerationFinished(draft=draft or self.draft, reason=reason, stats=STATS, at_s=self.now_s), 0.01)

    def synthesized(self, effect: fx.Synthesize, *, last: bool = True) -> list[fx.Effect]:
        """The whole sound of a clause, or the next part of it."""
        samples = np.full(1000, 0.5, np.float32)
        return self.do(
            ClauseSynthesized(
                draft=effect.draft, clause=effect.clause, samples=samples, rate_hz=22_050, at_s=self.now_s, last=last
            ),
            0.05,
        )

    def say(self, *tokens: str) -> fx.Synthesize:
        """The model writes; returns the first clause to be spoken."""
        done: list[fx.Effect] = []
        for text in tokens:
            done += self.token(text)
        return one(done, fx.Synthesize)


def all_of(effects: Iterable[fx.Effect], kind: type[EffectT]) -> list[EffectT]:
    return [effect for effect in effects if isinstance(effect, kind)]


def one(effects: Iterable[fx.Effect], kind: type[EffectT]) -> EffectT:
    found = all_of(effects, kind)
    assert len(found) == 1, found
    return found[0]


def events(effects: Iterable[fx.Effect]) -> list[Event]:
    return [effect.event for effect in effects if isinstance(effect, fx.Publish)]


def event_types(effects: Iterable[fx.Effect]) -> list[type]:
    return [type(event) for event in events(effects)]


def held_draft(script: Script) -> fx.Synthesize:
    """Press, speak, pause; the whole first clause is ready before the key comes up."""
    script.press()
    script.speak(1.0)
    script.pause()
    script.transcribed("how old is the bridge")
    first = script.say("It", " is", " very", " old", ",", " indeed", " it", " is", ".")
    script.synthesized(first)
    return first

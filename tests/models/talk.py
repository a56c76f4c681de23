"""An engine with real ears for tests, the sounds it is given, and what must be true of every turn it answers."""

from collections.abc import Generator, Sequence
from dataclasses import replace

import numpy as np

from companion.engine import effects as fx
from companion.engine.cancel import CancelToken
from companion.engine.config import EngineConfig, LlmConfig
from companion.engine.events import PlaybackStarted, ReplyFinished, ReplyToken, TranscriptFinal, TurnCompleted
from companion.engine.llm.llama import LlamaChatModel
from companion.engine.messages import ChatMessage, FinishReason, GenerationStats
from companion.engine.parts import Parts, real_parts
from companion.engine.samples import EAR_RATE_HZ, Float32Mono
from tests.engine.stepped import Mark, Stepped, WatchedWhisper
from tests.fakes.chat_model import FakeChatModel
from tests.fakes.synthesizer import FakeSynthesizer

QUESTION = "so_2016_0245"
"""What do you want to remember about today: no gap inside."""

COMMAND, COMMAND_MIDDLE_S = "so_0457_0074", 1.95
"""Tell them to come and / take me from here."""

LATE_S = 0.4
"""A key that comes up long after the voice."""


def echo(text: str) -> str:
    return f"You said: {text}"


def quiet(seconds: float) -> Float32Mono:
    """Return the noise of a quiet room."""
    return np.random.default_rng(1).uniform(-1e-3, 1e-3, round(seconds * EAR_RATE_HZ)).astype(np.float32)


def seconds(sound: Float32Mono) -> float:
    return len(sound) / EAR_RATE_HZ


def part(sound: Float32Mono, begin_s: float, end_s: float | None = None) -> Float32Mono:
    return sound[round(begin_s * EAR_RATE_HZ) : None if end_s is None else round(end_s * EAR_RATE_HZ)]


def spliced(*pieces: Float32Mono) -> Float32Mono:
    return np.concatenate(pieces)


def plain(text: str) -> str:
    words = "".join(c for c in text.lower() if c.isalnum() or c in " '").split()
    return " ".join(word for word in words if word not in ("um", "uh", "uhm", "er", "mm"))


def error_rate(heard: str, said: str) -> float:
    """Return the word error rate."""
    old, new = said.split(), heard.split()
    row = list(range(len(new) + 1))
    for i, word in enumerate(old, 1):
        previous, row[0] = row[0], i
        for j, other in enumerate(new, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (word != other))
    return row[-1] / len(old)


class Echo(FakeChatModel):
    """Answers with what it was asked, so that every word of a reply tells which draft it is from."""

    def generate(
        self, messages: Sequence[ChatMessage], *, cancel: CancelToken
    ) -> Generator[str, None, tuple[FinishReason, GenerationStats]]:
        """Return the echo."""
        self._script = [echo(messages[-1].text)]
        return super().generate(messages, cancel=cancel)


class WatchedLlama(LlamaChatModel):
    """The real one, keeping what it was asked."""

    def __init__(self, config: LlmConfig) -> None:
        super().__init__(config, 1, 1)
        self.prompts: list[tuple[ChatMessage, ...]] = []

    def generate(
        self, messages: Sequence[ChatMessage], *, cancel: CancelToken
    ) -> Generator[str, None, tuple[FinishReason, GenerationStats]]:
        """Return the reply."""
        self.prompts.append(tuple(messages))
        return super().generate(messages, cancel=cancel)

    @property
    def held(self) -> str:
        """What the KV cache holds, as text."""
        loaded = self._open
        assert loaded
        return b"".join(loaded.native.bytes_of(token) for token in loaded.cache._tokens).decode(errors="replace")


class Talk(Stepped):
    """An engine with real ears, an instant voice, and any language model."""

    def __init__(self, config: EngineConfig, model: FakeChatModel | LlamaChatModel) -> None:
        self.whisper = WatchedWhisper(config.stt, config.threads.stt)
        self.voice = FakeSynthesizer()
        parts: Parts = replace(
            real_parts(),
            transcriber=lambda _: self.whisper,
            chat_model=lambda _: model,
            synthesizer=lambda _: self.voice,
        )
        super().__init__(config, parts)

    @property
    def voiced_end_s(self) -> float:
        """Where in the sound given to `press` the last voice was heard."""
        assert self.engine._hearing.utterance
        return self.engine._hearing.utterance._voice.voiced_end / EAR_RATE_HZ - self.config.audio.pre_roll_s

    def drafts(self, begin: Mark) -> list[fx.Transcribe]:
        """Return the begin of each draft since `begin`."""
        return [effect for effect in self.effects(fx.Transcribe, begin) if effect.kind == "final"]

    def answer(self, begin: Mark) -> str:
        """Let the turn end, check that only its last draft had any effect, and return the text that was answered."""
        end = self.end(begin.events)
        assert isinstance(end, TurnCompleted), end
        [final] = self.events(TranscriptFinal, begin)
        *dropped, used = (effect.draft for effect in self.drafts(begin))
        kept = {effect.again: effect.of for effect in self.effects(fx.KeepReply, begin)}
        used = kept.get(used, used)
        asked = {effect.draft: effect.user_text for effect in self.effects(fx.Generate, begin)}
        assert plain(asked[used]) == plain(final.text)
        reply = echo(asked[used])
        assert "".join(event.text for event in self.events(ReplyToken, begin)) == reply
        assert [event.text for event in self.events(ReplyFinished, begin)] == [reply]
        played = self.effects(fx.Play, begin)
        assert {effect.sound.draft for effect in played} == {used}
        spoken = {effect.sound.clause.index: effect.sound.clause.text for effect in played}
        assert "".join(spoken[index] for index in sorted(spoken)).split() == reply.split()
        assert [(message.role, message.text) for message in self.engine._conversation.messages[-2:]] == [
            ("user", final.text),
            ("assistant", reply),
        ]
        [finish] = self.effects(fx.FinishTurn, begin)
        assert finish.recorded
        work = (fx.Transcribe, fx.Generate, fx.Synthesize)
        for draft in {*dropped, *asked} - {used, *kept}:
            since = self.engine.effects[begin.effects :]
            cancelled = since.index(fx.CancelDraft(draft=draft))
            assert not [e for e in since[cancelled:] if isinstance(e, work) and e.draft == draft and _drafting(e)]
        assert end.metrics.drafts == len(self.drafts(begin))
        return plain(final.text)

    def assert_nothing_shows(self, begin: Mark) -> None:
        """Nobody has seen, heard or recorded anything of a draft."""
        shown = (TranscriptFinal, ReplyToken, ReplyFinished, PlaybackStarted)
        assert not [event for event in self.log.events[begin.events :] if isinstance(event, shown)]
        assert not self.effects(fx.Play, begin)
        assert len(self.engine._conversation.messages) == 1
        assert self.speaker.played == self.speaker.written


def _drafting(effect: fx.Transcribe | fx.Generate | fx.Synthesize) -> bool:
    return not isinstance(effect, fx.Transcribe) or effect.kind == "final"

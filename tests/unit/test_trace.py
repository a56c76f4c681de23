"""The story of a turn as spans: on virtual time, the key comes up at 100 s."""

from collections.abc import Iterator

import numpy as np
import pytest

from companion.engine import effects as fx
from companion.engine.cpu import CpuReading
from companion.engine.events import TranscriptFinal
from companion.engine.messages import (
    Clause,
    ClauseSynthesized,
    DraftId,
    GenerationFinished,
    Prefilled,
    TokenGenerated,
    Transcribed,
    Transcript,
    TranscriptionKind,
)
from companion.engine.metrics import PlaybackFigures, SpanKind, TurnMetrics
from companion.engine.signals import VoiceHeard
from companion.engine.trace import TurnTrace
from tests.unit.turn_script import STATS

TURN = 7
KEY_UP_S = 100.0
FRAME_S = 0.032


class Story:
    """Tells a trace what happens, with times in seconds after the key release."""

    def __init__(self, *, typed: bool = False, turn: int = TURN, cpu: Iterator[CpuReading] | None = None) -> None:
        readings = cpu or iter([CpuReading(at_s=at_s, own_s=0) for at_s in range(9)])
        self.trace = TurnTrace(turn, typed=typed, read=lambda: next(readings))
        self.turn = turn
        self.voiced_s = 0.0

    def id(self, revision: int, turn: int | None = None) -> DraftId:
        return DraftId(turn=self.turn if turn is None else turn, revision=revision)

    def effect(self, effect: fx.Effect, at_s: float) -> None:
        self.trace.effect(effect, KEY_UP_S + at_s)

    def voice(self, end_s: float, voiced_s: float, *, paused: bool = False, silence_s: float = 0.0) -> None:
        """`voiced_s` more of voice, up to `end_s`."""
        self.voiced_s += voiced_s
        kind = "paused" if paused else None
        self.trace.voice(
            VoiceHeard(kind=kind, voiced_s=self.voiced_s, silence_s=silence_s),  # type: ignore[arg-type]
            KEY_UP_S + end_s,
        )

    def draft(self, at_s: float, revision: int = 1) -> None:
        self.effect(fx.Mark(moment="draft", at_s=KEY_UP_S + at_s), at_s)
        self.effect(fx.Transcribe(draft=self.id(revision), kind="final"), at_s)

    def drop(self, at_s: float, revision: int = 1) -> None:
        self.effect(fx.CancelDraft(draft=self.id(revision)), at_s)

    def release(self) -> None:
        self.effect(fx.Mark(moment="released", at_s=KEY_UP_S), 0)

    def commit(self, at_s: float) -> None:
        event = TranscriptFinal(turn_id=self.turn, text="", language="", at_s=KEY_UP_S + at_s)
        self.effect(fx.Publish(event=event), at_s)

    def transcribed(
        self,
        begin_s: float,
        end_s: float,
        revision: int = 1,
        kind: TranscriptionKind = "final",
        *,
        turn: int | None = None,
        retried: bool = False,
    ) -> None:
        transcript = Transcript(text="how are you", retried=retried)
        at_s, begun_s = KEY_UP_S + end_s, KEY_UP_S + begin_s
        draft = self.id(revision, turn)
        self.trace.message(Transcribed(draft=draft, kind=kind, transcript=transcript, at_s=at_s, begun_s=begun_s))

    def prefilled(self, begin_s: float, end_s: float, revision: int = 0) -> None:
        at_s, begun_s = KEY_UP_S + end_s, KEY_UP_S + begin_s
        self.trace.message(Prefilled(draft=self.id(revision), evaluated_tokens=1, at_s=at_s, begun_s=begun_s))

    def token(self, begin_s: float, at_s: float, revision: int = 1, *, turn: int | None = None) -> None:
        draft = self.id(revision, turn)
        self.trace.message(TokenGenerated(draft=draft, text="Yes", at_s=KEY_UP_S + at_s, begun_s=KEY_UP_S + begin_s))

    def written(self, begin_s: float, at_s: float, revision: int = 1) -> None:
        self.trace.message(
            GenerationFinished(
                draft=self.id(revision),
                reason="stop",
                stats=STATS,
                at_s=KEY_UP_S + at_s,
                begun_s=KEY_UP_S + begin_s,
            )
        )

    def spoken(self, begin_s: float, at_s: float, index: int = 0, revision: int = 1, *, speech: str = "Yes.") -> None:
        self.trace.message(
            ClauseSynthesized(
                draft=self.id(revision),
                clause=Clause(index=index, speech=speech, start=0, end=1),
                samples=np.zeros(1, np.float32),
                rate_hz=22_050,
                at_s=KEY_UP_S + at_s,
                begun_s=KEY_UP_S + begin_s,
                last=False,
            )
        )

    def heard(self, at_s: float) -> None:
        self.trace.heard(KEY_UP_S + at_s)

    def finish(self, at_s: float) -> TurnMetrics:
        return self.trace.finish(KEY_UP_S + at_s, STATS, PlaybackFigures())


def bars(metrics: TurnMetrics, *kinds: SpanKind) -> list[tuple[str, float, float, bool]]:
    """The spans, rounded to a hundredth of a millisecond."""
    return [
        (span.kind, round(span.begin_s, 5), round(span.end_s, 5), span.dropped)
        for span in metrics.spans
        if not kinds or span.kind in kinds
    ]


def test_a_turn_from_the_first_word_to_the_last_sound() -> None:
    story = Story()
    story.prefilled(-2.9, -2.8)
    story.voice(-1.1, 0.9)
    story.transcribed(-1.0, -0.9, revision=0, kind="partial")
    story.voice(-0.15, 0.95)
    story.voice(-0.15, 0.0, paused=True, silence_s=0.064)
    story.draft(-0.06)
    story.release()
    story.transcribed(-0.05, 0.015)
    story.token(0.016, 0.07)
    story.token(0.016, 0.10)
    story.commit(0.13)
    story.spoken(0.105, 0.13)
    story.heard(0.135)
    story.spoken(0.105, 0.16)
    story.written(0.016, 0.2)
    story.spoken(0.21, 0.25, index=1)

    metrics = story.finish(1.5)

    assert bars(metrics) == [
        ("prompt", -2.9, -2.8, False),
        ("voice", -2.0, -0.15, False),
        ("partial", -1.0, -0.9, False),
        ("draft", -0.06, 0.13, False),
        ("transcript", -0.05, 0.015, False),
        ("prompt", 0.016, 0.07, False),
        ("reply", 0.07, 0.2, False),
        ("clause", 0.105, 0.16, False),
        ("sound", 0.135, 1.5, False),
        ("clause", 0.21, 0.25, False),
    ]
    assert metrics.release_latency_s == pytest.approx(0.135)
    assert metrics.gap_s == pytest.approx(0.285)
    assert metrics.draft_used


def test_the_work_of_a_dropped_draft_keeps_its_bars_and_says_so() -> None:
    story = Story()
    story.draft(-0.9, revision=1)
    story.transcribed(-0.9, -0.8, revision=1)
    story.token(-0.8, -0.7, revision=1)
    story.drop(-0.6, revision=1)
    story.written(-0.8, -0.59, revision=1)  # what it still had
    story.spoken(-0.65, -0.58, revision=1)
    story.transcribed(-0.5, -0.4, revision=1, kind="partial")  # a partial bears the revision of the draft before it
    story.prefilled(-0.4, -0.3, revision=1)
    story.draft(-0.06, revision=2)
    story.release()
    story.transcribed(-0.06, 0.01, revision=2)

    metrics = story.finish(0.2)

    assert bars(metrics) == [
        ("transcript", -0.9, -0.8, True),
        ("draft", -0.9, -0.6, True),
        ("prompt", -0.8, -0.7, True),
        ("reply", -0.7, -0.59, True),
        ("clause", -0.65, -0.58, True),
        ("partial", -0.5, -0.4, False),
        ("prompt", -0.4, -0.3, False),
        ("transcript", -0.06, 0.01, False),
        ("draft", -0.06, 0.2, False),
    ]
    assert metrics.drafts == 2


def test_a_cancelled_generation_shows_what_its_prompt_took() -> None:
    story = Story()
    story.draft(-0.5)
    story.drop(-0.3)
    story.written(-0.4, -0.2)
    story.release()
    assert bars(story.finish(0), "prompt", "reply") == [("prompt", -0.4, -0.2, True)]


def test_a_draft_that_was_committed_cannot_be_dropped() -> None:
    story = Story()
    story.draft(-0.1)
    story.release()
    story.commit(0.0)
    story.drop(1.0)
    assert bars(story.finish(1.0), "draft") == [("draft", -0.1, 0.0, False)]


def test_the_moments_are_those_of_the_last_draft() -> None:
    story = Story()
    story.draft(-0.9, revision=1)
    story.effect(fx.Mark(moment="transcript", at_s=KEY_UP_S - 0.8), -0.8)
    story.drop(-0.7, revision=1)
    story.draft(0.06, revision=2)
    story.release()
    metrics = story.finish(0.2)
    assert metrics.draft_s == pytest.approx(0.06)
    assert metrics.transcript_s is None
    assert not metrics.draft_used


def test_what_belongs_to_another_turn_is_not_looked_at() -> None:
    story = Story()
    story.draft(-0.1)
    story.release()
    story.transcribed(-0.1, 0.0, turn=TURN - 1)
    story.token(-0.1, 0.0, turn=TURN + 1)
    story.trace.message("anything else")
    assert [kind for kind, *_ in bars(story.finish(0.1))] == ["draft"]


def test_a_stop_inside_a_word_does_not_end_the_voice_a_pause_does() -> None:
    story = Story()
    story.voice(-2.0, 3 * FRAME_S)
    story.voice(-2.0, 0.0, silence_s=FRAME_S)
    story.voice(-1.9, FRAME_S)
    story.voice(-1.9, 0.0, paused=True, silence_s=2 * FRAME_S)
    story.voice(-1.9, 0.0, silence_s=3 * FRAME_S)
    story.voice(-1.0, 2 * FRAME_S)
    story.release()
    assert bars(story.finish(0)) == [
        ("voice", round(-2.0 - 3 * FRAME_S, 5), -1.9, False),
        ("voice", round(-1.0 - 2 * FRAME_S, 5), -1.0, False),
    ]


def test_the_voice_does_not_reach_over_a_time_when_nobody_listened() -> None:
    story = Story()
    story.voice(-2.0, 0.5)
    story.effect(fx.EndCapture(), -1.9)
    story.voice(-0.5, FRAME_S)
    story.release()
    assert len(bars(story.finish(0), "voice")) == 2


def test_a_typed_turn_has_no_latency_but_has_spans() -> None:
    story = Story(typed=True)
    story.release()
    story.commit(0)
    story.token(0.01, 0.08)
    story.spoken(0.09, 0.12)
    story.heard(0.13)
    metrics = story.finish(1)
    assert [kind for kind, *_ in bars(metrics)] == ["prompt", "reply", "clause", "sound"]
    assert metrics.release_latency_s is None
    assert metrics.first_sound_s is None
    assert metrics.cpu_share is not None


def test_a_turn_without_a_release_has_nothing_to_count_from() -> None:
    story = Story()
    story.draft(-0.1)
    assert story.finish(0).spans == ()


def test_only_the_transcript_that_was_answered_counts_as_retried() -> None:
    story = Story()
    story.draft(-0.9, revision=1)
    story.drop(-0.8, revision=1)
    story.draft(-0.1, revision=2)
    story.transcribed(-0.9, -0.05, revision=1, retried=True)
    story.release()
    assert not story.finish(0.2).transcript_retried
    story.transcribed(-0.05, 0.1, revision=2, retried=True)
    assert story.finish(0.2).transcript_retried


def test_the_length_of_the_first_clause_is_that_of_the_answer() -> None:
    story = Story()
    story.draft(-0.9, revision=1)
    story.spoken(-0.8, -0.7, speech="This one was dropped.", revision=1)
    story.drop(-0.6, revision=1)
    story.draft(-0.1, revision=2)
    story.release()
    assert story.finish(0).first_clause_words is None
    story.spoken(0.1, 0.2, speech="Of course not,", revision=2)
    story.spoken(0.2, 0.3, index=1, speech="never.", revision=2)
    assert story.finish(0.2).first_clause_words == 3


def test_the_processor_is_watched_from_the_last_draft_to_the_first_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    readings = [
        CpuReading(at_s=0.0, own_s=0.0, busy_ticks=0, all_ticks=0),
        CpuReading(at_s=1.0, own_s=9.0, busy_ticks=100, all_ticks=200),
        CpuReading(at_s=1.2, own_s=9.1, busy_ticks=130, all_ticks=240),
    ]
    story = Story(cpu=iter(readings))
    story.draft(-0.9, revision=1)
    story.drop(-0.8, revision=1)
    story.draft(-0.06, revision=2)
    story.release()
    story.heard(0.14)
    metrics = story.finish(1)
    assert metrics.cpu_share == pytest.approx(0.25)
    assert metrics.other_cpu_share == pytest.approx(0.5)


def test_a_kept_reply_was_begun_when_its_own_draft_was() -> None:
    story = Story()
    story.draft(-0.2, revision=1)
    story.release()
    story.draft(0.1, revision=2)
    story.effect(fx.KeepReply(of=story.id(1), again=story.id(2)), 0.2)
    metrics = story.finish(0.5)
    assert metrics.draft_used
    assert metrics.draft_s == pytest.approx(0.1), "its transcript is the later one"
    assert metrics.drafts == 2


def test_a_reply_begun_after_the_release_is_not_drafted_ahead_whatever_was_before_it() -> None:
    story = Story()
    story.draft(-0.2, revision=1)
    story.drop(-0.1, revision=1)
    story.release()
    story.draft(0.1, revision=2)
    story.draft(0.3, revision=3)
    story.effect(fx.KeepReply(of=story.id(2), again=story.id(3)), 0.4)
    assert not story.finish(0.5).draft_used


def test_a_guess_that_was_right_was_begun_when_its_reply_was() -> None:
    story = Story()
    story.draft(-0.2, revision=1)
    story.effect(fx.Generate(draft=story.id(2), user_text="how old is it"), -0.15)
    story.release()
    story.effect(fx.KeepReply(of=story.id(2), again=story.id(1)), 0.1)
    metrics = story.finish(0.5)
    assert metrics.draft_used
    assert metrics.drafts == 1

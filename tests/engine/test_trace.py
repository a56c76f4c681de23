"""What the running engine tells of a turn: its spans are whole, in order, and agree with its moments."""

from itertools import pairwise

import numpy as np
import pytest

from companion.engine.commands import PressToTalk, ReleaseToTalk, SendText
from companion.engine.config import TurnConfig
from companion.engine.events import (
    PlaybackAdvanced,
    PlaybackStarted,
    TranscriptPartial,
    TurnCompleted,
    TurnInterrupted,
    TurnStarted,
)
from companion.engine.metrics import Span, SpanKind, TurnMetrics
from tests.engine.harness import Rig, running, tone
from tests.fakes.chat_model import FakeChatModel

LONG_REPLY = " ".join(f"This is sentence number {number} of a long reply." for number in range(1, 15))


def rig(*replies: str) -> Rig:
    return Rig(chat_model=FakeChatModel(replies or ["Yes. No."]), turn=TurnConfig(tap_s=0), speed=1)


def of(metrics: TurnMetrics, kind: SpanKind, *, dropped: bool = False) -> list[Span]:
    return [span for span in metrics.spans if span.kind == kind and span.dropped == dropped]


def ask(rig: Rig) -> int:
    """Press, speak, and let go once the words are known; returns the index of the turn's first event."""
    begin = rig.press()
    rig.wait(TurnStarted, begin)
    rig.wait(TranscriptPartial, begin)
    rig.release(held_s=0)
    return begin


def test_the_spans_agree_with_the_moments() -> None:
    with running(rig()) as session:
        metrics = session.wait(TurnCompleted, ask(session)).metrics

    (voice,), (draft,), (transcript,) = (of(metrics, kind) for kind in ("voice", "draft", "transcript"))
    (reply,), (sound,), clauses = of(metrics, "reply"), of(metrics, "sound"), of(metrics, "clause")
    prompt = of(metrics, "prompt")[-1]
    assert voice.end_s - voice.begin_s == pytest.approx(1.0, abs=0.1)
    assert metrics.utterance_s >= 1.5
    assert draft.begin_s == metrics.draft_s
    assert metrics.draft_s <= transcript.begin_s <= transcript.end_s == metrics.transcript_s
    assert metrics.transcript_s <= prompt.begin_s <= prompt.end_s == metrics.first_token_s == reply.begin_s
    assert metrics.first_clause_s is not None
    assert metrics.first_sound_s is not None
    assert metrics.first_token_s <= metrics.first_clause_s <= clauses[0].begin_s
    assert clauses[0].begin_s <= metrics.first_sound_s <= clauses[0].end_s
    assert len(clauses) == 2
    assert sound.begin_s == metrics.release_latency_s
    assert sound.end_s > max(span.end_s for span in metrics.spans if span.kind != "sound")
    assert draft.end_s <= sound.begin_s
    assert all(a.begin_s <= b.begin_s for a, b in pairwise(metrics.spans))
    assert not any(span.dropped for span in metrics.spans)
    assert metrics.gap_s == pytest.approx(sound.begin_s - voice.end_s)
    assert metrics.first_clause_words == 1
    assert metrics.cpu_share is not None


def test_a_draft_that_the_next_words_made_useless_is_marked() -> None:
    with running(rig()) as session:
        session.microphone.load(np.concatenate((tone(1.0, silence_s=0.3), tone(0.5, silence_s=0.5))))
        metrics = session.wait(TurnCompleted, ask(session)).metrics

    (dropped,), (used,) = of(metrics, "draft", dropped=True), of(metrics, "draft")
    assert metrics.drafts == 2
    assert dropped.begin_s <= used.begin_s == metrics.draft_s
    assert len(of(metrics, "voice")) == 2
    assert len(of(metrics, "transcript")) == len(of(metrics, "reply")) == 1


def test_a_turn_has_no_spans_of_the_turn_it_interrupted() -> None:
    with running(rig(LONG_REPLY, "Yes.")) as session:
        first = ask(session)
        session.wait(PlaybackAdvanced, first)
        pressed_s = session.clock()
        second = session.post(PressToTalk(at_s=pressed_s))
        interrupted = session.wait(TurnInterrupted, first).metrics
        session.wait(TranscriptPartial, second)
        released_s = session.clock()
        session.post(ReleaseToTalk(at_s=released_s))
        completed = session.wait(TurnCompleted, second).metrics

    assert of(interrupted, "sound")
    assert of(interrupted, "clause")
    work = [span for span in completed.spans if span.kind != "voice"]
    assert min(span.begin_s for span in work) >= pressed_s - released_s
    for kind in ("voice", "draft", "transcript", "reply", "clause", "sound"):
        assert len(of(completed, kind)) == 1, kind


def test_a_typed_turn_counts_from_its_sending() -> None:
    with running(rig()) as session:
        begin = session.post(SendText(text="hello", at_s=session.clock()))
        metrics = session.wait(TurnCompleted, begin).metrics
        assert session.wait(PlaybackStarted, begin).release_latency_s is None

    assert {span.kind for span in metrics.spans} == {"prompt", "reply", "clause", "sound"}
    assert min(span.begin_s for span in metrics.spans) >= 0
    assert metrics.release_latency_s is None

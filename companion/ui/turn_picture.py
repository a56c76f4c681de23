"""What the picture of one turn shows, and the same in words. Pure; any thread.

All times count from the moment the key came up.
"""

from dataclasses import dataclass
from functools import reduce
from typing import get_args

from companion.engine.metrics import Span, SpanKind, TurnMetrics, grade
from companion.ui.strings import (
    GRADE_WORDS,
    LANE_WORDS,
    NO_LATENCY,
    NOTHING,
    TURN_FACTS,
    WATERFALL,
    latency_words,
    share_words,
)
from companion.ui.translation import tr
from companion.ui.turn_strings import (
    ACROSS,
    AFTER,
    BEFORE,
    DRAFTS_DROPPED,
    LATENCY_AT,
    NAMED,
    NEXT_PIECE,
    NO,
    NO_PIECES,
    OF,
    PIECE,
    PIECE_DROPPED,
    PIECES,
    SUMMED_UP,
    SUMMED_UP_DROPPED,
    YES,
)

_LEAST_BEFORE_S, _MOST_BEFORE_S = 0.3, 3.0
_LEAST_AFTER_S = 0.3
"""The window always has some time before the release, and the whole of the promise."""
_ROOM = 0.04
"""Left free at both ends of the window, as a share of it."""
_LISTED = 4
"""More pieces than this in one lane are summed up."""


@dataclass(frozen=True, slots=True)
class Lane:
    """What one part of the program did in the turn, by begin."""

    kind: SpanKind
    spans: tuple[Span, ...]

    @property
    def name(self) -> str:
        """What a person calls it."""
        return tr(LANE_WORDS[self.kind])

    @property
    def note(self) -> str:
        """The lane in a few letters: how many pieces, how long together."""
        if not self.spans:
            return NOTHING
        dropped = sum(span.dropped for span in self.spans)
        if self.kind == "draft":
            return _with_dropped(len(self.spans), dropped)
        used = [span for span in self.spans if not span.dropped] or self.spans
        together = latency_words(_together_s(used))
        return tr(PIECES, count=len(used), together=together) if len(used) > 1 else together

    @property
    def words(self) -> str:
        """The lane as a sentence, for screen readers and for copying."""
        return tr(NAMED, name=self.name, value=self._said())

    def _said(self) -> str:
        if not self.spans:
            return tr(NO_PIECES)
        if len(self.spans) <= _LISTED:
            return reduce(lambda said, piece: tr(NEXT_PIECE, pieces=said, piece=piece), map(span_words, self.spans))
        dropped = sum(span.dropped for span in self.spans)
        whole = _range_words(self.spans[0].begin_s, max(span.end_s for span in self.spans))
        together = latency_words(_together_s(self.spans))
        sentence = SUMMED_UP_DROPPED if dropped else SUMMED_UP
        return tr(sentence, count=len(self.spans), together=together, range=whole, dropped=dropped)


def lanes(metrics: TurnMetrics) -> list[Lane]:
    """Return every lane, also the empty ones, in the order in which a turn goes through them."""
    by_begin = sorted(metrics.spans, key=lambda span: span.begin_s)
    return [Lane(kind, tuple(span for span in by_begin if span.kind == kind)) for kind in get_args(SpanKind)]


def time_window(metrics: TurnMetrics, *, whole: bool) -> tuple[float, float]:
    """Return (begin, end) of what the picture shows, in seconds.

    Args:
        metrics: The turn.
        whole: From the first word of the user to the last of the reply; otherwise what counts for the latency, from
            the begin of the draft that sounded to a little after its sound.
    """
    heard_s = metrics.release_latency_s or 0.0
    if whole and metrics.spans:
        begin_s = min(-_LEAST_BEFORE_S, *(span.begin_s for span in metrics.spans))
        end_s = max(_LEAST_AFTER_S, heard_s, *(span.end_s for span in metrics.spans))
    else:
        begun_s = 0.0 if metrics.draft_s is None else metrics.draft_s
        begin_s = max(-_MOST_BEFORE_S, min(-_LEAST_BEFORE_S, begun_s * 1.25))
        end_s = max(_LEAST_AFTER_S, heard_s * 1.25)
    room_s = _ROOM * (end_s - begin_s)
    return begin_s - room_s, end_s + room_s


def span_words(span: Span) -> str:
    """Return e.g. "63 ms, from 140 to 77 ms before you let go"."""
    length, when = latency_words(span.end_s - span.begin_s), _range_words(span.begin_s, span.end_s)
    return tr(PIECE_DROPPED if span.dropped else PIECE, length=length, range=when)


def heard_words(metrics: TurnMetrics) -> str:
    """Return when the answer was heard, and how that feels."""
    latency_s = metrics.release_latency_s
    if latency_s is None:
        return tr(NO_LATENCY)
    return tr(LATENCY_AT, latency=latency_words(latency_s), grade=tr(GRADE_WORDS[grade(latency_s)]))


def turn_facts(metrics: TurnMetrics) -> list[tuple[str, str]]:
    """Return (name, value) of the figures that are no bars; those that are not known are left out."""
    m = metrics
    dropped = sum(span.dropped for span in m.spans if span.kind == "draft")
    drafts = _with_dropped(m.drafts, dropped)
    known: dict[str, str | None] = {
        "ahead": tr(YES if m.draft_used else NO) if m.drafts else None,
        "gap": None if m.gap_s is None else latency_words(m.gap_s),
        "drafts": drafts if m.drafts else None,
        "prompt": tr(OF, count=m.evaluated_tokens, all=m.prompt_tokens) if m.prompt_tokens else None,
        "speed": None if m.tokens_per_s is None else f"{m.tokens_per_s:.0f}",
        "cpu": None if m.cpu_share is None else share_words(m.cpu_share),
        "others": None if m.other_cpu_share is None else share_words(m.other_cpu_share),
        "device": latency_words(m.output_latency_s) if m.output_latency_s else None,
        "stutters": str(m.underruns + m.xruns),
    }
    return [(tr(TURN_FACTS[key]), value) for key, value in known.items() if value is not None]


def turn_text(metrics: TurnMetrics, reason: str) -> str:
    """Return the whole picture in words, one line a lane and a figure; `reason` may be empty."""
    head = [tr(WATERFALL), heard_words(metrics)] + ([reason] if reason else [])
    figures = [tr(NAMED, name=name, value=value) for name, value in turn_facts(metrics)]
    return "\n".join([*head, *(lane.words for lane in lanes(metrics)), *figures])


def _with_dropped(count: int, dropped: int) -> str:
    return tr(DRAFTS_DROPPED, count=count, dropped=dropped) if dropped else str(count)


def _together_s(spans: tuple[Span, ...] | list[Span]) -> float:
    return sum(span.end_s - span.begin_s for span in spans)


def _range_words(begin_s: float, end_s: float) -> str:
    begin, end = latency_words(abs(begin_s)), latency_words(abs(end_s))
    if end_s <= 0:
        return tr(BEFORE, begin=begin, end=end)
    return tr(AFTER if begin_s >= 0 else ACROSS, begin=begin, end=end)

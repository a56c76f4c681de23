"""The waterfall of one turn: what was done when, around the key release. Pure; any thread."""

from typing import get_args

from companion.engine.metrics import PROMISE_S, Span, SpanKind, TurnMetrics
from companion.report.figures import show
from companion.report.markup import Markup, element
from companion.report.svg import WIDTH, figure, label, line, ticks

LANES: dict[SpanKind, str] = {
    "voice": "user's voice",
    "partial": "partial transcripts",
    "draft": "drafts",
    "transcript": "final transcript",
    "prompt": "prompt",
    "reply": "words of the reply",
    "clause": "voice synthesis",
    "sound": "sound",
}

_LEFT, _RIGHT = 130.0, 34.0
_LANE = 22.0
_TOP = 22.0
_THINNEST = 1.5
_BEFORE_S, _AFTER_S = 0.2, 0.3
"""At least so much is shown before and after the key release."""
_MOST_BEFORE_S = 2.0


def spans_of(metrics: TurnMetrics) -> tuple[Span, ...]:
    """Return the turn's spans; without any, bars between its moments, which is when each stage was done."""
    if metrics.spans:
        return metrics.spans
    moments: list[tuple[SpanKind, float | None]] = [
        ("transcript", metrics.transcript_s),
        ("prompt", metrics.first_token_s),
        ("reply", metrics.first_clause_s),
        ("clause", metrics.first_sound_s),
    ]
    found: list[Span] = []
    begin_s = metrics.draft_s
    for kind, at_s in moments:
        if begin_s is not None and at_s is not None and at_s >= begin_s:
            found.append(Span(kind=kind, begin_s=begin_s, end_s=at_s))
        begin_s = at_s if at_s is not None else begin_s
    if metrics.release_latency_s is not None:
        found.append(Span(kind="sound", begin_s=metrics.release_latency_s, end_s=metrics.release_latency_s + _AFTER_S))
    return tuple(found)


def waterfall(metrics: TurnMetrics, title: str) -> Markup:
    """Return the picture, from the begin of what counts for the latency to a little after the first sound."""
    spans = spans_of(metrics)
    begin_s, end_s = _window(metrics)

    def at(time_s: float) -> float:
        share = (min(max(time_s, begin_s), end_s) - begin_s) / (end_s - begin_s)
        return _LEFT + share * (WIDTH - _RIGHT - _LEFT)

    bottom = _TOP + _LANE * len(LANES)
    lanes = []
    for index, kind in enumerate(get_args(SpanKind)):
        y = _TOP + index * _LANE
        lanes.append(label(LANES[kind], _LEFT - 8, y + 15, anchor="end", class_="ink"))
        lanes += [
            element(
                "g",
                element("title", _words(span)),
                element(
                    "rect",
                    x=at(span.begin_s),
                    y=y + 4,
                    width=max(_THINNEST, at(span.end_s) - at(span.begin_s)),
                    height=_LANE - 8,
                    class_=f"lane {kind}{' dropped' if span.dropped else ''}",
                ),
            )
            for span in spans
            if span.kind == kind and span.end_s >= begin_s and span.begin_s <= end_s
        ]
    found = ticks(begin_s * 1000, end_s * 1000, 9)
    grid = [line(at(tick / 1000), _TOP, at(tick / 1000), bottom, "grid") for tick in found]
    names = [label(f"{tick:.0f}", at(tick / 1000), bottom + 16, anchor="middle") for tick in found]
    marks = [
        line(at(0), _TOP - 6, at(0), bottom, "release"),
        label("key up", at(0) - 4, _TOP - 9, anchor="end", class_="ink"),
        line(at(PROMISE_S), _TOP, at(PROMISE_S), bottom, "promise"),
    ]
    if (heard_s := metrics.release_latency_s) is not None:
        marks += [
            line(at(heard_s), _TOP - 6, at(heard_s), bottom, "heard"),
            label(f"heard at {show(heard_s, 'ms')}", at(heard_s) + 4, _TOP - 9, class_="ink"),
        ]
    axis = label("ms after the key release", WIDTH - _RIGHT, bottom + 32, anchor="end")
    return figure(title, _description(spans, begin_s, end_s), bottom + 40, grid, lanes, marks, names, axis)


def _window(metrics: TurnMetrics) -> tuple[float, float]:
    begin_s = max(-_MOST_BEFORE_S, min(-_BEFORE_S, (metrics.draft_s or 0.0) * 1.25))
    end_s = max(_AFTER_S, (metrics.release_latency_s or 0.0) * 1.25)
    room_s = 0.03 * (end_s - begin_s)
    return begin_s - room_s, end_s + room_s


def _words(span: Span) -> str:
    tail = ", dropped: the user spoke on" if span.dropped else ""
    return f"{LANES[span.kind]}: {span.begin_s * 1000:.0f} to {span.end_s * 1000:.0f} ms{tail}"


def _description(spans: tuple[Span, ...], begin_s: float, end_s: float) -> str:
    shown = [span for span in spans if span.end_s >= begin_s and span.begin_s <= end_s]
    return "Times after the key release. " + "; ".join(map(_words, shown)) if shown else "Nothing was recorded."

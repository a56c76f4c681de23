"""Why a turn was slow: the one main cause, worked out from its metrics. Pure; any thread.

A turn is a chain: a draft begins, its words become known, the first word of the reply is written, then its first
clause, its sound is made, and it is heard. Each link has a length that keeps the promise (`BUDGET`). What a link took
beyond it is laid at the door of what made it long, and the dearest cause is the answer. The links add up to the
latency, so a turn that broke the promise always has one.

What only makes everything slower (other programs, the first turn after a start) has no link of its own. Where it
applies it answers for all the time that no cause of the turn's own explains.
"""

from dataclasses import dataclass
from enum import Enum

from companion.engine.metrics import PROMISE_S, Span, SpanKind, TurnMetrics

AHEAD_S = 0.06
"""A turn whose key comes up 150 ms after the voice begins its draft this long before the release."""

BUDGET = {"transcript": 0.085, "prompt": 0.065, "words": 0.04, "voice": 0.03, "playback": 0.01}
"""Seconds each link may take in such a turn; together, less `AHEAD_S`, 170 ms.

Source: docs/latency.md, the starter models on two cores (75, 58, 31, 24 and 5 ms), rounded up.
"""

SETTLED_S = 0.2
"""A draft that began so long after the last voice did not wait for a pause: those are recognised in 60 to 100 ms."""

COLD_TOKENS = 48
"""Prompt tokens beyond this are more than one's own last words: part of the conversation was not in the cache."""

LONG_CLAUSE_WORDS = 8
"""A first clause of more words than this is long; the prompt asks for short ones."""

BUSY_SHARE = 0.75
"""From this share of all cores in use on, work waits for a core, on two cores as on many."""

OTHERS_SHARE = 0.2
"""Other programs using less than this are the usual background."""

_WORKER: dict[str, tuple[SpanKind, ...]] = {
    "transcript": ("transcript", "partial"),
    "prompt": ("prompt", "reply"),
    "voice": ("clause",),
}
"""What the worker of a link does, the link's own work first."""


class SlowCause(Enum):
    """What made a turn slow. The values are stable: reports and logs key on them."""

    RELEASED_EARLY = "released-early"
    """The key came up before the voice had ended, or with its last sound: nothing could be drafted ahead."""
    LATE_WORDS = "late-words"
    """A draft was there at the release, but more words came, and it was made again."""
    DRAFT_LATE = "draft-late"
    """The draft began late for no reason of the voice's: an earlier attempt failed, or the engine was held up."""
    EARLIER_WORK = "earlier-work"
    """A stage was still busy with something else when the draft needed it."""
    TRANSCRIPT_RETRIED = "transcript-retried"
    """The words were unclear: a second pass on a longer window was needed."""
    TRANSCRIPT_SLOW = "transcript-slow"
    PROMPT_COLD = "prompt-cold"
    """Much of the prompt had to be evaluated: it was not in the KV cache."""
    MODEL_SLOW = "model-slow"
    """The language model took long to begin, or to write a short clause."""
    LONG_CLAUSE = "long-clause"
    """The first clause was long, and its sound begins when it is complete."""
    VOICE_SLOW = "voice-slow"
    PLAYBACK_LATE = "playback-late"
    """The sound was ready, but reached the device late."""
    OTHER_PROGRAMS = "other-programs"
    """Other programs used the processor."""
    FIRST_TURN = "first-turn"
    """The first turn of the session."""


_UNEXPLAINED = (SlowCause.TRANSCRIPT_SLOW, SlowCause.MODEL_SLOW, SlowCause.VOICE_SLOW)
"""What is said of a stage that was slow for no reason of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowReason:
    """The main cause of a slow turn."""

    cause: SlowCause
    cost_s: float
    """What it cost: by so much the sound would have come sooner without it."""


def slow_reason(metrics: TurnMetrics) -> SlowReason | None:
    """Return why the turn was slow; None if it was not, was typed, or made no sound.

    Thread: any.
    """
    latency_s = metrics.release_latency_s
    if latency_s is None or latency_s < PROMISE_S:
        return None
    costs = _costs(metrics, latency_s)
    if not costs:
        return None
    cause = max(costs, key=lambda cause: costs[cause])
    return SlowReason(cause=cause, cost_s=costs[cause])


def _costs(m: TurnMetrics, latency_s: float) -> dict[SlowCause, float]:
    """Return what each cause cost, in seconds; only those that cost something."""
    if m.draft_s is None or m.transcript_s is None or m.first_token_s is None or m.first_sound_s is None:
        return {}
    clause_s = m.first_token_s if m.first_clause_s is None else m.first_clause_s
    links = {
        "transcript": (m.draft_s, m.transcript_s),
        "prompt": (m.transcript_s, m.first_token_s),
        "words": (m.first_token_s, clause_s),
        "voice": (clause_s, m.first_sound_s),
        "playback": (max(0.0, m.first_sound_s), latency_s),
    }
    over = {name: max(0.0, end_s - begin_s - BUDGET[name]) for name, (begin_s, end_s) in links.items()}
    waited = {name: min(over[name], _blocked_s(m.spans, name, *links[name])) for name in _WORKER}
    for name, waited_s in waited.items():
        over[name] -= waited_s

    costs = dict.fromkeys(SlowCause, 0.0)
    costs[_late_cause(m, latency_s)] += max(0.0, m.draft_s + AHEAD_S)
    costs[SlowCause.EARLIER_WORK] += sum(waited.values())
    costs[SlowCause.TRANSCRIPT_RETRIED if m.transcript_retried else SlowCause.TRANSCRIPT_SLOW] += over["transcript"]
    costs[SlowCause.PROMPT_COLD if m.evaluated_tokens > COLD_TOKENS else SlowCause.MODEL_SLOW] += over["prompt"]
    long_clause = (m.first_clause_words or 0) > LONG_CLAUSE_WORDS
    costs[SlowCause.LONG_CLAUSE if long_clause else SlowCause.MODEL_SLOW] += over["words"]
    costs[SlowCause.VOICE_SLOW] += over["voice"]
    if general := _general_cause(m):
        costs[general] += sum(costs.pop(stage) for stage in _UNEXPLAINED)
    # What was over before the release cost nothing, however long it took.
    costs = {cause: min(cost_s, max(0.0, m.first_sound_s)) for cause, cost_s in costs.items()}
    late = general or SlowCause.PLAYBACK_LATE
    costs[late] = costs.get(late, 0.0) + over["playback"]
    return {cause: cost_s for cause, cost_s in costs.items() if cost_s > 0}


def _late_cause(m: TurnMetrics, latency_s: float) -> SlowCause:
    """Return why the draft that sounded was not begun before the release."""
    if any(span.kind == "draft" and span.dropped and span.end_s >= 0 for span in m.spans):
        return SlowCause.LATE_WORDS
    voice_end_s = 0.0 if m.gap_s is None else latency_s - m.gap_s
    if m.draft_s is not None and m.draft_s - voice_end_s > SETTLED_S:
        return SlowCause.DRAFT_LATE
    return SlowCause.RELEASED_EARLY


def _general_cause(m: TurnMetrics) -> SlowCause | None:
    """Return what made everything slower, if anything did."""
    others = m.other_cpu_share or 0.0
    if others >= OTHERS_SHARE and others + (m.cpu_share or 0.0) >= BUSY_SHARE:
        return SlowCause.OTHER_PROGRAMS
    return SlowCause.FIRST_TURN if m.first_of_session else None


def _blocked_s(spans: tuple[Span, ...], link: str, wanted_s: float, done_s: float) -> float:
    """Return how long the work of a link, wanted at `wanted_s`, waited for its worker's earlier work to end."""
    kinds = _WORKER[link]
    mine = [span for span in spans if span.kind == kinds[0] and not span.dropped and wanted_s <= span.begin_s <= done_s]
    if not mine:
        return 0.0
    begun_s = mine[0].begin_s
    ends = [span.end_s for span in spans if span.kind in kinds and span.begin_s < begun_s and span.end_s <= begun_s]
    return max(0.0, max(ends, default=wanted_s) - wanted_s)

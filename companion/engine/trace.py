"""What is done when in a turn: collects its moments and spans, and makes the metrics of them.

The engine shows it every effect it carries out and every message of a worker; it decides nothing. A trace belongs to
one turn and looks at no other's work. What was done for a draft that was dropped keeps its bars, marked as such.
Thread: engine. Pure but for the processor's counters, read when a draft begins and when the reply is heard.
"""

from collections.abc import Callable
from dataclasses import dataclass

from companion.engine.cpu import CpuReading, CpuShares, cpu_shares, read_cpu
from companion.engine.effects import CancelDraft, Effect, EndCapture, Generate, KeepReply, Mark, Publish, Transcribe
from companion.engine.events import PlaybackStarted, TranscriptFinal
from companion.engine.messages import (
    ClauseSynthesized,
    GenerationFinished,
    GenerationStats,
    Prefilled,
    TokenGenerated,
    Transcribed,
)
from companion.engine.metrics import Moment, PlaybackFigures, Span, SpanKind, TurnMetrics
from companion.engine.signals import VoiceHeard

_WORK = (Transcribed, Prefilled, TokenGenerated, GenerationFinished, ClauseSynthesized)


@dataclass(slots=True)
class _Bar:
    """A span in the making; times are monotonic."""

    kind: SpanKind
    begin_s: float
    end_s: float
    revision: int | None = None
    """The draft that it was work for; None if it was for the turn as a whole."""
    clause: int = 0


class TurnTrace:
    """Follows one turn, from the key press (or the typed message) to the end of its reply.

    Args:
        turn_id: the turn's number.
        typed: True for a turn without sound from the user.
        first_of_session: True if no turn was answered before it.
        read: gives the processor's counters.
    """

    def __init__(
        self,
        turn_id: int,
        *,
        typed: bool = False,
        first_of_session: bool = False,
        read: Callable[[], CpuReading] = read_cpu,
    ) -> None:
        self.turn_id = turn_id
        self.utterance_s = 0.0
        """Length of the captured sound."""
        self.heard_s: float | None = None
        """Monotonic time at which the first audible sample was handed to the device."""
        self._typed = typed
        self._first_of_session = first_of_session
        self._read = read
        self._moments: dict[Moment, float] = {}
        self._bars: list[_Bar] = []
        self._voice: _Bar | None = None
        self._voiced_s = 0.0
        self._voice_end_s: float | None = None
        self._draft: _Bar | None = None
        """The draft under way; None before the first, and once it is committed or dropped."""
        self._revision: int | None = None
        """Of the draft begun last."""
        self._begun: dict[int, float] = {}
        """When each draft was begun, by revision."""
        self._drafts = 0
        self._dropped: set[int] = set()
        self._retried = False
        self._first_words: dict[int, int] = {}
        """Words of the first clause, by revision."""
        self._cpu: CpuReading | None = None
        self._shares: CpuShares | None = None

    @property
    def release_latency_s(self) -> float | None:
        """Key release to first audible sample; None until there is one, and for a typed turn."""
        return None if self._typed else self._since_release(self.heard_s)

    # -- what the engine tells

    def voice(self, news: VoiceHeard, end_s: float) -> None:
        """Take what voice detection said of one more frame.

        Args:
            news: what it said.
            end_s: monotonic time of the last voiced sample so far.
        """
        grown_s, self._voiced_s = news.voiced_s - self._voiced_s, news.voiced_s
        if grown_s > 0 and self._voice is None:
            self._voice = self._bar("voice", end_s - grown_s, end_s)
        if self._voice is not None:
            self._voice.end_s = self._voice_end_s = end_s
        if news.kind == "paused":
            self._voice = None

    def effect(self, effect: Effect, now_s: float) -> None:
        """Take note of what is about to be carried out."""
        match effect:
            case Mark():
                self._mark(effect.moment, effect.at_s)
            case Transcribe(kind="final") if self._draft is not None:
                self._revision = self._draft.revision = effect.draft.revision
                self._begun[self._revision] = self._draft.begin_s
            case Generate():
                self._begun.setdefault(effect.draft.revision, now_s)  # a guess, which has no transcription of its own
            case CancelDraft() if self._draft is not None:
                self._dropped.add(effect.draft.revision)
                if effect.draft.revision == self._draft.revision:
                    self._end_draft(now_s)
            case KeepReply():
                self._revision = effect.of.revision
            case Publish(event=TranscriptFinal()):
                self._end_draft(now_s)
            case EndCapture():
                self._voice = None

    def message(self, message: object) -> None:
        """Take note of what a worker has done for this turn; anything else is not looked at."""
        if not isinstance(message, _WORK) or message.draft.turn != self.turn_id:
            return
        revision = message.draft.revision
        match message:
            case Transcribed(kind="final"):
                self._job("transcript", message.begun_s, message.at_s, revision)
                if revision == self._revision:
                    self._retried = message.transcript.retried
            case Transcribed():
                self._job("partial", message.begun_s, message.at_s)
            case Prefilled():
                self._job("prompt", message.begun_s, message.at_s)
            case TokenGenerated() | GenerationFinished():
                self._written(message, revision)
            case ClauseSynthesized():
                self._spoken(message, revision)

    def heard(self, at_s: float) -> PlaybackStarted:
        """The first audible sample of the reply was handed to the device at monotonic time `at_s`."""
        self.heard_s = at_s
        if self._cpu is not None:
            self._shares = cpu_shares(self._cpu, self._read())
        return PlaybackStarted(turn_id=self.turn_id, at_s=at_s, release_latency_s=self.release_latency_s)

    def finish(self, now_s: float, stats: GenerationStats | None, playback: PlaybackFigures) -> TurnMetrics:
        """Return what the turn cost. Its sound, if any, ends now.

        Args:
            now_s: monotonic time.
            stats: what the reply cost; None if it was not finished.
            playback: what the sound device did.
        """
        self._end_draft(now_s)
        if self.heard_s is not None:
            self._bar("sound", self.heard_s, max(now_s, self.heard_s))
        moments, released_s = self._moments, self._moments.get("released")
        begun_s = None if self._revision is None else self._begun.get(self._revision)
        return TurnMetrics(
            turn_id=self.turn_id,
            release_latency_s=self.release_latency_s,
            gap_s=None if self.heard_s is None or self._voice_end_s is None else self.heard_s - self._voice_end_s,
            utterance_s=self.utterance_s,
            draft_s=self._since_release(moments.get("draft")),
            transcript_s=self._since_release(moments.get("transcript")),
            first_token_s=self._since_release(moments.get("first_token")),
            first_clause_s=self._since_release(moments.get("first_clause")),
            first_sound_s=self._since_release(moments.get("first_sound")),
            drafts=self._drafts,
            draft_used=released_s is not None and begun_s is not None and begun_s < released_s,
            transcript_retried=self._retried,
            first_clause_words=None if self._revision is None else self._first_words.get(self._revision),
            prompt_tokens=stats.prompt_tokens if stats else 0,
            evaluated_tokens=stats.evaluated_tokens if stats else 0,
            reply_tokens=stats.reply_tokens if stats else 0,
            tokens_per_s=stats.reply_tokens / stats.decode_s if stats and stats.decode_s > 0 else None,
            output_latency_s=playback.output_latency_s,
            underruns=playback.underruns,
            xruns=playback.xruns,
            first_of_session=self._first_of_session,
            spans=() if released_s is None else self._spans(released_s),
            cpu_share=self._shares.own if self._shares else None,
            other_cpu_share=self._shares.others if self._shares else None,
        )

    # -- small parts

    def _written(self, message: TokenGenerated | GenerationFinished, revision: int) -> None:
        reply = self._of("reply", revision)
        if reply is not None:
            reply.end_s = message.at_s
            return
        self._job("prompt", message.begun_s, message.at_s, revision)
        if isinstance(message, TokenGenerated):
            self._bar("reply", message.at_s, message.at_s, revision)

    def _spoken(self, message: ClauseSynthesized, revision: int) -> None:
        index = message.clause.index
        clause = self._of("clause", revision, index)
        if clause is None:
            clause = self._job("clause", message.begun_s, message.at_s, revision, index)
        clause.end_s = message.at_s
        if index == 0:
            self._first_words[revision] = len(message.clause.speech.split())

    def _mark(self, moment: Moment, at_s: float) -> None:
        if moment == "draft":
            self._end_draft(at_s)
            self._drafts += 1
            self._draft = self._bar("draft", at_s, at_s)
            self._retried = False
            for stale in ("transcript", "first_token", "first_clause", "first_sound"):
                self._moments.pop(stale, None)
        if moment == ("released" if self._typed else "draft"):
            self._cpu = self._read()
        self._moments[moment] = at_s

    def _since_release(self, at_s: float | None) -> float | None:
        released_s = self._moments.get("released")
        return None if at_s is None or released_s is None else at_s - released_s

    def _bar(self, kind: SpanKind, begin_s: float, end_s: float, revision: int | None = None, clause: int = 0) -> _Bar:
        bar = _Bar(kind, begin_s, end_s, revision, clause)
        self._bars.append(bar)
        return bar

    def _job(
        self, kind: SpanKind, begun_s: float | None, at_s: float, revision: int | None = None, clause: int = 0
    ) -> _Bar:
        return self._bar(kind, at_s if begun_s is None else begun_s, at_s, revision, clause)

    def _of(self, kind: SpanKind, revision: int, clause: int = 0) -> _Bar | None:
        wanted = (kind, revision, clause)
        return next((bar for bar in self._bars if (bar.kind, bar.revision, bar.clause) == wanted), None)

    def _end_draft(self, now_s: float) -> None:
        if self._draft is not None:
            self._draft.end_s, self._draft = now_s, None

    def _spans(self, released_s: float) -> tuple[Span, ...]:
        return tuple(
            Span(
                kind=bar.kind,
                begin_s=bar.begin_s - released_s,
                end_s=bar.end_s - released_s,
                dropped=bar.revision in self._dropped,
            )
            for bar in sorted(self._bars, key=lambda bar: (bar.begin_s, bar.end_s))
        )

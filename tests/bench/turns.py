"""Whole turns through the engine: recordings spoken in real time, no sound device, every moment of `TurnMetrics`.

What differs from one measurement to the next (key release, load, length of the conversation) takes turns inside one
session, so that what else the machine does falls on all of it. No question comes twice in a conversation.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from itertools import cycle
from time import monotonic
from typing import Any, cast

from companion.engine.commands import NewConversation, StopSpeaking
from companion.engine.config import EngineConfig
from companion.engine.events import PlaybackStarted, TurnCompleted, TurnInterrupted
from companion.engine.llm.base import ChatModel
from companion.engine.messages import ChatMessage
from companion.engine.metrics import TurnMetrics
from companion.engine.parts import real_parts
from companion.headless import TURN_ENDS, Session, running_session
from companion.recording import SpokenQuestion, spoken_questions
from tests.bench.figures import Recorder
from tests.bench.history import conversation
from tests.bench.load import busy_core

RELEASES_MS = (150, 400, 0)
"""Key up this long after the voice."""

COLD_RELEASE_MS = 150

LONG = (1, 10, 30)
"""Which turn of a conversation is measured."""

TICK_MS = 8.0
"""The engine looks at its devices this often: less than that between two moments of a turn means nothing."""

TURN_TIMEOUT_S = 30.0
PRIMED_TIMEOUT_S = 60.0

_MOMENTS = {
    "draft": "draft_s",
    "transcript": "transcript_s",
    "token": "first_token_s",
    "clause": "first_clause_s",
    "sound": "first_sound_s",
    "heard": "release_latency_s",
}
"""Figure by moment, in order; each in ms after the key release."""

_STAGES = {
    "transcribe": ("draft_s", "transcript_s"),
    "prompt": ("transcript_s", "first_token_s"),
    "words": ("first_token_s", "first_clause_s"),
    "voice": ("first_clause_s", "first_sound_s"),
}
"""Figure by the two moments between which the stage works."""

Say = Callable[[str], None]


class Questions:
    """The recorded questions, one after the other, for ever."""

    def __init__(self) -> None:
        self._next = cycle(spoken_questions())

    def take(self) -> SpokenQuestion:
        """Return the next question."""
        return next(self._next)


def measure_turns(
    config: EngineConfig, recorder: Recorder, say: Say, *, sessions: int, rounds: int, listen_s: float
) -> None:
    """Measure the cold first turn of each session, and `rounds` turns of each release over all sessions."""
    questions = Questions()
    shares = [rounds // sessions + (i < rounds % sessions) for i in range(sessions)]
    for number, share in enumerate(shares, 1):
        say(f"  session {number} of {sessions}")
        with running_session(config) as session:
            _measure(session, questions, recorder, "turn.cold", COLD_RELEASE_MS, listen_s)
            for _ in range(share):
                for release_ms in RELEASES_MS:
                    _measure(session, questions, recorder, f"turn.{release_ms}", release_ms, listen_s)


def measure_load(config: EngineConfig, recorder: Recorder, say: Say, *, rounds: int, listen_s: float) -> None:
    """Measure `rounds` turns beside a process that keeps one core busy, and as many without it in between."""
    questions = Questions()
    with running_session(config) as session:
        _measure(session, questions, Recorder(), "warm-up", COLD_RELEASE_MS, listen_s)
        for number in range(1, rounds + 1):
            say(f"  pair {number} of {rounds}")
            for name, load in _loads():
                with load:
                    _measure(session, questions, recorder, f"load.{name}", COLD_RELEASE_MS, listen_s)


def _loads() -> list[tuple[str, AbstractContextManager[int | None]]]:
    return [("quiet", nullcontext()), ("busy", busy_core())]


def measure_long(config: EngineConfig, recorder: Recorder, say: Say, *, rounds: int, listen_s: float) -> None:
    """Measure the turns `LONG` of a conversation whose replies were heard to their end, `rounds` times each."""
    questions = Questions()
    with _primed_session(config) as (session, watch):
        _measure(session, questions, Recorder(), "warm-up", COLD_RELEASE_MS, listen_s)
        for number in LONG:
            say(f"  turn {number}")
            for _ in range(rounds):
                history = conversation(number - 1)
                with watch.expecting(history):
                    session.engine.post(NewConversation(messages=history))
                _measure(session, questions, recorder, f"long.{number}", COLD_RELEASE_MS, listen_s)


def _measure(
    session: Session, questions: Questions, recorder: Recorder, name: str, release_ms: float, listen_s: float
) -> None:
    metrics = _ask(session, questions.take(), release_ms / 1000, listen_s)
    add_turn(recorder, name, metrics)


def _ask(session: Session, question: SpokenQuestion, release_s: float, listen_s: float) -> TurnMetrics | None:
    """Speak one question, listen to the reply's beginning, stop it; None if there was no reply to hear."""
    begin = session.say(question.samples, speech_end_s=question.voiced_end_s, release_after_s=release_s)
    try:
        started = session.log.wait_for(PlaybackStarted, *TURN_ENDS, after=begin, timeout_s=TURN_TIMEOUT_S)
        if isinstance(started, PlaybackStarted):
            session.log.wait_until(monotonic() + listen_s)
        session.engine.post(StopSpeaking())
        end = session.log.wait_for(*TURN_ENDS, after=begin, timeout_s=TURN_TIMEOUT_S)
    except TimeoutError:
        session.engine.post(StopSpeaking())
        return None
    return end.metrics if isinstance(end, TurnCompleted | TurnInterrupted) else None


def add_turn(recorder: Recorder, name: str, metrics: TurnMetrics | None) -> None:
    """Add what one turn cost under `name`; None is a turn that was lost."""

    def event(kind: str, count: float) -> None:
        recorder.add(f"{name}.{kind}", count, unit="events")

    def time(kind: str, seconds: float) -> None:
        recorder.add(f"{name}.{kind}", seconds * 1000, resolution=TICK_MS)

    heard_s = metrics.release_latency_s if metrics else None
    if metrics is None or heard_s is None:
        event("lost", 1)
        return
    for kind, moment in _MOMENTS.items():
        if (at_s := getattr(metrics, moment)) is not None:
            time(kind, at_s)
    for kind, (first, last) in _STAGES.items():
        begin_s, end_s = getattr(metrics, first), getattr(metrics, last)
        if begin_s is not None and end_s is not None:
            time(kind, end_s - begin_s)
    if metrics.first_sound_s is not None:
        time("device", heard_s - max(0.0, metrics.first_sound_s))
    recorder.add(f"{name}.evaluated_tokens", metrics.evaluated_tokens, unit="tokens")
    recorder.add(f"{name}.prompt_tokens", metrics.prompt_tokens, unit="tokens")
    event("lost", 0)
    event("undrafted", not metrics.draft_used)
    event("underruns", metrics.underruns)


# -- a session that tells when a conversation lies ready in the KV cache


class PrefillWatch:
    """Stands before the chat model and notes which conversation it was last brought up to."""

    def __init__(self) -> None:
        self._model: ChatModel | None = None
        self._held: tuple[ChatMessage, ...] = ()
        self._changed = threading.Condition()

    def guard(self, model: ChatModel) -> ChatModel:
        """Return a model that does what `model` does, and is watched."""
        self._model = model
        return cast(ChatModel, self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def prefill(self, messages: tuple[ChatMessage, ...], **options: Any) -> int:
        """Pass on, and note `messages` unless it was cancelled."""
        assert self._model
        evaluated = self._model.prefill(messages, **options)
        if not options["cancel"].cancelled:
            with self._changed:
                self._held = tuple(messages)
                self._changed.notify_all()
        return evaluated

    @contextmanager
    def expecting(self, history: tuple[ChatMessage, ...]) -> Iterator[None]:
        """Return from the block only when a conversation ending in `history` is held, brought there since its begin.

        The engine may have dropped the oldest turns.

        Raises:
            TimeoutError: that did not happen in time.
        """

        def held() -> bool:
            turns = tuple(message for message in self._held if message.role != "system")
            return bool(self._held) and bool(turns) == bool(history) and history[len(history) - len(turns) :] == turns

        with self._changed:
            self._held = ()
        yield
        with self._changed:
            if not self._changed.wait_for(held, PRIMED_TIMEOUT_S):
                raise TimeoutError("the conversation was not evaluated in time")


@contextmanager
def _primed_session(config: EngineConfig) -> Iterator[tuple[Session, PrefillWatch]]:
    watch = PrefillWatch()
    parts = real_parts()
    watched = replace(parts, chat_model=lambda chosen: watch.guard(parts.chat_model(chosen)))
    with running_session(config, parts=watched) as session:
        yield session, watch

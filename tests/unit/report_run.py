"""A run of the benchmark in which everything is as it should be, for the tests of the report to spoil."""

from dataclasses import replace
from typing import Any

from companion.engine.metrics import Span, TurnMetrics
from companion.report.run import Connectivity, Machine, ModelUsed, Run, Sockets, SpokenTurn

QUESTIONS = ("how old is the bridge", "what about the bus", "where must i go", "do you know the biscuit")
REPLIES = (
    "It was opened in eighteen eighty three.",
    "The bus comes every ten minutes.",
    "You could go to the harbour this evening.",
    "Yes, my grandmother used to bake it.",
)
LATENCIES_S = (0.11, 0.1, 0.12, 0.09)

SPANS = (
    Span(kind="voice", begin_s=-1.9, end_s=-0.15),
    Span(kind="draft", begin_s=-0.9, end_s=-0.6, dropped=True),
    Span(kind="draft", begin_s=-0.08, end_s=0.09),
    Span(kind="transcript", begin_s=-0.08, end_s=0.0),
    Span(kind="prompt", begin_s=0.0, end_s=0.04),
    Span(kind="reply", begin_s=0.04, end_s=0.6),
    Span(kind="clause", begin_s=0.06, end_s=0.2),
    Span(kind="clause", begin_s=0.61, end_s=0.8),
    Span(kind="sound", begin_s=0.1, end_s=3.0),
)


def metrics(latency_s: float | None = 0.1, **changed: Any) -> TurnMetrics:
    """Return the figures of a turn whose answer began after `latency_s`."""
    usual = TurnMetrics(
        turn_id=1,
        release_latency_s=latency_s,
        gap_s=None if latency_s is None else latency_s + 0.15,
        draft_s=-0.08,
        transcript_s=0.0,
        first_token_s=0.04,
        first_clause_s=0.06,
        first_sound_s=0.09,
        drafts=2,
        draft_used=True,
        prompt_tokens=80,
        evaluated_tokens=9,
        reply_tokens=20,
        tokens_per_s=60.0,
        spans=SPANS,
    )
    return replace(usual, **changed)


def turn(number: int = 1, **changed: Any) -> SpokenTurn:
    """Return one of the turns of `run`, changed."""
    index = (number - 1) % len(QUESTIONS)
    usual = SpokenTurn(
        number=number,
        question=QUESTIONS[index],
        heard=QUESTIONS[index].capitalize() + "?",
        reply=REPLIES[index],
        written=True,
        metrics=metrics(LATENCIES_S[index], first_of_session=number == 1),
        writing_s=0.5,
        speech_s=2.6,
        pauses_s=(0.2,),
        stop_s=0.02 if number == 2 else None,
    )
    return replace(usual, **changed)


def run(*turns: SpokenTurn, **changed: Any) -> Run:
    """Return a run of these turns (four good ones if none are given), changed."""
    usual = Run(
        made="2026-11-02T09:15:00Z",
        version="1.2.3",
        release_after_s=0.15,
        sound_device="Speakers",
        engine_ready_s=1.5,
        turns=turns or tuple(turn(number) for number in range(1, len(QUESTIONS) + 1)),
        machine=Machine(
            processor="Test CPU",
            cores=2,
            logical=4,
            memory_bytes=16 << 30,
            system="Linux",
            python="3.11.9",
            gpu=None,
            peak_memory_bytes=600 << 20,
        ),
        connectivity=Connectivity(
            sockets=Sockets(network=0, loopback=0, local=2, looks=8), forbidden=True, refused_attempts=0, ready_s=2.2
        ),
        models=(ModelUsed(role="llm", file="small.gguf", device="cpu", note="1 thread", memory_bytes=96 << 20),),
    )
    return replace(usual, **changed)

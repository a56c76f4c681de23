"""`companion bench`: the latency report over different questions, the cold turn first. Thread: main.

Every question is spoken in real time into the engine's ear, the key is released a fixed time after the voice ends,
and the reply starts at the sound device (the real one unless there is none). Nothing is cached: all questions differ.
"""

import argparse
import dataclasses
import json
import os
import platform
import statistics
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import companion
from companion.compose import engine_config, prepare_process
from companion.engine.audio.base import Speaker
from companion.engine.audio.speaker import PortAudioSpeaker
from companion.engine.audio.virtual import SilentSpeaker
from companion.engine.commands import StopSpeaking
from companion.engine.config import AudioConfig
from companion.engine.errors import AudioDeviceError, CompanionError
from companion.engine.events import PlaybackStarted, TranscriptFinal, TurnCompleted, TurnFailed, TurnInterrupted
from companion.engine.metrics import TurnMetrics
from companion.headless import TURN_ENDS, Session, running_session
from companion.recording import SpokenQuestion, spoken_questions

PROMISE_S = 0.2
"""Every turn: key release to first audible sample (docs/architecture.md, the promise)."""

PROMISED_MEAN_S = 0.12
PROMISED_SPREAD_S = 0.1
PROMISED_FIRST = 1.1
"""The first turn against the median of the others."""

LISTEN_S = 1.5
"""Seconds of each reply that are listened to before it is stopped."""

_STAGES = ("transcript_s", "first_token_s", "first_clause_s", "first_sound_s", "release_latency_s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Figures over turns, in seconds."""

    mean: float
    p50: float
    p95: float
    min: float
    max: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchTurn:
    """One question and its answer."""

    question: str
    heard: str
    lost: bool
    metrics: TurnMetrics | None


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command's arguments."""
    parser = commands.add_parser("bench", help="measure the latency over different questions")
    parser.add_argument("--turns", type=int, default=20, help="number of questions (default 20)")
    parser.add_argument("--release-after-ms", type=float, default=150, help="key up this long after the voice")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the report here")
    parser.add_argument("--silent", action="store_true", help="do not use the sound device")
    parser.set_defaults(run=run)


def spread(values: list[float]) -> Spread | None:
    """Return the figures of `values`, or None if there are none."""
    if not values:
        return None
    ordered = sorted(values)
    last = len(ordered) - 1
    return Spread(
        mean=statistics.fmean(ordered),
        p50=ordered[round(0.5 * last)],
        p95=ordered[round(0.95 * last)],
        min=ordered[0],
        max=ordered[-1],
    )


def run(args: argparse.Namespace) -> int:
    """Run the questions, print the report, and return 1 if the promise is broken."""
    questions = spoken_questions()
    if not 1 <= args.turns <= len(questions):
        raise CompanionError(
            "bench-turns",
            f"There are {len(questions)} different questions.",
            hint=f"Choose --turns between 1 and {len(questions)}.",
            permanent=True,
        )
    if args.json:
        _write(args.json, "")  # before the minutes of measuring: a wrong folder is said at once
    device: list[str] = []

    def speaker(config: AudioConfig) -> Speaker:
        chosen: Speaker = SilentSpeaker(monotonic) if args.silent else PortAudioSpeaker(config.speaker)
        try:
            chosen.open(22_050)
            chosen.close()
        except AudioDeviceError:
            chosen = SilentSpeaker(monotonic)
        device.append("no sound device" if isinstance(chosen, SilentSpeaker) else chosen.name)
        return chosen

    settings = prepare_process()
    with running_session(engine_config(settings), speaker=speaker) as session:
        turns = [_turn(session, question, args.release_after_ms / 1000) for question in questions[: args.turns]]
        ready_s = session.ready.seconds
    report = _report(turns, ready_s, device[-1] if device else "", args.release_after_ms)
    _print(report, turns)
    if args.json:
        _write(args.json, json.dumps(report, indent=1) + "\n")
    return 0 if all(kept for _, kept in _verdicts(report)) else 1


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CompanionError(
            "report-unwritable",
            f"{path} cannot be written: {error.strerror}.",
            hint="Choose another folder.",
            permanent=True,
        ) from error


def _turn(session: Session, question: SpokenQuestion, release_after_s: float) -> BenchTurn:
    begin = session.say(question.samples, speech_end_s=question.voiced_end_s, release_after_s=release_after_s)
    try:
        started = session.log.wait_for(PlaybackStarted, *TURN_ENDS, after=begin, timeout_s=30)
        if isinstance(started, PlaybackStarted):
            session.log.wait_until(monotonic() + LISTEN_S)
            session.engine.post(StopSpeaking())
        end = session.log.wait_for(*TURN_ENDS, after=begin, timeout_s=30)
    except TimeoutError:
        return BenchTurn(question=question.name, heard="", lost=True, metrics=None)
    if isinstance(end, TurnFailed):
        raise end.error
    heard = next((e.text for e in session.log.events[begin:] if isinstance(e, TranscriptFinal)), "")
    metrics = end.metrics if isinstance(end, TurnCompleted | TurnInterrupted) else None
    lost = metrics is None or metrics.release_latency_s is None
    return BenchTurn(question=question.transcript, heard=heard, lost=lost, metrics=metrics)


def _report(turns: list[BenchTurn], ready_s: float, device: str, release_after_ms: float) -> dict[str, object]:
    answered = [turn.metrics for turn in turns if turn.metrics and not turn.lost]
    stages = {
        stage: _plain(spread([value for m in answered if (value := getattr(m, stage)) is not None]))
        for stage in _STAGES
    }
    warm = [m.release_latency_s for m in answered[1:] if m.release_latency_s is not None]
    return {
        "version": companion.__version__,
        "machine": {"processor": _processor(), "cores": os.cpu_count(), "system": platform.platform()},
        "sound_device": device,
        "release_after_ms": release_after_ms,
        "ready_s": ready_s,
        "turns": len(turns),
        "lost": sum(turn.lost for turn in turns),
        "first_s": answered[0].release_latency_s if answered else None,
        "warm_median_s": statistics.median(warm) if warm else None,
        "drafts_used": sum(m.draft_used for m in answered),
        "underruns": sum(m.underruns for m in answered),
        "output_latency_s": answered[0].output_latency_s if answered else None,
        "tokens_per_s": _plain(spread([m.tokens_per_s for m in answered if m.tokens_per_s])),
        "stages": stages,
        "rows": [
            {
                "question": turn.question,
                "heard": turn.heard,
                "lost": turn.lost,
                **({} if turn.metrics is None else dataclasses.asdict(turn.metrics)),
            }
            for turn in turns
        ],
    }


def _verdicts(report: dict[str, object]) -> list[tuple[str, bool]]:
    stages = report["stages"]
    assert isinstance(stages, dict)
    figures = stages["release_latency_s"]
    if figures is None:
        return [("every question is answered", False)]
    first, median = report["first_s"], report["warm_median_s"]
    assert isinstance(first, float)
    return [
        ("every question is answered", report["lost"] == 0),
        (f"every turn under {PROMISE_S * 1000:.0f} ms", figures["max"] < PROMISE_S),
        (f"mean under {PROMISED_MEAN_S * 1000:.0f} ms", figures["mean"] < PROMISED_MEAN_S),
        (f"spread under {PROMISED_SPREAD_S * 1000:.0f} ms", figures["max"] - figures["min"] < PROMISED_SPREAD_S),
        (
            f"first turn within {PROMISED_FIRST} x the median",
            not isinstance(median, float) or first <= PROMISED_FIRST * max(median, 0.01),
        ),
        ("no underrun", report["underruns"] == 0),
    ]


def _print(report: dict[str, object], turns: list[BenchTurn]) -> None:
    print(f"Companion {report['version']}, sound: {report['sound_device']}, ready in {report['ready_s']:.2f} s")
    print(f"{'ms after the key release':<26}{'mean':>8}{'p50':>8}{'p95':>8}{'min':>8}{'max':>8}")
    stages = report["stages"]
    assert isinstance(stages, dict)
    for stage, figures in stages.items():
        if figures:
            name = stage.removesuffix("_s").replace("_", " ")
            columns = "".join(f"{figures[key] * 1000:>8.0f}" for key in ("mean", "p50", "p95", "min", "max"))
            print(f"{name:<26}{columns}")
    print(f"{report['turns']} turns, {report['lost']} lost, {report['drafts_used']} drafted before the release,")
    print(f"{report['underruns']} underruns; every question is a different one ({len({t.question for t in turns})}).")
    for sentence, kept in _verdicts(report):
        print(f"  {'kept  ' if kept else 'BROKEN'}  {sentence}")


def _plain(figures: Spread | None) -> dict[str, float] | None:
    return None if figures is None else dataclasses.asdict(figures)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())

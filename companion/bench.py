"""`companion bench`: the latency over different questions, the cold turn first, and the review as a page. Thread: main.

Every question is spoken in real time into the engine's ear, as late as the microphone would hear it; the key is
released a fixed time after the voice ends; the reply is heard at the sound device (the real one unless there is none),
beside the window if there is a display. Nothing is cached: all questions differ.
"""

import argparse
import dataclasses
import json
import sys
from contextlib import ExitStack
from pathlib import Path

from companion.bench_turns import measure
from companion.compose import engine_config, prepare_process
from companion.engine.errors import CompanionError
from companion.engine.metrics import PROMISE_S
from companion.headless import EventLog
from companion.machine import process_age_s
from companion.private_file import check_writable, write_private
from companion.recording import SpokenQuestion, spoken_questions
from companion.report.latency import (
    FIRST,
    MEAN_S,
    SPREAD_S,
    STAGES,
    first_ratio,
    first_s,
    stages,
    warm_median_s,
)
from companion.report.page import report_page
from companion.report.previous import Previous, is_report, read_previous
from companion.report.review import review
from companion.report.run import Run, SpokenTurn
from companion.spread import Spread, spread
from companion.ui import display


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command's arguments."""
    parser = commands.add_parser("bench", help="measure the latency over different questions, and review it all")
    parser.add_argument("--turns", type=int, help="number of questions (default 20, or all if there are fewer)")
    parser.add_argument("--release-after-ms", type=float, default=150, help="key up this long after the voice")
    parser.add_argument(
        "--report",
        type=Path,
        metavar="FILE.html",
        help="write the review of the run here, beside the figures of the report that is there already",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every figure here")
    parser.add_argument(
        "--speech",
        type=Path,
        metavar="FOLDER",
        help="ask the recordings of this folder, as its manifest.tsv lists them",
    )
    parser.add_argument("--silent", action="store_true", help="do not use the sound device")
    parser.add_argument("--no-window", action="store_true", help="do not open the window that shows the turns")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask the questions, print the figures, write the report, and return 1 if the promise is broken."""
    settings = prepare_process().settings
    config = engine_config(settings)
    questions = _questions(args.speech, args.turns)
    # Before the minutes of measuring: what cannot be written or must not be overwritten is said at once.
    previous = _previous(args.report) if args.report else None
    for path in filter(None, (args.report, args.json)):
        check_writable(path)
    release_after_s = args.release_after_ms / 1000

    def measured(log: EventLog | None = None) -> Run:
        return measure(
            config, questions, release_after_s=release_after_s, silent=args.silent, age_s=process_age_s(), log=log
        )

    with ExitStack() as screen:
        if not args.no_window and _held(screen):
            from companion.bench_window import beside_window  # Qt, which no other run needs

            found = dataclasses.replace(beside_window(settings.appearance, measured), window=True)
        else:
            found = measured()
    _print(found)
    if args.json:
        write_private(args.json, json.dumps(_json(found), indent=1) + "\n")
    if args.report:
        write_private(args.report, report_page(found, previous))
        for aspect in review(found):
            print(f"{aspect.title:<14}{aspect.verdict.value:<14}{aspect.sentence}")
        print(f"Report: {args.report}")
    return 0 if all(kept for _, kept in _verdicts(found)) else 1


def _held(screen: ExitStack) -> bool:
    """Keep the display for the window until `screen` ends, or say that there will be no window."""
    try:
        screen.enter_context(display.held())
    except CompanionError as error:
        print(f"Measured without the window, which costs time in daily use: {error.message}", file=sys.stderr)
        return False
    return True


def _questions(folder: Path | None, turns: int | None) -> list[SpokenQuestion]:
    questions = spoken_questions(folder)
    wanted = min(20, len(questions)) if turns is None else turns
    if not 1 <= wanted <= len(questions):
        raise CompanionError(
            "bench-turns",
            f"There are {len(questions)} different questions.",
            hint=f"Choose --turns between 1 and {len(questions)}, or give more recordings with --speech.",
            permanent=True,
        )
    return questions[:wanted]


def _previous(path: Path) -> Previous | None:
    """Return the figures of the report that is there already; any other page is not ours to overwrite."""
    try:
        page = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    except OSError:
        return None  # `check_writable` says what is wrong with it
    if page.strip() and not is_report(page):
        raise CompanionError(
            "report-foreign",
            f"{path} is no report of companion bench, so it is not overwritten.",
            hint="Choose another name.",
            permanent=True,
        )
    return read_previous(page)


def _json(found: Run) -> dict[str, object]:
    answered = found.metrics
    return {
        "version": found.version,
        "made": found.made,
        "machine": dataclasses.asdict(found.machine),
        "models": [dataclasses.asdict(model) for model in found.models],
        "connectivity": dataclasses.asdict(found.connectivity),
        "sound_device": found.sound_device or "no sound device",
        "window": found.window,
        "release_after_ms": found.release_after_s * 1000,
        "ready_s": found.engine_ready_s,
        "turns": len(found.turns),
        "lost": len(found.turns) - len(answered),
        "first_s": first_s(found),
        "warm_median_s": warm_median_s(found),
        "drafts_used": sum(metrics.draft_used for metrics in answered),
        "underruns": sum(metrics.underruns for metrics in answered),
        "output_latency_s": answered[0].output_latency_s if answered else None,
        "tokens_per_s": _plain(spread(metrics.tokens_per_s for metrics in answered)),
        "stages": {name: _plain(spread(getattr(metrics, name) for metrics in answered)) for name in STAGES},
        "aspects": {
            aspect.key: {
                "verdict": aspect.verdict.value,
                "figures": {figure.key.partition(".")[2]: figure.value for figure in aspect.figures},
            }
            for aspect in review(found)
        },
        "rows": [_row(turn) for turn in found.turns],
    }


def _row(turn: SpokenTurn) -> dict[str, object]:
    said = {field.name: getattr(turn, field.name) for field in dataclasses.fields(turn) if field.name != "metrics"}
    return {**said, "lost": not turn.answered, **(dataclasses.asdict(turn.metrics) if turn.metrics else {})}


def _verdicts(found: Run) -> list[tuple[str, bool]]:
    figures = spread(turn.latency_s for turn in found.turns)
    if figures is None:
        return [("every question is answered", False)]
    ratio = first_ratio(found)
    return [
        ("every question is answered", len(found.answered) == len(found.turns)),
        (f"every turn under {PROMISE_S * 1000:.0f} ms", figures.max < PROMISE_S),
        (f"mean under {MEAN_S * 1000:.0f} ms", figures.mean < MEAN_S),
        (f"spread under {SPREAD_S * 1000:.0f} ms", figures.max - figures.min < SPREAD_S),
        (f"first turn within {FIRST} x the median", ratio is None or ratio <= FIRST),
        ("no underrun", not any(metrics.underruns for metrics in found.metrics)),
    ]


def _print(found: Run) -> None:
    device = found.sound_device or "no sound device"
    shown = "beside the window" if found.window else "no window"
    print(f"Companion {found.version}, sound: {device}, {shown}, ready in {found.engine_ready_s:.2f} s")
    print(f"{'ms after the key release':<26}{'mean':>8}{'p50':>8}{'p95':>8}{'min':>8}{'max':>8}")
    for stage, figures in stages(found).items():
        name = stage.removesuffix("_s").replace("_", " ")
        columns = (figures.mean, figures.p50, figures.p95, figures.min, figures.max)
        print(f"{name:<26}" + "".join(f"{value * 1000:>8.0f}" for value in columns))
    drafted = sum(metrics.draft_used for metrics in found.metrics)
    lost = len(found.turns) - len(found.answered)
    print(f"{len(found.turns)} turns, {lost} lost, {drafted} drafted before the release,")
    underruns = sum(metrics.underruns for metrics in found.metrics)
    different = len({turn.question for turn in found.turns})
    print(f"{underruns} underruns; every question is a different one ({different}).")
    for sentence, kept in _verdicts(found):
        print(f"  {'kept  ' if kept else 'BROKEN'}  {sentence}")


def _plain(figures: Spread | None) -> dict[str, float] | None:
    return None if figures is None else dataclasses.asdict(figures)

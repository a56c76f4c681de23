"""The benchmark's command line: measures, writes the result, prints the table. Thread: main.

`prepare_process` has run before, or at least `prepare_environment`: see `__main__.py`.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from companion.compose import engine_config, prepare_process
from companion.engine.config import EngineConfig
from companion.engine.errors import CompanionError
from companion.engine.threads import available_cores
from tests.bench import machine, results, table
from tests.bench.figures import Recorder
from tests.bench.gui import measure_gui
from tests.bench.stages import measure_stages
from tests.bench.turns import measure_load, measure_long, measure_turns
from tests.bench.window import MESSAGES, measure_window

FOLDER = Path("build") / "bench"

SECTIONS = ("stage", "turn", "load", "long", "window", "gui")

QUIET_LOAD = 0.5
"""Load average a core above which a run is called noisy."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; returns the exit code: 1 if a section could not be measured. Figures never fail it."""
    options = _parser().parse_args(arguments)
    try:
        earlier = results.read(options.compare) if options.compare else None
        result, whole = _measure(options)
        path = results.write(result, options.folder)
    except CompanionError as error:
        sys.stderr.write(f"bench: {error}\n")
        return 2
    earlier = earlier or results.latest_comparable(result, options.folder)
    _say("")
    for line in table.lines(result, earlier):
        _say(line)
    _say(f"\n{path}")
    return 0 if whole else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description="Measure Companion on this machine.")
    parser.add_argument(
        "--only", action="append", choices=SECTIONS, metavar="SECTION", help=f"one of {', '.join(SECTIONS)}; repeatable"
    )
    parser.add_argument("--quick", action="store_true", help="few samples, for a first look (under 2 minutes)")
    parser.add_argument("--compare", type=Path, metavar="FILE", help="compare with this result, not the latest one")
    parser.add_argument("--label", default="", help="what is measured, for tables and plots; otherwise the commit")
    parser.add_argument("--folder", type=Path, default=FOLDER, help=f"where results are kept (default {FOLDER})")
    return parser


def _measure(options: argparse.Namespace) -> tuple[results.Result, bool]:
    """Return what was measured, and whether that is all that was asked for."""
    sections = tuple(section for section in SECTIONS if not options.only or section in options.only)
    config = engine_config(prepare_process().settings)
    begun, begun_s = datetime.now(UTC), monotonic()
    load = machine.load_average()
    if load is not None and load > QUIET_LOAD * available_cores():
        _say(f"The load average is {load}: what else runs here is measured too.")
    recorder, stopped = Recorder(), 0
    for section in sections:
        _say(section)
        try:
            _MEASURES[section](config, recorder, options.quick)
        except (CompanionError, TimeoutError) as error:  # minutes of other sections are not thrown away for it
            sys.stderr.write(f"bench: {section} stopped: {error}\n")
            stopped += 1
    result = results.Result(
        begun=begun.strftime("%Y-%m-%dT%H:%M:%SZ"),
        seconds=monotonic() - begun_s,
        commit=machine.commit(),
        quick=options.quick,
        sections=sections,
        machine=machine.describe_machine(),
        load_before=load,
        versions=machine.library_versions(),
        models=machine.describe_models(config),
        figures=tuple(recorder.figures),
    )
    return replace(result, label=options.label or result.commit), not stopped


def _stage(config: EngineConfig, recorder: Recorder, quick: bool) -> None:
    measure_stages(config, recorder, 5 if quick else 20, _say)


def _turn(config: EngineConfig, recorder: Recorder, quick: bool) -> None:
    if quick:
        measure_turns(config, recorder, _say, sessions=1, rounds=3, listen_s=0.3)
    else:
        measure_turns(config, recorder, _say, sessions=5, rounds=10, listen_s=1.0)


def _load(config: EngineConfig, recorder: Recorder, quick: bool) -> None:
    if quick:
        measure_load(config, recorder, _say, rounds=2, listen_s=0.3)
    else:
        measure_load(config, recorder, _say, rounds=10, listen_s=1.0)


def _long(config: EngineConfig, recorder: Recorder, quick: bool) -> None:
    measure_long(config, recorder, _say, rounds=1 if quick else 6, listen_s=0.3 if quick else 1.0)


def _window(config: EngineConfig, recorder: Recorder, quick: bool) -> None:
    measure_window(recorder, _say, messages=1000 if quick else MESSAGES)


def _gui(config: EngineConfig, recorder: Recorder, quick: bool) -> None:
    measure_gui(config, recorder, _say, turns=4 if quick else 40)


_MEASURES: dict[str, Callable[[EngineConfig, Recorder, bool], None]] = {
    "stage": _stage,
    "turn": _turn,
    "load": _load,
    "long": _long,
    "window": _window,
    "gui": _gui,
}


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()

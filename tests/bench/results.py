"""What a run of the benchmark leaves behind, and how it is found again. Any thread.

One JSON file a run, `build/bench/<begun>.json`:

    schema      1
    begun       UTC time stamp, ISO 8601, also the file's name
    seconds     how long the run took
    label       what was measured, given by `--label`; otherwise the commit
    commit      of the checkout, "-dirty" behind it if files were changed; "" without git
    quick       whether `--quick` took few samples
    sections    which of "stage", "turn", "load", "long", "window", "gui" were run
    machine     cpu, cores (physical, usable by the process), logical, memory_gib, gpu, gpu_memory_gib, system,
                python: strings and numbers; two runs compare if all but `system` and `python` are equal
    load_before load average over one minute before the first measurement; null where the system has none
    versions    of the native libraries and of Companion, by distribution name
    models      stt, llm, tts, and the thread plan: two runs compare only if these are equal
    figures     by name: unit ("ms", "tokens", "events", "MB"), resolution, n, median, p95, samples in the order taken

`median` and `p95` are for people and other programs; they are computed again from `samples` when a file is read.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from companion.engine.errors import CompanionError
from tests.bench.figures import Figure, Unit

SCHEMA = 1
DECIMALS = 4
"""Of a sample: 0.1 microseconds where the unit is milliseconds."""

_MAY_DIFFER = ("system", "python")
"""What of the machine may change between two runs that are compared: an update of the system is worth seeing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One run."""

    begun: str
    seconds: float = 0.0
    label: str = ""
    commit: str = ""
    quick: bool = False
    sections: tuple[str, ...] = ()
    machine: dict[str, str | float | None] = field(default_factory=dict)
    load_before: float | None = None
    versions: dict[str, str] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()

    def figure(self, name: str) -> Figure | None:
        """Return the figure of this name, or None if the run did not take it."""
        return next((figure for figure in self.figures if figure.name == name), None)

    def comparable(self, other: "Result") -> bool:
        """Whether both ran the same models with the same plan on the same machine."""
        return self.models == other.models and _hardware(self.machine) == _hardware(other.machine)


def to_json(result: Result) -> str:
    """Return the file's text."""
    return json.dumps(
        {
            "schema": SCHEMA,
            "begun": result.begun,
            "seconds": round(result.seconds, 1),
            "label": result.label,
            "commit": result.commit,
            "quick": result.quick,
            "sections": list(result.sections),
            "machine": result.machine,
            "load_before": result.load_before,
            "versions": result.versions,
            "models": result.models,
            "figures": {
                figure.name: {
                    "unit": figure.unit,
                    "resolution": figure.resolution,
                    "n": figure.n,
                    "median": round(figure.median, DECIMALS),
                    "p95": round(figure.p95, DECIMALS),
                    "samples": [round(sample, DECIMALS) for sample in figure.samples],
                }
                for figure in result.figures
            },
        },
        indent=1,
    )


def from_json(text: str) -> Result:
    """Return what `to_json` wrote.

    Raises:
        ValueError: not a result, or of another schema.
    """
    try:
        data = json.loads(text)
        if data["schema"] != SCHEMA:
            raise ValueError(f"schema {data['schema']}")
        return Result(
            begun=str(data["begun"]),
            seconds=float(data["seconds"]),
            label=str(data["label"]),
            commit=str(data["commit"]),
            quick=bool(data["quick"]),
            sections=tuple(data["sections"]),
            machine=dict(data["machine"]),
            load_before=data["load_before"],
            versions=dict(data["versions"]),
            models=dict(data["models"]),
            figures=tuple(_figure(name, entry) for name, entry in data["figures"].items()),
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not a result of the benchmark: {error!r}") from error


def read(path: Path) -> Result:
    """Read one file.

    Raises:
        CompanionError: "result-unreadable".
    """
    try:
        return from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CompanionError(
            "result-unreadable",
            f"{path} is not a result of this benchmark ({error}).",
            hint="Name a file that `make bench` wrote.",
            permanent=True,
        ) from error


def write(result: Result, folder: Path) -> Path:
    """Write the result under its time stamp and return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result.begun.replace(':', '').replace('-', '')}.json"
    path.write_text(to_json(result) + "\n", encoding="utf-8")
    return path


def latest_comparable(result: Result, folder: Path) -> Result | None:
    """Return the newest earlier run of this machine and these models that shares figures with `result`."""
    names = {figure.name for figure in result.figures}
    for earlier in sorted(_readable(folder), key=lambda found: found.begun, reverse=True):
        shared = names & {figure.name for figure in earlier.figures}
        if earlier.begun < result.begun and shared and result.comparable(earlier):
            return earlier
    return None


def _readable(folder: Path) -> Iterator[Result]:
    """Read every result in `folder`; files of another schema or cut short are passed over."""
    for path in folder.glob("*.json"):
        try:
            yield from_json(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue


def _figure(name: str, entry: dict[str, Any]) -> Figure:
    unit: Unit = entry["unit"]
    samples = tuple(float(sample) for sample in entry["samples"])
    if unit not in get_args(Unit) or not samples:
        raise ValueError(f"figure {name}")
    return Figure(name=name, unit=unit, samples=samples, resolution=float(entry["resolution"]))


def _hardware(machine: dict[str, str | float | None]) -> dict[str, str | float | None]:
    return {key: value for key, value in machine.items() if key not in _MAY_DIFFER}

"""The benchmark's figures as lines of text. Pure, any thread."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from tests.bench.figures import Change, Figure, Verdict, compare_all
from tests.bench.results import Result

_TURNS = ("turn", "load", "long")
_MOMENTS_ON_THE_WAY = ("draft", "transcript", "token", "clause", "sound")

_NAME = 28
_NUMBER = 10


def lines(result: Result, earlier: Result | None) -> Iterator[str]:
    """Yield the table of `result`, beside `earlier` if there is one."""
    yield from _head(result)
    changes = {change.new.name: change for change in compare_all(earlier.figures, result.figures)} if earlier else {}
    heading = f"{'milliseconds':<{_NAME}}{'n':>5}{'median':>{_NUMBER}}{'p95':>{_NUMBER}}"
    yield heading + (f"{'before':>{_NUMBER}}{'ratio':>8}" if earlier else "")
    for _, group in groupby(result.figures, lambda figure: _group(figure.name)):
        figures = list(group)
        yield ""
        for figure in figures:
            if figure.unit != "events" and not _is_detail(figure.name):
                yield _row(figure) + _against(changes.get(figure.name))
        if events := [figure for figure in figures if figure.unit == "events"]:
            yield "  " + ", ".join(_event(figure, changes.get(figure.name)) for figure in events)
    if earlier:
        yield ""
        yield from _summary(result, earlier, list(changes.values()))


def _group(name: str) -> str:
    """Return what stands together: the figures of one library, or of one kind of turn."""
    first, _, rest = name.partition(".")
    return f"{first}.{rest.partition('.')[0]}" if first in _TURNS else first


def _is_detail(name: str) -> bool:
    """Whether the figure is for the file only: a moment of a turn on the way to its first sound."""
    return name.partition(".")[0] in _TURNS and name.rpartition(".")[2] in _MOMENTS_ON_THE_WAY


def _head(result: Result) -> Iterator[str]:
    machine = result.machine
    gpu = machine.get("gpu") or "no GPU"
    yield (
        f"{result.label or result.commit or 'no label'}, {result.begun}, {result.seconds:.0f} s"
        f"{', quick' if result.quick else ''}"
    )
    yield f"{machine.get('cpu')}, {machine.get('cores')} cores, {machine.get('memory_gib')} GiB, {gpu}"
    yield f"{result.models.get('stt')}, {result.models.get('llm')}, {result.models.get('tts')}"
    yield f"threads: {result.models.get('threads')}; load average before: {result.load_before}"
    yield ""


def number(value: float) -> str:
    """Return a figure with three digits that count."""
    size = abs(value)
    return (
        f"{value:.0f}"
        if size >= 100
        else f"{value:.1f}"
        if size >= 10
        else f"{value:.2f}"
        if size >= 1
        else f"{value:.3f}"
    )


def _row(figure: Figure) -> str:
    median, p95 = _value(figure, figure.median), _value(figure, figure.p95)
    return f"{figure.name:<{_NAME}}{figure.n:>5}{median:>{_NUMBER}}{p95:>{_NUMBER}}"


def _value(figure: Figure, value: float) -> str:
    return f"{value:.0f}" if figure.unit == "tokens" else number(value)


def _against(change: Change | None) -> str:
    if change is None:
        return ""
    ratio = "-" if change.ratio is None else f"{change.ratio:.2f}"
    return f"{_value(change.old, change.old.median):>{_NUMBER}}{ratio:>8}  {change.verdict.value}".rstrip()


def _event(figure: Figure, change: Change | None) -> str:
    said = f"{figure.name.rpartition('.')[2]} {_total(figure)}"
    if change is None or change.verdict is Verdict.ALIKE:
        return said
    return f"{said} (before {_total(change.old)}: {change.verdict.value})"


def _total(figure: Figure) -> str:
    return f"{sum(figure.samples):.0f} of {figure.n}"


def _summary(result: Result, earlier: Result, changes: Sequence[Change]) -> Iterator[str]:
    count = {verdict: sum(change.verdict is verdict for change in changes) for verdict in Verdict}
    few = f", {count[Verdict.TOO_FEW]} with too few samples to say" if count[Verdict.TOO_FEW] else ""
    yield (
        f"Against {earlier.label or earlier.commit}, {earlier.begun}: {count[Verdict.BETTER]} better, "
        f"{count[Verdict.WORSE]} worse, {count[Verdict.ALIKE]} alike{few}."
    )
    if not result.comparable(earlier):
        yield "Another machine, other models or another thread plan: the ratios say how they differ, not what changed."
    for what, old, new in (
        ("machine", earlier.machine, result.machine),
        ("models", earlier.models, result.models),
        ("versions", earlier.versions, result.versions),
    ):
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                yield f"  {what}: {key} {old.get(key)} -> {new.get(key)}"

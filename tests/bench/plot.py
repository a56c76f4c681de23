"""Draws results of the benchmark as one SVG: `python -m tests.bench.plot OUT.svg [LABEL=]RESULT.json ...`.

Panels of bars, the results side by side in the order given: a bar is a median, the whisker above it the p95. The
picture brings its own background and turns dark with the reader's system, so it can stand on any page. Pure but for
reading and writing; any thread.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from xml.sax.saxutils import escape

from companion.engine.errors import CompanionError
from tests.bench.figures import Figure
from tests.bench.results import Result, read
from tests.bench.table import number

WIDTH = 860
LEFT, RIGHT = 56, 20
PANEL_HEIGHT = 190
TITLE_HEIGHT, NAME_HEIGHT, GAP = 26, 34, 22
LEGEND_LINE = 20
HEADROOM = 1.08
"""Times the highest value: room for the number above it."""
GROUP_FILL = 0.78
"""Part of a group's width that its bars take."""

PROMISE_MS = 200.0
"""Release to first sound, every turn (docs/architecture.md)."""

COLOURS = 6
"""Series that have a colour of their own (Okabe and Ito's, told apart by colour-blind readers); more begin again."""

STYLE = """\
svg { font: 12px system-ui, sans-serif; }
.page { fill: #ffffff; } .ink { fill: #24292f; } .soft { fill: #57606a; } .line { stroke: #d0d7de; }
.whisker { stroke: #24292f; stroke-width: 1.2; } .promise { stroke: #cf222e; stroke-dasharray: 4 3; }
.c0 { fill: #8c959f; } .c1 { fill: #0072b2; } .c2 { fill: #e69f00; } .c3 { fill: #009e73; } .c4 { fill: #cc79a7; }
.c5 { fill: #56b4e9; }
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117; } .ink { fill: #e6edf3; } .soft { fill: #9198a1; } .line { stroke: #3d444d; }
.whisker { stroke: #e6edf3; } .promise { stroke: #ff7b72; } .c1 { fill: #3d9bd6; }
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One row of groups of bars."""

    title: str
    groups: tuple[tuple[str, str], ...]
    """Name under the group, and the figure it shows."""
    promise: bool = False
    """Whether the line of the promise is drawn."""


PANELS = (
    Panel(
        title="Key release to first sound, ms",
        groups=(
            ("up 150 ms after the voice", "turn.150.heard"),
            ("400 ms", "turn.400.heard"),
            ("0 ms", "turn.0.heard"),
            ("first of session", "turn.cold.heard"),
            ("one core busy", "load.busy.heard"),
            ("10th turn", "long.10.heard"),
            ("30th turn", "long.30.heard"),
        ),
        promise=True,
    ),
    Panel(
        title="Where a turn's time goes (key up 150 ms after the voice), ms",
        groups=(
            ("transcript", "turn.150.transcribe"),
            ("prompt, first token", "turn.150.prompt"),
            ("first clause", "turn.150.words"),
            ("its first sound", "turn.150.voice"),
            ("device", "turn.150.device"),
        ),
    ),
    Panel(
        title="Stages alone, ms",
        groups=(
            ("Whisper 2 s", "stt.final.2s"),
            ("4 s", "stt.final.4s"),
            ("partial 4 s", "stt.partial.4s"),
            ("prompt 60 + 16", "llm.prompt.60+16"),
            ("1000 + 16", "llm.prompt.1000+16"),
            ("voice 5 words", "tts.first.5w"),
            ("12 words", "tts.first.12w"),
        ),
    ),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the results named on the command line."""
    parser = argparse.ArgumentParser(prog="plot", description="Draw results of the benchmark side by side.")
    parser.add_argument("out", type=Path, metavar="OUT.svg")
    parser.add_argument("results", nargs="+", metavar="[LABEL=]RESULT.json")
    options = parser.parse_args(arguments)
    try:
        found = [_labelled(text) for text in options.results]
    except CompanionError as error:
        sys.stderr.write(f"plot: {error}\n")
        return 2
    options.out.write_text(svg(found), encoding="utf-8")
    return 0


def _labelled(text: str) -> Result:
    label, _, path = text.rpartition("=")
    result = read(Path(path))
    return replace(result, label=label) if label else result


def svg(results: Sequence[Result], panels: Sequence[Panel] = PANELS) -> str:
    """Return the picture; panels and groups that no result has figures for are left out."""
    shown = [kept for panel in panels if (kept := _with_figures(panel, results)).groups]
    legend_height = LEGEND_LINE * (len(results) + 1) + GAP
    height = legend_height + len(shown) * (TITLE_HEIGHT + PANEL_HEIGHT + NAME_HEIGHT + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="{escape(_summary(results), {chr(34): "&quot;"})}">',
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{height}"/>',
        *_legend(results),
    ]
    top = float(legend_height)
    for panel in shown:
        parts += _panel(panel, results, top)
        top += TITLE_HEIGHT + PANEL_HEIGHT + NAME_HEIGHT + GAP
    return "\n".join([*parts, "</svg>", ""])


def _with_figures(panel: Panel, results: Sequence[Result]) -> Panel:
    groups = tuple(group for group in panel.groups if any(result.figure(group[1]) for result in results))
    return replace(panel, groups=groups)


def _summary(results: Sequence[Result]) -> str:
    return "Benchmark, median and p95: " + ", ".join(result.label for result in results)


def _legend(results: Sequence[Result]) -> Iterator[str]:
    for i, result in enumerate(results):
        y = GAP + i * LEGEND_LINE
        yield f'<rect class="{_colour(i)}" x="{LEFT}" y="{y - 10}" width="12" height="12"/>'
        quick = ", quick" if result.quick else ""
        yield (
            f'<text class="ink" x="{LEFT + 20}" y="{y}">{escape(result.label)}'
            f'<tspan class="soft" dx="8">{escape(result.begun[:10])}{quick}</tspan></text>'
        )

    y = GAP + len(results) * LEGEND_LINE
    yield (
        f'<text class="soft" x="{LEFT}" y="{y}">Bar and number: median. Whisker: p95. '
        f"Dashed line: the promise, {PROMISE_MS:.0f} ms.</text>"
    )


def _panel(panel: Panel, results: Sequence[Result], top: float) -> Iterator[str]:
    figures = [[result.figure(name) for result in results] for _, name in panel.groups]
    highest = max(max(figure.median, figure.p95) for group in figures for figure in group if figure)
    step = nice_step(max(highest, 1e-9))
    limit = step * (int(HEADROOM * highest / step) + 1)
    base = top + TITLE_HEIGHT + PANEL_HEIGHT

    def y_of(value: float) -> float:
        return base - max(0.0, value) / limit * PANEL_HEIGHT

    yield f'<text class="ink" x="{LEFT}" y="{top + 14:.1f}" font-weight="600">{escape(panel.title)}</text>'
    for i in range(round(limit / step) + 1):
        y = y_of(i * step)
        yield f'<line class="line" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="soft" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{i * step:g}</text>'
    if panel.promise and limit >= PROMISE_MS:
        y = y_of(PROMISE_MS)
        yield f'<line class="promise" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
    width = (WIDTH - LEFT - RIGHT) / len(panel.groups)
    bar = width * GROUP_FILL / len(results)
    for g, ((name, _), group) in enumerate(zip(panel.groups, figures, strict=True)):
        left = LEFT + width * (g + (1 - GROUP_FILL) / 2)
        for i, figure in enumerate(group):
            if figure:
                yield from _bar(figure, _colour(i), left + i * bar, bar, y_of(figure.median), y_of(figure.p95), base)
        middle = LEFT + width * (g + 0.5)
        yield f'<text class="ink" x="{middle:.1f}" y="{base + 18:.1f}" text-anchor="middle">{escape(name)}</text>'


def _bar(
    figure: Figure, colour: str, left: float, width: float, median_y: float, p95_y: float, base: float
) -> Iterator[str]:
    title = f"{figure.name}: median {number(figure.median)}, p95 {number(figure.p95)}, n {figure.n}"
    middle = left + width / 2
    cap = min(4.0, width / 4)
    yield (
        f'<rect class="{colour}" x="{left:.1f}" y="{median_y:.1f}" width="{max(1.0, width - 1):.1f}" '
        f'height="{base - median_y:.1f}"><title>{escape(title)}</title></rect>'
    )
    yield (
        f'<path class="whisker" fill="none" d="M{middle:.1f} {median_y:.1f}V{p95_y:.1f}'
        f'M{middle - cap:.1f} {p95_y:.1f}H{middle + cap:.1f}"/>'
    )
    if width >= 22:
        top = min(median_y, p95_y) - 4
        yield (
            f'<text class="soft" x="{middle:.1f}" y="{top:.1f}" text-anchor="middle" font-size="10">'
            f"{number(figure.median)}</text>"
        )


def nice_step(highest: float) -> float:
    """Return the distance of grid lines: 1, 2 or 5 times a power of ten, so that there are three to eight."""
    power = 10.0 ** (len(str(int(highest))) - 2) if highest >= 1 else 10.0**-3
    while True:
        for factor in (1, 2, 5):
            if highest / (factor * power) <= 8:
                return factor * power
        power *= 10


def _colour(series: int) -> str:
    return f"c{series % COLOURS}"


if __name__ == "__main__":
    sys.exit(main())

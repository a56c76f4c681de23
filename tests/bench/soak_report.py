"""Judges and draws a run of many turns. Pure, any thread."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.bench.figures import percentile
from tests.bench.plot import LEFT, RIGHT, STYLE, WIDTH, nice_step

WARM = 50
"""Turns until everything that is made once was made."""
WINDOW = 100
"""Turns at the beginning and at the end whose latencies are compared."""
GROWTH = 0.02
"""Memory may grow by this part after the first `WARM` turns."""
SLOWER = 1.2
"""Times the first window's p95 that the last window's may be."""

PANEL_HEIGHT, PANEL_GAP = 130, 52


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What was counted behind one turn."""

    turn: int
    at_s: float
    """Since the first."""
    outcome: str
    """Name of the event that ended the turn; "lost" if none did."""
    answer_ms: float | None
    """From the beginning of the draft to its first sound; None for a typed or lost turn. The recording arrives at once,
    so that most of it is done before the key comes up."""
    resident_mb: float
    threads: int
    files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One thing that was asked, and what was found."""

    asked: str
    found: str
    kept: bool

    @property
    def line(self) -> str:
        """For a terminal."""
        return f"{'ok  ' if self.kept else 'FAIL'} {self.asked}: {self.found}"


def judge(samples: Sequence[Sample], turns: int) -> list[Verdict]:
    """Return what was asked of the run, and whether it held."""
    lost = [sample.turn for sample in samples if sample.outcome not in ("TurnCompleted", "TurnInterrupted")]
    verdicts = [
        Verdict(
            asked="turns that were answered",
            found=f"{len(samples) - len(lost)} of {turns}" + (f", not {lost[:10]}" if lost else ""),
            kept=len(samples) == turns and not lost,
        )
    ]
    if len(samples) <= 2 * WARM:
        return verdicts
    before, after = _around(samples, WARM), samples[-WARM:]
    growth = _median(after, "resident_mb") / _median(before, "resident_mb") - 1
    verdicts.append(
        Verdict(
            asked=f"memory after turn {WARM} grows by less than {GROWTH:.0%}",
            found=f"{_median(before, 'resident_mb'):.0f} MB, then {_median(after, 'resident_mb'):.0f} ({growth:+.1%})",
            kept=growth < GROWTH,
        )
    )
    for name in ("threads", "files"):
        first, last = _median(before, name), _median(after, name)
        verdicts.append(
            Verdict(asked=f"no more {name}", found=f"{first:.0f}, at the end {last:.0f}", kept=last <= first)
        )
    early, late = _p95(samples[:WINDOW]), _p95(samples[-WINDOW:])
    verdicts.append(
        Verdict(
            asked=f"p95 of the last {WINDOW} turns within {SLOWER} x of the first {WINDOW}",
            found=f"{early:.0f} ms, then {late:.0f} ({late / early:.2f} x)",
            kept=late <= SLOWER * early,
        )
    )
    return verdicts


def _around(samples: Sequence[Sample], turn: int) -> Sequence[Sample]:
    return samples[turn - 5 : turn + 5]


def _median(samples: Sequence[Sample], name: str) -> float:
    return float(statistics.median(getattr(sample, name) for sample in samples))


def _p95(samples: Sequence[Sample]) -> float:
    return percentile([sample.answer_ms for sample in samples if sample.answer_ms is not None], 0.95)


def svg(samples: Sequence[Sample]) -> str:
    """Return a picture of each quantity over the turns."""
    panels = (
        ("Beginning of the draft to its first sound, ms", "answer_ms", True),
        ("Resident memory, MB", "resident_mb", False),
        ("Threads", "threads", False),
        ("Open files", "files", False),
    )
    height = 30 + len(panels) * (PANEL_HEIGHT + PANEL_GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="{len(samples)} turns: latency, memory, threads and files">',
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{height}"/>',
    ]
    for i, (title, name, dots) in enumerate(panels):
        points = [(sample.turn, value) for sample in samples if (value := getattr(sample, name)) is not None]
        parts += _panel(title, points, 30 + i * (PANEL_HEIGHT + PANEL_GAP), dots=dots)
    return "\n".join([*parts, "</svg>", ""])


def _panel(title: str, points: Sequence[tuple[int, float]], top: float, *, dots: bool) -> Iterator[str]:
    highest, last = max(value for _, value in points), max(turn for turn, _ in points)
    step = nice_step(max(highest, 1e-9))
    limit = step * (int(highest / step) + 1)
    base = top + PANEL_HEIGHT

    def place(turn: float, value: float) -> tuple[float, float]:
        return LEFT + turn / last * (WIDTH - LEFT - RIGHT), base - value / limit * PANEL_HEIGHT

    yield f'<text class="ink" x="{LEFT}" y="{top - 8:.0f}" font-weight="600">{title}</text>'
    for i in range(round(limit / step) + 1):
        x, y = place(0, i * step)
        yield f'<line class="line" x1="{x:.0f}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="soft" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{i * step:g}</text>'
    if dots:
        for turn, value in points:
            x, y = place(turn, value)
            yield f'<circle class="c1" cx="{x:.1f}" cy="{y:.1f}" r="1.6"/>'
    else:
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(turn, value) for turn, value in points))
        yield f'<polyline fill="none" stroke="#0072b2" stroke-width="1.5" points="{line}"/>'
    x, _ = place(last, 0)
    yield f'<text class="soft" x="{x:.0f}" y="{base + 16:.0f}" text-anchor="end">turn {last}</text>'

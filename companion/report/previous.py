"""The figures of the report before this one, and how they changed. Pure; any thread.

A report carries its own figures as JSON in an element of its page, escaped like any other text, so that one file is all
there is to keep, and the next run that writes to the same name compares itself with it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from companion.report.aspects import Aspect
from companion.report.figures import Better, Unit
from companion.report.run import Run

FIGURES_ID = "companion-report-figures"
"""The element's id; it also tells a report of ours from any other page."""

FORMAT = 1

NOTABLE = 0.1
"""A figure that changed by less is called alike."""

_LARGEST = 1e12
"""No figure reaches this: what does is damage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Previous:
    """What is kept of a report."""

    made: str
    version: str
    machine: str
    turns: int
    release_after_s: float
    window: bool = False
    figures: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One figure of two reports."""

    key: str
    name: str
    unit: Unit
    better: Better
    old: float | None
    new: float | None

    @property
    def ratio(self) -> float | None:
        """New over old; None where it has no meaning."""
        if self.old is None or self.new is None or self.old <= 0 or self.new <= 0:
            return None
        return self.new / self.old

    @property
    def word(self) -> str:
        """One of "better", "worse", "alike" and "different"; empty if one of the two is missing."""
        if self.old is None or self.new is None:
            return ""
        if abs(self.new - self.old) <= NOTABLE * abs(self.old):
            return "alike"
        if not self.better:
            return "different"
        return "better" if (self.new < self.old) == (self.better == "less") else "worse"


def kept_figures(run: Run, aspects: Sequence[Aspect]) -> str:
    """Return what the next report needs of this one, as JSON; it has no words of anybody."""
    figures = {
        figure.key: round(figure.value, 6)
        for aspect in aspects
        for figure in aspect.figures
        if figure.value is not None
    }
    kept = {
        "format": FORMAT,
        "made": run.made,
        "version": run.version,
        "machine": machine_words(run),
        "turns": len(run.turns),
        "release_after_s": run.release_after_s,
        "window": run.window,
        "figures": figures,
    }
    return json.dumps(kept, indent=1, allow_nan=False)


def machine_words(run: Run) -> str:
    """Return the machine in one line: what two reports must share for their times to be compared."""
    gpu = f", {run.machine.gpu.name}" if run.machine.gpu else ""
    return f"{run.machine.processor}, {run.machine.cores} cores{gpu}"


def is_report(page: str) -> bool:
    """Whether a page was written by us."""
    return _find(page) is not None


def read_previous(page: str) -> Previous | None:
    """Return the figures of a report; None if it is none, is damaged, or of a later format."""
    text = _find(page)
    try:
        found = json.loads(text or "")
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("format") != FORMAT or not isinstance(found.get("figures"), dict):
        return None
    figures = {str(key): float(value) for key, value in found["figures"].items() if _is_figure(value)}
    turns, release = found.get("turns"), found.get("release_after_s")
    return Previous(
        made=str(found.get("made", "")),
        version=str(found.get("version", "")),
        machine=str(found.get("machine", "")),
        turns=turns if _is_figure(turns) and isinstance(turns, int) else 0,
        release_after_s=float(release) if _is_figure(release) and release is not None else 0.0,
        window=found.get("window") is True,
        figures=figures,
    )


def changes(aspect: Aspect, previous: Previous) -> list[Change]:
    """Return the figures of an aspect that either report has, in their order."""
    return [
        Change(
            key=figure.key,
            name=figure.name,
            unit=figure.unit,
            better=figure.better,
            old=previous.figures.get(figure.key),
            new=figure.value,
        )
        for figure in aspect.figures
        if figure.value is not None or figure.key in previous.figures
    ]


def _is_figure(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST


class _Finder(HTMLParser):
    """Collects the text of the element with our id."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] | None = None
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "pre" and ("id", FIGURES_ID) in attrs and self.found is None:
            self.found, self._inside = [], True

    def handle_endtag(self, tag: str) -> None:
        if tag == "pre":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside and self.found is not None:
            self.found.append(data)


def _find(page: str) -> str | None:
    finder = _Finder()
    finder.feed(page)
    finder.close()
    return None if finder.found is None else "".join(finder.found)

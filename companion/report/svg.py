"""Charts as inline SVG: bars and a scatter. Pure; colours and dark mode are the page's, by class. Any thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10

from companion.report.markup import Content, Markup, element

WIDTH = 720.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 14.0, 14.0, 34.0
_STEPS = (1, 2, 5, 10)
_WIDEST_BAR = 48.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar."""

    label: str
    """Under the bar."""
    value: float
    words: str
    """What a pointer over it, or a screen reader, tells."""
    grade: str
    """Class that gives its colour: "good", "fair" or "slow"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of a scatter."""

    x: float
    y: float
    words: str
    grade: str


def figure(title: str, description: str, height: float, *content: Content) -> Markup:
    """Return a picture with its title and description for those who cannot see it."""
    return element(
        "svg",
        element("title", title),
        element("desc", description),
        content,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH:.0f} {height:.0f}",
        role="img",
        aria_label=f"{title}. {description}",
    )


def label(words: str, x: float, y: float, *, anchor: str = "start", class_: str = "soft") -> Markup:
    """Return a word at a place."""
    return element("text", words, x=x, y=y, text_anchor=anchor, class_=class_)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """Return a straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def bars(
    title: str, description: str, found: Sequence[Bar], *, promise: float, unit: str, height: float = 240
) -> Markup:
    """Return a bar chart from 0 up, with a line at `promise`.

    Args:
        title: What it shows.
        description: The same in words.
        found: From left to right, at least one.
        promise: Where the line is.
        unit: Of the values.
        height: Of the picture.
    """
    scale = _Scale(0, max([promise * 1.15, *(bar.value * 1.08 for bar in found)]), height - BOTTOM, TOP)
    step = (WIDTH - LEFT - RIGHT) / len(found)
    width = min(step * 0.72, _WIDEST_BAR)
    every = ceil(len(found) / 40)
    drawn = [
        element(
            "g",
            element("title", bar.words),
            element(
                "rect",
                x=LEFT + (index + 0.5) * step - width / 2,
                y=scale.at(max(bar.value, 0)),
                width=width,
                height=max(1.0, scale.at(0) - scale.at(max(bar.value, 0))),
                class_=bar.grade,
            ),
            None
            if index % every
            else label(bar.label, LEFT + (index + 0.5) * step, height - BOTTOM + 16, anchor="middle"),
        )
        for index, bar in enumerate(found)
    ]
    return figure(
        title, description, height, _grid(scale, unit), drawn, _promise(scale.at(promise), f"{promise:.0f} {unit}")
    )


def scatter(
    title: str, description: str, found: Sequence[Point], *, promise: float, unit: str, x_name: str, height: float = 220
) -> Markup:
    """Return points over a horizontal axis from 0 on; like `bars` otherwise."""
    scale = _Scale(0, max([promise * 1.15, *(point.y * 1.08 for point in found)]), height - BOTTOM, TOP)
    across = _Scale(0, max(1.0, *(point.x for point in found)) * 1.04, LEFT, WIDTH - RIGHT)
    drawn = [
        element(
            "g",
            element("title", point.words),
            element("circle", cx=across.at(point.x), cy=scale.at(max(point.y, 0)), r=4, class_=point.grade),
        )
        for point in found
    ]
    axis = [
        label(f"{tick:g}", across.at(tick), height - BOTTOM + 15, anchor="middle") for tick in ticks(0, across.high, 8)
    ]
    name = label(x_name, (LEFT + WIDTH - RIGHT) / 2, height - 4, anchor="middle")
    line_ = _promise(scale.at(promise), f"{promise:.0f} {unit}")
    return figure(title, description, height, _grid(scale, unit), axis, name, line_, drawn)


def ticks(low: float, high: float, most: int) -> list[float]:
    """Return the multiples of 1, 2 or 5 times a power of ten from `low` to `high`, at most `most` + 1 of them."""
    rough = (high - low) / most
    if rough <= 0:
        return [low]
    power = 10.0 ** int(log10(rough) // 1)
    step = next(step * power for step in _STEPS if step * power >= rough * (1 - 1e-9))
    first = ceil(low / step - 1e-9)
    count = int((high - first * step) / step + 1e-9) + 1
    return [(first + index) * step for index in range(max(0, count))]


@dataclass(frozen=True, slots=True)
class _Scale:
    """Values from `low` to `high` laid out from pixel `begin` to pixel `end`."""

    low: float
    high: float
    begin: float
    end: float

    def at(self, value: float) -> float:
        return self.begin + (value - self.low) / (self.high - self.low) * (self.end - self.begin)


def _grid(scale: _Scale, unit: str) -> list[Markup]:
    found = ticks(scale.low, scale.high, 5)
    lines = [line(LEFT, scale.at(tick), WIDTH - RIGHT, scale.at(tick), "grid") for tick in found]
    names = [label(f"{tick:g}", LEFT - 6, scale.at(tick) + 4, anchor="end") for tick in found]
    return [*lines, *names, label(unit, 2, scale.end + 4)]


def _promise(y: float, words: str) -> list[Markup]:
    name = label(words, WIDTH - RIGHT, y - 5, anchor="end", class_="promised")
    return [line(LEFT, y, WIDTH - RIGHT, y, "promise"), name]

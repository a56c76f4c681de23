"""Tables that can be read aloud: a caption, headers with their scope, the first column naming the row. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from companion.report.markup import Content, Markup, element


@dataclass(frozen=True, slots=True)
class Cell:
    """What is in a cell, and the class that says how it looks."""

    content: Content
    class_: str | None = None


Row: TypeAlias = Sequence[Content | Cell]


def number(words: str) -> Cell:
    """Return a cell with a figure."""
    return Cell(words, "number")


def table(caption: str, columns: Sequence[str | Cell], rows: Iterable[Row]) -> Markup:
    """Return a table; the first cell of each row names it."""
    body = [
        element(
            "tr",
            _cell("th", row[0], scope="row"),
            [_cell("td", cell) for cell in row[1:]],
        )
        for row in rows
    ]
    head = element("tr", [_cell("th", column, scope="col") for column in columns])
    return element(
        "div",
        element("table", element("caption", caption), element("thead", head), element("tbody", body)),
        class_="scroll",
    )


def _cell(name: str, cell: Content | Cell, scope: str | None = None) -> Markup:
    content, class_ = (cell.content, cell.class_) if isinstance(cell, Cell) else (cell, None)
    return element(name, content, scope=scope, class_=class_)

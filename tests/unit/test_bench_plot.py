"""The picture of the benchmark's results: well-formed, complete, with the values it was given."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.bench.figures import Figure
from tests.bench.plot import PANELS, Panel, main, nice_step, svg
from tests.bench.results import Result, write

NAMESPACE = {"svg": "http://www.w3.org/2000/svg"}


def result(label: str, **medians: float) -> Result:
    """Return a result whose figures have the given medians and a p95 half as large again; `__` stands for a dot."""
    return Result(
        begun=f"2026-08-0{len(label) % 9 + 1}T10:00:00Z",
        label=label,
        figures=tuple(
            Figure(name=name.replace("__", "."), unit="ms", samples=(value, value, value * 1.5))
            for name, value in medians.items()
        ),
    )


def bars(picture: str) -> list[ElementTree.Element]:
    root = ElementTree.fromstring(picture)
    return [bar for bar in root.iterfind(".//svg:rect", NAMESPACE) if bar.find("svg:title", NAMESPACE) is not None]


PANEL = Panel(title="Release & <first> sound", groups=(("150", "turn.150.heard"), ("400", "turn.400.heard")))


def test_every_result_has_a_bar_in_every_group_it_measured() -> None:
    before = result("before", turn__150__heard=200, turn__400__heard=40)
    after = result("after", turn__150__heard=100)

    found = bars(svg([before, after], [PANEL]))

    assert [bar.attrib["class"] for bar in found] == ["c0", "c1", "c0"]
    heights = [float(bar.attrib["height"]) for bar in found]
    assert heights[0] == pytest.approx(2 * heights[1], rel=0.01)
    assert heights[0] == pytest.approx(5 * heights[2], rel=0.01)


def test_the_whisker_ends_at_the_p95() -> None:
    root = ElementTree.fromstring(svg([result("a", turn__150__heard=100)], [PANEL]))

    (bar,) = bars(ElementTree.tostring(root, encoding="unicode"))
    (whisker,) = (path for path in root.iterfind(".//svg:path", NAMESPACE) if path.attrib["class"] == "whisker")
    bar_top, height = float(bar.attrib["y"]), float(bar.attrib["height"])
    end = float(whisker.attrib["d"].split("V")[1].split("M")[0])

    assert bar_top - end == pytest.approx(height / 2, rel=0.01)


def test_labels_cannot_break_the_picture() -> None:
    picture = svg([result('<b> & "quotes"', turn__150__heard=1)], [PANEL])

    text = "".join(ElementTree.fromstring(picture).itertext())
    assert '<b> & "quotes"' in text
    assert "Release & <first> sound" in text


def test_panels_without_figures_are_left_out_and_work_before_the_release_has_no_height() -> None:
    picture = svg([result("a", turn__150__heard=-20, stt__final__2s=70)])

    assert next(bar.attrib["height"] for bar in bars(picture)) == "0.0"
    text = "".join(ElementTree.fromstring(picture).itertext())
    assert PANELS[0].title in text
    assert PANELS[1].title not in text


def test_the_picture_is_readable_in_light_and_in_dark() -> None:
    picture = svg([result("a", turn__150__heard=1)], [PANEL])

    assert "prefers-color-scheme: dark" in picture
    assert '<rect class="page"' in picture


@pytest.mark.parametrize(
    ("highest", "step"), [(0.12, 0.02), (0.9, 0.2), (5, 1), (8, 1), (70, 10), (160, 20), (350, 50), (1300, 200)]
)
def test_grid_lines_are_at_round_numbers(highest: float, step: float) -> None:
    assert nice_step(highest) == pytest.approx(step)


def test_the_command_draws_files_under_the_labels_it_is_given(tmp_path: Path) -> None:
    before = write(result("abc1234", turn__150__heard=200), tmp_path)
    after = write(result("draft in pauses", turn__150__heard=100), tmp_path)
    out = tmp_path / "latency.svg"

    assert main([str(out), f"before={before}", str(after)]) == 0

    text = "".join(ElementTree.parse(out).getroot().itertext())
    assert "before" in text
    assert "draft in pauses" in text
    assert "abc1234" not in text


def test_a_file_that_is_no_result_is_said_on_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "out.svg"), str(tmp_path / "missing.json")]) == 2
    assert "is not a result of this benchmark" in capsys.readouterr().err

"""The page: well-formed, self-contained, deaf to what is said, and comparable with the one before."""

import json
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from companion.engine.metrics import TurnMetrics
from companion.report.latency import latency
from companion.report.listed import gpu_words
from companion.report.markup import element, text
from companion.report.page import report_page
from companion.report.previous import Previous, changes, is_report, read_previous
from companion.report.run import Gpu, ModelUsed, Run
from companion.report.svg import ticks
from companion.report.waterfall import spans_of, waterfall
from tests.unit.report_run import metrics, run, turn

SVG = "{http://www.w3.org/2000/svg}"

HOSTILE = (
    '</pre></style><script src="https://evil.example/x.js">alert(1)</script>\u0000\ud800<img onerror=a()> & "quoted"'
)


def parsed(page: str) -> ElementTree.Element:
    """Return the page as XML: that it is, is half of what the tests here ask."""
    return ElementTree.fromstring(page.removeprefix("<!DOCTYPE html>\n"))


def words(page: ElementTree.Element) -> str:
    return " ".join(" ".join(page.itertext()).split())


def slow_run() -> Run:
    return run(turn(1), turn(2, metrics=metrics(0.3)), turn(3, metrics=metrics(0.6, spans=())))


def hostile_run() -> Run:
    spoilt = turn(1, question=HOSTILE, heard=HOSTILE, reply=HOSTILE, refused=HOSTILE, metrics=metrics(0.5))
    return run(spoilt, sound_device=HOSTILE, machine=replace(run().machine, processor=HOSTILE))


def test_the_page_has_every_section_and_every_turn() -> None:
    page = parsed(report_page(run()))
    assert [heading.text for heading in page.iter("h2")] == [
        "Quality", "Latency", "Streaming", "Humanity", "Connectivity", "Every run", "Machine", "Models",
    ]  # fmt: skip
    assert [quote.text for quote in page.iter("q")] == [spoken.question for spoken in run().turns]
    assert "no GPU: everything ran on the processor" in words(page)
    for spoken in run().turns:
        assert spoken.heard in words(page)
        assert spoken.reply in words(page)


def test_a_page_about_nothing_is_a_page_too() -> None:
    failed = turn(1, heard="", reply="", metrics=None, speech_s=None, refused="No answer came in time.")
    page = words(parsed(report_page(run(failed, models=(), sound_device=""))))
    assert "No answer came in time." in page
    assert "not measured" in page


@pytest.mark.parametrize("shown", [run(), slow_run(), hostile_run()])
def test_the_page_needs_nothing_and_runs_nothing(shown: Run) -> None:
    page = parsed(report_page(shown))
    tags = {found.tag.removeprefix(SVG) for found in page.iter()}
    assert not tags & {"script", "link", "img", "image", "iframe", "object", "embed", "form", "base", "use", "a:href"}
    for found in page.iter():
        for name, value in found.attrib.items():
            assert not name.lower().startswith("on")
            assert name not in ("src", "srcset", "data", "action", "style")
            assert name != "href" or value.startswith("#")
    assert "url(" not in "".join(found.text or "" for found in page.iter("style"))
    assert "@import" not in "".join(found.text or "" for found in page.iter("style"))


def test_what_was_said_is_shown_and_not_obeyed() -> None:
    page = parsed(report_page(hostile_run()))
    seen = HOSTILE.replace("\u0000", "\ufffd").replace("\ud800", "\ufffd")
    assert [quote.text for quote in page.iter("q")] == [seen]
    assert " ".join(seen.split()) in words(page)


def test_links_lead_to_sections_of_the_page() -> None:
    before = read_previous(report_page(run()))
    page = parsed(report_page(run(), before))
    ids = [found.attrib["id"] for found in page.iter() if "id" in found.attrib]
    assert len(set(ids)) == len(ids)
    links = [link.attrib["href"].removeprefix("#") for link in page.iter("a")]
    assert links
    assert set(links) <= set(ids)


def test_tables_and_pictures_can_be_read_aloud() -> None:
    page = parsed(report_page(slow_run()))
    for table in page.iter("table"):
        assert table.find("caption") is not None
        columns = table.findall("thead/tr/th")
        assert {column.attrib["scope"] for column in columns} == {"col"}
        for row in table.findall("tbody/tr"):
            assert [cell.tag for cell in row] == ["th"] + ["td"] * (len(columns) - 1)
            assert row[0].attrib["scope"] == "row"
    pictures = list(page.iter(f"{SVG}svg"))
    assert len(pictures) == 4, "every turn, the median and the slowest one, and the wait against the length"
    for picture in pictures:
        assert picture.attrib["role"] == "img"
        assert picture.findtext(f"{SVG}title")
        assert picture.findtext(f"{SVG}desc")


def test_a_slow_turn_is_told_with_its_reason() -> None:
    page = words(parsed(report_page(slow_run())))
    assert "Turn 3, 600 ms: The answer was slow because " in page
    assert "No turn took 200 ms" not in page
    assert "No turn took 200 ms or more." in words(parsed(report_page(run())))


# --- pictures --------------------------------------------------------------------------------------------------------


def drawn(name: str, picture: str) -> list[ElementTree.Element]:
    root = ElementTree.fromstring(picture)
    return [found for found in root.iter(f"{SVG}rect") if name in found.attrib["class"].split()]


def test_bars_are_as_high_as_their_values() -> None:
    page = parsed(report_page(run(turn(1, metrics=metrics(0.4)), turn(2, metrics=metrics(0.1)))))
    bars = [found for found in next(page.iter(f"{SVG}svg")).iter(f"{SVG}rect")]
    assert [found.attrib["class"] for found in bars] == ["slow", "good"]
    assert float(bars[0].attrib["height"]) / float(bars[1].attrib["height"]) == pytest.approx(4, abs=0.05)


def test_the_waterfall_shows_work_where_it_was_done_and_marks_what_was_dropped() -> None:
    picture = waterfall(metrics(0.1), "a turn")
    transcript, prompt = drawn("transcript", picture)[0], drawn("prompt", picture)[0]
    end = float(transcript.attrib["x"]) + float(transcript.attrib["width"])
    assert end == pytest.approx(float(prompt.attrib["x"]), abs=0.05), "one begins where the other ends"
    assert drawn("dropped", waterfall(metrics(0.1, draft_s=-0.9), "a turn")), "in sight from -0.9 s on"
    assert "dropped: the user spoke on" in waterfall(metrics(0.1, draft_s=-0.9), "a turn")


def test_without_spans_the_waterfall_is_drawn_from_the_moments() -> None:
    spans = spans_of(metrics(0.1, spans=()))
    assert [span.kind for span in spans] == ["transcript", "prompt", "reply", "clause", "sound"]
    assert all(before.end_s <= after.begin_s for before, after in pairwise(spans))
    assert spans_of(metrics(0.1)) == metrics().spans
    assert "Nothing was recorded." in waterfall(TurnMetrics(turn_id=1), "a turn")


@pytest.mark.parametrize(("low", "high"), [(0, 230), (-310, 620), (0, 0.9), (0, 1), (-2000, 3100)])
def test_ticks_are_few_round_and_inside(low: float, high: float) -> None:
    found = ticks(low, high, 6)
    assert 2 <= len(found) <= 7
    assert low - 1e-9 <= found[0]
    assert found[-1] <= high + 1e-9


# --- the report before -----------------------------------------------------------------------------------------------


def test_a_page_keeps_its_figures_for_the_next_one() -> None:
    page = report_page(slow_run())
    kept = read_previous(page)
    assert is_report(page)
    assert kept is not None
    assert (kept.version, kept.turns, kept.machine) == ("1.2.3", 3, "Test CPU, 2 cores")
    for figure in latency(slow_run()).figures:
        assert kept.figures[figure.key] == pytest.approx(figure.value, abs=1e-6)


def test_the_figures_kept_hold_no_words_of_anybody() -> None:
    page = parsed(report_page(run()))
    kept = next(page.iter("pre")).text or ""
    assert json.loads(kept)["turns"] == 4
    for spoken in run().turns:
        assert spoken.question not in kept
        assert spoken.reply not in kept


def test_old_new_and_ratio_stand_side_by_side() -> None:
    before = read_previous(report_page(run(turn(1, metrics=metrics(0.2)), turn(2, metrics=metrics(0.2)))))
    assert before is not None
    after = run(turn(1, metrics=metrics(0.1)), turn(2, metrics=metrics(0.1)))
    found = {change.key: change for change in changes(latency(after), before)}
    assert found["latency.p50"].ratio == pytest.approx(0.5)
    assert found["latency.p50"].word == "better"
    assert found["latency.first-ratio"].word == "alike"
    assert found["latency.spread"].ratio is None, "no ratio to nothing"
    page = words(parsed(report_page(after, before)))
    assert "Latency: median wait 200 ms 100 ms 0.50 better" in page


def test_a_change_for_the_worse_is_called_so_whichever_way_is_better() -> None:
    before = read_previous(report_page(run()))
    assert before is not None
    worse = {change.key: change.word for change in changes(latency(slow_run()), before)}
    assert worse["latency.max"] == "worse"
    assert worse["latency.share"] == "worse"


def test_another_machine_or_another_release_is_said() -> None:
    before = read_previous(report_page(run()))
    elsewhere = run(machine=replace(run().machine, processor="Other CPU"), release_after_s=0.4)
    page = words(parsed(report_page(elsewhere, before)))
    assert "another machine (Test CPU, 2 cores)" in page
    assert "waits and gaps do not compare" in page
    assert "another machine" not in words(parsed(report_page(run(), before)))


def test_any_other_page_is_no_report() -> None:
    assert not is_report("<html><body><pre>{}</pre></body></html>")
    assert read_previous("") is None


@pytest.mark.parametrize(
    "kept",
    ["", "{", "[]", '{"format": 2, "figures": {}}', '{"format": 1}', "[" * 100_000],
)
def test_a_damaged_or_later_report_is_ours_but_gives_no_figures(kept: str) -> None:
    page = f'<html><pre id="companion-report-figures">{kept}</pre></html>'
    assert is_report(page)
    assert read_previous(page) is None


def test_figures_that_are_none_are_left_out() -> None:
    kept = '{"format": 1, "turns": "x", "figures": {"a": 1, "b": "2", "c": true, "d": NaN, "e": Infinity, "f": null}}'
    page = f'<html><pre id="companion-report-figures">{kept}</pre></html>'
    assert read_previous(page) == Previous(
        made="", version="", machine="", turns=0, release_after_s=0.0, figures={"a": 1.0}
    )


# --- small parts -----------------------------------------------------------------------------------------------------


def test_only_elements_are_markup() -> None:
    assert element("p", "<b>", element("b", "&"), title='"') == '<p title="&quot;">&lt;b&gt;<b>&amp;</b></p>'
    assert text("a\u0007b") == "a\ufffdb"
    assert element("meta", charset="utf-8") == '<meta charset="utf-8"/>'


@pytest.mark.parametrize(
    ("device", "use", "said"),
    [
        ("NVIDIA GeForce RTX 4090", 0.4, "40 % busy"),
        ("cpu", 0.0, "no model runs on it"),
        ("NVIDIA GeForce RTX 4090", None, "does not tell how busy it was"),
    ],
)
def test_a_graphics_card_that_idles_is_called_so(device: str, use: float | None, said: str) -> None:
    gpu = Gpu(
        name="RTX 4090",
        memory_total_bytes=24 << 30,
        memory_before_bytes=1 << 30,
        memory_peak_bytes=12 << 30,
        use_mean=use,
        use_peak=use,
    )
    shown = run(models=(ModelUsed(role="llm", file="big.gguf", device=device),))
    assert said in gpu_words(gpu, shown)
    assert "12.0 of 24.0 GiB" in gpu_words(gpu, shown)

"""The report as one page: no script, nothing from elsewhere, readable in every light and on paper. Pure; any thread."""

from companion.engine.metrics import PROMISE_S
from companion.report.aspects import Aspect, Verdict
from companion.report.figures import show
from companion.report.judged import aspect_section, comparison, overview, verdict_cell
from companion.report.listed import machine_section, models_section, runs_section
from companion.report.markup import Markup, element, verbatim
from companion.report.previous import FIGURES_ID, Previous, kept_figures
from companion.report.review import overall, review
from companion.report.run import Run
from companion.report.style import STYLE

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""The page may load nothing and run nothing, whatever is written in it."""

_OVERALL = {
    Verdict.GOOD: "All five aspects are good.",
    Verdict.FAIR: "No aspect is poor, but some goals are missed.",
    Verdict.POOR: "At least one aspect is poor.",
    Verdict.OPEN: "Not everything could be judged.",
}


def report_page(run: Run, previous: Previous | None = None) -> str:
    """Return the whole page, beside the figures of the report before, if there is one."""
    aspects = review(run)
    title = f"Companion, reviewed {run.made.replace('T', ' ').removesuffix('Z')} UTC"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="generator", content=f"companion bench {run.version}"),
        element("title", title),
        element("style", verbatim(STYLE)),
    )
    body = element(
        "body",
        element(
            "main",
            _top(title, run, aspects, previous),
            [aspect_section(aspect, run) for aspect in aspects],
            comparison(aspects, run, previous) if previous else None,
            runs_section(run),
            machine_section(run),
            models_section(run),
            _raw(run, aspects),
        ),
    )
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def _top(title: str, run: Run, aspects: tuple[Aspect, ...], previous: Previous | None) -> Markup:
    worst = overall(aspects)
    word = verdict_cell(worst)
    links = [(aspect.key, aspect.title) for aspect in aspects]
    links += [("comparison", "Against the report before")] if previous else []
    links += [("runs", "Every run"), ("machine", "Machine")] + ([("models", "Models")] if run.models else [])
    sound = run.sound_device or "no sound device"
    window = "beside the window" if run.window else "without a window"
    return element(
        "header",
        element("h1", title),
        element(
            "p",
            f"Version {run.version}; {len(run.turns)} different questions, key up {show(run.release_after_s, 'ms')} "
            f"after the voice; {run.machine.processor}, {run.machine.cores} cores; {sound}, {window}.",
            class_="soft",
        ),
        element("p", element("span", word.content, class_=word.class_), f" · {_OVERALL[worst]}", class_="lead"),
        overview(aspects, previous),
        None
        if previous
        else element(
            "p",
            "There was no report before this one. The next run that is written to this file is compared with it.",
            class_="soft",
        ),
        element(
            "nav",
            element("ul", [element("li", element("a", name, href=f"#{key}")) for key, name in links]),
            aria_label="Sections",
        ),
        element(
            "p",
            "Questions are recordings of people, spoken in real time, no two alike, so no answer is a cached one. "
            "The wait is from the key release to the first sample above -45 dBFS that the sound device is given; the "
            "device's own latency comes on top and is listed with the machine. The promise is "
            f"{show(PROMISE_S, 'ms')} in every turn.",
            class_="soft",
        ),
    )


def _raw(run: Run, aspects: tuple[Aspect, ...]) -> Markup:
    return element(
        "details",
        element("summary", "Figures for the next comparison (no words of anybody)"),
        element("pre", kept_figures(run, aspects), id=FIGURES_ID),
        class_="raw",
    )

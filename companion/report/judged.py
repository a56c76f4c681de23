"""The judged part of the page: the five aspects at a glance, one by one, and beside the report before. Pure."""

from collections.abc import Sequence

from companion.engine.metrics import PROMISE_S, grade
from companion.report.aspects import Aspect, Verdict
from companion.report.figures import Figure, show
from companion.report.latency import STAGES, median_turn, slow_turns, slowest_turn, stages
from companion.report.markup import Content, Markup, element
from companion.report.previous import Change, Previous, changes, machine_words
from companion.report.run import Run, SpokenTurn
from companion.report.svg import Bar, Point, bars, scatter
from companion.report.table import Cell, Row, number, table
from companion.report.waterfall import waterfall

_CLASSES = {Verdict.GOOD: "good", Verdict.FAIR: "fair", Verdict.POOR: "poor", Verdict.OPEN: "open"}


def verdict_cell(verdict: Verdict) -> Cell:
    """Return a verdict as it is shown everywhere."""
    return Cell(verdict.value, f"verdict {_CLASSES[verdict]}")


def overview(aspects: Sequence[Aspect], previous: Previous | None) -> Markup:
    """Return the five verdicts with one figure each, beside the last report and the system that was replaced."""
    rows: list[Row] = []
    for aspect in aspects:
        head = aspect.head
        changed = next((c for c in changes(aspect, previous) if c.key == head.key), None) if previous else None
        rows.append(
            [
                element("a", aspect.title, href=f"#{aspect.key}"),
                verdict_cell(aspect.verdict),
                head.name,
                number(head.shown),
                *([number(show(changed.old, head.unit) if changed else "-"), _ratio(changed)] if previous else []),
                aspect.replaced or "-",
            ]
        )
    before = [Cell("Before", "number"), Cell("Ratio", "number")] if previous else []
    columns: list[str | Cell] = [
        "Aspect",
        "Verdict",
        "Figure",
        Cell("Now", "number"),
        *before,
        "The system it replaces",
    ]
    return table("The five aspects; each is judged by several goals, see below", columns, rows)


def aspect_section(aspect: Aspect, run: Run) -> Markup:
    """Return an aspect with its verdict, its figures, and for the latency its pictures."""
    word = verdict_cell(aspect.verdict)
    return element(
        "section",
        element("h2", aspect.title, id=aspect.key),
        element("p", aspect.meaning, class_="lead"),
        element("p", element("span", word.content, class_=word.class_), " · ", aspect.sentence),
        table(
            f"{aspect.title}: figures, and the goals they are held to",
            ["Figure", Cell("Measured", "number"), "Goal", "Kept", "What it means"],
            [_figure_row(figure) for figure in aspect.figures],
        ),
        _latency_extras(run) if aspect.key == "latency" else None,
    )


def comparison(aspects: Sequence[Aspect], run: Run, previous: Previous) -> Markup:
    """Return every figure beside the one of the report before."""
    notices = []
    if previous.machine != machine_words(run):
        notices.append(f"The report before was made on another machine ({previous.machine}): times do not compare.")
    if abs(previous.release_after_s - run.release_after_s) > 1e-6:
        notices.append(
            f"There the key came up {show(previous.release_after_s, 'ms')} after the voice, here "
            f"{show(run.release_after_s, 'ms')}: waits and gaps do not compare."
        )
    if previous.window != run.window:
        notices.append("Only one of the two was made beside the window, which takes time of its own.")
    rows: list[Row] = [
        [
            f"{aspect.title}: {change.name}",
            number(show(change.old, change.unit)),
            number(show(change.new, change.unit)),
            _ratio(change),
            Cell(change.word or "-", {"better": "kept", "worse": "missed"}.get(change.word)),
        ]
        for aspect in aspects
        for change in changes(aspect, previous)
    ]
    what = f"Report of {previous.made}, version {previous.version}, {previous.turns} turns, against this one"
    columns: list[str | Cell] = [
        "Figure",
        Cell("Before", "number"),
        Cell("Now", "number"),
        Cell("Ratio", "number"),
        "Change",
    ]
    return element(
        "section",
        element("h2", "Against the report before", id="comparison"),
        [element("p", notice, class_="notice") for notice in notices],
        table(f"{what}; what changed by less than a tenth is called alike", columns, rows),
    )


def _figure_row(figure: Figure) -> Row:
    goal = figure.goal.words(figure.unit) if figure.goal else "-"
    kept = {True: Cell("✓ kept", "kept"), False: Cell("✗ missed", "missed"), None: Cell("-", "none")}[figure.kept]
    return [figure.name, number(figure.shown), Cell(goal, "goal"), kept, Cell(figure.means, "soft")]


def _ratio(change: Change | None) -> Cell:
    ratio = change.ratio if change else None
    return number("-" if ratio is None else f"{ratio:.2f}")


def _latency_extras(run: Run) -> Content:
    found = stages(run)
    if not found:
        return None
    columns: list[str | Cell] = [
        "Moment",
        *(Cell(name, "number") for name in ("mean", "p50", "p95", "shortest", "longest")),
    ]
    rows: list[Row] = [
        [
            STAGES[name],
            *(number(f"{getattr(figures, part) * 1000:.0f}") for part in ("mean", "p50", "p95", "min", "max")),
        ]
        for name, figures in found.items()
    ]
    median, slowest = median_turn(run), slowest_turn(run)
    return [
        element("h3", "Every turn"),
        _turn_bars(run),
        element("h3", "Stage by stage"),
        table(
            "Milliseconds after the key release; negative is before it, while the user still held the key",
            columns,
            rows,
        ),
        _turn_waterfall("The median turn", median),
        _turn_waterfall("The slowest turn", slowest) if slowest is not median else None,
        element("h3", "Does a long conversation slow it down?"),
        _prompt_scatter(run),
        element("h3", "Slow turns and why"),
        _slow_list(run),
    ]


def _turn_bars(run: Run) -> Markup:
    found = [
        Bar(
            label=str(turn.number),
            value=turn.latency_s * 1000,
            words=f"turn {turn.number}: {show(turn.latency_s, 'ms')}",
            grade=grade(turn.latency_s),
        )
        for turn in run.answered
        if turn.latency_s is not None
    ]
    description = "Milliseconds from the key release to the first sound, the first turn of the session at the left."
    return bars("Wait of every turn", description, found, promise=PROMISE_S * 1000, unit="ms")


def _prompt_scatter(run: Run) -> Markup:
    found = [
        Point(
            x=turn.metrics.prompt_tokens,
            y=turn.latency_s * 1000,
            words=f"turn {turn.number}: {turn.metrics.prompt_tokens} tokens, {show(turn.latency_s, 'ms')}",
            grade=grade(turn.latency_s),
        )
        for turn in run.answered
        if turn.metrics and turn.latency_s is not None and turn.metrics.prompt_tokens
    ]
    if not found:
        return element("p", "The length of the prompts is not known.")
    description = "Each point is a turn: the length of the conversation so far against the wait. A level cloud is good."
    name = "tokens of the prompt"
    return scatter("Wait against length", description, found, promise=PROMISE_S * 1000, unit="ms", x_name=name)


def _turn_waterfall(title: str, turn: SpokenTurn | None) -> Content:
    if turn is None or turn.metrics is None:
        return None
    name = f"{title}, number {turn.number}: “{turn.question}”"
    return [element("h3", name), waterfall(turn.metrics, name)]


def _slow_list(run: Run) -> Markup:
    slow = slow_turns(run)
    if not slow:
        return element("p", f"No turn took {show(PROMISE_S, 'ms')} or more.")
    return element(
        "ul",
        [
            element(
                "li", f"Turn {turn.number}, {show(turn.latency_s, 'ms')}: {reason or 'The figures do not tell why.'}"
            )
            for turn, reason in slow
        ],
    )

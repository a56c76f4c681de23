"""The listed part of the page: every run one by one, the machine, the models. Pure; any thread."""

from companion.engine.metrics import PROMISE_S, grade
from companion.report.figures import share_words, show
from companion.report.latency import STAGES
from companion.report.markup import Content, Markup, element
from companion.report.run import Gpu, Run, SpokenTurn
from companion.report.table import Row, number, table
from companion.report.words import word_errors
from companion.slow_words import slow_sentence
from companion.spread import spread

_MIB = 2**20
_GIB = 2**30


def runs_section(run: Run) -> Markup:
    """Return every question with what was heard, what was answered, and what it took."""
    return element(
        "section",
        element("h2", "Every run", id="runs"),
        element(
            "p",
            f"{len(run.turns)} different questions in one conversation, the first right after the start. "
            f"The key came up {show(run.release_after_s, 'ms')} after the voice. Times count from there.",
            class_="soft",
        ),
        [_turn(turn) for turn in run.turns],
    )


def machine_section(run: Run) -> Markup:
    """Return what it ran on, and how much of it was used."""
    machine = run.machine
    own, others = (spread(getattr(m, name) for m in run.metrics) for name in ("cpu_share", "other_cpu_share"))
    rows = [
        ("Processor", machine.processor),
        ("Cores", f"{machine.cores} physical, {machine.logical} logical"),
        ("Processor use, draft to first sound", _use(own.mean if own else None, others.mean if others else None)),
        ("Memory", _bytes(machine.memory_bytes)),
        ("Most memory of this process", _bytes(machine.peak_memory_bytes)),
        ("Graphics card", gpu_words(machine.gpu, run)),
        ("System", machine.system),
        ("Python", machine.python),
        ("Window", "showed the turns, as in daily use" if run.window else "none"),
        ("Sound device", run.sound_device or "none: replies were played to nobody, at the pace of the clock"),
        ("The device's own latency, on top", _device_latency(run)),
    ]
    return element(
        "section",
        element("h2", "Machine", id="machine"),
        table("What it ran on, and how much of it was used", ["Part", "Found"], rows),
        element("p", "The system it replaces held 21 GB of a 24 GB graphics card and used 0 % of it.", class_="soft"),
    )


def models_section(run: Run) -> Content:
    """Return which models ran where; nothing if that is not known."""
    if not run.models:
        return None
    rows: list[Row] = [
        [
            model.role,
            model.file,
            model.device,
            number(_bytes(model.memory_bytes) if model.memory_bytes else "-"),
            number(show(model.load_s, "s") if model.load_s is not None else "-"),
            model.note or "-",
        ]
        for model in run.models
    ]
    columns = ["Role", "File", "Runs on", "Weights", "Loaded in", "Note"]
    return element("section", element("h2", "Models", id="models"), table("What answered", columns, rows))


def gpu_words(gpu: Gpu | None, run: Run) -> str:
    """Return what the graphics card did; a card that holds memory and does nothing is called so."""
    if gpu is None:
        return "no GPU: everything ran on the processor"
    before, peak = gpu.memory_before_bytes / _GIB, gpu.memory_peak_bytes / _GIB
    total = gpu.memory_total_bytes / _GIB
    memory = f"{peak:.1f} of {total:.1f} GiB in use at most, {before:.1f} before the models were loaded"
    if gpu.use_peak is None:
        return f"{gpu.name}: {memory}; the card does not tell how busy it was"
    mean = share_words(gpu.use_mean or 0.0)
    use = f"{mean} busy on average while replies were made, {share_words(gpu.use_peak)} at most"
    used = any(model.device not in ("", "cpu") for model in run.models)
    idle = "" if used else "; no model runs on it: run companion doctor"
    return f"{gpu.name}: {use}; {memory}{idle}"


def _turn(turn: SpokenTurn) -> Markup:
    latency_s, metrics = turn.latency_s, turn.metrics
    wait = show(latency_s, "ms") if latency_s is not None else "no answer"
    wrong, said = word_errors(turn.question, turn.heard)
    fault = "" if not wrong else f" ({wrong} of {said} words wrong)"
    reply = turn.reply + ("" if turn.written or not turn.reply else " …")
    reason = slow_sentence(metrics) if metrics and (latency_s or 0.0) >= PROMISE_S else ""
    return element(
        "article",
        element(
            "h3",
            element("span", f"{turn.number}. ", element("q", turn.question)),
            element("span", wait, class_=f"wait {'slow' if latency_s is None else grade(latency_s)}"),
        ),
        element(
            "dl",
            element("dt", "Heard"),
            element(
                "dd", element("span", turn.heard or "nothing", class_="words"), element("span", fault, class_="soft")
            ),
            element("dt", "Reply"),
            element("dd", reply or "none", class_="words"),
            [element("dt", "Why not"), element("dd", turn.refused)] if turn.refused else None,
            [element("dt", "Why slow"), element("dd", reason)] if reason else None,
            class_="said",
        ),
        element(
            "dl",
            [element("div", element("dt", name), element("dd", value)) for name, value in _facts(turn)],
            class_="facts",
        ),
        class_="run",
    )


def _facts(turn: SpokenTurn) -> list[tuple[str, str]]:
    """Return name and value of what is known of a turn."""
    m = turn.metrics
    if m is None:
        return []
    known: list[tuple[str, str | None]] = [
        *((name, _ms(getattr(m, field))) for field, name in STAGES.items()),
        ("gap", _ms(m.gap_s)),
        ("drafts", f"{m.drafts}{', begun before the release' if m.draft_used else ''}"),
        ("prompt evaluated", f"{m.evaluated_tokens} of {m.prompt_tokens}" if m.prompt_tokens else None),
        ("reply", f"{m.reply_tokens} tokens" if m.reply_tokens else None),
        ("writing", None if m.tokens_per_s is None else show(m.tokens_per_s, "tokens/s")),
        ("written, after the first sound", _ms(turn.writing_s)),
        ("spoken for", None if turn.speech_s is None else show(turn.speech_s, "s")),
        ("longest pause", _ms(max(turn.pauses_s)) if turn.pauses_s else None),
        ("silent after a press", _ms(turn.stop_s)),
        ("ran dry", f"voice {m.underruns}, device {m.xruns}" if m.underruns or m.xruns else None),
        ("processor", _use(m.cpu_share, m.other_cpu_share) if m.cpu_share is not None else None),
        ("session", "first turn" if m.first_of_session else None),
    ]
    return [(name, value) for name, value in known if value is not None]


def _ms(value: float | None) -> str | None:
    return None if value is None else show(value, "ms")


def _bytes(count: int | None) -> str:
    if count is None:
        return "the system does not tell"
    return f"{count / _GIB:.1f} GiB" if count >= _GIB else f"{count / _MIB:.0f} MiB"


def _use(own: float | None, others: float | None) -> str:
    if own is None:
        return "the system does not tell"
    return f"{share_words(own)} own" + ("" if others is None else f", {share_words(others)} others")


def _device_latency(run: Run) -> str:
    found = spread(metrics.output_latency_s for metrics in run.metrics)
    return show(found.p50, "ms") if found and found.p50 else "not known"

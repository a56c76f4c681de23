"""What a benchmark run leaves behind: written, read, found again, printed; and what a turn adds to it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from companion.engine.errors import CompanionError
from companion.engine.metrics import TurnMetrics
from tests.bench import table
from tests.bench.figures import Figure, Recorder
from tests.bench.machine import commit, describe_machine, library_versions, load_average
from tests.bench.results import Result, from_json, latest_comparable, read, to_json, write
from tests.bench.turns import add_turn

SLOW = Figure(name="stt.final.2s", unit="ms", samples=(100.0, 101.0, 102.0, 103.0, 104.0, 105.0))
FAST = Figure(name="stt.final.2s", unit="ms", samples=(50.0, 51.0, 52.0, 53.0, 54.0, 55.0))
LOST = Figure(name="turn.150.lost", unit="events", samples=(0.0, 1.0, 0.0))

RESULT = Result(
    begun="2026-08-02T10:00:00Z",
    seconds=61.2,
    label="before",
    commit="0123abc-dirty",
    quick=True,
    sections=("stage", "turn"),
    machine={"cpu": "Some CPU", "cores": 2, "memory_gib": 24, "gpu": None, "system": "Linux-6", "python": "3.11.9"},
    load_before=0.25,
    versions={"numpy": "2.3.0"},
    models={"stt": "whisper-tiny.en", "threads": "stt 1"},
    figures=(SLOW, LOST),
)


def later(result: Result, begun: str = "2026-08-03T10:00:00Z") -> Result:
    return replace(result, begun=begun)


def test_a_result_survives_its_file(tmp_path: Path) -> None:
    path = write(RESULT, tmp_path / "build" / "bench")

    assert read(path) == RESULT
    assert path.name == "20260802T100000Z.json"


def test_the_file_tells_people_the_median_and_the_p95() -> None:
    entry = json.loads(to_json(RESULT))["figures"]["stt.final.2s"]

    assert (entry["n"], entry["median"], entry["p95"], entry["unit"]) == (6, 102.5, 105.0, "ms")


def test_samples_are_what_counts_when_a_file_is_read() -> None:
    data = json.loads(to_json(RESULT))
    data["figures"]["stt.final.2s"]["median"] = 1.0

    figure = from_json(json.dumps(data)).figure("stt.final.2s")

    assert figure
    assert figure.median == 102.5


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"schema": 99}', to_json(RESULT)[:-20], to_json(RESULT).replace('"ms"', '"miles"')],
)
def test_what_is_no_result_is_refused_with_a_sentence(text: str, tmp_path: Path) -> None:
    path = tmp_path / "some.json"
    path.write_text(text)

    with pytest.raises(CompanionError, match="is not a result of this benchmark") as caught:
        read(path)

    assert caught.value.code == "result-unreadable"


def test_the_newest_earlier_run_of_this_machine_is_found(tmp_path: Path) -> None:
    for day in ("01", "03", "02"):
        write(later(RESULT, f"2026-08-{day}T10:00:00Z"), tmp_path)
    write(later(RESULT, "2026-08-09T10:00:00Z"), tmp_path)  # later than the run that is compared
    write(replace(later(RESULT, "2026-08-04T10:00:00Z"), models={"stt": "whisper-small"}), tmp_path)
    write(replace(later(RESULT, "2026-08-05T10:00:00Z"), machine={**RESULT.machine, "cpu": "Other"}), tmp_path)
    write(replace(later(RESULT, "2026-08-06T10:00:00Z"), figures=(replace(SLOW, name="llm.token.60"),)), tmp_path)
    (tmp_path / "cut-short.json").write_text(to_json(RESULT)[:100])

    found = latest_comparable(later(RESULT, "2026-08-08T10:00:00Z"), tmp_path)

    assert found
    assert found.begun == "2026-08-03T10:00:00Z"


def test_an_update_of_the_system_does_not_make_another_machine() -> None:
    assert RESULT.comparable(replace(RESULT, machine={**RESULT.machine, "system": "Linux-7", "python": "3.12.1"}))


def test_a_first_run_has_nothing_to_compare_with(tmp_path: Path) -> None:
    assert latest_comparable(RESULT, tmp_path / "missing") is None


# -- the table


def test_the_table_marks_what_changed_and_says_what_else_did() -> None:
    more_lost = replace(LOST, samples=(0.0, 1.0, 1.0))
    new = replace(later(RESULT), label="after", figures=(FAST, more_lost), versions={"numpy": "2.4.0"})

    lines = list(table.lines(new, RESULT))

    row = next(line for line in lines if line.startswith("stt.final.2s"))
    assert row.split() == ["stt.final.2s", "6", "52.5", "55.0", "102", "0.51", "better"]
    assert "  lost 2 of 3 (before 1 of 3: WORSE)" in lines
    assert "Against before, 2026-08-02T10:00:00Z: 1 better, 1 worse, 0 alike." in lines
    assert "  versions: numpy 2.3.0 -> 2.4.0" in lines


def test_a_table_without_an_earlier_run_has_no_ratios() -> None:
    lines = list(table.lines(RESULT, None))

    assert not any("ratio" in line or "better" in line for line in lines)
    assert next(line for line in lines if line.startswith("stt.final.2s")).split() == [
        "stt.final.2s",
        "6",
        "102",
        "105",
    ]


def test_moments_on_the_way_are_left_to_the_file() -> None:
    recorder = Recorder()
    add_turn(recorder, "turn.150", TurnMetrics(turn_id=1, release_latency_s=0.1, transcript_s=0.01))

    lines = list(table.lines(replace(RESULT, figures=tuple(recorder.figures)), None))

    assert [line.split()[0] for line in lines if line.startswith("turn.")] == [
        "turn.150.heard",
        "turn.150.evaluated_tokens",
        "turn.150.prompt_tokens",
    ]
    assert "  lost 0 of 1, undrafted 1 of 1, underruns 0 of 1" in lines


def test_a_comparison_with_another_machine_says_so() -> None:
    other = replace(RESULT, machine={**RESULT.machine, "cpu": "Other"})

    assert any(line.startswith("Another machine") for line in table.lines(later(RESULT), other))


# -- what a turn adds


def test_a_turn_adds_its_moments_and_the_stages_between_them() -> None:
    recorder = Recorder()
    add_turn(
        recorder,
        "turn.150",
        TurnMetrics(
            turn_id=1,
            release_latency_s=0.133,
            draft_s=-0.061,
            transcript_s=0.015,
            first_token_s=0.073,
            first_clause_s=0.104,
            first_sound_s=0.128,
            draft_used=True,
            prompt_tokens=66,
            evaluated_tokens=12,
        ),
    )

    values = {figure.name.removeprefix("turn.150."): figure.samples[0] for figure in recorder.figures}

    assert values == pytest.approx(
        {
            "draft": -61,
            "transcript": 15,
            "token": 73,
            "clause": 104,
            "sound": 128,
            "heard": 133,
            "transcribe": 76,
            "prompt": 58,
            "words": 31,
            "voice": 24,
            "device": 5,
            "evaluated_tokens": 12,
            "prompt_tokens": 66,
            "lost": 0,
            "undrafted": 0,
            "underruns": 0,
        }
    )


def test_sound_that_was_ready_before_the_release_waits_for_the_device_from_the_release_on() -> None:
    recorder = Recorder()
    add_turn(recorder, "turn.400", TurnMetrics(turn_id=1, release_latency_s=0.004, first_sound_s=-0.2))

    device = next(figure for figure in recorder.figures if figure.name == "turn.400.device")

    assert device.samples == pytest.approx((4,))


@pytest.mark.parametrize("metrics", [None, TurnMetrics(turn_id=1)])
def test_a_turn_without_a_sound_is_lost_and_adds_no_times(metrics: TurnMetrics | None) -> None:
    recorder = Recorder()
    add_turn(recorder, "turn.0", metrics)

    assert [(figure.name, figure.samples) for figure in recorder.figures] == [("turn.0.lost", (1,))]


# -- the machine


def test_the_machine_is_described() -> None:
    machine = describe_machine()

    assert machine["cpu"]
    assert machine["cores"]
    assert library_versions()["ctranslate2"]
    assert (load_average() or 0) >= 0
    assert isinstance(commit(), str)

"""What is kept of each turn's latency, and what is not."""

import csv
import io
import json
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion import latency_history
from companion.engine.metrics import TurnMetrics
from companion.latency_history import (
    LatencyHistory,
    LatencyRecord,
    latency_csv,
    latency_figures,
    latency_json,
)
from tests.cases import cases
from tests.conftest import ExpectLog

PROMISE_S = 0.2
NOON_S = 1_700_000_000.0

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "latency.jsonl"


def metrics(turn_id: int = 1, latency_s: float | None = 0.142) -> TurnMetrics:
    return TurnMetrics(
        turn_id=turn_id,
        release_latency_s=latency_s,
        gap_s=0.29,
        first_of_session=turn_id == 1,
        draft_used=True,
        drafts=2,
        tokens_per_s=78.1,
        cpu_share=0.84,
    )


def records(*latencies_s: float) -> list[LatencyRecord]:
    return [
        LatencyRecord(at_s=NOON_S + turn, session_s=NOON_S, turn_id=turn, release_latency_s=latency_s)
        for turn, latency_s in enumerate(latencies_s, 1)
    ]


def latencies(history: LatencyHistory) -> list[float]:
    return [record.release_latency_s for record in history.records()]


def later(path: Path) -> LatencyHistory:
    """Return the history as a session a day later sees it."""
    return LatencyHistory(path, session_s=NOON_S + 86_400)


def test_a_turn_outlives_its_session(path: Path) -> None:
    history = LatencyHistory(path, session_s=NOON_S + 0.123456)
    history.add(metrics(), NOON_S + 60)

    (kept,) = later(path).records()

    assert kept == LatencyRecord(
        at_s=NOON_S + 60,
        session_s=round(NOON_S + 0.123456, 3),
        turn_id=1,
        release_latency_s=0.142,
        gap_s=0.29,
        first_of_session=True,
        draft_used=True,
        drafts=2,
        tokens_per_s=78.1,
        cpu_share=0.84,
    )
    assert list(history.records()) == [kept], "its own turns are not counted twice"


def test_turns_of_all_sessions_are_in_order_and_this_one_is_known(path: Path) -> None:
    LatencyHistory(path, session_s=NOON_S).add(metrics(latency_s=0.1), NOON_S)
    history = later(path)
    history.add(metrics(latency_s=0.2), NOON_S + 86_401)
    assert latencies(history) == [0.1, 0.2]
    history.add(metrics(2, latency_s=0.3), NOON_S + 86_402)
    assert latencies(history) == [0.1, 0.2, 0.3]
    assert [record.turn_id for record in history.session] == [1, 2]


def test_a_turn_that_was_never_heard_is_not_counted(path: Path) -> None:
    history = LatencyHistory(path)
    history.add(metrics(latency_s=None), NOON_S)
    assert not history.records()
    assert not path.exists()


def test_the_file_has_figures_and_nothing_else(path: Path) -> None:
    LatencyHistory(path, session_s=NOON_S).add(metrics(), NOON_S)
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert all(isinstance(value, int | float) for value in stored.values())


@posix
def test_the_file_is_for_the_user_alone(path: Path) -> None:
    history = LatencyHistory(path, session_s=NOON_S)
    history.add(metrics(), NOON_S)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.chmod(0o644)
    history.add(metrics(2), NOON_S)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[1, 2]",
        b"[" * 100_000,
        b'"words"',
        b'{"at_s": 1, "session_s": 1, "turn_id": 1}',
        b'{"at_s": 1, "session_s": 1, "turn_id": 1, "release_latency_s": NaN}',
        b'{"at_s": 1, "session_s": 1, "turn_id": 1, "release_latency_s": -1}',
        b'{"at_s": 1, "session_s": 1, "turn_id": 1, "release_latency_s": true}',
        b'{"at_s": 1, "session_s": 1, "turn_id": "1", "release_latency_s": 0.1}',
        b'{"at_s": 1, "session_s": 1, "turn_id": 1.5, "release_latency_s": 0.1}',
        b'{"at_s": 1, "session_s": 1, "turn_id": 1, "release_latency_s": 1e99}',
        b'{"at_s": 1, "session_s": 1, "turn_id": 1, "release_latency_s": 0.1, "draft_used": 1}',
    ],
)
def test_a_damaged_line_is_skipped_and_the_others_count(path: Path, damage: bytes) -> None:
    history = LatencyHistory(path, session_s=NOON_S)
    history.add(metrics(latency_s=0.1), NOON_S)
    with path.open("ab") as file:
        file.write(damage + b"\n")
    history.add(metrics(2, latency_s=0.2), NOON_S)
    assert latencies(later(path)) == [0.1, 0.2]


@pytest.mark.reader
@settings(deadline=None)
@given(garbage=st.binary(max_size=200))
def test_no_file_is_too_odd_to_read(tmp_path_factory: pytest.TempPathFactory, garbage: bytes) -> None:
    path = tmp_path_factory.mktemp("odd") / "latency.jsonl"
    path.write_bytes(garbage)
    history = LatencyHistory(path, session_s=NOON_S)
    history.add(metrics(), NOON_S)
    assert latencies(later(path))[-1:] == [0.142]


_LINE = b'{"at_s":1790000000.5,"session_s":1789999999.0,"turn_id":7,"release_latency_s":0.142,"drafts":2}'


@pytest.mark.reader
@settings(deadline=None, max_examples=cases(100))
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(_LINE)),
            st.integers(0, 6),
            st.binary(max_size=3) | st.sampled_from([b"9" * 400, b"1e999", b"-1", b"NaN", b"null", b"[]"]),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_is_read_of_a_changed_line_can_be_shown_and_exported(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int, bytes]]
) -> None:
    changed = _LINE
    for at, length, data in changes:
        changed = changed[:at] + data + changed[at + length :]
    path = tmp_path_factory.mktemp("changed") / "latency.jsonl"
    path.write_bytes(changed + b"\n" + _LINE + b"\n")
    records = LatencyHistory(path, session_s=NOON_S).records()
    assert records[-1].release_latency_s == 0.142
    assert len(latency_csv(records).splitlines()) == 1 + len(records)
    assert len(json.loads(latency_json(records, 0.8))["turns"]) == len(records)


def test_a_line_cut_by_a_crash_does_not_take_the_next_one_along(path: Path) -> None:
    history = LatencyHistory(path, session_s=NOON_S)
    history.add(metrics(latency_s=0.1), NOON_S)
    history.add(metrics(2, latency_s=0.2), NOON_S)
    path.write_bytes(path.read_bytes()[:-20])
    later(path).add(metrics(latency_s=0.3), NOON_S + 86_401)
    assert latencies(LatencyHistory(path, session_s=1)) == [0.1, 0.3]


def test_names_of_a_later_version_are_left_out(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"at_s": 1, "session_s": 1, "turn_id": 1, "release_latency_s": 0.1, "mood": "fine"}\n')
    assert latencies(later(path)) == [0.1]


def test_the_file_stays_short_and_keeps_the_newest(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latency_history, "FILE_BYTES", 4000)
    history = LatencyHistory(path, session_s=NOON_S)
    for turn in range(1, 101):
        history.add(metrics(turn, latency_s=turn / 1000), NOON_S + turn)
        assert path.stat().st_size <= 4000
    kept = latencies(later(path))
    assert kept == [turn / 1000 for turn in range(101 - len(kept), 101)]
    assert len(kept) >= 5
    assert list(path.parent.iterdir()) == [path], "no temporary file is left"
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_much_too_long_is_not_read_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    LatencyHistory(path, session_s=NOON_S).add(metrics(), NOON_S)
    line = path.read_bytes()
    path.write_bytes(line * 100)
    monkeypatch.setattr(latency_history, "FILE_BYTES", len(line) * 3)
    assert len(later(path).records()) == 3
    monkeypatch.setattr(latency_history, "FILE_BYTES", len(line) * 3 + 5)
    assert len(later(path).records()) == 3


def test_clearing_forgets_on_disk_too(path: Path) -> None:
    LatencyHistory(path, session_s=NOON_S).add(metrics(), NOON_S)
    history = later(path)
    history.add(metrics(), NOON_S)
    history.clear()
    assert not history.records()
    assert not path.exists()
    history.add(metrics(3, latency_s=0.3), NOON_S)
    assert latencies(history) == latencies(LatencyHistory(path, session_s=1)) == [0.3]


def test_what_cannot_be_saved_still_counts_and_is_said(path: Path, expect_log: ExpectLog) -> None:
    expect_log("latencies could not be saved")
    path.parent.mkdir()
    path.mkdir()
    history = LatencyHistory(path, session_s=NOON_S)
    history.add(metrics(), NOON_S)
    assert history.problem
    path.rmdir()
    history.add(metrics(2, latency_s=0.2), NOON_S)
    assert not history.problem
    assert latencies(history) == [0.142, 0.2]


def test_without_a_file_the_session_is_all_there_is() -> None:
    history = LatencyHistory()
    history.add(metrics(), NOON_S)
    assert latencies(history) == [0.142]
    history.clear()
    assert not history.records()


def test_the_figures() -> None:
    assert latency_figures([], PROMISE_S) is None
    found = latency_figures(records(*(number / 1000 for number in range(1, 102))), 0.051)
    assert found is not None
    assert found.turns == 101
    assert found.mean_s == pytest.approx(0.051)
    assert (found.p50_s, found.p95_s) == (0.051, 0.096)
    assert (found.min_s, found.max_s) == (0.001, 0.101)
    assert found.kept_share == pytest.approx(50 / 101), "a turn at the limit has not kept it"


@settings(deadline=None)
@given(st.lists(st.floats(0, 60), min_size=1, max_size=300))
def test_the_figures_are_in_order(latencies_s: list[float]) -> None:
    found = latency_figures(records(*latencies_s), PROMISE_S)
    assert found is not None
    assert found.min_s <= found.p50_s <= found.p95_s <= found.max_s
    assert {found.p50_s, found.p95_s} <= set(latencies_s)
    assert 0 <= found.kept_share <= 1


def test_the_table_has_dates_in_utc_and_times_in_ms() -> None:
    (row,) = csv.DictReader(io.StringIO(latency_csv(records(0.1416))))
    assert row["ended_utc"] == "2023-11-14T22:13:21+00:00"
    assert row["release_latency_ms"] == "141.6"
    assert row["first_of_session"] == "False"
    assert row["gap_ms"] == ""
    assert "tokens_per_s" in row


def test_an_empty_table_still_names_its_columns() -> None:
    assert latency_csv([]).startswith("ended_utc,session_utc,turn_id,release_latency_ms,")


def test_the_export_in_json_has_figures_and_turns() -> None:
    found = json.loads(latency_json(records(0.1, 0.3), PROMISE_S))
    assert found["figures"] == {
        "promise_ms": 200.0,
        "turns": 2,
        "mean_ms": 200.0,
        "p50_ms": 100.0,
        "p95_ms": 300.0,
        "min_ms": 100.0,
        "max_ms": 300.0,
        "kept_share": 0.5,
    }
    assert [turn["release_latency_ms"] for turn in found["turns"]] == [100.0, 300.0]
    assert json.loads(latency_json([], PROMISE_S)) == {"figures": {"promise_ms": 200.0}, "turns": []}

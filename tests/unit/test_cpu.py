"""The processor's counters."""

import sys
from pathlib import Path

import pytest

from companion.engine import cpu
from companion.engine.cpu import CpuReading, cpu_shares, read_cpu


@pytest.fixture(autouse=True)
def _two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)


def reading(at_s: float, own_s: float, busy: int | None = None, total: int | None = None) -> CpuReading:
    return CpuReading(at_s=at_s, own_s=own_s, busy_ticks=busy, all_ticks=total)


@pytest.mark.parametrize(
    ("end", "own", "others"),
    [
        (reading(1.2, 10.2, 130, 240), 0.5, 0.25),  # of 40 ticks 30 are busy
        (reading(1.2, 10.2), 0.5, None),
        (reading(1.2, 10.2, 100, 200), 0.5, None),  # counters that stand still
        (reading(1.2, 10.2, 115, 240), 0.5, 0.0),  # ticks are coarse: never less than nothing
        (reading(1.2, 11.0, 140, 240), 1.0, 0.0),
    ],
)
def test_shares(end: CpuReading, own: float, others: float | None) -> None:
    shares = cpu_shares(reading(1.0, 10.0, 100, 200), end)
    assert shares
    assert shares.own == pytest.approx(own)
    assert shares.others == (None if others is None else pytest.approx(others))


def test_no_time_no_shares() -> None:
    assert cpu_shares(reading(1, 1), reading(1, 1)) is None


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"cpu  100 5 20 300 7 1 2 3 50 4\ncpu0 1 2 3 4\n", (131, 438)),  # guests are in user and nice already
        (b"cpu  100 5 20 300\n", (None, None)),
        (b"cpu  a b c d e f\n", (None, None)),
        (b"", (None, None)),
        (None, (None, None)),
    ],
)
def test_what_the_system_tells(
    content: bytes | None, expected: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "stat"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setattr(cpu, "_STAT", file)
    taken = read_cpu()
    assert (taken.busy_ticks, taken.all_ticks) == expected


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_the_real_counters_only_grow() -> None:
    before, after = read_cpu(), read_cpu()
    assert before.busy_ticks is not None
    assert after.busy_ticks is not None
    assert after.busy_ticks >= before.busy_ticks
    assert after.own_s > before.own_s

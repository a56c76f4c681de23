"""How busy the processor was, and with whom. Thread: any; keeps nothing and starts nothing."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

_STAT = Path("/proc/stat")

_FIRST_LINE = 256
"""Bytes read of `_STAT`: more than its first line, the sum over all cores, ever has."""

_IDLE, _IOWAIT, _GUEST = 3, 4, 8
"""Columns of that line. From `_GUEST` on they are counted in the first two already.

Source: https://www.kernel.org/doc/html/latest/filesystems/proc.html#miscellaneous-kernel-statistics-in-proc-stat
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuReading:
    """The processor's counters at one moment; two of them make `CpuShares`."""

    at_s: float
    own_s: float
    """Time used by all threads of this process, summed over the cores."""
    busy_ticks: int | None = None
    """Time used by everybody, in units of the system's own; None where it does not tell (any system but Linux)."""
    all_ticks: int | None = None
    """Likewise, idle time included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuShares:
    """Parts of all cores, 0 to 1."""

    own: float
    others: float | None
    """None where the system does not tell."""


def read_cpu() -> CpuReading:
    """Return the counters now; takes about 0.02 ms.

    Thread: any.
    """
    busy, total = _ticks()
    return CpuReading(at_s=time.monotonic(), own_s=time.process_time(), busy_ticks=busy, all_ticks=total)


def cpu_shares(begin: CpuReading, end: CpuReading) -> CpuShares | None:
    """Return what was used between two readings; None if no time has passed.

    The system counts in ticks of 10 ms a core, so over 200 ms on two cores `others` is right to 0.05 or so.

    Thread: any.
    """
    wall_s = end.at_s - begin.at_s
    if wall_s <= 0:
        return None
    own = _share((end.own_s - begin.own_s) / (wall_s * (os.cpu_count() or 1)))
    if begin.busy_ticks is None or begin.all_ticks is None or end.busy_ticks is None or end.all_ticks is None:
        return CpuShares(own=own, others=None)
    ticks = end.all_ticks - begin.all_ticks
    if ticks <= 0:  # a container that has no such counters, or too short a time
        return CpuShares(own=own, others=None)
    return CpuShares(own=own, others=_share((end.busy_ticks - begin.busy_ticks) / ticks - own))


def _ticks() -> tuple[int, int] | tuple[None, None]:
    try:
        with _STAT.open("rb", buffering=0) as file:
            line = file.read(_FIRST_LINE) or b""
        counts = [int(word) for word in line.split(b"\n", 1)[0].split()[1 : 1 + _GUEST]]
    except (OSError, ValueError):
        return None, None
    if len(counts) <= _IOWAIT:
        return None, None
    total = sum(counts)
    return total - counts[_IDLE] - counts[_IOWAIT], total


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))

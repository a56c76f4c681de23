"""Threads of the native libraries: how many each stage may use, and how they wait.

`prepare_environment` must run first in the process, on the main thread: OpenMP and OpenBLAS read the environment
once, when they are loaded. The numbers were measured with `python -m tests.bench.bench_contention`; see
docs/decisions/0041-threads.md.
"""

import os
import platform
import sys
from pathlib import Path

from companion.engine.config import ThreadPlan

_ENVIRONMENT = {
    # Threads that wait for the others of their team sleep instead of spinning: a spinning thread whose partner has
    # lost its core to another program burns its own, and a reply falls from 100 tokens a second to 2.
    "OMP_WAIT_POLICY": "passive",  # every OpenMP runtime
    "GOMP_SPINCOUNT": "0",  # GNU (llama.cpp, CTranslate2)
    "KMP_BLOCKTIME": "0",  # Intel and LLVM
    # NumPy's matrices are small here, and a pool of threads per library is what makes them fight.
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}

_NO_TELEMETRY = {"ORT_DISABLE_TELEMETRY": "1"}
"""ONNX Runtime 1.32 sends usage events to its maker from threads of its own, unless it reads this when it loads: it
looks names up, keeps an identifier of the device in the user's cache folder, and uploads (ADR 0111)."""

_NATIVE_MODULES = ("llama_cpp", "ctranslate2", "onnxruntime", "numpy")

_CPUINFO = Path("/proc/cpuinfo")
_CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def prepare_environment() -> tuple[str, ...]:
    """Set what native libraries read when they load; what the user has set already stays, but no library may report.

    Thread: main, before anything imports a native library.

    Returns:
        The native libraries that were loaded too early to see it; empty if all is well.
    """
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    os.environ.update(_NO_TELEMETRY)
    return tuple(name for name in _NATIVE_MODULES if name in sys.modules)


def plan_threads(cores: int) -> ThreadPlan:
    """Return how many threads each stage may use.

    One core is left to the window, the audio callbacks and the rest of the desktop. Replies are limited by memory
    bandwidth, so more than eight threads do not help them; prompts are limited by arithmetic. A language model that
    is wholly on a GPU uses one thread whatever the plan says: only its loading can tell that.

    Thread: any.

    Args:
        cores: physical cores this process may use; see `available_cores`.
    """
    spare = max(1, cores - 1)
    return ThreadPlan(
        stt=min(4, spare),
        llm=min(8, max(1, spare * 3 // 4)),
        llm_prefill=min(16, spare),
        tts=min(2, max(1, spare // 2)),
    )


def available_cores() -> int:
    """Return the number of physical cores this process may use, at least 1.

    Thread: any.
    """
    count = _physical_cores() or _guessed_cores()
    quota = _cpu_quota()
    return max(1, min(count, quota) if quota else count)


def _physical_cores() -> int | None:
    """Count the cores under the CPUs of this process's affinity (Linux on x86 only)."""
    if sys.platform != "linux":
        return None
    try:
        sections = _CPUINFO.read_text(encoding="ascii", errors="replace").strip().split("\n\n")
    except OSError:
        return None
    allowed = os.sched_getaffinity(0)
    cores = set()
    for section in sections:
        fields = dict(line.replace("\t", "").split(":", 1) for line in section.splitlines() if ":" in line)
        if "core id" not in fields or "processor" not in fields:
            return None
        if int(fields["processor"]) in allowed:
            cores.add((fields.get("physical id", "0").strip(), fields["core id"].strip()))
    return len(cores) or None


def _guessed_cores() -> int:
    """Take two hardware threads a core on x86, one elsewhere (Apple, Arm)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    logical = os.cpu_count() or 1
    return max(1, logical // 2) if platform.machine().lower() in ("x86_64", "amd64", "i386", "i686") else logical


def _cpu_quota() -> int | None:
    """Return the whole cores that a container's quota allows, or None without a quota."""
    try:
        quota, period = _CPU_QUOTA.read_text(encoding="ascii").split()
        return max(1, round(int(quota) / int(period)))
    except (OSError, ValueError):
        return None

"""The thread plan leaves room for the rest of the machine, and the environment is set in time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from companion.engine import threads
from companion.engine.config import ThreadPlan
from companion.engine.threads import available_cores, plan_threads, prepare_environment


@pytest.mark.parametrize(
    ("cores", "plan"),
    [
        (1, ThreadPlan(stt=1, llm=1, llm_prefill=1, tts=1)),
        (2, ThreadPlan(stt=1, llm=1, llm_prefill=1, tts=1)),
        (4, ThreadPlan(stt=3, llm=2, llm_prefill=3, tts=1)),
        (8, ThreadPlan(stt=4, llm=5, llm_prefill=7, tts=2)),
        (16, ThreadPlan(stt=4, llm=8, llm_prefill=15, tts=2)),
        (64, ThreadPlan(stt=4, llm=8, llm_prefill=16, tts=2)),
    ],
)
def test_plan(cores: int, plan: ThreadPlan) -> None:
    assert plan_threads(cores) == plan


@pytest.mark.parametrize("cores", range(2, 65))
def test_no_stage_takes_every_core(cores: int) -> None:
    plan = plan_threads(cores)
    assert max(plan.stt, plan.llm, plan.llm_prefill, plan.tts) < cores


def test_environment_keeps_what_the_user_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"OMP_WAIT_POLICY": "active"})
    prepare_environment()
    assert os.environ["OMP_WAIT_POLICY"] == "active"


def test_no_library_may_report_even_where_the_user_would_allow_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"ORT_DISABLE_TELEMETRY": "0"})
    prepare_environment()
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
    assert os.environ["GOMP_SPINCOUNT"] == "0"


def test_importing_the_plan_loads_no_native_library() -> None:
    code = "from companion.engine.threads import prepare_environment as p; import sys; sys.exit(len(p()))"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


@pytest.mark.parametrize("arguments", [[], ["ask", "x.wav"], ["bench"], ["doctor"], ["models", "list"]])
def test_every_command_plans_threads_before_a_native_library_loads(arguments: list[str]) -> None:
    code = (
        "import sys, companion.cli as cli\n"
        "plan = cli.prepare_environment\n"
        "cli.prepare_environment = lambda: sys.exit(len(plan()))\n"
        "cli.main(sys.argv[1:])\n"
        "sys.exit(99)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, *arguments], timeout=30, check=False).returncode == 0


def test_late_call_names_what_was_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {})
    monkeypatch.setitem(sys.modules, "ctranslate2", sys)
    assert "ctranslate2" in prepare_environment()


def cpuinfo(*cpus: tuple[int, int, int]) -> str:
    return "\n\n".join(f"processor\t: {p}\nphysical id\t: {s}\ncore id\t\t: {c}" for p, s, c in cpus) + "\n\n"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(
    ("text", "allowed", "quota", "cores"),
    [
        (cpuinfo((0, 0, 0), (1, 0, 1), (2, 0, 0), (3, 0, 1)), {0, 1, 2, 3}, "max 100000", 2),
        (cpuinfo((0, 0, 0), (1, 1, 0)), {0, 1}, "max 100000", 2),
        (cpuinfo((0, 0, 0), (1, 0, 1), (2, 0, 2)), {0, 2}, "max 100000", 2),
        (cpuinfo(*((i, 0, i) for i in range(8))), set(range(8)), "250000 100000", 2),
        (cpuinfo(*((i, 0, i) for i in range(8))), set(range(8)), "20000 100000", 1),
        ("processor\t: 0\nmodel name\t: an Arm core\n\n", {0, 1, 2}, "nonsense", 3),
        ("", {0}, "max 100000", 1),
    ],
)
def test_cores_are_counted_as_this_process_may_use_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, allowed: set[int], quota: str, cores: int
) -> None:
    (tmp_path / "cpuinfo").write_text(text)
    (tmp_path / "cpu.max").write_text(quota)
    monkeypatch.setattr(threads, "_CPUINFO", tmp_path / "cpuinfo")
    monkeypatch.setattr(threads, "_CPU_QUOTA", tmp_path / "cpu.max")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: allowed)
    assert available_cores() == cores

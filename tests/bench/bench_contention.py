"""How the language model's speed stands up to a busy machine: `python -m tests.bench.bench_contention`.

Each row is a thread count and a way of waiting, measured alone, beside a process that spins on one core, and beside
one that multiplies matrices on all cores. OpenMP reads its environment once, so each row is a process of its own.
Rounds of the three loads alternate, so that what else runs on the machine falls on all of them; figures are medians.

Fair share: with T threads of ours and B of the others on C cores, ours can expect min(1, C / (T + B)) of the speed
alone. "share" is what was kept, divided by that: 1 is perfect, well below 1 is a plan that loses more than its core.

No part of `make bench`: it chose the thread plan (docs/decisions/0041-threads.md), takes ten minutes, and judges
settings that the product does not use.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

from companion.engine.llm.native import NativeModel, NativeOptions
from tests.bench.load import SPIN, running

MODEL = Path("models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf")
WAITING = {
    "default": {},
    "passive": {"OMP_WAIT_POLICY": "passive"},
    "spin 1e3": {"GOMP_SPINCOUNT": "1000"},
    "spin 1e4": {"GOMP_SPINCOUNT": "10000"},
    "spin 1e5": {"GOMP_SPINCOUNT": "100000"},
}
LOADS = {
    "alone": "",
    "spinner": SPIN,
    "matrices": "import numpy as n\na = n.ones((512, 512), n.float32)\nwhile True: a @ a",
}
REPLY_TOKENS = 24
PROMPT_TOKENS = 24
LIMIT_S = 8.0
"""A measurement that takes longer is cut off and counted as far as it came."""


def main() -> None:
    """Run every row and print the table; `--json FILE` keeps the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--waiting", nargs="*", choices=WAITING, default=list(WAITING))
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        sys.stdout.write(json.dumps(measure(options.child, options.rounds)))
        return
    cores = len(os.sched_getaffinity(0))
    rows = []
    say(f"{cores} cores, load average before: {os.getloadavg()[0]:.1f}")
    say(
        f"{'threads':>7} {'waiting':>9} {'load':>9} {'tokens/s':>9} {'ms/prompt token':>16} {'CPU s/s':>8} {'share':>6}"
    )
    for threads in options.threads:
        for waiting in options.waiting if threads > 1 else ["default"]:  # a team of one waits for nobody
            variables = WAITING[waiting]
            figures = run_child(threads, options.rounds, variables)
            for load, row in figures.items():
                others = {"alone": 0, "spinner": 1, "matrices": cores}[load]
                fair = min(1.0, cores / (threads + others))
                share = row["tokens_per_s"] / figures["alone"]["tokens_per_s"] / fair
                rows.append({"threads": threads, "waiting": waiting, "load": load, "share": share, **row})
                say(
                    f"{threads:>7} {waiting:>9} {load:>9} {row['tokens_per_s']:>9.1f} "
                    f"{row['prompt_ms_per_token']:>10.2f} {row['cpu_share']:>8.2f} {share:>6.2f}"
                )
    say(f"load average after: {os.getloadavg()[0]:.1f}")
    if options.json:
        options.json.write_text(json.dumps({"cores": cores, "rows": rows}, indent=1))


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def run_child(threads: int, rounds: int, variables: dict[str, str]) -> dict[str, dict[str, float]]:
    """Measure one row in a process whose environment is set before any library loads."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("OMP_", "GOMP_", "KMP_"))} | variables
    command = [sys.executable, "-m", __spec__.name, "--child", str(threads), "--rounds", str(rounds)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=900)
    figures: dict[str, dict[str, float]] = json.loads(done.stdout)
    return figures


def measure(threads: int, rounds: int) -> dict[str, dict[str, float]]:
    """Return the medians for each load."""
    options = NativeOptions(context_tokens=512, threads=threads, prefill_threads=threads, gpu_layers=0)
    model = NativeModel(MODEL, options)
    words = model.tokenize("The quick brown fox jumps over the lazy dog. " * 20, special=False)
    samples: dict[str, list[tuple[float, float, float]]] = {load: [] for load in LOADS}
    once(model, words)
    for _ in range(rounds):
        for load, source in LOADS.items():
            with running(source):
                samples[load].append(once(model, words))
    model.close()
    return {
        load: {
            "tokens_per_s": statistics.median(s[0] for s in found),
            "prompt_ms_per_token": statistics.median(s[1] for s in found),
            "cpu_share": statistics.median(s[2] for s in found),
            "tokens_per_s_min": min(s[0] for s in found),
            "tokens_per_s_max": max(s[0] for s in found),
        }
        for load, found in samples.items()
    }


def once(model: NativeModel, words: list[int]) -> tuple[float, float, float]:
    """Return tokens per second, milliseconds per prompt token, and CPU seconds per second."""
    model.clear()
    cpu, start = cpu_s(), time.perf_counter()
    for i in range(0, PROMPT_TOKENS, model.piece_tokens):
        model.decode(words[i : min(i + model.piece_tokens, PROMPT_TOKENS)])
    prompt_s = time.perf_counter() - start
    count, began = 0, time.perf_counter()
    while count < REPLY_TOKENS and time.perf_counter() - start < LIMIT_S:
        model.decode([words[PROMPT_TOKENS + count]])
        count += 1
    end = time.perf_counter()
    return count / (end - began), prompt_s / PROMPT_TOKENS * 1e3, (cpu_s() - cpu) / (end - start)


def cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()

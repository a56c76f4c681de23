"""Other programs, for measuring beside them. Each is a Python process of its own that ends with the measurement."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

SPIN = "while True: pass"
"""Keeps one core busy with nothing."""

_PREFACE = """\
import os, sys, threading
cores = {cores!r}
if cores:
    os.sched_setaffinity(0, cores)
# The pipe ends with its writer: no program is left behind when the measuring one is killed.
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
"""
_READY = "print(flush=True)\n"


@contextlib.contextmanager
def running(source: str, cores: frozenset[int] = frozenset()) -> Iterator[int | None]:
    """Run `source` in a Python process meanwhile, from when it has reached its last line; yields its id.

    Args:
        source: ends in a line that never ends; empty for no process at all.
        cores: where it may run; empty for anywhere.
    """
    if not source:
        yield None
        return
    head, _, loop = source.rpartition("\n")
    program = f"{_PREFACE.format(cores=set(cores))}{head}\n{_READY}{loop}"
    process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
    finally:
        process.kill()
        process.communicate()


@contextlib.contextmanager
def busy_core() -> Iterator[int | None]:
    """Keep one core busy meanwhile: always the last one this process may use, where the system can be told.

    Yields the id of the process that does so.
    """
    cores = frozenset({max(os.sched_getaffinity(0))}) if hasattr(os, "sched_getaffinity") else frozenset[int]()
    with running(SPIN, cores) as process:
        yield process

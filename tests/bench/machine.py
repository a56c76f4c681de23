"""What a benchmark ran on: the machine, the libraries, the checkout. Any thread."""

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import companion
from companion.engine.config import EngineConfig
from companion.engine.llm.gpu import gpu_status
from companion.engine.threads import available_cores
from companion.hardware import memory_bytes
from companion.machine import processor

LIBRARIES = ("llama-cpp-python", "ctranslate2", "faster-whisper", "onnxruntime", "piper-tts", "numpy")

_GIB = 2**30


def describe_machine() -> dict[str, str | float | None]:
    """Return the machine as `results.py` documents it."""
    gpu = gpu_status()
    memory = memory_bytes()
    return {
        "cpu": processor(),
        "cores": available_cores(),
        "logical": os.cpu_count() or 1,
        "memory_gib": None if memory is None else round(memory / _GIB),  # what the firmware keeps varies
        "gpu": gpu.name if gpu else None,
        "gpu_memory_gib": round(gpu.memory_total_bytes / _GIB) if gpu else None,
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def load_average() -> float | None:
    """Return the load average over one minute, or None where the system has none."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def library_versions() -> dict[str, str]:
    """Return the version of each native library, "" for one that is not installed."""
    versions = {"companion": companion.__version__}
    for name in LIBRARIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = ""
    return versions


def describe_models(config: EngineConfig) -> dict[str, str]:
    """Return which models run on how many threads."""
    plan = config.threads
    return {
        "stt": config.stt.model_dir.name,
        "llm": config.llm.model_file.name,
        "tts": config.tts.voice_file.name,
        "threads": f"stt {plan.stt}, llm {plan.llm}, llm prompt {plan.llm_prefill}, tts {plan.tts}",
    }


def commit() -> str:
    """Return the checkout's commit, "-dirty" behind it if tracked files were changed; "" without git."""
    command = ("git", "describe", "--always", "--dirty", "--abbrev=7", "--exclude=*")
    folder = Path(companion.__file__).resolve().parent
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()

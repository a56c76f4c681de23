"""What an NVIDIA card is doing, by its driver, and whether llama.cpp has a part for it; quiet where there is none.

Any thread. The model's placement says whether the card is used; this says what it has left.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

_BACKEND = re.compile(r"ggml-(cuda|vulkan)\b")
"""In the name of a library of llama.cpp's for NVIDIA cards, on every system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuStatus:
    """The first NVIDIA card."""

    name: str
    memory_used_bytes: int
    memory_total_bytes: int
    utilization: float | None
    """Share of the last sampling period in which something ran on it, 0 to 1; None if the card does not tell."""


def gpu_status() -> GpuStatus | None:
    """Return what the first NVIDIA card is doing, or None if there is no card or no driver.

    Never raises: a card that fell off the bus is reported as none.

    Thread: any. About a millisecond, the first call more.
    """
    nvml = _nvml()
    if nvml is None:
        return None
    try:
        handle = nvml.nvmlDeviceGetHandleByIndex(0)
        name = nvml.nvmlDeviceGetName(handle)
        memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    except nvml.NVMLError:
        return None
    try:
        utilization = nvml.nvmlDeviceGetUtilizationRates(handle).gpu / 100
    except nvml.NVMLError:
        utilization = None
    return GpuStatus(
        name=name if isinstance(name, str) else name.decode(),
        memory_used_bytes=int(memory.used),
        memory_total_bytes=int(memory.total),
        utilization=utilization,
    )


def gpu_backend_installed() -> bool:
    """Whether the installed llama.cpp brings a part for NVIDIA cards, by the names of its files.

    Thread: any. Nothing is loaded, so it takes no time and cannot fail, and does not know whether that part works.
    """
    found = find_spec("llama_cpp")
    folders = (found.submodule_search_locations if found else None) or ()
    return any(_BACKEND.search(file.name) for folder in folders for file in Path(folder, "lib").glob("*"))


@cache
def _nvml() -> ModuleType | None:
    """Return NVML, initialised once for the process, or None if it cannot be: drivers do not appear at run time."""
    try:
        import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
    except (pynvml.NVMLError, OSError):
        return None
    module: ModuleType = pynvml
    return module

"""What an NVIDIA card is doing, through its driver's own library; quiet where there is none.

Any thread. The model's placement says whether the card is used; this says what it has left.
"""

from dataclasses import dataclass
from functools import cache
from types import ModuleType


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

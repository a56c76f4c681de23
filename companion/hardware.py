"""What this machine has for models: memory and graphics card. Any thread; no state."""

import os
from dataclasses import dataclass

from companion.engine.llm.gpu import gpu_backend_installed, gpu_status


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """Memory in bytes; what the system does not tell is None."""

    memory_bytes: int | None
    gpu: str | None = None
    """The first NVIDIA card's name; None also where the installed llama.cpp was built for the processor only."""
    gpu_memory_bytes: int = 0


def this_machine() -> Hardware:
    """Return what this machine has that models can use. Some milliseconds, the first time more."""
    card = gpu_status() if gpu_backend_installed() else None
    return Hardware(
        memory_bytes=memory_bytes(),
        gpu=card.name if card else None,
        gpu_memory_bytes=card.memory_total_bytes if card else 0,
    )


def memory_bytes() -> int | None:
    """Return the machine's memory."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None

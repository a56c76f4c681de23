"""What the system tells of this machine and of this process: processor, memory, GPU, sockets. Any thread; no state.

Linux tells all of it; what another system does not tell is None.
"""

import os
import platform
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from companion.engine.llm.gpu import GpuStatus, gpu_status
from companion.engine.threads import available_cores
from companion.hardware import memory_bytes
from companion.report.run import Gpu, Machine, Sockets

_PROC = Path("/proc")
_INTERNET = ("tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6", "icmp", "icmp6")
"""Tables of /proc/PID/net with a local address in column 1, a remote one in column 2 and the inode in column 9."""

_LOOPBACK_V4 = "7F"
"""Last two hex digits of an address 127.x.x.x: the kernel prints it as one number, lowest byte first."""
_LOOPBACK_V6 = "00000000000000000000000001000000"
_MAPPED_V4 = "0000000000000000FFFF0000"


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketCount:
    """Sockets of this process that are open now."""

    network: int
    loopback: int
    local: int


class Watch:
    """Looks at the sockets and the GPU from time to time, and keeps the most it saw."""

    def __init__(self) -> None:
        self._before = gpu_status()
        self._gpu: list[GpuStatus] = []
        self._sockets: list[SocketCount] = []
        self._looks = 0

    def look(self, *, working: bool = False) -> None:
        """Look now, for a millisecond; `working` if a reply is being made."""
        self._looks += 1
        if (count := open_sockets()) is not None:
            self._sockets.append(count)
        if working and (status := gpu_status()) is not None:
            self._gpu.append(status)

    def sockets(self) -> Sockets:
        """Return the most of each kind."""
        if not self._sockets:
            return Sockets(network=None, loopback=None, local=None, looks=self._looks)
        return Sockets(
            network=max(count.network for count in self._sockets),
            loopback=max(count.loopback for count in self._sockets),
            local=max(count.local for count in self._sockets),
            looks=self._looks,
        )

    def gpu(self) -> Gpu | None:
        """Return what the card did; None if there is none."""
        if self._before is None:
            return None
        found = self._gpu or [self._before]
        use = [status.utilization for status in self._gpu if status.utilization is not None]
        return Gpu(
            name=self._before.name,
            memory_total_bytes=self._before.memory_total_bytes,
            memory_before_bytes=self._before.memory_used_bytes,
            memory_peak_bytes=max(status.memory_used_bytes for status in found),
            use_mean=sum(use) / len(use) if use else None,
            use_peak=max(use, default=None),
        )


def describe_machine(gpu: Gpu | None) -> Machine:
    """Return the machine; to be called last, for the most memory this process held."""
    return Machine(
        processor=processor(),
        cores=available_cores(),
        logical=os.cpu_count() or 1,
        memory_bytes=memory_bytes(),
        system=platform.platform(),
        python=platform.python_version(),
        gpu=gpu,
        peak_memory_bytes=_peak_memory_bytes(),
    )


def processor() -> str:
    """Return the processor's name."""
    try:
        lines = (_PROC / "cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def process_age_s() -> float | None:
    """Return how long ago this process began."""
    try:
        # The name in column 2 may hold spaces and brackets; behind its last bracket all is numbers.
        columns = (_PROC / "self" / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        begun_s = int(columns[19]) / os.sysconf("SC_CLK_TCK")
        return time.clock_gettime(time.CLOCK_BOOTTIME) - begun_s
    except (OSError, ValueError, IndexError, AttributeError):
        return None


def open_sockets(process: Path = _PROC / "self") -> SocketCount | None:
    """Return the sockets of a process as the kernel lists them; None where it does not.

    A socket that is in no table of its network (netlink, a mere descriptor) leads nowhere and does not count.

    Args:
        process: its folder in /proc.
    """
    try:
        descriptors = list((process / "fd").iterdir())
    except OSError:
        return None
    inodes = set()
    for descriptor in descriptors:
        try:
            target = str(descriptor.readlink())
        except OSError:
            continue  # closed meanwhile
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    network = loopback = 0
    for name in _INTERNET:
        for columns in _table(process / "net" / name):
            if len(columns) > 9 and columns[9] in inodes:
                if _is_loopback(columns[1]) and (_is_loopback(columns[2]) or _is_nowhere(columns[2])):
                    loopback += 1
                else:
                    network += 1
    network += sum(columns[-1] in inodes for columns in _table(process / "net" / "packet"))
    local = sum(len(columns) > 6 and columns[6] in inodes for columns in _table(process / "net" / "unix"))
    return SocketCount(network=network, loopback=loopback, local=local)


def _table(path: Path) -> list[list[str]]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [line.split() for line in lines[1:]]


def _is_loopback(address: str) -> bool:
    """Whether an address of the kernel's tables, in hex and with its port, is this machine's own."""
    host = address.partition(":")[0]
    if len(host) == 32 and not host.startswith(_MAPPED_V4):
        return host == _LOOPBACK_V6
    return host.endswith(_LOOPBACK_V4)


def _is_nowhere(address: str) -> bool:
    return not address.partition(":")[0].strip("0")


def _peak_memory_bytes() -> int | None:
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024

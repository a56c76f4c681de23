"""What the system tells: sockets by where they lead, the age of the process, the GPU's peak."""

import os
import socket
import sys
from pathlib import Path

import pytest

from companion import machine
from companion.engine.llm.gpu import GpuStatus
from companion.machine import SocketCount, Watch, describe_machine, open_sockets, process_age_s

linux = pytest.mark.skipif(not Path("/proc/self/net").exists(), reason="only Linux lists the sockets of a process")

HEADER = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"


def tcp(local: str, remote: str, inode: int) -> str:
    return f"   0: {local}:1F90 {remote}:01BB 01 00000000:00000000 00:00000000 00000000  1000        0 {inode} 1 0 20"


@pytest.fixture
def process(tmp_path: Path) -> Path:
    """A process of which the kernel lists seven sockets, among those of others."""
    (tmp_path / "fd").mkdir()
    (tmp_path / "net").mkdir()
    (tmp_path / "fd" / "0").symlink_to("/dev/null")
    for number, inode in enumerate((11, 12, 13, 14, 15, 16, 17), 3):
        (tmp_path / "fd" / str(number)).symlink_to(f"socket:[{inode}]")
    v4 = [tcp("0100007F", "0100007F", 11), tcp("0100007F", "00000000", 12), tcp("0200A8C0", "08080808", 13)]
    v4 += [tcp("0200A8C0", "08080808", 99), tcp("00000000", "00000000", 14)]
    v6 = [
        tcp("00000000000000000000000001000000", "00000000000000000000000001000000", 15),
        tcp("0000000000000000FFFF00000100007F", "0000000000000000FFFF00000100007F", 16),
    ]
    (tmp_path / "net" / "tcp").write_text("\n".join([HEADER, *v4]) + "\n")
    (tmp_path / "net" / "tcp6").write_text("\n".join([HEADER, *v6]) + "\n")
    (tmp_path / "net" / "unix").write_text(
        "Num       RefCount Protocol Flags    Type St Inode Path\n"
        "0000000000000000: 00000003 00000000 00000000 0001 03 17 /run/pulse/native\n"
        "0000000000000000: 00000003 00000000 00000000 0001 03 98\n"
    )
    return tmp_path


def test_sockets_are_told_apart_by_where_they_lead(process: Path) -> None:
    assert open_sockets(process) == SocketCount(network=2, loopback=4, local=1)


def test_a_system_that_does_not_tell_is_not_called_clean(tmp_path: Path) -> None:
    assert open_sockets(tmp_path / "none") is None


@linux
def test_a_unix_socket_of_this_process_is_seen_and_is_local() -> None:
    before = open_sockets()
    one, other = socket.socketpair()
    with one, other:
        during = open_sockets()
    assert before is not None
    assert during == SocketCount(network=before.network, loopback=before.loopback, local=before.local + 2)


@linux
@pytest.mark.loopback
def test_a_server_on_this_machine_is_seen() -> None:
    before = open_sockets()
    assert before is not None
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        during = open_sockets()
    assert during is not None
    assert (during.network, during.loopback) == (before.network, before.loopback + 1)


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> list[GpuStatus]:
    """A card that tells one status after the other, then the last one again."""
    gib = 1 << 30
    told = [
        GpuStatus(name="RTX 4090", memory_used_bytes=used * gib, memory_total_bytes=24 * gib, utilization=use)
        for used, use in ((2, 0.0), (13, 0.5), (12, 0.9))
    ]
    monkeypatch.setattr(machine, "gpu_status", lambda: told.pop(0) if len(told) > 1 else told[0])
    return told


def test_the_watch_keeps_the_most_it_saw(card: list[GpuStatus]) -> None:
    watch = Watch()
    watch.look()
    watch.look(working=True)
    watch.look(working=True)
    gpu = watch.gpu()
    assert gpu is not None
    assert (gpu.memory_before_bytes >> 30, gpu.memory_peak_bytes >> 30) == (2, 13)
    assert gpu.use_mean == pytest.approx(0.7)
    assert gpu.use_peak == 0.9
    assert watch.sockets().looks == 3


def test_without_a_card_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "gpu_status", lambda: None)
    watch = Watch()
    watch.look(working=True)
    assert watch.gpu() is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_the_process_began_before_now() -> None:
    age_s = process_age_s()
    assert age_s is not None
    assert 0 < age_s < os.times().elapsed


def test_the_machine_is_described() -> None:
    found = describe_machine(None)
    assert found.processor
    assert 1 <= found.cores <= found.logical

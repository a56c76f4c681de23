"""Which models suit which machine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion import hardware as hardware_module
from companion.catalog import Catalog
from companion.engine.llm.gpu import GpuStatus
from companion.hardware import Hardware, this_machine
from companion.model_advice import Pace, Room, Wit, advise, recommend

SETS = Catalog.load().sets
GIB = 1 << 30


def machine(memory_gib: float, card_gib: float = 0) -> Hardware:
    return Hardware(
        memory_bytes=int(memory_gib * GIB),
        gpu="A card" if card_gib else None,
        gpu_memory_bytes=int(card_gib * GIB),
    )


@pytest.mark.parametrize(
    ("hardware", "language", "expected"),
    [
        (machine(2), "en", "starter"),
        (machine(8), "en", "starter"),
        (machine(64), "en", "starter"),
        (machine(16, 6), "en", "laptop"),
        (machine(32, 24), "en", "rtx4090"),
        (machine(8), "fr", "laptop"),
        (machine(32, 24), "fr", "rtx4090"),
        (Hardware(memory_bytes=None), "en", "starter"),
    ],
)
def test_the_best_that_answers_at_once_is_recommended(hardware: Hardware, language: str, expected: str) -> None:
    found = recommend([each for each in SETS if each.language == language], hardware)
    assert found is not None
    assert found.name == expected


def test_of_no_sets_none_is_recommended() -> None:
    assert recommend([], machine(8)) is None


def test_what_does_not_fit_is_said() -> None:
    large = next(each for each in SETS if each.name == "rtx4090")
    assert advise(large, machine(4)).room is Room.TOO_LITTLE
    assert advise(large, machine(10)).room is Room.TIGHT
    assert advise(large, machine(32)) == advise(large, machine(64))
    slow = advise(large, machine(32))
    assert (slow.pace, slow.wit, slow.on_card) == (Pace.SLOW, Wit.BEST, False)
    assert advise(large, machine(8, 24)).room is Room.ENOUGH, "the card holds most of it"


@given(st.integers(1, 512), st.integers(0, 96), st.integers(0, 64), st.integers(0, 48))
def test_a_larger_machine_is_never_advised_worse(memory: int, card: int, more: int, more_card: int) -> None:
    rooms, paces = list(Room), list(Pace)
    for models in SETS:
        small, large = advise(models, machine(memory, card)), advise(models, machine(memory + more, card + more_card))
        assert rooms.index(large.room) <= rooms.index(small.room)
        assert paces.index(large.pace) <= paces.index(small.pace)


def test_this_machine_has_memory() -> None:
    memory = this_machine().memory_bytes
    assert memory is None or memory > GIB // 2


@pytest.mark.parametrize("built_in", [True, False])
def test_a_card_that_llama_cpp_cannot_use_is_none(built_in: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    card = GpuStatus(name="A card", memory_used_bytes=0, memory_total_bytes=24 * GIB, utilization=None)
    monkeypatch.setattr(hardware_module, "gpu_status", lambda: card)
    monkeypatch.setattr(hardware_module, "gpu_offload_built_in", lambda: built_in)
    found = this_machine()
    assert (found.gpu, found.gpu_memory_bytes) == (("A card", 24 * GIB) if built_in else (None, 0))


def test_a_card_counts_for_nothing_where_llama_cpp_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> bool:
        raise RuntimeError("Failed to load shared library: libcudart.so.12 is not there")

    card = GpuStatus(name="A card", memory_used_bytes=0, memory_total_bytes=24 * GIB, utilization=None)
    monkeypatch.setattr(hardware_module, "gpu_status", lambda: card)
    monkeypatch.setattr(hardware_module, "gpu_offload_built_in", broken)
    assert this_machine().gpu is None

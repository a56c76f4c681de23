"""Which models suit which machine."""

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.parametrize(
    ("library", "counts"), [("libggml-cuda.so", True), ("ggml-vulkan.dll", True), ("libggml-cpu.so", False)]
)
def test_a_card_counts_if_llama_cpp_was_built_for_it(
    library: str, counts: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "llama_cpp" / "lib").mkdir(parents=True)
    (tmp_path / "llama_cpp" / "__init__.py").touch()
    (tmp_path / "llama_cpp" / "lib" / library).touch()
    monkeypatch.delitem(sys.modules, "llama_cpp", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    card = GpuStatus(name="A card", memory_used_bytes=0, memory_total_bytes=24 * GIB, utilization=None)
    monkeypatch.setattr("companion.hardware.gpu_status", lambda: card)
    found = this_machine()
    assert (found.gpu, found.gpu_memory_bytes) == (("A card", 24 * GIB) if counts else (None, 0))

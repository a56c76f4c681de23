"""Which models suit a machine, and what to expect of them there. Pure; any thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from companion.catalog import ModelSet
from companion.hardware import Hardware

KEPT_FREE_MB = 1500
"""Memory that the desktop and the program itself want."""

ON_THE_CARD = 1.15
"""A model's share of the card's memory: its weights, and the context and buffers beside them."""

SMALL_LLM_MB, MEDIUM_LLM_MB = 600, 4000
"""Sizes of the language model up to which a processor answers at once, and up to which it is still a conversation.

The first was measured (the starter's 200 MB on two cores, docs/latency.md); the second follows from it, as the time to
a first clause grows with the size of the weights and shrinks with the cores.
"""


class Pace(Enum):
    """How soon answers come."""

    AT_ONCE = "at-once"
    SOON = "soon"
    SLOW = "slow"


class Room(Enum):
    """Whether the models fit into memory."""

    ENOUGH = "enough"
    TIGHT = "tight"
    TOO_LITTLE = "too-little"


class Wit(Enum):
    """How good answers are."""

    SIMPLE = "simple"
    GOOD = "good"
    BEST = "best"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What to expect of a set of models on one machine."""

    memory_mb: int
    """Memory in use when all of the set is loaded, roughly."""
    pace: Pace
    room: Room
    wit: Wit
    on_card: bool
    """Whether the language model fits on the graphics card."""


def advise(models: ModelSet, hardware: Hardware) -> Advice:
    """Return what to expect of `models` on a machine."""
    llm_mb = models.llm.memory_mb
    whole_mb = sum(model.memory_mb for model in models.models)
    on_card = hardware.gpu_memory_bytes >= (llm_mb + models.stt.memory_mb) * ON_THE_CARD * 1e6
    needed_mb = whole_mb - (llm_mb + models.stt.memory_mb if on_card else 0)
    if hardware.memory_bytes is None or hardware.memory_bytes >= (needed_mb + KEPT_FREE_MB) * 1e6:
        room = Room.ENOUGH
    else:
        room = Room.TIGHT if hardware.memory_bytes >= (needed_mb + KEPT_FREE_MB / 2) * 1e6 else Room.TOO_LITTLE
    if on_card or llm_mb <= SMALL_LLM_MB:
        pace = Pace.AT_ONCE
    else:
        pace = Pace.SOON if llm_mb <= MEDIUM_LLM_MB else Pace.SLOW
    wit = Wit.SIMPLE if llm_mb <= SMALL_LLM_MB else Wit.GOOD if llm_mb <= MEDIUM_LLM_MB else Wit.BEST
    return Advice(memory_mb=whole_mb, pace=pace, room=room, wit=wit, on_card=on_card)


def recommend(sets: Sequence[ModelSet], hardware: Hardware) -> ModelSet | None:
    """Return the best of `sets` that answers at once here; if none does, the smallest. None if there are none.

    What answers at once is what the program is for; a person who can wait for better answers chooses them.
    """
    quick = [each for each in sets if _comfortable(advise(each, hardware))]
    if quick:
        return max(quick, key=lambda each: each.llm.memory_mb)
    return min(sets, key=lambda each: each.llm.memory_mb, default=None)


def _comfortable(advice: Advice) -> bool:
    return advice.pace is Pace.AT_ONCE and advice.room is Room.ENOUGH

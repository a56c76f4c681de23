"""Loads changed copies of a model, each in a process of its own: `python -m tests.models.changed_models FILE FOLDER`.

What the reader of headers lets through reaches llama.cpp, which answers some numbers by aborting the process. A case
changes one to three places of a copy (a number of the header, a tensor's shape, type, place or name, a word of the
vocabulary, a bit, weights), loads it as the program does, and has it write some words. Prints one JSON object: how many
loaded, were refused, or ended their process, and by what change.
"""

import argparse
import json
import os
import random
import resource
import shutil
import signal
import struct
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from companion.engine.cancel import CancelToken
from companion.engine.config import LlmConfig
from companion.engine.errors import CompanionError
from companion.engine.llm.gguf import check_gguf
from companion.engine.llm.llama import LlamaChatModel
from companion.engine.messages import ChatMessage

STRING, ARRAY = 8, 9
SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
HEADER_BYTES = 1 << 22
CASE_S = 30
"""A process that takes longer hangs."""
NUMBERS: tuple[int, ...] = (0, 1, 2, 3, 7, 8, 9, 16, 63, 64, 127, 255, 256, 1000, 49_151, 49_152, 49_153, 100_000)
NUMBERS += (0x7F800000, 0x7FFFFFFF, 0x80000000, 0xFF800000, 0xFFFFFFFE, 0xFFFFFFFF)
TENSOR_TYPES = (0, 1, 2, 3, 6, 7, 8, 10, 12, 14, 24, 30, 39)
LOADED, REFUSED, RAISED = 0, 3, 4

Change = tuple[str, int, bytes]
"""What it is called, where it is made, and the bytes there."""


@dataclass(slots=True)
class Map:
    """Where things lie in a GGUF file, in bytes from its beginning."""

    end: int = 0
    numbers: list[tuple[str, int, int]] = field(default_factory=list)
    """Name, place and size of each."""
    names: list[tuple[int, bytes]] = field(default_factory=list)
    texts: list[tuple[int, int]] = field(default_factory=list)
    elements: list[tuple[str, int, int, int]] = field(default_factory=list)
    """Name, place, size and count of each array of numbers."""
    tensors: list[tuple[int, bytes, list[int], int, int]] = field(default_factory=list)
    """Place of the name, the name, places of the dimensions, of the type and of the offset."""


def read_map(data: bytes) -> Map:
    """Return the map of a sound file."""
    found, at = Map(), 8

    def number(size: int) -> int:
        nonlocal at
        at += size
        return int.from_bytes(data[at - size : at], "little")

    def text() -> tuple[int, bytes]:
        nonlocal at
        size = number(8)
        at += size
        return at - size, data[at - size : at]

    tensors, values = number(8), number(8)
    for _ in range(values):
        place, name = text()
        found.names.append((place, name))
        kind = number(4)
        if kind == STRING:
            place, value = text()
            found.texts.append((place, len(value)))
        elif kind == ARRAY:
            kind, count = number(4), number(8)
            if kind == STRING:
                found.texts += [(place, len(value)) for place, value in (text() for _ in range(count))]
            else:
                found.elements.append((name.decode(), at, SIZES[kind], count))
                at += SIZES[kind] * count
        else:
            found.numbers.append((name.decode(), at, SIZES[kind]))
            at += SIZES[kind]
    for _ in range(tensors):
        place, name = text()
        dimensions = number(4)
        shape = [at + 8 * index for index in range(dimensions)]
        at += 8 * dimensions
        found.tensors.append((place, name, shape, at, at + 4))
        at += 12
    found.end = at
    return found


class Changes:
    """Draws changes."""

    def __init__(self, found: Map, size: int, dice: random.Random) -> None:
        self._map, self._size, self._dice = found, size, dice
        kinds: list[tuple[Callable[[], Change], int]] = [
            (self._number, 6), (self._element, 1), (self._text, 1), (self._name, 1), (self._tensor, 4), (self._bits, 1),
            (self._weights, 1),
        ]  # fmt: skip
        self._kinds = [kind for kind, times in kinds for _ in range(times)]

    def draw(self) -> list[Change]:
        """Return one to three changes."""
        return [self._dice.choice(self._kinds)() for _ in range(self._dice.choice((1, 1, 1, 2, 3)))]

    def _value(self, size: int) -> bytes:
        value = self._dice.choice(NUMBERS) if self._dice.random() < 0.8 else self._dice.getrandbits(32)
        return (value % (1 << 8 * size)).to_bytes(size, "little")

    def _number(self) -> Change:
        name, place, size = self._dice.choice(self._map.numbers)
        value = self._value(size)
        return f"{name}={value.hex()}", place, value

    def _element(self) -> Change:
        name, place, size, count = self._dice.choice(self._map.elements)
        index = self._dice.randrange(count)
        return f"{name}[{index}]", place + index * size, self._value(size)

    def _text(self) -> Change:
        place, size = self._dice.choice(self._map.texts)
        return "a text", place, self._dice.randbytes(min(size, 64))

    def _name(self) -> Change:
        place, name = self._dice.choice(self._map.names)
        return f"no {name.decode()}", place, b"x" * len(name)

    def _tensor(self) -> Change:
        place, name, shape, kind, offset = self._dice.choice(self._map.tensors)
        match self._dice.randrange(4):
            case 0:
                return f"{name.decode()} shape", self._dice.choice(shape), self._value(8)
            case 1:
                return f"{name.decode()} type", kind, struct.pack("<I", self._dice.choice(TENSOR_TYPES))
            case 2:
                return f"{name.decode()} place", offset, struct.pack("<Q", self._dice.randrange(self._size) // 32 * 32)
            case _:
                like = [other for _, other, *_ in self._map.tensors if len(other) == len(name)]
                return f"{name.decode()} name", place, self._dice.choice(like)

    def _bits(self) -> Change:
        return "a byte", self._dice.randrange(24, self._map.end), self._dice.randbytes(1)

    def _weights(self) -> Change:
        length = self._dice.choice((1, 2, 18, 64))
        return (
            "weights",
            self._dice.randrange(self._map.end, self._size - length),
            self._dice.choice((b"\xff", b"\x7c")) * length,
        )


def load_and_speak(file: Path) -> int:
    """Load the model as the program does and let it write some words."""
    config = LlmConfig(model_file=file, context_tokens=512, gpu_layers=0, max_reply_tokens=16, reply_tokens=16)
    model = LlamaChatModel(config, 1, 1)
    try:
        model.load()
        for _ in model.generate([ChatMessage(role="user", text="What is the sea?")], cancel=CancelToken()):
            pass
    except CompanionError:
        return REFUSED
    return LOADED


def in_a_process(work: Callable[[], int]) -> int:
    """Return the exit code of `work` in a process of its own; negative: the signal that ended it."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        signal.alarm(CASE_S)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        code = RAISED
        try:
            code = work()
        except BaseException:  # noqa: BLE001 - this process ends here, whatever it is
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main() -> None:
    """Run as many cases as asked, or for as long as allowed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("folder", type=Path, help="for the copy, preferably in memory")
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    copy = options.folder / "changed.gguf"
    shutil.copy(options.model, copy)
    original = options.model.read_bytes()
    changes = Changes(read_map(original[:HEADER_BYTES]), len(original), random.Random(options.seed))
    counted, ended, begun_s, cases = Counter[str](), [], time.monotonic(), 0
    while cases < options.cases and time.monotonic() - begun_s < options.seconds:
        cases += 1
        drawn = changes.draw()
        with copy.open("r+b") as stream:
            for _, place, value in drawn:
                stream.seek(place)
                stream.write(value)
        try:
            check_gguf(copy)
        except CompanionError:
            counted["header refused"] += 1
        else:
            code = in_a_process(lambda: load_and_speak(copy))
            counted[{LOADED: "loaded", REFUSED: "model refused"}.get(code, "ended")] += 1
            if code not in (LOADED, REFUSED):
                ended.append([code, [name for name, _, _ in drawn]])
        with copy.open("r+b") as stream:
            for _, place, value in drawn:
                stream.seek(place)
                stream.write(original[place : place + len(value)])
    found = {"cases": cases, "seconds": round(time.monotonic() - begun_s), **counted, "ended": ended}
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()

"""The program killed at a random moment, again and again: everything said before is still there, word for word."""

import json
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from time import monotonic

import pytest

from companion.history.records import Message, State
from companion.history.schema import FILE_NAME
from companion.history.store import HistoryStore
from tests.conftest import REPOSITORY

START_S = 60.0
LONGEST_S = 4.0
"""The kill comes within this time after the first message: in the third or fourth turn."""
WRITTEN_S = 0.5
"""What the window showed as final this long before the kill is on the disk: a hundred times what it takes."""


def killed(home: Path, moment_s: float) -> list[tuple[str, str]]:
    """Let the program talk, kill it `moment_s` after its first message, and return what it had told of in time."""
    command = [sys.executable, "-m", "tests.history.talking", str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=REPOSITORY) as child:
        assert child.stdout is not None
        lines: list[bytes] = []
        deadline_s = monotonic() + START_S
        while not (lines and lines[-1].startswith(b"[")):
            assert monotonic() < deadline_s, "it does not talk"
            lines.append(child.stdout.readline())
            assert lines[-1], "it ended by itself"
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(moment_s)
        killed_s = monotonic()
        child.send_signal(signal.SIGKILL)
        lines += child.stdout.readlines()
    told = [json.loads(line) for line in lines if line.startswith(b"[") and line.endswith(b"\n")]
    return [(role, text) for at_s, role, text in told if at_s < killed_s - WRITTEN_S]


def check(home: Path, told: list[tuple[str, str]], seen: set[int]) -> None:
    """Check the history: whole, with all of `told`, at most the last turn open; adds its conversations to `seen`."""
    file = home / "data" / FILE_NAME
    with sqlite3.connect(file) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
    store = HistoryStore(file)
    try:
        ids = list(store.ids())
        new = [conversation for each in ids if each not in seen and (conversation := store.load(each)) is not None]
    finally:
        store.close()
    assert len(new) <= 1
    assert seen <= set(ids), "what was there before is there"
    seen.update(ids)
    messages: list[Message] = [message for conversation in new for message in conversation.messages]
    kept = [(message.role, message.text) for message in messages]
    position = 0
    for message in told:
        assert message in kept[position:], f"lost: message {position + 1} of {len(told)}"
        position = kept.index(message, position) + 1
    unanswered = [number for number, message in enumerate(messages) if message.state is State.IN_FLIGHT]
    assert unanswered == [], "opened again, nothing is in flight any more"
    cut = [number for number, message in enumerate(messages[:-2]) if message.role == "user" and _open(message)]
    assert cut == [], "only the last turn may be incomplete"


def _open(message: Message) -> bool:
    return message.state is not State.COMPLETE


def kill_often(home: Path, times: int) -> None:
    """Kill the program `times` times, in one home folder."""
    moments = random.Random(9)
    seen: set[int] = set()
    told = 0
    for _ in range(times):
        said = killed(home, moments.uniform(0.0, LONGEST_S))
        check(home, said, seen)
        told += len(said)
    assert told >= times, "there was something to lose"


@pytest.mark.models
def test_two_kills(tmp_path: Path, models_dir: Path) -> None:
    kill_often(tmp_path, 2)


@pytest.mark.soak
@pytest.mark.models
def test_a_hundred_kills(tmp_path: Path, models_dir: Path) -> None:
    kill_often(tmp_path, 100)

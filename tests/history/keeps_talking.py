"""Keeps turns as fast as it can and says of each message when it is on the disk, until it is killed.

Run with the file as its one argument.
"""

import sys
from functools import partial
from pathlib import Path

from companion.history.records import State
from companion.history.store import HistoryStore
from companion.history.writer import HistoryWriter
from tests.history.talks import said


def ask(store: HistoryStore, conversation: list[int], number: int) -> int:
    """Keep what the user said."""
    store.put(conversation[0], said(number, f"Question {number}", state=State.IN_FLIGHT))
    return number


def answer(store: HistoryStore, conversation: list[int], number: int) -> int:
    """Keep the reply."""
    store.put(conversation[0], said(number, f"Answer {number} " + "word " * 40))
    store.end(conversation[0], number - 1, State.COMPLETE)
    return number


def tell(number: int) -> None:
    """Say that a message is kept."""
    sys.stdout.write(f"said {number}\n")
    sys.stdout.flush()


def main() -> None:
    """Talk until killed, or a thousand turns."""
    writer = HistoryWriter(Path(sys.argv[1]))
    writer.start()
    made: list[int] = []
    writer.write(lambda store: store.begin(said(1, "Question 1")), made.append)
    for number in range(2, 2001):
        writer.write(partial(ask if number % 2 else answer, conversation=made, number=number), tell)
    writer.close(60)


if __name__ == "__main__":
    main()

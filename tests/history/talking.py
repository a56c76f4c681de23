"""A program that talks until it is killed: `python -m tests.history.talking HOME`.

It tells of each message, one JSON line each, when the window shows it as final: `[monotonic s, "user" or "assistant",
text]`.
"""

import json
import sys
from pathlib import Path
from time import monotonic

from tests.bench import soak_turns


def main() -> None:
    """Talk."""
    from companion.engine.events import Event, ReplyToken, TranscriptFinal, TurnCompleted, TurnStarted

    reply: list[str] = []

    def tell(role: str, text: str) -> None:
        sys.stdout.write(json.dumps([monotonic(), role, text]) + "\n")
        sys.stdout.flush()

    def follow(event: Event) -> None:
        match event:
            case TurnStarted():
                reply.clear()
            case TranscriptFinal(text=text):
                tell("user", text)
            case ReplyToken(text=text):
                reply.append(text)
            case TurnCompleted():
                tell("assistant", "".join(reply))

    soak_turns.run(Path(sys.argv[1]), 1_000_000, lambda _: None, follow)


if __name__ == "__main__":
    main()

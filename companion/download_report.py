"""How a download tells a person, or the program that started it, how it goes.

Belongs to the download process; main thread. A reader that goes away ends the download like Ctrl-C.
"""

import json
import time
from collections.abc import Callable, Sequence
from typing import Protocol, TextIO

from companion.engine.errors import CompanionError
from companion.manifest import Model


class Reporter(Protocol):
    """Tells the person, or the program that started the download, how it goes."""

    def started(self, model: Model, number: int, count: int) -> None:
        """Model `number` of `count` needs a download."""

    def progress(self, model: Model, done: int) -> None:
        """`done` bytes of the model are here."""

    def verified(self, model: Model) -> None:
        """Every file of the model is in place and right."""

    def warning(self, error: CompanionError) -> None:
        """A source failed and the next one is tried."""

    def done(self, models: Sequence[Model]) -> None:
        """All models are in place."""

    def error(self, error: CompanionError) -> None:
        """The download ended without success."""


class JsonReporter:
    """One JSON object a line, each with an "event" and these fields.

    | event      | fields                                              |
    | ---------- | --------------------------------------------------- |
    | `started`  | model, title, size (bytes), number, count           |
    | `progress` | model, done (bytes), size (bytes), bytes_per_s      |
    | `verified` | model                                               |
    | `warning`  | code, message, hint                                 |
    | `done`     | models (ids)                                        |
    | `error`    | code, message, hint                                 |

    The last line is `done` or `error`. `done` bytes may go back when a damaged download starts over.
    """

    def __init__(self, stream: TextIO, now_s: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._pace = _Pace(now_s, every_s=0.2)

    def started(self, model: Model, number: int, count: int) -> None:
        """See `Reporter`."""
        self._pace.restart()
        self._send("started", model=model.id, title=model.title, size=model.size, number=number, count=count)

    def progress(self, model: Model, done: int) -> None:
        """See `Reporter`."""
        if self._pace.due(done):
            rate = round(self._pace.bytes_per_s(done))
            self._send("progress", model=model.id, done=done, size=model.size, bytes_per_s=rate)

    def verified(self, model: Model) -> None:
        """See `Reporter`."""
        self._send("verified", model=model.id)

    def warning(self, error: CompanionError) -> None:
        """See `Reporter`."""
        self._send("warning", code=error.code, message=error.message, hint=error.hint)

    def done(self, models: Sequence[Model]) -> None:
        """See `Reporter`."""
        self._send("done", models=[model.id for model in models])

    def error(self, error: CompanionError) -> None:
        """See `Reporter`."""
        self._send("error", code=error.code, message=error.message, hint=error.hint)

    def _send(self, event: str, **fields: object) -> None:
        _write(self._stream, json.dumps({"event": event, **fields}) + "\n")


class TerminalReporter:
    """Progress bars on a terminal, plain lines elsewhere."""

    def __init__(self, stream: TextIO, now_s: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._bars = stream.isatty()
        self._pace = _Pace(now_s, every_s=0.1)

    def started(self, model: Model, number: int, count: int) -> None:
        """See `Reporter`."""
        self._pace.restart()
        self._line(f"[{number}/{count}] {model.title}: {megabytes(model.size)}")

    def progress(self, model: Model, done: int) -> None:
        """See `Reporter`."""
        if not self._bars or not self._pace.due(done):
            return
        share = min(1.0, done / model.size)
        rate = self._pace.bytes_per_s(done)
        left = f", {(model.size - done) / rate:.0f} s left" if rate > 0 and done < model.size else ""
        bar = "#" * round(30 * share)
        _write(self._stream, f"\r\x1b[K  [{bar:.<30}] {share:4.0%}  {megabytes(round(rate))}/s{left}")

    def verified(self, model: Model) -> None:
        """See `Reporter`."""
        self._line(f"{model.title}: installed and verified.")

    def warning(self, error: CompanionError) -> None:
        """See `Reporter`."""
        self._line(f"{error.message} Trying the next source.")

    def done(self, models: Sequence[Model]) -> None:
        """See `Reporter`."""
        self._line(f"All {len(models)} models are in place." if len(models) > 1 else "The model is in place.")

    def error(self, error: CompanionError) -> None:
        """See `Reporter`."""
        self._line(str(error))

    def _line(self, text: str) -> None:
        _write(self._stream, ("\r\x1b[K" if self._bars else "") + text + "\n")


class _Pace:
    """Decides when the next progress is worth telling, and how fast it goes."""

    def __init__(self, now_s: Callable[[], float], every_s: float) -> None:
        self._now_s = now_s
        self._every_s = every_s
        self.restart()

    def restart(self) -> None:
        self._told_s = float("-inf")
        self._first: tuple[float, int] | None = None

    def due(self, done: int) -> bool:
        now_s = self._now_s()
        if self._first is None or done < self._first[1]:
            self._first = (now_s, done)
        if now_s - self._told_s < self._every_s:
            return False
        self._told_s = now_s
        return True

    def bytes_per_s(self, done: int) -> float:
        if self._first is None or self._now_s() <= self._first[0]:
            return 0.0
        return (done - self._first[1]) / (self._now_s() - self._first[0])


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        raise KeyboardInterrupt from None  # whoever started the download is gone


def megabytes(size: int) -> str:
    """Return a size for a person: "78 MB", "6.6 GB"."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"

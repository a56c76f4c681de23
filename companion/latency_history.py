"""The latencies of spoken turns, since the program started and before: kept, summed up, exported. Thread: GUI; no Qt.

One JSON object a line, appended in one write when a turn has ended and never between a release and its sound. A line
has times and counts, no words of anybody. A line cut short by a crash costs that line alone: it is skipped, and the
next one begins on a line of its own. The file keeps to `FILE_BYTES`, about 6,000 turns; the oldest go first.
"""

import contextlib
import csv
import io
import json
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from companion.engine.metrics import TurnMetrics
from companion.private_file import replace_file
from companion.spread import spread

FILE_NAME = "latency.jsonl"
FILE_BYTES = 2 << 20
"""Longest the file grows; then its older half goes."""

_LARGEST = 1e10
"""No figure reaches this (as a date it is the year 2286): what does is damage."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyRecord:
    """One answered turn; see `TurnMetrics` for the figures it shares with it."""

    at_s: float
    """When the turn ended, in seconds since 1970."""
    session_s: float
    """When the program that answered it had started, likewise."""
    turn_id: int
    release_latency_s: float
    gap_s: float | None = None
    utterance_s: float = 0.0
    first_of_session: bool = False
    draft_used: bool = False
    drafts: int = 0
    prompt_tokens: int = 0
    evaluated_tokens: int = 0
    reply_tokens: int = 0
    tokens_per_s: float | None = None
    output_latency_s: float = 0.0
    underruns: int = 0
    xruns: int = 0
    cpu_share: float | None = None
    other_cpu_share: float | None = None


_SHARED = {field.name for field in fields(LatencyRecord)} & {field.name for field in fields(TurnMetrics)}


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyFigures:
    """Figures over some turns, in seconds; percentiles are values that occurred, by nearest rank."""

    turns: int
    mean_s: float
    p50_s: float
    p95_s: float
    min_s: float
    max_s: float
    kept_share: float
    """Part of the turns under the promise, 0 to 1."""


def latency_figures(records: Sequence[LatencyRecord], promise_s: float) -> LatencyFigures | None:
    """Return the figures of `records`, or None if there are none; `promise_s` is what a turn should stay under."""
    if not records:
        return None
    latencies_s = [record.release_latency_s for record in records]
    found = spread(latencies_s)
    assert found is not None
    return LatencyFigures(
        turns=len(latencies_s),
        mean_s=found.mean,
        p50_s=found.p50,
        p95_s=found.p95,
        min_s=found.min,
        max_s=found.max,
        kept_share=sum(latency_s < promise_s for latency_s in latencies_s) / len(latencies_s),
    )


class LatencyHistory:
    """The turns so far, oldest first.

    Earlier sessions are read when they are first asked for, so that starting costs nothing.

    Args:
        path: The file, made for the user alone when there is something to write; None keeps nothing on disk.
        session_s: When the program started, in seconds since 1970.

    Attributes:
        problem: Why the figures could not be saved, as the system says it; empty if they are.
    """

    def __init__(self, path: Path | None = None, *, session_s: float = 0.0) -> None:
        self.problem = ""
        self._path = path
        self._session_s = round(session_s, 3)
        self._earlier: list[LatencyRecord] | None = None
        self._session: list[LatencyRecord] = []

    @property
    def session(self) -> Sequence[LatencyRecord]:
        """The turns since the program started."""
        return tuple(self._session)

    def records(self) -> Sequence[LatencyRecord]:
        """Return all turns; the first call reads the file."""
        if self._earlier is None:
            found = map(_parse, self._tail(FILE_BYTES))
            # Our own lines are in the list already, also those that could not be saved.
            self._earlier = [record for record in found if record and record.session_s != self._session_s]
        return (*self._earlier, *self._session)

    def add(self, metrics: TurnMetrics, at_s: float) -> None:
        """Keep a turn that has ended; one without a release latency (typed, or never heard) is none of ours.

        Args:
            metrics: The turn's figures.
            at_s: Now, in seconds since 1970.
        """
        if metrics.release_latency_s is None:
            return
        shared = {name: getattr(metrics, name) for name in _SHARED}
        record = LatencyRecord(at_s=at_s, session_s=self._session_s, **shared)
        self._session.append(record)
        if self._path is not None:
            with self._noting_failure():
                self._append(self._path, record)

    def clear(self) -> None:
        """Forget every turn, on disk too."""
        self._earlier = []
        self._session.clear()
        if self._path is not None:
            with self._noting_failure():
                self._path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _noting_failure(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if not self.problem:
                _log.warning("the latencies could not be saved: %s", error)
            self.problem = error.strerror or type(error).__name__
        else:
            self.problem = ""

    def _append(self, path: Path, record: LatencyRecord) -> None:
        line = json.dumps(_rounded(record), separators=(",", ":")) + "\n"
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(path, "a+b", opener=_open_private) as file:
            size = file.tell()
            if size:
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    line = "\n" + line
            file.write(line.encode())
        if size + len(line) > FILE_BYTES:
            self._shorten(path)

    def _shorten(self, path: Path) -> None:
        """Replace the file by its newer half, all at once."""
        replace_file(path, b"".join(line + b"\n" for line in self._tail(FILE_BYTES // 2) if line))

    def _tail(self, length: int) -> list[bytes]:
        """Return the whole lines among the file's last `length` bytes; none if it cannot be read."""
        if self._path is None:
            return []
        try:
            with self._path.open("rb") as file:
                begin = max(0, file.seek(0, os.SEEK_END) - length)
                file.seek(max(0, begin - 1))
                text = file.read()
        except FileNotFoundError:
            return []
        except OSError as error:
            _log.warning("the earlier latencies cannot be read: %s", error)
            return []
        return text.split(b"\n")[1 if begin else 0 :]


def latency_csv(records: Sequence[LatencyRecord]) -> str:
    """Return the turns as a table with one header line; dates in UTC, times in milliseconds."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(_COLUMNS)
    table.writerows(_row(record).values() for record in records)
    return text.getvalue()


def latency_json(records: Sequence[LatencyRecord], promise_s: float) -> str:
    """Return the turns and the figures over all of them; same names and units as `latency_csv`."""
    found = latency_figures(records, promise_s)
    figures = _in_ms({"promise_s": promise_s} | (asdict(found) if found else {}))
    return json.dumps({"figures": figures, "turns": [_row(record) for record in records]}, indent=1) + "\n"


def _row(record: LatencyRecord) -> dict[str, object]:
    figures = asdict(record)
    dates = {"ended_utc": _utc(figures.pop("at_s")), "session_utc": _utc(figures.pop("session_s"))}
    return dates | _in_ms(figures)


def _in_ms(figures: dict[str, float | None]) -> dict[str, object]:
    """Return the figures with each time, by its name, in milliseconds."""
    converted: dict[str, object] = {}
    for name, value in figures.items():
        if name.endswith("_s") and not name.endswith("_per_s"):
            converted[f"{name[:-2]}_ms"] = None if value is None else round(value * 1000, 1)
        else:
            converted[name] = value
    return converted


def _utc(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="seconds")


_COLUMNS = tuple(_row(LatencyRecord(at_s=0, session_s=0, turn_id=0, release_latency_s=0)))


def _rounded(record: LatencyRecord) -> dict[str, object]:
    """Return a record as it is stored: to the tenth of a millisecond, without what is not known."""
    values = {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(record).items()}
    return {name: value for name, value in values.items() if value is not None}


def _parse(line: bytes) -> LatencyRecord | None:
    """Return the record of a line, or None if it is damaged; names of a later version are left out."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    values = {field.name: found[field.name] for field in fields(LatencyRecord) if field.name in found}
    if not all(_fits(field.type, values[field.name]) for field in fields(LatencyRecord) if field.name in values):
        return None
    try:
        return LatencyRecord(**values)
    except TypeError:  # without a latency or a date
        return None


def _fits(kind: object, value: object) -> bool:
    """Return whether a stored value can be what its field says."""
    if kind is bool or isinstance(value, bool):
        return kind is bool and isinstance(value, bool)
    if not isinstance(value, int if kind is int else int | float):
        return False
    return 0 <= value < _LARGEST


def _open_private(path: str, flags: int) -> int:
    descriptor = os.open(path, flags, 0o600)
    if sys.platform != "win32":
        os.fchmod(descriptor, 0o600)
    return descriptor

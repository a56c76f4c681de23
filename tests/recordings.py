"""Recordings of people for tests: those in `tests/speech` and the benchmark's questions. Any thread."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import companion
from companion.engine.samples import Float32Mono
from companion.recording import read_recording

SPEECH_DIR = Path(__file__).parent / "speech"


@dataclass(frozen=True, kw_only=True)
class Recording:
    """One line of a manifest, and its sound."""

    path: Path
    voiced_end_s: float
    """End of the last voiced frame; 0 for a noise."""
    transcript: str
    """Lower-case, as spoken, without punctuation; empty for a noise."""
    kind: str
    """question, command, conversation, digits, read or noise."""

    @cached_property
    def samples(self) -> Float32Mono:
        """Shape (frames,), float32 in [-1, 1] at `EAR_RATE_HZ`; decoded once, read-only."""
        samples = read_recording(self.path)
        samples.flags.writeable = False
        return samples


class Recordings(Mapping[str, Recording]):
    """All recordings by file name without suffix, e.g. `recordings["jfk"].samples`."""

    def __init__(self) -> None:
        questions = Path(companion.__file__).parent / "resources" / "questions"
        self._by_name = {
            recording.path.stem: recording for folder in (questions, SPEECH_DIR) for recording in _read(folder)
        }

    def __getitem__(self, name: str) -> Recording:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def of_kind(self, *kinds: str) -> list[Recording]:
        """Return the recordings of these kinds, in the order of their manifests."""
        return [recording for recording in self.values() if recording.kind in kinds]


def _read(folder: Path) -> Iterator[Recording]:
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            yield Recording(
                path=folder / row["file"],
                voiced_end_s=float(row["voiced_end_s"] or 0),
                transcript=row["transcript"],
                kind=row.get("kind", "question"),
            )

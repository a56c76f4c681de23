"""Recordings in and out: any sound file to samples at the ear's rate, and samples to a WAV file. Any thread."""

import csv
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from companion.engine.errors import CompanionError
from companion.engine.samples import EAR_RATE_HZ, Float32Mono
from companion.paths import package_dir


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenQuestion:
    """A recorded question of the benchmark."""

    name: str
    samples: Float32Mono
    voiced_end_s: float
    """End of the last voiced frame."""
    transcript: str


def read_recording(path: Path) -> Float32Mono:
    """Decode a sound file (WAV, FLAC, MP3, Ogg, ...) to mono samples at `EAR_RATE_HZ`.

    Raises:
        CompanionError: the file is missing ("recording-missing") or not a recording ("recording-unreadable").
    """
    import av
    from av.error import FFmpegError

    if path.is_dir():
        raise CompanionError(
            "recording-missing", f"{path} is a folder.", hint="Name one recording in it.", permanent=True
        )
    if not path.is_file():
        raise CompanionError("recording-missing", f"There is no file {path}.", hint="Check the name.", permanent=True)
    blocks: list[Float32Mono] = []
    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            resampler = av.AudioResampler(format="flt", layout="mono", rate=EAR_RATE_HZ)
            for frame in container.decode(audio=0):
                blocks += [_mono(block) for block in resampler.resample(frame)]
            blocks += [_mono(block) for block in resampler.resample(None)]
    except (FFmpegError, IndexError, ValueError) as error:
        raise CompanionError(
            "recording-unreadable",
            f"{path} cannot be read as a recording.",
            hint="Use a WAV, FLAC, Ogg or MP3 file.",
            permanent=True,
        ) from error
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)


def _mono(frame: Any) -> Float32Mono:
    return np.asarray(frame.to_ndarray(), np.float32).reshape(-1)


def write_wav(path: Path, samples: Float32Mono, rate_hz: int) -> None:
    """Write `samples` as a 16-bit mono WAV file.

    Raises:
        CompanionError: the file cannot be written ("recording-unwritable").
    """
    data = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
    try:
        with path.open("wb") as raw, wave.open(raw, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate_hz)
            file.writeframes(data)
    except OSError as error:
        raise CompanionError(
            "recording-unwritable",
            f"{path} cannot be written: {error.strerror}.",
            hint="Choose another folder.",
            permanent=True,
        ) from error


def spoken_questions() -> list[SpokenQuestion]:
    """Return the benchmark's recorded questions, all different, in their order."""
    folder = package_dir() / "resources" / "questions"
    with (folder / "manifest.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    return [
        SpokenQuestion(
            name=Path(row["file"]).stem,
            samples=read_recording(folder / row["file"]),
            voiced_end_s=float(row["voiced_end_s"]),
            transcript=row["transcript"],
        )
        for row in rows
    ]

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

    try:
        is_folder, is_file = path.is_dir(), path.is_file()
    except OSError:  # a name too long for a file, or a folder that is not ours to look into
        is_folder = is_file = False
    if is_folder:
        raise CompanionError(
            "recording-missing", f"{path} is a folder.", hint="Name one recording in it.", permanent=True
        )
    if not is_file:
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


def spoken_questions(folder: Path | None = None) -> list[SpokenQuestion]:
    """Return recorded questions in the order of their manifest, all different.

    Args:
        folder: Recordings with a `manifest.tsv` that has at least the columns file and transcript; without the column
            voiced_end_s, or where it names no time inside it, the voice ends with the recording. Lines without a
            transcript (noise) and questions that came before are left out. None for the benchmark's own.

    Raises:
        CompanionError: the manifest is missing or not as described ("speech-manifest"), or a recording cannot be read.
    """
    folder = folder or package_dir() / "resources" / "questions"
    found: dict[str, SpokenQuestion] = {}
    for row in _manifest(folder / "manifest.tsv"):
        transcript = (row.get("transcript") or "").strip()
        if not transcript or transcript.casefold() in found:
            continue
        samples = read_recording(folder / (row.get("file") or ""))
        found[transcript.casefold()] = SpokenQuestion(
            name=Path(row["file"]).stem,
            samples=samples,
            voiced_end_s=_voiced_end_s(row.get("voiced_end_s"), len(samples) / EAR_RATE_HZ),
            transcript=transcript,
        )
    return list(found.values())


def _manifest(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            table = csv.DictReader(lines, delimiter="\t")
            rows, columns = list(table), table.fieldnames or ()
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _bad_manifest(path, "cannot be read") from error
    if not {"file", "transcript"} <= set(columns):
        raise _bad_manifest(path, "has no columns file and transcript")
    return rows


def _voiced_end_s(text: str | None, length_s: float) -> float:
    """Return the time that a cell names; the end of the recording if it names none inside it."""
    try:
        at_s = float(text or 0)
    except ValueError:
        return length_s
    return at_s if 0 < at_s <= length_s else length_s


def _bad_manifest(path: Path, what: str) -> CompanionError:
    return CompanionError(
        "speech-manifest",
        f"{path} {what}.",
        hint="Name a folder with recordings and a manifest.tsv: file, transcript and voiced_end_s, separated by tabs.",
        permanent=True,
    )

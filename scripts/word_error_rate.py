"""Word error rate of Companion's own speech recognition beside the same model's on its 30 s window.

    python scripts/word_error_rate.py FOLDER [--model DIR] [--json FILE]

FOLDER holds recordings and a `manifest.tsv` with the columns file, transcript and kind; a recording of kind "noise"
must give no text, kind "rir" is left out. Each recording goes through voice detection, cutting and transcription
as a held key would bring it. The other column is `faster_whisper`'s own `transcribe` on the whole recording with the
same beam, without the random retries. Exits with 1 if ours is more than one point worse, or if a noise was taken for
words. One thread.
"""

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

from companion.engine.cancel import CancelToken
from companion.engine.config import SttConfig, TurnConfig
from companion.engine.samples import VAD_FRAME, Float32Mono
from companion.engine.stt.faint import faint_voice
from companion.engine.stt.vad import SileroDetector
from companion.engine.stt.voice import VoiceActivity
from companion.engine.stt.whisper import BEAM_SIZE, WhisperTranscriber
from companion.recording import read_recording
from companion.report.words import edit_distance, normalised

MODELS = Path(__file__).resolve().parent.parent / "models"
ALLOWED_POINTS = 1.0
"""Percentage points of word error rate that the short window may cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One recording."""

    file: str
    kind: str
    words: int
    ours: str
    wide: str
    our_errors: int
    wide_errors: int
    final_s: float
    """Wall time of the last pass: what a release would wait for without a draft."""
    final_cpu_s: float
    wide_s: float
    retried: bool


def transcribe(
    samples: Float32Mono, detector: SileroDetector, transcriber: WhisperTranscriber
) -> tuple[str, float, float, bool]:
    """Return the engine's text of a recording, wall and CPU time of the last pass, and whether a pass was redone."""
    detector.reset()
    voice = VoiceActivity(TurnConfig().pause_s)
    texts: list[str] = []
    settled, wall_s, cpu_s, retried = 0, 0.0, 0.0, False

    def run(until: int | None) -> None:
        nonlocal wall_s, cpu_s, retried
        span = voice.speech_span(settled, until)
        words = samples[slice(*span)] if span else samples[:0]
        if voice.voiced_s == 0:
            words = faint_voice(detector, samples)
        if not words.size:
            return
        wall, cpu = perf_counter(), process_time()
        transcript = transcriber.transcribe(words, quick=False, cancel=CancelToken())
        wall_s, cpu_s = perf_counter() - wall, process_time() - cpu
        retried = retried or transcript.retried
        texts.append(transcript.text)

    for start in range(0, samples.size - VAD_FRAME + 1, VAD_FRAME):
        voice.update(detector.process(samples[start : start + VAD_FRAME]))
        cut = voice.cut_point(samples, settled)
        if cut is not None:
            run(cut)
            settled = cut
    run(None)
    return " ".join(filter(None, texts)), wall_s, cpu_s, retried


def measure(folder: Path, model_dir: Path) -> list[Result]:
    """Transcribe every recording of `folder` both ways."""
    from faster_whisper import WhisperModel

    config = SttConfig(model_dir=model_dir, vad_model=MODELS / "silero-vad-v6" / "silero_vad_v6.onnx", device="cpu")
    detector, transcriber = SileroDetector(config.vad_model), WhisperTranscriber(config, threads=1)
    detector.load()
    transcriber.load()
    wide: Any = WhisperModel(str(model_dir), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True)
    results: list[Result] = []
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines, delimiter="\t") if row["kind"] != "rir"]
    for row in rows:
        samples = read_recording(folder / row["file"])
        noise = row["kind"] == "noise"
        ours, final_s, final_cpu_s, retried = transcribe(samples, detector, transcriber)
        begin = perf_counter()
        segments = [] if noise else wide.transcribe(samples, language="en", beam_size=BEAM_SIZE, temperature=0.0)[0]
        wide_text = "".join(segment.text for segment in segments).strip()
        reference = [] if noise else normalised(row["transcript"])
        results.append(
            Result(
                file=row["file"],
                kind=row["kind"],
                words=len(reference),
                ours=ours,
                wide=wide_text,
                our_errors=edit_distance(reference, normalised(ours)),
                wide_errors=edit_distance(reference, normalised(wide_text)),
                final_s=final_s,
                final_cpu_s=final_cpu_s,
                wide_s=perf_counter() - begin,
                retried=retried,
            )
        )
    transcriber.close()
    return results


def _row(name: str, results: Sequence[Result]) -> str:
    words = sum(result.words for result in results)
    ours, wide = (100 * sum(getattr(result, f"{who}_errors") for result in results) / words for who in ("our", "wide"))
    return f"{name:14}{len(results):6}{words:7}{ours:9.2f} %{wide:9.2f} %"


def report(results: Sequence[Result]) -> bool:
    """Print the table and return whether the promise is kept."""
    speech = [result for result in results if result.kind != "noise"]
    print(f"{'kind':14}{'files':>6}{'words':>7}{'ours':>11}{'30 s':>11}")
    for kind in dict.fromkeys(result.kind for result in speech):
        print(_row(kind, [result for result in speech if result.kind == kind]))
    print(_row("total", speech))
    words = sum(result.words for result in speech)
    points = 100 * sum(result.our_errors - result.wide_errors for result in speech) / words
    print(f"\ndifference {points:+.2f} points; passes done again: {sum(result.retried for result in speech)}")
    for name, times in {
        "last pass": [result.final_s for result in speech],
        "its CPU": [result.final_cpu_s for result in speech],
        "30 s window": [result.wide_s for result in speech],
    }.items():
        middle, late = 1000 * np.percentile(times, (50, 95))
        print(f"{name:14} p50 {middle:6.0f} ms   p95 {late:6.0f} ms")
    invented = [result for result in results if result.kind == "noise" and result.ours]
    for result in invented:
        print(f"words in a noise: {result.file}: {result.ours}")
    return points <= ALLOWED_POINTS and not invented


def main() -> int:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="recordings with a manifest.tsv")
    parser.add_argument("--model", type=Path, default=MODELS / "whisper-tiny.en", help="folder of the Whisper model")
    parser.add_argument("--json", type=Path, help="write every recording's result to this file")
    parser.add_argument("--verbose", action="store_true", help="print what was heard wrong")
    options = parser.parse_args()
    results = measure(options.folder, options.model)
    if options.json:
        options.json.write_text(json.dumps([asdict(result) for result in results], indent=2), encoding="utf-8")
    if options.verbose:
        for result in results:
            if result.our_errors != result.wide_errors:
                print(f"{result.file} {result.our_errors} / {result.wide_errors}")
                print(f"  ours {result.ours}\n  30 s {result.wide}")
    return 0 if report(results) else 1


if __name__ == "__main__":
    sys.exit(main())

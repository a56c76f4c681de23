"""Whisper through CTranslate2: the only module that knows faster_whisper or ctranslate2.

Runs on the `stt` worker thread. One pass is features, encoder, decoding with timestamps, all on a window
just longer than the sound (docs/decisions/0030-whisper-window.md).
"""

import contextlib
import ctypes
import logging
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from companion.engine.cancel import CancelToken
from companion.engine.config import SttConfig
from companion.engine.errors import ModelLoadError, TranscriptionError, is_out_of_memory, out_of_memory
from companion.engine.messages import Placement, Transcript
from companion.engine.samples import EAR_RATE_HZ, VAD_FRAME, Float32Mono
from companion.engine.stt import guards
from companion.engine.stt.vad import SileroDetector
from companion.engine.stt.whisper_files import check_whisper

log = logging.getLogger(__name__)

LONGEST_WINDOW_S = 30.0
"""The window Whisper was trained on; its position embeddings end here."""

MARGIN_S = 3.0
"""Silence behind the sound in the window: with less, sound that nearly fills it ends in invented words."""

QUIET_PEAK = 0.3
"""Sound is brought to this amplitude at least."""

SHORTEST_S = 0.1
"""Less sound than this holds no word."""

PAD_SAMPLES = 400
"""One analysis window (25 ms) of zeros behind the sound, so that its last frame is complete."""

MEL_RANGE = 2.0
"""The features of silence lie this far below the loudest: 8 decades of power over 4 (openai/whisper, audio.py)."""

BEAM_SIZE = 4
"""Hypotheses of a pass that counts. Whisper's default of five hears no better, 15 ms later."""

PARTIAL_BEAM_SIZE = 2
"""And of a partial, whose words are answered: they are the final ones 5 to 10 times in 100 more often than those of a
greedy one, 5 ms later (docs/decisions/0120)."""

CONTEXT_TOKENS = 448
"""Length of the decoder's context."""

MIN_LANGUAGE_PROB = 0.5
"""Below this a detected language is not believed if an earlier utterance had one: short words mislead Whisper."""

CUDA_WHEELS = ("nvidia.cuda_runtime", "nvidia.cublas", "nvidia.cudnn")
CUDA_FIX = "pip install nvidia-cublas-cu12 nvidia-cudnn-cu12"
"""CTranslate2's wheels open libcublas.so.12 and cuDNN 9 themselves but do not bring them."""


@dataclass(frozen=True, slots=True)
class _Decoded:
    """What the decoder wrote."""

    tokens: tuple[int, ...]
    """Text tokens, without what was put behind the end of the sound."""
    avg_logprob: float
    no_speech_prob: float
    complete: bool
    """False if the decoder ran into its bound before the sound ended."""


class WhisperTranscriber:
    """Transcribes single utterances with little more work than their length asks for (implements `Transcriber`).

    Thread: `stt` worker, after construction.

    Args:
        config: the model's folder, language, window and device.
        threads: cores one pass may use on the CPU (`ThreadPlan.stt`).
    """

    def __init__(self, config: SttConfig, threads: int) -> None:
        self._config = config
        self._threads = threads
        self._model: Any = None
        self._detector = SileroDetector(config.vad_model)
        self._tokenizers: dict[str, Any] = {}
        self._language = "en"
        self._language_known = False

    def load(self) -> Placement:
        """Load the model on the GPU where that works, on the CPU otherwise, and run it once.

        Raises:
            ModelMissingError: a file is not there ("model-missing").
            ModelLoadError: the files are damaged or the library refused them ("model-unreadable"), memory ran out
                ("model-out-of-memory"), or "cuda" was asked for and cannot be had ("gpu-unavailable").
        """
        folder = self._config.model_dir
        check_whisper(folder)
        self._detector.load()
        device, note = self._open()
        return Placement(
            device=device,
            threads=self._threads if device == "cpu" else 1,
            memory_bytes=(folder / "model.bin").stat().st_size,
            note=note or self._language_note(),
        )

    def _open(self) -> tuple[str, str]:
        """Open the model and warm it up; return the device and a note for the user."""
        note = ""
        if self._config.device != "cpu":
            note = self._open_cuda()
            if self._model is not None:
                return "cuda", ""
            if self._config.device == "cuda":
                message = note or "No graphics card that CTranslate2 can use was found."
                raise ModelLoadError("gpu-unavailable", message, hint="Set the speech device to auto or cpu.")
        try:
            self._start("cpu", "int8")
        except Exception as error:
            self.close()
            if is_out_of_memory(error):
                raise out_of_memory(self._config.model_dir.name) from error
            raise ModelLoadError(
                "model-unreadable",
                f"The speech recognition model in {self._config.model_dir.name} could not be loaded.",
                hint="Remove it and download it again, or choose a smaller one if memory ran out.",
                permanent=True,
            ) from error
        return "cpu", note

    def _open_cuda(self) -> str:
        """Try the GPU; return why it cannot be used, or nothing if there is none or it works."""
        import ctranslate2

        if ctranslate2.get_cuda_device_count() == 0:
            return ""
        _preload_cuda_wheels()
        try:
            supported = ctranslate2.get_supported_compute_types("cuda")
            self._start("cuda", next(kind for kind in ("float16", "int8", "float32") if kind in supported))
        except Exception as error:  # noqa: BLE001 - a missing library is a RuntimeError, raised by the first pass only
            self.close()
            log.info("CUDA refused: %s", error)
            if "memory" in str(error).lower():
                return "Speech recognition runs on the CPU because the graphics card's memory is full."
            return (
                "Speech recognition runs on the CPU because CTranslate2 could not use the graphics card; "
                f"install its libraries with: {CUDA_FIX}"
            )
        return ""

    def _start(self, device: str, compute_type: str) -> None:
        from faster_whisper import WhisperModel

        self._model = WhisperModel(
            str(self._config.model_dir),
            device=device,
            compute_type=compute_type,
            cpu_threads=self._threads,
            num_workers=1,
            local_files_only=True,
        )
        noise = np.random.default_rng(0).normal(0, 0.02, int(2 * EAR_RATE_HZ)).astype(np.float32)
        for _ in range(2):
            self._run(noise, self._config.window_s, BEAM_SIZE, CancelToken())
        self._language_known = False

    def _language_note(self) -> str:
        if self._model.model.is_multilingual or self._config.language in ("en", None):
            return ""
        return "This speech model understands English only; choose a multilingual one for other languages."

    def transcribe(self, samples: Float32Mono, *, quick: bool, cancel: CancelToken) -> Transcript:
        """Return the words in `samples`; see `Transcriber.transcribe`.

        A pass that loops, stops short or scores badly is done again on longer windows. If none
        is good, the best one counts, cut where it begins to repeat itself.
        """
        if samples.size < SHORTEST_S * EAR_RATE_HZ:
            return Transcript(text="", language=self._language, no_speech_prob=1.0)
        samples = _loud_enough(samples)
        windows = self._windows(samples.size / EAR_RATE_HZ)[: 1 if quick else None]
        passes: list[guards.Pass] = []
        text: str | None = None
        try:
            for left, window_s in zip(range(len(windows) - 1, -1, -1), windows, strict=True):
                beam = PARTIAL_BEAM_SIZE if quick else BEAM_SIZE
                one_pass = self._run(samples, window_s, beam, cancel)
                if one_pass is None:
                    return Transcript(text="", language=self._language)
                passes.append(one_pass)
                text = guards.settle(passes, more=left > 0)
                if text is not None:
                    break
        except Exception as error:  # ctranslate2 raises RuntimeError and ValueError, numpy its own
            raise TranscriptionError(
                "transcription-failed", "What you said could not be turned into text.", hint="Please say it again."
            ) from error
        return Transcript(
            text=text or "",
            language=self._language,
            no_speech_prob=passes[-1].no_speech_prob,
            avg_logprob=passes[-1].avg_logprob,
            retried=len(passes) > 1,
        )

    def close(self) -> None:
        """Free the model. Idempotent."""
        self._model = None
        self._tokenizers.clear()

    def _windows(self, duration_s: float) -> list[float]:
        """Return the windows to try, shortest first."""
        first = max(self._config.window_s, duration_s + MARGIN_S)
        longer = (max(first + 2.0, duration_s + 5.0), LONGEST_WINDOW_S)
        return [
            min(first, LONGEST_WINDOW_S),
            *(window_s for window_s in longer if first < window_s <= LONGEST_WINDOW_S),
        ]

    def _run(self, samples: Float32Mono, window_s: float, beam: int, cancel: CancelToken) -> guards.Pass | None:
        """Do one pass over `samples` on a window of `window_s`; None if it was cancelled half-way."""
        duration_s = samples.size / EAR_RATE_HZ
        encoded = None if cancel.cancelled else self._model.encode(self._features(samples, window_s))
        if cancel.cancelled:
            return None
        tokenizer = self._tokenizer_for(encoded)
        decode = partial(self._decode, encoded, tokenizer, duration_s, beam)
        decoded = decode(guards.token_budget(duration_s))
        repeated = guards.repeat_start(decoded.tokens)
        if not decoded.complete and repeated is None:
            decoded = decode(CONTEXT_TOKENS)
            repeated = guards.repeat_start(decoded.tokens)
        if repeated is None:
            repeated = guards.second_saying(decoded.tokens)
        text = tokenizer.decode(decoded.tokens).strip()
        return guards.Pass(
            text=text,
            without_repeats=text if repeated is None else tokenizer.decode(decoded.tokens[:repeated]).strip(),
            repeats=repeated is not None or guards.compresses(text),
            complete=decoded.complete,
            avg_logprob=decoded.avg_logprob,
            no_speech_prob=decoded.no_speech_prob,
            voice=self._voice(samples, decoded),
        )

    def _voice(self, samples: Float32Mono, decoded: _Decoded) -> float:
        """Return the mean speech probability of the surest 0.1 s, or 1 if the scores leave no doubt. 2 ms a second."""
        if not guards.doubts_speech(no_speech_prob=decoded.no_speech_prob, avg_logprob=decoded.avg_logprob):
            return 1.0
        self._detector.reset()
        # The detector is surest of itself in its first frames, whatever they hold: give it some silence first.
        padded = np.pad(samples, (8 * VAD_FRAME, -samples.size % VAD_FRAME))
        probabilities = sorted(self._detector.process(frame) for frame in padded.reshape(-1, VAD_FRAME))
        return sum(probabilities[-3:]) / 3

    def _features(self, samples: Float32Mono, window_s: float) -> npt.NDArray[np.float32]:
        """Return log-mel features of `samples`, shape (mels, frames), filled up to `window_s` with silence.

        The same numbers as those of samples padded with zeros, without transforming the zeros.
        """
        features = self._model.feature_extractor(samples, padding=PAD_SAMPLES)
        frames = round(window_s * self._model.frames_per_second / 2) * 2
        padded = np.full((features.shape[0], frames), features.max() - MEL_RANGE, np.float32)
        used = min(frames, features.shape[1])
        padded[:, :used] = features[:, :used]
        return padded

    def _tokenizer_for(self, encoded: Any) -> Any:
        """Return the tokenizer of the language spoken, which is detected if the configuration leaves it open."""
        from faster_whisper.tokenizer import Tokenizer

        multilingual = self._model.model.is_multilingual
        if not multilingual:
            self._language = "en"
        elif self._config.language is not None:
            self._language = self._config.language
        else:
            name, probability = self._model.model.detect_language(encoded)[0][0]
            if probability >= MIN_LANGUAGE_PROB or not self._language_known:
                self._language = name.strip("<|>")
                self._language_known = True
        if self._language not in self._tokenizers:
            self._tokenizers[self._language] = Tokenizer(
                self._model.hf_tokenizer, multilingual, task="transcribe", language=self._language
            )
        return self._tokenizers[self._language]

    def _decode(self, encoded: Any, tokenizer: Any, duration_s: float, beam: int, budget: int) -> _Decoded:
        """Decode, writing `budget` tokens at most."""
        # The first timestamp is given, not decoded: what the voice detector cut begins with speech.
        # CTranslate2 forces it in a decoding step of its own, and returns it too.
        prompt = [*tokenizer.sot_sequence, tokenizer.timestamp_begin]
        limit = min(2 * (1 + budget), CONTEXT_TOKENS)
        result = self._model.model.generate(
            encoded,
            [prompt],
            beam_size=beam,
            max_length=limit,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        ids = result.sequences_ids[0]
        segments = guards.split_segments(ids, end_of_text=tokenizer.eot, timestamp_begin=tokenizer.timestamp_begin)
        spoken = [segment for segment in segments if segment.start_s < duration_s]
        tokens = [token for segment in spoken for token in segment.tokens]
        return _Decoded(
            tokens=tuple(tokens),
            # CTranslate2 divides by the tokens it returns, Whisper by one more, for the end of the text.
            avg_logprob=float(result.scores[0]) * len(ids) / (len(ids) + 1),
            no_speech_prob=float(result.no_speech_prob),
            # CTranslate2 writes half of `max_length` at most.
            complete=len(ids) < limit // 2 or len(spoken) < len(segments),
        )


def _loud_enough(samples: Float32Mono) -> Float32Mono:
    """Return `samples`, amplified if they are quiet: both models know less of what is said far from the microphone."""
    peak = float(np.abs(samples).max())
    return samples * np.float32(QUIET_PEAK / peak) if 0 < peak < QUIET_PEAK else samples


def _preload_cuda_wheels() -> None:
    """Load the CUDA libraries that pip put beside Python, where the system's loader does not look.

    Failures are left to CTranslate2, which says what it misses.
    """
    for package in CUDA_WHEELS:
        spec = find_spec(package) if find_spec(package.partition(".")[0]) else None
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            for library in sorted(Path(folder).glob("lib/lib*.so.*")):
                with contextlib.suppress(OSError):
                    ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)

"""Piper, the voice: the only file that imports piper.

`PiperSynthesizer` belongs to the `tts` worker thread after construction. espeak-ng, which turns text into phonemes,
keeps its state per process, not per voice: phonemise on that one thread only.

Time goes (2-core server CPU, 1 thread, 5-word clause, 66 ms): phonemes under 1 ms, encoder, durations and flow 21 ms,
decoder 45 ms, of which the first 10 bring the first sound.
"""

import json
import logging
import statistics
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from companion.engine.config import TtsConfig
from companion.engine.errors import (
    ModelLoadError,
    ModelMissingError,
    SynthesisError,
    is_out_of_memory,
    out_of_memory,
)
from companion.engine.messages import Placement
from companion.engine.onnx_file import check_onnx
from companion.engine.samples import Float32Mono
from companion.engine.tts.graph import CutError
from companion.engine.tts.seam import go_on, hold_back
from companion.engine.tts.trim import Trimmer, pause_after
from companion.engine.tts.vits import CPU, CUDA, OVERLAP_FRAMES, Feeds, SplitVoice, WholeVoice

_logger = logging.getLogger(__name__)

_WARM_SHORT = "Of course,"
_WARM_LONG = "It was finished in eighteen eighty three, after fourteen years of work by six hundred people."
_LEVEL_PEAK = 0.7
"""Peak to which the long warm-up sentence is brought; the same gain then serves every clause.

Piper's own way, each clause to full scale by itself, makes a one-word clause several dB louder than the sentence
it introduces.
"""
_MAX_GAIN = 8.0
_GAP = " "
"""The phoneme between two words."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What the network is given, and what of it shall sound."""

    feeds: Feeds
    """Empty if there is nothing to say."""
    begin: int = 0
    """First phoneme to sound, 0 for the beginning of a breath."""
    stop: int | None = None
    """The one behind the last to sound, None for the end of a breath."""


class PiperSynthesizer:
    """Speaks with one Piper voice.

    Args:
        config: the voice file, its speed and the device it is wanted on.
        threads: threads for the CPU; more than two gain little on clauses this short.
    """

    def __init__(self, config: TtsConfig, threads: int) -> None:
        self._config = config
        self._threads = threads
        self._text: Any = None
        """Piper's own voice, without its network: it turns text into phoneme ids."""
        self._network: SplitVoice | WholeVoice | None = None
        self._rate_hz = 0
        self._language = ""
        self._gain = 1.0
        self._gap: int | None = None
        """Phoneme id of the gap between two words."""
        self._tail: tuple[str, Float32Mono] = "", np.zeros(0, np.float32)
        """The words of a breath that goes on, and the sound behind them that fades into the next clause."""

    @property
    def rate_hz(self) -> int:
        """Sample rate of the voice; 0 before `load`."""
        return self._rate_hz

    @property
    def language(self) -> str:
        """Language code of the voice, e.g. "en"; empty before `load`."""
        return self._language

    @property
    def joins(self) -> bool:
        """Whether it can say one breath in two clauses; known after `load`."""
        return self._network is not None and self._network.joins and self._gap is not None

    def load(self) -> Placement:
        """Load the voice, choose its device, set its level and speak a short and a long clause.

        Raises:
            ModelMissingError: the voice or its .json is not there ("model-missing").
            ModelLoadError: they are damaged or the library refused them ("model-load-failed"), or memory ran out
                ("model-out-of-memory").
        """
        voice_file = self._config.voice_file
        for file in (voice_file, _settings_file(voice_file)):
            if not file.is_file():
                raise ModelMissingError(
                    "model-missing",
                    f"The voice's file {file.name} is not there.",
                    hint="Download the voice in the model manager, or run: companion models pull starter",
                    permanent=True,
                )
        try:
            check_onnx(voice_file)
            placement = self._load()
        except ModelLoadError:
            raise
        except Exception as error:
            if is_out_of_memory(error):
                raise out_of_memory(voice_file.name) from error
            raise _load_error(voice_file, str(error)) from error
        _logger.info("voice loaded: %s on %s, gain %.2f", voice_file.name, placement.device, self._gain)
        return placement

    def stream(self, text: str, *, behind: str = "", ahead: str = "") -> Iterator[Float32Mono]:
        """Yield the sound of `text` as it is made: no silence before it, a pause fit for its last mark behind it.

        The first part is ready when the text is encoded and 200 ms are decoded; each later one long before the one
        before it has been played. A voice that cannot be cut, or runs on a GPU, gives one part. Nothing is computed
        ahead: to stop, ask for no more.

        Args:
            text: what to say, already cleaned by `speakable`; at most a sentence or two.
            behind: what was said before in the same breath, to go on with; empty to begin one.
            ahead: what is known to follow in the same breath; empty to end it here.

        Yields:
            Shape (frames,), frames > 0, float32 in [-1, 1] at `rate_hz`, a new array; nothing if `text` has nothing
            to say.

        Raises:
            SynthesisError: the library failed on this text, or the voice is not loaded ("synthesis-failed").
        """
        if self._network is None:
            raise SynthesisError("synthesis-failed", "The voice is not loaded.", hint="Restart the engine.")
        if not any(character.isalnum() for character in text):
            return
        try:
            stretch = self._stretch(text, behind, ahead)
            pause_s = None if stretch.stop else pause_after(text) / self._config.rate
            edges = Trimmer(self._rate_hz, pause_s, goes_on=stretch.begin > 0)
            for raw in self._sound(self._network, stretch, text, behind):
                if (part := edges.feed(raw)).size:
                    yield part
            if (part := edges.finish()).size:
                yield part
        except Exception as error:
            raise SynthesisError(
                "synthesis-failed",
                "The voice could not say a part of the reply.",
                hint="If this keeps happening, choose another voice in the settings.",
            ) from error

    def retune(self, config: TtsConfig) -> None:
        """Speak at the speed of `config` from the next clause on. See `Synthesizer`."""
        self._config = config

    def close(self) -> None:
        """Free the voice. Idempotent."""
        self._network = self._text = None

    def _load(self) -> Placement:
        from piper import PiperVoice
        from piper.config import PhonemeType, PiperConfig

        logging.getLogger("piper").setLevel(logging.INFO)  # at DEBUG it logs what is said
        voice_file = self._config.voice_file
        with _settings_file(voice_file).open(encoding="utf-8") as file:
            settings = json.load(file)
        described = PiperConfig.from_dict(settings)
        if described.phoneme_type not in (PhonemeType.ESPEAK, PhonemeType.TEXT):
            # The phonemisers of the other kinds fetch or load models of their own.
            raise _load_error(voice_file, f"its phoneme type, {described.phoneme_type.value}, is not supported")
        self._rate_hz = described.sample_rate
        self._language = described.espeak_voice.partition("-")[0]
        self._text = PiperVoice(config=described, session=None)
        self._gap = next(iter(described.phoneme_id_map.get(_GAP, ())), None)
        network = self._open_on_cpu()
        self._warm_up(network)
        self._network, device, note = self._choose_device(network)
        return Placement(device=device, threads=self._threads, memory_bytes=voice_file.stat().st_size, note=note)

    def _open_on_cpu(self) -> SplitVoice | WholeVoice:
        voice_file = self._config.voice_file
        try:
            return SplitVoice(voice_file, self._threads, self._feeds(self._phonemes(_WARM_SHORT)))
        except CutError as reason:
            _logger.info("voice %s is not streamed: %s", voice_file.name, reason)
        return WholeVoice(voice_file, CPU, self._threads)

    def _warm_up(self, network: SplitVoice | WholeVoice) -> None:
        """Let the runtime allocate its memory for long and short clauses, and measure the voice's level."""
        peak = max((float(np.abs(raw).max(initial=0.0)) for raw in self._speak(network, _WARM_LONG)), default=0.0)
        if not peak > 0:
            raise _load_error(self._config.voice_file, "it makes no sound")
        self._gain = min(_LEVEL_PEAK / peak, _MAX_GAIN)
        for _ in self._speak(network, _WARM_SHORT):
            pass

    def _choose_device(self, on_cpu: SplitVoice | WholeVoice) -> tuple[SplitVoice | WholeVoice, str, str]:
        """Return the network to use, the name of its device and a note for the user.

        For clauses this short a GPU can lose (rhasspy/piper issue 172), so it is used only if it wins here.
        """
        import onnxruntime

        if self._config.device == "cpu":
            return on_cpu, "cpu", ""
        if CUDA not in onnxruntime.get_available_providers():
            missing = "This build of onnxruntime has no CUDA, so the voice runs on the CPU."
            return on_cpu, "cpu", missing if self._config.device == "cuda" else ""
        on_gpu = WholeVoice(self._config.voice_file, CUDA, self._threads)
        if not on_gpu.on_cuda:
            return on_cpu, "cpu", "CUDA could not be started for the voice, so it runs on the CPU."
        self._warm_up(on_gpu)
        cpu_s, gpu_s = self._first_sound_s(on_cpu), self._first_sound_s(on_gpu)
        if gpu_s < cpu_s:
            return on_gpu, "cuda", ""
        return on_cpu, "cpu", f"The CPU's first sound takes {cpu_s * 1e3:.0f} ms, the GPU's {gpu_s * 1e3:.0f} ms."

    def _first_sound_s(self, network: SplitVoice | WholeVoice) -> float:
        taken_s = []
        for _ in range(6):
            began_s = time.perf_counter()
            next(self._speak(network, _WARM_SHORT))
            taken_s.append(time.perf_counter() - began_s)
        return statistics.median(taken_s[1:])

    def _sound(
        self, network: SplitVoice | WholeVoice, stretch: _Stretch, text: str, behind: str
    ) -> Generator[Float32Mono, None, None]:
        """Yield the sound of `stretch` at the voice's level, fitted to the clause before it in the same breath."""
        words, tail = self._tail
        self._tail = "", np.zeros(0, np.float32)
        if not stretch.feeds:
            return
        gain = np.float32(self._gain)
        if not isinstance(network, SplitVoice):
            yield from (np.clip(raw * gain, -1, 1) for raw in network.speak(stretch.feeds))
            return
        overlap = OVERLAP_FRAMES * network.frame_samples
        raw = network.speak(stretch.feeds, stretch.begin, stretch.stop)
        parts: Iterator[Float32Mono] = (np.clip(part * gain, -1, 1) for part in raw)
        if stretch.begin:
            parts = go_on(parts, tail if words == behind else tail[:0], overlap)
        if stretch.stop is None:
            yield from parts
        else:
            tail = yield from hold_back(parts, overlap)
            self._tail = text, tail

    def _speak(self, network: SplitVoice | WholeVoice, text: str) -> Iterator[Float32Mono]:
        """Return the network's raw sound for `text`, in one melody."""
        feeds = self._feeds(self._phonemes(text))
        return network.speak(feeds) if feeds else iter(())

    def _stretch(self, text: str, behind: str, ahead: str) -> _Stretch:
        """Find `text` in the breath that it is a part of.

        espeak-ng makes one word of some pairs ("for a"). Where it may do so across a cut, `text` is spoken alone.
        """
        alone = self._phonemes(text)
        if not (behind or ahead) or not self.joins:
            return _Stretch(self._feeds(alone))
        breath = self._phonemes(" ".join(filter(None, [behind, text, ahead])))
        said, words, to_come = (_words(part) for part in (self._phonemes(behind), alone, self._phonemes(ahead)))
        if not alone or _words(breath) != said + words + to_come:
            return _Stretch(self._feeds(alone))
        feeds = self._feeds(breath)
        begins = [0, *(np.flatnonzero(feeds["input"][0] == self._gap) + 1).tolist()]
        return _Stretch(feeds, begins[said], begins[said + words] if to_come else None)

    def _phonemes(self, text: str) -> list[str]:
        """Return the phonemes of `text`; none if there is nothing to say.

        espeak-ng sees a sentence end in every initial and abbreviation; joined again, the words keep one melody.
        """
        phonemes: list[str] = []
        for sentence in self._text.phonemize(text.replace("\0", " ")):
            if phonemes and sentence:
                phonemes.append(_GAP)
            phonemes.extend(sentence)
        return phonemes

    def _feeds(self, phonemes: list[str]) -> Feeds:
        """Return what the network is given to say `phonemes`; empty if there are none."""
        if not phonemes:
            return {}
        ids = self._text.phonemes_to_ids(phonemes)
        voice = self._text.config
        scales = [voice.noise_scale, voice.length_scale / self._config.rate, voice.noise_w_scale]
        feeds: dict[str, npt.NDArray[Any]] = {
            "input": np.array([ids], dtype=np.int64),
            "input_lengths": np.array([len(ids)], dtype=np.int64),
            "scales": np.array(scales, dtype=np.float32),
        }
        if voice.num_speakers > 1:
            feeds["sid"] = np.array([voice.default_speaker_id], dtype=np.int64)
        return feeds


def _words(phonemes: list[str]) -> int:
    return phonemes.count(_GAP) + bool(phonemes)


def _settings_file(voice_file: Path) -> Path:
    return voice_file.with_name(voice_file.name + ".json")


def _load_error(voice_file: Path, reason: str) -> ModelLoadError:
    return ModelLoadError(
        "model-load-failed",
        f"The voice {voice_file.name} could not be loaded: {reason.rstrip('.')}.",
        hint="Run: companion models verify, and download the voice again if it is damaged.",
        permanent=True,
    )

"""The neural network of a Piper voice on ONNX Runtime: phoneme ids in, sound out, in chunks where the voice allows it.

Thread: `tts`, after construction.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from companion.engine.samples import Float32Mono
from companion.engine.tts.chunks import Latent, decode_in_chunks, find_margin
from companion.engine.tts.graph import CutError, cut

Feeds: TypeAlias = Mapping[str, npt.NDArray[Any]]
"""The voice's inputs by name: "input", "input_lengths", "scales" and, with several speakers, "sid"."""

OVERLAP_FRAMES = 1
"""Sound that two clauses of one breath both have, to fade from one to the other: 11.6 ms."""

CPU = "CPUExecutionProvider"
CUDA = "CUDAExecutionProvider"


class WholeVoice:
    """A voice that makes a clause in one piece.

    Args:
        file: the ONNX file.
        provider: `CPU` or `CUDA`.
        threads: threads for what runs on the CPU.

    Raises:
        Exception: whatever ONNX Runtime raises on a file that it cannot use.
    """

    def __init__(self, file: Path, provider: str, threads: int) -> None:
        self._session = _open(str(file), provider, threads)

    @property
    def on_cuda(self) -> bool:
        """Whether CUDA could really be started."""
        return CUDA in self._session.get_providers()

    joins = False
    """Whether a stretch of the phonemes can be spoken alone."""

    def speak(self, feeds: Feeds) -> Iterator[Float32Mono]:
        """Yield the sound of `feeds`, in one piece."""
        yield _mono(_run(self._session, feeds)[0])


class SplitVoice:
    """A voice cut at its decoder: the first sound is there when its first 200 ms are decoded. CPU only.

    Args:
        file: the ONNX file.
        threads: threads.
        sample: a short clause, to prove on it that the chunks fit without a seam.

    Raises:
        CutError: this voice cannot be cut, or does not sound the same; its text says why.
    """

    def __init__(self, file: Path, threads: int, sample: Feeds) -> None:
        halves = cut(file.read_bytes())
        self._latent = halves.latent
        try:
            self._encoder = _open(halves.encoder, CPU, threads)
            self._decoder = _open(halves.decoder, CPU, threads)
            latent, ends = self._encode(sample)
            margin = find_margin(latent, lambda frames: self._decode(frames, sample))
        except Exception as error:
            raise CutError(f"its halves do not work ({type(error).__name__})") from error
        if margin is None:
            raise CutError("its sound in chunks differs from the whole")
        self._margin = margin
        self.frame_samples = self._decode(np.ascontiguousarray(latent[:, :, :1]), sample).size
        """Samples of one latent frame."""
        self.joins = len(ends) == sample["input"].shape[1] and ends[-1:].tolist() == [latent.shape[2]]
        """Whether a stretch of the phonemes can be spoken alone: the voice tells how long each of them is."""

    def speak(self, feeds: Feeds, begin: int = 0, stop: int | None = None) -> Iterator[Float32Mono]:
        """Yield the sound of `feeds` chunk by chunk, none computed before it is asked for.

        Args:
            feeds: a whole text.
            begin: first phoneme to sound, if the voice `joins`; the sound begins `OVERLAP_FRAMES` before it.
            stop: phoneme behind the last one to sound, None for all; the sound ends `OVERLAP_FRAMES` behind.
        """
        latent, ends = self._encode(feeds)
        first = max(0, int(ends[begin - 1]) - OVERLAP_FRAMES) if begin else 0
        last = int(ends[stop - 1]) + OVERLAP_FRAMES if stop else None
        return decode_in_chunks(latent, lambda frames: self._decode(frames, feeds), self._margin, first, last)

    def _encode(self, feeds: Feeds) -> tuple[Latent, npt.NDArray[np.int64]]:
        """Return the latent frames, and behind which of them each phoneme ends: empty if the voice does not tell."""
        latent, *durations = _run(self._encoder, feeds)
        return latent, np.cumsum(durations[0].ravel() if durations else [], dtype=np.int64)

    def _decode(self, frames: Latent, feeds: Feeds) -> Float32Mono:
        return _mono(_run(self._decoder, {**feeds, self._latent: frames})[0])


def _open(model: str | bytes, provider: str, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin between calls take the cores from the language model.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # More than the basic optimisations takes 100 ms longer to load, and speaks no faster on a CPU.
    levels = onnxruntime.GraphOptimizationLevel
    options.graph_optimization_level = levels.ORT_ENABLE_ALL if provider == CUDA else levels.ORT_ENABLE_BASIC
    # Patterns are kept per input shape, and hardly two clauses have the same: they would only pile up.
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    providers: list[Any] = [CPU]
    if provider == CUDA:
        providers.insert(0, (CUDA, {"cudnn_conv_algo_search": "HEURISTIC"}))
    session = onnxruntime.InferenceSession(model, sess_options=options, providers=providers)
    session._model_bytes = None  # WORKAROUND: it keeps its file, 60 MB, "indefinitely" (a TODO in its source)
    return session


def _run(session: Any, feeds: Feeds) -> Any:
    """Run `session` on those of `feeds` that it knows, and return its outputs."""
    known = {wanted.name for wanted in session.get_inputs()}
    return session.run(None, {name: value for name, value in feeds.items() if name in known})


def _mono(sound: Any) -> Float32Mono:
    return np.asarray(sound, dtype=np.float32).ravel()

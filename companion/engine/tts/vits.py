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

    def speak(self, feeds: Feeds) -> Iterator[Float32Mono]:
        """Yield the sound of `feeds`, in one piece."""
        yield _mono(_run(self._session, feeds))


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
            latent: Latent = _run(self._encoder, sample)
            margin = find_margin(latent, lambda frames: self._decode(frames, sample))
        except Exception as error:
            raise CutError(f"its halves do not work ({type(error).__name__})") from error
        if margin is None:
            raise CutError("its sound in chunks differs from the whole")
        self._margin = margin

    def speak(self, feeds: Feeds) -> Iterator[Float32Mono]:
        """Yield the sound of `feeds` chunk by chunk, none computed before it is asked for."""
        latent: Latent = _run(self._encoder, feeds)
        return decode_in_chunks(latent, lambda frames: self._decode(frames, feeds), self._margin)

    def _decode(self, frames: Latent, feeds: Feeds) -> Float32Mono:
        return _mono(_run(self._decoder, {**feeds, self._latent: frames}))


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
    """Run `session` on those of `feeds` that it knows, and return its first output."""
    known = {wanted.name for wanted in session.get_inputs()}
    return session.run(None, {name: value for name, value in feeds.items() if name in known})[0]


def _mono(sound: Any) -> Float32Mono:
    return np.asarray(sound, dtype=np.float32).ravel()

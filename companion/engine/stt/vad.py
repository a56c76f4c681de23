"""Silero voice activity detection, version 6, one frame at a time.

Runs on the engine thread: one call a frame, about 0.1 ms of one core, no thread of its own.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from companion.engine.errors import ModelLoadError, ModelMissingError, is_out_of_memory, out_of_memory
from companion.engine.messages import Placement
from companion.engine.onnx_file import check_onnx
from companion.engine.samples import VAD_FRAME, Float32Mono

CONTEXT_FRAMES = 64
"""Samples of the frame before that the model wants in front of each frame (silero-vad, 16 kHz)."""

STATE_SIZE = 128
"""Width of the model's LSTM: its hidden and cell state are (1, 1, 128) each."""


class SileroDetector:
    """Gives the probability of speech for each 32 ms frame (implements `VoiceDetector`).

    Thread: engine, after construction. The state carries over from frame to frame until `reset`.

    Args:
        model_file: silero_vad_v6.onnx, with inputs `input` (1, 576), `h` and `c` (1, 1, 128).
    """

    def __init__(self, model_file: Path) -> None:
        self._model_file = model_file
        self._session: Any = None
        self._input: npt.NDArray[np.float32] = np.zeros((1, CONTEXT_FRAMES + VAD_FRAME), np.float32)
        self._silence: npt.NDArray[np.float32] = np.zeros((1, 1, STATE_SIZE), np.float32)
        self._feed = {"input": self._input, "h": self._silence, "c": self._silence}

    def load(self) -> Placement:
        """Load the model and run it once.

        Raises:
            ModelMissingError: the file is not there ("model-missing").
            ModelLoadError: the file is cut short or no ONNX model ("model-load-failed"), not Silero v6
                ("model-unreadable"), or memory ran out ("model-out-of-memory").
        """
        import onnxruntime

        if not self._model_file.is_file():
            raise ModelMissingError(
                "model-missing",
                f"The voice detector's model {self._model_file.name} is missing.",
                hint="Download the models again.",
                permanent=True,
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.inter_op.allow_spinning", "0")
        try:
            check_onnx(self._model_file)
            self._session = onnxruntime.InferenceSession(
                str(self._model_file), options, providers=["CPUExecutionProvider"]
            )
            self.process(np.zeros(VAD_FRAME, np.float32))
        except ModelLoadError:
            raise
        except Exception as error:
            self._session = None
            if is_out_of_memory(error):
                raise out_of_memory(self._model_file.name) from error
            raise ModelLoadError(
                "model-unreadable",
                f"The voice detector's model {self._model_file.name} could not be loaded.",
                hint="Remove it and download it again.",
                permanent=True,
            ) from error
        self.reset()
        return Placement(device="cpu", threads=1, memory_bytes=self._model_file.stat().st_size)

    def reset(self) -> None:
        """Forget the past: a new utterance begins."""
        self._input.fill(0)
        self._feed["h"] = self._silence
        self._feed["c"] = self._silence

    def process(self, frame: Float32Mono) -> float:
        """Return the probability that `frame` is speech.

        Args:
            frame: shape (512,), float32 in [-1, 1], at 16 kHz; copied.
        """
        self._input[0, :CONTEXT_FRAMES] = self._input[0, -CONTEXT_FRAMES:]
        self._input[0, CONTEXT_FRAMES:] = frame
        probability, self._feed["h"], self._feed["c"] = self._session.run(None, self._feed)
        return float(probability[0])

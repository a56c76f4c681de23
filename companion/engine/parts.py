"""The real parts of the engine, made but not loaded. The adapters' libraries are imported when they load.

Thread: any.
"""

from collections.abc import Callable
from dataclasses import dataclass

from companion.engine.audio.base import Microphone, Speaker
from companion.engine.audio.devices import rescan
from companion.engine.audio.microphone import PortAudioMicrophone
from companion.engine.audio.speaker import PortAudioSpeaker
from companion.engine.config import AudioConfig, EngineConfig
from companion.engine.llm.base import ChatModel
from companion.engine.llm.llama import LlamaChatModel
from companion.engine.stt.base import Transcriber, VoiceDetector
from companion.engine.stt.vad import SileroDetector
from companion.engine.stt.whisper import WhisperTranscriber
from companion.engine.tts.base import Synthesizer
from companion.engine.tts.piper import PiperSynthesizer


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """How to make each part of the engine; tests and `companion ask` exchange some of them."""

    detector: Callable[[EngineConfig], VoiceDetector]
    transcriber: Callable[[EngineConfig], Transcriber]
    chat_model: Callable[[EngineConfig], ChatModel]
    synthesizer: Callable[[EngineConfig], Synthesizer]
    microphone: Callable[[AudioConfig], Microphone]
    speaker: Callable[[AudioConfig], Speaker]
    rescan: Callable[[], object]


def real_parts() -> Parts:
    """Return the parts the product is made of."""
    return Parts(
        detector=lambda config: SileroDetector(config.stt.vad_model),
        transcriber=lambda config: WhisperTranscriber(config.stt, config.threads.stt),
        chat_model=lambda config: LlamaChatModel(config.llm, config.threads.llm, config.threads.llm_prefill),
        synthesizer=lambda config: PiperSynthesizer(config.tts, config.threads.tts),
        microphone=lambda config: PortAudioMicrophone(config.microphone),
        speaker=lambda config: PortAudioSpeaker(config.speaker),
        rescan=rescan,
    )

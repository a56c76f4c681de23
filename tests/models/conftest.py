"""What the tests of whole turns share."""

from pathlib import Path

import pytest

from companion.engine.config import EngineConfig, LlmConfig, SttConfig, TtsConfig


@pytest.fixture(scope="session")
def spoken_config(whisper_dir: Path, vad_file: Path, llm_file: Path, voice_file: Path) -> EngineConfig:
    """Return an engine's configuration for the starter models, with short replies that are the same every time."""
    return EngineConfig(
        stt=SttConfig(model_dir=whisper_dir, vad_model=vad_file, device="cpu"),
        llm=LlmConfig(model_file=llm_file, max_reply_tokens=16, seed=11),
        tts=TtsConfig(voice_file=voice_file),
    )

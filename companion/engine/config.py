"""The engine's configuration: frozen, checked when made, in plain units."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from companion.engine.errors import SettingsError

DEFAULT_SYSTEM_PROMPT = (
    "You are Companion, a warm and helpful voice assistant. You are speaking aloud, so answer in one to three short "
    'sentences, in plain words. Start every answer with one or two words and a comma, such as "Sure," "Well," '
    '"Of course," or "Good question,". Never use lists, headings, code or emoji.'
)


GPU_CONTEXT_TOKENS = 8192
CPU_CONTEXT_TOKENS = 2048


def _require(ok: bool, name: str, rule: str) -> None:
    if not ok:
        raise SettingsError("setting-out-of-range", f"{name} must be {rule}.", hint="Change it in the settings.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioConfig:
    """Devices and buffers."""

    microphone: str | None = None
    """Name of the input device; None follows the system's default."""
    speaker: str | None = None
    """Name of the output device; None follows the system's default."""
    pre_roll_s: float = 0.3
    """Seconds kept from before the key went down, so that the first syllable is not lost."""
    keep_microphone_open: bool = True
    """False opens the microphone only while the key is held (slower, no pre-roll)."""
    volume: float = 1.0
    """Gain of the voice, 0 to 1."""

    def __post_init__(self) -> None:
        _require(0 <= self.pre_roll_s <= 2, "audio.pre_roll_s", "between 0 and 2 seconds")
        _require(0 <= self.volume <= 1, "audio.volume", "between 0 and 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class SttConfig:
    """Speech to text."""

    model_dir: Path
    """Folder of a CTranslate2 Whisper model (model.bin, tokenizer.json, vocabulary)."""
    vad_model: Path
    """Silero VAD, ONNX, version 6."""
    language: str | None = "en"
    """Language code; None lets a multilingual model detect it."""
    window_s: float = 10.0
    """Shortest window the encoder sees: below about 8 s Whisper repeats itself."""
    device: str = "auto"
    """"auto", "cpu" or "cuda"."""

    def __post_init__(self) -> None:
        _require(5 <= self.window_s <= 30, "stt.window_s", "between 5 and 30 seconds")
        _require(self.device in ("auto", "cpu", "cuda"), "stt.device", "auto, cpu or cuda")


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmConfig:
    """The language model."""

    model_file: Path
    """A GGUF file with a chat template in its metadata."""
    context_tokens: int | None = None
    """Size of the KV cache; the conversation is trimmed to fit, oldest turns first. None: 8192 on a GPU, else 2048."""
    reply_tokens: int = 50
    """A reply ends with the first sentence end behind this many tokens, some 12 s of speech: people take turns."""
    max_reply_tokens: int = 120
    """Longest reply, in whole sentences or not: some 30 s of speech."""
    temperature: float = 0.6
    top_p: float = 0.9
    repeat_penalty: float = 1.1
    system_prompt: str = DEFAULT_SYSTEM_PROMPT
    gpu_layers: int = -1
    """Layers to put on the GPU; -1 for all."""
    seed: int | None = None
    """Fixed for tests; None draws a new one for each reply."""

    def __post_init__(self) -> None:
        context = self.context_tokens or CPU_CONTEXT_TOKENS
        _require(512 <= context <= 131_072, "llm.context_tokens", "between 512 and 131072")
        _require(
            16 <= self.max_reply_tokens <= context // 2,
            "llm.max_reply_tokens",
            "between 16 and half of the context",
        )
        _require(0 <= self.temperature <= 2, "llm.temperature", "between 0 and 2")
        _require(0 < self.top_p <= 1, "llm.top_p", "above 0 and at most 1")
        _require(0.8 <= self.repeat_penalty <= 2, "llm.repeat_penalty", "between 0.8 and 2")


@dataclass(frozen=True, slots=True, kw_only=True)
class TtsConfig:
    """The voice."""

    voice_file: Path
    """A Piper voice, ONNX, with its .onnx.json beside it."""
    rate: float = 1.0
    """Speed of speech: 1 as trained, 2 twice as fast."""
    device: str = "auto"

    def __post_init__(self) -> None:
        _require(0.5 <= self.rate <= 2, "tts.rate", "between 0.5 and 2")
        _require(self.device in ("auto", "cpu", "cuda"), "tts.device", "auto, cpu or cuda")


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnConfig:
    """When a turn begins, pauses and ends. Seconds unless said otherwise."""

    tap_s: float = 0.25
    """A press shorter than this only stops speech."""
    pause_s: float = 0.032
    """Silence after voice from which the turn is drafted: one VAD frame. Gaps between words cost a draft each."""
    release_tail_s: float = 0.4
    """While the VAD still hears voice after the key came up, keep capturing at most this long."""
    max_hold_s: float = 600.0
    """A key held longer than this was lost: the turn ends as if it had been released."""
    partial_every_s: float = 0.3
    """New voice between two partial transcripts."""

    def __post_init__(self) -> None:
        _require(0 <= self.tap_s <= 1, "turn.tap_s", "between 0 and 1 second")
        _require(0.03 <= self.pause_s <= 1, "turn.pause_s", "between 0.03 and 1 second")
        _require(0 <= self.release_tail_s <= 1, "turn.release_tail_s", "between 0 and 1 second")
        _require(1 <= self.max_hold_s <= 3600, "turn.max_hold_s", "between 1 and 3600 seconds")
        _require(0.1 <= self.partial_every_s <= 5, "turn.partial_every_s", "between 0.1 and 5 seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPlan:
    """How many threads each stage may use; see `companion.engine.threads.plan_threads`."""

    stt: int = 1
    llm: int = 1
    llm_prefill: int = 1
    tts: int = 1

    def __post_init__(self) -> None:
        for name in ("stt", "llm", "llm_prefill", "tts"):
            _require(1 <= getattr(self, name) <= 256, f"threads.{name}", "between 1 and 256")


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineConfig:
    """Everything the engine is told; it reads no file and no environment variable itself."""

    stt: SttConfig
    llm: LlmConfig
    tts: TtsConfig
    audio: AudioConfig = field(default_factory=AudioConfig)
    turn: TurnConfig = field(default_factory=TurnConfig)
    threads: ThreadPlan = field(default_factory=ThreadPlan)


def retuned(loaded: EngineConfig, wanted: EngineConfig) -> EngineConfig:
    """Return what models loaded with one configuration can be of another without being loaded again.

    The system prompt belongs to the conversation, how tokens are drawn to each reply, and its speed to each clause.
    """
    llm = loaded.llm
    if llm.context_tokens == wanted.llm.context_tokens:  # else the longest reply may not fit
        llm = replace(
            llm,
            reply_tokens=wanted.llm.reply_tokens,
            max_reply_tokens=wanted.llm.max_reply_tokens,
            temperature=wanted.llm.temperature,
            top_p=wanted.llm.top_p,
            repeat_penalty=wanted.llm.repeat_penalty,
            system_prompt=wanted.llm.system_prompt,
            seed=wanted.llm.seed,
        )
    return replace(loaded, llm=llm, tts=replace(loaded.tts, rate=wanted.tts.rate))


def needs_loading(loaded: EngineConfig, wanted: EngineConfig) -> bool:
    """Return whether models loaded with one configuration must be loaded again for another."""
    tuned = retuned(loaded, wanted)
    return (tuned.stt, tuned.llm, tuned.tts, tuned.threads) != (wanted.stt, wanted.llm, wanted.tts, wanted.threads)

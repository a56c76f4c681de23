"""The user's settings: what can be chosen, its defaults and its range checks.

Any thread; no state. The sections are the engine's own configuration where there is one, so a setting has one name,
one default and one range check in the whole program. How they lie in the file is `companion.settings_file`'s.
"""

import dataclasses
import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from companion import keys
from companion.engine.config import (
    DEFAULT_SYSTEM_PROMPT,
    AudioConfig,
    EngineConfig,
    LlmConfig,
    SttConfig,
    ThreadPlan,
    TtsConfig,
    TurnConfig,
)
from companion.engine.errors import SettingsError
from companion.settings_file import Migration, SettingsFormat, Table

FROM_SET: Final = Path()
"""Stands for a model's path until the chosen set gives the real one."""

_SHOWN: Final = 4
"""Most problems of the settings file that the window names."""
_HIDDEN: Final = frozenset({"stt.vad_model", "stt.language", "llm.seed", "llm.system_prompt", "tts.rate"})
"""Fields of the engine's configuration that are no settings: given by the model set, by the persona or by tests."""

DEFAULT_PROMPTS = {
    "en": DEFAULT_SYSTEM_PROMPT,
    "fr": (
        "Tu es Companion, un assistant vocal chaleureux et serviable. Tu parles à voix haute : réponds en une à trois "
        "phrases courtes, avec des mots simples. Commence chaque réponse par un ou deux mots et une virgule, comme "
        "« Bien sûr, », « Alors, », « D'accord, » ou « Bonne question, ». N'utilise jamais de listes, de titres, de "
        "code ni d'émojis."
    ),
}
"""What a persona is told if nobody told it anything else, by the language that is spoken."""

LONGEST_NAME: Final = 40
"""Characters of a persona's name: it stands in the window's header."""
LONGEST_PROMPT: Final = 8000
"""Characters of a system prompt: about two thousand tokens, the whole context on a CPU."""
SLOWEST_SPEECH: Final = 0.7
FASTEST_SPEECH: Final = 1.5
"""Speeds of speech that Piper's voices are understood at; beyond, syllables drawl or are swallowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """Which models are used."""

    set: str = "starter"
    """Name of a set in the catalogue."""
    language: str = "en"
    """What the user speaks: an ISO 639 code."""

    def __post_init__(self) -> None:
        _require(bool(re.fullmatch(r"[\w.-]{1,64}", self.set)), "models.set must be the name of a model set.")
        _require(bool(re.fullmatch(r"[a-z]{2,3}", self.language)), "models.language must be a code such as en or fr.")


@dataclass(frozen=True, slots=True, kw_only=True)
class HotkeySettings:
    """The key that is held to talk."""

    keys: str = "ctrl+space"
    """A combination that `companion.keys.parse` reads."""

    def __post_init__(self) -> None:
        keys.parse(self.keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppearanceSettings:
    """The window."""

    theme: str = "system"
    """"system", "light" or "dark"."""
    contrast: str = "system"
    """"system", "normal" or "high"."""
    reduce_motion: bool | None = None
    """Whether things move as little as possible; None follows the desktop."""
    text_scale: float = 1.0
    """Size of all words: 1 for the desktop's."""
    language: str = ""
    """Language of the window: an ISO 639 code; empty for the desktop's."""

    def __post_init__(self) -> None:
        _require(self.theme in ("system", "light", "dark"), "appearance.theme must be system, light or dark.")
        _require(self.contrast in ("system", "normal", "high"), "appearance.contrast must be system, normal or high.")
        _require(0.8 <= self.text_scale <= 2, "appearance.text_scale must be between 0.8 and 2.")
        named = re.fullmatch(r"([a-z]{2,3})?", self.language)
        _require(bool(named), "appearance.language must be a code such as en or fr.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopSettings:
    """How the program lives among the others."""

    start_at_login: bool = False
    """Whether it starts into the tray when the user logs in."""
    close_to_tray: bool = True
    """Whether closing the window leaves the program in the tray, where there is one."""
    notifications: bool = True
    """Whether the desktop tells of answers and problems while no window shows them."""
    notification_words: bool = False
    """Whether such a notification holds the words of the answer, for everybody who sees the screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkSettings:
    """How talking begins and ends."""

    latch: str = "button"
    """What a short tap keeps listening by until the next one: "off", "button" (on the screen) or "everything"."""

    def __post_init__(self) -> None:
        _require(self.latch in ("off", "button", "everything"), "talk.latch must be off, button or everything.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaSettings:
    """Somebody to talk to."""

    name: str = "Companion"
    """Unique among the personas, upper and lower case being the same."""
    system_prompt: str = DEFAULT_SYSTEM_PROMPT
    """What the language model is told about itself."""
    voice: str = ""
    """Id of a voice in the catalogue; empty for that of the model set."""
    language: str = ""
    """What is spoken: an ISO 639 code; empty for that of the model set."""
    speech_rate: float = 1.0
    """Speed of speech: 1 as the voice was trained, 1.5 half as fast again."""

    def __post_init__(self) -> None:
        _require(_is_name(self.name), f"personas.name must have 1 to {LONGEST_NAME} characters.")
        prompted = self.system_prompt.strip() and len(self.system_prompt) <= LONGEST_PROMPT
        _require(bool(prompted), f"personas.system_prompt must have 1 to {LONGEST_PROMPT} characters.")
        voiced = re.fullmatch(r"([A-Za-z0-9][A-Za-z0-9._-]{0,127})?", self.voice)
        _require(bool(voiced), "personas.voice must be the name of a voice.")
        spoken = re.fullmatch(r"([a-z]{2,3})?", self.language)
        _require(bool(spoken), "personas.language must be a code such as en or fr.")
        clear = SLOWEST_SPEECH <= self.speech_rate <= FASTEST_SPEECH
        _require(clear, f"personas.speech_rate must be between {SLOWEST_SPEECH} and {FASTEST_SPEECH}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacySettings:
    """What is kept of what was said."""

    keep_history: bool = True
    """Whether conversations are kept on disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceSettings:
    """How much of the machine is used."""

    cores: int = 0
    """Processor cores to plan with; 0 for all there are."""

    def __post_init__(self) -> None:
        _require(0 <= self.cores <= 256, "performance.cores must be between 0 (all there are) and 256.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the user can choose, section by section as in the file."""

    persona: str = ""
    """Name of the persona that answers; empty for the first."""
    personas: tuple[PersonaSettings, ...] = field(default_factory=lambda: (PersonaSettings(),))
    """Not empty."""
    models: ModelSettings = field(default_factory=ModelSettings)
    hotkey: HotkeySettings = field(default_factory=HotkeySettings)
    audio: AudioConfig = field(default_factory=AudioConfig)
    turn: TurnConfig = field(default_factory=TurnConfig)
    stt: SttConfig = field(default_factory=lambda: SttConfig(model_dir=FROM_SET, vad_model=FROM_SET))
    llm: LlmConfig = field(default_factory=lambda: LlmConfig(model_file=FROM_SET))
    tts: TtsConfig = field(default_factory=lambda: TtsConfig(voice_file=FROM_SET))
    appearance: AppearanceSettings = field(default_factory=AppearanceSettings)
    talk: TalkSettings = field(default_factory=TalkSettings)
    desktop: DesktopSettings = field(default_factory=DesktopSettings)
    privacy: PrivacySettings = field(default_factory=PrivacySettings)
    performance: PerformanceSettings = field(default_factory=PerformanceSettings)

    def __post_init__(self) -> None:
        names = [persona.name.casefold() for persona in self.personas]
        _require(bool(names), "personas must be at least one.")
        for index, persona in enumerate(self.personas):
            twice = persona.name.casefold() in names[:index]
            _require(not twice, f"personas.name must be different for each: “{persona.name}” is there twice.")
        known = not self.persona or self.persona.casefold() in names
        _require(known, "persona must be the name of one of the personas.")

    @property
    def chosen_persona(self) -> PersonaSettings:
        """The persona that answers."""
        wanted = self.persona.casefold()
        named = (persona for persona in self.personas if persona.name.casefold() == wanted)
        return next(named, self.personas[0])

    @property
    def language(self) -> str:
        """What is spoken with the chosen persona: an ISO 639 code."""
        return self.chosen_persona.language or self.models.language


def in_own_language(settings: Settings) -> Settings:
    """Return the settings with every default prompt in the language that its persona speaks, where there is one.

    A prompt with any word of the user's own stays as it is.
    """

    def told(persona: PersonaSettings) -> PersonaSettings:
        default = DEFAULT_PROMPTS.get(persona.language or settings.models.language, persona.system_prompt)
        known = persona.system_prompt in DEFAULT_PROMPTS.values()
        return dataclasses.replace(persona, system_prompt=default) if known else persona

    return dataclasses.replace(settings, personas=tuple(map(told, settings.personas)))


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSettings:
    """What was read."""

    settings: Settings
    notices: tuple[str, ...] = ()
    """A sentence for each problem, in the order of the file."""


def settings_problem(path: Path, notices: Sequence[str]) -> SettingsError | None:
    """Return what the window shows of `LoadedSettings.notices` for this file, or None if there is nothing to show."""
    if not notices:
        return None
    if str(path) in notices[0]:  # none of it was usable
        return SettingsError("settings-ignored", notices[0], hint="Correct the file and start again.")
    shown = [*notices[:_SHOWN]]
    if len(notices) > _SHOWN:
        shown.append(f"And {len(notices) - _SHOWN} more: run “companion doctor”.")
    message = f"Something in the settings file {path} could not be used."
    return SettingsError("settings-ignored", message, hint="\n".join(shown))


class ModelPaths(Protocol):
    """Where the chosen models lie."""

    @property
    def stt_dir(self) -> Path:
        """Folder of the Whisper model."""
        ...

    @property
    def vad_file(self) -> Path:
        """The Silero model."""
        ...

    @property
    def llm_file(self) -> Path:
        """The GGUF file."""
        ...

    @property
    def tts_file(self) -> Path:
        """The Piper voice."""
        ...


def build_engine_config(
    settings: Settings, models: ModelPaths, threads: ThreadPlan, voice_file: Path | None = None
) -> EngineConfig:
    """Return the engine's configuration for the chosen persona.

    A model path in the settings goes before the set's, and the persona's voice (`voice_file`) before both.
    """
    persona = settings.chosen_persona

    def chosen(path: Path, from_set: Path) -> Path:
        return from_set if path == FROM_SET else path.expanduser()

    return EngineConfig(
        stt=dataclasses.replace(
            settings.stt,
            model_dir=chosen(settings.stt.model_dir, models.stt_dir),
            vad_model=models.vad_file,
            language=settings.language,
        ),
        llm=dataclasses.replace(
            settings.llm,
            model_file=chosen(settings.llm.model_file, models.llm_file),
            system_prompt=persona.system_prompt,
        ),
        tts=dataclasses.replace(
            settings.tts,
            voice_file=voice_file or chosen(settings.tts.voice_file, models.tts_file),
            rate=persona.speech_rate,
        ),
        audio=settings.audio,
        turn=settings.turn,
        threads=threads,
    )


def load_settings(path: Path) -> LoadedSettings:
    """Read the settings; an absent file means the defaults. Never raises for what is in the file, or for its state.

    A file that is not TOML is copied to `settings.toml.broken`, as the next `save_settings` replaces it.
    """
    settings, notices = FORMAT.load(path)
    return LoadedSettings(settings=settings, notices=notices)


def save_settings(path: Path, settings: Settings) -> None:
    """Replace the file, all of it or not at all, readable by the user alone.

    Raises:
        SettingsError: it could not be written (code "settings-not-saved").
    """
    FORMAT.save(path, settings)


def _persona_of_the_first_version(table: Table) -> Table:
    """Make the one system prompt and speed of version 1 those of a persona."""
    llm, tts = table.get("llm"), table.get("tts")
    persona: Table = {}
    if isinstance(llm, dict) and "system_prompt" in llm:
        persona["system_prompt"] = llm.pop("system_prompt")
    if isinstance(tts, dict) and "rate" in tts:
        rate = tts.pop("rate")
        number = type(rate) in (int, float) and rate == rate
        persona["speech_rate"] = min(max(rate, SLOWEST_SPEECH), FASTEST_SPEECH) if number else rate
    return table | {"personas": [persona]} if persona else table


def _tell_personas_apart(table: Table, notices: list[str]) -> None:
    """Give personas of the same or an impossible name names of their own, so that none is lost."""
    personas = table.get("personas")
    taken: set[str] = set()
    for persona in personas if isinstance(personas, list) else ():
        if not isinstance(persona, dict):
            continue
        name = persona.get("name", PersonaSettings().name)
        usable = isinstance(name, str) and _is_name(name)
        own = free_name(name if usable else PersonaSettings().name, taken)
        if own != name:
            persona["name"] = own
            notices.append(f"personas.name cannot be “{_shown(name)}” here; “{own}” is used.")
        taken.add(own.casefold())


def _shown(value: object) -> str:
    """Return a value of the file for a sentence."""
    try:
        return str(value)[:LONGEST_NAME]
    except ValueError:  # a number of more digits than Python writes out
        return "…"


def free_name(name: str, taken: Container[str]) -> str:
    """Return `name`, with a number behind it if its casefolded form is among `taken`."""
    own, number = name, 1
    while own.casefold() in taken:
        number += 1
        ending = f" {number}"
        own = name[: LONGEST_NAME - len(ending)].rstrip() + ending
    return own


_MIGRATIONS: tuple[Migration, ...] = (_persona_of_the_first_version,)
"""Entry N turns a file of version N + 1 into one of version N + 2."""


def _is_name(name: str) -> bool:
    return 1 <= len(name) <= LONGEST_NAME and name == name.strip() and name.isprintable()


def _require(ok: bool, message: str) -> None:
    if not ok:
        raise SettingsError("setting-out-of-range", message, hint="Change it in the settings.")


FORMAT: Final = SettingsFormat(Settings(), hidden=_HIDDEN, migrations=_MIGRATIONS, mend=_tell_personas_apart)
"""How the settings are written."""

"""Personas in the settings: what the file may hold, what becomes of an earlier file, what the engine is told."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import tomli_w
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from companion.engine.config import ThreadPlan
from companion.engine.errors import SettingsError
from companion.settings import (
    LONGEST_NAME,
    ModelSettings,
    PersonaSettings,
    Settings,
    build_engine_config,
    free_name,
    load_settings,
    save_settings,
)

MODELS = SimpleNamespace(
    stt_dir=Path("m/stt"), vad_file=Path("m/vad.onnx"), llm_file=Path("m/llm.gguf"), tts_file=Path("m/voice.onnx")
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def read(path: Path, text: str) -> tuple[Settings, tuple[str, ...]]:
    path.write_text(text, encoding="utf-8")
    loaded = load_settings(path)
    return loaded.settings, loaded.notices


def test_nobody_chosen_means_the_first() -> None:
    both = Settings(personas=(PersonaSettings(name="Ann"), PersonaSettings(name="Bo")))
    assert both.chosen_persona.name == "Ann"
    assert Settings(personas=both.personas, persona="bo").chosen_persona.name == "Bo"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": ""}, "personas.name"),
        ({"name": " Ann"}, "personas.name"),
        ({"name": "A\nB"}, "personas.name"),
        ({"name": "x" * (LONGEST_NAME + 1)}, "personas.name"),
        ({"system_prompt": " \n"}, "personas.system_prompt"),
        ({"voice": "../secret"}, "personas.voice"),
        ({"language": "English"}, "personas.language"),
        ({"speech_rate": 0.69}, "personas.speech_rate"),
        ({"speech_rate": 1.51}, "personas.speech_rate"),
        ({"speech_rate": float("nan")}, "personas.speech_rate"),
    ],
)
def test_what_a_persona_cannot_be(values: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        PersonaSettings(**values)  # type: ignore[arg-type]


def test_what_the_personas_together_cannot_be() -> None:
    with pytest.raises(SettingsError, match="at least one"):
        Settings(personas=())
    with pytest.raises(SettingsError, match="there twice"):
        Settings(personas=(PersonaSettings(name="Ann"), PersonaSettings(name="ANN")))
    with pytest.raises(SettingsError, match="one of the personas"):
        Settings(persona="Nobody")


def test_each_problem_of_a_persona_is_told_and_the_rest_of_it_is_used(path: Path) -> None:
    text = """version = 2
persona = "Pirate"
[[personas]]
name = "Pirate"
system_prompt = "You are a pirate."
speech_rate = 3
volume = 1
[[personas]]
voice = 7
"""
    settings, notices = read(path, text)
    assert settings.chosen_persona == PersonaSettings(name="Pirate", system_prompt="You are a pirate.")
    assert settings.personas[1] == PersonaSettings()
    assert notices == (
        "personas.volume is not a setting; did you mean personas.voice?",
        "personas.speech_rate must be between 0.7 and 1.5; the default (1.0) is used.",
        "personas.voice must be text; the default is used.",
    )


def test_a_persona_that_is_not_there_leaves_the_first(path: Path) -> None:
    settings, notices = read(path, 'persona = "Gone"\n[[personas]]\nname = "Ann"\n')
    assert settings.chosen_persona.name == "Ann"
    assert notices == ("persona must be the name of one of the personas; the default is used.",)


def test_two_of_the_same_name_are_told_apart_and_none_is_lost(path: Path) -> None:
    text = '[[personas]]\nsystem_prompt = "One."\n[[personas]]\nsystem_prompt = "Two."\n[[personas]]\nname = ""\n'
    settings, notices = read(path, text)
    assert [persona.name for persona in settings.personas] == ["Companion", "Companion 2", "Companion 3"]
    assert [persona.system_prompt for persona in settings.personas[:2]] == ["One.", "Two."]
    assert len(notices) == 2


@pytest.mark.parametrize("text", ["personas = 3", "personas = [1]", "[personas]\nname = 'x'", "personas = []"])
def test_what_is_no_list_of_personas_is_told(path: Path, text: str) -> None:
    settings, notices = read(path, text)
    assert settings == Settings()
    assert len(notices) == 1
    assert notices[0].startswith("personas must be")


def test_the_prompt_and_the_speed_of_an_earlier_file_become_a_persona(path: Path) -> None:
    text = 'version = 1\n[llm]\nsystem_prompt = "You are a pirate."\ntop_p = 0.5\n[tts]\nrate = 2.0\n'
    settings, notices = read(path, text)
    assert notices == ()
    assert settings.personas == (PersonaSettings(system_prompt="You are a pirate.", speech_rate=1.5),)
    assert settings.llm.top_p == 0.5
    save_settings(path, settings)
    assert load_settings(path).settings == settings


def test_an_earlier_file_without_them_needs_no_persona(path: Path) -> None:
    assert read(path, "version = 1\n[audio]\nvolume = 0.5\n")[0].personas == Settings().personas


def test_the_engine_is_told_what_the_chosen_persona_is() -> None:
    pirate = PersonaSettings(name="Pirate", system_prompt="Arr.", language="fr", speech_rate=0.8)
    settings = Settings(models=ModelSettings(language="en"), personas=(PersonaSettings(), pirate), persona="Pirate")
    config = build_engine_config(settings, MODELS, ThreadPlan(), Path("pirate.onnx"))
    assert (config.llm.system_prompt, config.tts.rate, config.stt.language) == ("Arr.", 0.8, "fr")
    assert config.tts.voice_file == Path("pirate.onnx")
    assert build_engine_config(settings, MODELS, ThreadPlan()).tts.voice_file == MODELS.tts_file


@given(st.text(min_size=1, max_size=LONGEST_NAME), st.sets(st.text(max_size=LONGEST_NAME), max_size=4))
def test_a_free_name_is_free_and_short_enough(name: str, taken: set[str]) -> None:
    folded = {other.casefold() for other in taken} | {name.casefold()}
    own = free_name(name, folded)
    assert own.casefold() not in folded
    assert len(own) <= LONGEST_NAME


ENTRY = st.dictionaries(
    st.sampled_from(["name", "system_prompt", "voice", "language", "speech_rate", "x"]),
    st.one_of(st.booleans(), st.integers(-2, 2), st.floats(), st.text(max_size=50), st.sampled_from(["Ann", "ann"])),
    max_size=4,
)


@pytest.mark.reader
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(ENTRY, min_size=1, max_size=5), st.one_of(st.text(max_size=8), st.just("Ann"), st.integers()))
def test_no_file_loses_a_persona(path: Path, entries: list[dict[str, object]], persona: object) -> None:
    path.write_text(tomli_w.dumps({"persona": persona, "personas": entries}), encoding="utf-8")
    loaded = load_settings(path).settings
    assert len(loaded.personas) == len(entries)
    save_settings(path, loaded)
    assert load_settings(path).settings == loaded
    assert load_settings(path).notices == ()

"""Which models and which voice the chosen persona gets."""

import argparse
from dataclasses import replace
from pathlib import Path

import pytest

from companion import cli_models, compose
from companion.catalog import Catalog
from companion.engine.errors import CompanionError, ModelMissingError
from companion.manifest import parse_manifest
from companion.settings import ModelSettings, PerformanceSettings, PersonaSettings, Settings, save_settings
from tests.conftest import ExpectLog
from tests.unit.model_factory import hub_source, install, manifest_text, model_text


def with_french(models_dir: Path, *, installed: bool) -> Catalog:
    """Return a catalogue with "small" in English, "small" and "large" in French, and a voice of no set."""
    text = manifest_text()
    sets, rest = text.split("[[model]]", 1)
    english = sets.partition("[[set]]")[2]
    for name in ("large", "small"):
        french = english.replace('name = "small"', f'name = "{name}"').replace('"en"', '"fr"')
        sets += "[[set]]" + french.replace('"Small"', f'"{name} in French"').replace('"brain"', '"cerveau"')
    for role, model_id in (("llm", "cerveau"), ("tts", "amy")):
        rest += model_text(model_id, role, {"only.bin": model_id.encode()}, hub_source())
    # Ears, gate and mouth of the English set stand for those of the French one.
    text = (sets + "[[model]]" + rest).replace('languages = ["en"]', 'languages = ["*"]')
    catalog = Catalog(parse_manifest(text), models_dir)
    install(catalog)
    if not installed:
        catalog.path(catalog.models["cerveau"], catalog.models["cerveau"].main_file).unlink()
    return catalog


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    made = with_french(tmp_path, installed=True)
    monkeypatch.setattr(Catalog, "load", lambda: made)
    return made


def settings(**persona: object) -> Settings:
    return Settings(
        models=ModelSettings(set="small"),
        personas=(PersonaSettings(**persona),),  # type: ignore[arg-type]
    )


def test_a_persona_without_a_language_gets_the_chosen_set(catalog: Catalog) -> None:
    config = compose.engine_config(settings())
    assert config.llm.model_file.parent.name == "brain"
    assert config.stt.language == "en"


def test_a_persona_of_another_language_gets_the_same_set_in_it(catalog: Catalog) -> None:
    chosen = compose.model_set(settings(language="fr"))
    assert (chosen.name, chosen.language) == ("small", "fr")
    assert compose.engine_config(settings(language="fr")).stt.language == "fr"


def test_without_models_of_the_language_the_sentence_names_what_to_download(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Catalog, "load", lambda: with_french(tmp_path, installed=False))
    with pytest.raises(ModelMissingError) as refused:
        compose.engine_config(settings(language="fr"))
    assert refused.value.code == "language-not-installed"
    assert "small in French" in refused.value.hint
    with pytest.raises(CompanionError, match="'de'"):
        compose.engine_config(settings(language="de"))


def test_the_persona_s_voice_speaks_if_it_is_there(catalog: Catalog, expect_log: ExpectLog) -> None:
    assert compose.engine_config(settings(voice="amy")).tts.voice_file.parent.name == "amy"
    assert compose.engine_config(settings(voice="brain")).tts.voice_file.parent.name == "mouth", "that is no voice"
    expect_log("voice is not used: model-unknown")
    assert compose.engine_config(settings(voice="gone")).tts.voice_file.parent.name == "mouth"


def test_no_more_cores_are_planned_with_than_there_are(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "available_cores", lambda: 4)
    plans = []
    for cores in (0, 2, 64):
        plans.append(
            compose.engine_config(replace(settings(), performance=PerformanceSettings(cores=cores))).threads.llm_prefill
        )
    assert plans == [3, 1, 3]


def test_the_list_marks_the_set_that_the_persona_in_use_speaks_with_and_guards_its_models(
    catalog: Catalog, capsys: pytest.CaptureFixture[str]
) -> None:
    save_settings(compose.settings_file(), settings(language="fr"))
    parser = argparse.ArgumentParser()
    cli_models.add_parser(parser.add_subparsers())
    assert cli_models.run(parser.parse_args(["models", "list"])) == 0
    (marked,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("* ")]
    assert marked.split()[1:3] == ["small", "fr"]
    with pytest.raises(CompanionError) as refused:
        cli_models.run(parser.parse_args(["models", "remove", "cerveau"]))
    assert refused.value.code == "model-in-use"
    assert cli_models.run(parser.parse_args(["models", "remove", "brain"])) == 0, "nobody here speaks with it"

"""The catalogue: the real manifest, its rules, and the checks of the files."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion import paths
from companion.catalog import STAMP_FILE, Catalog
from companion.engine.errors import CompanionError, ModelMissingError
from companion.manifest import HubSource, InstalledSource, ManifestError, WheelSource, parse_manifest
from tests.unit.model_factory import CONTENT, install, make_catalog, manifest_text


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    made = make_catalog(tmp_path)
    install(made)
    return made


# -- the real manifest


def test_the_starter_set_needs_no_account_and_no_hub() -> None:
    for model in Catalog.load().set("starter").models:
        assert isinstance(model.sources[0], WheelSource | InstalledSource)


def test_the_larger_sets_speak_english_and_french() -> None:
    catalog = Catalog.load()
    for name in ("laptop", "rtx4090"):
        english, french = catalog.set(name), catalog.set(name, "fr")
        assert english.llm == french.llm
        assert french.tts.languages == ("fr",)
        assert isinstance(french.llm.sources[0], HubSource)


def test_a_set_says_where_the_libraries_find_its_models() -> None:
    chosen = Catalog.load(models_dir=Path("weights")).set("starter")
    assert chosen.stt_dir == Path("weights/whisper-tiny.en")
    assert chosen.vad_file == Path("weights/silero-vad-v6/silero_vad_v6.onnx")
    assert chosen.llm_file == Path("weights/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf")
    assert chosen.tts_file == Path("weights/piper-en_US-joe-medium/en_US-joe-medium.onnx")


def test_the_extra_models_belong_to_no_set_but_can_be_fetched() -> None:
    catalog = Catalog.load()
    extra = catalog.resolve(["whisper-base", "smart-turn-v3.2"])
    assert [model.role for model in extra] == ["stt", "end-of-turn"]
    assert not any(model in model_set.models for model in extra for model_set in catalog.sets)


@pytest.mark.models
def test_the_starter_models_are_what_the_manifest_says() -> None:
    catalog = Catalog.load()
    catalog.verify_set(catalog.set("starter"))


# -- the manifest's rules


def test_an_unknown_key_is_refused_with_its_place_and_the_nearest_name() -> None:
    with pytest.raises(ManifestError, match=r"model 'brain'.*'licens'.*'licence'"):
        parse_manifest(manifest_text().replace('id = "brain"', 'id = "brain"\nlicens = "MIT"'))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "brain"', 'id = "../brain"', "id"),
        ('name = "weights.gguf"', 'name = "a/b"', "name"),
        ('name = "weights.gguf"', 'name = "NUL.gguf"', "file name"),
        ('name = "weights.gguf"', 'name = "config.json"', "listed twice"),
        (f"size = {len(CONTENT)}", "size = 0", "positive"),
        (f"size = {len(CONTENT)}", "size = true", "positive"),
        (f"size = {len(CONTENT)}", 'size = "1"', "positive"),
        ('role = "llm"', 'role = "chef"', "chef"),
        ('llm = "brain"', 'llm = "mouth"', "role llm"),
        ('llm = "brain"', 'llm = "nobody"', "nobody"),
        ('language = "en"', 'language = "fr"', "does not know"),
        ('kind = "huggingface"', 'kind = "ftp"', "ftp"),
        (f'revision = "{"a" * 40}"', 'revision = "main"', "revision"),
        ('folder = "deep/er"', 'folder = "/deep"', "relative"),
        ('folder = "deep/er"', 'folder = "a/../.."', "relative"),
        ("version = 1", "version = 2", "version"),
        ("memory_mb = 1\n", "", "memory_mb is missing"),
    ],
)
def test_a_broken_rule_is_refused_with_a_sentence(old: str, new: str, said: str) -> None:
    assert old in manifest_text()
    with pytest.raises(ManifestError, match=said) as caught:
        parse_manifest(manifest_text().replace(old, new))
    assert caught.value.code == "manifest-invalid"
    assert caught.value.hint


def test_a_hash_must_be_a_hash() -> None:
    with pytest.raises(ManifestError, match="sha256"):
        parse_manifest(manifest_text().replace('sha256 = "', 'sha256 = "g', 1))


def test_members_must_name_exactly_the_files() -> None:
    source = '[[model.source]]\nkind = "wheels"\nwheels = ["a==1"]\nmembers = { "other" = ["a/b"] }\n'
    with pytest.raises(ManifestError, match="members"):
        parse_manifest(manifest_text(source=source))


def test_a_missing_manifest_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="cannot be read"):
        Catalog.load(tmp_path / "none.toml")


@pytest.mark.reader
@given(st.text(alphabet="ab./\\~:*%$-_ \0\n\u202econ1", max_size=12))
def test_no_name_in_a_manifest_leaves_the_models_folder(name: str) -> None:
    quoted = json.dumps(name)
    text = (
        manifest_text().replace('name = "weights.gguf"', f"name = {quoted}").replace('id = "mouth"', f"id = {quoted}")
    )
    try:
        manifest = parse_manifest(text.replace('tts = "mouth"', f"tts = {quoted}"))
    except ManifestError:
        return
    root = Path("/models").resolve()
    catalog = Catalog(manifest, root)
    for model in manifest.models.values():
        for file in model.files:
            path = Path(os.path.normpath(catalog.path(model, file)))
            assert path.parent.parent == root
            assert path == catalog.path(model, file)


@pytest.mark.reader
@given(st.text(alphabet="ab./\\: \0-_", max_size=12))
def test_no_member_path_is_absolute_or_climbs(member: str) -> None:
    source = (
        '[[model.source]]\nkind = "wheels"\nwheels = ["a==1"]\n'
        f'members = {{ "weights.gguf" = [{json.dumps(member)}], "config.json" = ["ok"] }}\n'
    )
    try:
        manifest = parse_manifest(manifest_text(source=source))
    except ManifestError:
        return
    [accepted] = manifest.models["brain"].sources
    assert isinstance(accepted, WheelSource)
    for part in accepted.members["weights.gguf"][0].split("/"):
        assert part not in ("", ".", "..")
        assert "\\" not in part
        assert ":" not in part


# -- choosing


def test_unknown_names_are_answered_with_the_known_ones(catalog: Catalog) -> None:
    with pytest.raises(CompanionError) as caught:
        catalog.set("large")
    assert (caught.value.code, "small" in caught.value.hint) == ("set-unknown", True)
    with pytest.raises(CompanionError) as caught:
        catalog.set("small", "fr")
    assert (caught.value.code, "en" in caught.value.hint) == ("set-language", True)
    with pytest.raises(CompanionError) as caught:
        catalog.resolve(["nothing"])
    assert caught.value.code == "model-unknown"


def test_sets_and_models_resolve_to_each_model_once(catalog: Catalog) -> None:
    assert [model.id for model in catalog.resolve(["brain", "small"])] == ["brain", "gate", "ears", "mouth"]


# -- checking files


def test_sound_files_verify_and_are_hashed_only_once(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog.verify_set(catalog.set("small"))
    hashed: list[Path] = []
    monkeypatch.setattr("companion.catalog.sha256_of", hashed.append)
    again = make_catalog(catalog.models_dir)
    again.verify_set(again.set("small"))
    assert not hashed


@pytest.mark.parametrize(
    ("damage", "code"),
    [(None, "model-missing"), (CONTENT[:-1], "model-truncated"), (CONTENT[:-1] + b"!", "model-corrupt")],
)
def test_a_bad_file_is_named_with_the_command_that_mends_it(catalog: Catalog, damage: bytes | None, code: str) -> None:
    catalog.verify_set(catalog.set("small"))  # a stamp of the sound file must not hide the damage
    weights = catalog.set("small").llm_file
    weights.unlink()
    if damage is not None:
        weights.write_bytes(damage)
    for each in (catalog, make_catalog(catalog.models_dir)):
        with pytest.raises(ModelMissingError) as caught:
            each.verify(each.model("brain"))
        assert caught.value.code == code
        assert str(weights) in caught.value.message
        assert caught.value.hint == "Get it with: companion models pull small"


def test_a_longer_file_is_corrupt_and_a_folder_is_missing(catalog: Catalog) -> None:
    weights = catalog.set("small").llm_file
    weights.write_bytes(CONTENT + b"!")
    assert [problem.kind for problem in catalog.problems(catalog.model("brain"))] == ["corrupt"]
    weights.unlink()
    weights.mkdir()
    assert [problem.kind for problem in catalog.problems(catalog.model("brain"))] == ["missing"]


def test_damage_that_keeps_size_and_time_is_found_by_a_thorough_check(catalog: Catalog) -> None:
    brain, weights = catalog.model("brain"), catalog.set("small").llm_file
    catalog.verify(brain)
    times = (weights.stat().st_atime_ns, weights.stat().st_mtime_ns)
    weights.write_bytes(CONTENT[:-1] + b"!")
    os.utime(weights, ns=times)
    catalog.verify(brain)
    with pytest.raises(ModelMissingError):
        catalog.verify(brain, thorough=True)


@pytest.mark.parametrize("stamps", ["", "{", "[]", '{"brain/weights.gguf": 3}', "\0"])
def test_a_spoilt_stamp_file_only_costs_hashing(catalog: Catalog, stamps: str) -> None:
    (catalog.models_dir / STAMP_FILE).write_text(stamps)
    catalog.verify_set(catalog.set("small"))
    assert "brain/weights.gguf" in json.loads((catalog.models_dir / STAMP_FILE).read_text())


def test_stamps_of_another_process_are_kept(catalog: Catalog) -> None:
    other = make_catalog(catalog.models_dir)
    catalog.verify(catalog.model("ears"))
    other.verify(other.model("mouth"))
    catalog.verify(catalog.model("gate"))
    stamps = json.loads((catalog.models_dir / STAMP_FILE).read_text())
    assert {"ears/only.bin", "mouth/only.bin", "gate/only.bin"} <= stamps.keys()


def test_a_folder_that_cannot_be_written_still_verifies(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    catalog.verify_set(catalog.set("small"))
    assert not (catalog.models_dir / STAMP_FILE).exists()


def test_nothing_is_left_beside_the_stamps(catalog: Catalog) -> None:
    catalog.verify_set(catalog.set("small"))
    assert {path.name for path in catalog.models_dir.iterdir() if path.is_file()} == {STAMP_FILE}


def test_the_manifest_lies_where_the_program_looks() -> None:
    assert paths.manifest_file().is_file()

"""The settings file: whatever is in it, the program starts and says what is wrong."""

import ctypes
import dataclasses
import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from companion import settings as module
from companion.engine.config import DEFAULT_SYSTEM_PROMPT, AudioConfig, LlmConfig, ThreadPlan
from companion.engine.errors import SettingsError
from companion.settings import (
    FORMAT,
    FROM_SET,
    AppearanceSettings,
    HotkeySettings,
    LoadedSettings,
    ModelSettings,
    PersonaSettings,
    PrivacySettings,
    Settings,
    build_engine_config,
    load_settings,
    save_settings,
)
from companion.settings_file import MAX_FILE_BYTES, SettingsFormat
from tests.cases import cases

SECTIONS = {name.partition(".")[0] for name in FORMAT.names if "." in name} - {"personas"}
KEYS = {name.partition(".")[2] for name in FORMAT.names if "." in name}

MODELS = SimpleNamespace(
    stt_dir=Path("m/stt"), vad_file=Path("m/vad.onnx"), llm_file=Path("m/llm.gguf"), tts_file=Path("m/voice.onnx")
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


def written(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_no_file_means_the_defaults_and_no_notice(path: Path) -> None:
    loaded = load_settings(path)
    assert loaded.settings == Settings()
    assert loaded.notices == ()


def test_what_was_saved_is_read_again(path: Path) -> None:
    changed = Settings(
        models=ModelSettings(set="rtx4090", language="fr"),
        hotkey=HotkeySettings(keys="alt+shift+k"),
        audio=AudioConfig(microphone='Mic "1" \\ é', volume=0.5, keep_microphone_open=False),
        llm=LlmConfig(model_file=Path("own/model.gguf"), context_tokens=4096, max_reply_tokens=2048),
        appearance=AppearanceSettings(theme="dark"),
        privacy=PrivacySettings(keep_history=False),
        personas=(PersonaSettings(), PersonaSettings(name="Ré", system_prompt='Be "kind".\n', speech_rate=1.2)),
        persona="Ré",
    )
    save_settings(path, changed)
    assert load_settings(path) == module.LoadedSettings(settings=changed)
    save_settings(path, Settings())
    assert load_settings(path).settings == Settings()


def test_the_file_holds_only_what_differs_and_is_private(path: Path) -> None:
    save_settings(path, Settings(audio=AudioConfig(volume=0.5)))
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    assert lines == ["version = 2", "[audio]", "volume = 0.5"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["settings.toml"]


def test_every_problem_is_told_and_the_rest_is_used(path: Path) -> None:
    text = """
        colour = "red"
        turn = 3
        [audio]
        volume = 11
        pre_roll_s = 1
        keep_microphone_open = "yes"
        [llm]
        temprature = 0.1
        top_p = nan
        gpu_layers = 7.0
        [sst]
        device = "cpu"
        [tts]
        volume = 1.0
        device = true
        [hotkey]
        keys = "space"
    """
    loaded = load_settings(written(path, text))
    assert loaded.notices == (
        "colour is not a setting.",
        "turn must be a section, written [turn]; its defaults are used.",
        "audio.keep_microphone_open must be true or false; the default (True) is used.",
        "audio.volume must be between 0 and 1; the default (1.0) is used.",
        "llm.temprature is not a setting; did you mean llm.temperature?",
        "llm.gpu_layers must be a whole number; the default (-1) is used.",
        "llm.top_p must be above 0 and at most 1; the default (0.9) is used.",
        "[sst] is not a setting; did you mean [stt]?",
        "tts.volume is not a setting; did you mean audio.volume?",
        "tts.device must be text; the default (auto) is used.",
        "hotkey.keys: The hotkey “space” would get in the way of typing; add ctrl, alt or super; "
        "the default (ctrl+space) is used.",
    )
    assert loaded.settings == Settings(audio=AudioConfig(pre_roll_s=1.0))


@pytest.mark.parametrize(
    "order",
    [("context_tokens = 8192", "max_reply_tokens = 3000"), ("max_reply_tokens = 3000", "context_tokens = 8192")],
)
@pytest.mark.parametrize("bad", ["", "temperature = 9"])
def test_values_that_are_good_only_together(path: Path, order: tuple[str, str], bad: str) -> None:
    loaded = load_settings(written(path, "\n".join(["[llm]", *order, bad])))
    assert loaded.settings.llm.context_tokens == 8192
    assert loaded.settings.llm.max_reply_tokens == 3000
    assert len(loaded.notices) == bool(bad)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"\xff\xfe\x00broken", "not text in UTF-8"),
        (b"volume = = 1", "not valid TOML"),
        (b"a = " + b"[" * 100_000, "not valid TOML"),
        (b"a = " + b"9" * 10_000, "not valid TOML"),
        (b"#" * (MAX_FILE_BYTES + 1), "larger than 256 KiB"),
        (bytes(range(256)), "not text in UTF-8"),
    ],
    ids=["utf-16", "syntax", "nested", "number", "huge", "binary"],
)
def test_a_broken_file_is_kept_aside(path: Path, content: bytes, part: str) -> None:
    loaded = load_settings(written(path, content))
    assert loaded.settings == Settings()
    (notice,) = loaded.notices
    assert part in notice
    assert "settings.toml.broken" in notice
    kept = path.with_name("settings.toml.broken")
    assert kept.read_bytes() == path.read_bytes() == content
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    save_settings(path, Settings())
    assert load_settings(path).notices == ()
    assert kept.read_bytes() == content


def test_a_byte_order_mark_is_no_problem(path: Path) -> None:
    assert load_settings(written(path, b"\xef\xbb\xbf[audio]\r\nvolume = 0\r\n")).settings.audio.volume == 0


def test_what_is_no_file_is_told_and_moved_aside_when_saving(path: Path) -> None:
    path.mkdir(parents=True)
    loaded = load_settings(path)
    assert loaded.settings == Settings()
    assert "cannot be read" in loaded.notices[0]
    save_settings(path, Settings(audio=AudioConfig(volume=0.0)))
    assert load_settings(path).settings.audio.volume == 0
    assert path.with_name("settings.toml.broken").is_dir()


@contextmanager
def bound_by_modes() -> Iterator[None]:
    """Take from this thread what lets the superuser read every file (capabilities(7)), for a while."""
    if os.geteuid() != 0:
        yield
        return
    system = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # version 3, this thread
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; twice 32 bits
    assert system.capget(header, sets) == 0
    effective = sets[0]
    sets[0] = effective & ~0b110  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH
    assert system.capset(header, sets) == 0
    try:
        yield
    finally:
        sets[0] = effective
        assert system.capset(header, sets) == 0


@pytest.mark.skipif(os.geteuid() == 0 and sys.platform != "linux", reason="the superuser reads everything")
def test_an_unreadable_file_is_told_and_moved_aside_when_saving(path: Path) -> None:
    written(path, "version = 1").chmod(0)
    with bound_by_modes():
        assert "cannot be read" in load_settings(path).notices[0]
        save_settings(path, Settings())
    assert path.with_name("settings.toml.broken").exists()


def test_saving_that_fails_leaves_the_old_file_and_no_rest(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_settings(path, Settings(audio=AudioConfig(volume=0.25)))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError, match="No space left") as caught:
        save_settings(path, Settings())
    assert caught.value.code == "settings-not-saved"
    assert load_settings(path).settings.audio.volume == 0.25
    assert [entry.name for entry in path.parent.iterdir()] == ["settings.toml"]


@pytest.mark.skipif(sys.platform == "win32", reason="descriptors are not limited there")
def test_saving_with_no_file_to_be_opened_leaves_the_old_one_where_it_is(path: Path) -> None:
    import resource

    save_settings(path, Settings(audio=AudioConfig(volume=0.25)))
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, limits[1]))
    try:
        with pytest.raises(SettingsError, match="could not be saved"):
            save_settings(path, Settings())
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert load_settings(path).settings.audio.volume == 0.25
    assert [entry.name for entry in path.parent.iterdir()] == ["settings.toml"]


@pytest.mark.parametrize("version", ["0", "-1", '"1"', "true", "1.0"])
def test_a_senseless_version_is_told(path: Path, version: str) -> None:
    loaded = load_settings(written(path, f"version = {version}\n[audio]\nvolume = 0.5"))
    assert loaded.settings.audio.volume == 0.5
    assert "version must be a whole number" in loaded.notices[0]


def test_a_newer_version_is_told(path: Path) -> None:
    loaded = load_settings(written(path, "version = 99\n[audio]\nvolume = 0.5"))
    assert loaded.settings.audio.volume == 0.5
    assert "newer Companion (version 99)" in loaded.notices[0]


def test_an_older_version_is_migrated_step_by_step(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = (
        lambda table: {"sound": {"loudness": table["loudness"]}},
        lambda table: {"audio": {"volume": table["sound"]["loudness"] / 10}},
    )
    monkeypatch.setattr(module, "FORMAT", SettingsFormat(Settings(), migrations=steps))
    assert load_settings(written(path, "version = 1\nloudness = 5")).settings.audio.volume == 0.5
    assert load_settings(written(path, "version = 2\n[sound]\nloudness = 5")).settings.audio.volume == 0.5
    save_settings(path, Settings())
    assert "version = 3" in path.read_text()


@pytest.mark.reader
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*sorted(KEYS), "x"]),
        st.one_of(
            st.booleans(),
            st.integers(),
            st.floats(),
            st.text(max_size=20),
            st.lists(st.integers(), max_size=2),
            st.dictionaries(st.sampled_from("ab"), st.integers(0, 3), max_size=2),
            st.dates(),
            st.times(),
        ),
        max_size=8,
    ),
    st.sampled_from([*sorted(SECTIONS), "x"]),
)
def test_any_table_gives_settings_and_one_notice_for_each_value_refused(
    path: Path, table: dict[str, object], section: str
) -> None:
    import tomli_w

    loaded = load_settings(written(path, tomli_w.dumps({section: table})))
    if section == "x":
        assert len(loaded.notices) == 1
        return
    taken = getattr(loaded.settings, section)
    for key, value in table.items():
        known = f"{section}.{key}" in FORMAT.names
        if known and getattr(taken, key) != getattr(getattr(Settings(), section), key):
            assert str(getattr(taken, key)) == str(value) or getattr(taken, key) == value
    assert len(loaded.notices) <= len(table)


@pytest.mark.reader
@given(st.binary(max_size=200))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_bytes_give_settings(path: Path, content: bytes) -> None:
    assert isinstance(load_settings(written(path, content)).settings, Settings)


_HUGE = "0x" + "f" * 6000


@pytest.mark.parametrize(
    ("content", "notice"),
    [
        (f"version = {_HUGE}\n", "version must be a whole number"),
        (f"[[personas]]\nname = {_HUGE}\n", "personas.name cannot be"),
        (f"[audio]\nvolume = {_HUGE}\n", "audio.volume must be a number"),
        (f"[turn]\nmax_hold_s = {_HUGE}\n", "turn.max_hold_s"),
        (f"version = 1\n[tts]\nrate = {_HUGE}\n[llm]\ncontext_tokens = {_HUGE}\n", "llm.context_tokens"),
    ],
)
def test_a_number_too_large_to_be_written_out_is_told_like_any_other(path: Path, content: str, notice: str) -> None:
    loaded = load_settings(written(path, content))
    assert notice in loaded.notices[0]
    save_settings(path, loaded.settings)
    assert load_settings(path) == LoadedSettings(settings=loaded.settings)


_REAL = """version = 2
persona = "Ann"

[[personas]]
name = "Ann"
speech_rate = 1.25

[[personas]]
name = "Ben"
language = "fr"

[audio]
volume = 0.5

[turn]
pause_s = 0.3
max_hold_s = 60

[llm]
context_tokens = 4096

[appearance]
theme = "dark"
"""
_TOKENS = (_HUGE, "-1", "nan", "-inf", "1e999", '""', '"\\u0000"', "[]", "[[]]", "{}", "1979-05-27", "true", "[" * 3000)


@pytest.mark.reader
@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=cases(200)
)
@given(
    st.lists(st.tuples(st.integers(0, len(_REAL)), st.integers(0, 6), st.text(max_size=3)), max_size=3),
    st.lists(st.tuples(st.integers(0, 20), st.sampled_from(_TOKENS)), max_size=2),
)
def test_a_real_file_changed_anywhere_gives_settings_that_can_be_saved(
    path: Path, changes: list[tuple[int, int, str]], values: list[tuple[int, str]]
) -> None:
    text = _REAL
    for place, token in values:
        found = [*re.finditer(r"(?<= = ).+", text)]
        begin, end = found[place % len(found)].span()
        text = text[:begin] + token + text[end:]
    for at, length, instead in changes:
        text = text[:at] + instead + text[at + length :]
    for broken in path.parent.glob("*.broken*"):
        broken.unlink()
    loaded = load_settings(written(path, text.encode("utf-8", "replace")))
    save_settings(path, loaded.settings)
    assert load_settings(path) == LoadedSettings(settings=loaded.settings)


def test_the_engine_gets_the_set_s_models_unless_the_user_names_one() -> None:
    threads = ThreadPlan(stt=2)
    config = build_engine_config(Settings(models=ModelSettings(language="fr")), MODELS, threads)
    assert config.llm.system_prompt == DEFAULT_SYSTEM_PROMPT
    assert (config.stt.model_dir, config.stt.vad_model) == (MODELS.stt_dir, MODELS.vad_file)
    assert (config.llm.model_file, config.tts.voice_file) == (MODELS.llm_file, MODELS.tts_file)
    assert config.stt.language == "fr"
    assert config.threads is threads
    own = dataclasses.replace(Settings(), llm=LlmConfig(model_file=Path("own.gguf"), temperature=0.1))
    config = build_engine_config(own, MODELS, threads)
    assert config.llm.model_file == Path("own.gguf")
    assert config.llm.temperature == 0.1


def test_no_setting_is_left_for_the_engine_to_stumble_over() -> None:
    config = build_engine_config(Settings(), MODELS, ThreadPlan())
    for part in (config.stt, config.llm, config.tts):
        assert FROM_SET not in [getattr(part, one.name) for one in dataclasses.fields(part)]

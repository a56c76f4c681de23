"""Files that are broken are said to be so, kept beside, and never stop the program."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from companion.manifest import ManifestError, parse_manifest
from companion.settings import Settings, load_settings, save_settings
from companion.ui.window_state import WindowState
from tests.cases import cases


def test_a_second_broken_settings_file_does_not_replace_the_first_that_was_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    for content in (b"first = =", b"second = =", b"second = ="):
        path.write_bytes(content)
        (notice,) = load_settings(path).notices
    assert "settings.toml.broken-2" in notice
    assert path.with_name("settings.toml.broken").read_bytes() == b"first = ="
    assert path.with_name("settings.toml.broken-2").read_bytes() == b"second = ="
    assert len(list(tmp_path.glob("settings.toml*"))) == 3, "the same content is kept once"


def test_a_folder_in_the_place_of_the_settings_is_kept_beside_an_earlier_one(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    earlier = tmp_path / "settings.toml.broken"
    for folder in (earlier, path):
        folder.mkdir()
        (folder / "mine").write_text(folder.name)
    save_settings(path, Settings())
    assert load_settings(path).notices == ()
    assert (earlier / "mine").read_text() == "settings.toml.broken"
    assert (tmp_path / "settings.toml.broken-2" / "mine").read_text() == "settings.toml"


def test_a_link_to_nowhere_means_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.symlink_to(tmp_path / "gone")
    assert load_settings(path).settings == Settings()
    save_settings(path, Settings())
    assert path.is_file()


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "9" * 10_000], ids=["nested", "number"])
def test_a_list_of_models_that_python_cannot_hold_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ManifestError, match="not valid TOML"):
        parse_manifest(text)


@pytest.mark.reader
@given(st.text(max_size=400) | st.text("[]{}=\"'\n.,19aversionmodels ", max_size=400))
@bounds(max_examples=cases(200), deadline=None)
def test_any_text_is_a_list_of_models_or_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ManifestError):
        parse_manifest(text)


@pytest.mark.reader
@given(st.binary(max_size=300) | st.text('{}[]:,"a1', max_size=50).map(str.encode))
@bounds(max_examples=cases(200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_window_state(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "window.json"
    path.write_bytes(content)
    state = WindowState(path)
    state.put("page", "two")
    state.save()
    assert WindowState(path).get("page") == "two"

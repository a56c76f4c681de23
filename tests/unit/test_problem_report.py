"""The problem report: what it holds, and above all what it does not."""

import logging
import re
import stat
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from companion import cli, paths, problem_report
from companion.engine.errors import CompanionError
from companion.history.schema import FILE_NAME as HISTORY_FILE
from companion.history.store import HistoryStore
from companion.log import CRASH_FILE, LOG_FILE, set_up_logging
from companion.problem_report import Part, make_report, write_report
from companion.settings import LoadedSettings, PersonaSettings, Settings, save_settings
from tests.conftest import ExpectLog
from tests.history.talks import keep

SAID = "My grandmother hid seven xylophones beneath the orangery"
ANSWERED = "Seven xylophones make a splendid quodlibet, Wilhelmina"
TITLE = "Wilhelmina's whatnots"
PROMPT = "You are a curmudgeonly lighthouse keeper from Fuerteventura. Never mention gherkins."
PERSONA = "Bartholomew"
TEXTS = (SAID, ANSWERED, TITLE, PROMPT, PERSONA)
UNUSUAL = (
    "grandmother", "xylophones", "orangery", "splendid", "quodlibet", "wilhelmina", "whatnots", "curmudgeonly",
    "lighthouse", "fuerteventura", "gherkins", "bartholomew",
)  # fmt: skip


def read(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def assert_nothing_said(
    files: dict[str, str], texts: tuple[str, ...] = TEXTS, words: tuple[str, ...] = UNUSUAL
) -> None:
    """Search every file for each text, for each unusual word of it, and for each run of four of its words."""
    for name, content in files.items():
        folded = " ".join(content.casefold().split())
        bare = " ".join(re.findall(r"[^\W_]+", folded))
        for text in texts:
            assert text.casefold() not in folded, name
            spoken = re.findall(r"[^\W_]+", text.casefold())
            for at in range(len(spoken) - 3):
                assert " ".join(spoken[at : at + 4]) not in bare, name
        for word in words:
            assert word not in folded, f"{word} is in {name}"


@pytest.fixture
def settings() -> LoadedSettings:
    persona = PersonaSettings(name=PERSONA, system_prompt=PROMPT, speech_rate=1.2)
    made = replace(Settings(), personas=(PersonaSettings(), persona), persona=PERSONA)
    save_settings(paths.config_dir() / "settings.toml", made)
    return LoadedSettings(settings=made)


@pytest.fixture
def conversations() -> None:
    store = HistoryStore(paths.data_dir() / HISTORY_FILE)
    kept = keep(store, SAID, ANSWERED)
    store.rename(kept, TITLE)
    deleted = keep(store, "The gherkins are for Bartholomew")
    store.delete([deleted])
    store.close()


def test_it_holds_no_word_that_was_said_even_if_a_library_put_it_into_the_log(
    settings: LoadedSettings, conversations: None, expect_log: ExpectLog
) -> None:
    expect_log("^")
    set_up_logging(paths.log_dir())
    log = logging.getLogger("some.library")
    log.warning("cannot pronounce %r", SAID)
    log.error("one word: %s", "XYLOPHONES")
    try:
        raise ValueError(f"unexpected input: {ANSWERED}\nsecond line: {PROMPT}")
    except ValueError:
        log.exception("it failed")
    (paths.log_dir() / CRASH_FILE).write_text('Fatal Python error: Aborted\n  File "whatnots.py", line 3 in run\n')
    path = paths.data_dir() / "r.zip"
    write_report(path, make_report(settings, [f"note   settings    {PERSONA} cannot be used", "ok     machine"]))
    files = read(path)
    assert_nothing_said(files)
    log_text = files[f"log/{LOG_FILE}"]
    assert "it failed" in log_text
    assert "in test_it_holds_no_word" in log_text, "the place stays"
    assert "ValueError: [left out]" in log_text
    assert "Fatal Python error: Aborted" in files[f"crash/{CRASH_FILE}"]
    assert "ok     machine" in files["doctor.txt"]


def test_the_search_itself_would_find_a_word() -> None:
    with pytest.raises(AssertionError, match="orangery is in f"):
        assert_nothing_said({"f": "the ORANGERY"})
    with pytest.raises(AssertionError, match="f"):
        assert_nothing_said({"f": "Never mention: gherkins, ever"}, ("Well, never mention gherkins, ever",), ())


def test_a_persona_is_told_by_its_figures_alone(settings: LoadedSettings) -> None:
    (text,) = [part.text for part in make_report(settings, []) if part.name == "settings.txt"]
    (line,) = [line for line in text.splitlines() if line.startswith("persona 2")]
    assert "speed = 1.2" in line
    assert f"the user's own ({len(PROMPT)} characters)    (in use)" in line


def test_words_of_a_settings_file_that_cannot_be_read_are_words_of_the_user(expect_log: ExpectLog) -> None:
    expect_log("orangery|broken")
    file = paths.config_dir() / "settings.toml"
    file.write_text(f'[[personas]]\nsystem_prompt = "{SAID}\n')
    set_up_logging(paths.log_dir())
    logging.getLogger("companion.x").warning("broken near: orangery")
    assert_nothing_said(
        {part.name: part.text for part in make_report(LoadedSettings(settings=Settings(), notices=("bad",)), [])}
    )


@pytest.mark.skipif(sys.platform == "win32", reason="modes of Unix")
def test_names_and_folders_of_the_user_are_replaced_and_the_archive_is_private(
    settings: LoadedSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("USER", "wilhelmina")
    home = str(Path.home())
    found = [f"broken folders {home}/Music of wilhelmina", f"data: {paths.data_dir()}/x"]
    path = tmp_path / "r.zip"
    path.write_text("old")
    path.chmod(0o644)
    write_report(path, make_report(settings, found))
    files = read(path)
    assert files["doctor.txt"].splitlines() == ["broken folders ~/Music of [user]", "data: [data]/x"]
    assert not [name for name, text in files.items() if home in text]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_file_is_explained_before_and_in_the_report(settings: LoadedSettings) -> None:
    set_up_logging(paths.log_dir())
    (paths.log_dir() / "crash-old.txt").write_text("Fatal Python error: Bus error\n")
    parts = make_report(settings, [])
    assert {"log/companion.log", "crash/crash-old.txt"} < {part.name for part in parts}
    assert [part.name for part in parts if not part.sentence] == []
    readme = parts[0].text
    assert readme.startswith(problem_report.INTRODUCTION)
    assert [part.name for part in parts[1:] if part.name not in readme or part.sentence not in readme] == []


def test_conversations_that_cannot_be_read_are_said(settings: LoadedSettings) -> None:
    (paths.data_dir() / HISTORY_FILE).write_bytes(b"SQLite format 3\0" + bytes(3000))
    readme = make_report(settings, [])[0].text
    assert problem_report.UNCHECKED in readme


def test_a_report_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CompanionError) as caught:
        write_report(tmp_path / "no folder" / "r.zip", [Part(name="a", text="b")])
    assert caught.value.code == "report-unwritable"
    assert "Choose another folder" in caught.value.hint


def test_the_command_writes_it_and_lists_what_is_in_it(
    tmp_path: Path, conversations: None, settings: LoadedSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "r.zip"
    assert cli.main(["report", str(path)]) == 0
    printed = capsys.readouterr().out
    files = read(path)
    assert_nothing_said(files | {"printed": printed})
    for name in files:
        assert name in printed
    assert "offline" in files["doctor.txt"]
    assert "Companion: " in files["versions.txt"]

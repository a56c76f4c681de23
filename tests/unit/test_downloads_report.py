"""What a download tells, the command that starts it, and `companion models`."""

import argparse
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from companion import cli_models, fetch, paths
from companion.catalog import Catalog
from companion.download_report import JsonReporter, TerminalReporter, megabytes
from companion.engine.errors import CompanionError, DownloadError
from tests.unit.model_factory import CONTENT, install, make_catalog, manifest_text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


# -- reports


def test_json_lines_tell_size_speed_and_end(tmp_path: Path) -> None:
    brain, stream, clock = make_catalog(tmp_path).model("brain"), io.StringIO(), Clock()
    report = JsonReporter(stream, clock)
    report.started(brain, 1, 2)
    report.progress(brain, 0)
    clock.now_s += 0.1
    report.progress(brain, 50_000)  # too soon to tell
    clock.now_s += 0.4
    report.progress(brain, 100_000)
    report.verified(brain)
    report.error(DownloadError("some-code", "It failed.", hint="Do this."))
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert lines == [
        {"event": "started", "model": "brain", "title": "The brain", "size": brain.size, "number": 1, "count": 2},
        {"event": "progress", "model": "brain", "done": 0, "size": brain.size, "bytes_per_s": 0},
        {"event": "progress", "model": "brain", "done": 100_000, "size": brain.size, "bytes_per_s": 200_000},
        {"event": "verified", "model": "brain"},
        {"event": "error", "code": "some-code", "message": "It failed.", "hint": "Do this."},
    ]


def test_a_bar_shows_share_speed_and_rest(tmp_path: Path) -> None:
    brain, terminal, clock = make_catalog(tmp_path).model("brain"), Terminal(), Clock()
    report = TerminalReporter(terminal, clock)
    report.started(brain, 1, 1)
    report.progress(brain, 0)
    clock.now_s += 1
    report.progress(brain, brain.size // 2)
    shown = terminal.getvalue().rsplit("\r", 1)[-1]
    assert "###############..............." in shown
    assert " 50%" in shown
    assert "262 kB/s, 1 s left" in shown


def test_no_bar_is_drawn_into_a_file(tmp_path: Path) -> None:
    brain, stream = make_catalog(tmp_path).model("brain"), io.StringIO()
    report = TerminalReporter(stream)
    report.started(brain, 1, 1)
    report.progress(brain, 10)
    report.verified(brain)
    report.done([brain])
    assert stream.getvalue().splitlines() == [
        "[1/1] The brain: 524 kB",
        "The brain: installed and verified.",
        "The model is in place.",
    ]


@pytest.mark.parametrize(("size", "text"), [(900, "1 kB"), (78_090_594, "78 MB"), (6_596_011_424, "6.6 GB")])
def test_sizes_are_for_people(size: int, text: str) -> None:
    assert megabytes(size) == text


# -- room and command


def test_too_little_room_is_told_before_anything_is_fetched(tmp_path: Path) -> None:
    with pytest.raises(DownloadError) as caught:
        fetch.require_room(tmp_path, 1 << 60)
    assert caught.value.code == "disk-full"
    assert "Free " in caught.value.hint


def test_the_download_process_runs_from_anywhere_without_network(tmp_path: Path) -> None:
    (tmp_path / "companion.py").write_text("raise RuntimeError('found in the current folder')")
    shown = subprocess.run(
        fetch.download_command("no-such-set", "--json"),
        env=fetch.download_environment(), cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert shown.returncode == 2
    assert json.loads(shown.stdout)["code"] == "model-unknown"


@pytest.mark.models
def test_the_script_is_content_when_everything_is_there(tmp_path: Path) -> None:
    script = paths.package_dir().parent / "scripts" / "download_models.py"
    shown = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert (shown.returncode, shown.stdout) == (0, "All 4 models are in place.\n")


def test_replacing_a_file_in_use_is_a_sentence_and_keeps_the_download(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = make_catalog(tmp_path)
    brain = catalog.model("brain")
    part = fetch.part_path(catalog.path(brain, brain.main_file))
    part.parent.mkdir()
    part.write_bytes(CONTENT)

    def refuse(*_: object) -> None:
        raise PermissionError("in use")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(DownloadError) as caught:
        fetch.put_in_place(catalog, brain, brain.main_file)
    assert caught.value.code == "file-in-use"
    assert part.exists()


# -- companion models


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    made = make_catalog(tmp_path / "models", manifest_text())
    install(made)
    monkeypatch.setattr(Catalog, "load", lambda: made)
    monkeypatch.setattr(cli_models, "_chosen_set", lambda catalog: catalog.set("small"))
    return made


def models(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    cli_models.add_parser(parser.add_subparsers())
    args = parser.parse_args(["models", *arguments])
    return int(args.run(args))


def test_the_list_shows_what_is_installed(catalog: Catalog, capsys: pytest.CaptureFixture[str]) -> None:
    assert models() == 0
    assert "* small" in capsys.readouterr().out
    catalog.set("small").llm_file.unlink()
    assert models("list") == 0
    assert "524 kB to fetch" in capsys.readouterr().out


def test_verify_hashes_again_and_names_the_remedy(catalog: Catalog, capsys: pytest.CaptureFixture[str]) -> None:
    assert models("verify") == 0
    catalog.set("small").llm_file.write_bytes(CONTENT[:-1] + b"!")
    assert models("verify", "small") == 1
    assert "companion models pull small" in capsys.readouterr().out


def test_a_model_of_the_chosen_set_is_removed_only_by_force(catalog: Catalog) -> None:
    weights = catalog.set("small").llm_file
    with pytest.raises(CompanionError) as caught:
        models("remove", "brain")
    assert caught.value.code == "model-in-use"
    assert weights.exists()
    weights.with_name("weights.gguf.part").touch()
    assert models("remove", "brain", "--force") == 0
    assert not weights.parent.exists()


def test_a_foreign_file_in_a_models_folder_survives(catalog: Catalog) -> None:
    mine = catalog.set("small").llm_file.with_name("notes.txt")
    mine.write_text("mine")
    assert models("remove", "brain", "--force") == 0
    assert list(mine.parent.iterdir()) == [mine]


def test_pull_runs_the_download_process(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []

    def run(*arguments: str) -> int:
        asked.append(arguments)
        return 3

    monkeypatch.setattr(cli_models, "run_download", run)
    assert models("pull", "small", "--language", "en") == 3
    assert asked == [("small", "--language", "en")]
    with pytest.raises(CompanionError):
        models("pull", "small", "--language", "fr")

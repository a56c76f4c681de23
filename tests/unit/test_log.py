"""The log file: private, rotating, and without anything that was said."""

import logging
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from companion import log
from companion.engine.errors import CompanionError
from tests.conftest import ExpectLog

needs_modes = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@needs_modes
def test_files_and_folder_are_for_the_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "logs"

    path = log.set_up_logging(folder)

    assert path == folder / "companion.log"
    assert [mode_of(folder), mode_of(path), mode_of(folder / log.COMMAND_CRASH_FILE)] == [0o700, 0o600, 0o600]


@needs_modes
def test_a_file_left_readable_is_closed_to_others(tmp_path: Path) -> None:
    left = tmp_path / "companion.log"
    left.write_text("earlier\n")
    left.chmod(0o644)

    log.set_up_logging(tmp_path)

    assert mode_of(left) == 0o600
    assert left.read_text().startswith("earlier")


def test_a_record_names_its_thread_and_level(tmp_path: Path) -> None:
    path = log.set_up_logging(tmp_path)

    logger = logging.getLogger("companion.engine")
    thread = threading.Thread(target=logger.info, args=("loaded in %d ms", 260), name="stt")
    thread.start()
    thread.join()

    assert path.read_text().rstrip().endswith("INFO    stt companion.engine: loaded in 260 ms")


def test_details_are_kept_only_when_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("companion.engine")
    path = log.set_up_logging(tmp_path)
    logger.debug("quiet detail")
    assert "quiet detail" not in path.read_text()

    log.set_up_logging(tmp_path, verbose=True)
    logger.debug("asked detail")

    assert path.read_text().count("asked detail") == 1
    assert capsys.readouterr().err.count("asked detail") == 1


@pytest.mark.parametrize("verbose", [False, True])
def test_libraries_cannot_log_what_was_said(tmp_path: Path, expect_log: ExpectLog, verbose: bool) -> None:
    expect_log("piper.voice WARNING")
    path = log.set_up_logging(tmp_path, verbose=verbose)

    logging.getLogger("piper.phonemize_thai").warning("No phonemes for Thai run: %s", "my secret")
    # A library may give one of its own loggers a level; the handlers refuse the record all the same.
    own = logging.getLogger("piper.voice")
    own.setLevel(logging.DEBUG)
    own.debug("text=%s", "my secret")
    own.warning("text=%s", "my secret")
    own.setLevel(logging.NOTSET)
    logging.getLogger("faster_whisper").debug("transcribed my secret")
    logging.getLogger("some.other.library").info("my secret")

    assert "my secret" not in path.read_text()


def test_a_full_file_rotates_and_every_part_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "FILE_BYTES", 200)
    path = log.set_up_logging(tmp_path)

    for number in range(20):
        logging.getLogger("companion").info("line %d", number)

    parts = sorted(path.parent.glob("companion.log*"))
    assert [part.name for part in parts] == [
        "companion.log",
        *(f"companion.log.{n}" for n in range(1, log.KEPT_FILES + 1)),
    ]
    assert "line 19" in path.read_text()
    if sys.platform != "win32":
        assert {mode_of(part) for part in parts} == {0o600}


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(CompanionError) as caught:
        log.set_up_logging(tmp_path / "file" / "logs")

    assert caught.value.code == "log-unwritable"
    assert caught.value.hint


def crash(folder: Path) -> None:
    """Crash a process that logs to `folder`."""
    code = (
        "import faulthandler, sys, warnings, pathlib\n"
        "from companion.log import CRASH_FILE, set_up_logging\n"
        "set_up_logging(pathlib.Path(sys.argv[1]), crash_file_name=CRASH_FILE)\n"
        "warnings.warn('old way of asking')\n"
        "faulthandler._sigsegv()\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, timeout=60, check=False)
    assert done.returncode != 0


def test_a_warning_of_python_and_a_native_crash_are_recorded(tmp_path: Path) -> None:
    crash(tmp_path)
    assert "old way of asking" in (tmp_path / "companion.log").read_text()
    assert 'File "<string>", line 5' in (tmp_path / "crash.log").read_text()


def test_a_crash_is_told_of_once_and_the_newest_three_are_kept(tmp_path: Path) -> None:
    for _ in range(5):
        crash(tmp_path)
        log.set_up_logging(tmp_path, crash_file_name=log.CRASH_FILE)
        assert [log.take_crash(), log.take_crash()] == [True, False]
        log.tear_down_logging()
    assert sorted(path.name for path in tmp_path.glob("crash*")) == [
        "crash-1.log", "crash-2.log", "crash-3.log", "crash.log",
    ]  # fmt: skip
    for number in (1, 2, 3):
        assert 'File "<string>", line 5' in (tmp_path / f"crash-{number}.log").read_text()


@needs_modes
def test_crashes_put_aside_are_for_the_user_alone(tmp_path: Path) -> None:
    (tmp_path / log.CRASH_FILE).write_text("Fatal Python error: Aborted\n")
    log.set_up_logging(tmp_path, crash_file_name=log.CRASH_FILE)
    assert log.take_crash()
    assert {mode_of(path) for path in tmp_path.glob("crash*")} == {0o600}


def test_what_was_met_and_handled_before_an_orderly_end_is_no_crash(tmp_path: Path) -> None:
    log.set_up_logging(tmp_path, crash_file_name=log.CRASH_FILE)
    with (tmp_path / log.CRASH_FILE).open("a") as file:
        file.write("Windows fatal exception: code 0x8001010d\n")
    log.forget_crash()
    log.set_up_logging(tmp_path, crash_file_name=log.CRASH_FILE)
    assert not log.take_crash()


def test_a_crash_that_cannot_be_put_aside_is_told_of_once_too(tmp_path: Path, expect_log: ExpectLog) -> None:
    expect_log("are not kept")
    (tmp_path / log.CRASH_FILE).write_text("Fatal Python error: Aborted\n")
    (tmp_path / "crash-1.log").mkdir()
    (tmp_path / "crash-2.log").mkdir()
    (tmp_path / "crash-2.log" / "full").write_text("")
    (tmp_path / "crash-3.log").mkdir()
    (tmp_path / "crash-3.log" / "full").write_text("")
    log.set_up_logging(tmp_path, crash_file_name=log.CRASH_FILE)
    assert [log.take_crash(), log.take_crash()] == [True, False]


def test_a_crash_behind_one_that_was_told_of_is_recorded_too(tmp_path: Path) -> None:
    crash(tmp_path)
    code = (
        "import faulthandler, sys, pathlib\n"
        "from companion.log import CRASH_FILE, set_up_logging, take_crash\n"
        "set_up_logging(pathlib.Path(sys.argv[1]), crash_file_name=CRASH_FILE)\n"
        "assert take_crash()\n"
        "faulthandler._sigsegv()\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, timeout=60, check=False)
    assert 'File "<string>", line 5' in (tmp_path / "crash.log").read_text()


def test_a_crash_of_another_command_is_not_told_of(tmp_path: Path) -> None:
    (tmp_path / log.COMMAND_CRASH_FILE).write_text("Fatal Python error: Aborted\n")
    log.set_up_logging(tmp_path, crash_file_name=log.CRASH_FILE)
    assert not log.take_crash()


def test_the_stacks_of_a_hang_are_in_the_log(tmp_path: Path) -> None:
    path = log.set_up_logging(tmp_path)
    log.log_stacks()
    assert "in test_the_stacks_of_a_hang_are_in_the_log" in path.read_text()

"""Folders of questions for the benchmark."""

from pathlib import Path

import numpy as np
import pytest

from companion.engine.errors import CompanionError
from companion.recording import spoken_questions, write_wav

HEADER = "file\tvoiced_end_s\ttranscript\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.wav", "b.wav", "c.wav"):
        write_wav(tmp_path / name, np.zeros(8_000, np.float32), 16_000)
    return tmp_path


def test_the_bundled_questions_are_all_different() -> None:
    questions = spoken_questions()
    assert len(questions) == len({question.transcript for question in questions}) > 30


def test_a_folder_of_ones_own(folder: Path) -> None:
    (folder / "manifest.tsv").write_text(
        HEADER + "a.wav\t0.3\thow are you\nb.wav\t\twhere is it\nc.wav\t0.2\t\nc.wav\t0.2\tHow are you\n"
    )
    first, second = spoken_questions(folder)
    assert (first.name, first.transcript, first.voiced_end_s) == ("a", "how are you", 0.3)
    assert (second.transcript, second.voiced_end_s) == ("where is it", 0.5), "the voice ends with the recording"
    assert len(second.samples) == 8_000


@pytest.mark.parametrize("manifest", [None, "", "file\twords\na.wav\thow are you\n"])
def test_a_manifest_that_is_none_is_said_in_one_sentence(folder: Path, manifest: str | None) -> None:
    if manifest is not None:
        (folder / "manifest.tsv").write_text(manifest)
    with pytest.raises(CompanionError) as raised:
        spoken_questions(folder)
    assert raised.value.code == "speech-manifest"


def test_a_recording_that_is_missing_is_named(folder: Path) -> None:
    (folder / "manifest.tsv").write_text(HEADER + "d.wav\t0.3\thow are you\n")
    with pytest.raises(CompanionError, match=r"d\.wav"):
        spoken_questions(folder)

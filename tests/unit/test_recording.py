"""Folders of questions for the benchmark."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from companion.engine.errors import CompanionError
from companion.engine.samples import EAR_RATE_HZ
from companion.recording import read_recording, spoken_questions, write_wav
from tests.cases import cases
from tests.recordings import SPEECH_DIR

T = TypeVar("T")

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


def test_a_manifest_of_a_spreadsheet_begins_with_its_mark(folder: Path) -> None:
    (folder / "manifest.tsv").write_text(HEADER + "a.wav\t0.3\thow are you\n", encoding="utf-8-sig")
    assert [question.transcript for question in spoken_questions(folder)] == ["how are you"]


_CELLS = st.text(max_size=8) | st.sampled_from(
    ["a.wav", "", "file", "transcript", "voiced_end_s", ".", "..", "a" * 300, "nan", "inf", "-1", "0.1", "1e400", '"']
)


@pytest.mark.reader
@settings(max_examples=cases(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(_CELLS, max_size=4), max_size=5).map(
        lambda rows: (HEADER + "\n".join("\t".join(row) for row in rows)).encode("utf-8", "replace")
    )
    | st.binary(max_size=200)
)
@example((HEADER + "a" * 300 + "\t\thow are you").encode())
@example((HEADER + "a.wav\tinf\thow are you\n").encode())
def test_any_manifest_is_questions_or_refused_in_a_sentence(folder: Path, content: bytes) -> None:
    (folder / "manifest.tsv").write_bytes(content)
    for question in read_or_refused(lambda: spoken_questions(folder)) or ():
        assert question.transcript
        assert 0 < question.voiced_end_s <= len(question.samples) / EAR_RATE_HZ


def read_or_refused(reader: Callable[[], T]) -> T | None:
    """Return what a reader found; None if it refused, with a sentence and what to do."""
    refused: CompanionError
    try:
        return reader()
    except CompanionError as error:
        refused = error
    assert refused.code in ("speech-manifest", "recording-missing", "recording-unreadable")
    assert refused.message.endswith(".")
    assert refused.hint.endswith(".")
    return None


@pytest.fixture(scope="module")
def real() -> bytes:
    """Return a recording, which is FLAC."""
    return (SPEECH_DIR / "digit_one_6f1ffef6.flac").read_bytes()


@pytest.mark.reader
@settings(max_examples=cases(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=4)), max_size=5),
    share=st.just(1.0) | st.floats(0, 1),
)
def test_a_changed_recording_is_sound_or_refused_in_a_sentence(
    tmp_path: Path, real: bytes, changes: list[tuple[float, bytes]], share: float
) -> None:
    content = bytearray(real)
    for place, data in changes:
        at = int(len(content) * place**3)  # mostly in the header
        content[at : at + len(data)] = data
    path = tmp_path / "r.flac"
    path.write_bytes(content[: round(len(content) * share)])
    samples = read_or_refused(lambda: read_recording(path))
    assert samples is None or (samples.dtype == np.float32 and samples.ndim == 1)

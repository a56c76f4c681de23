"""Real exports with anything changed are read or refused; archives among them."""

import io
import json
import math
import re
import time
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.history.chatgpt import conversation_of_chatgpt
from companion.history.exchange import conversation_of, json_of, markdown_of, value_of
from companion.history.importer import NEWER, TOO_LARGE, UNKNOWN, UNREADABLE, RefusedError, read
from companion.history.records import LATEST_MS
from tests.cases import cases
from tests.history.exports import EXPORT, LABELS, anything, is_sound
from tests.history.talks import whole


def json_bytes(value: Any) -> bytes:
    """Return a value as a file of JSON."""
    return json.dumps(value).encode()


def _archive(kind: int) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", kind) as archive:
        archive.writestr("user.json", "{}")
        archive.writestr("é/conversations-1.json", json.dumps([EXPORT]))
    return content.getvalue()


REAL = {
    "ours": "".join(json_of([whole("One", "Why?", "Because."), whole("Two", "Hi")])).encode(),
    "ChatGPT's": json.dumps([EXPORT, EXPORT]).encode(),
    "stored": _archive(zipfile.ZIP_STORED),
    "deflated": _archive(zipfile.ZIP_DEFLATED),
    "bzip2": _archive(zipfile.ZIP_BZIP2),
    "lzma": _archive(zipfile.ZIP_LZMA),
}
_TOKENS = (
    b"1" + b"0" * 400,
    b"1e999",
    b"NaN",
    b'"9999-12-31T23:59:59.999Z"',
    b"null",
    b"[]",
    b'"\\ud800"',
    b"[" * 5000,
)
"""What a file of JSON may hold in the place of a value."""


@pytest.mark.reader
@settings(max_examples=cases(300), deadline=None)
@given(
    name=st.sampled_from(sorted(REAL)),
    changes=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.booleans(), st.binary(min_size=1, max_size=4)),
        max_size=4,
    ),
    share=st.just(1.0) | st.floats(0, 1),
)
def test_a_real_export_changed_anywhere_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, changes: list[tuple[float, bool, bytes]], share: float
) -> None:
    content = bytearray(REAL[name])
    for place, from_the_end, data in changes:
        # An archive is read from its end, where its list of members is.
        at = int(len(content) * place**2)
        at = len(content) - 1 - at if from_the_end else at
        content[at : at + len(data)] = data
    check_file(tmp_path_factory.mktemp("changed") / "file", bytes(content[: round(len(content) * share)]))


@pytest.mark.reader
@settings(max_examples=cases(200), deadline=None)
@given(name=st.sampled_from(["ours", "ChatGPT's"]), value=st.integers(0, 1000), token=st.sampled_from(_TOKENS))
def test_a_real_export_with_another_value_somewhere_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, value: int, token: bytes
) -> None:
    values = [*re.finditer(rb'(?<=: )("[^"]*"|[\d.]+|null|true|false)', REAL[name])]
    begin, end = values[value % len(values)].span()
    path = tmp_path_factory.mktemp("other") / "file"
    check_file(path, REAL[name][:begin] + token + REAL[name][end:])


@pytest.mark.reader
@settings(max_examples=cases(100), deadline=None)
@given(
    st.binary(max_size=300)
    | st.binary(max_size=300).map(lambda content: b"PK\x03\x04" + content)
    | anything.map(json_bytes)
)
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    check_file(tmp_path_factory.mktemp("any") / "file", content)


def check_file(path: Path, content: bytes) -> None:
    """Import a file; what is found can be kept and exported again, and what is not is refused in one of four ways."""
    path.write_bytes(content)
    try:
        found = list(read(path))
    except RefusedError as refused:
        code = refused.args[0]
    else:
        code = UNKNOWN
        for conversation, skipped in found:
            assert skipped >= 0
            if conversation is not None:
                is_sound(conversation)
                json.dumps(value_of(conversation))
                "".join(markdown_of([conversation], LABELS))
    assert code in (UNREADABLE, TOO_LARGE, UNKNOWN, NEWER)


@pytest.mark.parametrize(
    "content",
    [REAL["stored"][:-100] + REAL["stored"][-22:], REAL["deflated"].replace("é/".encode(), b"\xff\xff/")],
    ids=["cut", "name"],
)
def test_an_archive_that_ends_too_soon_or_has_names_that_are_none_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "e.zip"
    path.write_bytes(content)
    with pytest.raises(RefusedError, match=UNREADABLE):
        list(read(path))


def test_a_time_that_is_a_number_of_four_hundred_digits_is_the_last_there_is() -> None:
    found, _ = conversation_of_chatgpt({**EXPORT, "create_time": 10**400, "update_time": math.inf})
    assert found.created_ms // 1000 == found.updated_ms // 1000 == LATEST_MS // 1000


def test_the_last_day_can_be_shown_where_it_is_tomorrow_already(monkeypatch: pytest.MonkeyPatch) -> None:
    value = value_of(whole("T", "Hi")) | {"updated": "9999-12-31T23:59:59.999Z"}
    value["messages"][0]["created"] = "9999-12-31T23:59:59.999Z"
    found, skipped = conversation_of(value)
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")  # fourteen hours ahead
    time.tzset()
    try:
        text = "".join(markdown_of([found], LABELS))
        assert datetime.fromtimestamp(found.updated_ms / 1000).year == 9999
    finally:
        monkeypatch.undo()
        time.tzset()
    assert skipped == 0
    assert "9999-12-31" in text

"""A store in an empty folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from companion.history.schema import FILE_NAME
from companion.history.store import HistoryStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder / FILE_NAME


@pytest.fixture
def store(path: Path) -> Iterator[HistoryStore]:
    store = HistoryStore(path)
    yield store
    store.close()

"""A window with kept conversations: a real file, a fake engine."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from companion.engine.events import (
    Event,
)
from companion.history.schema import FILE_NAME
from companion.ui.bridge import EngineBridge
from companion.ui.history_part import HistoryPart
from companion.ui.main_window import MainWindow
from companion.ui.theme import Theme
from tests.fakes.engine import FakeEngine
from tests.ui.history.scene import Settle, happen


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE_NAME


@pytest.fixture
def part(window: MainWindow, bridge: EngineBridge, theme: Theme, path: Path) -> Iterator[HistoryPart]:
    part = HistoryPart(window, bridge, theme, path=path)
    part.start()
    yield part
    assert part.close()


@pytest.fixture
def settle(qtbot: QtBot, part: HistoryPart) -> Callable[[], None]:
    """Wait until the window has heard of everything that was written and read so far."""

    def settle() -> None:
        done: list[object] = []
        part.link.read(lambda store: True, done.append)
        qtbot.waitUntil(lambda: bool(done))
        part.link.read(lambda store: True, done.append)  # what was asked for by what was heard
        qtbot.waitUntil(lambda: len(done) == 2)

    return settle


@pytest.fixture
def happens(qtbot: QtBot, bridge: EngineBridge, engine: FakeEngine, settle: Settle) -> Callable[..., None]:
    def happens(*events: Event) -> None:
        happen(qtbot, bridge, engine, *events)
        settle()

    return happens

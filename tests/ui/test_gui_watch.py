"""What the heartbeat sees of a GUI thread that works, and of one that waits."""

import threading
from time import thread_time

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from companion.ui.gui_watch import Beat, GuiWatch, blocks

BLOCK_S = 0.06


def work() -> None:
    until_s = thread_time() + BLOCK_S
    while thread_time() < until_s:
        pass


def wait() -> None:
    threading.Event().wait(BLOCK_S)


@pytest.mark.parametrize(("block", "own"), [(work, True), (wait, False)])
def test_a_block_is_seen_and_whose_it_was(qtbot: QtBot, block: object, own: bool) -> None:
    assert callable(block)
    watch = GuiWatch()
    watch.start()
    qtbot.waitUntil(lambda: len(watch.beats) > 2)
    QTimer.singleShot(0, block)
    qtbot.waitUntil(lambda: blocks(watch.beats, 0, 1e12).longest_s > BLOCK_S / 2)
    watch.stop()
    found = blocks(watch.beats, 0, 1e12)
    assert found.longest_s >= BLOCK_S / 2
    assert (found.own_s >= BLOCK_S / 2) is own


def test_only_the_beats_of_a_stretch_count() -> None:
    beats = [Beat(1.0, 0.5, 0.4), Beat(2.0, 0.1, 0.2), Beat(3.0, 0.3, 0.1)]
    assert blocks(beats, 1.5, 3.5).longest_s == 0.3
    assert blocks(beats, 1.5, 3.5).own_s == 0.2
    assert blocks(beats, 1.5, 3.5).beats == 2
    assert blocks([], 0, 1) == blocks(beats, 5, 6)


def test_a_watch_that_was_never_started_can_be_stopped(qtbot: QtBot) -> None:
    watch = GuiWatch()
    watch.stop()
    assert watch.beats == []

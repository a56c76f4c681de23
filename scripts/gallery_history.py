"""The kept conversations beside the one on the screen, for the pictures and for the tests of accessibility."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic

from PySide6.QtTest import QTest

from companion.engine.events import EngineReady, EngineState, EngineStateChanged
from companion.history.records import Conversation, Message
from companion.history.schema import FILE_NAME
from companion.ui.history_drawer import BESIDE_FROM
from companion.ui.history_part import HistoryPart
from companion.ui.main_window import MainWindow
from scripts.stage import Stage

_NOW = datetime(2025, 3, 12, 14, 0)
_WAIT_S = 5.0
_TALKS = (
    (timedelta(minutes=4), "Colours of the evening sky", "Why is the sky blue?", "Air scatters the blue part of it."),
    (timedelta(hours=2), "A walk by the sea", "Plan a short walk by the sea.", "Start with the light on the water."),
    (timedelta(hours=5), "Bread without a machine", "How long does dough rest?", "About two hours in a warm place."),
    (timedelta(days=1), "A dog afraid of thunder", "How do I calm my dog?", "Stay near, and close the windows."),
    (
        timedelta(days=1, hours=3),
        "What to pack for Norway",
        "What do I pack?",
        "Layers, and a coat for the sea.",
    ),
    (timedelta(days=6), "Asking for a raise", "How do I ask for a raise?", "Begin with what you have done."),
    (timedelta(days=30), "Learning the guitar at forty", "Is it too late?", "No. Ten minutes a day are enough."),
    (timedelta(days=48), "The bridge at Brooklyn", "How old is the bridge?", "It was opened in 1883."),
)
_PINNED = 5


def _conversation(index: int, age: timedelta, title: str, question: str, answer: str) -> Conversation:
    at_ms = round((_NOW - age).timestamp() * 1000)
    return Conversation(
        key=str(index),
        title=title,
        pinned=index == _PINNED,
        created_ms=at_ms,
        updated_ms=at_ms,
        messages=(
            Message(number=1, parent=None, role="user", text=question, created_ms=at_ms),
            Message(number=2, parent=1, role="assistant", text=answer, created_ms=at_ms),
        ),
    )


def _window(stage: Stage, *, talks: int = len(_TALKS), width: int | None = None) -> HistoryPart:
    window = MainWindow(stage.bridge, stage.theme)
    window.resize(width or stage.theme.widened(BESIDE_FROM + 120), 760)
    path: Path = stage.folder / FILE_NAME
    part = HistoryPart(window, stage.bridge, stage.theme, path=path)
    part.model._now = lambda: _NOW  # the same picture on any day
    stage.closing.append(part.close)
    window.show()
    stage.tell(EngineReady(seconds=1), EngineStateChanged(old=EngineState.INITIALIZING, new=EngineState.IDLE, at_s=0))
    part.link.start()
    found = [_conversation(index, *talk) for index, talk in enumerate(_TALKS[:talks])]
    part.link.write(lambda store: store.insert_all(found), lambda _: part.model.reload())
    _until(lambda: part.model.loaded and (part.model.rowCount() > 0) is (talks > 0))
    part.drawer.open()
    return part


def _until(condition: Callable[[], bool]) -> None:
    until_s = monotonic() + _WAIT_S
    while not condition():
        if monotonic() > until_s:
            raise TimeoutError("the conversations did not arrive")
        QTest.qWait(10)


def _opened(part: HistoryPart) -> MainWindow:
    part.panel.list.choose_first()
    part.panel.list.setFocus()
    item = part.panel.list.item()
    assert item is not None
    part.panel.list.chosen.emit(item)
    _until(lambda: part.recorder.current is not None)
    return part._window


def _looked_for(part: HistoryPart, typed: str) -> MainWindow:
    part.search()
    part.panel.search.setText(typed)
    _until(lambda: part.model.searching)
    return part._window


def _covering(stage: Stage) -> MainWindow:
    return _window(stage, width=stage.theme.widened(520))._window


def _deleted(stage: Stage) -> MainWindow:
    part = _window(stage)
    part.panel.list.choose_first()
    item = part.panel.list.item()
    assert item is not None
    part.delete_all()
    _until(lambda: part.panel.undo_button.isVisible())
    return part._window


HISTORY_VIEWS: dict[str, Callable[[Stage], MainWindow]] = {
    "history": lambda stage: _opened(_window(stage)),
    "history-searching": lambda stage: _looked_for(_window(stage), "sea"),
    "history-nothing-found": lambda stage: _looked_for(_window(stage), "sourdough"),
    "history-empty": lambda stage: _window(stage, talks=0)._window,
    "history-covering": _covering,
    "history-deleted": _deleted,
}
"""Makes and shows the window with its sidebar."""

"""What happens in the window, for the tests of the kept conversations."""

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from companion.engine.events import (
    Event,
    PlaybackStarted,
    ReplyFinished,
    ReplyToken,
    TranscriptFinal,
    TurnCompleted,
    TurnStarted,
)
from companion.engine.metrics import TurnMetrics
from companion.history.records import Conversation
from companion.ui.bridge import EngineBridge
from companion.ui.history_groups import Heading
from companion.ui.history_model import summary_of
from companion.ui.history_part import HistoryPart
from companion.ui.main_window import MainWindow
from tests.fakes.engine import FakeEngine

Settle = Callable[[], None]
Happens = Callable[..., None]


def metrics(turn: int) -> TurnMetrics:
    return TurnMetrics(turn_id=turn, release_latency_s=0.118)


def turn_begun(turn: int, question: str, answer: str, typed: bool = False) -> list[Event]:
    return [
        TurnStarted(turn_id=turn, at_s=0, typed=typed),
        TranscriptFinal(turn_id=turn, text=question, language="" if typed else "en", at_s=0),
        ReplyToken(turn_id=turn, text=answer, at_s=0),
        PlaybackStarted(turn_id=turn, at_s=0, release_latency_s=0.118),
    ]


def turn(number: int, question: str, answer: str, typed: bool = False) -> list[Event]:
    return [
        *turn_begun(number, question, answer, typed),
        ReplyFinished(turn_id=number, text=answer, reason="stop", at_s=0),
        TurnCompleted(turn_id=number, metrics=metrics(number)),
    ]


def happen(qtbot: QtBot, bridge: EngineBridge, engine: FakeEngine, *events: Event) -> None:
    """Send events and wait until the window has seen the last."""
    with qtbot.waitSignal(bridge.event_received, check_params_cb=lambda event: event is events[-1]):
        engine.emit(*events)


def kept(qtbot: QtBot, part: HistoryPart) -> list[Conversation]:
    """Return everything in the file, oldest first."""
    found: list[list[Conversation | None] | None] = []
    part.link.read(lambda store: [store.load(one) for one in store.ids()], found.append)
    qtbot.waitUntil(lambda: bool(found))
    return [one for one in found[0] or [] if one is not None]


def shown(part: HistoryPart) -> list[str]:
    """Return the titles in the sidebar, headings in brackets."""
    items = [part.model.data(part.model.index(row), 256) for row in range(part.model.rowCount())]
    return [f"[{item.text}]" if isinstance(item, Heading) else summary_of(item).title for item in items]


def titles(part: HistoryPart) -> list[str]:
    return [title for title in shown(part) if not title.startswith("[")]


def texts(window: MainWindow) -> list[str]:
    return [window.conversation.row(row).spoken_text for row in range(window.conversation.rowCount())]


def type_search(qtbot: QtBot, part: HistoryPart, text: str, settle: Settle) -> None:
    part.search()
    part.panel.search.setText(text)
    part.panel._search_now()
    settle()

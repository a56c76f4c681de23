"""Better names for kept conversations than their first words, from the language model. GUI thread.

Asked for when the talk has rested; an engine that has something else to do, or whose model is too small, says
nothing, and the first words stay. What the user calls a conversation is never replaced (`HistoryStore.rename`).
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

from companion.engine.events import Event, TitleMade, TurnStarted
from companion.history.records import Summary, TitleSource
from companion.history.store import HistoryStore
from companion.ui.bridge import EngineBridge
from companion.ui.conversation_model import ConversationModel
from companion.ui.history_link import HistoryLink
from companion.ui.history_recorder import HistoryRecorder

REST_MS = 2000
"""After the last message: those who talk on do so sooner, and find the computer doing nothing else."""
MOST_TRIES = 3
"""Times one conversation is named at most: by then there is enough to go by, or there never will be."""


class HistoryTitles(QObject):
    """Has the conversation on the screen named.

    Args:
        bridge: The engine.
        recorder: Knows which conversation that is.
        model: Its messages.
        link: The way to the file.
        named: Takes what the list is to show of a conversation that got a title.
    """

    def __init__(
        self,
        bridge: EngineBridge,
        recorder: HistoryRecorder,
        model: ConversationModel,
        link: HistoryLink,
        named: Callable[[Summary], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._recorder, self._model, self._link, self._named = bridge, recorder, model, link, named
        self._tries: dict[int, int] = {}
        self.rest = QTimer(self, singleShot=True, interval=REST_MS)
        self.rest.timeout.connect(self._ask)
        recorder.kept.connect(self._on_kept)
        recorder.current_changed.connect(self.rest.stop)
        bridge.event_received.connect(self._apply)

    @Slot(object)
    def _on_kept(self, summary: Summary) -> None:
        if summary.id == self._recorder.current:
            self.rest.start()

    @Slot()
    def _ask(self) -> None:
        conversation, messages = self._recorder.current, self._model.messages()
        if conversation is None or not messages or messages[-1].role != "assistant":
            return
        if (tries := self._tries.get(conversation, 0)) < MOST_TRIES:
            self._tries[conversation] = tries + 1
            self._bridge.make_title(conversation, messages)

    @Slot(object)
    def _apply(self, event: Event) -> None:
        match event:
            case TurnStarted():
                self.rest.stop()
            case TitleMade(id=conversation, title=title):
                self._tries[conversation] = MOST_TRIES
                self._link.write(lambda store: _name(store, conversation, title), self._show)

    def _show(self, summary: Summary | None) -> None:
        if summary is not None:
            self._named(summary)


def _name(store: HistoryStore, conversation: int, title: str) -> Summary | None:
    """Thread: the history's."""
    store.rename(conversation, title, TitleSource.MODEL)
    return store.summary(conversation)

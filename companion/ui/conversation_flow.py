"""Carries out what the user asks of a message: between the conversation's view, its model and the engine. GUI thread.

A branch needs nothing special of the engine: the conversation up to there is given to it anew (the language model
keeps what it has read of it), and the next words are a typed turn.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from companion.engine.errors import CompanionError
from companion.engine.events import EngineState, Event, SpeechAdvanced, SpeechEnded, SpeechStarted, TurnInterrupted
from companion.ui.bridge import EngineBridge
from companion.ui.conversation_model import ConversationModel
from companion.ui.conversation_view import ConversationView
from companion.ui.rows import RowKind


class ConversationFlow(QObject):
    """Answers the view's signals.

    Args:
        model: The conversation.
        view: What shows it.
        bridge: The way to the engine.
        show_problem: Takes what could not be said again.
    """

    def __init__(
        self,
        model: ConversationModel,
        view: ConversationView,
        bridge: EngineBridge,
        show_problem: Callable[[CompanionError], object],
    ) -> None:
        super().__init__(view)
        self._model = model
        self._view = view
        self._bridge = bridge
        self._show_problem = show_problem
        self._speech: tuple[int, int] | None = None
        """Id of the speech, and the message it says."""
        view.replay_requested.connect(self._replay)
        view.replay_stopped.connect(bridge.stop)
        view.again_requested.connect(self._answer_again)
        view.edited.connect(self._edit)
        view.version_requested.connect(self._choose_version)

    def follow(self, state: EngineState, *, usable: bool) -> None:
        """The engine changed its state; `usable` if turns can begin at all."""
        speakable = state in (EngineState.IDLE, EngineState.SPEAKING)
        self._view.set_ready(ready=usable and state is not EngineState.LISTENING, quiet=usable and speakable)

    def apply(self, event: Event) -> None:
        """Take one engine event, after the model had it."""
        match event:
            case SpeechStarted(id=number):
                self._caption(number, 0)
            case SpeechAdvanced(id=number, heard=heard):
                self._caption(number, heard)
            case SpeechEnded(id=number, error=error):
                self._speech_ended(number, error)
            case TurnInterrupted(turn_id=turn):
                earlier = self._model.give_up(turn)
                if earlier is not None:
                    self._bridge.new_conversation(earlier)

    @Slot(int)
    def _replay(self, index: int) -> None:
        row = self._model.row(index)
        if row.message_id is None:
            return
        if self._speech is not None:
            self._model.follow_speech(self._speech[1], None)
        if row.kind is RowKind.USER and row.words_turn is not None:
            self._speech = -row.words_turn, row.message_id
            self._bridge.replay_words(row.words_turn)
        else:
            self._speech = row.message_id, row.message_id
            self._bridge.speak(row.spoken_text, row.message_id)
        self._model.follow_speech(row.message_id, 0)

    def _caption(self, number: int, heard: int) -> None:
        if self._speech is not None and self._speech[0] == number:
            self._model.follow_speech(self._speech[1], heard)

    def _speech_ended(self, number: int, error: CompanionError | None) -> None:
        if self._speech is None or self._speech[0] != number:
            return
        message_id = self._speech[1]
        self._speech = None
        self._model.follow_speech(message_id, None)
        if error is not None:
            if error.code == "words-gone":
                self._model.forget_recording(message_id)
            self._show_problem(error)

    @Slot(int)
    def _answer_again(self, index: int) -> None:
        question = self._model.question_of(index)
        if question is None:
            return
        before, text = self._model.ask_again(question)
        self._bridge.new_conversation(before)
        self._bridge.send_text(text)

    @Slot(int, str)
    def _edit(self, index: int, text: str) -> None:
        self._bridge.new_conversation(self._model.edit(index))
        self._bridge.send_text(text)

    @Slot(int, int)
    def _choose_version(self, index: int, step: int) -> None:
        message_id = self._model.row(index).message_id
        self._view.hold()
        shown = None if message_id is None else self._model.choose_version(message_id, step)
        if shown is not None:
            self._bridge.new_conversation(shown)
            self._view.setCurrentIndex(self._model.index(index))

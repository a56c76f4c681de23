"""Naming conversations between turns: written by the language model beside the conversation, given up at once.

Nothing of it touches what the next turn needs. It is written in a context of its own (`ChatModel.write_aside`), only
while nothing else happens, and whatever a person does ends it within one token.

Thread: engine; what is written runs on the worker of the language model.
"""

from collections.abc import Callable

from companion.engine.cancel import CancelToken
from companion.engine.commands import ApplyConfig, MakeTitle, NewConversation, PressToTalk, SendText, Shutdown, Wake
from companion.engine.events import EngineState, Event, TitleMade
from companion.engine.messages import DraftId, JobFailed, ModelLoaded, Role, TitleWritten
from companion.engine.recital import SPEECH
from companion.engine.stages import Stages

SMALLEST_BYTES = 600_000_000
"""Size of the weights from which on a model's titles beat the first words: about a billion parameters at four bits."""

TITLES = (MakeTitle, TitleWritten)
"""What is for `Titles` alone."""

_TURN = -(1 << 41)
"""Stands for a turn in the drafts of titles; no turn and no speech has it."""
_ENDING = (PressToTalk, SendText, NewConversation, ApplyConfig, Wake, Shutdown, *SPEECH)


class Titles:
    """Writes one title at a time.

    Args:
        stages: the language model.
        publish: takes events for the user interface.
    """

    def __init__(self, stages: Stages, publish: Callable[[Event], None]) -> None:
        self._stages = stages
        self._publish = publish
        self._able = False
        self._asked = 0
        self._writing: CancelToken | None = None

    def take(self, message: object, state: EngineState) -> bool:
        """Look at a message of the inbox first; returns whether it was for here alone."""
        match message:
            case MakeTitle():
                self._begin(message, state)
            case TitleWritten():
                if self._ends(message.draft) and message.title:
                    self._publish(TitleMade(id=message.id, title=message.title))
            case JobFailed(draft=DraftId(turn=turn)) if turn == _TURN:
                self._ends(message.draft)  # the next turn says what is wrong with the model, if anything is
            case ModelLoaded(role=Role.LLM):
                self._able = message.placement.memory_bytes >= SMALLEST_BYTES
                return False
            case _:
                if isinstance(message, _ENDING):
                    self.stop()
                return False
        return True

    def stop(self) -> None:
        """Give up what is being written. Idempotent."""
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None

    def _begin(self, wanted: MakeTitle, state: EngineState) -> None:
        self.stop()
        if self._able and state is EngineState.IDLE and wanted.messages:
            self._asked += 1
            self._writing = CancelToken()
            draft = DraftId(turn=_TURN, revision=self._asked)
            self._stages.write_title(draft, wanted.id, wanted.messages, self._writing)

    def _ends(self, draft: DraftId) -> bool:
        """Return whether this is what is being written, and no longer wait for it."""
        current = self._writing is not None and draft.revision == self._asked
        if current:
            self._writing = None
        return current

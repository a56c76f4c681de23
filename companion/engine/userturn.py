"""The user's side of one turn: key, voice, the words so far, and the draft that answers them.

Thread: engine. Pure: what to do comes back as effects.
"""

from dataclasses import dataclass, field

from companion.engine.draft import Draft
from companion.engine.effects import CancelDraft, Effect, EndCapture, Mark, Prefill, Publish, Transcribe, Unsettle
from companion.engine.events import TranscriptPartial
from companion.engine.messages import DraftId, TranscriptionKind
from companion.engine.sentences import ClauseSplitter
from companion.engine.signals import VoiceHeard

_LAST_MARKS = ".,;:!?…-"
"""Whisper ends what was cut off in mid-sentence with a mark that the next words move."""


@dataclass(slots=True)
class UserTurn:
    """One turn, from the key going down (or a typed message) to the end of its reply.

    Args:
        id: the turn's number.
        pressed_s: monotonic time of the first key press.
    """

    id: int
    pressed_s: float
    released_s: float | None = None
    tail_until_s: float | None = None
    """End of the capture after the release; None while the key is held and once the capture ended."""
    capturing: bool = False
    voicing: bool = False
    voiced_s: float = 0.0
    silence_s: float = 0.0
    language: str = ""
    draft: Draft | None = None
    _revision: int = 0
    _settled: list[str] = field(default_factory=list)
    _prefilled: str = ""
    _partial_at_voiced_s: float = 0.0
    _partial_running: bool = False

    @property
    def committed(self) -> bool:
        """Whether its words belong to the conversation."""
        return self.draft is not None and self.draft.committed

    def current(self, id_: DraftId) -> Draft | None:
        """Return the draft if it is this one; older ones are of no interest any more."""
        return self.draft if self.draft is not None and self.draft.id == id_ else None

    def hear(self, heard: VoiceHeard) -> None:
        """Note how much voice there was, and how long ago."""
        self.voiced_s, self.silence_s = heard.voiced_s, heard.silence_s

    # -- the draft

    def new_draft(self, language: str) -> Draft:
        """Begin another attempt at the reply, spoken in `language`."""
        self._revision += 1
        self.draft = Draft(self._id(), ClauseSplitter(language), voiced_s=self.voiced_s)
        return self.draft

    def begin_draft(self, language: str, now_s: float) -> list[Effect]:
        """Draft the turn from what was said so far, instead of any earlier draft."""
        effects = self.drop_draft()
        draft = self.new_draft(language)
        effects += [Mark(moment="draft", at_s=now_s), Transcribe(draft=draft.id, kind="final")]
        self._partial_at_voiced_s = self.voiced_s
        self._partial_running = False
        return effects

    def drop_draft(self) -> list[Effect]:
        """The draft is stale: stop all work on it."""
        draft, self.draft = self.draft, None
        return [CancelDraft(draft=draft.id)] if draft else []

    def end_capture(self) -> list[Effect]:
        """Stop listening, if it listens."""
        if not self.capturing:
            return []
        self.capturing, self.tail_until_s = False, None
        return [EndCapture()]

    # -- the words so far

    def partial_due(self, every_s: float) -> bool:
        """Whether enough new voice was heard for another partial transcript."""
        return (
            self.voicing
            and self.silence_s == 0  # at the first silent frame the voice may have ended: a draft has precedence
            and self.released_s is None
            and not self._partial_running
            and self.voiced_s - self._partial_at_voiced_s >= every_s
        )

    def transcribe(self, kind: TranscriptionKind) -> list[Effect]:
        """Have the past of a long utterance, or what there is so far, transcribed."""
        if kind == "partial":
            self._partial_at_voiced_s = self.voiced_s
            self._partial_running = True
        return [Transcribe(draft=self._id(), kind=kind)]

    def partial_ended(self) -> None:
        """The partial transcription came back or failed."""
        self._partial_running = False

    def settle(self, text: str) -> list[Effect]:
        """The past of a long utterance is transcribed for good."""
        self._settled.append(text)
        self._prefilled = ""
        return []

    def past_failed(self, language: str, now_s: float) -> list[Effect]:
        """The past of a long utterance could not be transcribed: hear it again, with the rest."""
        if self.committed:
            return []
        return [Unsettle(), *(self.begin_draft(language, now_s) if self.draft else [])]

    def words(self, rest: str) -> str:
        """Return everything said: what is settled, and the rest."""
        return " ".join(filter(None, [*self._settled, rest]))

    def take_partial(self, text: str, now_s: float) -> list[Effect]:
        """Show a partial transcript and have its words evaluated ahead: taking wrong ones back costs nothing.

        It comes too late to matter once the key is up or the turn is being drafted.
        """
        self.partial_ended()
        if not text or self.released_s is not None or self.draft is not None:
            return []
        effects: list[Effect] = [Publish(event=TranscriptPartial(turn_id=self.id, text=self.words(text), at_s=now_s))]
        words = text.rstrip(_LAST_MARKS)
        if words and words != self._prefilled:
            self._prefilled = words
            effects.append(Prefill(draft=self._id(), open_text=self.words(words)))
        return effects

    def _id(self) -> DraftId:
        return DraftId(turn=self.id, revision=self._revision)

"""The user's side of one turn: key, voice, the words so far, and the draft that answers them.

Thread: engine. Pure: what to do comes back as effects.
"""

from dataclasses import dataclass, field

from companion.engine.draft import Draft
from companion.engine.effects import (
    CancelDraft,
    Effect,
    EndCapture,
    Generate,
    KeepReply,
    Mark,
    Prefill,
    Publish,
    Transcribe,
    Unsettle,
)
from companion.engine.events import TranscriptPartial
from companion.engine.messages import DraftId, TranscriptionKind
from companion.engine.sentences import ClauseSplitter, Diction
from companion.engine.signals import VoiceHeard

_LAST_MARKS = ".,;:!?…-"
"""Whisper ends what was cut off in mid-sentence with a mark that the next words move."""

GUESS_S = 0.3
"""Voice behind the last partial transcript up to which its words are answered before the final one is there. They are
the final ones in 68 of 100 utterances with no voice behind, in 55 with 0.15 s, in 30 with 0.3 and in 14 with 0.4
(tiny.en, 66 recordings); a wrong guess costs a token."""

_MARKS = _LAST_MARKS + "\"'()[]"


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
    doubted: Draft | None = None
    """Another draft, with a reply under way: an earlier one that more voice came after, or one that answers the last
    partial transcript. It counts if the words are those."""
    _revision: int = 0
    _settled: list[str] = field(default_factory=list)
    _settling: int = 0
    """Parts whose words are awaited."""
    _unsettled: int = 0
    """Parts whose words are still to come and do not count: a part before them failed, and all are heard again."""
    _prefilled: str = ""
    _partial: str = ""
    _partial_at_voiced_s: float = 0.0
    _partial_covers_s: float = 0.0
    """Voice that `_partial` covers."""
    _partial_running: bool = False

    @property
    def committed(self) -> bool:
        """Whether its words belong to the conversation."""
        return self.draft is not None and self.draft.committed

    def current(self, id_: DraftId) -> Draft | None:
        """Return the draft with this id, if it still may sound; others are of no interest any more."""
        return next((draft for draft in (self.draft, self.doubted) if draft is not None and draft.id == id_), None)

    def hear(self, heard: VoiceHeard) -> None:
        """Note how much voice there was, and how long ago."""
        self.voiced_s, self.silence_s = heard.voiced_s, heard.silence_s

    # -- the draft

    def new_draft(self, diction: Diction) -> Draft:
        """Begin another attempt at the reply, for a voice of that `diction`."""
        self.draft = self._made(diction)
        return self.draft

    def begin_draft(self, diction: Diction, now_s: float) -> list[Effect]:
        """Draft the turn from what was said so far, instead of any earlier draft."""
        effects = self.doubt_draft()
        draft = self.new_draft(diction)
        effects += [Mark(moment="draft", at_s=now_s), Transcribe(draft=draft.id, kind="final"), *self._guess(diction)]
        self._partial_at_voiced_s = self.voiced_s
        self._partial_running = False
        return effects

    def _guess(self, diction: Diction) -> list[Effect]:
        """Begin to answer the last partial transcript while the final one is made, if hardly any voice came after it.

        On two cores neither slows the other down (docs/decisions/0120).
        """
        if self.doubted or not self._partial or self.voiced_s - self._partial_covers_s > GUESS_S:
            return []
        self.doubted = guess = self._made(diction)
        guess.guessed, guess.user_text = True, self.words(self._partial)
        return [Generate(draft=guess.id, user_text=guess.user_text)]

    def _made(self, diction: Diction) -> Draft:
        self._revision += 1
        return Draft(self._id(), ClauseSplitter(diction), voiced_s=self.voiced_s)

    def doubt_draft(self) -> list[Effect]:
        """There is more to hear. After the release it is seldom another word: then a reply under way may go on.

        Before the release it mostly is, and the work would only slow the next transcript down.
        """
        draft, self.draft = self.draft, None
        if draft is None:
            return []
        if self.released_s is None or not draft.user_text:
            wrong = self.drop_doubted() if self.released_s is None and self.doubted and self.doubted.guessed else []
            return [*wrong, CancelDraft(draft=draft.id)]
        effects = self.drop_doubted()
        self.doubted = draft
        return effects

    def trust_words(self, draft: Draft, at_s: float) -> list[Effect]:
        """The words of `draft` are heard: go on with the reply to the same words, if there is one, else drop it."""
        doubted = self.doubted
        if doubted is None or draft.user_text is None or not _same_words(doubted.user_text or "", draft.user_text):
            return self.drop_doubted()
        doubted.user_text, doubted.voiced_s, doubted.guessed = draft.user_text, draft.voiced_s, False
        self.draft, self.doubted = doubted, None
        # What was done before the words were certain counts from then on.
        moments = [Mark(moment=mark.moment, at_s=max(mark.at_s, at_s)) for mark in doubted.reached]
        return [KeepReply(of=doubted.id, again=draft.id), *moments]

    def drop_doubted(self) -> list[Effect]:
        """Other words were said: stop all work on the doubted draft."""
        doubted, self.doubted = self.doubted, None
        return [CancelDraft(draft=doubted.id)] if doubted else []

    def drop_drafts(self) -> list[Effect]:
        """Stop all work on the reply."""
        draft, self.draft = self.draft, None
        return [*self.drop_doubted(), *([CancelDraft(draft=draft.id)] if draft else [])]

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
            self._partial_at_voiced_s = self._partial_covers_s = self.voiced_s
            self._partial = ""
            self._partial_running = True
        elif kind == "settled":
            self._settling += 1
        return [Transcribe(draft=self._id(), kind=kind)]

    def partial_ended(self, text: str = "") -> list[Effect]:
        """The partial transcription came back with `text`, or failed."""
        self._partial_running, self._partial = False, text
        return []

    def settle(self, text: str) -> list[Effect]:
        """The past of a long utterance is transcribed for good."""
        if self._unsettled:
            self._unsettled -= 1
            return []
        self._settling -= 1
        self._settled.append(text)
        self._prefilled = self._partial = ""
        return []

    def past_failed(self, diction: Diction, now_s: float) -> list[Effect]:
        """The past of a long utterance could not be transcribed: hear it again, with the rest."""
        if self._unsettled:
            self._unsettled -= 1
            return []
        parts, self._settling = self._settling, 0
        self._unsettled = parts - 1
        if self.committed:
            return []
        return [Unsettle(parts=parts), *(self.begin_draft(diction, now_s) if self.draft else [])]

    def words(self, rest: str) -> str:
        """Return everything said: what is settled, and the rest."""
        return " ".join(filter(None, [*self._settled, rest]))

    def take_partial(self, text: str, diction: Diction, now_s: float) -> list[Effect]:
        """Show a partial transcript and have its words evaluated ahead: taking wrong ones back costs nothing.

        Once the turn is being drafted it is shown no more, but may still be a guess at the final one.
        """
        if not text:
            return []
        if self.draft is not None:
            awaited = self.draft.user_text is None and self.doubted is None
            return (self._guess(diction) or self._evaluate(text)) if awaited else []
        if self.released_s is not None:
            return []
        effects: list[Effect] = [Publish(event=TranscriptPartial(turn_id=self.id, text=self.words(text), at_s=now_s))]
        if self.doubted is not None:
            if _begins_with(self.doubted.user_text or "", self.words(text)):
                return effects  # evaluated already, and the reply to them may yet be wanted
            effects += self.drop_doubted()
        return effects + self._evaluate(text)

    def _evaluate(self, text: str) -> list[Effect]:
        words = text.rstrip(_LAST_MARKS)
        if not words or words == self._prefilled:
            return []
        self._prefilled = words
        return [Prefill(draft=self._id(), open_text=self.words(words))]

    def _id(self) -> DraftId:
        return DraftId(turn=self.id, revision=self._revision)


def _plain(text: str) -> list[str]:
    """Return the words without case and marks: Whisper sets those differently when the same words end later."""
    return [word for part in text.casefold().split() if (word := part.strip(_MARKS))]


def _same_words(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _begins_with(text: str, beginning: str) -> bool:
    words, first = _plain(text), _plain(beginning)
    return words[: len(first)] == first

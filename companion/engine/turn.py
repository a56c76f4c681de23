"""The turn: a pure state machine from what happens (message, time) to what to do (effects).

Every reply is a draft, begun when the user pauses or lets the key go: final transcript, reply, its first clauses as
sound, all held back until the key release commits it. If the user goes on speaking first, it is dropped, unseen and
unheard, and a later revision takes its place. Thread: engine. Owns no device, model, thread or clock.
"""

from companion.engine.commands import NewConversation, PressToTalk, ReleaseToTalk, SendText, StopSpeaking
from companion.engine.config import TurnConfig
from companion.engine.draft import Draft
from companion.engine.effects import (
    BeginCapture,
    BeginTyped,
    Effect,
    FinishTurn,
    Generate,
    Mark,
    Outcome,
    Prefill,
    Publish,
    ResetConversation,
    TidyUp,
)
from companion.engine.errors import CompanionError, GenerationError
from companion.engine.events import (
    EngineState,
    EngineStateChanged,
    ReplyFinished,
    ReplyToken,
    TranscriptFinal,
    TranscriptPartial,
    TurnStarted,
)
from companion.engine.messages import (
    ClauseSynthesized,
    DraftId,
    GenerationFinished,
    JobFailed,
    Role,
    TokenGenerated,
    Transcribed,
)
from companion.engine.sentences import Diction
from companion.engine.signals import (
    CaptureLost,
    PlaybackDrained,
    PlaybackHeard,
    SoundSignal,
    StageMessage,
    Tick,
    TurnCommand,
    TurnMessage,
    VoiceHeard,
)
from companion.engine.userturn import UserTurn

NEW_VOICE_S = 0.06
"""Voice after a draft began that makes it stale; less is a flicker of the VAD."""


class TurnMachine:
    """Decides what happens next. `handle` is a pure function of the machine's state, the message and the time.

    Args:
        config: may be replaced between turns through `config`, as may `diction` when the voice changes.
    """

    def __init__(self, config: TurnConfig) -> None:
        self.config = config
        self.diction = Diction()
        self._state = EngineState.INITIALIZING
        self._turn: UserTurn | None = None
        self._last_turn = 0
        self._ahead_s = 0.0

    @property
    def state(self) -> EngineState:
        """The state the user sees."""
        return self._state

    @property
    def idle_draft(self) -> DraftId:
        """The id of work done between turns."""
        return DraftId(turn=self._last_turn, revision=0)

    @property
    def awaiting_sound(self) -> bool:
        """Whether more of the reply is still to be handed to the speaker."""
        turn = self._turn
        return turn is not None and turn.draft is not None and turn.draft.committed and not turn.draft.spoken_out

    @property
    def capturing(self) -> bool:
        """Whether the microphone should be read."""
        return self._turn is not None and self._turn.capturing

    def ready(self, now_s: float) -> list[Effect]:
        """Everything is loaded: turns may begin."""
        return self._become(EngineState.IDLE, now_s)

    def suspend(self, state: EngineState, now_s: float) -> list[Effect]:
        """End the turn and take no other: until `ready` (INITIALIZING), or for good (CLOSED)."""
        return [*self._interrupt(now_s), *self._become(state, now_s)]

    def fail(self, error: CompanionError, now_s: float) -> list[Effect]:
        """End the turn with `error`; nothing if there is none."""
        return self._finish(self._turn, "failed", now_s, error=error) if self._turn else []

    def handle(self, message: TurnMessage, now_s: float) -> list[Effect]:
        """Return the effects of `message` at monotonic time `now_s`, in the order to carry them out."""
        if self._state in (EngineState.INITIALIZING, EngineState.CLOSED):
            # No turns, but what the window shows as the conversation is what the model will know of it.
            return [ResetConversation(messages=message.messages)] if isinstance(message, NewConversation) else []
        match message:
            case PressToTalk() | ReleaseToTalk() | SendText() | StopSpeaking() | NewConversation():
                return self._command(message, now_s)
            case Tick():
                return self._tick(message, now_s)
        return [] if self._turn is None else self._of_turn(self._turn, message, now_s)

    def _command(self, command: TurnCommand, now_s: float) -> list[Effect]:
        match command:
            case PressToTalk():
                return self._press(command.at_s, now_s)
            case ReleaseToTalk():
                return self._release(command.at_s, now_s)
            case SendText():
                return self._send_text(command.text, command.at_s, now_s)
            case StopSpeaking():
                return self._interrupt(now_s)
            case NewConversation():
                return [
                    *self._interrupt(now_s),
                    ResetConversation(messages=command.messages),
                    TidyUp(draft=self.idle_draft),
                ]

    def _of_turn(self, turn: UserTurn, message: SoundSignal | StageMessage, now_s: float) -> list[Effect]:
        match message:
            case VoiceHeard():
                return self._voice(turn, message, now_s)
            case CaptureLost():
                return self._capture_lost(turn, message, now_s)
            case PlaybackHeard():
                return [*turn.end_capture(), *self._become(EngineState.SPEAKING, now_s)]
            case PlaybackDrained():
                return self._drained(turn, now_s)
            case Transcribed():
                return self._transcribed(turn, message, now_s)
            case TokenGenerated() | GenerationFinished() | ClauseSynthesized():
                return self._reply(turn, message, now_s)
            case JobFailed():
                return self._failed(turn, message, now_s)

    # -- the key

    def _press(self, at_s: float, now_s: float) -> list[Effect]:
        if self._state is EngineState.LISTENING:
            return []  # key auto-repeat, or a second key
        turn = self._turn
        if turn and not turn.committed:
            # Pressed again before the answer began: the user goes on with the same turn. The first press still
            # counts: however short the second one is, letting go must not throw away what was said.
            effects = turn.doubt_draft()
            turn.released_s, turn.tail_until_s = None, None
            if not turn.capturing:
                turn.capturing = True
                effects.append(BeginCapture(turn_id=turn.id, resume=True))
            return [*effects, *self._become(EngineState.LISTENING, now_s)]
        effects = self._interrupt(now_s)
        turn = self._begin_turn(at_s)
        turn.capturing = True
        return [
            *effects,
            BeginCapture(turn_id=turn.id),
            Publish(event=TurnStarted(turn_id=turn.id, at_s=at_s)),
            *self._become(EngineState.LISTENING, now_s),
            Prefill(draft=DraftId(turn=turn.id, revision=0), open_text=""),
        ]

    def _release(self, at_s: float, now_s: float) -> list[Effect]:
        turn = self._turn
        if turn is None or self._state is not EngineState.LISTENING:
            return []
        if at_s - turn.pressed_s < self.config.tap_s:
            return self._finish(turn, "empty", now_s, reason="tap")
        turn.released_s = at_s
        turn.tail_until_s = now_s + self.config.release_tail_s
        effects: list[Effect] = [Mark(moment="released", at_s=at_s), *self._become(EngineState.TRANSCRIBING, now_s)]
        if turn.draft is None and turn.voiced_s > 0:
            # Most let go with their last sound: work can begin before the detector has heard the silence.
            effects += turn.begin_draft(self.diction, now_s)
        return [*effects, *self._advance(turn, now_s)]

    def _send_text(self, text: str, at_s: float, now_s: float) -> list[Effect]:
        if not text.strip():
            return []
        effects = self._interrupt(now_s)
        turn = self._begin_turn(at_s)
        turn.released_s = at_s
        draft = turn.new_draft(self.diction)
        draft.user_text = text
        draft.commit()
        return [
            *effects,
            BeginTyped(turn_id=turn.id),
            Publish(event=TurnStarted(turn_id=turn.id, at_s=at_s, typed=True)),
            Mark(moment="released", at_s=at_s),
            Publish(event=TranscriptFinal(turn_id=turn.id, text=text, language="", at_s=now_s)),
            *self._become(EngineState.THINKING, now_s),
            Generate(draft=draft.id, user_text=text),
        ]

    # -- listening

    def _voice(self, turn: UserTurn, heard: VoiceHeard, now_s: float) -> list[Effect]:
        turn.hear(heard)
        if turn.committed:
            return []
        if heard.kind == "started" or (turn.draft and turn.voiced_s - turn.draft.voiced_s > NEW_VOICE_S):
            turn.voicing = True
            stale = turn.doubt_draft()
            return [*stale, *(self._become(EngineState.TRANSCRIBING, now_s) if turn.released_s is not None else [])]
        if heard.kind == "paused":
            turn.voicing = False
            if turn.draft is None:
                return turn.begin_draft(self.diction, now_s)
        if turn.draft is not None:  # begun at the release, it covers this very silence already
            return self._advance(turn, now_s)
        if heard.settle:
            return turn.transcribe("settled")
        return turn.transcribe("partial") if turn.partial_due(self.config.partial_every_s) else []

    def _capture_lost(self, turn: UserTurn, lost: CaptureLost, now_s: float) -> list[Effect]:
        if not turn.capturing:
            return []
        if turn.voiced_s <= 0 and lost.error:
            return self._finish(turn, "failed", now_s, error=lost.error)
        effects = turn.end_capture()
        if self._state is EngineState.LISTENING:
            turn.released_s = now_s
            effects += [Mark(moment="released", at_s=now_s), *self._become(EngineState.TRANSCRIBING, now_s)]
        return [*effects, *self._tail_over(turn, now_s)]

    def _tick(self, tick: Tick, now_s: float) -> list[Effect]:
        self._ahead_s = tick.ahead_s
        turn = self._turn
        if turn is None:
            return []
        if self._state is EngineState.LISTENING and now_s - turn.pressed_s > self.config.max_hold_s:
            return self._release(now_s, now_s)
        if turn.tail_until_s is not None and now_s >= turn.tail_until_s:
            return [*turn.end_capture(), *self._tail_over(turn, now_s)]
        return turn.draft.next_clause(self._ahead_s) if turn.draft else []

    def _tail_over(self, turn: UserTurn, now_s: float) -> list[Effect]:
        """The utterance is complete: whatever was said is in it."""
        if turn.draft is None:  # without any voice it is whispering, or nothing
            turn.voicing = False
            return turn.begin_draft(self.diction, now_s)
        return self._advance(turn, now_s)

    # -- the draft

    def _transcribed(self, turn: UserTurn, message: Transcribed, now_s: float) -> list[Effect]:
        if message.draft.turn != turn.id:
            return []
        text = message.transcript.text.strip()
        if message.kind == "settled":
            return turn.settle(text)
        draft = turn.current(message.draft)
        if message.kind == "partial":
            turn.partial_ended(text)
        if message.kind == "partial" or draft is None:  # one whose draft was dropped is as good as a partial
            return turn.take_partial(text, self.diction, now_s)
        turn.language, draft.user_text = message.transcript.language, turn.words(text)
        if not draft.user_text:
            return self._advance(turn, now_s)
        effects = [Mark(moment="transcript", at_s=message.at_s), *turn.trust_words(draft, message.at_s)]
        if turn.draft is draft:
            effects.append(Generate(draft=draft.id, user_text=draft.user_text))
        effects.append(Publish(event=TranscriptPartial(turn_id=turn.id, text=draft.user_text, at_s=now_s)))
        return [*effects, *self._advance(turn, now_s)]

    def _reply(
        self, turn: UserTurn, message: TokenGenerated | GenerationFinished | ClauseSynthesized, now_s: float
    ) -> list[Effect]:
        draft = turn.current(message.draft)
        if draft is None:
            return []
        match message:
            case TokenGenerated():
                effects = draft.write(message.text, message.at_s)
                if draft.committed:
                    effects.append(Publish(event=ReplyToken(turn_id=turn.id, text=message.text, at_s=now_s)))
            case GenerationFinished():
                draft.stats = message.stats
                effects = draft.finish_writing(message.reason, message.at_s)
                if draft.committed:
                    effects.append(_reply_finished(turn, draft, now_s))
            case ClauseSynthesized():
                effects = draft.sound(message)
        return [*effects, *self._advance(turn, now_s), *draft.next_clause(self._ahead_s)]

    # -- commit, and the end

    def _advance(self, turn: UserTurn, now_s: float) -> list[Effect]:
        """Move a released turn on: commit the draft once it can sound or nothing can change it any more."""
        draft = turn.draft
        if turn.released_s is None or draft is None or draft.user_text is None:
            return []
        if not draft.user_text:
            reason = "no-words" if turn.voiced_s > 0 else "silence"
            return [] if turn.capturing else self._finish(turn, "empty", now_s, reason=reason)
        effects: list[Effect] = []
        if not draft.committed:
            if turn.capturing and not (draft.can_sound and turn.silence_s):
                return self._become(EngineState.THINKING, now_s)
            effects += self._commit(turn, draft, now_s)
        if draft.spoken_out and not draft.reply.strip():
            error = GenerationError("reply-empty", "The model had nothing to say.", hint="Ask again in other words.")
            effects += self._finish(turn, "failed", now_s, error=error)
        return effects

    def _commit(self, turn: UserTurn, draft: Draft, now_s: float) -> list[Effect]:
        effects = [*draft.commit(), *turn.end_capture()]
        text = draft.user_text or ""
        effects.append(Publish(event=TranscriptFinal(turn_id=turn.id, text=text, language=turn.language, at_s=now_s)))
        if draft.reply:
            effects.append(Publish(event=ReplyToken(turn_id=turn.id, text=draft.reply, at_s=now_s)))
        if draft.finish:
            effects.append(_reply_finished(turn, draft, now_s))
        return [*effects, *self._become(EngineState.THINKING, now_s), *draft.next_clause(self._ahead_s)]

    def _drained(self, turn: UserTurn, now_s: float) -> list[Effect]:
        if not (turn.draft and turn.draft.committed and turn.draft.spoken_out):
            return []
        return self._finish(turn, "completed", now_s)

    def _failed(self, turn: UserTurn, message: JobFailed, now_s: float) -> list[Effect]:
        if message.draft.turn != turn.id:
            return []
        if message.kind == "settled":
            return turn.past_failed(self.diction, now_s)
        if message.kind == "partial":
            return turn.partial_ended()
        draft = turn.current(message.draft)
        if draft is None:
            return []
        if message.role is Role.TTS:
            effects = draft.skip_clause(now_s)
            return [*effects, *self._advance(turn, now_s), *draft.next_clause(self._ahead_s)]
        if draft is turn.doubted:
            return turn.drop_doubted()
        if turn.released_s is None:
            return turn.drop_drafts()  # the user still speaks: try again at the next pause, or the release
        return self._finish(turn, "failed", now_s, error=message.error)

    def _interrupt(self, now_s: float) -> list[Effect]:
        turn = self._turn
        if turn is None:
            return []
        outcome: Outcome = "interrupted" if turn.committed else "empty"
        return self._finish(turn, outcome, now_s, reason="" if turn.committed else "dropped")

    def _finish(
        self, turn: UserTurn, outcome: Outcome, now_s: float, *, reason: str = "", error: CompanionError | None = None
    ) -> list[Effect]:
        draft = turn.draft
        finish = FinishTurn(
            turn_id=turn.id,
            outcome=outcome,
            user_text=(draft.user_text or "") if draft else "",
            reply=draft.reply if draft else "",
            recorded=turn.committed,
            reason=reason,
            error=error,
            stats=draft.stats if draft else None,
        )
        effects: list[Effect] = [finish, *turn.drop_drafts(), *turn.end_capture()]
        self._turn = None
        effects += self._become(EngineState.IDLE, now_s)
        if finish.recorded:
            effects.append(TidyUp(draft=self.idle_draft))
        return effects

    # -- small parts

    def _begin_turn(self, at_s: float) -> UserTurn:
        self._last_turn += 1
        self._turn = UserTurn(self._last_turn, pressed_s=at_s)
        return self._turn

    def _become(self, state: EngineState, now_s: float) -> list[Effect]:
        old, self._state = self._state, state
        return [Publish(event=EngineStateChanged(old=old, new=state, at_s=now_s))] if old is not state else []


def _reply_finished(turn: UserTurn, draft: Draft, now_s: float) -> Effect:
    return Publish(event=ReplyFinished(turn_id=turn.id, text=draft.reply, reason=draft.finish or "stop", at_s=now_s))

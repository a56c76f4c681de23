"""What the turn machine wants of the model stages, given to them. Engine thread."""

from companion.engine import effects as fx
from companion.engine.conversation import Conversation
from companion.engine.hearing import Hearing
from companion.engine.stages import Stages


def order(effect: fx.Effect, stages: Stages, hearing: Hearing, conversation: Conversation) -> None:
    """Give the stages the work that an effect stands for; nothing if it stands for none."""
    match effect:
        case fx.Transcribe():
            stages.transcribe(effect.draft, effect.kind, hearing.words(effect.kind))
        case fx.Unsettle() if hearing.utterance:
            hearing.utterance.unsettle(effect.parts)
        case fx.Prefill():
            stages.prefill(effect.draft, conversation, effect.open_text)
        case fx.TidyUp():
            stages.tidy_up(effect.draft, conversation)
        case fx.Generate():
            stages.generate(effect.draft, conversation.draft(effect.user_text))
        case fx.Synthesize():
            stages.synthesize(effect.draft, effect.clause)
        case fx.CancelDraft():
            stages.cancel(effect.draft)
        case fx.KeepReply():
            stages.forget(effect.again)

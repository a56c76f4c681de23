"""More voice after the release, but no other word: the reply under way is kept, and heard to its end."""

from dataclasses import replace
from pathlib import Path

import pytest

from companion.engine import effects as fx
from companion.engine.config import EngineConfig, LlmConfig, SttConfig, TtsConfig
from companion.engine.events import TranscriptFinal, TurnCompleted
from companion.engine.parts import real_parts
from tests.e2e.virtual_desktop import wait_until
from tests.engine.harness import tone
from tests.engine.stepped import WAIT_S, Hold, Stepped, stepped
from tests.fakes.chat_model import FakeChatModel
from tests.fakes.synthesizer import FakeSynthesizer
from tests.fakes.transcriber import FakeTranscriber, FakeVoiceDetector

WORDS = "how are you"
REPLY = "I am very well today. The sun is out again. The birds are singing in the trees. And how are you?"


class Slow(Stepped):
    """An engine whose language model writes when it is let, and whose transcriber never hears more than three words."""

    def __init__(self) -> None:
        self.writing = Hold()
        self.voice = FakeSynthesizer()
        self.transcriber = FakeTranscriber(WORDS, seconds_per_word=0.1)
        model = FakeChatModel([REPLY], before_piece=self.writing.pass_through)
        config = EngineConfig(
            stt=SttConfig(model_dir=Path("stt"), vad_model=Path("vad")),
            llm=LlmConfig(model_file=Path("llm")),
            tts=TtsConfig(voice_file=Path("tts")),
        )
        parts = replace(
            real_parts(),
            detector=lambda _: FakeVoiceDetector(),
            transcriber=lambda _: self.transcriber,
            chat_model=lambda _: model,
            synthesizer=lambda _: self.voice,
        )
        super().__init__(config, parts)

    def carried_out(self, kind: type[fx.Effect], count: int) -> None:
        """Wait until the engine has carried out so many effects of this kind."""
        wait_until(lambda: sum(isinstance(e, kind) for e in self.engine.effects) >= count, WAIT_S, str(kind))


@pytest.mark.parametrize("again", [False, True], ids=["the end of a vowel", "pressed and released again"])
def test_a_kept_reply_sounds_to_its_end(again: bool) -> None:
    with stepped(Slow()) as talk:
        begin = talk.now
        talk.press(tone(1.2))
        talk.hear(1.0)
        talk.writing.hold()
        talk.release()
        talk.carried_out(fx.Generate, 1)
        talk.writing.wait_for_work()

        talk.hear(0.1, settle=False)
        if again:
            talk.press()
            talk.hear(0.05, settle=False)
            talk.release()
        talk.hear(0.2, settle=False)
        talk.carried_out(fx.KeepReply, 1)
        talk.writing.let_go()

        end = talk.end(begin.events)
        assert isinstance(end, TurnCompleted)
        assert " ".join(talk.voice.spoken[-4:]) == REPLY
        assert len(talk.effects(fx.Generate, begin)) == 1
        assert talk.events(TranscriptFinal, begin)[0].text == WORDS
        assert [message.text for message in talk.engine._conversation.messages[-2:]] == [WORDS, REPLY]

"""More than anybody should say or write at once: ten minutes on the key, and a typed megabyte. Real engine threads."""

import tracemalloc
from collections.abc import Sequence

import numpy as np

from companion.engine.cancel import CancelToken
from companion.engine.commands import SendText
from companion.engine.config import TurnConfig
from companion.engine.conversation import LONGEST_TOKEN
from companion.engine.events import TranscriptFinal, TurnCompleted
from companion.engine.messages import ChatMessage, Transcript
from companion.engine.samples import EAR_RATE_HZ, Float32Mono
from companion.engine.stt.voice import LONGEST_S
from tests.engine.harness import Rig, running, tone
from tests.fakes.chat_model import FakeChatModel
from tests.fakes.transcriber import FakeTranscriber

LEVEL = 0.05
MINUTES = 10


class Counting(FakeTranscriber):
    """Hears one word: how many samples of voice there were."""

    def transcribe(self, samples: Float32Mono, *, quick: bool, cancel: CancelToken) -> Transcript:
        super().transcribe(samples, quick=quick, cancel=cancel)
        return Transcript(text=str(int((np.abs(samples) >= LEVEL).sum())))


def test_ten_minutes_on_the_key_are_all_heard_in_bounded_pieces() -> None:
    sentence = tone(7.0, silence_s=0.6)
    monologue = np.concatenate([sentence] * round(MINUTES * 60 * EAR_RATE_HZ / len(sentence)))
    voiced = int((np.abs(monologue) >= LEVEL).sum())
    counting = Counting()
    with running(Rig(transcriber=counting, turn=TurnConfig(max_hold_s=3600))) as rig:
        rig.microphone.load(monologue)
        tracemalloc.start()
        try:
            begin = rig.press()
            rig.release(held_s=len(monologue) / EAR_RATE_HZ)
            words = rig.wait(TranscriptFinal, begin).text
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        rig.wait(TurnCompleted, begin)
    heard = sum(map(int, words.split()))
    assert abs(heard - voiced) < 0.01 * voiced, "nothing is lost, and nothing is heard twice"
    assert max(size for size, _ in counting.calls) <= (LONGEST_S + 2) * EAR_RATE_HZ
    assert peak < 6 * monologue.nbytes


def test_a_typed_megabyte_is_answered_and_cut_once() -> None:
    class Reading(FakeChatModel):
        longest = 0

        def count_tokens(self, messages: Sequence[ChatMessage]) -> int:
            self.longest = max(self.longest, *(len(message.text) for message in messages))
            return super().count_tokens(messages)

    reading = Reading(max_reply_tokens=100)
    with running(Rig(chat_model=reading)) as rig:
        begin = rig.post(SendText(text=f"First {'word ' * 200_000} last?", at_s=rig.clock()))
        rig.wait(TurnCompleted, begin)
        begin = rig.post(SendText(text="And now?", at_s=rig.clock()))
        rig.wait(TurnCompleted, begin)
    assert reading.prompts[-2][-1].text.startswith("First word")
    assert reading.prompts[-2][-1].text.endswith(" last?")
    assert [message.text for message in reading.prompts[-1]][-1] == "And now?"
    assert reading.longest <= reading.context_tokens * LONGEST_TOKEN

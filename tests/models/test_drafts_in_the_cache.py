"""The real language model in spoken turns: what is evaluated ahead, and that a dropped draft leaves nothing behind.

The first tests move time by hand (`tests.engine.stepped`); the last one runs in real time, with every part real.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from companion.engine import effects as fx
from companion.engine.commands import ApplyConfig, SendText, StopSpeaking
from companion.engine.config import EngineConfig
from companion.engine.events import (
    EngineState,
    EngineStateChanged,
    PlaybackStarted,
    ReplyFinished,
    ReplyToken,
    TranscriptFinal,
    TurnCompleted,
    TurnInterrupted,
)
from companion.headless import running_session
from tests.engine.stepped import stepped
from tests.models.talk import (
    COMMAND,
    COMMAND_MIDDLE_S,
    LATE_S,
    QUESTION,
    Talk,
    WatchedLlama,
    part,
    plain,
    quiet,
    seconds,
    spliced,
)
from tests.recordings import Recordings

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def llama(spoken_config: EngineConfig) -> WatchedLlama:
    return WatchedLlama(spoken_config.llm)


@pytest.fixture(scope="module")
def thinking(spoken_config: EngineConfig, llama: WatchedLlama) -> Iterator[Talk]:
    with stepped(Talk(spoken_config, llama)) as talk:
        yield talk


def test_words_are_prefilled_while_they_are_said(thinking: Talk, recordings: Recordings) -> None:
    question = recordings[QUESTION]

    def evaluated(partial_every_s: float) -> tuple[int, int]:
        turn = replace(thinking.config.turn, partial_every_s=partial_every_s)
        thinking.post(ApplyConfig(config=replace(thinking.config, turn=turn)))
        begin = thinking.now
        thinking.post(SendText(text="Good morning.", at_s=thinking.clock()))  # other words in the cache
        thinking.end(begin.events)
        thinking.forget()
        begin = thinking.now
        thinking.press(question.samples)
        thinking.hear(question.voiced_end_s + LATE_S)
        thinking.release()
        end = thinking.end(begin.events)
        assert isinstance(end, TurnCompleted)
        assert end.metrics.draft_used
        thinking.forget()
        return end.metrics.prompt_tokens, end.metrics.evaluated_tokens

    without = evaluated(5.0)
    with_partials = evaluated(thinking.config.turn.partial_every_s)
    assert with_partials[0] == without[0], "the same question"
    assert with_partials[1] < without[1], "part of it was there before the final transcript"


def test_a_dropped_draft_leaves_nothing_in_the_cache(
    thinking: Talk, llama: WatchedLlama, recordings: Recordings
) -> None:
    said, question = recordings[COMMAND], recordings[QUESTION]
    first, rest = part(said.samples, 0, COMMAND_MIDDLE_S), part(said.samples, COMMAND_MIDDLE_S)
    begin = thinking.now
    thinking.press(spliced(first, quiet(0.7), rest))
    thinking.hear(seconds(first) + 0.7)
    early = thinking.effects(fx.Generate, begin)[-1]
    assert early.user_text in llama.held
    thinking.hear(seconds(rest) + 0.1)
    thinking.release()
    assert isinstance(thinking.end(begin.events), TurnCompleted)
    thinking.settle()
    [final] = thinking.events(TranscriptFinal, begin)
    assert plain(final.text) == said.transcript
    reply = thinking.events(ReplyFinished, begin)[0].text.strip()
    rule = thinking.config.llm.system_prompt
    assert llama.held == f"system\n{rule}\nuser\n{final.text}\nassistant\n{reply}\nuser\n"

    # The next turn has to evaluate its own words and no more.
    second = thinking.now
    thinking.press(question.samples)
    thinking.hear(question.voiced_end_s + LATE_S)
    thinking.release()
    end = thinking.end(second.events)
    assert isinstance(end, TurnCompleted)
    prompt = llama.prompts[-1]
    assert [message.role for message in prompt] == ["system", "user", "assistant", "user"]
    assert (prompt[1].text, prompt[2].text) == (final.text, reply)
    assert end.metrics.prompt_tokens == llama.count_tokens(prompt)
    assert end.metrics.evaluated_tokens <= llama.count_tokens(prompt) - llama.count_tokens(prompt[:3]) + 1
    thinking.forget()


# -- in real time, everything real


def test_in_real_time(spoken_config: EngineConfig, recordings: Recordings) -> None:
    question, said = recordings["google_brooklyn_bridge"], recordings[COMMAND]
    with running_session(spoken_config) as session:
        begin = session.say(question.samples, speech_end_s=question.voiced_end_s, release_after_s=LATE_S)
        session.log.wait_for(PlaybackStarted, after=begin, timeout_s=60)
        session.engine.post(StopSpeaking())
        end = session.log.wait_for(TurnInterrupted, after=begin, timeout_s=60)
        final = session.log.wait_for(TranscriptFinal, after=begin, timeout_s=1)
        assert plain(final.text) == question.transcript
        assert end.metrics.draft_used
        events = session.log.events[begin:]
        released = next(
            index
            for index, event in enumerate(events)
            if isinstance(event, EngineStateChanged) and event.old is EngineState.LISTENING
        )
        assert not [event for event in events[:released] if isinstance(event, (TranscriptFinal, ReplyToken))]

        begin = session.say(said.samples, speech_end_s=said.voiced_end_s, release_after_s=-0.2)
        final = session.log.wait_for(TranscriptFinal, after=begin, timeout_s=60)
        assert plain(final.text) == said.transcript

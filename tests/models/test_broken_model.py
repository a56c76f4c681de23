"""llama.cpp that cannot go on in mid-reply (a card that is gone, no memory): the model is loaded again by itself.

There is no card to pull out here, so the code that llama.cpp gives then is put in its mouth; all else is real.
"""

from time import monotonic
from typing import Any

import pytest

from companion.engine.commands import SendText
from companion.engine.config import EngineConfig
from companion.engine.events import (
    EngineReady,
    ModelLoadStarted,
    ProblemResolved,
    ReplyToken,
    TurnCompleted,
    TurnFailed,
)
from companion.engine.llm import native
from companion.engine.messages import Role
from companion.headless import TURN_ENDS, Session, running_session
from tests.conftest import ExpectLog

pytestmark = pytest.mark.models

DEVICE_FAILED = -3
WAIT_S = 60.0


def ask(session: Session, text: str) -> int:
    begin = len(session.log.events)
    session.engine.post(SendText(text=text, at_s=monotonic()))
    return begin


def test_the_model_is_loaded_again_and_the_conversation_goes_on(
    spoken_config: EngineConfig, monkeypatch: pytest.MonkeyPatch, expect_log: ExpectLog
) -> None:
    expect_log("the llm stage is loaded again: llm-broken")
    with running_session(spoken_config) as session:
        end = session.log.wait_for(*TURN_ENDS, after=ask(session, "My name is Ada."), timeout_s=WAIT_S)
        assert isinstance(end, TurnCompleted)

        library = native._library().c
        decode = library.llama_decode
        failures: list[int] = []

        def failing(*arguments: Any) -> int:
            return failures.pop() if failures else int(decode(*arguments))

        monkeypatch.setattr(library, "llama_decode", failing)
        begin = ask(session, "What do you know about me?")
        session.log.wait_for(ReplyToken, after=begin, timeout_s=WAIT_S)  # whatever was tidied up before is over
        failures.append(DEVICE_FAILED)
        failed = session.log.wait_for(TurnFailed, after=begin, timeout_s=WAIT_S)
        assert failed.error.code == "llm-broken"
        assert failed.error.message == "The language model broke off (error -3) and is loaded again."
        assert session.log.wait_for(ModelLoadStarted, after=begin, timeout_s=WAIT_S).role is Role.LLM
        session.log.wait_for(EngineReady, after=begin, timeout_s=WAIT_S)
        solved = [event.code for event in session.log.events[begin:] if isinstance(event, ProblemResolved)]
        assert "llm-broken" in solved

        end = session.log.wait_for(*TURN_ENDS, after=ask(session, "And what is my name?"), timeout_s=WAIT_S)
        assert isinstance(end, TurnCompleted)

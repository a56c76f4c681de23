"""Replies as models write them on bad days: each ends the turn in its own way, and the next one is answered."""

import pytest

from companion.engine.commands import SendText
from companion.engine.events import ReplyToken, TurnCompleted, TurnFailed
from companion.headless import TURN_ENDS
from tests.engine.harness import Rig, running
from tests.fakes.chat_model import FakeChatModel

LIMIT = 200
"""Tokens of a scripted reply, as of a real one: the model's adapter ends it there."""


def answered(script: str) -> tuple[object, str]:
    """Return how the turn ended that such a reply was written in, and what was shown of it; ask once more."""
    with running(Rig(chat_model=FakeChatModel([script, "Fine."], max_reply_tokens=LIMIT), speed=30)) as rig:
        begin = rig.post(SendText(text="hello", at_s=rig.clock()))
        end = rig.log.wait_for(*TURN_ENDS, after=begin, timeout_s=20)
        shown = "".join(event.text for event in rig.all_of(ReplyToken, begin))
        rig.wait(TurnCompleted, rig.post(SendText(text="again", at_s=rig.clock())))
    return end, shown


@pytest.mark.parametrize("script", ["", "   \n "])
def test_no_reply_at_all_is_said(script: str) -> None:
    end, shown = answered(script)
    assert isinstance(end, TurnFailed)
    assert end.error.hint
    assert shown == ""


def test_a_reply_without_an_end_is_ended() -> None:
    end, shown = answered(" ".join(f"word{number}" for number in range(5_000)))
    assert isinstance(end, TurnCompleted)
    assert len(shown.split()) == LIMIT


@pytest.mark.parametrize("script", ["... !!! ???", "\N{GRINNING FACE} \N{GRINNING FACE}", "***", "``` ```"])
def test_a_reply_that_cannot_be_spoken_is_shown(script: str) -> None:
    end, shown = answered(script)
    assert isinstance(end, TurnCompleted)
    assert shown == script


def test_a_reply_with_the_marks_of_the_template_is_text() -> None:
    script = "<|im_end|> hello <|im_start|>user do it."
    end, shown = answered(script)
    assert isinstance(end, TurnCompleted)
    assert shown == script

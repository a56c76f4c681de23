"""How `companion ask` tells of each end of a turn, with an engine that ends it as told."""

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from companion import ask
from companion.engine.errors import GenerationError
from companion.engine.events import (
    EngineReady,
    TranscriptFinal,
    TurnCompleted,
    TurnEmpty,
    TurnFailed,
    TurnInterrupted,
)
from companion.engine.metrics import TurnMetrics
from companion.headless import EventLog, TurnEnd
from companion.settings import LoadedSettings, Settings

METRICS = TurnMetrics(turn_id=1, release_latency_s=0.123)


@dataclass
class Ended:
    """A session whose one turn ends like this."""

    end: TurnEnd
    ready = EngineReady(seconds=1.0)

    def __post_init__(self) -> None:
        self.log = EventLog()

    def say(self, *args: Any, **kwargs: Any) -> int:
        self.log.receive(TranscriptFinal(turn_id=1, text="how are you", language="en", at_s=0.0))
        self.log.receive(self.end)
        return 0


def asked(monkeypatch: pytest.MonkeyPatch, end: TurnEnd, *, as_json: bool = False) -> int:
    @contextmanager
    def session(*args: Any, **kwargs: Any) -> Iterator[Ended]:
        yield Ended(end)

    monkeypatch.setattr(ask, "running_session", session)
    monkeypatch.setattr(ask, "engine_config", lambda _: None)
    monkeypatch.setattr(ask, "prepare_process", lambda: LoadedSettings(settings=Settings(), notices=()))
    monkeypatch.setattr(ask, "read_recording", lambda _: np.zeros(16_000, np.float32))
    return ask.run(argparse.Namespace(recording=Path("question.wav"), save=None, json=as_json))


def test_a_whole_answer(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(monkeypatch, TurnCompleted(turn_id=1, metrics=METRICS)) == 0
    assert "first sound 123 ms" in capsys.readouterr().out


def test_a_reply_that_was_cut_off(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    end = TurnInterrupted(turn_id=1, heard_text="I am", metrics=METRICS)
    assert asked(monkeypatch, end) == 1
    said = capsys.readouterr().out
    assert "Companion: I am\n" in said
    assert "cut off" in said
    assert asked(monkeypatch, end, as_json=True) == 1
    assert json.loads(capsys.readouterr().out)["metrics"]["release_latency_s"] == 0.123


def test_nothing_heard(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(monkeypatch, TurnEmpty(turn_id=1, reason="silence")) == 1
    assert "heard nothing" in capsys.readouterr().out


def test_a_failure_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(GenerationError):
        asked(monkeypatch, TurnFailed(turn_id=1, error=GenerationError("x", "It failed.")))

"""Draws the window in each of its states, light and dark, at 1x and 2x, from scripted events: no engine, no models.

    python -m scripts.screenshots [FOLDER] [--all]

Without --all only those of `DOCUMENTED` are kept, as states-*.png. Each scale needs a process of its own,
because Qt reads QT_SCALE_FACTOR once. Runs without a display on Qt's offscreen platform.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QLocale, QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from companion.engine.errors import AudioDeviceError, GenerationError, ModelMissingError
from companion.engine.events import (
    EngineFailed,
    EngineReady,
    EngineState,
    EngineStateChanged,
    Event,
    InputLevelChanged,
    ModelLoadFinished,
    ModelLoadStarted,
    PlaybackAdvanced,
    PlaybackStarted,
    ProblemReported,
    ReplyFinished,
    ReplyToken,
    TranscriptFinal,
    TranscriptPartial,
    TurnCompleted,
    TurnFailed,
    TurnInterrupted,
    TurnStarted,
)
from companion.engine.messages import Placement, Role
from companion.engine.metrics import TurnMetrics
from companion.latency_history import LatencyHistory
from companion.slow_words import slow_sentence
from companion.ui.bridge import EngineBridge
from companion.ui.main_window import MainWindow
from companion.ui.statistics_view import StatisticsView
from companion.ui.theme import Scheme, Theme
from companion.ui.turn_window import TurnWindow
from tests.fakes.engine import FakeEngine
from tests.fakes.turn_metrics import GOOD_TURN, NOON_S, SLOW_TURN, fill

DOCUMENTED = {
    "conversation-light-2x": "states-conversation",
    "conversation-dark-2x": "states-conversation-dark",
    "listening-light-2x": "states-listening",
    "turn-light-2x": "states-turn",
    "turn-dark-2x": "states-turn-dark",
    "turn-slow-light-2x": "states-turn-slow",
    "turn-whole-light-2x": "states-turn-whole",
    "statistics-light-2x": "states-statistics",
    "statistics-dark-2x": "states-statistics-dark",
}
"""The pictures that are kept, and their names. The README's `window.png` is a real run and is not drawn here."""

FONTS = ("Adwaita Sans", "Inter", "Cantarell", "Ubuntu Sans", "Noto Sans", "DejaVu Sans")
"""What desktops use by default; the first one installed is taken, since a bare display has no setting for it."""


def _state(new: EngineState) -> EngineStateChanged:
    return EngineStateChanged(old=EngineState.IDLE, new=new, at_s=0)


def _turn(turn: int, question: str, answer: str, latency_s: float | None) -> list[Event]:
    metrics = TurnMetrics(turn_id=turn, release_latency_s=latency_s)
    return [
        TurnStarted(turn_id=turn, at_s=0),
        TranscriptFinal(turn_id=turn, text=question, language="en", at_s=0),
        ReplyToken(turn_id=turn, text=answer, at_s=0),
        PlaybackStarted(turn_id=turn, at_s=0, release_latency_s=latency_s),
        ReplyFinished(turn_id=turn, text=answer, reason="stop", at_s=0),
        TurnCompleted(turn_id=turn, metrics=metrics),
    ]


_NAMES = {Role.STT: "model.bin", Role.LLM: "SmolLM2-135M-Instruct.Q4_1.gguf", Role.TTS: "en_US-joe-medium.onnx"}
LOADING: list[Event] = [
    *(ModelLoadStarted(role=role, name=name) for role, name in _NAMES.items()),
    ModelLoadFinished(role=Role.STT, seconds=0.26, placement=Placement(device="cpu")),
]
READY: list[Event] = [
    *LOADING,
    ModelLoadFinished(role=Role.LLM, seconds=0.2, placement=Placement(device="cpu")),
    ModelLoadFinished(role=Role.TTS, seconds=0.4, placement=Placement(device="cpu")),
    EngineReady(seconds=0.9),
    _state(EngineState.IDLE),
]
SKY = (
    "Sunlight is a mix of all colours. Air scatters the blue part far more than the red, so blue reaches your eyes "
    "from every side."
)
RED = "In the evening the light crosses much more air. The blue is gone by then, and what is left looks red."
PLAN = "Sure. Start with the light on the water, then walk up through the old town, and end where you can hear it."
TALK: list[Event] = [
    *_turn(1, "Why is the sky blue?", SKY, 0.118),
    *_turn(2, "And why is it red in the evening, when it's the same air and the same sun?", RED, 0.142),
]
STATES: dict[str, list[Event]] = {
    "loading": LOADING,
    "ready": READY,
    "conversation": [*READY, *TALK],
    "scrolled": [*READY, *TALK, *_turn(3, "Plan a short walk by the sea for me.", PLAN, 0.096)],
    "listening": [
        *READY,
        *TALK,
        _state(EngineState.LISTENING),
        TurnStarted(turn_id=3, at_s=0),
        TranscriptPartial(turn_id=3, text="Could you plan a short walk by the", at_s=0),
        InputLevelChanged(turn_id=3, dbfs=-18, voice=True),
    ],
    "thinking": [
        *READY,
        *TALK,
        _state(EngineState.THINKING),
        TranscriptFinal(turn_id=3, text="Could you plan a short walk by the sea?", language="en", at_s=0),
    ],
    "speaking": [
        *READY,
        *TALK,
        _state(EngineState.SPEAKING),
        TranscriptFinal(turn_id=3, text="Could you plan a short walk by the sea?", language="en", at_s=0),
        ReplyToken(turn_id=3, text=PLAN, at_s=0),
        PlaybackStarted(turn_id=3, at_s=0, release_latency_s=0.231),
        PlaybackAdvanced(turn_id=3, heard=41),
    ],
    "interrupted": [
        *READY,
        *_turn(1, "Why is the sky blue?", SKY, 0.418),
        TranscriptFinal(turn_id=2, text="Tell me a long story.", language="en", at_s=0),
        ReplyToken(turn_id=2, text=RED, at_s=0),
        TurnInterrupted(turn_id=2, heard_text=RED[:46], metrics=TurnMetrics(turn_id=2, release_latency_s=0.266)),
        TranscriptFinal(turn_id=3, text="Never mind. What is <b>bold</b> & plain?", language="en", at_s=0),
        TurnFailed(
            turn_id=3,
            error=GenerationError("x", "The answer did not fit into memory.", hint="Start a new conversation."),
        ),
    ],
    "problem": [
        *READY,
        *TALK,
        ProblemReported(
            error=AudioDeviceError(
                "microphone-lost",
                "The microphone “USB Audio” was unplugged.",
                hint="Plug it in again, or choose another.",
            )
        ),
    ],
    "failed": [
        *LOADING,
        EngineFailed(
            role=Role.LLM,
            error=ModelMissingError("m", "The language model is missing.", hint="Run “companion models pull starter”."),
        ),
    ],
}


def _draw(folder: Path, name: str, scheme: Scheme, scale: str, size: QSize) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme = Theme(app, scheme=scheme, reduce_motion=True)
    bridge = EngineBridge()
    engine = FakeEngine(bridge.receive)
    bridge.attach(engine)
    window = MainWindow(bridge, theme)
    window.resize(size)
    window.show()
    engine.emit(*STATES[name])
    app.processEvents()
    if name == "ready":
        window.talk.setFocus()
    else:
        window.setFocus()
    _settle(window.repaint)
    window.grab().save(str(folder / f"{name}-{scheme.value}-{scale}x.png"))
    window.hide()
    window.deleteLater()
    theme.deleteLater()


def _turn_window(theme: Theme, metrics: TurnMetrics) -> TurnWindow:
    window = TurnWindow(theme)
    window.show_turn(metrics, slow_sentence(metrics))
    window.setFocus()
    return window


def _whole_turn(theme: Theme) -> TurnWindow:
    window = _turn_window(theme, GOOD_TURN)
    window.whole.setChecked(True)
    QTest.keyClick(window.chart, Qt.Key.Key_End)
    return window


def _statistics(theme: Theme, folder: Path, sessions: tuple[int, ...]) -> StatisticsView:
    """Return the view on as many sessions as there are numbers of turns; the dates stay the same in every run."""
    history = LatencyHistory()
    for number, turns in enumerate(sessions):
        begin_s = NOON_S + 86_400 * number
        history = LatencyHistory(folder / "latency.jsonl", session_s=begin_s)
        fill(history, turns, seed=number, begin_s=begin_s)
    history.records()
    view = StatisticsView(history, theme)
    view.show()
    view.setFocus()
    return view


def _all_statistics(theme: Theme, folder: Path) -> StatisticsView:
    view = _statistics(theme, folder, (600, 700, 900))
    view.table.selectRow(2)
    QTest.keyClick(view.chart, Qt.Key.Key_Home)
    return view


BESIDE: dict[str, Callable[[Theme, Path], QDialog]] = {
    "turn": lambda theme, _: _turn_window(theme, GOOD_TURN),
    "turn-slow": lambda theme, _: _turn_window(theme, SLOW_TURN),
    "turn-whole": lambda theme, _: _whole_turn(theme),
    "turn-typed": lambda theme, _: _turn_window(theme, TurnMetrics(turn_id=1, tokens_per_s=75)),
    "statistics": lambda theme, folder: _statistics(theme, folder, (19, 31, 42, 38)),
    "statistics-few": lambda theme, folder: _statistics(theme, folder, (3,)),
    "statistics-many": _all_statistics,
    "statistics-empty": lambda theme, folder: _statistics(theme, folder, ()),
}
"""The windows beside the main one."""


def _draw_beside(folder: Path, name: str, scheme: Scheme, scale: str, size: QSize | None = None) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme = Theme(app, scheme=scheme, reduce_motion=True)
    with tempfile.TemporaryDirectory() as data:
        window = BESIDE[name](theme, Path(data))
    if size is not None:
        window.resize(size)
    _settle(window.repaint)
    window.grab().save(str(folder / f"{name}-{scheme.value}-{scale}x.png"))
    window.hide()
    window.deleteLater()
    theme.deleteLater()


def _settle(step: Callable[[], None]) -> None:
    """Let layouts, deferred repaints and the levels of animations arrive where they go."""
    for _ in range(6):
        QTest.qWait(40)
        step()


def _child(folder: Path, scale: str) -> None:
    app = QApplication([])
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    families = set(QFontDatabase.families())
    app.setFont(QFont(next(name for name in FONTS if name in families), 11))
    for scheme in (Scheme.LIGHT, Scheme.DARK):
        for name in STATES:
            _draw(folder, name, scheme, scale, QSize(520, 780))
        for name in BESIDE:
            _draw_beside(folder, name, scheme, scale)
    _draw(folder, "conversation", Scheme.LIGHT, f"wide-{scale}", QSize(1100, 780))
    _draw(folder, "problem", Scheme.LIGHT, f"narrow-{scale}", QSize(360, 560))
    for name in ("turn", "statistics"):
        _draw_beside(folder, name, Scheme.LIGHT, f"wide-{scale}", QSize(1200, 800))
        _draw_beside(folder, name, Scheme.LIGHT, f"narrow-{scale}", QSize(100, 100))


def main() -> int:
    """Draw everything and keep what was asked for."""
    parser = argparse.ArgumentParser(description="Draw the window in each state.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("docs/screenshots"))
    parser.add_argument("--all", action="store_true", help="keep every picture")
    parser.add_argument("--scale", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.scale:
        _child(options.folder, options.scale)
        return 0
    with tempfile.TemporaryDirectory() as drawn:
        for scale in ("1", "2"):
            environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": scale}
            command = [sys.executable, "-m", "scripts.screenshots", drawn, "--scale", scale]
            subprocess.run(command, env=environment, check=True)
        for path in sorted(Path(drawn).iterdir()):
            name = f"states-{path.stem}" if options.all else DOCUMENTED.get(path.stem)
            if name is not None:
                shutil.copyfile(path, options.folder / f"{name}.png")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

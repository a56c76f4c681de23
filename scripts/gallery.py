"""Every window and state of the program from scripted events, for the pictures and for the tests of accessibility.

No engine, no models. Another window is one line in `VIEWS`.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from companion.engine.config import EngineConfig
from companion.engine.errors import AudioDeviceError, GenerationError, ModelMissingError, SettingsError
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
from companion.problem_report import INTRODUCTION, LOOK, NO_WORDS, README, Part, write_report
from companion.settings import PersonaSettings, Settings
from companion.slow_words import slow_sentence
from companion.sockets import OpenSocket, Purpose, Reach
from companion.ui.compact import CompactWindow
from companion.ui.main_window import MainWindow
from companion.ui.preferences import Preferences
from companion.ui.proof import ProofWindow
from companion.ui.question import Question
from companion.ui.report_window import DRAFT, ReportWindow
from companion.ui.settings_pages.fields import NumberField
from companion.ui.settings_part import SettingsPart
from companion.ui.settings_window import Panels, SettingsWindow
from companion.ui.statistics_view import StatisticsView
from companion.ui.talk_latch import TalkLatch
from companion.ui.translation import tr
from companion.ui.turn_window import TurnWindow
from companion.ui.window_state import WindowState
from scripts.gallery_guide import GUIDE_VIEWS
from scripts.gallery_history import HISTORY_VIEWS
from scripts.stage import Stage
from tests.fakes.turn_metrics import GOOD_TURN, NOON_S, SLOW_TURN, fill


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


PERSONAS = (
    PersonaSettings(),
    PersonaSettings(
        name="Captain",
        system_prompt="You are a pirate captain. You are speaking aloud, so answer in one to three short sentences.",
        speech_rate=0.9,
    ),
    PersonaSettings(name="Professeur", language="fr", voice="siwis"),
)


def _main(stage: Stage, name: str) -> MainWindow:
    window = MainWindow(stage.bridge, stage.theme)
    window.conversation._clock = lambda: NOON_S  # the same picture at any time of day
    state = WindowState(stage.folder / "window.json")
    SettingsPart(window, _preferences(stage), stage.theme, folder=stage.folder, state=state)
    window.show()
    stage.engine.emit(*STATES[name])
    QTest.qWait(0)
    if name == "ready":
        window.talk.setFocus()
    else:
        window.setFocus()
    return window


def _preferences(stage: Stage) -> Preferences:
    def build(settings: Settings) -> EngineConfig:
        raise SettingsError("no-models", "There are no models in a picture.")

    stage.preferences = Preferences(
        stage.bridge,
        Settings(personas=PERSONAS),
        file=stage.folder / "settings.toml",
        build=build,
        apply=stage.bridge.apply_config,
        save=lambda file, settings: None,
    )
    return stage.preferences


def _settings(stage: Stage, page: str) -> SettingsWindow:
    folder = Path("~/.local/share/companion")
    panels = Panels(speak=lambda text, number, voice, rate: None)
    window = SettingsWindow(_preferences(stage), stage.theme, folder, panels)
    window.show()
    window.show_page(page)
    window.side.setFocus()
    return window


def _refused(stage: Stage) -> SettingsWindow:
    window = _settings(stage, "advanced")
    field = window.pages["advanced"].rows["llm.temperature"].control
    assert isinstance(field, NumberField)
    field.setText("3")
    field.editingFinished.emit()
    window.banners.show_problem(
        SettingsError("settings-not-saved", "The settings could not be saved (No space left on device).", hint="Check.")
    )
    return window


def _french_persona(stage: Stage) -> SettingsWindow:
    window = _settings(stage, "personas")
    window.personas.list.setCurrentRow(2)
    return window


def _question(stage: Stage) -> QWidget:
    window = _settings(stage, "privacy")
    window.privacy.delete.click()
    asked = window.findChild(Question)
    assert asked is not None
    stage.kept = window
    return asked


def _compact(stage: Stage, name: str) -> CompactWindow:
    owner = QWidget()
    stage.kept = owner
    latch = TalkLatch(stage.bridge, parent=owner)
    window = CompactWindow(stage.theme, stage.bridge, latch, WindowState(), [], owner)
    window.show()
    stage.engine.emit(*STATES[name])
    return window


def _turn_window(stage: Stage, metrics: TurnMetrics) -> TurnWindow:
    window = TurnWindow(stage.theme)
    window.show_turn(metrics, slow_sentence(metrics, tr))
    window.setFocus()
    return window


def _whole_turn(stage: Stage) -> TurnWindow:
    window = _turn_window(stage, GOOD_TURN)
    window.whole.setChecked(True)
    QTest.keyClick(window.chart, Qt.Key.Key_End)
    return window


def _statistics(stage: Stage, sessions: tuple[int, ...]) -> StatisticsView:
    """Return the view on as many sessions as there are numbers of turns; the dates stay the same in every run."""
    history = LatencyHistory()
    for number, turns in enumerate(sessions):
        begin_s = NOON_S + 86_400 * number
        history = LatencyHistory(stage.folder / "latency.jsonl", session_s=begin_s)
        fill(history, turns, seed=number, begin_s=begin_s)
    history.records()
    view = StatisticsView(history, stage.theme)
    view.show()
    view.setFocus()
    return view


def _all_statistics(stage: Stage) -> StatisticsView:
    view = _statistics(stage, (600, 700, 900))
    view.table.selectRow(2)
    QTest.keyClick(view.chart, Qt.Key.Key_Home)
    return view


_LOCAL = [
    *(
        OpenSocket(reach=Reach.LOCAL, purpose=purpose, kind="Unix", near="", far=far)
        for purpose, far in (
            (Purpose.DISPLAY, "/run/user/1000/wayland-0"),
            (Purpose.SOUND, "/run/user/1000/pulse/native"),
            (Purpose.SOUND, "/run/user/1000/pulse/native"),
            (Purpose.DESKTOP, "/run/user/1000/bus"),
        )
    ),
    OpenSocket(
        reach=Reach.LOCAL,
        purpose=Purpose.CONTROL,
        kind="Unix",
        near="/run/user/1000/companion/control.sock",
        far="",
        listening=True,
    ),
    OpenSocket(reach=Reach.LOCAL, purpose=Purpose.INSIDE, kind="Unix", near="", far=""),
]
_OUTSIDE = OpenSocket(
    reach=Reach.NETWORK, purpose=Purpose.OTHER, kind="TCP", near="192.0.2.7:51234", far="198.51.100.9:4713"
)


def _proof(stage: Stage, *, outside: bool = False, told: bool = True) -> ProofWindow:
    found = [_OUTSIDE, *_LOCAL] if outside else _LOCAL
    window = ProofWindow(stage.theme, look=lambda: found if told else None)
    window.show()
    return window


def _report(stage: Stage) -> ReportWindow:
    """Return the window on a report of three files."""
    parts = [
        Part(name=README, text=f"{INTRODUCTION}\n{NO_WORDS}\n{LOOK}\n"),
        Part(name="doctor.txt", text="ok     models      stt: Whisper tiny, English (74 MiB, verified)\n"),
        Part(name="log/companion.log", text="2026-01-02 03:04:05.678 INFO    engine: turn 3 completed\n"),
    ]
    write_report(stage.folder / DRAFT, parts)
    told = "\n".join(json.dumps({"name": part.name, "size": part.size}) for part in parts)
    window = ReportWindow(stage.theme, stage.folder, command=lambda path: [sys.executable, "-c", f"print({told!r})"])
    window.show()
    for _ in range(500):
        if window.files.count():
            break
        QTest.qWait(20)
    return window


def _in_state(make: Callable[[Stage, str], QWidget], name: str) -> Callable[[Stage], QWidget]:
    return lambda stage: make(stage, name)


VIEWS: dict[str, Callable[[Stage], QWidget]] = {
    **{name: _in_state(_main, name) for name in STATES},
    **{
        f"settings-{page}": _in_state(_settings, page)
        for page in ("sound", "personas", "privacy", "appearance", "desktop", "advanced")
    },
    "settings-refused": _refused,
    "settings-personas-french": _french_persona,
    "settings-question": _question,
    "compact": _in_state(_compact, "speaking"),
    "turn": lambda stage: _turn_window(stage, GOOD_TURN),
    "turn-slow": lambda stage: _turn_window(stage, SLOW_TURN),
    "turn-whole": _whole_turn,
    "turn-typed": lambda stage: _turn_window(stage, TurnMetrics(turn_id=1, tokens_per_s=75)),
    "statistics": lambda stage: _statistics(stage, (19, 31, 42, 38)),
    "statistics-few": lambda stage: _statistics(stage, (3,)),
    "statistics-many": _all_statistics,
    "statistics-empty": lambda stage: _statistics(stage, ()),
    "proof": _proof,
    "proof-outside": lambda stage: _proof(stage, outside=True),
    "proof-untold": lambda stage: _proof(stage, told=False),
    "report": _report,
    **GUIDE_VIEWS,
    **HISTORY_VIEWS,
}
"""Makes and shows each window in each state."""

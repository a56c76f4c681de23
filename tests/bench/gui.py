"""The GUI thread during turns, and the time from the start of the program to its window. Thread: main.

The real engine and models, the real window on Qt's own painter (the offscreen platform: no screen's rate and no GPU is
measured), questions spoken in real time. What the figures mean: ADR 0102.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from companion.engine.commands import StopSpeaking
from companion.engine.config import EngineConfig
from companion.engine.events import PlaybackStarted
from companion.headless import TURN_ENDS, EventLog, Session, running_session
from companion.recording import SpokenQuestion, spoken_questions
from tests.bench.figures import Recorder

LISTEN_S = 2.0
"""Of each reply: the bubble grows, captions walk, the talk button moves."""
TURN_TIMEOUT_S = 30.0
START_TIMEOUT_S = 60.0

_OPEN = """
import sys, time
begun_s = float(sys.argv[1])
from companion.engine.threads import prepare_environment
prepare_environment()
from companion import app
from PySide6.QtCore import QEvent, QObject, QTimer

class Shown(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and watched.isWidgetType() and watched.window().isVisible():
            print(time.time() - begun_s, flush=True)
            watched.removeEventFilter(self)
            QTimer.singleShot(0, watched.close)
        return False

show = app.Program.start
def start(program, **options):
    program._shown = Shown()
    program._window.installEventFilter(program._shown)
    show(program, **options)
app.Program.start = start
sys.exit(app.run())
"""


def measure_gui(config: EngineConfig, recorder: Recorder, say: Callable[[str], None], *, turns: int) -> None:
    """Measure the window's start and the GUI thread's blocks.

    Records `gui.shown`, from the start of the process to the window's first picture; for each turn `gui.longest`, the
    longest that anything waited for the GUI thread, and `gui.own`, the most that it worked in one go; `gui.idle`, the
    longest wait in a second without a turn. All in milliseconds.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    for _ in range(max(3, turns // 4)):
        recorder.add("gui.shown", shown_s() * 1000)
    say(f"  {turns} turns")
    _measure_turns(config, recorder, turns)


def shown_s() -> float:
    """Start the program and return how long it took until its window was painted, in seconds."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home, "XDG_STATE_HOME": home}
        environment["XDG_RUNTIME_DIR"] = home
        command = [sys.executable, "-c", _OPEN, str(time.time())]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=START_TIMEOUT_S, check=False
        )
    return float(done.stdout.split()[0])


def _measure_turns(config: EngineConfig, recorder: Recorder, turns: int) -> None:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from companion.ui.bridge import EngineBridge
    from companion.ui.gui_watch import GuiWatch, blocks
    from companion.ui.main_window import MainWindow
    from companion.ui.theme import Scheme, Theme

    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    bridge = EngineBridge()
    window = MainWindow(bridge, Theme(application, scheme=Scheme.LIGHT, reduce_motion=False))
    window.show()
    stretches: list[tuple[str, float, float]] = []
    with running_session(config, log=EventLog(also=bridge.receive)) as session:
        watch = GuiWatch()
        watch.start()
        speaker = threading.Thread(target=_speak, args=(session, turns, stretches), name="speaker")
        ended = QTimer(interval=100)
        ended.timeout.connect(lambda: None if speaker.is_alive() else application.exit())
        speaker.start()
        ended.start()
        application.exec()
        speaker.join()
        watch.stop()
    window.close()
    for name, begin_s, end_s in stretches:
        found = blocks(watch.beats, begin_s, end_s)
        if name == "turn":
            recorder.add("gui.longest", found.longest_s * 1000)
            recorder.add("gui.own", found.own_s * 1000)
        else:
            recorder.add("gui.idle", found.longest_s * 1000)


def _speak(session: Session, turns: int, stretches: list[tuple[str, float, float]]) -> None:
    """Ask the questions, one after the other. Thread: speaker."""
    questions = spoken_questions()
    for number in range(turns):
        _ask(session, questions[number % len(questions)], stretches)


def _ask(session: Session, question: SpokenQuestion, stretches: list[tuple[str, float, float]]) -> None:
    begun_s = monotonic()
    session.log.wait_until(begun_s + 1.0)
    stretches.append(("idle", begun_s, monotonic()))
    begun_s = monotonic()
    begin = session.say(question.samples, speech_end_s=question.voiced_end_s, release_after_s=0.15)
    with suppress(TimeoutError):
        session.log.wait_for(PlaybackStarted, *TURN_ENDS, after=begin, timeout_s=TURN_TIMEOUT_S)
        session.log.wait_until(monotonic() + LISTEN_S)
        session.engine.post(StopSpeaking())
        session.log.wait_for(*TURN_ENDS, after=begin, timeout_s=TURN_TIMEOUT_S)
    stretches.append(("turn", begun_s, monotonic()))

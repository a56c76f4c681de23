"""Draws each step of the guide and the panels it shares with the settings, light and dark: no engine, no models.

    python -m scripts.guide_screenshots [FOLDER] [--scale 2]

Runs without a display on Qt's offscreen platform.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from companion.catalog import Catalog
from companion.engine.errors import DownloadError
from companion.engine.events import (
    EngineFailed,
    EngineReady,
    EngineState,
    EngineStateChanged,
    Event,
    MicrophoneLevel,
    MicrophoneWords,
    PlaybackStarted,
    ReplyToken,
    SpeechEnded,
    TranscriptFinal,
    TurnStarted,
)
from companion.engine.messages import Role
from companion.hardware import Hardware
from companion.settings import Settings
from companion.ui import guide_strings
from companion.ui.bridge import EngineBridge
from companion.ui.device_list import DeviceList
from companion.ui.device_picker import SPEECH_ID
from companion.ui.download import DownloadState, Progress
from companion.ui.guide.first_run import ASK, MICROPHONE, MODELS, SPEAKER, TALK_KEY, WELCOME, FirstRun
from companion.ui.guide.models import ModelsStep
from companion.ui.hotkey import Hotkey
from companion.ui.hotkey_base import unavailable
from companion.ui.main_window import MainWindow
from companion.ui.model_store import ModelStore
from companion.ui.theme import Scheme, Theme
from companion.ui.window_state import WindowState
from tests.fakes.engine import FakeEngine

FONTS = ("Adwaita Sans", "Inter", "Cantarell", "Ubuntu Sans", "Noto Sans", "DejaVu Sans")
"""What desktops use by default; the first one installed is taken."""

IDLE = EngineStateChanged(old=EngineState.INITIALIZING, new=EngineState.IDLE, at_s=0)
READY: list[Event] = [EngineReady(seconds=1), IDLE]
EMPTY = Path(tempfile.gettempdir()) / "no-models"


class Devices(DeviceList):
    """What a desk has."""

    def start(self) -> None:
        """Tell them at once."""
        self.microphones = ("Built-in Audio: Analog Stereo", "Jabra Evolve2: USB Audio")
        self.speakers = ("Built-in Audio: Analog Stereo", "Jabra Evolve2: USB Audio", "HDMI 1")
        self.changed.emit()


class Scene:
    """A window with the guide."""

    def __init__(self, theme: Theme, *, models: bool, size: QSize) -> None:
        self.bridge = EngineBridge()
        self.engine = FakeEngine(self.bridge.receive)
        self.bridge.attach(self.engine)
        self.window = MainWindow(self.bridge, theme)
        self.window.resize(size)
        hardware = Hardware(memory_bytes=16 << 30)
        catalog = Catalog.load() if models else Catalog.load(models_dir=EMPTY)
        self.store = ModelStore(self.window, catalog=catalog, hardware=hardware, download_line=lambda *_: ["true"])
        self.hotkey = Hotkey(self.window)
        self.first_run = FirstRun(
            self.window,
            self.bridge,
            theme,
            self.hotkey,
            WindowState(),
            settings=Settings,
            change=lambda section, **values: None,
            load=lambda: None,
            store=self.store,
            devices=lambda parent: Devices(parent),
            parent=self.window,
        )
        self.window.show()
        self.first_run.begin()
        self.settle()

    def settle(self) -> None:
        """Let Qt do what is queued."""
        for _ in range(6):
            QApplication.processEvents()

    def tell(self, *events: Event) -> None:
        """Send events as the engine would."""
        self.engine.emit(*events)
        self.settle()

    def at(self, index: int) -> None:
        """Show a step."""
        self.first_run.show(index)
        self.settle()

    def downloading(self, state: DownloadState, done: int) -> None:
        """Pretend that a download is under way."""
        download = self.store.download
        self.store._fetching = self.store.find("starter", "en")
        download.state = state
        download.progress = Progress(done=done, size=240_000_000, bytes_per_s=4.2e6, model="Whisper tiny, English")
        if state is DownloadState.FAILED:
            download.error = DownloadError(
                "download-no-network",
                "The connection to the publisher failed while fetching Whisper tiny.",
                hint="Check the network and try again: the download goes on where it stopped.",
            )
        download.changed.emit()
        self.settle()


def welcome(scene: Scene) -> None:
    """First words."""
    scene.at(WELCOME)


def microphone(scene: Scene) -> None:
    """A voice is heard and its words appear."""
    scene.tell(*READY)
    scene.at(MICROPHONE)
    words = guide_strings.TEST_SENTENCE
    scene.tell(MicrophoneLevel(dbfs=-18, voice=True), MicrophoneWords(text=words[1:45], final=False))


def microphone_without(scene: Scene) -> None:
    """No models yet, and the download goes on."""
    scene.tell(EngineFailed(role=Role.LLM, error=_missing()))
    scene.at(MICROPHONE)
    scene.downloading(DownloadState.RUNNING, 61_000_000)
    scene.tell(MicrophoneLevel(dbfs=-45, voice=False))


def _missing() -> DownloadError:
    return DownloadError("model-missing", "Whisper tiny is not installed.")


def speaker(scene: Scene) -> None:
    """The sentence was said."""
    scene.tell(*READY)
    scene.at(SPEAKER)
    step = scene.first_run.guide
    assert step
    step.step.picker.test.click()  # type: ignore[attr-defined]
    scene.tell(SpeechEnded(id=SPEECH_ID))


def talk_key(scene: Scene) -> None:
    """The key is held."""
    scene.hotkey.available.emit("Ctrl+Space")
    scene.at(TALK_KEY)
    scene.hotkey.pressed.emit(0.0)
    scene.settle()


def talk_key_none(scene: Scene) -> None:
    """No global key here."""
    scene.at(TALK_KEY)
    scene.hotkey.unavailable.emit(unavailable("hotkey-portal-missing", "This desktop has no global shortcuts."))
    scene.settle()


def models(scene: Scene) -> None:
    """What is installed, and what could be."""
    scene.at(MODELS)


def models_more(scene: Scene) -> None:
    """What is in a set."""
    scene.at(MODELS)
    step = scene.first_run.guide.step  # type: ignore[union-attr]
    assert isinstance(step, ModelsStep)
    step.panel.cards[0].more.click()
    scene.settle()


def models_running(scene: Scene) -> None:
    """A download under way."""
    scene.at(MODELS)
    scene.downloading(DownloadState.RUNNING, 97_000_000)


def models_failed(scene: Scene) -> None:
    """A download that lost the network."""
    scene.at(MODELS)
    scene.downloading(DownloadState.FAILED, 97_000_000)


def ask(scene: Scene) -> None:
    """Ready for the first question."""
    scene.tell(*READY)
    scene.hotkey.available.emit("Ctrl+Space")
    scene.at(ASK)


def answered(scene: Scene) -> None:
    """The first answer."""
    ask(scene)
    scene.tell(
        TurnStarted(turn_id=1, at_s=0),
        TranscriptFinal(turn_id=1, text="Why is the sky blue?", language="en", at_s=0),
        ReplyToken(turn_id=1, text="Sunlight is a mix of all colours. Air scatters the blue part far more.", at_s=0),
        PlaybackStarted(turn_id=1, at_s=0, release_latency_s=0.118),
        EngineStateChanged(old=EngineState.THINKING, new=EngineState.SPEAKING, at_s=0),
    )


SCENES: dict[str, tuple[Callable[[Scene], None], bool]] = {
    "1-welcome": (welcome, False),
    "2-microphone": (microphone, True),
    "2-microphone-without-models": (microphone_without, False),
    "3-speaker": (speaker, True),
    "4-talk-key": (talk_key, True),
    "4-talk-key-none": (talk_key_none, True),
    "5-models": (models, True),
    "5-models-more": (models_more, True),
    "5-models-running": (models_running, False),
    "5-models-failed": (models_failed, False),
    "6-ask": (ask, True),
    "6-answered": (answered, True),
}


def main() -> int:
    """Draw every scene."""
    parser = argparse.ArgumentParser(description="Draw the guide.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("screenshots"))
    parser.add_argument("--scale", default="1")
    args = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QT_SCALE_FACTOR"] = args.scale
    args.folder.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    families = set(QFontDatabase.families())
    application.setFont(QFont(next(name for name in FONTS if name in families), 11))
    for scheme in (Scheme.LIGHT, Scheme.DARK):
        theme = Theme(application, scheme=scheme, reduce_motion=True)
        for name, (play, with_models) in SCENES.items():
            scene = Scene(theme, models=with_models, size=QSize(520, 780))
            play(scene)
            scene.window.grab().save(str(args.folder / f"guide-{name}-{scheme.value}-{args.scale}x.png"))
            scene.window.hide()
    return 0


if __name__ == "__main__":
    sys.exit(main())

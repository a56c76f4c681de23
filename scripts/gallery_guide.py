"""The steps of the first-run guide, for the pictures and for the tests of accessibility. No engine, no models."""

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtTest import QTest

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
from companion.ui.device_list import DeviceList
from companion.ui.device_picker import SPEECH_ID
from companion.ui.download import DownloadState, Progress
from companion.ui.guide.first_run import ASK, MICROPHONE, MODELS, SPEAKER, TALK_KEY, WELCOME, FirstRun
from companion.ui.guide.models import ModelsStep
from companion.ui.hotkey import Hotkey
from companion.ui.hotkey_base import unavailable
from companion.ui.main_window import MainWindow
from companion.ui.model_store import ModelStore
from companion.ui.window_state import WindowState
from scripts.stage import Stage

_READY: list[Event] = [
    EngineReady(seconds=1),
    EngineStateChanged(old=EngineState.INITIALIZING, new=EngineState.IDLE, at_s=0),
]
_SIZE = QSize(520, 780)


class Devices(DeviceList):
    """What a desk has."""

    def start(self) -> None:
        """Tell them at once."""
        self.microphones = ("Built-in Audio: Analog Stereo", "Jabra Evolve2: USB Audio")
        self.speakers = ("Built-in Audio: Analog Stereo", "Jabra Evolve2: USB Audio", "HDMI 1")
        self.changed.emit()


class Scene:
    """A window with the guide."""

    def __init__(self, stage: Stage, *, models: bool) -> None:
        self.stage = stage
        self.window = MainWindow(stage.bridge, stage.theme)
        self.window.resize(_SIZE)
        catalog = Catalog.load(models_dir=stage.folder / "models")
        if models:
            _install(catalog)
        hardware = Hardware(memory_bytes=16 << 30)
        self.store = ModelStore(self.window, catalog=catalog, hardware=hardware, download_line=lambda *_: ["true"])
        self.hotkey = Hotkey(self.window)
        self.first_run = FirstRun(
            self.window,
            stage.bridge,
            stage.theme,
            self.hotkey,
            WindowState(),
            settings=Settings,
            change=lambda section, **values: None,
            load=lambda: None,
            store=self.store,
            devices=lambda parent: Devices(parent),
            parent=self.window,
        )
        stage.closing.append(self.first_run.close)
        self.window.show()
        self.first_run.begin()
        QTest.qWait(0)

    def tell(self, *events: Event) -> None:
        """Send events as the engine would."""
        self.stage.tell(*events)

    def at(self, index: int) -> None:
        """Show a step."""
        self.first_run.show(index)
        QTest.qWait(0)

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
        QTest.qWait(0)


def _install(catalog: Catalog) -> None:
    """Put files of the right sizes in place; they take no room."""
    for model in catalog.set("starter", "en").models:
        for file in model.files:
            path = catalog.path(model, file)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as stream:
                stream.truncate(file.size)


def welcome(scene: Scene) -> None:
    """First words."""
    scene.at(WELCOME)


def microphone(scene: Scene) -> None:
    """A voice is heard and its words appear."""
    scene.tell(*_READY)
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
    scene.tell(*_READY)
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
    QTest.qWait(0)


def talk_key_none(scene: Scene) -> None:
    """No global key here."""
    scene.at(TALK_KEY)
    scene.hotkey.unavailable.emit(unavailable("hotkey-portal-missing", "This desktop has no global shortcuts."))
    QTest.qWait(0)


def models(scene: Scene) -> None:
    """What is installed, and what could be."""
    scene.at(MODELS)


def models_more(scene: Scene) -> None:
    """What is in a set."""
    scene.at(MODELS)
    step = scene.first_run.guide.step  # type: ignore[union-attr]
    assert isinstance(step, ModelsStep)
    step.panel.cards[0].more.click()
    QTest.qWait(0)


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
    scene.tell(*_READY)
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


_SCENES: dict[str, tuple[Callable[[Scene], None], bool]] = {
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


def _in_scene(play: Callable[[Scene], None], *, models: bool) -> Callable[[Stage], MainWindow]:
    def make(stage: Stage) -> MainWindow:
        scene = Scene(stage, models=models)
        play(scene)
        return scene.window

    return make


GUIDE_VIEWS = {f"guide-{name}": _in_scene(play, models=models) for name, (play, models) in _SCENES.items()}
"""Makes and shows the window at each step."""

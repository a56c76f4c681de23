"""Which microphone and which loudspeaker, seen and heard to work at once. GUI thread.

The list is live while the picker is on the screen (`DeviceList`), and the microphone's level comes from the engine,
which is asked for it again and again, so that it ends by itself if this window does.
"""

from dataclasses import replace
from enum import Enum
from typing import Literal, TypeAlias

from PySide6.QtCore import QPointF, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from companion.engine.config import AudioConfig
from companion.engine.events import (
    AudioDeviceChanged,
    EngineState,
    EngineStateChanged,
    Event,
    MicrophoneLevel,
    SpeechEnded,
    SpeechStarted,
)
from companion.ui import device_strings as words
from companion.ui.bridge import EngineBridge
from companion.ui.device_list import DeviceList
from companion.ui.icons import Glyph
from companion.ui.level_bar import LevelBar
from companion.ui.theme import UNIT, Text, Theme
from companion.ui.translation import tr
from companion.ui.widgets import Mark, Words, button

ASK_AGAIN_MS = 2000
"""The level is asked for again this often: an engine that starts, or ends a turn, takes it up soon."""

HEARD_MS = 1500
"""How long a voice counts as heard after its last frame."""

SILENT_MS = 8000
"""Nothing at all for this long is worth a hint."""

DEAD_DBFS = -80.0
"""A microphone in the quietest room is louder than this; a muted or unplugged one is not."""

SPEECH_ID = 92_000

Shown: TypeAlias = Literal["both", "microphone", "speaker"]


class DevicePicker(QWidget):
    """Two lists, a level and a test.

    Signals:
        changed(AudioConfig): the user chose another device.
        heard: a voice was heard at the microphone.
        played: the test was played to its end.

    Args:
        theme: The look.
        bridge: The way to the engine.
        audio: What is chosen now.
        devices: What there is; by default looked for while this is on the screen.
        shows: Both devices, or one.
        with_words: Whether what is said is transcribed too, for whoever shows `MicrophoneWords`.
    """

    changed = Signal(object)
    heard = Signal()
    played = Signal()

    def __init__(
        self,
        theme: Theme,
        bridge: EngineBridge,
        audio: AudioConfig,
        parent: QWidget | None = None,
        *,
        devices: DeviceList | None = None,
        shows: Shown = "both",
        with_words: bool = False,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._audio = audio
        self._with_words = with_words
        self._monitors = shows != "speaker"
        self._test = _Test.NONE
        self._open: dict[str, str | None] = {}
        self.devices = devices or DeviceList(self)
        self._unused = QWidget(self)
        self._unused.hide()
        self.microphone = _Combo(theme, tr(words.MICROPHONE))
        self.speaker = _Combo(theme, tr(words.SPEAKER))
        self.microphone_gone = Mark(theme)
        self.speaker_gone = Mark(theme)
        self.level = LevelBar(theme)
        self.voice = Mark(theme)
        self.test = button(tr(words.TEST))
        self.test_mark = Mark(theme)
        self._ask = QTimer(self, interval=ASK_AGAIN_MS)
        self._heard_timer = QTimer(self, singleShot=True, interval=HEARD_MS)
        self._silent_timer = QTimer(self, singleShot=True, interval=SILENT_MS)
        self._lay_out(theme, shows)
        self._connect()
        self._fill()
        self.voice.show_state(Glyph.RING, "text_secondary", tr(words.SAY_SOMETHING))

    @property
    def audio(self) -> AudioConfig:
        """What is chosen."""
        return self._audio

    def set_audio(self, audio: AudioConfig) -> None:
        """Show another choice, made elsewhere."""
        self._audio = audio
        self._fill()

    # -- building

    def _lay_out(self, theme: Theme, shows: Shown) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * UNIT)
        microphone: list[QWidget] = [self.microphone, self.microphone_gone, self.level, self.voice]
        speaker: list[QWidget] = [self.speaker, self.speaker_gone, self.test, self.test_mark]
        for kind, title, parts in (
            ("microphone", words.MICROPHONE, microphone),
            ("speaker", words.SPEAKER, speaker),
        ):
            if shows not in ("both", kind):
                for part in parts:
                    part.setParent(self._unused)
                continue
            label = Words(theme, tr(title), Text.STRONG)
            label.setBuddy(parts[0])
            column.addWidget(label)
            for part in parts:
                if part is self.test:
                    row = QHBoxLayout()
                    row.addWidget(part)
                    row.addStretch(1)
                    column.addLayout(row)
                else:
                    column.addWidget(part)
            column.addSpacing(2 * UNIT)

    def _connect(self) -> None:
        self.devices.changed.connect(self._fill)
        self.microphone.activated.connect(self._on_microphone)
        self.speaker.activated.connect(self._on_speaker)
        self.test.clicked.connect(self._on_test)
        self._ask.timeout.connect(self._ask_for_level)
        self._heard_timer.timeout.connect(self._on_quiet)
        self._silent_timer.timeout.connect(self._on_silent)
        self._bridge.event_received.connect(self._on_event)

    # -- on and off the screen

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Look for devices and listen."""
        super().showEvent(event)
        self.devices.start()
        if self._monitors:
            self._ask_for_level()
            self._ask.start()
            self._silent_timer.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Leave devices and microphone alone."""
        super().hideEvent(event)
        self.devices.stop()
        if self._monitors:
            self._ask.stop()
            self._silent_timer.stop()
            self._bridge.monitor_microphone(False)
            self.level.clear()
        if self._test is _Test.PLAYING:
            self._bridge.stop()

    @Slot()
    def _ask_for_level(self) -> None:
        self._bridge.monitor_microphone(True, words=self._with_words)

    # -- devices

    @Slot()
    def _fill(self) -> None:
        """Show the devices there are, the system's choice first, and the chosen one even if it is not there."""
        self._fill_one("microphone", self.microphone, self.microphone_gone, self.devices.microphones)
        self._fill_one("speaker", self.speaker, self.speaker_gone, self.devices.speakers)

    def _fill_one(self, kind: str, combo: QComboBox, gone: Mark, found: tuple[str, ...] | None) -> None:
        chosen = self._audio.microphone if kind == "microphone" else self._audio.speaker
        names = list(found or ())
        # A device that only one program may open hides from the list while we have it open.
        if (opened := self._open.get(kind)) and opened == chosen and opened not in names:
            names.append(opened)
        missing = chosen is not None and found is not None and chosen not in names
        items: list[tuple[str, str | None]] = [(tr(words.SYSTEM_DEFAULT), None), *((name, name) for name in names)]
        if chosen is not None and chosen not in names:
            items.append((tr(words.NOT_CONNECTED, name=chosen) if missing else chosen, chosen))
        if [(combo.itemText(at), combo.itemData(at)) for at in range(combo.count())] != items:
            combo.clear()
            for text, name in items:
                combo.addItem(text, name)
        combo.setCurrentIndex(next(at for at, (_, name) in enumerate(items) if name == chosen))
        sentence = words.GONE_MICROPHONE if kind == "microphone" else words.GONE_SPEAKER
        gone.show_state(Glyph.WARNING, "fair", tr(sentence) if missing else "")

    @Slot(int)
    def _on_microphone(self, index: int) -> None:
        self._choose(replace(self._audio, microphone=self.microphone.itemData(index)))

    @Slot(int)
    def _on_speaker(self, index: int) -> None:
        self._choose(replace(self._audio, speaker=self.speaker.itemData(index)))

    def _choose(self, audio: AudioConfig) -> None:
        if audio != self._audio:
            self._audio = audio
            self._fill()
            self.changed.emit(audio)

    # -- what is heard

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        match event:
            case MicrophoneLevel(dbfs=dbfs, voice=voice) if self.isVisible():
                self._on_level(dbfs, voice=voice)
            case EngineStateChanged(new=EngineState.IDLE) if self.isVisible() and self._monitors:
                self._ask_for_level()
            case AudioDeviceChanged(kind=kind, name=name):
                self._open[kind] = name
                self._fill()
            case SpeechStarted(id=id_) if id_ == SPEECH_ID:
                self.test_mark.show_state(Glyph.SOUND, "speaking", tr(words.TEST_PLAYING))
            case SpeechEnded(id=id_, error=error) if id_ == SPEECH_ID:
                self._on_test_ended(str(error) if error else "")

    def _on_level(self, dbfs: float, *, voice: bool) -> None:
        self.level.set_level(dbfs)
        if dbfs > DEAD_DBFS:
            self._silent_timer.start()
            if self.voice.text == tr(words.NO_SOUND):
                self._on_quiet()
        if voice:
            if not self._heard_timer.isActive():
                self.voice.show_state(Glyph.MICROPHONE, "good", tr(words.HEARD))
                self.heard.emit()
            self._heard_timer.start()

    @Slot()
    def _on_quiet(self) -> None:
        self.voice.show_state(Glyph.RING, "text_secondary", tr(words.SAY_SOMETHING))

    @Slot()
    def _on_silent(self) -> None:
        self.voice.show_state(Glyph.WARNING, "fair", tr(words.NO_SOUND))

    # -- the test

    @Slot()
    def _on_test(self) -> None:
        if self._test is _Test.PLAYING:
            self._test = _Test.STOPPED
            self._bridge.stop()
        else:
            self._test = _Test.PLAYING
            self._bridge.speak(tr(words.TEST_SENTENCE), SPEECH_ID)
            self.test.setText(tr(words.STOP))

    def _on_test_ended(self, problem: str) -> None:
        stopped, self._test = self._test is _Test.STOPPED, _Test.NONE
        self.test.setText(tr(words.TEST))
        if problem:
            self.test_mark.show_state(Glyph.WARNING, "slow", problem)
        else:
            self.test_mark.show_state(Glyph.INFO, "accent", "" if stopped else tr(words.TEST_ENDED))
            self.played.emit()


class _Test(Enum):
    """Where the test of the loudspeaker is."""

    NONE = "none"
    PLAYING = "playing"
    STOPPED = "stopped"


class _Combo(QComboBox):
    """A list whose arrow is drawn in the theme's colours: style sheets can only show files."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(16)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the arrow over the field."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.colors.text_secondary), 1.6))
        x, y = self.width() - 4 * UNIT, self.height() / 2
        painter.drawPolyline([QPointF(x - 4, y - 2), QPointF(x, y + 2), QPointF(x + 4, y - 2)])
        painter.end()

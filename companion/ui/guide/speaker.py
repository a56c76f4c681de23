"""Guide: the loudspeaker, heard. GUI thread."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout

from companion.engine.config import AudioConfig
from companion.engine.events import EngineFailed, EngineReady, Event
from companion.ui import guide_strings as words
from companion.ui.bridge import EngineBridge
from companion.ui.device_list import DeviceList
from companion.ui.device_picker import DevicePicker
from companion.ui.guide.step import Step
from companion.ui.theme import Theme
from companion.ui.translation import tr
from companion.ui.widgets import button


class SpeakerStep(Step):
    """Choose a loudspeaker and say that it was heard. Arguments as in `MicrophoneStep`."""

    def __init__(
        self, theme: Theme, bridge: EngineBridge, audio: AudioConfig, devices: DeviceList, *, ready: bool
    ) -> None:
        super().__init__(theme, tr(words.SPEAKER_TITLE), tr(words.SPEAKER_BODY if ready else words.SPEAKER_CHIME))
        self.picker = DevicePicker(theme, bridge, audio, devices=devices, shows="speaker")
        self.heard = button(tr(words.I_HEARD_IT), "primary")
        self.heard.hide()
        row = QHBoxLayout()
        row.addWidget(self.heard)
        row.addStretch(1)
        self.column.addWidget(self.picker)
        self.column.addLayout(row)
        self.column.addStretch(1)
        self.picker.played.connect(self._on_played)
        self.heard.clicked.connect(self._on_heard)
        bridge.event_received.connect(self._on_event)

    @Slot()
    def _on_played(self) -> None:
        """Ask whether it was heard; Enter says yes, as the focus was on the test."""
        self.heard.show()
        if self.picker.test.hasFocus():
            self.heard.setFocus()

    @Slot()
    def _on_heard(self) -> None:
        self.set_done()
        self.finished.emit()

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        if isinstance(event, EngineReady | EngineFailed):
            self.say(tr(words.SPEAKER_BODY if isinstance(event, EngineReady) else words.SPEAKER_CHIME))

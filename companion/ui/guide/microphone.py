"""Guide: the microphone, with a sentence to read that appears as it is understood. GUI thread."""

from PySide6.QtCore import Slot

from companion.engine.config import AudioConfig
from companion.engine.events import EngineFailed, EngineReady, Event, MicrophoneWords
from companion.ui import guide_strings as words
from companion.ui.bridge import EngineBridge
from companion.ui.device_list import DeviceList
from companion.ui.device_picker import DevicePicker
from companion.ui.guide.step import Step
from companion.ui.theme import Text, Theme
from companion.ui.translation import tr
from companion.ui.widgets import Card, Words


class MicrophoneStep(Step):
    """Choose a microphone, see it move, and read what was understood.

    Args:
        theme: The look.
        bridge: The way to the engine.
        audio: The devices chosen now.
        devices: What there is.
        ready: Whether the models are loaded.
    """

    def __init__(
        self, theme: Theme, bridge: EngineBridge, audio: AudioConfig, devices: DeviceList, *, ready: bool
    ) -> None:
        super().__init__(theme, tr(words.MICROPHONE_TITLE), tr(words.MICROPHONE_BODY))
        sentence = Card(theme)
        sentence.column.addWidget(Words(theme, tr(words.TEST_SENTENCE), Text.BODY))
        self.picker = DevicePicker(theme, bridge, audio, devices=devices, shows="microphone", with_words=True)
        self.heard = Words(theme, "", Text.BODY)
        self._heard_title = Words(theme, tr(words.WORDS_HEARD), Text.SMALL, "text_secondary")
        self._said: list[str] = []
        self._partial = ""
        self.column.addWidget(sentence)
        self.column.addWidget(self.picker)
        self.column.addWidget(self._heard_title)
        self.column.addWidget(self.heard)
        self.column.addStretch(1)
        self.picker.heard.connect(self.set_done)
        bridge.event_received.connect(self._on_event)
        self._show(ready)

    def _show(self, ready: bool) -> None:
        self._heard_title.setVisible(ready)
        text = " ".join(filter(None, [*self._said, self._partial]))
        self.heard.setText(text or tr(words.WORDS_WAITING if ready else words.WORDS_LATER))

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        match event:
            case MicrophoneWords(text=text, final=final):
                self._partial = "" if final else text
                if final and text:
                    self._said = [*self._said[-1:], text]  # two sentences fit on the page
                self._show(ready=True)
            case EngineReady():
                self._show(ready=True)
            case EngineFailed():
                self._show(ready=False)

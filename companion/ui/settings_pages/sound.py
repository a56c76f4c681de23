"""Settings: devices, volume, and whether the microphone stays open. GUI thread."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from companion.engine.config import AudioConfig
from companion.ui import settings_strings as words
from companion.ui.preferences import Preferences
from companion.ui.settings_pages.page import SettingsPage
from companion.ui.theme import Theme
from companion.ui.translation import tr

_STEP = 0.01


class SoundPage(SettingsPage):
    """Where Companion listens and speaks.

    Args:
        theme: The look.
        preferences: What the page changes.
        make_devices: Makes the panel with microphone and speaker for a configuration; it has a signal
            `changed(AudioConfig)`. None for a page without it.
    """

    def __init__(
        self, theme: Theme, preferences: Preferences, make_devices: Callable[[AudioConfig], QWidget] | None = None
    ) -> None:
        super().__init__(theme, preferences, words.SOUND, words.SOUND_WHY)
        if make_devices is not None:
            self.devices = make_devices(preferences.settings.audio)
            self.devices.changed.connect(self._on_devices)  # type: ignore[attr-defined]
            self.card(words.DEVICES).add(self.devices)
        voice = self.card(words.VOICE_CARD)
        self.volume = self.slider(
            voice, "audio.volume", words.VOLUME, low=0, high=1, step=_STEP, say=lambda volume: percent(volume)
        )
        microphone = self.card(words.MICROPHONE_CARD)
        self.keep_open = self.switch(microphone, "audio.keep_microphone_open", words.KEEP_OPEN)

    def _on_devices(self, audio: AudioConfig) -> None:
        """Take the devices alone: the panel may have been made before the other fields were changed."""
        self.preferences.change("audio", microphone=audio.microphone, speaker=audio.speaker)


def percent(share: float) -> str:
    """Return a share of 0 to 1 in words."""
    return tr(words.PERCENT, share=round(share * 100))

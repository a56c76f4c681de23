"""The panels that the guide and the settings have in common, connected to the program. GUI thread."""

from collections.abc import Callable

from companion.engine.config import AudioConfig
from companion.keys import parse
from companion.ui.bridge import EngineBridge
from companion.ui.device_picker import DevicePicker
from companion.ui.hotkey import Hotkey
from companion.ui.hotkey_field import HotkeyField
from companion.ui.models_panel import ModelsPanel
from companion.ui.settings_window import Panels
from companion.ui.theme import Theme


def settings_panels(theme: Theme, bridge: EngineBridge, hotkey: Hotkey, in_use: Callable[[], str]) -> Panels:
    """Return what the settings window shows of devices, talk key, models and voices.

    Args:
        theme: The look.
        bridge: The way to the engine.
        hotkey: The global talk key.
        in_use: Returns the combination in the settings.
    """

    def devices(audio: AudioConfig) -> DevicePicker:
        return DevicePicker(theme, bridge, audio)

    def field(keys: str) -> HotkeyField:
        made = HotkeyField(theme, keys)
        rest_while_capturing(made, hotkey, in_use)
        hotkey.pressed.connect(made.on_pressed)
        hotkey.released.connect(made.on_released)
        return made

    def models(name: str, language: str) -> ModelsPanel:
        return ModelsPanel(theme, bridge, name, language)

    return Panels(devices=devices, hotkey=field, models=models, speak=bridge.speak)


def rest_while_capturing(field: HotkeyField, hotkey: Hotkey, in_use: Callable[[], str]) -> None:
    """Let the global key rest while another one is pressed for `field`, or it would be taken for a question."""

    def on_capturing(capturing: bool) -> None:
        if capturing:
            hotkey.stop()
        elif field.keys == in_use():
            hotkey.start(parse(field.keys))  # another key is started by the change

    field.capturing.connect(on_capturing)

"""Names the sound devices there are, and again whenever they change, in a process of its own.

    python -m companion.device_watch

PortAudio lists devices once, when it is initialised, and initialising it again ends every stream of the process (0020,
0096). So the list is made here, where there is no stream: one JSON object a line, {"microphones": [...], "speakers":
[...]}, the first at once, others only when something changed. It ends when its input ends, so also when whoever started
it is gone. Main thread, and one that waits for that end.
"""

import json
import os
import re
import sys
import threading
from collections.abc import Callable
from typing import TextIO

from companion.engine.audio.devices import AudioDevice, list_devices, rescan
from companion.engine.audio.patience import portaudio_stuck
from companion.engine.errors import AudioDeviceError
from companion.offline import forbid_network

LOOK_EVERY_S = 1.5
"""A device that is plugged in shows within this and the time a look takes (some 50 ms)."""


def main() -> int:
    """Report until the input ends."""
    forbid_network()
    over = threading.Event()

    def wait_for_end() -> None:
        sys.stdin.buffer.read()
        over.set()

    threading.Thread(target=wait_for_end, name="input", daemon=True).start()
    watch(sys.stdout, look, over)
    if portaudio_stuck():
        os._exit(0)  # at the end of the process PortAudio would wait for a sound system that hangs
    return 0


def watch(stream: TextIO, look: Callable[[], list[AudioDevice]], over: threading.Event) -> None:
    """Write a line for the devices that `look` sees, and one for each change, until `over`."""
    told = ""
    while True:
        try:
            line = describe(look())
        except AudioDeviceError:
            line = describe([])
        if line != told:
            told = line
            try:
                stream.write(line + "\n")
                stream.flush()
            except BrokenPipeError:
                return
        if over.wait(LOOK_EVERY_S):
            return


def look() -> list[AudioDevice]:
    """Return the devices there are now."""
    rescan()
    return list_devices()


_PLUGINS = re.compile(
    r"default|sysdefault|pulse|pipewire|jack|oss|null|lavrate|samplerate|speex|speexrate|upmix|vdownmix|dmix|dsnoop"
    r"|front|rear|center_lfe|side|modem|phoneline|iec958|spdif|hdmi|surround\d+"
)
"""What ALSA lists beside devices: its converters, and other ways to the system's default. Nobody looks for them."""


def describe(devices: list[AudioDevice]) -> str:
    """Return the line for these devices; each name once, in PortAudio's order."""
    real = [device for device in devices if not _PLUGINS.fullmatch(device.name)]
    microphones = dict.fromkeys(device.name for device in real if device.serves("microphone"))
    speakers = dict.fromkeys(device.name for device in real if device.serves("speaker"))
    return json.dumps({"microphones": list(microphones), "speakers": list(speakers)})


if __name__ == "__main__":
    sys.exit(main())
